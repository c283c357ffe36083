"""What the night does for a database with logs: follow each log that went on, from where it was found sound, and seal.

It reads the lines of the days that are not sealed yet, once, and for each log that they belong to its head and its
subject. What was there before is the walk's (`shared.store.walks`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import takewhile
from typing import NamedTuple

from shared import clock
from shared.events import stamp
from shared.store import Body, Condition, Document, Query, Store, heads, pages, seals
from shared.store.chains import Line, Log, entries_after
from shared.store.flaws import LATE, Flaw, judged
from shared.store.heads import Head
from shared.store.lines import FIRST, is_sound
from shared.store.seals import Sum

AT_ONCE = 100
"""Logs that are looked up and kept together."""


class Sealed(NamedTuple):
    """What was found, and the root of the day."""

    since: date | None
    """The last day that had been sealed before."""
    day: date
    of: Sum
    lines: int
    """How many lines were new: the logs under them were followed on from where they were found sound."""
    broken: dict[str, Flaw]
    """Logs that are not as they were."""

    @property
    def until(self) -> datetime:
        """When the day that was sealed was over."""
        return clock.end_of(self.day)


class Fresh(NamedTuple):
    """What is kept of a new line until its log is looked at."""

    version: int
    hash: str
    previous: str
    at: str
    sound: bool


def night(
    store: Store,
    since: date | None,
    day: date,
    *,
    late: Iterable[str] = (),
    tell: Callable[[Document], None] = lambda _: None,
) -> Sealed:
    """Seal what came after the last day that was sealed, up to the end of a day that is over.

    A repeat seals the same, unless somebody was at the logs in between. `late` are logs of which the walk found
    lines that came after their day was sealed: they are sealed now, and told, because nobody who goes by days meets
    them.
    """
    behind = frozenset(late)
    fresh: dict[str, list[Fresh]] = {path: [] for path in behind}
    for line in _lines(store, since, day):
        fresh.setdefault(_log_of(line), []).append(_fresh(line.body))
    of, broken, added = seals.sealed(store, since), dict[str, Flaw](), dict[str, Line]()
    for found in _followed(store, fresh, since, day):
        if found.flaw is not None:
            broken[found.path] = found.flaw
        if found.path in behind or (found.flaw is not None and found.flaw.how == LATE):
            for one in _late(store, found, since):
                tell(one)
        if found.line is not None:
            of = of.changed(found.path, found.before, found.line)
            added[found.path] = found.line
    seals.enlist(store, day, added)
    seals.seal(store, day, of)
    return Sealed(since, day, of, sum(map(len, fresh.values())), broken)


def at(found: list[Log], moment: int) -> dict[str, Line]:
    """The heads of logs at one of the moments that were asked for."""
    return {log.path: line for log in found if (line := log.heads[moment]) is not None}


class _Followed(NamedTuple):
    """A log that went on: what is wrong with it, and its last line then and now, where there is another now."""

    path: str
    flaw: Flaw | None
    before: Line | None
    line: Line | None


def _lines(store: Store, since: date | None, day: date) -> Iterator[Document]:
    """The lines of these days, oldest first, published or not."""
    where: tuple[Condition, ...] = (("published", "in", [False, True]), ("at", "<", stamp(clock.end_of(day))))
    begun: tuple[Condition, ...] = () if since is None else (("at", ">=", stamp(clock.end_of(since))),)
    return pages(store, Query("*/events", (*where, *begun), ("at",), 500))


def _fresh(line: Body) -> Fresh:
    return Fresh(line["version"], line["hash"], line["previous"], line["at"], is_sound(line))


def _log_of(line: Document) -> str:
    return line.path.rpartition("/events/")[0]


def _followed(store: Store, fresh: Mapping[str, list[Fresh]], since: date | None, day: date) -> Iterator[_Followed]:
    """Each of these logs, followed on; where it holds its head is kept anew."""
    paths = sorted(fresh)
    for begins in range(0, len(paths), AT_ONCE):
        some = paths[begins : begins + AT_ONCE]
        known, subjects = heads.known(store, some), heads.subjects(store, some)
        befores = {path: head.at(since) for path, head in known.items()}
        found = [_on(store, path, befores.get(path), subjects.get(path), fresh[path], since, day) for path in some]
        store.commit([heads.kept(Head(one.path, one.line, since, one.before)) for one in found if one.line is not None])
        yield from found


def _on(
    store: Store,
    path: str,
    before: Line | None,
    subject: Body | None,
    fresh: list[Fresh],
    since: date | None,
    day: date,
) -> _Followed:
    ends = stamp(clock.end_of(day))
    lines = _whole(store, path, before, subject, sorted(set(fresh)))
    wrong = None
    if lines is None:  # something is wrong, or times went back within the log: it is read from its beginning
        wrong, whole = judged(store, path, before, None if since is None else clock.end_of(since))
        if wrong is not None and wrong.how != LATE:
            return _Followed(path, wrong, before, None)
        lines = [_fresh(line) for line in whole[0 if before is None else before.version :]]
    new = list(takewhile(lambda line: line.at < ends, lines))
    return _Followed(path, wrong, before, Line(new[-1].version, new[-1].hash) if new else None)


def _late(store: Store, found: _Followed, since: date | None) -> Iterator[Document]:
    """Lines of a log that belong to days which were sealed without them."""
    ends = "" if since is None else stamp(clock.end_of(since))
    for line in entries_after(store, found.path, 0 if found.before is None else found.before.version):
        if line["at"] < ends:
            yield Document(f"{found.path}/events/{line['version']}", line)


def _whole(
    store: Store, path: str, before: Line | None, subject: Body | None, fresh: list[Fresh]
) -> list[Fresh] | None:
    """The lines after the one that was sealed last, when they hold up to what the subject says."""
    begins = before or Line(0, FIRST)
    last = fresh[-1] if fresh else begins
    if subject is None or "head" not in subject or not _hold(begins, fresh):
        return None
    if subject["head"] == last.hash:
        return fresh
    further = [_fresh(line) for line in entries_after(store, path, last.version)]
    lines = [*fresh, *further]
    reached = subject["head"] in {line.hash for line in further}
    return lines if reached and _hold(begins, lines) else None


def _hold(begins: Line, lines: Sequence[Fresh]) -> bool:
    """Whether each line follows the one before it, the first that one which was sealed."""
    before = ((begins.version, begins.hash), *((line.version, line.hash) for line in lines))
    return all(
        line.sound and (line.version - 1, line.previous) == last for line, last in zip(lines, before, strict=False)
    )
