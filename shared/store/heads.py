"""Up to where each log was found sound: there the next night goes on, and the walk holds the log against it.

One document for each log, so that a log to which nothing is added costs the nights nothing. It names the last line
before the end of the last sealed day, and the one before the span that this night sealed: a night that is broken off
and done again begins where it began.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from shared.store import Body, Document, Put, Store, those
from shared.store.chains import Line

HEADS = "heads"


class Head(NamedTuple):
    """The last sealed line of a log, the last day that was sealed before it was, and the line of that day."""

    path: str
    line: Line
    since: date | None
    before: Line | None

    def at(self, since: date | None) -> Line | None:
        """The last line that had been sealed by the end of `since`: that is what a night which seals on begins with."""
        return self.before if self.since == since else self.line


def known(store: Store, paths: Iterable[str]) -> dict[str, Head]:
    """The heads of these logs, of those that were ever sealed."""
    return {head.path: head for head in map(head_of, those(store, HEADS, [_id(path) for path in paths]))}


def subjects(store: Store, paths: Iterable[str]) -> dict[str, Body]:
    """The subjects of these logs, as many as are there."""
    by_collection: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        collection, _, id = path.rpartition("/")
        by_collection[collection].append(id)
    return {one.path: one.body for name, ids in by_collection.items() for one in those(store, name, ids)}


def head_of(document: Document) -> Head:
    """The head in a document."""
    said = document.body
    since = said["since"] and date.fromisoformat(said["since"])
    before = Line(said["before"]["version"], said["before"]["hash"]) if said["before"] else None
    return Head(said["path"], Line(said["version"], said["hash"]), since, before)


def kept(head: Head) -> Put:
    """The write that keeps a head."""
    return Put(
        f"{HEADS}/{_id(head.path)}",
        {
            "path": head.path,
            **head.line._asdict(),
            "since": head.since and head.since.isoformat(),
            "before": head.before and head.before._asdict(),
        },
    )


def _id(path: str) -> str:
    return path.replace("/", ".")
