"""Up to where each log was found sound: there the next night goes on, and the walk holds the log against it.

One document for each log, so that a log to which nothing is added costs the nights nothing. It names the last line
that a night followed, the span of time in which it did, and the line before that one: a span that is broken off and
done again begins where it began.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from shared.store import Body, Put, Store
from shared.store.chains import Line

HEADS = "heads"


class Head(NamedTuple):
    """The last line of a log that was followed, the span in which it was, and the last line before that."""

    path: str
    line: Line
    span: str | None
    """Its name; in an earlier release the day that had been sealed before, and none before the first."""
    before: Line | None

    def at(self, span: str, since: date | None) -> Line | None:
        """The last line before this span: that is what it begins with, in a night after `since` was sealed."""
        return self.before if self.span in (span, since and since.isoformat()) else self.line


def known(store: Store, paths: Iterable[str]) -> dict[str, Head]:
    """The heads of these logs, of those that were ever sealed."""
    found = store.get_many(f"{HEADS}/{_id(path)}" for path in paths)
    return {head.path: head for head in map(head_of, found.values())}


def head_of(said: Body) -> Head:
    """The head in a document."""
    before = Line(said["before"]["version"], said["before"]["hash"]) if said["before"] else None
    return Head(said["path"], Line(said["version"], said["hash"]), said["since"], before)


def kept(head: Head) -> Put:
    """The write that keeps a head."""
    return Put(
        f"{HEADS}/{_id(head.path)}",
        {
            "path": head.path,
            **head.line._asdict(),
            "since": head.span,
            "before": head.before and head.before._asdict(),
        },
    )


def _id(path: str) -> str:
    return path.replace("/", ".")
