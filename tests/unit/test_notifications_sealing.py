"""The privacy officer is told the root of every day, of the cases' logs and of our own, and nothing about anybody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.notifications import handlers, sealing
from services.notifications.domain.message import Message
from shared.codes import Channel, MessageStatus
from shared.events import AuditWritten, Event, LogSealed
from shared.municipality import municipality
from shared.policy import Action
from shared.store import Delete, Query
from shared.store.catalogue import DATABASES
from shared.store.chains import logs
from tests.builders import NOON, a_submission_received
from tests.unit.test_notifications_handlers import Service
from tests.unit.test_notifications_routes import ACTORS

NIGHT = NOON + timedelta(hours=16)
ROOT = "5e" * 32


@pytest.fixture
def service() -> Service:
    return Service()


def an_audit(**said: Any) -> AuditWritten:
    counted = {"logs": 40, "broken": 0, "looks": 12, "deviations": 0}
    head = {"subject": "audit-20260303t033000", "version": 1, "at": NIGHT, "by": "cases_audit"}
    return AuditWritten.model_validate({**head, "root": ROOT, "sealed_on": "2026-03-02", **counted, **said})


def all_messages(service: Service) -> list[Message]:
    return [service.messages.state(one.body) for one in service.store.query(Query("messages", limit=100)).items]


def told(service: Service, event: Event) -> tuple[str, str, str]:
    """To which address what is said, once an event was heard three times."""
    for _ in range(3):
        service.hear(event, at=NIGHT)
    for queued in service.queued():
        service.send(queued, at=NIGHT)
    ((address, rendered, _),) = service.provider.handed
    assert rendered.channel is Channel.EMAIL
    return address, rendered.subject, rendered.body


def test_the_officer_is_told_the_root_of_the_day_once_at_her_mailbox(service: Service):
    address, subject, body = told(service, an_audit())

    assert address == municipality().public.privacy_officer
    assert subject == "Protokoll der Fallarbeit, 2026-03-02"
    assert f"2026-03-02 {ROOT}" in body
    assert "gefunden wurden: 0" in body
    assert [one.status for one in all_messages(service)] == [MessageStatus.SENT]


def test_what_was_found_in_the_night_is_counted(service: Service):
    assert "gefunden wurden: 5" in told(service, an_audit(broken=2, deviations=3))[2]


def test_of_our_own_logs_she_is_told_as_well(service: Service):
    service.hear(a_submission_received())
    service.looks.record(ACTORS["her team lead"], Action.MESSAGES_READ, ["case-a1"], why="organisation", at=NOON)
    service.bus.published.clear()

    counted = sealing.run(service.store, service.bus, at=NIGHT)
    assert (counted["logs"], counted["broken"]) == (2, 0)
    (event,) = service.bus.published
    assert isinstance(event, LogSealed)
    assert event.sealed_on == date(2026, 3, 2)

    _, subject, body = told(service, event)
    assert subject == "Protokoll der Nachrichten, 2026-03-02"
    assert event.root in body


def test_a_look_at_messages_that_was_removed_is_found_by_the_night(service: Service):
    service.looks.record(ACTORS["her team lead"], Action.MESSAGES_READ, ["case-a1"], why="organisation", at=NOON)
    (chain,) = [log.path for log in logs(DATABASES["notifications"], service.store)]
    service.store.commit([Delete(f"{chain}/events/1")])

    assert sealing.run(service.store, service.bus, at=NIGHT)["broken"] == 1


def test_where_the_municipality_does_not_want_it_nobody_is_told(service: Service):
    pack = municipality()
    quiet = pack.model_copy(update={"audit": pack.audit.model_copy(update={"sends_roots": False})})
    kept = {"messages": service.messages, "holders": service.holders, "wishes": service.wishes}

    handlers.hear(an_audit(), **kept, outbox=None, pack=quiet, at=NIGHT)  # type: ignore[arg-type]

    assert all_messages(service) == []


def test_an_audit_from_before_days_were_sealed_calls_for_no_message(service: Service):
    service.hear(an_audit(sealed_on=None))

    assert all_messages(service) == []
