"""What a month costs, from counted operations and list prices: the tables of the README.

    python -m infra.gcp.costs            prints them
    python -m infra.gcp.costs --write    puts them into the README, after a change here or in the topology

How often people do what is *assumed*; what each of it costs the databases and the bus is counted by tests
(`tests/infra/test_gcp_costs.py`). No free allowance is deducted but the log's: they are given once to a city, not to
a project.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.gcp import prices
from infra.gcp.prices import HOURS
from infra.gcp.work import LOOK, MONTHLY, PAGE, SWEEP
from infra.topology import EVERY_HOUR, EVERY_MINUTE, FUNCTIONS, Schedule, function

SIZES = (300, 5_000, 100_000)
"""Active cases: Cologne in December 2022; a large city's whole integration work; a state's."""

GIB = 1024**3
MINUTES, NIGHTS = HOURS * 60, HOURS / 24

QUIET = {"cases_radar": 5, "cases_referrals": 5, "cases_retention": 1, "cases_tidy": 3, "intake_tidy": 5}
"""Documents that a run reads when nothing is due, however many cases there are; what is due is an update."""
BESIDE = 2
"""Documents that the audit of a night reads for each log that went on, beside its new lines: head and subject."""
STANDS = 5
"""Documents that a run of the audit reads however little there is: the last report, how far the walk and the night are,
the seal of the day before, and a question for new lines that finds none."""
ROUND = 2
"""Documents that the check of looks reads besides: how far it is, and a question for further looks that finds none."""
TELLING = 7
"""Events of a case, linked to help, that may change who sees it: read again, of thirty cases at once, for each that
somebody looked at, which is every one on every day *(assumed)*."""
WALKED_WITHIN, WALKED_AT_LEAST, WALKED_BESIDE, WALKED_SPARE = 91, 10_000, 6, 0.9
"""Days within which the audit walks through all logs from their beginning; documents of each night, if there are so
many; documents that it reads for each log beside its lines; share of the days that it plans with."""
AUDITS, RUNS = 2, 6
"""Databases whose logs are audited, and runs of each audit in a night."""

SEARCHED_A_DAY, SEARCHED_WITHIN = 1_000_000, 7.0
"""Documents that the search for who was erased reads on average, and days within which it looks at all of them anew
(`services.cases.rights.proving`). Somebody is erased every night *(assumed)*."""
SEARCH_SECONDS = 0.0003
"""Of one document in such a search *(assumed: three times what it takes embedded)*."""

SECONDS = 0.25
"""Of one call, at one processor, nothing shared *(assumed)*."""
COLD_STARTS, COLD_SECONDS = 24 * 30, 4.0
"""Of each function in a month, and how long one takes *(assumed)*: one an hour."""
MEMORY = 0.5
"""GiB of a function, at most but for the monthly report."""
EVENT_BYTES = 1_500
"""More than the least that the bus and BigQuery count."""
ANSWER_BYTES = 12_000
LOG_BYTES = 1_000
LOG_FREE = 50.0
"""GiB a month and project."""
MONTHS_KEPT = 12
"""Storage is that at the end of the first year: nothing of a history is deleted."""
BACKUPS = 7
VERSIONS = 5
"""Of each key at the end of the first year: one in ninety days."""
POLICIES, RULES = 2, 5
SECRETS_KEPT = 5
ALERTS = 8 + sum(row.on in {EVERY_MINUTE, EVERY_HOUR} for row in FUNCTIONS)
IMAGES = 4.0
"""GiB: five versions of every function share their layers."""
SENDERS = 2
"""Instances behind the exit for e-mail, on average at most."""


@dataclass(frozen=True, slots=True)
class Month:
    """The operations of one month."""

    reads: float
    writes: float
    events: float
    deliveries: float
    facts: float
    people: float
    """Calls by people, through the load balancer."""
    sweeps: float
    stored: float
    """GiB."""
    searched: float
    """Documents that the search for who was erased reads, and the audit of each night, after the first year."""

    @property
    def calls(self) -> float:
        return self.people + self.deliveries + self.sweeps


def month(active: int) -> Month:
    """The operations of a month with so many active cases."""
    sweeps = MINUTES * sum(row.on == EVERY_MINUTE for row in FUNCTIONS)
    done = {work: often * active for work, often in MONTHLY.items()}

    def total(field: str) -> float:
        return sum(float(getattr(work, field)) * times for work, times in done.items())

    kept = (total("kept") + total("logs")) * MONTHS_KEPT
    walked = searched(kept) + NIGHTS * audited(active)
    return Month(
        reads=total("reads") + SWEEP.reads * sweeps + quiet() + walked,
        searched=walked,
        writes=total("writes") + total("lines") - looks(active),
        events=total("events"),
        deliveries=total("deliveries"),
        facts=total("facts"),
        people=total("calls"),
        sweeps=sweeps,
        stored=total("stored") * MONTHS_KEPT / GIB,
    )


def quiet() -> float:
    """Documents that are read in a month by what runs each hour and night and finds nothing due."""
    return sum(reads * (HOURS if function(name).on == EVERY_HOUR else NIGHTS) for name, reads in QUIET.items())


def audited(active: int) -> float:
    """Documents that the audits of one night read: what is new, looks twice, who may see, a share of all."""
    lines, logs = (sum(float(getattr(work, of)) * often for work, often in MONTHLY.items()) for of in ("lines", "logs"))
    new = (active * lines + BESIDE * (active * lines - looks(active)) + looks(active)) / NIGHTS
    whole = active * MONTHS_KEPT * (lines + WALKED_BESIDE * logs)
    walked = min(whole, max(AUDITS * WALKED_AT_LEAST, whole / (WALKED_WITHIN * WALKED_SPARE)))
    return RUNS * (AUDITS * STANDS + ROUND) + new + active * TELLING + walked


def looks(active: int) -> float:
    """Lines of a month that lie in few logs: each process writes one. Of all others each night keeps the log's head."""
    return active * sum(work.lines * often for work, often in MONTHLY.items() if work in {LOOK, PAGE})


