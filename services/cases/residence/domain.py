"""Residence titles and the ends of legal domains: pure. A history with days, of which one title is the current one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from services.cases.domain import history
from services.cases.domain.case import Case
from services.cases.domain.item import Item, begins, goes_on
from services.cases.domain.refusals import AlreadyWithdrawn
from shared.codes import FollowUpRule, LegalDomain, ResidenceStatus
from shared.events import (
    At,
    CaseEvent,
    DomainEndRecorded,
    DomainEndWithdrawn,
    Event,
    ResidenceChanged,
    ResidenceRecorded,
    ResidenceWithdrawn,
)

NEVER = date.max


class Ending(Item):
    """Something that holds until a day."""

    ends: date
    """The day, or the last of all days: lists are ordered by it."""
    recorded_at: At
    recorded_by: str
    withdrawn: bool = False
    """Recorded by mistake: it counts nowhere."""


class Title(Ending):
    """A residence title, from a day and until one. It is not changed, but withdrawn and recorded anew."""

    status: ResidenceStatus
    valid_from: date
    valid_until: date | None

    @property
    def rank(self) -> tuple[date, datetime]:
        """What begins later counts, and of two that begin on a day what was recorded later."""
        return self.valid_from, self.recorded_at


class DomainEnd(Ending):
    """A legal domain ends for the client: a benefit, school duty."""

    legal_domain: LegalDomain


E = TypeVar("E", bound=Ending)


def record_title(
    case: Case,
    id: str,
    status: ResidenceStatus,
    *,
    valid_from: date,
    valid_until: date | None,
    at: datetime,
    by: str,
) -> tuple[Title, ResidenceRecorded]:
    """Put a title into the history."""
    case.must_be_open()
    event = ResidenceRecorded(
        **begins(case, id, at, by),
        status=status,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    return title(event), event


def record_domain_end(
    case: Case, id: str, legal_domain: LegalDomain, *, ends_on: date, at: datetime, by: str
) -> tuple[DomainEnd, DomainEndRecorded]:
    """Note on which day a legal domain ends for the client."""
    case.must_be_open()
    said = {"legal_domain": legal_domain, "ends_on": ends_on}
    event = DomainEndRecorded(**begins(case, id, at, by), **said)
    return domain_end(event), event


def withdraw(case: Case, held: E, *, at: datetime, by: str) -> tuple[E, CaseEvent]:
    """Take out what was recorded by mistake, in any phase. Raises `AlreadyWithdrawn`."""
    if held.withdrawn:
        raise AlreadyWithdrawn()
    kind = ResidenceWithdrawn if isinstance(held, Title) else DomainEndWithdrawn
    event = kind(**goes_on(case, held, at, by))
    return withdrawn(held, event), event


def withdrawn(held: E, event: Event) -> E:
    """What was recorded, after it was withdrawn."""
    return held.model_copy(update={"version": event.version, "withdrawn": True})


def title(event: ResidenceRecorded) -> Title:
    """The title that an event recorded."""
    said = event.model_dump(include={"version", "case", "status", "valid_from", "valid_until"})
    return Title(**said, id=event.subject, ends=event.valid_until or NEVER, recorded_at=event.at, recorded_by=event.by)


def domain_end(event: DomainEndRecorded) -> DomainEnd:
    """The end that an event recorded."""
    said = event.model_dump(include={"version", "case", "legal_domain"})
    return DomainEnd(**said, id=event.subject, ends=event.ends_on, recorded_at=event.at, recorded_by=event.by)


def fold(events: Iterable[Event]) -> Title | DomainEnd:
    """What a history makes: its first event, and whether that was a mistake."""
    event, *rest = events
    assert isinstance(event, ResidenceRecorded | DomainEndRecorded)
    held = title(event) if isinstance(event, ResidenceRecorded) else domain_end(event)
    return withdrawn(held, rest[-1]) if rest else held


def current(titles: Iterable[Title], on: date) -> Title | None:
    """The title of a day: the last that has begun, even if it has ended. Whether somebody has none, people say."""
    begun = [one for one in titles if one.valid_from <= on and not one.withdrawn]
    return max(begun, key=lambda one: one.rank, default=None)


def is_followed(ending: Ending, others: Sequence[Ending]) -> bool:
    """Whether it is known already what follows without a gap, or that it does not end then."""
    others = [one for one in others if not one.withdrawn]
    match ending:
        case Title():
            day_after = ending.ends + timedelta(days=ending.ends < NEVER)
            titles = (one for one in others if isinstance(one, Title))
            return any(one.rank > ending.rank and one.valid_from <= day_after for one in titles)
        case DomainEnd():
            ends = (one for one in others if isinstance(one, DomainEnd) and one.legal_domain is ending.legal_domain)
            return any(one.recorded_at > ending.recorded_at for one in ends)
    return False


def change_status(case: Case, to: ResidenceStatus, *, at: datetime, by: str) -> tuple[Case, CaseEvent] | None:
    """The case takes on the status of its current title; None where it has it, or may not change any more."""
    if case.residence_status is to or case.is_closed or case.restricted or case.erased_at is not None:
        return None
    return history.changed(case, ResidenceChanged, at=at, by=by, status=to)


def days_before(ends: date, on: date, reminders: Iterable[int]) -> int | None:
    """Which of the reminders, each so many days before an end, is due on a day; None before the first of them."""
    return min((days for days in reminders if (ends - on).days <= days), default=None)


def rule_of(ending: Ending) -> FollowUpRule:
    """The rule by which an end is followed up."""
    return FollowUpRule.RESIDENCE_ENDS if isinstance(ending, Title) else FollowUpRule.DOMAIN_ENDS
