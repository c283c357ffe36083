"""The matrix of functions and the points at which they die, with what makes them pass there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from infra.local.client import Refusal
from shared.store import Query
from tests.builders import NOON
from tests.end_to_end.play import SMS, Cell, Play, patiently

BEFORE, AFTER, PUBLISHED = "before-commit", "after-commit", "after-publish"
COMMITTED = ((BEFORE, 1), (AFTER, 1), (PUBLISHED, 1))
STORED = ((BEFORE, 1), (AFTER, 1))
"""Where nothing is told."""
KEPT = (("after-vault", 1),)
"""Where a person is in the vault, and nothing points to her yet."""
FORGOTTEN = (("before-vault", 1), ("after-vault", 1))
"""Where such a person is erased."""
SHOWN = (("before-outbox", 1), ("after-outbox", 1))
"""Where texts lie that nobody carried."""
SWEPT = ((PUBLISHED, 1),)
"""Where nothing is committed."""
SENT = ((BEFORE, 1), (AFTER, 1), ("after-provider", 1), (AFTER, 2), (PUBLISHED, 1))
"""A message is claimed, handed over, and settled."""

LOOKED = (*STORED, (BEFORE, 2), (AFTER, 2), (PUBLISHED, 1))
"""How far it looked is kept, and then it does what is due."""


def left_behind(by: str, cause: Callable[[Play], None], swept_by: str) -> Callable[[Play], None]:
    """A function dies before it has told what it committed; then the sweep comes round."""

    def play(self: Play) -> None:
        self.play(Cell(by, AFTER, 1, cause))
        self.run(swept_by)

    return play


def after(days: float, function: str) -> Callable[[Play], None]:
    """So much later the schedule comes round."""

    def play(self: Play) -> None:
        self.at(timedelta(days=days))
        self.run(function)

    return play


def cells(function: str, points: tuple[tuple[str, int], ...], cause: Callable[[Play], None]) -> list[Cell]:
    return [Cell(function, point, times, cause) for point, times in points]


def at_night(play: Play) -> None:
    """An office refers three clients at night: nobody is woken by a text message."""
    play.at(timedelta(hours=11))
    for _ in range(3):
        play.refer(SMS)
    play.cloud.wait_until_quiet(by_night=True)  # a message that is planned in the morning waits for no sweep


def three_files(play: Play) -> None:
    """A case manager works on three cases: each has a title that ends in three weeks, and a referral that was sent."""
    coordinator, lead, manager = map(play.caller, ("koordination", "lindenhof-leitung", "lindenhof-1"))
    ends = (NOON + timedelta(days=21)).date().isoformat()
    for case in coordinator.get("/cases?organisation=unallocated&limit=3")["items"]:
        case = coordinator.change("POST", case, "allocation", {"organisation": "lindenhof"})
        case = lead.change("POST", case, "assignment", {"case_manager": "lindenhof-1"})
        path = f"/cases/{case['id']}"
        title = {"status": "permit_training", "valid_from": "2025-01-01", "valid_until": ends}
        manager.add(f"{path}/residence", title, Idempotency_Key=f"title-{case['id']}")
        manager.add(f"{path}/consents", CONSENT)
        manager.add(f"{path}/consents", RELEASE)
        manager.add(f"{path}/referrals", {"recipient": "jobcenter", "status": "sent"})


def in_hand(play: Play) -> dict[str, Any]:
    """A case of lindenhof-1, which nobody has touched before."""
    coordinator, lead = map(play.caller, ("koordination", "lindenhof-leitung"))
    (case,) = coordinator.get("/cases?organisation=unallocated&limit=1")["items"]
    case = coordinator.change("POST", case, "allocation", {"organisation": "lindenhof"})
    return lead.change("POST", case, "assignment", {"case_manager": "lindenhof-1"})


def handed_on(play: Play) -> None:
    """A case with an open follow-up goes to another case manager."""
    case = in_hand(play)
    play.caller("lindenhof-1").add(f"/cases/{case['id']}/follow-ups", FOLLOW_UP)
    play.caller("lindenhof-leitung").change("POST", case, "assignment", {"case_manager": "lindenhof-2"})


def withdrawn(play: Play) -> None:
    """A client with an open follow-up no longer wants any help."""
    case, manager = in_hand(play), play.caller("lindenhof-1")
    manager.add(f"/cases/{case['id']}/follow-ups", FOLLOW_UP)
    case = manager.change("POST", case, "phase", {"to": "clearing"})
    manager.change("POST", case, "clearing", {"result": "withdrawn", "reason": "Möchte keine Hilfe mehr."})


def left_undone(method: str, path: str, body: Any) -> Callable[[Play], None]:
    """A change of a case is committed, and its maker dies before it did what follows: the event has it done."""

    def cause(play: Play) -> None:
        case, manager = in_hand(play), play.caller("lindenhof-1")

        def change(_: Play) -> None:
            with suppress(Refusal):
                manager.change(method, case, path, body)

        left_behind("cases_web", change, "cases_sweep")(play)

    return cause


def revoked(play: Play) -> None:
    """A client takes back the release under which she was referred, and whoever notes it dies over it."""
    case, manager = in_hand(play), play.caller("lindenhof-1")
    manager.add(f"/cases/{case['id']}/consents", CONSENT)
    consent = manager.add(f"/cases/{case['id']}/consents", RELEASE)
    manager.add(f"/cases/{case['id']}/referrals", {"recipient": "jobcenter", "status": "sent"})

    def revoke(_: Play) -> None:
        with suppress(Refusal):
            manager.add(f"/cases/{case['id']}/consents/{consent['id']}/revocation", {})

    left_behind("cases_web", revoke, "cases_sweep")(play)


def erased(play: Play) -> None:
    """A client who was written to is erased."""
    shown = play.cloud.stores["outbox"].query(Query("outbox", order=("-sent_at",), limit=200)).items
    hers = next(one.id for one in shown if one.body["person"] is not None)
    case = play.cloud.stores["notifications"].get(f"messages/{hers}")["case"]
    patiently("POST", f"/cases/{case}/erasure", play.caller("datenschutz"), {"reason": "consent_withdrawn"})
    play.cloud.wait_until_quiet()  # the next one is somebody else


FOLLOW_UP = {"title": "Anrufen", "due_on": "2026-03-09"}
TITLE = {"status": "blue_card", "valid_from": "2025-01-01", "valid_until": "2027-01-01"}

CONSENT = {"type": "processing", "form": "written", "language": "de", "text_version": "2026-01"}
RELEASE = {
    **CONSENT,
    "type": "secrecy_release",
    "recipient": "jobcenter",
    "data_categories": ["identity", "contact", "referrals"],
    "informed": True,
}

BY_DAY = [
    *cells("intake_web", KEPT + COMMITTED, Play.submit),
    *cells("intake_referrals", COMMITTED, Play.refer),
    *cells("cases_events", COMMITTED, Play.submit),
    *cells("cases_events", COMMITTED, handed_on),
    *cells("cases_events", COMMITTED, withdrawn),
    *cells("cases_events", FORGOTTEN, left_undone("PATCH", "client", {"family_name": "Quellwasser"})),
    *cells("cases_events", COMMITTED, revoked),
    *cells("cases_events", COMMITTED, left_undone("POST", "residence", TITLE)),
    *cells("cases_web", COMMITTED, Play.allocate),
    *cells("cases_web", (*KEPT, (BEFORE, 1)), Play.inquire),
    *cells("notifications_events", COMMITTED, Play.submit),
    *cells("notifications_web", COMMITTED, Play.look_at_messages),
    *cells("cases_looks", STORED, Play.look_at_messages),
    *cells("notifications_send", SENT, Play.submit),
    *cells("notifications_receipts", COMMITTED, Play.receipt),
    *cells("reporting_events", STORED, Play.submit),
    *cells("reporting_web", COMMITTED, Play.order_report),
    *cells("reporting_run", COMMITTED, Play.run_report),
    *cells("reporting_vocabulary", STORED, after(0, "reporting_vocabulary")),
    *cells("intake_sweep", SWEPT, left_behind("intake_web", Play.submit, "intake_sweep")),
    *cells("cases_sweep", SWEPT, left_behind("cases_web", Play.allocate, "cases_sweep")),
    *cells("reporting_sweep", SWEPT, left_behind("reporting_web", Play.order_report, "reporting_sweep")),
    *cells("cases_audit", STORED, after(0, "cases_audit")),
    *cells("notifications_audit", STORED, after(0, "notifications_audit")),
    *cells("cases_radar", COMMITTED, after(0, "cases_radar")),
]
NEXT_MORNING = cells("notifications_sweep", COMMITTED, after(20 / 24, "notifications_sweep"))
DAYS_LATER = [
    *cells("intake_tidy", FORGOTTEN, after(3, "intake_tidy")),
    *cells("cases_tidy", FORGOTTEN, after(3, "cases_tidy")),
]
WEEKS_LATER = cells("cases_referrals", LOOKED, after(16, "cases_referrals"))
SHE_GOES = cells("notifications_events", SHOWN, erased)
"""What lies in place of her phone goes with her."""
MONTHS_LATER = cells("cases_retention", COMMITTED, after(150, "cases_retention"))
THEN_PROVED = cells("cases_erasures", FORGOTTEN + STORED, after(150, "cases_erasures"))
"""What retention was killed in is destroyed first of all."""
TEXTS_GO = cells("notifications_tidy", SHOWN, after(241, "notifications_tidy"))
"""Ninety days after the last of them: whoever was sent a referral is told when an erasure ends it."""
CELLS = [*BY_DAY, *NEXT_MORNING, *DAYS_LATER, *WEEKS_LATER, *SHE_GOES, *MONTHS_LATER, *THEN_PROVED, *TEXTS_GO]
