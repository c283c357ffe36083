"""State and log of subjects, written together: the version is the lock, the log is the outbox and the history.

A subject lies at `<collection>/<id>`; its events lie under it at `events/<version>`. Whoever changes version n
creates event n+1 in the same commit; whoever comes second finds it there, reads again and decides again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from shared.bus import Bus, NotPublished
from shared.errors import Busy, NotThere, Stale
from shared.events import CATALOGUE, Event
from shared.store import AlreadyThere, Body, Create, Put, Query, Store, Write, pages, patiently

log = logging.getLogger(__name__)

TURNS = 64
"""Locks by which threads take turns at a subject: only another process can still come between, and is met by
the version. Subjects that share a lock wait for each other for the time of one commit."""
FIRST = "0" * 64
"""What the first event of a subject names as its predecessor's hash."""


class Subject(Protocol):
    """What has a state and a history."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...


S = TypeVar("S", bound=BaseModel)
T = TypeVar("T", bound=BaseModel)
Also = Callable[[S, Event], Iterable[Write]]
"""Further writes of the same commit, from the new state and its event."""


def nothing_else(_state: object, _event: Event) -> Iterable[Write]:
    return ()


class Journal(Generic[S]):
    """All subjects of one kind. Publishing follows the commit at once; what a crash leaves is swept up later."""

    def __init__(self, store: Store, bus: Bus, collection: str, kind: type[S]) -> None:
        self._store, self._bus, self.collection, self._kind = store, bus, collection, kind
        self._turns = tuple(threading.RLock() for _ in range(TURNS))
        self._beside: dict[str, Journal[Any]] = {}

    def beside(self, collection: str, kind: type[T]) -> Journal[T]:
        """The subjects of another kind in the same database; one journal of each, for its threads to take turns."""
        return self._beside.setdefault(collection, Journal(self._store, self._bus, collection, kind))

    def find(self, id: str) -> S | None:
        """The state, or None. One read."""
        body = self._store.get(self.path(id))
        return None if body is None else self.state(body)

    def get(self, id: str) -> S:
        """The state. Raises `NotThere`. One read."""
        found = self.find(id)
        if found is None:
            raise NotThere()
        return found

    def state(self, body: Body) -> S:
        """The state in a document that a query found."""
        return self._kind.model_validate(body)

    def path(self, id: str) -> str:
        return f"{self.collection}/{id}"

    def open(self, state: S, *history: Event, also: Also[S] = nothing_else, extra: Body | None = None) -> bool:
        """Write a new subject with what led to it; False when it is there already, and nothing was written.

        `extra` are index fields that lie beside the state and stay with it. For one event: two writes, one event,
        one mark.
        """
        path = self.path(history[0].subject)
        logged = [(f"{path}/events/{entry['version']}", entry) for entry in chained(history)]
        body = {**(extra or {}), **state.model_dump(mode="json"), "head": logged[-1][1]["hash"]}
        entries = (Create(place, entry) for place, entry in logged)
        try:
            self._store.commit([Create(path, body), *entries, *also(state, history[-1])])
        except AlreadyThere as there:
            if there.path != path:
                raise
            return False
        all(publish(self._store, self._bus, place, entry) for place, entry in logged)  # in order, or later
        return True

    def change(
        self,
        id: str,
        decide: Callable[[S], tuple[S, Event] | None],
        *,
        expected: int | None = None,
        also: Also[S] = nothing_else,
        extra: Body | None = None,
    ) -> S:
        """Write what `decide` returns with its event, or neither; None from it means nothing is to do.

        Two writers at one version create the same event document: the second reads again and decides again,
        so `decide` must be pure. `expected` is the version the caller saw; `extra` are index fields that change with
        it. One read, two writes, one event, one mark. Raises `NotThere`, `Stale`, `Busy` when writers keep meeting,
        and whatever `decide` refuses with.
        """
        path = self.path(id)
        for _ in patiently():
            with self._turns[hash(path) % len(self._turns)]:
                done = self._tried(path, decide, expected, also, extra)
            if done is None:
                continue
            state, logged = done
            for place, entry in logged:
                publish(self._store, self._bus, place, entry)
            return state
        raise Busy()

    def _tried(
        self,
        path: str,
        decide: Callable[[S], tuple[S, Event] | None],
        expected: int | None,
        also: Also[S],
        extra: Body | None,
    ) -> tuple[S, list[tuple[str, Body]]] | None:
        """The state afterwards and what there is to publish; None when somebody else was first."""
        body = self._store.get(path)
        if body is None:
            raise NotThere()
        if expected is not None and body["version"] != expected:
            raise Stale(current=body["version"], given=expected)
        before = self.state(body)
        decided = decide(before)
        if decided is None:
            return before, []
        after, event = decided
        entry, place = entry_of(event, body["head"]), f"{path}/events/{event.version}"
        changed = {**body, **(extra or {}), **after.model_dump(mode="json"), "head": entry["hash"]}
        try:
            self._store.commit([Create(place, entry), Put(path, changed), *also(after, event)])
        except AlreadyThere as there:
            if there.path != place:
                raise
            return None
        return after, [(place, entry)]

    def history(self, id: str) -> list[Event]:
        """Everything that happened to the subject, oldest first."""
        return [event_of(entry) for entry in entries(self._store, self.path(id))]


def publish(store: Store, bus: Bus, path: str, entry: Body) -> bool:
    """Publish a log entry and mark it. One event, one write.

    What cannot be published now stays for the sweep; what cannot be marked is published once more by it.
    """
    if entry["published"]:
        return True
    try:
        bus.publish(event_of(entry))
    except NotPublished:
        log.warning("event not published", extra={"event": f"{entry['event']['subject']}.{entry['version']}"})
        return False
    try:
        store.commit([Put(path, {**entry, "published": True})], durably=False)
    except Busy:  # the change stands: nobody must be told that it does not
        log.warning("event not marked", extra={"event": f"{entry['event']['subject']}.{entry['version']}"})
    return True


def sweep(store: Store, bus: Bus, *, most: int = 500) -> int:
    """Publish what a crash or an outage left behind; how many events that were."""
    left = store.query(Query("*/events", where=(("published", "==", False),), order=("at",), limit=most))
    return sum(publish(store, bus, entry.path, entry.body) for entry in left.items)


def entries(store: Store, path: str, name: str = "events") -> Iterator[Body]:
    """The log entries under a subject's path, oldest first."""
    query = Query(f"{path}/{name}", order=("version",), limit=200)
    return (document.body for document in pages(store, query))


