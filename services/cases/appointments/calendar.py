"""An appointment as a calendar file (RFC 5545): its time and place under a neutral title, and nothing about whom."""

from __future__ import annotations

from datetime import UTC

from services.cases.appointments.domain import Appointment
from shared.codes import AppointmentStatus

CALENDAR = "text/calendar"
MAKER = "-//KIM//Appointments//EN"


def written(held: Appointment, *, title: str, address: str | None) -> bytes:
    """The file. Its UID never changes and its SEQUENCE grows with each move: a calendar that has it already brings
    it up to date, and takes it out after a cancellation (RFC 5546, sections 3.2.1 and 3.2.5)."""
    from icalendar import Calendar, Event

    cancelled = held.status is AppointmentStatus.CANCELLED
    entry = Event()
    entry.add("uid", held.id)
    entry.add("sequence", held.sequence)
    entry.add("dtstamp", held.changed_at.astimezone(UTC))
    entry.add("dtstart", held.starts_at.astimezone(UTC))
    entry.add("dtend", held.ends_at.astimezone(UTC))
    entry.add("summary", title)
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    entry.add("class", "PRIVATE")
    if address is not None:
        entry.add("location", address)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", MAKER)
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    calendar.add_component(entry)
    file: bytes = calendar.to_ical()
    return file
