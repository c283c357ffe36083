"""What happens to appointments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.cases import items
from services.cases.appointments import domain
from services.cases.appointments.domain import Appointment, Change
from services.cases.domain.case import Case
from services.cases.store import Desk, Words
from shared import clock
from shared.codes import AppointmentStatus, ContactChannel
from shared.errors import Invalid
from shared.http.call import Answer, Call
from shared.municipality import municipality
from shared.store.journal import Journal
from shared.texts import text

MOVES = frozenset({"starts_at", "minutes", "channel", "place", "staff"})
"""What the client is told when it changes."""

Command = dict[str, Any]


def appointments(desk: Desk) -> Journal[Appointment]:
    """All appointments."""
    return items.journal(desk, "appointments", Appointment)


def make(call: Call, case_id: str, command: Command, *, id: str, desk: Desk) -> Answer:
    """Make an appointment with the client."""

    def begin(case: Case) -> Change:
        _must_be_a_place(case, command["channel"], command["place"])
        needed = case.language if case.needs_interpreter else None
        said = {name: value for name, value in command.items() if name != "purpose"}
        said |= {"interpreter": command.get("interpreter", needed)}
        said |= {"staff": command["staff"] or case.case_manager or call.actor.id}
        return domain.make(case, id, among=_among(case, call), **said, **_by(call), on=clock.day(call.at))

    return items.add(call, appointments(desk), case_id, begin, desk=desk, words=_words(command))


def change(call: Call, case_id: str, id: str, command: Command, *, desk: Desk) -> Appointment:
    """Move an appointment, cancel it, or record what became of it."""

    def decide(case: Case, held: Appointment) -> Change:
        if command.get("status") is AppointmentStatus.CANCELLED:
            return domain.cancel(case, held, on=clock.day(call.at), **_by(call))
        said = {name: value for name, value in command.items() if name != "purpose"}
        said |= {"purposed": "purpose" in command}
        if not MOVES & command.keys():
            return domain.change(case, held, **said, **_by(call))
        place = command.get("place", held.place)
        _must_be_a_place(case, command.get("channel", held.channel), place)
        return domain.move(case, held, among=_among(case, call), on=clock.day(call.at), **said, **_by(call))

    return items.change(call, appointments(desk), case_id, id, decide, desk=desk, words=_words(command))


def call_off(case: Case, *, desk: Desk, at: datetime, by: str) -> int:
    """What is ahead is cancelled with its case; how many appointments that were. A repeat finds it done."""
    journal, on = appointments(desk), clock.day(at)
    found = items.of_case(journal, case.id, order=("starts_at",), desk=desk)
    return items.change_each(journal, found, lambda one: domain.call_off(case, one, on=on, at=at, by=by))


def hand_over(case: Case, *, desk: Desk, at: datetime, by: str) -> int:
    """What is ahead goes with the case; how many appointments that were. A repeat finds it done.

    An appointment with another organisation cannot: it is called off, and the client is told.
    """
    journal, on, among = appointments(desk), clock.day(at), items.working_on(case)

    def decide(held: Appointment) -> Change | None:
        if _is_elsewhere(held, case.organisation):
            return domain.call_off(case, held, on=on, at=at, by=by)
        if case.case_manager is None:
            return None
        return domain.hand_over(case, held, case.case_manager, among=among, at=at, by=by)

    return items.change_each(journal, items.of_case(journal, case.id, order=("starts_at",), desk=desk), decide)


def _is_elsewhere(held: Appointment, organisation: str | None) -> bool:
    """Whether it is with somebody, or at a place, of another organisation than the one that has the case."""
    member = municipality().member(held.staff)
    at_another_place = held.place is not None and held.place not in _places(organisation)
    return at_another_place or (member is not None and member.organisation != organisation)


def _must_be_a_place(case: Case, channel: ContactChannel, place: str | None) -> None:
    """Raises `Invalid` for what is no place of the organisation, and for a meeting nowhere."""
    if place is not None and place not in _places(case.organisation):
        raise Invalid({"place": [text("Your organisation has no such place.")]})
    if place is None and channel is ContactChannel.MEETING:
        raise Invalid({"place": [text("Please say where the meeting is.")]})


def _places(organisation: str | None) -> set[str]:
    found = municipality().organisation(organisation or "")
    return set() if found is None else {one.id for one in found.places}


def _among(case: Case, call: Call) -> set[str]:
    return {*items.working_on(case), call.actor.id}


def _by(call: Call) -> dict[str, Any]:
    return {"at": call.at, "by": call.actor.id}


def _words(command: Command) -> Words:
    return {name: command[name] for name in ("purpose", "reason") if command.get(name)}
