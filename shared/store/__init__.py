"""The document store: three calls, `get`, `query` and an atomic `commit`. Two implementations, one contract.

Documents are JSON objects at paths of alternating collection and id (`cases/case-7/events/3`), as in
Firestore. Times are texts of fixed length (`shared.events.At`), so that text order is time order.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Protocol

from shared.errors import Malformed
from shared.settings import settings

Body = dict[str, Any]
Operator = Literal["==", "<", "<=", ">", ">=", "in", "contains"]
Condition = tuple[str, Operator, Any]

ID = "__name__"
"""The field name that stands for a document's id in a condition."""

MOST_IN = 30
"""Firestore takes at most so many values in one `in`."""


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
    that name (`*/events`). Fields of `order` hold a value in every document and share one direction
    (`-field` for descending); the id breaks ties. A range condition is on the first field of `order`.
    """

    collection: str
    where: tuple[Condition, ...] = ()
    order: tuple[str, ...] = ()
    limit: int = 50
    after: str | None = None

    def __post_init__(self) -> None:
        ranges = {field for field, operator, _ in self.where if operator in RANGE}
        assert ranges <= {field.lstrip("-") for field in self.order[:1]}, "order by the field of the range first"
        assert len({field.startswith("-") for field in self.order}) <= 1, "order in one direction"
        assert all(len(value) <= MOST_IN for _, operator, value in self.where if operator == "in")

    @property
    def descending(self) -> bool:
        return bool(self.order) and self.order[0].startswith("-")

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields of `order`, without their direction."""
        return tuple(field.lstrip("-") for field in self.order)


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

    def query(self, query: Query) -> Page:
        """One page of documents. Raises `Malformed` for a cursor that this query did not give."""

    def commit(self, writes: Sequence[Write]) -> None:
        """Write all or none, durably. Raises `AlreadyThere` for a `Create` that came second, and `Busy`."""


def cursor(query: Query, last: Document) -> str:
    """An opaque place behind the last document of a page."""
    place = [*(last.body[field] for field in query.fields), last.path]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def place(query: Query) -> list[Any] | None:
    """The values at which a page goes on: those of `order`, then the path. Raises `Malformed`."""
    if query.after is None:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(query.after.encode("ascii")))
    except ValueError:
        raise Malformed(reason="cursor") from None
    if not (isinstance(values, list) and len(values) == len(query.order) + 1):
        raise Malformed(reason="cursor")
    if not all(isinstance(value, str | int | float) for value in values) or not isinstance(values[-1], str):
        raise Malformed(reason="cursor")
    return values


@cache
def connect(database: str) -> Store:
    """The store of this name (`shared.store.catalogue`), opened once per process."""
    from shared.store.catalogue import DATABASES

    if settings().backend == "google":
        from shared.store.firestore import FirestoreStore

        return FirestoreStore(DATABASES[database], project=settings().project)
    from shared.store.sqlite import SqliteStore

    return SqliteStore(DATABASES[database], settings().data / f"{database}.db")
