"""Appointments: the client is told, reminded a day before, and never of a time that is no more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notifications.domain.message import Message, Reason, Template
from shared.codes import Channel, MessageStatus
from shared.events import (
    AppointmentCancelled,
    AppointmentEvent,
    AppointmentMade,
    AppointmentMoved,
    ConsentRevoked,
    Event,
)
from shared.municipality import municipality
from shared.store import Query
from tests.builders import NOON, a_client_changed, an_appointment_event, case_facts
from tests.unit.test_notifications_handlers import Service

MONDAY = NOON + timedelta(days=7)
"""A week later, at noon."""

MADE = "appointment-a1.1"


def made(**said: Any) -> AppointmentEvent:
    return an_appointment_event(AppointmentMade, **{"starts_at": MONDAY, **said})


def moved(to: datetime, **said: Any) -> AppointmentEvent:
    return an_appointment_event(AppointmentMoved, **{"version": 2, "starts_at": to, "replaces": MADE, **said})


def cancelled(**said: Any) -> AppointmentEvent:
    return an_appointment_event(AppointmentCancelled, **{"version": 2, "starts_at": MONDAY, "replaces": MADE, **said})


def message(service: Service, event: Event | str, number: int = 1) -> Message | None:
    return service.messages.find(f"message-{event if isinstance(event, str) else event.id}-{number}")


def status(service: Service, event: Event | str, number: int = 1) -> MessageStatus | None:
    found = message(service, event, number)
    return None if found is None else found.status


def send_all(service: Service, at: datetime) -> list[str]:
    """What a client reads after the sweep at this time."""
    from services.notifications import handlers
    from shared.events import MessageQueued

    handlers.take_up(messages=service.messages, at=at)
    told = [event for event in service.bus.published if isinstance(event, MessageQueued)]
    service.bus.published.clear()
    before = len(service.provider.handed)
    for event in told:
        service.send(event, at=at)
    return [rendered.body for _, rendered, _ in service.provider.handed[before:]]


def test_she_is_told_when_and_where_at_once():
    service = Service()
    service.hear(made())

    (body,) = send_all(service, NOON)

    place = municipality().place("platz-1")
    assert place is not None
    assert "Ihr Termin" in body
    assert "Montag, 9. März 2026, 12:00" in body
    assert place.address in body
    assert "Lindenhof" not in body


def test_she_is_reminded_a_day_before():
    service = Service()
    service.hear(made())
    send_all(service, NOON)

    assert message(service, MADE, 2).due_at == MONDAY - timedelta(hours=24)
    assert send_all(service, MONDAY - timedelta(hours=25)) == []
    (body,) = send_all(service, MONDAY - timedelta(hours=24))
    assert "Erinnerung" in body


def test_a_reminder_respects_the_quiet_hours():
    service = Service()
    early = NOON.replace(hour=5, minute=30) + timedelta(days=7)
    service.hear(made(starts_at=early))

    assert message(service, MADE, 2).due_at == early - timedelta(hours=24) + timedelta(hours=1, minutes=30)


def test_a_reminder_by_email_disturbs_nobody_also_when_it_is_planned_anew():
    service = Service()
    early = NOON.replace(hour=5, minute=30) + timedelta(days=7)
    due = early - timedelta(hours=24)
    service.hear(made(starts_at=early, reach={"channel": "email", "known": 5}))
    assert message(service, MADE, 2).due_at == due

    service.hear(a_client_changed(channel="email", language="en", version=8))

    found = message(service, MADE, 2)
    assert (found.language, found.due_at) == ("en", due)


def test_whoever_was_told_within_the_last_day_is_not_reminded():
    service = Service()
    service.hear(made(starts_at=NOON + timedelta(hours=20)))

    assert message(service, MADE, 2) is None


@pytest.mark.parametrize(
    ("reach", "why"),
    [({"consent_contact": False}, Reason.NO_CONSENT), ({"channel": Channel.CALL}, Reason.CALL_ONLY)],
)
def test_whoever_may_not_be_written_to_gets_nothing_and_the_record_says_why(reach: dict[str, Any], why: Reason):
    service = Service()
    service.hear(made(reach=reach))

    assert message(service, MADE).reason == why
    assert message(service, MADE, 2) is None


def test_on_a_phone_that_others_read_there_is_no_address():
    service = Service()
    service.hear(made(reach={"shared_phone": True}))

    (body,) = send_all(service, NOON)

    assert "12:00" in body
    assert "Musterplatz" not in body


def test_after_a_move_only_the_new_time_is_reminded_of():
    service = Service()
    service.hear(made())
    event = moved(MONDAY + timedelta(days=1))
    service.hear(event)
    service.hear(event)

    assert (status(service, MADE, 2), message(service, MADE, 2).reason) == ("withheld", Reason.SUPERSEDED)
    assert message(service, event).template is Template.APPOINTMENT_MOVED
    assert message(service, event, 2).due_at == MONDAY
    assert len(service.messages.of_case("case-a1", limit=50, after=None).items) == 4


def test_after_a_cancellation_nobody_is_reminded():
    service = Service()
    service.hear(made())
    send_all(service, NOON)
    service.hear(cancelled())

    (body,) = send_all(service, NOON)
    assert "fällt aus" in body
    assert "Musterplatz" not in body
    assert send_all(service, MONDAY - timedelta(hours=24)) == []


def test_a_cancellation_that_overtakes_leaves_no_reminder_behind():
    service = Service()
    service.hear(cancelled())
    service.hear(made())

    assert status(service, MADE, 2) == "withheld"


def test_nobody_is_told_of_what_has_begun():
    service = Service()
    service.hear(made())

    assert send_all(service, MONDAY) == []
    assert message(service, MADE).reason == Reason.TOO_LATE
    assert message(service, MADE, 2).reason == Reason.TOO_LATE


def test_the_address_itself_is_kept_nowhere():
    service = Service()
    service.hear(made())

    kept = str([document.body for document in service.store.query(Query("messages", limit=50)).items])

    assert "platz-1" in kept
    assert "Musterplatz" not in kept


@pytest.mark.parametrize(("kind", "silent"), [("contact_sms", True), ("contact_email", False), ("processing", False)])
def test_whoever_takes_back_that_she_may_be_written_to_is_not_reminded(kind: str, silent: bool):
    service = Service()
    service.hear(made())
    service.hear(
        ConsentRevoked.model_validate(
            {
                "subject": "case-a1",
                "version": 7,
                "at": NOON,
                "by": "lindenhof-1",
                "consent": "consent-4",
                "kind": kind,
                "facts": case_facts(),
            }
        )
    )

    assert (status(service, MADE, 2) == "withheld") is silent
    assert (message(service, MADE, 2).reason == Reason.NO_CONSENT) is silent


def test_what_waits_goes_the_way_that_she_wants_now():
    service = Service()
    service.hear(made())
    event = a_client_changed(channel="email", language="tr")
    service.hear(event)
    service.hear(event)

    reminder = message(service, MADE, 2)
    assert (reminder.channel, reminder.language, reminder.status) == (Channel.EMAIL, "tr", "planned")
    assert (reminder.due_at, reminder.version) == (MONDAY - timedelta(hours=24), 2)
    assert message(service, MADE).channel is Channel.SMS
    assert service.messages.history(reminder.id)[-1].type == "notifications.message-planned.v1"


def test_a_reminder_that_is_a_text_message_now_waits_for_the_morning():
    service = Service()
    early = NOON.replace(hour=5, minute=30) + timedelta(days=7)
    service.hear(made(starts_at=early, reach={"channel": Channel.EMAIL}))
    service.hear(a_client_changed(channel="sms"))

    assert message(service, MADE, 2).due_at == early - timedelta(hours=24) + timedelta(hours=1, minutes=30)


def test_what_others_may_read_now_names_no_place_and_who_wants_to_be_called_gets_nothing():
    shared, called = Service(), Service()
    for service, said in ((shared, {"shared_phone": True}), (called, {"channel": "call"})):
        service.hear(made())
        send_all(service, NOON)
        service.hear(a_client_changed(**said))

    (body,) = send_all(shared, MONDAY - timedelta(hours=24))
    assert "12:00" in body
    assert "Musterplatz" not in body
    assert (status(called, MADE, 2), message(called, MADE, 2).reason) == ("withheld", Reason.CALL_ONLY)


def test_a_reminder_of_what_was_cancelled_stays_withheld_whatever_she_wants():
    service = Service()
    service.hear(made())
    service.hear(a_client_changed(channel="email"))
    service.hear(cancelled())
    service.hear(a_client_changed("language", language="tr", version=5))

    assert (status(service, MADE, 2), message(service, MADE, 2).channel) == ("withheld", Channel.EMAIL)


def test_another_name_changes_no_message():
    service = Service()
    service.hear(made())
    service.hear(a_client_changed("family_name", language="tr"))

    assert message(service, MADE, 2).version == 1
