"""Seals: one hash for each day over all that was logged by its end, and the list of what it is over.

The root of a day is the hash over the last line of every log before midnight in Germany. Lines are only ever
appended, and an erased person's lines stay (her key goes), so it can be computed again at any time, and whoever
kept it elsewhere can tell that nothing up to then was removed, altered or cut off. The list of lines that a day
added is kept beside it: when the root does not follow any more, it says where.

What is hashed is a sum of long numbers, one made from each line: a night takes away the line that a log had and adds
the one that it has, and need not know the others (AdHash: Bellare and Micciancio, 1997). At this length nobody finds
other lines with the same sum.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from shared.store import Document, Put, Query, Store, pages
from shared.store.chains import Line

AT_ONCE = 500
"""Lines of the list in one document."""

SEALS = "seals"
Heads = Mapping[str, Line]
"""The last line of each log, by its path."""

BYTES = 512
"""Of a sum: against a generalised birthday attack that is 128 bits."""


class Difference(NamedTuple):
    """A log that is not what it was: from this version on, and how."""

    path: str
    version: int
    how: str


class Sum(NamedTuple):
    """All logs at the end of a day, in short: the sum over their heads, and how many there are."""

    total: int = 0
    logs: Mapping[str, int] = {}
    """By collection."""
    lines: int = 0

    @property
    def root(self) -> str:
        """The hash that is told and kept elsewhere."""
        return hashlib.sha256(self.total.to_bytes(BYTES, "big")).hexdigest()

    def changed(self, path: str, before: Line | None, line: Line) -> Sum:
        """The same with another last line of a log."""
        without = 0 if before is None else _number(path, before)
        total = (self.total + _number(path, line) - without) % 256**BYTES
        new = Counter({path.partition("/")[0]: int(before is None)})
        lines = self.lines + line.version - (0 if before is None else before.version)
        return Sum(total, +(Counter(self.logs) + new), lines)


def _number(path: str, line: Line) -> int:
    said = f"{path} {line.version} {line.hash}"
    return int.from_bytes(hashlib.shake_256(said.encode()).digest(BYTES), "big")


def root(heads: Heads) -> str:
    """One hash over the heads of all logs."""
    total = sum(_number(path, line) for path, line in heads.items()) % 256**BYTES
    return Sum(total).root


def sealed(store: Store, day: date | None) -> Sum:
    """All logs at the end of a day that was sealed; nothing before the first."""
    said: dict[str, Any] | None = None if day is None else store.get(f"{SEALS}/{day}")
    return Sum() if said is None else Sum(int(said["sum"], 16), said["logs"], said["count"])


def enlist(store: Store, day: date, heads: Heads, *, after: int = 0) -> int:
    """Keep what a part of a day added to the list, after so many documents of it; how many there are then.

    May be repeated, and broken off before its end.
    """
    added = [f"{path} {line.version} {line.hash}" for path, line in sorted(heads.items())]
    for number, begins in enumerate(range(0, len(added), AT_ONCE), after):
        said = {"day": day.isoformat(), "root": None, "lines": "\n".join(added[begins : begins + AT_ONCE])}
        store.commit([Put(f"{SEALS}/{day}.{number}", said)])
    return after + -(-len(added) // AT_ONCE)


def seal(store: Store, day: date, of: Sum) -> None:
    """Keep the root of a day, whose list is kept already."""
    said = {"sum": f"{of.total:x}", "logs": dict(of.logs), "count": of.lines}
    store.commit([Put(f"{SEALS}/{day}", {"day": day.isoformat(), "root": of.root, "lines": "", **said})])


def listed(store: Store, day: date) -> dict[str, Line]:
    """The heads of all logs at the end of a day, as the list says: what was sealed on it and before."""
    found: dict[str, Line] = {}
    for path, line in (listed for one in _sealed(store, day) for listed in _lines(one)):
        if path not in found or line.version > found[path].version:  # a log that went on in two parts of a day
            found[path] = line
    return found


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
            first = line.version + 1 if same else first_other(store, path, day)
            yield Difference(path, first, "added later" if same else "altered")
    yield from (Difference(path, 1, "added later") for path in sorted(set(heads) - set(then)))


def first_other(store: Store, path: str, day: date = date.max) -> int:
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
