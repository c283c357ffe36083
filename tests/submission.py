"""A submission and all that follows from it, on stores that count what Google would be paid for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from infra.gcp.events import filter_of
from infra.topology import FUNCTIONS, Events
from services.cases import handlers as cases
from services.cases.store import desk_on
from services.intake import handlers as intake
from services.intake.domain import Origin
from services.intake.store import inbox_of
from services.notifications import handlers as notifications
from services.notifications.store import Holders, Messages, Wishes
from shared.codes import Channel
from shared.events import CaseAllocated, Event, MessageQueued, SubmissionReceived
from shared.forms import SubmissionForm
from shared.http.once import Once
from shared.keys import MasterKeys
from shared.municipality import municipality
from shared.people import People
from shared.store import Body, Create, Page, Query, pages
from tests.builders import NOON, a_case_allocated
from tests.fakes import CountingStore, FakeBus, MemoryStore
from tests.intake import samples

KEYS = MasterKeys("1", {"1": b"k" * 32}, b"s" * 32)
USED = Create("challenges/abc", {"expires_at": "2026-03-02T12:00:00.000000+00:00"})
LISTENERS = {row.name: row.on for row in FUNCTIONS if isinstance(row.on, Events)}
STORES = ("intake", "cases", "notifications", "people")


class PaidStore(CountingStore):
    """Every document of a query is a read; a query that finds nothing is one, and so is a count."""

    def query(self, query: Query) -> Page:
        page = super().query(query)
        self.reads += max(1, len(page.items))
        return page

    def get_many(self, paths: Iterable[str]) -> dict[str, Body]:
        asked = list(dict.fromkeys(paths))
        self.reads += len(asked) if len(asked) > 1 else 0  # one alone is counted there
        return super().get_many(asked)

    def count(self, query: Query) -> int:
        self.reads += 1
        return super().count(query)


@dataclass(frozen=True)
class Followed:
    """What it took: documents, events, and how often each listener was called."""

    reads: int
    writes: int
    events: list[Event]
    deliveries: Counter[str]
    lines: int
    """Lines of the logs that are audited."""
    logs: int


AUDITED = ("cases", "notifications")


class Taken:
    """A provider that takes every message."""

    name = "fake"

    def send(self, address: str, rendered: Any, id: str, *, at: Any) -> str:
        return "receipt-1"


class Whole:
    """The functions that hear events, on one bus, each with its own store."""

    def __init__(self) -> None:
        self.stores, self.bus = {name: PaidStore(MemoryStore(name)) for name in STORES}, FakeBus()
        self.people = People(self.stores["people"], KEYS)
        self._desk = desk_on(self.stores["cases"], self.bus, self.people)
        kept = self.stores["notifications"]
        self._kept = {"messages": Messages(kept, self.bus), "wishes": Wishes(kept), "pack": municipality()}
        self._kept |= {"outbox": None, "at": NOON}
        self._holders, self._deliveries = Holders(kept), Counter[str]()
        self.bus.hears = self.hear

    def hear(self, event: Event) -> None:
        """What every function does of an event."""
        self._deliveries.update(name for name, on in LISTENERS.items() if _delivered(on, event.type))
        if isinstance(event, SubmissionReceived):
            cases.open_case(event, desk=self._desk, at=NOON)
        if event.type.startswith(LISTENERS["notifications_events"].prefixes):
            notifications.hear(event, holders=self._holders, **self._kept)
        if isinstance(event, MessageQueued):
            providers = dict.fromkeys((Channel.SMS, Channel.EMAIL), Taken())
            notifications.send(event, people=self.people, providers=providers, **self._kept)

    def took(self) -> Followed:
        paid = self.stores.values()
        reads, writes = sum(one.reads for one in paid), sum(one.writes for one in paid)
        lines = [line.path for name in AUDITED for line in pages(self.stores[name], Query("*/events"))]
        logs = {path.rpartition("/events/")[0] for path in lines}
        return Followed(reads, writes, self.bus.published, self._deliveries, len(lines), len(logs))


def submitted() -> Followed:
    """A client who may be written to sends her form; she is told at once that it arrived."""
    here = Whole()
    form = next(one for one in samples() if one["consent_contact"] and one["channel"] == "sms")
    inbox = inbox_of(here.stores["intake"], here.bus, here.people)
    how = {"inbox": inbox, "at": NOON, "chance": Random(7), "once": Once("key", "fingerprint"), "used": USED}
    intake.take_in(SubmissionForm().load(form), Origin(consent_language="de"), **how)
    return here.took()


def messaged() -> Followed:
    """An update that was told already has somebody written to."""
    here = Whole()
    here.hear(a_case_allocated())
    took = here.took()
    own = Counter(name for name, on in LISTENERS.items() if _delivered(on, CaseAllocated.type))
    return replace(took, deliveries=took.deliveries - own)


def _delivered(on: Events, type: str) -> bool:
    """Whether Pub/Sub calls the function with an event of this type: its filter may be coarser than what it hears."""
    said = filter_of(on)
    return not said or any(f'"{type[:length]}"' in said for length in range(1, len(type) + 1))
