"""Google's list prices that `costs.py` reckons with, in US dollars without tax, and where each was read.

None could be looked up live: they come from copies of Google's pages and, where none was found, from memory. Check
them against https://cloud.google.com/skus before a budget hangs on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

READ_ON = "2026-11-28"
HOURS = 730
"""Of a month, as Google counts."""
MILLION = 1_000_000
MIB, TIB = 1024**2, 1024**4


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for so many units."""

    dollars: float
    units: int
    unit: str
    source: str
    confirmed: bool = True
    """Whether a page of Google's, or a program of theirs, says so for Frankfurt or for everywhere."""

    @property
    def each(self) -> float:
        """Dollars for one."""
        return self.dollars / self.units


FIRESTORE = "firebase.google.com/docs/firestore/pricing: of several regions together, a bound for one"
RUN = "github.com/firebase/firebase-tools, src/deploy/functions/pricing.ts: tier 2, with europe-west3"
BALANCER = "cloud.google.com/load-balancing/pricing"
KMS = "cloud.google.com/kms/pricing, as of 17 March 2025"
SECRETS = "cloud.google.com/secret-manager/pricing"
MEMORY = "from memory"
QUOTED = "from memory, as public projects quote it"

READ = Price(0.06, 100_000, "documents read", FIRESTORE, confirmed=False)
WRITE = Price(0.18, 100_000, "documents written", FIRESTORE, confirmed=False)
STORED = Price(0.18, 1, "GiB and month in Firestore", FIRESTORE, confirmed=False)
BACKED_UP = Price(0.03, 1, "GiB and month of a backup", MEMORY, confirmed=False)
PROCESSOR = Price(33.6, MILLION, "vCPU-seconds", RUN)
IDLE_PROCESSOR = Price(3.5, MILLION, "vCPU-seconds of a waiting instance", RUN)
MEMORY_SECOND = Price(3.5, MILLION, "GiB-seconds", RUN)
CALL = Price(0.40, MILLION, "calls of functions", RUN)
OUT = Price(0.12, 1, "GiB to the internet", RUN)
BUS = Price(40, TIB, "TiB published or delivered, 1,000 bytes at least", "cloud.google.com/pubsub/pricing")
ENTRANCE = Price(0.025, 1, "hour of up to five forwarding rules", BALANCER)
THROUGH = Price(0.008, 1, "GiB through the load balancer", f"{BALANCER}: of another region", confirmed=False)
POLICY = Price(5, 1, "policy and month of Cloud Armor", QUOTED, confirmed=False)
RULE = Price(1, 1, "rule and month of Cloud Armor", MEMORY, confirmed=False)
CHECKED = Price(0.75, MILLION, "requests that Cloud Armor checks", QUOTED, confirmed=False)
KEY = Price(0.06, 1, "key version and month", KMS)
HSM_KEY = Price(1, 1, "key version and month in a hardware module", KMS)
KEY_USE = Price(0.03, 10_000, "uses of a key", KMS)
SECRET = Price(0.06, 1, "secret version and month", SECRETS)
SECRET_USE = Price(0.03, 10_000, "reads of a secret", SECRETS)
JOB = Price(0.10, 1, "schedule and month", "cloud.google.com/scheduler/pricing")
ADDRESS = Price(0.005, 1, "hour of a fixed address", MEMORY, confirmed=False)
NAT = Price(0.0014, 1, "hour of an instance behind NAT, and $0.045 a GiB", "cloud.google.com/nat/pricing")
ALERT = Price(0.10, 1, "alert condition and month", MEMORY, confirmed=False)
IMAGE = Price(0.10, 1, "GB and month of images", "cloud.google.com/artifact-registry/pricing")
LOG = Price(0.50, 1, "GiB of log beyond 50 a month", "cloud.google.com/stackdriver/pricing")
STREAMED = Price(0.0134, 200 * MIB, "MiB streamed into BigQuery, 1 KiB at least", MEMORY, confirmed=False)
ASKED = Price(8.13, TIB, "TiB that BigQuery looks through", MEMORY, confirmed=False)

EVERY = {name: price for name, price in list(globals().items()) if isinstance(price, Price)}


def table() -> Iterator[str]:
    """The rows of the README."""
    yield "| $ | for | read in | confirmed |"
    yield "|---:|---|---|---|"
    for price in EVERY.values():
        said = "yes" if price.confirmed else "**no**"
        yield f"| {price.dollars:g} | {_many(price)}{price.unit} | {price.source} | {said} |"


def _many(price: Price) -> str:
    """How many, in the measure of the unit."""
    measure = TIB if price.unit.startswith("TiB") else MIB if price.unit.startswith("MiB") else 1
    number = price.units // measure
    return "" if number == 1 else f"{number:,} "
