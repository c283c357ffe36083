"""Case conferences: pure. Who took part and who agreed to do something; question and agreements lie sealed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from services.cases.domain import releases
from services.cases.domain.case import Case
from services.cases.domain.item import Item, begins, goes_on
from services.cases.domain.refusals import Unmet
from shared.codes import ConferenceStatus, ConsentKind
from shared.errors import Rejected
from shared.events import Agreement, At, ConferenceChanged, ConferenceRecorded, Event

S = ConferenceStatus

CLIENT = "client"
"""Who agreed to something, where it is not an organisation."""


class NotReleased(Unmet):
    """The client has not released everybody; `unmet` names the consent, and what is missing towards whom."""

    code = "not_released"
    says = "The conference cannot be held yet: {unmet}."


class DayDoesNotFit(Rejected):
    """What is planned lies ahead, and what was held does not."""

    code = "day_does_not_fit"
    says = "On {held_on:%d %B %Y} a conference cannot be {status}."


class ConferenceIsOver(Rejected):
    """What was cancelled is not changed any more, and of what was held not who took part."""

    code = "conference_is_over"
    says = "The conference is {status}."


class Conference(Item):
    """A conference about the case, on a day."""

    held_on: date
    participants: tuple[str, ...]
    """Organisations, in the order of their sealed functions."""
    agreements: tuple[Agreement, ...]
    """In the order of their sealed words."""
    status: ConferenceStatus = ConferenceStatus.HELD
    written: int = 1
    """The version under which the words of its agreements lie."""
    invited: int = 1
    """The version under which the functions of its participants lie."""
    recorded_at: At
    recorded_by: str


Change = tuple[Conference, ConferenceRecorded | ConferenceChanged]


def record(
    case: Case,
    id: str,
    *,
    held_on: date,
    participants: Sequence[str],
    agreements: Sequence[Agreement],
    on: date,
    at: datetime,
    by: str,
) -> Change:
    """Record a conference that is planned for a day to come or was held, with everybody released `on` today and then.

    Raises `NotReleased`, naming the consent, and every category that no release towards a participant covers.
    """
    case.must_be_open()
    _must_be_released(case, participants, max(on, held_on))
    event = ConferenceRecorded(
        **begins(case, id, at, by),
        held_on=held_on,
        participants=tuple(participants),
        agreements=tuple(agreements),
        status=S.PLANNED if held_on > on else S.HELD,
    )
    return begun(event), event


def change(
    case: Case,
    held: Conference,
    *,
    held_on: date | None = None,
    status: ConferenceStatus | None = None,
    participants: Sequence[str] | None = None,
    agreements: Sequence[Agreement] | None = None,
    on: date,
    at: datetime,
    by: str,
) -> Change:
    """Move it, have it held, or record what was agreed on, which is after it was held; what is not given stays.

    Until it was held, others may take part: what was agreed on with whoever does not any more stays. Raises
    `NotReleased` as for a new one, `DayDoesNotFit`, and `ConferenceIsOver` once it was cancelled.
    """
    case.must_be_open()
    day, after = held_on or held.held_on, held.version + 1
    now = status or (S.HELD if agreements is not None and day <= on else held.status)
    _must_fit(held, day, now, on, invites=participants is not None)
    invited = held.participants if participants is None else tuple(participants)
    moved = (day, now) != (held.held_on, held.status)
    asked = [one for one in invited if moved or one not in held.participants]  # the others may stay whatever came after
    if moved or asked:
        _must_be_released(case, asked, max(on, day))
    said: dict[str, Any] = {"participants": invited, "invited": held.invited if participants is None else after}
    said |= {"agreements": held.agreements if agreements is None else tuple(agreements)}
    said |= {"written": held.written if agreements is None else after}
    return _changed(case, held, at, by, held_on=day, status=now, **said)


def cancel(case: Case, held: Conference, *, at: datetime, by: str) -> Change:
    """It does not take place. Even of a closed case."""
    if held.status is not S.PLANNED:
        raise ConferenceIsOver(status=held.status)
    said = held.model_dump(include={"held_on", "participants", "invited", "agreements", "written"})
    return _changed(case, held, at, by, **said, status=S.CANCELLED)


def call_off(case: Case, held: Conference, *, at: datetime, by: str) -> Change | None:
    """It ends with its case; None when it was held or cancelled already."""
    return cancel(case, held, at=at, by=by) if held.status is S.PLANNED else None


def uninvite(case: Case, held: Conference, *, on: date, at: datetime, by: str) -> Change | None:
    """Whoever is not released (any more) does not take part in what is planned; None where all are, or it is over.

    A day that is over stays as it was written, also where nobody has said yet what came of it.
    """
    if held.status is not S.PLANNED or held.held_on < on:
        return None
    released = tuple(one for one in held.participants if not list(_unreleased(case, one, held.held_on)))
    if released == held.participants:
        return None
    said = held.model_dump(include={"held_on", "status", "agreements", "written"})
    return _changed(case, held, at, by, **said, participants=released, invited=held.version + 1)


def lapse(case: Case, held: Conference, *, on: date, at: datetime, by: str) -> Change | None:
    """What a night makes of it: as `uninvite`, but None while the case is restricted.

    Nothing is done with it then but keep it: the first night afterwards finds who is not released any more.
    """
    return None if case.restricted else uninvite(case, held, on=on, at=at, by=by)


def begun(event: ConferenceRecorded) -> Conference:
    """The conference that an event recorded."""
    said = event.model_dump(include={"version", "case", "held_on", "participants", "agreements", "status"})
    return Conference(**said, id=event.subject, recorded_at=event.at, recorded_by=event.by)


def evolve(held: Conference, event: Event) -> Conference:
    """The conference after this event."""
    assert isinstance(event, ConferenceChanged)
    names = ("version", "held_on", "participants", "invited", "agreements", "status", "written")
    return held.model_copy(update={name: getattr(event, name) for name in names})


def fold(history: Iterable[Event]) -> Conference:
    """The conference that a history makes. Its first event is a `ConferenceRecorded`."""
    first, *rest = history
    assert isinstance(first, ConferenceRecorded)
    held = begun(first)
    for event in rest:
        held = evolve(held, event)
    return held


def _changed(case: Case, held: Conference, at: datetime, by: str, **said: Any) -> Change:
    event = ConferenceChanged(**goes_on(case, held, at, by), **said)
    return evolve(held, event), event.model_copy(update={"concerns": _concerned(held, event)})


def _concerned(held: Conference, event: ConferenceChanged) -> tuple[str, ...]:
    """Whom it concerns: of what was planned all, if the day changes or it is called off, else who comes or goes."""
    if S.HELD in (held.status, event.status):
        return ()
    everybody = dict.fromkeys((*held.participants, *event.participants))
    if (held.held_on, held.status) != (event.held_on, event.status):
        return tuple(everybody)
    return tuple(one for one in everybody if (one in held.participants) is not (one in event.participants))


def _must_fit(held: Conference, day: date, now: ConferenceStatus, on: date, *, invites: bool) -> None:
    if held.status is S.CANCELLED or (invites and held.status is S.HELD):
        raise ConferenceIsOver(status=held.status)
    if day < on if now is S.PLANNED else day > on:
        raise DayDoesNotFit(held_on=day, status=now)


def _must_be_released(case: Case, participants: Iterable[str], on: date) -> None:
    if missing := list(_missing(case, participants, on)):
        raise NotReleased(missing)


def _missing(case: Case, participants: Iterable[str], on: date) -> Iterator[str]:
    """Consent and release are two declarations (§ 67b SGB X, § 203 StGB); our own organisation needs no release."""
    in_force = {(one.kind, one.recipient) for one in case.consents if one.in_force(on)}
    if (ConsentKind.PROCESSING, None) not in in_force:
        yield "consent_processing"
    for organisation in dict.fromkeys(participants):
        yield from _unreleased(case, organisation, on)


def _unreleased(case: Case, organisation: str, on: date) -> Iterator[str]:
    if organisation != case.organisation:
        yield from releases.missing(case, organisation, releases.CONFERENCE, on)
