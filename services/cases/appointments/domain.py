"""The state of an appointment and what may change it: pure. What it is about lies sealed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from services.cases.domain.case import Case
from services.cases.domain.item import Item, begins, goes_on
from services.cases.domain.reach import reach
from services.cases.domain.refusals import NotOnTheCase
from shared.codes import AppointmentStatus, ClosureReason, ContactChannel
from shared.errors import Rejected
from shared.events import (
    AppointmentCancelled,
    AppointmentChanged,
    AppointmentEvent,
    AppointmentMade,
    AppointmentMoved,
    At,
    CaseEvent,
    Event,
)


class InThePast(Rejected):
    """Nobody is invited to a time that is over."""

    code = "in_the_past"
    says = "An appointment begins in the future."


class NotYet(Rejected):
    """Whether she came can be said only once it has begun."""

    code = "not_yet"
    says = "The appointment has not begun."


class AppointmentIsOver(Rejected):
    """What was cancelled, kept or missed is not moved any more."""

    code = "appointment_is_over"
    says = "The appointment is {status}: please make another one."


class Appointment(Item):
    """The client and a member of staff meet, at a place of the organisation or over a channel."""

    staff: str
    channel: ContactChannel
    starts_at: At
    minutes: int
    place: str | None
    interpreter: str | None
    status: AppointmentStatus = AppointmentStatus.PLANNED
    written: int = 1
    """The version under which its purpose lies."""
    told: int = 1
    """The version of which the client was told last."""
    sequence: int = 0
    """How often the client's calendar has to change (RFC 5545)."""
    changed_at: At

    @property
    def ends_at(self) -> datetime:
        """When it is over, as planned."""
        return self.starts_at + timedelta(minutes=self.minutes)


Change = tuple[Appointment, CaseEvent]


def make(
    case: Case,
    id: str,
    *,
    staff: str,
    among: Collection[str],
    starts_at: datetime,
    on: date,
    at: datetime,
    by: str,
    **said: Any,
) -> Change:
    """Make an appointment with somebody who works on the case; `among` are those who do, `on` is today."""
    case.must_be_open()
    _must_be_ahead(starts_at, at)
    _must_work_on_it(staff, among)
    event = AppointmentMade(
        **begins(case, id, at, by), staff=staff, starts_at=starts_at, written=1, reach=reach(case, on), **said
    )
    return begun(event), event


def move(
    case: Case,
    held: Appointment,
    *,
    among: Collection[str],
    purposed: bool = False,
    on: date,
    at: datetime,
    by: str,
    **said: Any,
) -> Change:
    """Another time, place, channel or person, which the client is told; what is not said stays."""
    case.must_be_open()
    _must_be_planned(held)
    after = held.model_copy(update=said)
    _must_be_ahead(after.starts_at, at)
    if after.staff != held.staff:
        _must_work_on_it(after.staff, among)
    return _told(AppointmentMoved, case, held, after, purposed, on, at, by)


def cancel(case: Case, held: Appointment, *, on: date, at: datetime, by: str) -> Change:
    """It does not take place, and the client is told. Even of a closed case."""
    _must_be_planned(held)
    return _told(AppointmentCancelled, case, held, held, False, on, at, by)


def call_off(case: Case, held: Appointment, *, on: date, at: datetime, by: str) -> Change | None:
    """It is cancelled with its case; None when it has begun, or is over.

    The client is told, unless she has died or was erased.
    """
    if held.status is not AppointmentStatus.PLANNED or held.starts_at <= at:
        return None
    silent = case.closure_reason is ClosureReason.DECEASED or case.erased_at is not None
    return _told(AppointmentCancelled, case, held, held, False, on, at, by, silent=silent)


def hand_over(
    case: Case, held: Appointment, to: str, *, among: Collection[str], at: datetime, by: str
) -> Change | None:
    """What is ahead goes to the new case manager with the case, unless somebody has it who still works on it.

    The client is not told: no message to her names anybody.
    """
    if held.status is not AppointmentStatus.PLANNED or held.starts_at <= at or held.staff in {*among, to}:
        return None
    said = {"interpreter": held.interpreter, "status": held.status, "written": held.written}
    event = AppointmentChanged(**goes_on(case, held, at, by), staff=to, **said)
    return evolve(held, event), event


def change(
    case: Case,
    held: Appointment,
    *,
    status: AppointmentStatus | None = None,
    purposed: bool = False,
    at: datetime,
    by: str,
    **said: Any,
) -> Change:
    """What the client need not be told: mediation, purpose, and whether she came, once it has begun."""
    if held.status is AppointmentStatus.CANCELLED:
        raise AppointmentIsOver(status=held.status)
    if status in (AppointmentStatus.KEPT, AppointmentStatus.MISSED) and at < held.starts_at:
        raise NotYet()
    version = held.version + 1
    event = AppointmentChanged(
        **goes_on(case, held, at, by),
        staff=held.staff,
        interpreter=said.get("interpreter", held.interpreter),
        status=status or held.status,
        written=version if purposed else held.written,
    )
    return evolve(held, event), event


def begun(event: AppointmentMade) -> Appointment:
    """The appointment as its first event makes it."""
    said = event.model_dump(exclude={"subject", "at", "by", "facts", "reach"})
    return Appointment(**said, id=event.subject, changed_at=event.at)


def evolve(held: Appointment, event: Event) -> Appointment:
    """The appointment after this event."""
    changes: dict[str, Any] = {"version": event.version, "changed_at": event.at}
    match event:
        case AppointmentChanged():
            changes |= event.model_dump(include={"staff", "interpreter", "status", "written"})
        case AppointmentEvent():
            kept = {"staff", "channel", "starts_at", "minutes", "place", "interpreter", "written"}
            changes |= event.model_dump(include=kept) | {"told": event.version, "sequence": held.sequence + 1}
            if isinstance(event, AppointmentCancelled):
                changes["status"] = AppointmentStatus.CANCELLED
    return held.model_copy(update=changes)


def fold(history: Iterable[Event]) -> Appointment:
    """The appointment that a history makes. Its first event is an `AppointmentMade`."""
    first, *rest = history
    assert isinstance(first, AppointmentMade)
    held = begun(first)
    for event in rest:
        held = evolve(held, event)
    return held


def _told(
    kind: type[AppointmentMoved] | type[AppointmentCancelled],
    case: Case,
    held: Appointment,
    after: Appointment,
    purposed: bool,
    on: date,
    at: datetime,
    by: str,
    **more: Any,
) -> Change:
    version = held.version + 1
    event = kind(
        **goes_on(case, held, at, by),
        **after.model_dump(include={"staff", "channel", "starts_at", "minutes", "place", "interpreter"}),
        written=version if purposed else held.written,
        reach=reach(case, on),
        replaces=f"{held.id}.{held.told}",
        **more,
    )
    return evolve(held, event), event


def _must_be_ahead(starts_at: datetime, at: datetime) -> None:
    if starts_at <= at:
        raise InThePast()


def _must_be_planned(held: Appointment) -> None:
    if held.status is not AppointmentStatus.PLANNED:
        raise AppointmentIsOver(status=held.status)


def _must_work_on_it(staff: str, among: Collection[str]) -> None:
    if staff not in among:
        raise NotOnTheCase()
