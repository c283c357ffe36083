"""Two clients whose matters touch everything that listens, and how they end: the same play, as often as asked."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import requests

from infra.local.client import Caller
from services.reporting.facts import Statement
from shared.codes import Channel, MessageStatus
from tests.builders import NOON
from tests.end_to_end.clouds import Cloud, patiently, told
from tests.end_to_end.matrix import CONSENT, RELEASE
from tests.end_to_end.play import REACHED

CLIENTS = [next(form for form in REACHED if form["channel"] == channel) for channel in (Channel.SMS, Channel.EMAIL)]
LATER = NOON + timedelta(days=5)
REMINDED = LATER - timedelta(hours=21)
"""When everybody is reminded, by day."""
TITLE = {"status": "permit_training", "valid_from": "2025-01-01", "valid_until": "2027-01-01"}
PATIENCE = 120.0
"""Seconds in which a form becomes a case."""

End = dict[str, Any]


@dataclass
class Play:
    """What was done on a system."""

    cloud: Cloud
    references: list[str] = field(default_factory=list)

    def run(self) -> list[str]:
        """From their forms to their new case managers; the ids of the cases."""
        self.it_is(NOON)
        lead, manager = self.caller("lindenhof-leitung"), self.caller("lindenhof-1")
        cases = self._opened({self._submit(form) for form in CLIENTS})
        for case in cases:
            case = self.caller("koordination").change("POST", case, "allocation", {"organisation": "lindenhof"})
            lead.change("POST", case, "assignment", {"case_manager": "lindenhof-1"})
            self._work(manager, case["id"])
            case = manager.get(f"/cases/{case['id']}")
            lead.change("POST", case, "assignment", {"case_manager": "lindenhof-2"})
        return [case["id"] for case in cases]

    def settle(self) -> None:
        """Until everybody is reminded, and all has been heard."""
        self.it_is(REMINDED)
        self.cloud.wait_until_quiet()

    def it_is(self, at: datetime) -> None:
        """Set the clock."""
        Caller(self.cloud.url).add("/dev/clock", {"at": at.isoformat()})

    def caller(self, user: str | None = None) -> Caller:
        return Caller(self.cloud.url, user)

    def _submit(self, form: dict[str, Any]) -> str:
        key = {"Idempotency_Key": f"client-{len(self.references)}"}
        reference = str(patiently("POST", "/intake/submissions", self.caller(), form, **key)["reference"])
        self.references.append(reference)
        return reference

    def _opened(self, references: set[str]) -> list[dict[str, Any]]:
        """The cases of these forms, in the order in which they came."""
        coordinator, ends = self.caller("koordination"), time.monotonic() + PATIENCE
        while True:
            found = {case["reference"]: case for case in coordinator.every("/cases?sort=opened_at")}
            if references <= found.keys():
                return [found[one] for one in self.references if one in references]
            assert time.monotonic() < ends
            time.sleep(0.1)

    def _work(self, manager: Caller, case: str) -> None:
        """Appointments that stay, move and are cancelled; a release that is taken back; what the next one inherits."""
        path = f"/cases/{case}"
        manager.add(f"{path}/follow-ups", {"title": "Nachfragen", "due_on": LATER.date().isoformat()})
        manager.add(f"{path}/residence", TITLE)
        manager.add(f"{path}/appointments", _meeting(LATER))
        moved, cancelled = (manager.add(f"{path}/appointments", _meeting(LATER + timedelta(days=n))) for n in (1, 2))
        self._change(manager, f"{path}/appointments", moved, {"starts_at": (LATER + timedelta(hours=2)).isoformat()})
        self._change(manager, f"{path}/appointments", cancelled, {"status": "cancelled"})
        manager.add(f"{path}/consents", CONSENT)
        manager.add(f"{path}/consents", RELEASE)
        manager.add(f"{path}/referrals", {"recipient": "jobcenter", "status": "sent"})
        (release,) = (one["id"] for one in manager.get(path)["consents"] if one["recipient"] == "jobcenter")
        manager.add(f"{path}/consents/{release}/revocation", {})

    def _change(self, manager: Caller, path: str, made: dict[str, Any], said: dict[str, Any]) -> None:
        manager.call("PATCH", f"{path}/{made['id']}", said, If_Match=f'"{made["version"]}"')


def _meeting(at: datetime) -> dict[str, Any]:
    return {"starts_at": at.isoformat(), "place": "platz-1", "purpose": "Gespräch"}


def ends(cloud: Cloud, cases: Iterable[str]) -> list[End]:
    """How each of these matters stands: what happened to it how often, who has it, who was told what."""
    held = cloud.ledger()
    return [
        {
            "case": _without_ids(next(one for one in held.cases if one["id"] == case)),
            "events": Counter(entry["type"] for entry in held.events if _of(entry, case)),
            "messages": Counter(_all_said([one for one in held.messages if one["case"] == case])),
            "holder": _holder(cloud, case),
        }
        for case in cases
    ]


def _of(entry: dict[str, Any], case: str) -> bool:
    told = entry["event"]
    return case in (told["subject"], told.get("case")) and not entry["type"].startswith("notifications.")


def _without_ids(case: dict[str, Any]) -> dict[str, Any]:
    return {name: case[name] for name in ("phase", "organisation", "case_manager", "version", "residence_status")}


def _all_said(messages: list[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """News of a time that is no more was sent or is void: that is a matter of when it was in hand, not of order."""
    overtaken = {_cause(one) for one in messages if one["template"] in {"appointment_moved", "appointment_cancelled"}}
    for one in messages:
        is_void = one["template"] == "appointment_made" and _cause(one) in overtaken
        yield ("appointment_made", "sent or void") if is_void else _said(one)


def _cause(message: dict[str, Any]) -> str:
    return str(message["id"]).rpartition(".")[0]


def _said(message: dict[str, Any]) -> tuple[Any, ...]:
    """What a client read, or why not: a reminder that is void may name the time before the move or the one after."""
    said = [message[name] for name in ("template", "channel", "language", "status", "reason")]
    return (*said, message["starts_at"] if message["status"] == MessageStatus.SENT else None)


def _holder(cloud: Cloud, case: str) -> tuple[Any, ...]:
    from services.notifications.store import Holders

    holder = Holders(cloud.stores["notifications"]).of(case)
    return holder.organisation, holder.case_manager, holder.version


def forget_what_follows(cloud: Cloud) -> None:
    """Take away all that is made from events alone: messages, what was sent, who holds which case, the facts."""
    host = told(cloud.folder)["FIRESTORE_EMULATOR_HOST"]
    for database in ("notifications", "outbox"):
        path = f"emulator/v1/projects/kim-local/databases/{database}/documents"
        requests.delete(f"http://{host}/{path}", timeout=60).raise_for_status()
    cloud.facts().run([Statement("DELETE FROM facts")])
