"""Between the Pub/Sub emulator and the functions: hands every push on, and knows what was acknowledged.

The emulator does not say what it still has to deliver. The logs say what was told, and here is seen what of it each
function acknowledged: the difference is on its way.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response

from infra.local.functions import Functions
from shared.bus.dead_letters import DeadLetter
from shared.events import CATALOGUE
from shared.settings import settings
from shared.store.catalogue import DATABASES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Told = tuple[str, str]
"""Which function, and the id of an event."""
MOST_IN = 30
"""Firestore takes at most so many values in one `in`."""


class Pushes:
    """The push endpoint of every subscription: a WSGI application for the emulator alone."""

    def __init__(self, functions: Functions) -> None:
        self._functions = functions
        self._subscriptions = list(functions.subscriptions())
        self._lock = threading.Lock()
        self._seen: set[Told] = set()
        self._acknowledged: set[Told] = set()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        name = request.path.strip("/")
        if name not in self._subscriptions:
            return Response(status=404)(environ, start_response)
        told = (name, _event(request.get_json(silent=True)))
        with self._lock:
            self._seen.add(told)
        answer = self._functions.forward(name, request.get_data())
        if 200 <= answer.status_code < 300:
            with self._lock:
                self._acknowledged.add(told)
        return Response(answer.data, answer.status_code, content_type=answer.content_type)(environ, start_response)

    def undelivered(self) -> int:
        """How many deliveries there are still to make; what has been seen is not asked of the logs."""
        with self._lock:
            waiting = len(self._seen - self._acknowledged)
            acknowledged = len({told for told in self._acknowledged if told[1]})
        return waiting or max(0, told() * len(self._subscriptions) - acknowledged)


class NoDeadLetters:
    """The emulator has none: what fails is delivered again without end."""

    def listed(self) -> list[DeadLetter]:
        return []

    def replay(self, *, id: int | None = None) -> list[DeadLetter]:
        return []


def told() -> int:
    """How many events the logs of all databases hold that are told to others, published or not yet."""
    types = sorted(name for name, event in CATALOGUE.items() if not event.for_the_record)
    return sum(_count(database, some) for database in _with_a_log() for some in _slices(types))


def _with_a_log() -> Iterator[str]:
    for name, database in DATABASES.items():
        if any(collection.name == "events" for collection in database.collections):
            yield name


def _slices(types: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(types), MOST_IN):
        yield types[start : start + MOST_IN]


def _count(database: str, types: list[str]) -> int:
    """Asked of Firestore itself: no function counts, and the store's port cannot."""
    from google.cloud.firestore import FieldFilter

    events = _client(database).collection_group("events").where(filter=FieldFilter("type", "in", types))
    return int(events.count().get(timeout=10)[0][0].value)


@cache
def _client(database: str) -> Any:
    from google.cloud import firestore

    return firestore.Client(project=settings().project, database=settings().prefix + database)


def _event(pushed: Any) -> str:
    """The id of the event in a push; nothing for a message that is none of ours."""
    match pushed:
        case {"message": {"attributes": {"id": str(id), "type": str(kind)}}} if kind in CATALOGUE:
            return id
    return ""
