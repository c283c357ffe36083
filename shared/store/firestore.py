"""The document store on Firestore: named databases, atomic batches, `expires` as native timestamps.

Commits rest on create-preconditions and take no locks of their own. Whatever Google asks to repeat is repeated a
bounded number of times, with jitter; then the caller is told to come back.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from google.api_core import exceptions
from google.cloud.firestore_v1.base_query import BaseQuery, FieldFilter
from google.cloud.firestore_v1.client import Client
from google.cloud.firestore_v1.field_path import FieldPath

from shared.errors import Busy
from shared.events import stamp
from shared.settings import settings
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
    Write,
    cursor,
    patiently,
    place,
)
from shared.store.indexes import Database, serving

TIMEOUT = 3.0
"""Seconds for one call."""
AT_ONCE = 300
"""Documents that one call reads: they come well within its time."""
PATIENCE = 6.0
"""Seconds for one call and its repeats, after which a caller is told to come back."""

UNKNOWN = (exceptions.DeadlineExceeded, exceptions.ServiceUnavailable, exceptions.InternalServerError)
"""What leaves open whether the call took effect."""
AGAIN = (*UNKNOWN, exceptions.Aborted, exceptions.ResourceExhausted)

OPERATORS = {"contains": "array_contains"}
T = TypeVar("T")


class FirestoreStore:
    """One named database of a project. Safe among threads; one channel for all of them."""

    def __init__(self, database: Database, project: str) -> None:
        _fail_fast()
        self._database = database
        self._client: Any = Client(project=project, database=settings().prefix + database.name)

    def get(self, path: str) -> Body | None:
        collection = self._database.collection(path.rpartition("/")[0])
        reference = self._client.document(path)
        found = _patient(lambda: reference.get(retry=None, timeout=TIMEOUT))
        return _plain(found.to_dict(), collection.expires) if found.exists else None

    def get_many(self, paths: Iterable[str]) -> dict[str, Body]:
        asked = {path: self._database.collection(path.rpartition("/")[0]) for path in paths}
        there = {_path(one.reference): one.to_dict() for some in _parts(list(asked)) for one in self._all(some)}
        return {path: _plain(there[path], place.expires) for path, place in asked.items() if there[path] is not None}

    def _all(self, paths: Sequence[str]) -> list[Any]:
        references = [self._client.document(path) for path in paths]
        return _patient(lambda: list(self._client.get_all(references, retry=None, timeout=TIMEOUT)))

    def query(self, query: Query) -> Page:
        serving(self._database, query, drops=True)
        expires = self._database.collection(query.collection).expires
        asked = self._asked(query).limit(query.limit + 1)
        found: list[Any] = _patient(lambda: list(asked.stream(retry=None, timeout=TIMEOUT)))
        items = [Document(_path(each.reference), _plain(each.to_dict(), expires)) for each in found[: query.limit]]
        return Page(items, cursor(query, items[-1]) if len(found) > query.limit else None)

    def count(self, query: Query) -> int:
        serving(self._database, query, drops=True)
        asked = self._asked(query).limit(query.limit).count()
        return int(_patient(lambda: asked.get(retry=None, timeout=TIMEOUT))[0][0].value)

    def commit(self, writes: Sequence[Write], *, durably: bool = True) -> None:
        self._database.check(writes)
        unsure = False
        until = time.monotonic() + PATIENCE
        for _ in patiently():
            try:
                self._batch(writes).commit(retry=None, timeout=TIMEOUT)
                return
            except exceptions.AlreadyExists:
                if unsure and self._landed(writes):
                    return
                raise AlreadyThere(self._met(writes)) from None
            except AGAIN as error:
                unsure = unsure or isinstance(error, UNKNOWN)
            if time.monotonic() > until:
                break
        raise Busy()

    def close(self) -> None:
        """Give the channel back, for whoever opens many stores in one process."""
        self._client.close()

    def _batch(self, writes: Sequence[Write]) -> Any:
        batch = self._client.batch()
        for write in writes:
            reference = self._client.document(write.path)
            match write:
                case Create():
                    batch.create(reference, self._native(write))
                case Put():
                    batch.set(reference, self._native(write))
                case Delete():
                    batch.delete(reference)
        return batch

    def _native(self, write: Create | Put) -> Body:
        expires = self._database.collection(write.path.rpartition("/")[0]).expires
        return {field: _native(value) if field == expires else value for field, value in write.body.items()}

    def _landed(self, writes: Sequence[Write]) -> bool:
        """Whether a commit whose answer was lost took effect: all or none, so one document of it tells."""
        return any(self.get(write.path) == write.body for write in writes if isinstance(write, Create))

    def _met(self, writes: Sequence[Write]) -> str:
        """The first path at which a `Create` came second."""
        created = [write.path for write in writes if isinstance(write, Create)]
        return next((path for path in created if self.get(path) is not None), created[0])

    def _asked(self, query: Query) -> Any:
        name = query.collection.removeprefix("*/")
        expires = self._database.collection(name).expires
        across = name != query.collection
        asked: Any = self._client.collection_group(name) if across else self._client.collection(name)
        for condition in query.where:
            asked = asked.where(filter=_filter(condition, expires))
        direction = BaseQuery.DESCENDING if query.descending else BaseQuery.ASCENDING
        for field in (*query.fields, FieldPath.document_id()):
            asked = asked.order_by(field, direction=direction)
        if (behind := place(query)) is not None:
            values = [
                _native(value) if field == expires else value
                for field, value in zip(query.fields, behind, strict=False)
            ]
            asked = asked.start_after([*values, self._client.document(behind[-1])])
        return asked


def _filter(condition: Condition, expires: str | None) -> Any:
    field, operator, value = condition
    if field == expires:
        value = _native(value)
    return FieldFilter(field, OPERATORS.get(operator, operator), value)


def _parts(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    return (paths[begins : begins + AT_ONCE] for begins in range(0, len(paths), AT_ONCE))


def _patient(call: Callable[[], T]) -> T:
    until = time.monotonic() + PATIENCE
    for _ in patiently():
        try:
            return call()
        except AGAIN:
            if time.monotonic() > until:
                break
    raise Busy()


def _native(value: Any) -> Any:
    """A time as Firestore's TTL wants it."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _plain(body: Body, expires: str | None) -> Body:
    """A body as it was given: a native timestamp is a text again."""
    if expires is None or not isinstance(body.get(expires), datetime):
        return body
    return {**body, expires: stamp(body[expires])}


def _path(reference: Any) -> str:
    path: str = reference.path
    return path


def _fail_fast() -> None:
    """Without an emulator the client would wait for minutes. Raises `Busy`."""
    host = os.environ.get("FIRESTORE_EMULATOR_HOST")
    if host is None:
        return
    name, _, port = host.rpartition(":")
    try:
        socket.create_connection((name, int(port)), timeout=2).close()
    except OSError:
        raise Busy() from None
