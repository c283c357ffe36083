"""Appointments over HTTP."""

from __future__ import annotations

import secrets
from typing import Any

from services.cases import table
from services.cases.appointments import calendar, handlers, schemas, views
from services.cases.shown import AddedView
from shared.http.call import Answer, Call
from shared.http.paging import PageQuery, pages_of
from shared.policy import Action

Command = dict[str, Any]


@table.routes.get("/appointments", Action.CASE_READ, query=schemas.AgendaFilter, gives=pages_of(schemas.AgendaView))
def agenda(call: Call, wanted: Command) -> Answer:
    """List your appointments across your cases, or those of somebody of your team."""
    return views.agenda(call, wanted, desk=table.desk())


@table.routes.get("/<case_id>/appointments", Action.CASE_READ, query=PageQuery, gives=pages_of(schemas.AppointmentView))
def list_appointments(call: Call, wanted: Command, case_id: str) -> Answer:
    """List the appointments of a case."""
    return views.of_case(call, case_id, wanted, desk=table.desk())


@table.routes.get(
    "/<case_id>/appointments/<appointment>.ics", Action.CASE_READ, media=calendar.CALENDAR, versioned=True
)
def read_calendar(call: Call, case_id: str, appointment: str) -> Answer:
    """Read an appointment as a calendar file."""
    return views.as_calendar(call, case_id, appointment, desk=table.desk())


@table.routes.add("/<case_id>/appointments", Action.CASE_WORK, takes=schemas.AppointmentCommand, gives=AddedView)
def make(call: Call, command: Command, case_id: str) -> Answer:
    """Make an appointment; the client is told, and reminded a day before."""
    id = f"appointment-{secrets.token_hex(16)}"
    return handlers.make(call, case_id, command, id=id, desk=table.desk())


@table.routes.change(
    "PATCH",
    "/<case_id>/appointments/<appointment>",
    Action.CASE_WORK,
    takes=schemas.AppointmentChangeCommand,
    gives=schemas.AppointmentCodes,
)
def change(call: Call, command: Command, case_id: str, appointment: str) -> Answer:
    """Move or cancel an appointment, of which the client is told, or record what became of it."""
    return views.changed(handlers.change(call, case_id, appointment, command, desk=table.desk()))
