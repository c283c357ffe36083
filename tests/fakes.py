"""Small honest stand-ins for the outside world. The contract suites run on them too."""

from __future__ import annotations

import json
import operator
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from shared.bus import NotPublished
from shared.events import Event
from shared.store import (
    AlreadyThere,
    Body,
    Condition,
    Create,
    Delete,
    Document,
    Page,
    Put,
    Query,
    Store,
    Write,
    cursor,
    lies_in,
    place,
)
from shared.store.catalogue import DATABASES, serving

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda held, wanted: held in wanted,
    "contains": lambda held, wanted: isinstance(held, list) and wanted in held,
}


Kept = dict[str, dict[str, str]]


class MemoryStore:
    """A database of the catalogue in a dictionary, with every rule that the real ones keep."""

    def __init__(self, database: str = "cases") -> None:
        self._database = DATABASES[database]
        self._lying: Kept = {}
        """By the path of the collection that they lie in: a query reads no others. What stands here never changes: a
        commit puts another in its place."""
        self._lock = threading.Lock()

    def kept(self) -> Kept:
        """Everything as it lies here now, to be put back by `put_back`."""
        return self._lying

    def put_back(self, kept: Kept) -> None:
        self._lying = kept

    def get(self, path: str) -> Body | None:
        self._database.check([Delete(path)])
        body = self._lying.get(_parent(path), {}).get(path)
        return None if body is None else json.loads(body)

    def get_many(self, paths: Iterable[str]) -> dict[str, Body]:
        return {path: body for path in dict.fromkeys(paths) if (body := self.get(path)) is not None}

    def query(self, query: Query) -> Page:
        serving(self._database, query)
        lying = self._lying
        documents = [
            Document(path, json.loads(body))
            for parent, bodies in lying.items()
            if lies_in(query.collection, f"{parent}/id")
            for path, body in bodies.items()
        ]
        found = [one for one in documents if all(_meets(one, condition) for condition in query.where)]
        found.sort(key=lambda document: _key(query, document), reverse=query.descending)
        if (behind := place(query)) is not None:
            further = operator.lt if query.descending else operator.gt
            found = [document for document in found if further(_key(query, document), behind)]
        items = found[: query.limit]
        return Page(items, cursor(query, items[-1]) if len(found) > query.limit else None)

    def count(self, query: Query) -> int:
        return len(self.query(query).items)

    def commit(self, writes: Sequence[Write], *, durably: bool = True) -> None:
        self._database.check(writes)
        for write in writes:
            if not isinstance(write, Delete):
                _refuse_nested(write.body, write.path)
        with self._lock:
            lying = self._lying | {
                parent: dict(self._lying.get(parent, {})) for parent in {_parent(write.path) for write in writes}
            }
            for write in writes:
                bodies = lying[_parent(write.path)]
                match write:
                    case Create(path, body):
                        if path in bodies:
                            raise AlreadyThere(path)
                        bodies[path] = json.dumps(body)
                    case Put(path, body):
                        bodies[path] = json.dumps(body)
                    case Delete(path):
                        bodies.pop(path, None)
            self._lying = lying


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _refuse_nested(value: Any, place: str, *, within_list: bool = False) -> None:
    """Firestore knows no list in a list."""
    if isinstance(value, dict):
        for name, inner in value.items():
            _refuse_nested(inner, f"{place} {name}")
    elif isinstance(value, list | tuple):
        if within_list:
            raise TypeError(f"a list in a list at {place}")
        for inner in value:
            _refuse_nested(inner, place, within_list=True)


def _meets(document: Document, condition: Condition) -> bool:
    field, how, wanted = condition
    held = document.body.get(field, KeyError)
    if held is None or held is KeyError:
        return held is None and how in {"==", "in"} and COMPARE[how](held, wanted)
    return COMPARE[how](held, wanted)


def _key(query: Query, document: Document) -> list[Any]:
    return [*(document.body[field] for field in query.fields), document.path]


class CountingStore:
    """A store that counts what it is asked: single documents, several at once (found, or named), commits and writes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reads = self.queries = self.commits = self.writes = 0

    def get(self, path: str) -> Body | None:
        self.reads += 1
        return self._store.get(path)

    def get_many(self, paths: Iterable[str]) -> dict[str, Body]:
        asked = list(dict.fromkeys(paths))
        self.reads += len(asked) == 1
        self.queries += len(asked) > 1
        return self._store.get_many(asked)

    def query(self, query: Query) -> Page:
        self.queries += 1
        return self._store.query(query)

    def count(self, query: Query) -> int:
        self.queries += 1
        return self._store.count(query)

    def commit(self, writes: Sequence[Write], *, durably: bool = True) -> None:
        self._store.commit(writes, durably=durably)
        self.commits += 1
        self.writes += len(writes)


class FakeBus:
    """A bus that remembers what was told, and has `hears` hear it; while `down` it takes nothing."""

    wake = None

    def __init__(self) -> None:
        self.published: list[Event] = []
        self.hears: Callable[[Event], object] = lambda event: None
        self.down = False

    def publish(self, *events: Event) -> None:
        if self.down:
            raise NotPublished
        for event in events:
            self.published.append(event)
            self.hears(event)
