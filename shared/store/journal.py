"""State and log of subjects, written together: the version is the lock, the log is the outbox and the history.

A subject lies at `<collection>/<id>`; its events lie under it at `events/<version>`. Whoever changes version n
creates event n+1 in the same commit; whoever comes second finds it there, reads again and decides again.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from shared.bus import Bus
from shared.errors import Busy, NotThere, Stale
from shared.events import Event
from shared.store import NAME, AlreadyThere, Body, Create, Put, Store, Write, patiently
from shared.store.lines import chained, entries, entry_of, event_of
from shared.store.outbox import publish

TURNS = 64
"""Locks by which threads take turns at a subject: only another process can still come between, and is met by
the version. Subjects that share a lock wait for each other for the time of one commit."""

S = TypeVar("S", bound=BaseModel)
T = TypeVar("T", bound=BaseModel)
Changes = Sequence[tuple[S, Event]]
"""New states of several subjects, each with its event; none where nothing is to do."""
Also = Callable[[S, Event], Iterable[Write]]
"""Further writes of the same commit, from the new state and its event."""


def nothing_else(_state: object, _event: Event) -> Iterable[Write]:
    """No further writes: state and event alone."""
    return ()


class Journal(Generic[S]):
    """All subjects of one kind. Publishing follows the commit at once; what a crash leaves is swept up later."""

    def __init__(self, store: Store, bus: Bus, collection: str, kind: type[S]) -> None:
        self._store, self._bus, self.collection, self._kind = store, bus, collection, kind
        self._turns = tuple(threading.RLock() for _ in range(TURNS))
        self._beside: dict[str, Journal[Any]] = {}

    @property
    def _read(self) -> bool:
        """Whether the bus reads this log itself."""
        return self._bus.wake is not None

    def beside(self, collection: str, kind: type[T]) -> Journal[T]:
        """The subjects of another kind in the same database; one journal of each, for its threads to take turns."""
        if collection not in self._beside:
            self._beside.setdefault(collection, Journal(self._store, self._bus, collection, kind))
        return self._beside[collection]

    def find(self, id: str) -> S | None:
        """The state, or None; also where nothing could have such an id, which a caller may have made up. One read."""
        if re.fullmatch(NAME, id) is None:
            return None
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
        """Where the state of a subject lies."""
        return f"{self.collection}/{id}"

    def open(self, state: S, *history: Event, also: Also[S] = nothing_else, extra: Body | None = None) -> bool:
        """Write a new subject with what led to it; False when it is there already, and nothing was written.

        `extra` are index fields that lie beside the state and stay with it. Two commits, however many events: for
        each a write and a mark, and one write more.
        """
        path = self.path(history[0].subject)
        logged = [(f"{path}/events/{entry['version']}", entry) for entry in chained(history, published=self._read)]
        body = {**(extra or {}), **state.model_dump(mode="json"), "head": logged[-1][1]["hash"]}
        entries = (Create(place, entry) for place, entry in logged)
        try:
            self._store.commit([Create(path, body), *entries, *also(state, history[-1])])
        except AlreadyThere as there:
            if there.path != path:
                raise
            return False
        publish(self._store, self._bus, *logged)
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

        def alone(before: tuple[S, ...]) -> Changes[S]:
            decided = decide(before[0])
            return () if decided is None else (decided,)

        (after,) = self._change((self.path(id),), alone, expected, lambda changes: also(*changes[0]), extra)
        return after

    def change_together(
        self,
        ids: Sequence[str],
        decide: Callable[[tuple[S, ...]], Changes[S]],
        *,
        also: Callable[[Changes[S]], Iterable[Write]] = lambda _: (),
        extra: Body | None = None,
    ) -> tuple[S, ...]:
        """Write what `decide` returns for several subjects, each with its event, in one commit: all of it or nothing.

        It gets their states in the order of `ids` and answers in the same order; whoever meets one writer at any of
        them reads and decides all again. `extra` are index fields that change with each of them. For each subject one
        read, two writes, one event, one mark. Raises as `change` does.
        """
        return self._change(tuple(map(self.path, ids)), decide, None, also, extra)

    def _change(
        self,
        paths: tuple[str, ...],
        decide: Callable[[tuple[S, ...]], Changes[S]],
        expected: int | None,
        also: Callable[[Changes[S]], Iterable[Write]],
        extra: Body | None,
    ) -> tuple[S, ...]:
        for _ in patiently():
            with self._turn(paths):
                done = self._tried(paths, decide, expected, also, extra)
            if done is None:
                continue
            states, logged = done
            for one in logged:
                publish(self._store, self._bus, one)
            return states
        raise Busy()

    def _turn(self, paths: tuple[str, ...]) -> AbstractContextManager[Any]:
        """The locks of these subjects, taken in one order by everybody, so that nobody waits for ever."""
        turns = [self._turns[number] for number in sorted({hash(path) % TURNS for path in paths})]
        if len(turns) == 1:
            return turns[0]
        with ExitStack() as held:
            for turn in turns:
                held.enter_context(turn)
            return held.pop_all()

    def _tried(
        self,
        paths: tuple[str, ...],
        decide: Callable[[tuple[S, ...]], Changes[S]],
        expected: int | None,
        also: Callable[[Changes[S]], Iterable[Write]],
        extra: Body | None,
    ) -> tuple[tuple[S, ...], list[tuple[str, Body]]] | None:
        """The states afterwards and what there is to publish; None when somebody else was first."""
        bodies = [self._there(path, expected) for path in paths]
        before = tuple(map(self.state, bodies))
        decided = decide(before)
        if not decided:
            return before, []
        logged, changed = [], []
        for path, body, (after, event) in zip(paths, bodies, decided, strict=True):
            entry = entry_of(event, body["head"], published=self._read)
            logged.append((f"{path}/events/{event.version}", entry))
            changed.append(Put(path, {**body, **(extra or {}), **after.model_dump(mode="json"), "head": entry["hash"]}))
        try:
            self._store.commit([*(Create(*one) for one in logged), *changed, *also(decided)])
        except AlreadyThere as there:
            if there.path not in dict(logged):
                raise
            return None
        return tuple(after for after, _ in decided), logged

    def _there(self, path: str, expected: int | None) -> Body:
        body = self._store.get(path)
        if body is None:
            raise NotThere()
        if expected is not None and body["version"] != expected:
            raise Stale(current=body["version"], given=expected)
        return body

    def history(self, id: str) -> list[Event]:
        """Everything that happened to the subject, oldest first."""
        return [event_of(entry) for entry in entries(self._store, self.path(id))]
