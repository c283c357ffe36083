"""What each action costs the store and the bus: reads, queries, writes, events. Marks are counted apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from services.cases import handlers, schemas, views
from services.cases.store import Desk, desk_on
from shared import codes
from shared.events import SubmissionReceived
from shared.http.call import Call
from shared.identity import Actor
from shared.keys import MasterKeys
from shared.people import People, Person
from tests.fakes import CountingStore, FakeBus, MemoryStore

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
COORDINATOR = Actor(id="koordination", roles=frozenset({codes.Role.COORDINATOR}), organisation="stadt")
LEAD = Actor(id="lindenhof-leitung", roles=frozenset({codes.Role.TEAM_LEAD}), organisation="lindenhof")
MANAGER = Actor(id="lindenhof-1", roles=frozenset({codes.Role.CASE_MANAGER}), organisation="lindenhof")
EVERYTHING: dict[str, Any] = schemas.CaseFilter().load({})


@dataclass
class Counted:
    """A desk on counting stores."""

    cases: CountingStore
    people: CountingStore
    bus: FakeBus
    desk: Desk

    def of(self, action: Callable[[], object]) -> str:
        """What an action cost."""
        before = self._counts()
        action()
        reads, queries, writes, marks, vault, events = (
            now - then for now, then in zip(self._counts(), before, strict=True)
        )
        return (
            f"{reads} reads  {queries} queries  {writes - marks} writes  {events} events  {marks} marks"
            f"  {vault} vault reads"
        )

    def _counts(self) -> tuple[int, ...]:
        events = len(self.bus.published)
        vault = self.people.reads + self.people.queries
        # Every event that was published is marked by one write.
        return self.cases.reads, self.cases.queries, self.cases.writes, events, vault, events


def a_desk() -> Counted:
    """A desk on memory, counted."""
    cases, people, bus = CountingStore(MemoryStore("cases")), CountingStore(MemoryStore("people")), FakeBus()
    vault = People(people, MasterKeys("1", {"1": bytes(32)}, bytes(32)))
    return Counted(cases, people, bus, desk_on(cases, bus, vault))


def measure() -> Iterator[str]:
    """Lines that tell what was counted."""
    counted = a_desk()
    desk = counted.desk
    person = Person(given_name="A", family_name="B", date_of_birth=date(2001, 1, 1))
    desk.people.keep("person-1", person, subject="submission-1", at=NOON)
    case = "case-1"
    contact = {"channel": codes.ContactChannel.PHONE, "minutes": 10, "note": "…"}
    actions: dict[str, Callable[[], object]] = {
        "open a case": lambda: handlers.open_case(_received(), desk=desk, at=NOON),
        "allocate": lambda: handlers.allocate(_call(COORDINATOR, 1), case, "lindenhof", desk=desk),
        "assign": lambda: handlers.assign(_call(LEAD, 2), case, "lindenhof-1", desk=desk),
        "change the phase": lambda: handlers.enter_phase(
            _call(MANAGER, 3), case, {"to": codes.Phase.CLEARING}, desk=desk
        ),
        "add a contact, note": lambda: handlers.record_contact(_call(MANAGER), case, contact, desk=desk),
        "read the file": lambda: views.read_case(_call(MANAGER), case, desk=desk),
        "list own cases": lambda: views.list_cases(_call(MANAGER), EVERYTHING, desk=desk),
    }
    for name, action in actions.items():
        yield f"{name:<22}{counted.of(action)}"


def _call(actor: Actor, expected: int | None = None) -> Call:
    return Call(actor=actor, at=NOON, language="de", expected=expected)


def _received() -> SubmissionReceived:
    return SubmissionReceived(
        subject="submission-1",
        version=1,
        at=NOON,
        by="client",
        person="person-1",
        reference="KIM-0000-0000",
        language="ar",
        needs_interpreter=False,
        channel=codes.Channel.SMS,
        shared_phone=False,
        consent_contact=True,
        topics=(codes.ActionField.HOUSING,),
        residence_status=codes.ResidenceStatus.TOLERATION,
        gender=codes.Gender.FEMALE,
        age_band=codes.AgeBand.FROM_21,
        single_parent=False,
        referrer=codes.Referrer.SELF,
    )
