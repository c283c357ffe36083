"""Seals: one hash for each day over all that was logged by its end, and the list of what it is over.

The root of a day is the hash over the last line of every log before midnight in Germany. Lines are only ever
appended, and an erased person's lines stay (her key goes), so it can be computed again at any time, and whoever
kept it elsewhere can tell that nothing up to then was removed, altered or cut off. The list of lines that a day
added is kept beside it: when the root does not follow any more, it says where.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from shared.store import Document, Put, Query, Store, pages
from shared.store.chains import Line

AT_ONCE = 500
"""Lines of the list in one document."""

SEALS = "seals"
Heads = Mapping[str, Line]
"""The last line of each log, by its path."""


class Difference(NamedTuple):
    """A log that is not what it was: from this version on, and how."""

    path: str
    version: int
    how: str


def root(heads: Heads) -> str:
    """One hash over the heads of all logs."""
    said = "\n".join(f"{path} {line.version} {line.hash}" for path, line in sorted(heads.items()))
    return hashlib.sha256(said.encode()).hexdigest()


def seal(store: Store, day: date, heads: Heads) -> str:
    """Keep what the day added to the list, and its root. May be repeated, and broken off before its end."""
    sealed, hash = listed(store, day - timedelta(days=1)), root(heads)
    added = [f"{path} {line.version} {line.hash}" for path, line in sorted(heads.items()) if sealed.get(path) != line]
    for number, begins in enumerate(range(0, len(added), AT_ONCE)):
        said = {"day": day.isoformat(), "root": None, "lines": "\n".join(added[begins : begins + AT_ONCE])}
        store.commit([Put(f"{SEALS}/{day}.{number}", said)])
    store.commit([Put(f"{SEALS}/{day}", {"day": day.isoformat(), "root": hash, "lines": ""})])
    return hash


def listed(store: Store, day: date) -> dict[str, Line]:
    """The heads of all logs at the end of a day, as the list says: what was sealed on it and before."""
    return {path: line for one in _sealed(store, day) for path, line in _lines(one)}


def last_sealed(store: Store, before: date) -> date | None:
    """The last day before this one that was sealed."""
    page = store.query(Query(SEALS, (("day", "<", before.isoformat()),), ("-day",), 1))
    return date.fromisoformat(page.items[0].body["day"]) if page.items else None


def differences(store: Store, day: date, heads: Heads) -> Iterator[Difference]:
    """What the logs say otherwise than the list did, of what was logged by the end of a day.

    Of a log whose lines were written anew it names the first that may be another: the one after the last
    that is known to be the same.
    """
    then = listed(store, day)
    for path, line in sorted(then.items()):
        now = heads.get(path)
        if now is None:
            yield Difference(path, 1, "removed")
        elif now.version < line.version:
            yield Difference(path, now.version + 1, "cut off")
        elif now != line:
            same = _is_there(store, path, line)
            first = line.version + 1 if same else _first_other(store, day, path)
            yield Difference(path, first, "added later" if same else "altered")
    yield from (Difference(path, 1, "added later") for path in sorted(set(heads) - set(then)))


def _first_other(store: Store, day: date, path: str) -> int:
    """After the last line of this log that the list names and that is still there."""
    named = [line for one in _sealed(store, day) for of, line in _lines(one) if of == path]
    same = [line.version for line in named if _is_there(store, path, line)]
    return max(same, default=0) + 1


def _is_there(store: Store, path: str, line: Line) -> bool:
    entry = store.get(f"{path}/events/{line.version}")
    return entry is not None and entry["hash"] == line.hash


def _sealed(store: Store, day: date) -> Iterator[Document]:
    return pages(store, Query(SEALS, (("day", "<=", day.isoformat()),), ("day",), 50))


def _lines(one: Document) -> Iterable[tuple[str, Line]]:
    for said in one.body["lines"].splitlines():
        path, version, hash = said.split(" ")
        yield path, Line(int(version), hash)