def searched(documents: float) -> float:
    """Documents that are read in a month to prove erasures, of so many that there are: each night, or less often."""
    days = min(max(1.0, documents / SEARCHED_A_DAY), SEARCHED_WITHIN)
    return documents * HOURS / 24 / days


def bill(active: int) -> dict[str, float]:
    """Dollars by product."""
    of = month(active)
    seconds = of.calls * SECONDS + of.searched * SEARCH_SECONDS + len(FUNCTIONS) * COLD_STARTS * COLD_SECONDS
    bytes_told = (of.events + of.deliveries) * EVENT_BYTES
    answered = of.people * ANSWER_BYTES / GIB
    opened = len(FUNCTIONS) * COLD_STARTS
    return {
        "functions": seconds * (prices.PROCESSOR.each + MEMORY * prices.MEMORY_SECOND.each)
        + of.calls * prices.CALL.each,
        "databases": of.reads * prices.READ.each + of.writes * prices.WRITE.each,
        "what is kept, and its backups": of.stored * (2 * prices.STORED.each + BACKUPS * prices.BACKED_UP.each),
        "bus": bytes_told * prices.BUS.each,
        "facts": of.facts * EVENT_BYTES * prices.STREAMED.each + _asked(active),
        "entrance": _entrance(of, answered),
        "keys and secrets": VERSIONS * (prices.KEY.each + prices.HSM_KEY.each)
        + opened * (prices.KEY_USE.each + 2 * prices.SECRET_USE.each)
        + SECRETS_KEPT * prices.SECRET.each,
        "schedules, exit, alerts, images": _standing(),
        "log": max(0.0, of.calls * LOG_BYTES / GIB - LOG_FREE) * prices.LOG.each,
    }


def waiting() -> float:
    """Dollars a month for one instance of one page that waits for callers (`kim:warm`)."""
    return HOURS * 3600 * (prices.IDLE_PROCESSOR.each + MEMORY * prices.MEMORY_SECOND.each)


def _entrance(of: Month, answered: float) -> float:
    standing = HOURS * prices.ENTRANCE.each + POLICIES * prices.POLICY.each + RULES * prices.RULE.each
    return standing + of.people * prices.CHECKED.each + answered * (prices.THROUGH.each + prices.OUT.each)


def _asked(active: int) -> float:
    """A dashboard opened two hundred times a month, each time over a year of facts."""
    year = month(active).facts * MONTHS_KEPT * 500
    return 200 * year * prices.ASKED.each


def _standing() -> float:
    jobs = sum(isinstance(row.on, Schedule) for row in FUNCTIONS) * prices.JOB.each
    out = HOURS * (prices.ADDRESS.each + SENDERS * prices.NAT.each)
    return jobs + out + ALERTS * prices.ALERT.each + IMAGES * prices.IMAGE.each


def table() -> Iterator[str]:
    """The rows of the README."""
    yield "| US dollars a month | " + " | ".join(f"{size:,} active cases" for size in SIZES) + " |"
    yield "|---|" + "---:|" * len(SIZES)
    months, bills = [month(size) for size in SIZES], [bill(size) for size in SIZES]
    for name in ("people", "deliveries", "reads", "searched", "writes"):
        yield f"| *{COUNTED[name]}* | " + " | ".join(f"*{getattr(one, name):,.0f}*" for one in months) + " |"
    for name in bills[0]:
        yield f"| {name} | " + " | ".join(f"{one[name]:,.2f}" for one in bills) + " |"
    yield "| **together** | " + " | ".join(f"**{sum(one.values()):,.0f}**" for one in bills) + " |"


COUNTED = {
    "people": "calls by people",
    "deliveries": "deliveries of events",
    "reads": "documents read",
    "searched": "of these at night, for the audit and the proof of erasures",
    "writes": "documents written",
}

GUIDE = Path(__file__).with_name("README.md")


def written(guide: str) -> str:
    """The guide with the tables as they are reckoned now, each between its marks."""
    parts = {
        "costs": [*table(), "", f"One instance that waits for callers (`kim:warm`): ${waiting():,.2f} a month."],
        "prices": list(prices.table()),
    }
    for name, lines in parts.items():
        mark = re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- /{name} -->)", re.DOTALL)
        text = "\n".join(["", *lines, ""])
        guide = mark.sub(lambda found, text=text: f"{found[1]}{text}{found[2]}", guide)  # type: ignore[misc]
    return guide


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        GUIDE.write_text(written(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print("\n".join(table()))
