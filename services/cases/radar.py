"""The domain-change radar: what ends soon is followed up, and what nobody touches goes to the team lead.

Everything it does is named after its cause: however often it runs, it finds it done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from services.cases import items
from services.cases.domain.case import Case
from services.cases.follow_ups import domain as follow_up
from services.cases.follow_ups.domain import FollowUp
from services.cases.follow_ups.handlers import follow_ups
from services.cases.residence.domain import DomainEnd, Ending, days_before, is_followed, rule_of
from services.cases.residence.handlers import domain_ends, settle, titles
from services.cases.store import Desk
from shared import clock
from shared.codes import FollowUpRule
from shared.municipality import Municipality
from shared.store import Condition, Query, pages
from shared.store.journal import Journal

BY = "cases_radar"
PAGE = 200
LOOKS_BACK = timedelta(days=7)
"""For how many days a title that has begun is looked at: a run may have been missed."""


def scan(*, desk: Desk, pack: Municipality, at: datetime) -> dict[str, int]:
    """One run: how many cases have another residence status, and how many follow-ups were set and escalated."""
    return {
        "begun": sum(settle(case, desk=desk, at=at, by=BY) for case in set(_begun(desk, clock.day(at)))),
        "reminded": sum(_remind(ending, items_of, pack, desk, at) for ending, items_of in _ending(pack, desk, at)),
        "escalated": sum(_escalate(held, pack, desk, at) for held in _untouched(pack, desk, at)),
    }


def _begun(desk: Desk, on: date) -> Iterator[str]:
    """The cases of which a residence title began lately."""
    where: tuple[Condition, ...] = (
        ("valid_from", ">=", (on - LOOKS_BACK).isoformat()),
        ("valid_from", "<=", on.isoformat()),
    )
    for document in pages(desk.store, Query("residence", where, ("valid_from",), PAGE)):
        yield document.body["case"]


def _ending(pack: Municipality, desk: Desk, at: datetime) -> Iterator[tuple[Ending, Journal[Ending]]]:
    """What ends within the longest time of the reminders, and has no follow-up of the reminder that is due."""
    on, reminders = clock.day(at), pack.radar.before_an_end
    last = on + timedelta(days=max(reminders, default=-1))
    where: tuple[Condition, ...] = (("ends", ">=", on.isoformat()), ("ends", "<=", last.isoformat()))
    journals: tuple[Journal[Ending], ...] = (titles(desk), domain_ends(desk))  # type: ignore[assignment]
    for journal in journals:
        found = pages(desk.store, Query(journal.collection, where, ("ends",), PAGE))
        held = map(journal.state, (document.body for document in found))
        for some in _in_groups(one for one in held if not one.withdrawn):
            there = _there(desk, [_name(ending, on, reminders) for ending in some])
            yield from ((ending, journal) for ending in some if _name(ending, on, reminders) not in there)


def _remind(ending: Ending, journal: Journal[Ending], pack: Municipality, desk: Desk, at: datetime) -> bool:
    """Set the follow-up of the reminder that is due, unless it is known what follows."""
    on = clock.day(at)
    days = days_before(ending.ends, on, pack.radar.before_an_end)
    case = desk.cases.get(ending.case)
    if days is None or not _is_worked_on(case):
        return False
    if is_followed(ending, list(items.of_case(journal, case.id, order=("ends",), desk=desk))):
        return False
    state, event = follow_up.remind(
        case,
        f"follow-up-{ending.id}-{days}",
        rule_of(ending),
        cause=ending.id,
        days=days,
        due_on=max(on, ending.ends - timedelta(days=days)),
        responsible=next(iter(items.working_on(case)), None),
        ends_on=ending.ends,
        legal_domain=ending.legal_domain if isinstance(ending, DomainEnd) else None,
        at=at,
        by=BY,
    )
    return follow_ups(desk).open(state, event)


def _untouched(pack: Municipality, desk: Desk, at: datetime) -> Iterator[FollowUp]:
    """Follow-ups of the radar that have been due for too long without anybody touching them."""
    since = clock.day(at) - timedelta(days=pack.radar.escalates_after)
    where: tuple[Condition, ...] = (("watched", "==", True), ("due_on", "<=", since.isoformat()))
    found = list(pages(desk.store, Query("follow_ups", where, ("due_on",), PAGE)))  # changed while it is read
    return (follow_ups(desk).state(document.body) for document in found)


def _escalate(held: FollowUp, pack: Municipality, desk: Desk, at: datetime) -> bool:
    """The team lead gets a follow-up of her own, first; then the one that nobody touched is not watched any more."""
    case = desk.cases.get(held.case)
    lead = next((one.id for one in pack.leads(case.organisation)), None)
    if lead is None or lead == held.responsible or not _is_worked_on(case):
        return False
    id = f"{held.id}-escalated"
    state, event = follow_up.remind(
        case,
        id,
        FollowUpRule.UNTOUCHED,
        cause=held.id,
        days=pack.radar.escalates_after,
        due_on=clock.day(at),
        responsible=lead,
        ends_on=held.ends_on,
        legal_domain=held.legal_domain,
        at=at,
        by=BY,
    )
    opened = follow_ups(desk).open(state, event)
    follow_ups(desk).change(held.id, lambda one: follow_up.escalate(case, one, id, at=at, by=BY))
    return opened


def _is_worked_on(case: Case) -> bool:
    return not (case.is_closed or case.restricted or case.erased_at is not None)


def _name(ending: Ending, on: date, reminders: Iterable[int]) -> str:
    """The id of the follow-up of the reminder that is due."""
    return f"follow-up-{ending.id}-{days_before(ending.ends, on, reminders)}"


def _there(desk: Desk, ids: list[str]) -> set[str]:
    return {path.rpartition("/")[2] for path in desk.store.get_many(map(follow_ups(desk).path, ids))}


def _in_groups(endings: Iterable[Ending]) -> Iterator[list[Ending]]:
    """As many at a time as are looked up at once."""
    some: list[Ending] = []
    for ending in endings:
        some.append(ending)
        if len(some) == PAGE:
            yield some
            some = []
    if some:
        yield some
