"""Events that overtake each other: what is sent in the end does not depend on who was first.

Events about one case come in their order, and so do those about one appointment; between the two there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from services.notifications.domain.message import Message, Reason, Template
from services.notifications.domain.wishes import wish
from shared.codes import MessageStatus
from shared.events import AppointmentCancelled, AppointmentMade, AppointmentMoved, ConsentRevoked, Event
from shared.store import Query
from tests.builders import NOON, a_client_changed, an_appointment_event, case_facts
from tests.unit.test_notifications_handlers import Service

MONDAY = NOON + timedelta(days=7)
NEWS = "message-appointment-a1.1-1"
REMINDER = "message-appointment-a1.1-2"
Ends = dict[str, tuple[str, ...]]


def made(**said: Any) -> Event:
    """An appointment that was made when the case was at version 5."""
    reach = {"known": 5, **said.pop("reach", {})}
    return an_appointment_event(AppointmentMade, **{"starts_at": MONDAY, **said, "reach": reach})


def moved(**said: Any) -> Event:
    later = {"version": 2, "starts_at": MONDAY + timedelta(days=1), "replaces": "appointment-a1.1"}
    return an_appointment_event(AppointmentMoved, **{**later, "reach": {"known": 5}, **said})


def cancelled(**said: Any) -> Event:
    last = {"version": 3, "starts_at": MONDAY + timedelta(days=1), "replaces": "appointment-a1.2"}
    return an_appointment_event(AppointmentCancelled, **{**last, "reach": {"known": 5}, **said})


def revoked(version: int = 7, kind: str = "contact_sms") -> Event:
    said = {"subject": "case-a1", "version": version, "at": NOON, "by": "lindenhof-1", "consent": "consent-4"}
    return ConsentRevoked.model_validate({**said, "kind": kind, "facts": case_facts()})


CALL = a_client_changed(channel="call", version=7)
MAIL = a_client_changed(channel="email", language="tr", version=7)
MAIL_WITHOUT_CONSENT = a_client_changed(channel="email", consent_contact=False, version=7)
SHARED = a_client_changed(shared_phone=True, version=6)

HISTORIES: dict[str, tuple[Event, ...]] = {
    "a revocation": (made(), revoked()),
    "a revocation, and an appointment made before and moved after": (made(), revoked(), moved(reach={"known": 7})),
    "a revocation of another channel": (made(), revoked(kind="contact_email")),
    "a revocation before the appointment, which was agreed to anew": (revoked(4), made()),
    "who wants to be called": (made(), CALL),
    "who wants to be written to elsewhere": (made(), MAIL),
    "who wants to be written to elsewhere, where she did not agree to it": (made(), MAIL_WITHOUT_CONSENT),
    "who takes one channel back after she took another": (made(), MAIL, revoked(8)),
    "who takes back what she uses, and then takes another": (made(), revoked(6), MAIL),
    "who takes back both": (made(), MAIL, revoked(8, "contact_email")),
    "others read her phone, and then she takes it back": (made(), SHARED, revoked(8)),
    "a move": (made(), moved()),
    "a move and a cancellation": (made(), moved(), cancelled()),
    "a closure after a death": (made(), moved(), cancelled(silent=True)),
    "a cancellation and a revocation": (made(), moved(), cancelled(), revoked()),
}


def orders(history: tuple[Event, ...]) -> Iterator[tuple[Event, ...]]:
    """Every order that keeps what happened to a case in its own; appointments may come in any."""
    cases = {event.subject for event in history if event.subject.startswith("case-")}
    in_order = {case: [event for event in history if event.subject == case] for case in cases}
    for order in permutations(history):
        if all([event for event in order if event.subject == case] == told for case, told in in_order.items()):
            yield order


def messages(events: Iterable[Event]) -> dict[str, Message]:
    """Every message, after these events were heard and before anything was sent."""
    service = Service()
    for event in events:
        service.hear(event)
    found = service.store.query(Query("messages", limit=100)).items
    return {one.id: service.messages.state(one.body) for one in found}


def reminders(events: Iterable[Event]) -> Ends:
    """What becomes of every reminder: how it goes out, or that it does not, where there may be two reasons for it."""
    return {
        id: (one.status, one.channel, one.language) if one.status is MessageStatus.PLANNED else (one.status,)
        for id, one in messages(events).items()
        if one.template is Template.APPOINTMENT_REMINDER
    }


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES.keys())
def test_what_comes_of_it_is_the_same_in_every_order_with_each_event_three_times(history: tuple[Event, ...]):
    in_order = reminders(history)
    assert in_order, "there is a reminder"

    for order in orders(history):
        each_thrice = [event for event in order for _ in range(3)]
        all_thrice = [*order, *order, *order]
        assert [reminders(told) for told in (order, each_thrice, all_thrice)] == [in_order] * 3, order


def test_a_revocation_that_overtakes_an_appointment_stops_its_reminder_and_itself():
    found = messages([revoked(), made()])

    assert {id: (one.status, one.reason) for id, one in found.items()} == {
        NEWS: ("withheld", Reason.NO_CONSENT),
        REMINDER: ("withheld", Reason.NO_CONSENT),
    }


def test_a_cancellation_that_overtakes_is_the_last_that_she_reads():
    found = messages([cancelled(replaces="appointment-a1.1", version=2), made()])

    assert found[NEWS].reason == Reason.SUPERSEDED
    assert found["message-appointment-a1.2-1"].status == "queued"


def test_nobody_is_told_of_an_appointment_after_the_death_of_the_client_in_whatever_order():
    gone = cancelled(replaces="appointment-a1.1", version=2, silent=True)

    for order in ([gone, made()], [made(), gone]):
        assert {id: (one.status, one.reason) for id, one in messages(order).items()} == {
            NEWS: ("withheld", Reason.SUPERSEDED),
            REMINDER: ("withheld", Reason.SUPERSEDED),
        }


def test_what_was_taken_back_while_a_message_was_planned_stops_it_at_the_last_moment():
    service = Service()
    service.hear(made())
    service.wishes.keep(wish(revoked()))  # kept by another process, which had not seen the message yet
    for told in service.queued():
        service.send(told)

    assert service.provider.handed == []
    assert service.messages.get(NEWS).reason == Reason.NO_CONSENT


def test_whoever_was_erased_is_not_told_in_whatever_order():
    service = Service()
    service.people.persons.clear()
    service.hear(made())
    for told in service.queued():
        service.send(told)

    assert service.provider.handed == []
    assert service.messages.get(NEWS).reason == Reason.PERSON_ERASED