def broken_link(log_entries: Iterable[Body]) -> int | None:
    """The first version whose entry was removed or altered, or None when the chain holds."""
    previous = FIRST
    for version, entry in enumerate(log_entries, start=1):
        if entry["version"] != version or entry["previous"] != previous or entry["hash"] != _hash(previous, entry):
            return version
        previous = entry["hash"]
    return None


def verify(store: Store, path: str, name: str = "events") -> int | None:
    """The first version at which the log under a subject is broken, or None when it holds up to the subject's head.

    Finds what `broken_link` finds, and entries that were cut off at the end.
    """
    while True:
        subject, log_entries = store.get(path), list(entries(store, path, name))
        if (broken := broken_link(log_entries)) is not None:
            return broken
        head = FIRST if subject is None else subject["head"]
        if head == (log_entries[-1]["hash"] if log_entries else FIRST):
            return None
        if store.get(path) == subject:  # nobody wrote between the two reads
            return len(log_entries) + 1


def event_of(entry: Body) -> Event:
    """The event in a log entry."""
    return CATALOGUE[entry["type"]].model_validate(entry["event"])


def chained(history: Iterable[Event]) -> Iterator[Body]:
    """The log entries of a subject's first events."""
    previous = FIRST
    for event in history:
        entry = entry_of(event, previous)
        previous = entry["hash"]
        yield entry


def entry_of(event: Event, previous: str) -> Body:
    """The log entry of an event whose predecessor in the chain has the hash `previous`."""
    said = event.model_dump(mode="json")
    entry: dict[str, Any] = {
        "type": event.type,
        "version": event.version,
        "at": said["at"],
        "event": said,
        "previous": previous,
        "published": event.for_the_record,
        **{field: said[field] for field in event.found_by},
    }
    return entry | {"hash": _hash(previous, entry)}


def _hash(previous: str, entry: Body) -> str:
    said = json.dumps({"type": entry["type"], "event": entry["event"]}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{previous}\n{said}".encode()).hexdigest()
