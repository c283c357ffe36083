"""A play of fault points on a running system: functions die, and callers come back when told to."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests

from infra import bundles, topology
from infra.local.client import Caller, Refusal
from infra.topology import FUNCTIONS, Schedule
from shared.codes import MessageStatus
from shared.store import Query
from tests.amazon import FakeAmazon
from tests.builders import NOON
from tests.end_to_end import faults
from tests.end_to_end.clouds import Cloud, patiently

FORMS = [json.loads(line) for line in Path("tests/data/submissions.jsonl").read_text(encoding="utf-8").splitlines()]
REACHED = [form for form in FORMS if form["consent_contact"] and form["channel"] != "call"]
SMS = next(form for form in REACHED if form["channel"] == "sms")

PATIENCE = 120.0
"""Seconds in which a function that is armed must come by its point: its delivery may have to come again first."""


@dataclass(frozen=True)
class Cell:
    """A function that dies at a point, when it passes it for this time, and what makes it pass."""

    function: str
    point: str
    times: int
    cause: Callable[[Play], None]

    def __str__(self) -> str:
        return f"{self.function} {self.point}{' again' * (self.times - 1)}"


def packed(into: Path) -> Path:
    """All bundles, with the wrappers that let a function die."""
    for row in FUNCTIONS:
        with zipfile.ZipFile(bundles.pack(row, into), "a") as archive:
            main = archive.read("main.py").decode()
            archive.writestr("faults.py", Path(faults.__file__).read_bytes())
        _replace(into / f"{row.name}.zip", "main.py", f"{main}\n\nimport faults\n\nfaults.wrap()\n")
    return into


def _replace(archive: Path, name: str, text: str) -> None:
    with zipfile.ZipFile(archive) as before:
        held = {one: before.read(one) for one in before.namelist() if one != name}
    with zipfile.ZipFile(archive, "w") as after:
        for one, content in {**held, name: text.encode()}.items():
            after.writestr(one, content)


@dataclass
class Play:
    """One play of the matrix: what was done, and which processes died of it."""

    cloud: Cloud
    accepted: set[str] = field(default_factory=set)
    inquiries: int = 0
    died: set[Cell] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1000)))
    amazon: FakeAmazon = field(default_factory=FakeAmazon)

    def begin(self) -> None:
        """Make it a Monday noon, and let Amazon's certificate be known."""
        self.at(timedelta())
        (self.cloud.folder / "notifications_receipts" / faults.CERTIFICATE.name).write_bytes(self.amazon.certificate)

    def at(self, later: timedelta) -> None:
        """Move the clock."""
        Caller(self.cloud.url).add("/dev/clock", {"at": (NOON + later).isoformat()})

    def all(self, some: list[Cell]) -> None:
        """Play one cell after the other, and wait until all is done that had to be done again."""
        for cell in some:
            self.play(cell)
        for function in dict.fromkeys(cell.function for cell in some):
            if isinstance(topology.function(function).on, Schedule):
                patiently("POST", f"/dev/jobs/{function}", self.caller())
        self.cloud.wait_until_quiet()

    def play(self, cell: Cell) -> None:
        """Arm, cause, and see it die."""
        folder = self.cloud.folder / cell.function
        (folder / faults.ARMED.name).write_text(f"{cell.point} {cell.times}")
        cell.cause(self)
        ends = time.monotonic() + PATIENCE
        while not (folder / faults.DIED.name).exists():
            if time.monotonic() > ends:
                (folder / faults.ARMED.name).unlink(missing_ok=True)
                return
            time.sleep(0.05)
        (folder / faults.DIED.name).unlink()
        self.died.add(cell)

    def handed_over(self) -> list[list[str]]:
        """The ids of all messages that were handed to a provider, for each life of the function that does it."""
        noted = (self.cloud.folder / "notifications_send" / faults.HANDED_OVER.name).read_text()
        return [life.split() for life in noted.split(f"{faults.END_OF_A_LIFE}\n")]

    def caller(self, user: str | None = None) -> Caller:
        return Caller(self.cloud.url, user)

    def submit(self) -> None:
        """A client sends her form."""
        number = next(self.numbers)
        self._post(None, "/intake/submissions", REACHED[number % len(REACHED)], number)

    def refer(self, form: dict[str, Any] | None = None) -> None:
        """An office refers a client."""
        number = next(self.numbers)
        said = {"reason": "Braucht Beratung.", "consent_form": "written"}
        self._post("partner-jobcenter", "/intake/referrals", {**(form or REACHED[number]), **said}, number)

    def inquire(self) -> None:
        """A case manager takes an inquiry herself."""
        number = next(self.numbers)
        key = {"Idempotency_Key": f"matrix-{number}"}
        patiently("POST", "/cases", self.caller("lindenhof-1"), REACHED[number], **key)
        self.inquiries += 1

    def _post(self, user: str | None, path: str, body: Any, number: int) -> None:
        answer = patiently("POST", path, self.caller(user), body, Idempotency_Key=f"matrix-{number}")
        self.accepted.add(answer["reference"])

    def allocate(self) -> None:
        """The coordinator allocates the next inquiry; told to come back, she looks at it again first."""
        coordinator = self.caller("koordination")
        waiting = Query("cases", (("organisation", "==", None),), ("opened_at",), 1)  # asking her would commit a look
        case = self.cloud.stores["cases"].query(waiting).items[0].body
        while case["organisation"] is None:
            try:
                coordinator.change("POST", case, "allocation", {"organisation": "lindenhof"})
            except Refusal as refusal:
                if refusal.status not in {409, 412, 503}:
                    raise
            case = patiently("GET", f"/cases/{case['id']}", coordinator)

    def look_at_messages(self) -> None:
        """A case manager looks at who was sent what about one of her cases."""
        hers = Query("cases", (("case_manager", "==", "lindenhof-1"),), ("opened_at",), 1)
        (case,) = self.cloud.stores["cases"].query(hers).items
        patiently("GET", f"/notifications/messages?case={case.id}", self.caller("lindenhof-1"))

    def order_report(self) -> None:
        """The coordinator orders a report of a month that is over."""
        number = next(self.numbers)
        wanted = {"kind": "monthly_steering", "period": f"{2025 - number // 12 % 20}-{number % 12 + 1:02}"}
        patiently("POST", "/reporting/reports", self.caller("koordination"), wanted, Idempotency_Key=f"report-{number}")

    def run_report(self) -> None:
        """The schedule has a report written of a quarter that is over."""
        number = next(self.numbers)
        wanted = {"kind": "quarterly_steering", "period": f"{2025 - number // 4 % 20}-Q{number % 4 + 1}"}
        patiently("POST", "/dev/jobs/reporting_run", self.caller(), wanted)

    def run(self, function: str) -> None:
        """A schedule comes round. Whatever it leaves undone is done when it comes round again."""
        with suppress(Refusal):
            self.caller().call("POST", f"/dev/jobs/{function}")

    def receipt(self) -> None:
        """Amazon tells that an e-mail arrived, until it is heard."""
        sent = Query("messages", (("status", "==", MessageStatus.SENT),), ("due_at",), 1)
        (message,) = self.cloud.stores["notifications"].query(sent).items
        mail = {"tags": {"message": [message.id.replace(".", "_")]}}
        posted = json.dumps(self.amazon.posts({"eventType": "Delivery", "mail": mail}, MessageId=message.id))
        while requests.post(f"{self.cloud.url}/notifications/receipts/sns", posted, timeout=60).status_code != 204:
            time.sleep(0.2)
