"""The state of a follow-up and what may change it: pure. Its title lies sealed, unless a rule says it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from services.cases.domain.case import Case
from services.cases.domain.item import Item, begins, goes_on
from services.cases.domain.refusals import NotOnTheCase
from shared.codes import FollowUpRule, LegalDomain
from shared.events import At, CaseEvent, Event, FollowUpChanged, FollowUpEscalated, FollowUpSet


class FollowUp(Item):
    """On a day, somebody is to look at the case again."""

    due_on: date
    responsible: str | None
    organisation: str | None
    set_at: At
    set_by: str
    done: bool = False
    written: int = 1
    """The version under which its title lies."""
    rule: FollowUpRule | None = None
    cause: str | None = None
    days: int | None = None
    ends_on: date | None = None
    legal_domain: LegalDomain | None = None
    watched: bool = False
    """Set by the radar, and nobody has touched it: handing it on is not touching it."""


Change = tuple[FollowUp, CaseEvent]


def set_follow_up(
    case: Case, id: str, *, due_on: date, responsible: str, among: Iterable[str], at: datetime, by: str
) -> Change:
    """Have somebody who works on the case look at it again on a day; `among` are those who do."""
    case.must_be_open()
    _must_work_on_it(responsible, among)
    return _first(case, id, due_on=due_on, responsible=responsible, at=at, by=by)


def remind(
    case: Case,
    id: str,
    rule: FollowUpRule,
    *,
    cause: str,
    days: int,
    due_on: date,
    responsible: str | None,
    at: datetime,
    by: str,
    ends_on: date | None = None,
    legal_domain: LegalDomain | None = None,
) -> Change:
    """A follow-up that a rule of the radar sets."""
    said = {"rule": rule, "cause": cause, "days": days, "ends_on": ends_on, "legal_domain": legal_domain}
    return _first(case, id, due_on=due_on, responsible=responsible, at=at, by=by, **said)


def change(
    case: Case,
    held: FollowUp,
    *,
    due_on: date | None = None,
    responsible: str | None = None,
    done: bool | None = None,
    titled: bool = False,
    among: Iterable[str] = (),
    at: datetime,
    by: str,
) -> Change:
    """Move it, hand it on, give it another title, or have it done; what is not given stays.

    Even of a closed case: what is left over may be ticked off.
    """
    if responsible is not None:
        _must_work_on_it(responsible, among)
    return _changed(
        case,
        held,
        due_on=due_on or held.due_on,
        responsible=responsible or held.responsible,
        done=held.done if done is None else done,
        written=held.version + 1 if titled else held.written,
        at=at,
        by=by,
    )


def hand_over(case: Case, held: FollowUp, to: str, *, among: Iterable[str], at: datetime, by: str) -> Change | None:
    """What is open goes to the new case manager with the case, unless somebody has it who still works on it."""
    responsible = held.responsible if held.responsible in {*among, to} else to
    if held.done or (responsible, case.organisation) == (held.responsible, held.organisation):
        return None
    return _changed(
        case, held, due_on=held.due_on, responsible=responsible, done=False, written=held.written, at=at, by=by
    )


def finish(case: Case, held: FollowUp, *, at: datetime, by: str) -> Change | None:
    """It ends with its case; None when it is done already."""
    if held.done:
        return None
    return _changed(
        case, held, due_on=held.due_on, responsible=held.responsible, done=True, written=held.written, at=at, by=by
    )


def escalate(case: Case, held: FollowUp, escalation: str, *, at: datetime, by: str) -> Change | None:
    """The team lead has a follow-up of her own about this one; None when it was touched or escalated already."""
    if not held.watched:
        return None
    event = FollowUpEscalated(**goes_on(case, held, at, by), escalation=escalation)
    return evolve(held, event), event


def begun(event: FollowUpSet) -> FollowUp:
    """The follow-up as its first event makes it."""
    said = event.model_dump(exclude={"subject", "at", "by", "facts"})
    watched = event.rule is not None and event.rule is not FollowUpRule.UNTOUCHED
    return FollowUp(**said, id=event.subject, set_at=event.at, set_by=event.by, watched=watched)


def evolve(held: FollowUp, event: Event) -> FollowUp:
    """The follow-up after this event."""
    said = {"due_on", "responsible", "organisation", "done", "written"}
    changes = event.model_dump(include=said) if isinstance(event, FollowUpChanged) else {"watched": False}
    after = held.model_copy(update={**changes, "version": event.version})
    touched = (after.due_on, after.done, after.written) != (held.due_on, held.done, held.written)
    return after.model_copy(update={"watched": False}) if touched else after


def fold(history: Iterable[Event]) -> FollowUp:
    """The follow-up that a history makes. Its first event is a `FollowUpSet`."""
    first, *rest = history
    assert isinstance(first, FollowUpSet)
    held = begun(first)
    for event in rest:
        held = evolve(held, event)
    return held


def _first(case: Case, id: str, *, at: datetime, by: str, **said: Any) -> Change:
    event = FollowUpSet(
        **begins(case, id, at, by),
        organisation=case.organisation,
        **said,
    )
    return begun(event), event


def _changed(case: Case, held: FollowUp, *, at: datetime, by: str, **said: Any) -> Change:
    event = FollowUpChanged(**goes_on(case, held, at, by), organisation=case.organisation, **said)
    return evolve(held, event), event


def _must_work_on_it(responsible: str, among: Iterable[str]) -> None:
    if responsible not in set(among):
        raise NotOnTheCase()
