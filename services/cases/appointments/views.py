"""What people see of appointments."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.cases import across, items
from services.cases.appointments import calendar, schemas
from services.cases.appointments.domain import Appointment
from services.cases.appointments.handlers import appointments
from services.cases.store import Desk, Words
from services.cases.views import looked_at
from shared import clock
from shared.errors import Invalid, NotThere
from shared.http.call import Answer, Call
from shared.municipality import municipality
from shared.policy import Action
from shared.store import Condition, Query
from shared.texts import text

CODES = schemas.AppointmentCodes()
ONE_DAY = timedelta(days=1)


def changed(held: Appointment) -> Answer:
    """What a change answers: the appointment's codes, and its version."""
    return Answer(CODES.dump(held), version=held.version)


def of_case(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The appointments of a case, the first first."""
    case = looked_at(call, Action.CASE_READ, case_id, desk)
    held, after = items.page_of_case(appointments(desk), case_id, wanted, order="starts_at", desk=desk)
    said = items.words_of(appointments(desk), ((case, one, {one.written, one.told}) for one in held), desk=desk)
    return Answer({"items": [_shown(one, said[one.id]) for one in held], "next": after})


def agenda(call: Call, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The appointments of a member of staff from a day on, the first first; cancelled ones too. One query.

    What belongs to a case that the caller may not read is left out: a page may hold fewer than its limit.
    Raises `Invalid` for somebody who is not there.
    """
    who = call.actor.id if wanted["staff"] == "me" else wanted["staff"]
    if who != call.actor.id and municipality().member(who) is None:
        raise Invalid({"staff": [text("There is no such case manager.")]})
    first = wanted["begins"] or clock.day(call.at)
    where: list[Condition] = [("staff", "==", who), ("starts_at", ">=", clock.stamp(clock.end_of(first - ONE_DAY)))]
    if wanted["ends"] is not None:
        where.append(("starts_at", "<", clock.stamp(clock.end_of(wanted["ends"]))))
    page = desk.store.query(Query("appointments", tuple(where), ("starts_at",), wanted["limit"], wanted["cursor"]))
    held = [appointments(desk).state(document.body) for document in page.items]
    cases = across.seen(call, held, desk=desk)
    rows = across.rows(held, cases, lambda one: {**CODES.dump(one), "address": _address(one)}, desk=desk)
    return Answer({"items": rows, "next": page.next})


def as_calendar(call: Call, case_id: str, id: str, *, desk: Desk) -> Answer:
    """An appointment as a calendar file, for the calendar of whoever works on the case."""
    looked_at(call, Action.CASE_READ, case_id, desk)
    held = appointments(desk).get(id)
    if held.case != case_id:
        raise NotThere()
    file = calendar.written(held, title=text("Appointment"), address=_address(held))
    named = {"Content-Disposition": f'attachment; filename="{id}.ics"'}
    return Answer(file, version=held.version, media=calendar.CALENDAR, headers=named)


def _shown(held: Appointment, said: dict[int, Words]) -> dict[str, Any]:
    words: Words = {}
    for version in sorted(said):
        words |= said[version]
    return {
        **CODES.dump(held),
        "address": _address(held),
        "purpose": words.get("purpose"),
        "reason": words.get("reason"),
    }


def _address(held: Appointment) -> str | None:
    place = None if held.place is None else municipality().place(held.place)
    return None if place is None else place.address
