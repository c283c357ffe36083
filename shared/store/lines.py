"""Lines of a log: each an event, with the hash of the line before it, so that a removed or altered one is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from shared.events import Event, kind
from shared.store import Body, Query, Store, pages

FIRST = "0" * 64
"""What the first event of a subject names as its predecessor's hash."""


def broken_link(log_entries: Iterable[Body]) -> int | None:
    """The first version whose entry was removed or altered, or None when the chain holds."""
    previous = FIRST
    for version, entry in enumerate(log_entries, start=1):
        if entry["version"] != version or entry["previous"] != previous or not is_sound(entry):
            return version
        previous = entry["hash"]
    return None


def is_sound(entry: Body) -> bool:
    """Whether a line says what it said when its hash was made, and is found where that belongs."""
    found: bool = entry["hash"] == _hash(entry["previous"], entry) and entry["at"] == entry["event"]["at"]
    return found


def entries(store: Store, path: str, name: str = "events") -> Iterator[Body]:
    """The log entries under a subject's path, oldest first."""
    query = Query(f"{path}/{name}", order=("version",), limit=200)
    return (document.body for document in pages(store, query))


def event_of(entry: Body) -> Event:
    """The event in a log entry."""
    known = kind(entry["type"])
    assert known is not None, entry["type"]
    return known.model_validate(entry["event"])


def chained(history: Iterable[Event], *, published: bool = False) -> Iterator[Body]:
    """The log entries of a subject's first events."""
    previous = FIRST
    for event in history:
        entry = entry_of(event, previous, published=published)
        previous = entry["hash"]
        yield entry


def entry_of(event: Event, previous: str, *, published: bool = False) -> Body:
    """The log entry of an event whose predecessor in the chain has the hash `previous`.

    It is `published` from the beginning where the bus reads the log itself.
    """
    said = event.model_dump(mode="json")
    entry: dict[str, Any] = {
        "type": event.type,
        "version": event.version,
        "at": said["at"],
        "event": said,
        "previous": previous,
        "published": published or event.for_the_record,
        **{name: said[field] for name, field in event.found_by.items()},
    }
    return entry | {"hash": _hash(previous, entry)}


def _hash(previous: str, entry: Body) -> str:
    said = json.dumps({"type": entry["type"], "event": entry["event"]}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{previous}\n{said}".encode()).hexdigest()
