"""Notifications at work: one message per cause, sent once, and again under the same id after a crash."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.notifications import handlers
from services.notifications.domain.changes import LEASE, OVERDUE, InHand
from services.notifications.domain.holding import Holder
from services.notifications.domain.message import Message, Rendered, Template
from services.notifications.senders import TryAgain, Undeliverable
from services.notifications.senders.outbox import Outbox
from services.notifications.store import Holders, Messages, Wishes
from shared.codes import LANGUAGES, Channel, MessageStatus, Referrer, Role
from shared.events import BrokenGlassEscalated, Event, MessageQueued, MessageSent, MessagesLookedAt
from shared.looks import Looks
from shared.municipality import municipality
from shared.people import Person
from shared.store import Query
from tests.builders import (
    NOON,
    a_case_allocated,
    a_case_assigned,
    a_glass_broken,
    a_person,
    a_submission_received,
    case_facts,
)
from tests.fakes import FakeBus, MemoryStore

NIGHT = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)


class Killed(BaseException):
    """The process ends here."""


@dataclass
class FakePeople:
    """Persons in a dictionary."""

    persons: dict[str, Person] = field(default_factory=lambda: {"person-a1": a_person()})

    def find(self, id: str) -> Person | None:
        return self.persons.get(id)


@dataclass
class FakeProvider:
    """Remembers what it was handed; raises what it is told to, once."""

    name: str = "fake"
    raises: BaseException | None = None
    handed: list[tuple[str, Rendered, str]] = field(default_factory=list)

    def send(self, address: str, rendered: Rendered, id: str, *, at: datetime) -> str:
        error, self.raises = self.raises, None
        if not isinstance(error, TryAgain | Undeliverable):
            self.handed.append((address, rendered, id))
        if error is not None:
            raise error
        return "receipt-1"


@dataclass
class Service:
    """The service over a store in memory, with a bus that delivers when asked."""

    store: MemoryStore = field(default_factory=lambda: MemoryStore("notifications"))
    bus: FakeBus = field(default_factory=FakeBus)
    people: FakePeople = field(default_factory=FakePeople)
    provider: Any = field(default_factory=FakeProvider)
    outbox: MemoryStore | None = None

    def __post_init__(self) -> None:
        self.messages = Messages(self.store, self.bus)
        self.holders, self.wishes = Holders(self.store), Wishes(self.store)
        self.looks = Looks(self.store, self.bus, MessagesLookedAt)

    def hear(self, event: Event, *, at: datetime = NOON) -> None:
        kept = {"messages": self.messages, "holders": self.holders, "wishes": self.wishes}
        handlers.hear(event, **kept, outbox=self.outbox, pack=municipality(), at=at)  # type: ignore[arg-type]

    def send(self, event: Event, *, at: datetime = NOON) -> None:
        assert isinstance(event, MessageQueued)
        providers = dict.fromkeys((Channel.SMS, Channel.EMAIL), self.provider)
        handlers.send(
            event,
            messages=self.messages,
            wishes=self.wishes,
            people=self.people,  # type: ignore[arg-type]
            providers=providers,
            outbox=self.outbox,
            pack=municipality(),
            at=at,
        )

    def sent_after(self, event: Event) -> Message:
        """The one message there is, after the event was heard and what it queued was sent."""
        self.hear(event)
        for told in self.queued():
            self.send(told)
        return self.only()

    def queued(self) -> list[Event]:
        return [event for event in self.bus.published if isinstance(event, MessageQueued)]

    def all(self) -> list[Message]:
        found = self.store.query(Query("messages", where=(("case", "==", "case-a1"),), order=("-planned_at",)))
        return [self.messages.state(document.body) for document in found.items]

    def only(self) -> Message:
        (message,) = self.all()
        return message


@pytest.fixture
def service() -> Service:
    return Service()


def test_a_submission_heard_three_times_gives_one_message(service: Service):
    for _ in range(3):
        service.hear(a_submission_received())

    assert service.only().status is MessageStatus.QUEUED
    assert len(service.queued()) == 1


@pytest.mark.parametrize(("by", "messages"), [("koordination", 1), ("lindenhof-1", 0), ("lindenhof-leitung", 0)])
def test_an_organisation_is_told_of_an_inquiry_unless_it_took_it_itself(service: Service, by: str, messages: int):
    service.hear(a_case_allocated(by=by))

    assert len(service.queued()) == messages
    assert service.holders.of("case-a1").organisation == "lindenhof"


def test_a_message_told_three_times_is_sent_once(service: Service):
    service.hear(a_submission_received())
    for _ in range(3):
        service.send(service.queued()[0])

    assert [(address, id) for address, _, id in service.provider.handed] == [
        ("+4917139200001", "message-submission-a1.1-1")
    ]
    assert service.only().status is MessageStatus.SENT


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_client_reads_her_own_language(service: Service, language: str):
    service.sent_after(a_submission_received(language=language))

    ((_, rendered, _),) = service.provider.handed
    assert rendered.language == language
    assert municipality().call_back.replace(" ", "") in rendered.body


def test_an_organisation_is_written_to_at_its_mailbox_and_learns_nothing_of_the_client(service: Service):
    service.sent_after(a_case_allocated())

    ((address, rendered, _),) = service.provider.handed
    assert address == "eingang@lindenhof.example"
    for secret in ("Amina", "Beispiel", "case-a1", "KIM", "person-a1"):
        assert secret not in f"{rendered.subject}{rendered.body}"


@pytest.mark.parametrize("with_whom", ["lindenhof", None])
def test_of_a_broken_glass_the_privacy_officer_and_the_team_lead_are_told_at_once(
    service: Service, with_whom: str | None
):
    broken = a_glass_broken(at=NIGHT, facts=case_facts(organisation=with_whom))
    for _ in range(2):
        service.hear(broken, at=NIGHT)
    for queued in service.queued():
        service.send(queued, at=NIGHT)

    written_to = [address for address, _, _ in service.provider.handed]
    assert written_to == [municipality().public.privacy_officer, *(["eingang@lindenhof.example"] if with_whom else [])]
    for secret in ("case-a1", "person-a1", "break-glass", "bruecke", "Brücke", "danger", "Gefahr", "Notfall"):
        assert not [one for _, one, _ in service.provider.handed if secret in f"{one.subject}{one.body}"]


def test_they_are_told_once_more_of_what_nobody_reviewed(service: Service):
    broken = a_glass_broken()
    service.hear(broken)
    escalated = {**broken.model_dump(include={"subject", "case", "at", "facts"}), "version": 2, "by": "cases_radar"}
    service.hear(BrokenGlassEscalated(**escalated))

    told = sorted((one.role or one.organisation, one.template) for one in service.all())
    assert told == [(whom, Template.TO_LOOK_AT) for whom in ("lindenhof",) * 2 + (Role.PRIVACY_OFFICER,) * 2]


def test_nothing_personal_lies_in_the_store_or_on_the_bus(service: Service):
    service.sent_after(a_submission_received(channel="email"))

    lying = [body for bodies in service.store.kept().values() for body in bodies.values()]
    kept = "".join(lying) + "".join(event.model_dump_json() for event in service.bus.published)
    for secret in ("amina", "Amina", "Beispiel", "4917139200001", "Nachricht", "2003"):
        assert secret not in kept


def test_a_crash_between_provider_and_settling_sends_again_under_the_same_id(service: Service):
    service.provider.raises = Killed()
    service.hear(a_submission_received())
    with pytest.raises(Killed):
        service.send(service.queued()[0])
    with pytest.raises(InHand):
        service.send(service.queued()[0], at=NOON + timedelta(seconds=1))

    service.send(service.queued()[0], at=NOON + LEASE)

    assert [id for _, _, id in service.provider.handed] == ["message-submission-a1.1-1"] * 2
    assert service.only().status is MessageStatus.SENT


def test_the_outbox_shows_a_message_once_that_a_crash_repeated(service: Service):
    outbox = MemoryStore("outbox")
    service.provider = Outbox(outbox)
    service.hear(a_submission_received())
    (event,) = service.queued()
    Outbox(outbox).send("+4917139200001", Rendered(Channel.SMS, "de", "…"), event.subject, at=NOON)

    service.send(event)

    assert service.only().status is MessageStatus.SENT
    assert len(outbox.query(Query("outbox", order=("sent_at",))).items) == 1


def test_a_refusal_for_good_is_news_and_no_error(service: Service):
    service.provider.raises = Undeliverable("smtp_550")

    message = service.sent_after(a_submission_received())

    assert (message.status, message.reason, message.provider) == (MessageStatus.FAILED, "smtp_550", "fake")


def test_a_refusal_for_now_is_delivered_again_at_once(service: Service):
    service.provider.raises = TryAgain("throttled")
    service.hear(a_submission_received())
    with pytest.raises(TryAgain):
        service.send(service.queued()[0])

    service.send(service.queued()[0])

    assert service.only().status is MessageStatus.SENT
    assert len(service.provider.handed) == 1


def test_nothing_is_sent_to_somebody_who_was_erased(service: Service):
    service.people.persons.clear()

    message = service.sent_after(a_submission_received())

    assert (message.status, message.reason) == (MessageStatus.WITHHELD, "person_erased")
    assert not service.provider.handed


def test_nothing_is_sent_where_there_is_no_address(service: Service):
    service.people.persons["person-a1"] = a_person(email=None)

    message = service.sent_after(a_submission_received(channel="email"))

    assert (message.status, message.reason) == (MessageStatus.WITHHELD, "no_address")


def test_an_organisation_that_is_not_listed_has_no_mailbox(service: Service):
    message = service.sent_after(a_case_allocated(organisation="nobody"))

    assert (message.status, message.reason) == (MessageStatus.WITHHELD, "no_address")


def test_what_is_withheld_is_told_as_well(service: Service):
    service.hear(a_submission_received(consent_contact=False))

    assert [event.type for event in service.bus.published] == ["notifications.message-withheld.v1"]


def test_a_planned_message_is_queued_in_the_morning_and_not_before(service: Service):
    service.hear(a_submission_received(referrer=Referrer.SCHOOL), at=NIGHT)
    morning = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)

    assert not service.bus.published
    assert handlers.take_up(messages=service.messages, at=morning - timedelta(seconds=1)) == 0
    assert handlers.take_up(messages=service.messages, at=morning) == 1
    assert handlers.take_up(messages=service.messages, at=morning) == 0
    service.send(service.queued()[0], at=morning)
    assert service.only().status is MessageStatus.SENT


def test_a_message_whose_event_ended_in_the_dead_letters_is_told_again(service: Service):
    service.hear(a_submission_received())

    assert handlers.take_up(messages=service.messages, at=NOON + OVERDUE - timedelta(seconds=1)) == 0
    assert handlers.take_up(messages=service.messages, at=NOON + OVERDUE) == 1
    assert [event.id for event in service.queued()] == [
        "message-submission-a1.1-1.1",
        "message-submission-a1.1-1.2",
    ]


def test_a_sent_message_says_by_whom_and_under_which_receipt(service: Service):
    service.sent_after(a_submission_received())

    (told,) = [event for event in service.bus.published if isinstance(event, MessageSent)]
    assert (told.provider, told.receipt, told.by) == ("fake", "receipt-1", "message-submission-a1.1-1.1")


def test_who_holds_a_case_is_learnt_from_events_in_any_order_and_number(service: Service):
    assert service.holders.of("case-a1") == Holder(case="case-a1")
    for event in (a_case_assigned(), a_case_allocated(), a_case_assigned(), a_case_allocated()):
        service.hear(event)

    assert service.holders.of("case-a1") == Holder(
        case="case-a1", version=3, organisation="lindenhof", case_manager="lindenhof-1"
    )
