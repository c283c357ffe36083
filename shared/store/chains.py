"""Every log of a database, checked: broken chains, cut-off tails, subjects and logs that lost each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import takewhile
from typing import NamedTuple

from shared.events import stamp
from shared.store import Body, Query, Store, pages
from shared.store.catalogue import Database
from shared.store.lines import FIRST, broken_link, entries


class Line(NamedTuple):
    """A line of a log, by its place and what it says."""

    version: int
    hash: str


class Log(NamedTuple):
    """The log under a subject: the first version that does not hold, and its last line at each of some moments."""

    path: str
    broken: int | None
    lost: bool
    """Whether its subject was removed, or no longer says that it has a log."""
    heads: tuple[Line | None, ...] = ()


class Checked(NamedTuple):
    """The lines of a log, and the first version at which it is broken."""

    broken: int | None
    lines: list[Body]


def logs(database: Database, store: Store, moments: Sequence[datetime] = ()) -> Iterator[Log]:
    """Every log of the database. One query for each subject, and one look at every line."""
    known: set[str] = set()
    for collection in database.collections:
        if collection.group:
            continue
        for subject in pages(store, Query(collection.name, limit=200)):
            if "head" in subject.body:
                known.add(subject.path)
                found = checked(store, subject.path)
                yield Log(subject.path, found.broken, False, heads(found.lines, moments))
    yield from _orphans(store, known, moments)


def _orphans(store: Store, known: set[str], moments: Sequence[datetime]) -> Iterator[Log]:
    """Logs whose subject was removed, or no longer says that it has one."""
    lost: set[str] = set()
    for line in pages(store, Query("*/events", limit=200)):
        path = line.path.rpartition("/events/")[0]
        if path not in known and path not in lost:
            lost.add(path)
            if "head" not in (store.get(path) or {}):  # or it was begun after we had passed
                yield Log(path, 1, True, heads(list(entries(store, path)), moments))


def heads(lines: Sequence[Body], moments: Sequence[datetime]) -> tuple[Line | None, ...]:
    """The last line before each moment: what is appended later changes none of them."""
    return tuple(_last_before(stamp(one), lines) for one in moments)


def _last_before(until: str, lines: Sequence[Body]) -> Line | None:
    before = list(takewhile(lambda line: line["at"] < until, lines))
    return Line(before[-1]["version"], before[-1]["hash"]) if before else None


def entries_after(store: Store, path: str, version: int) -> Iterator[Body]:
    """The log entries under a subject's path after a version, oldest first."""
    query = Query(f"{path}/events", (("version", ">", version),), ("version",), 50)
    return (document.body for document in pages(store, query))


def verify(store: Store, path: str) -> int | None:
    """The first version at which the log under a subject is broken, or None when it holds up to the subject's head."""
    return checked(store, path).broken


def checked(store: Store, path: str) -> Checked:
    """The log under a subject. Finds what `broken_link` finds, and lines that were cut off at the end."""
    while True:
        subject, lines = store.get(path), list(entries(store, path))
        if (broken := broken_link(lines)) is not None:
            return Checked(broken, lines)
        head = FIRST if subject is None else subject["head"]
        if head == (lines[-1]["hash"] if lines else FIRST):
            return Checked(None, lines)
        if store.get(path) == subject:  # nobody wrote between the two reads
            return Checked(len(lines) + 1, lines)
