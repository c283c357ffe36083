"""What happens to residence titles and to the ends of legal domains."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.cases import items
from services.cases.domain.case import Case
from services.cases.residence import domain
from services.cases.residence.domain import DomainEnd, E, Title
from services.cases.store import Desk
from shared import clock
from shared.events import CaseEvent, ResidenceRecorded
from shared.http.call import Answer, Call
from shared.store.journal import Journal


def titles(desk: Desk) -> Journal[Title]:
    """All residence titles."""
    return items.journal(desk, "residence", Title)


def domain_ends(desk: Desk) -> Journal[DomainEnd]:
    """All ends of legal domains."""
    return items.journal(desk, "domain_ends", DomainEnd)


def titles_of(case_id: str, *, desk: Desk) -> list[Title]:
    """The residence titles of a case, the first to end first."""
    return list(items.of_case(titles(desk), case_id, order=("ends",), desk=desk))


def record_title(call: Call, case_id: str, command: dict[str, Any], *, id: str, desk: Desk) -> Answer:
    """A title enters the history, and the case takes on its status where it is the current one."""

    def begin(case: Case) -> tuple[Title, ResidenceRecorded]:
        return domain.record_title(case, id, **command, at=call.at, by=call.actor.id)

    answer = items.add(call, titles(desk), case_id, begin, desk=desk)
    settle(case_id, desk=desk, at=call.at, by=call.actor.id)
    return answer


def settle(case_id: str, *, desk: Desk, at: datetime, by: str) -> bool:
    """Have the case take on the status of its current title; False when it has it already.

    Done with each recording and withdrawal; after a crash their events do it, and the radar when a title begins.
    """
    found = domain.current(titles_of(case_id, desk=desk), clock.day(at))
    if found is None:
        return False
    before = desk.cases.get(case_id).version
    return (
        desk.cases.change(case_id, lambda case: domain.change_status(case, found.status, at=at, by=by)).version > before
    )


def withdraw_title(call: Call, case_id: str, id: str, command: dict[str, Any], *, desk: Desk) -> Title:
    """A title was recorded by mistake; the case takes on the status of the one that is current without it.

    Where there is none, its status stays until somebody records the right one.
    """
    held = _withdraw(call, titles(desk), case_id, id, command, desk)
    settle(case_id, desk=desk, at=call.at, by=call.actor.id)
    return held


def withdraw_domain_end(call: Call, case_id: str, id: str, command: dict[str, Any], *, desk: Desk) -> DomainEnd:
    """The end of a legal domain was noted by mistake."""
    return _withdraw(call, domain_ends(desk), case_id, id, command, desk)


def record_domain_end(call: Call, case_id: str, command: dict[str, Any], *, id: str, desk: Desk) -> Answer:
    """The end of a legal domain is noted."""
    said = {**command, "at": call.at, "by": call.actor.id}
    return items.add(
        call, domain_ends(desk), case_id, lambda case: domain.record_domain_end(case, id, **said), desk=desk
    )


def _withdraw(call: Call, journal: Journal[E], case_id: str, id: str, command: dict[str, Any], desk: Desk) -> E:
    def decide(case: Case, held: E) -> tuple[E, CaseEvent]:
        return domain.withdraw(case, held, at=call.at, by=call.actor.id)

    words = {"reason": command["reason"]} if command["reason"] else None
    return items.change(call, journal, case_id, id, decide, desk=desk, words=words)
