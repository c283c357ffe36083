"""Who was erased is written to no more, and the outbox shows nothing of her: whatever is under way at that moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from services.notifications.domain.changes import LEASE
from services.notifications.domain.message import Rendered
from services.notifications.senders.outbox import Outbox
from shared.codes import ErasureGround, MessageStatus
from shared.events import AppointmentMade, CaseErased, Event
from shared.store import Query, Store
from tests.builders import NOON, a_case_allocated, a_submission_received, an_appointment_event, case_facts
from tests.fakes import MemoryStore
from tests.unit.test_notifications_handlers import Killed, Service

LATER = NOON + timedelta(hours=1)


@dataclass
class Watched:
    """An outbox, and what happens before and after a text is put there."""

    store: Store
    before: Callable[[], object] = lambda: None
    after: Callable[[], object] = lambda: None
    name: str = "outbox"

    def send(self, address: str, rendered: Rendered, id: str, *, at: datetime) -> str:
        self.before()
        receipt = Outbox(self.store).send(address, rendered, id, at=at)
        self.after()
        return receipt


@pytest.fixture
def service() -> Service:
    outbox = MemoryStore("outbox")
    return Service(outbox=outbox, provider=Watched(outbox))


def erased(case: str = "case-a1", version: int = 9) -> CaseErased:
    said = {"subject": case, "version": version, "at": LATER, "by": "datenschutz", "facts": case_facts()}
    return CaseErased(**said, case=case, ground=ErasureGround.REQUESTED)


def an_appointment() -> Event:
    return an_appointment_event(AppointmentMade, starts_at=LATER)


def shown(service: Service) -> list[str]:
    assert service.outbox is not None
    return [one.id for one in service.outbox.query(Query("outbox", order=("sent_at",), limit=500)).items]


def killed() -> None:
    raise Killed()


def test_what_was_sent_to_her_goes_and_what_others_were_told_stays(service: Service):
    for event in (a_submission_received(), a_case_allocated(), an_appointment()):
        service.hear(event)
    service.hear(a_submission_received(subject="submission-b2", person="person-b2"))
    service.people.persons["person-b2"] = service.people.persons["person-a1"]
    for queued in service.queued():
        service.send(queued)
    hers, others = (
        ["message-submission-a1.1-1", "message-appointment-a1.1-1"],
        ["message-case-a1.2-1", "message-submission-b2.1-1"],
    )
    assert {*hers, *others} == {*shown(service)}

    for _ in range(2):
        service.hear(erased(), at=LATER)

    assert sorted(shown(service)) == others


def test_however_many_there_are_all_of_them_go(service: Service):
    for number in range(230):
        service.hear(an_appointment_event(AppointmentMade, subject=f"appointment-{number}", starts_at=LATER))
    for queued in service.queued():
        service.send(queued)
    assert len(shown(service)) == 230

    service.hear(erased(), at=LATER)

    assert shown(service) == []


@pytest.mark.parametrize("event", [a_submission_received(), an_appointment()])
def test_what_waits_for_its_sender_is_not_sent(service: Service, event: Event):
    service.hear(event)
    queued = service.queued()
    service.hear(erased(), at=LATER)

    for told in queued:
        service.send(told, at=LATER)

    assert {(one.status, one.reason) for one in service.all()} == {(MessageStatus.WITHHELD, "person_erased")}
    assert shown(service) == []


def test_what_is_heard_too_late_is_not_sent_even_while_her_key_is_still_there(service: Service):
    service.hear(erased(), at=LATER)

    service.hear(a_submission_received(), at=LATER)

    assert (service.only().status, service.only().reason) == (MessageStatus.WITHHELD, "person_erased")


def test_who_is_erased_just_before_her_message_is_shown_is_not_shown(service: Service):
    service.hear(a_submission_received())
    service.provider.before = lambda: service.hear(erased(), at=LATER)

    service.send(service.queued()[0], at=LATER)

    assert shown(service) == []


def test_who_is_erased_just_after_her_message_is_shown_is_not_shown(service: Service):
    service.hear(a_submission_received())
    service.provider.after = lambda: service.hear(erased(), at=LATER)

    service.send(service.queued()[0], at=LATER)

    assert shown(service) == []


def test_whoever_died_over_sending_takes_it_back_when_it_is_delivered_again(service: Service):
    def erased_and_killed() -> None:
        service.hear(erased(), at=LATER)
        assert service.outbox is not None
        Outbox(service.outbox).send("+49", Rendered(*"sde"), service.only().id, at=LATER)  # type: ignore[arg-type]
        killed()

    service.hear(a_submission_received())
    service.provider.before = erased_and_killed
    with pytest.raises(Killed):
        service.send(service.queued()[0], at=LATER)
    assert shown(service) != []

    service.send(service.queued()[0], at=LATER + LEASE)

    assert shown(service) == []


def test_whoever_died_while_she_was_erased_unheard_takes_it_back_by_her_missing_key(service: Service):
    service.hear(a_submission_received())
    service.provider.after = killed
    with pytest.raises(Killed):
        service.send(service.queued()[0], at=LATER)
    service.people.persons.clear()

    service.send(service.queued()[0], at=LATER + LEASE)

    assert (service.only().reason, shown(service)) == ("person_erased", [])


def test_a_kill_before_the_texts_go_has_them_go_when_it_is_heard_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
):
    service.hear(a_submission_received())
    service.send(service.queued()[0])
    with monkeypatch.context() as patch:
        patch.setattr(service.outbox, "commit", lambda _: killed())
        with pytest.raises(Killed):
            service.hear(erased(), at=LATER)
    assert shown(service) != []

    service.hear(erased(), at=LATER)

    assert shown(service) == []


def test_where_providers_carry_everything_there_is_nothing_to_take_back(service: Service):
    service.outbox = None
    service.hear(a_submission_received())

    service.hear(erased(), at=LATER)

    assert service.only().reason == "person_erased"


def test_a_sender_asks_once_more_only_where_something_is_shown(service: Service, monkeypatch: pytest.MonkeyPatch):
    asked: list[int] = []
    of = service.wishes.of
    monkeypatch.setattr(service.wishes, "of", lambda case: asked.append(1) or of(case))
    counts = []
    for outbox, event in ((service.outbox, "a1"), (None, "b1"), (service.outbox, None)):
        service.outbox = outbox
        told = a_case_allocated() if event is None else a_submission_received(subject=f"submission-{event}")
        service.bus.published.clear()
        service.hear(told)
        asked.clear()
        service.send(service.queued()[0])
        counts.append(len(asked))

    assert counts == [2, 1, 1]
