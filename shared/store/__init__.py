"""The document store: `get`, `get_many`, `query`, `count` and an atomic `commit`. Two implementations, one contract.

Documents are JSON objects at paths of alternating collection and id (`cases/case-7/events/3`), as in
Firestore. Times are texts of fixed length (`shared.events.At`), so that text order is time order.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, Protocol

from shared.errors import NoSuchPlace
from shared.settings import settings

Body = dict[str, Any]
Operator = Literal["==", "<", "<=", ">", ">=", "in", "contains"]
Condition = tuple[str, Operator, Any]

MOST_IN = 30
"""Firestore takes at most so many values in one `in`."""

TRIES = 8
LONGEST_CURSOR = 1000


@dataclass(frozen=True, slots=True)
class Document:
    """A body and the path it lies at."""

    path: str
    body: Body

    @property
    def id(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Create:
    """Write a document that must not be there yet."""

    path: str
    body: Body


@dataclass(frozen=True, slots=True)
class Put:
    """Write a document, whatever is there."""

    path: str
    body: Body


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove a document, if it is there."""

    path: str


Write = Create | Put | Delete


class AlreadyThere(Exception):
    """A `Create` met a document at its path. Nothing of the commit was written."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@dataclass(frozen=True, slots=True)
class Query:
    """Which documents, in which order, how many, after which cursor.

    `collection` is a path (`cases`, `cases/case-7/events`), or a name behind `*/` for all collections of
    that name (`*/events`). Fields of `order` share one direction (`-field` for descending); the id breaks ties.
    A range condition is on the first field of `order`. Every query is served by indexes that are declared
    (`shared.store.catalogue.serving`).
    """

    collection: str
    where: tuple[Condition, ...] = ()
    order: tuple[str, ...] = ()
    limit: int = 50
    after: str | None = None

    def __post_init__(self) -> None:
        ranges = {field for field, operator, _ in self.where if operator in RANGE}
        assert ranges <= set(self.fields[:1]), "order by the field of the range first"
        assert len({field.startswith("-") for field in self.order}) <= 1, "order in one direction"
        assert all(1 <= len(value) <= MOST_IN for _, operator, value in self.where if operator == "in")

    @property
    def descending(self) -> bool:
        return bool(self.order) and self.order[0].startswith("-")

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields of `order`, without their direction."""
        return tuple(field.lstrip("-") for field in self.order)


NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
"""What an id can be in every store, and in a path over HTTP."""

RANGE = frozenset({"<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class Page:
    """Some documents, and the cursor behind the last of them when there are more."""

    items: list[Document]
    next: str | None = None


class Store(Protocol):
    """One database."""

    def get(self, path: str) -> Body | None:
        """The document at this path, or None. Sees every commit that has returned."""

    def get_many(self, paths: Iterable[str]) -> dict[str, Body]:
        """The documents at these paths, as many as are there, by path: at once, whatever collections they lie in."""

    def query(self, query: Query) -> Page:
        """One page of documents. Raises `Malformed` for a cursor that this query did not give."""

    def count(self, query: Query) -> int:
        """How many documents a page of this query holds, its `limit` at most; none of them is read.

        Firestore takes one read for up to a thousand. Raises as `query` does.
        """

    def commit(self, writes: Sequence[Write], *, durably: bool = True) -> None:
        """Write all or none. Raises `AlreadyThere` for a `Create` that came second, and `Busy`.

        What is not written `durably` may be written a moment after this returns, and be lost with the process or
        with the machine's power: for marks that a sweep would set again.
        """


def pages(store: Store, query: Query) -> Iterator[Document]:
    """Every document that a query finds, page by page; `limit` is the length of a page."""
    while True:
        page = store.query(query)
        yield from page.items
        if page.next is None:
            return
        query = replace(query, after=page.next)


def lies_in(collection: str, path: str) -> bool:
    """Whether a document at this path is in what `Query.collection` names."""
    parent, _, id = path.rpartition("/")
    if not id:
        return False
    return parent == collection or (collection.startswith("*/") and parent.endswith(collection[1:]))


def cursor(query: Query, last: Document) -> str:
    """An opaque place behind the last document of a page, good for this query only."""
    values = [_fingerprint(query), *(last.body[field] for field in query.fields), last.path]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def place(query: Query) -> list[Any] | None:
    """The values at which a page goes on: those of `order`, then the path. Raises `Malformed`."""
    if query.after is None:
        return None
    if len(query.after) > LONGEST_CURSOR:
        raise NoSuchPlace()
    try:
        given: list[Any] = json.loads(base64.urlsafe_b64decode(query.after.encode("ascii")))
        fingerprint, *values = given
        sound = all(_can_be_compared(value) for value in values)
    except (ValueError, TypeError):
        raise NoSuchPlace() from None
    if fingerprint != _fingerprint(query) or len(values) != len(query.order) + 1 or not sound:
        raise NoSuchPlace()
    if not isinstance(values[-1], str) or not lies_in(query.collection, values[-1]):
        raise NoSuchPlace()
    return values


def _fingerprint(query: Query) -> str:
    asked = json.dumps([query.collection, query.where, query.order])
    return hashlib.sha256(asked.encode()).hexdigest()[:12]


def _can_be_compared(value: object) -> bool:
    if isinstance(value, str):
        return bool(value.encode())  # a lone surrogate is a ValueError
    return isinstance(value, int) and abs(value) < 2**53


def patiently() -> Iterator[int]:
    """Tries, with growing and random pauses between them, so that writers who met part ways."""
    for number in range(TRIES):
        if number:
            time.sleep(random.uniform(0, 0.005 * 2**number))  # noqa: S311 - jitter is no secret
        yield number


@cache
def connect(database: str) -> Store:
    """The store of this name (`shared.store.catalogue`), opened once per process."""
    from shared.store.catalogue import DATABASES

    if settings().backend == "google":
        from shared.store.firestore import FirestoreStore

        return FirestoreStore(DATABASES[database], project=settings().project)
    from shared.store.sqlite import SqliteStore

    return SqliteStore(DATABASES[database], settings().data / f"{database}.db")
