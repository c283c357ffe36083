"""What the night does for a database with logs: follow each log that went on, from where it was found sound, and seal.

It reads the lines of the days that are not sealed yet, once, and for each log that they belong to its head and its
subject. It does so span by span, and keeps how far it is after each: a run whose time is up, or that is killed, leaves
the next one no more than one to do again, and the root does not depend on where they end. What was there before is the
walk's (`shared.store.walks`). Of a log that is not as it was, the day speaks up to what is wrong with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from math import inf
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from shared import clock
from shared.events import stamp
from shared.store import Document, Put, Store, seals, spans
from shared.store.chains import Line, Log, entries_after
from shared.store.flaws import LATE, Flaw
from shared.store.seals import Sum
from shared.store.spans import Followed, Fresh

CURRENT = "walks/night"
SHOWN = 2_000
"""Logs that are remembered as not being as they were: more than that and somebody is there already."""


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
    late: frozenset[str] = frozenset()
    """Logs of which lines were sealed, and told, that came after their day."""

    @property
    def until(self) -> datetime:
        """When the day that was sealed was over."""
        return clock.end_of(self.day)


class Night(BaseModel):
    """How far a night is: all before `begins` was followed. Ids and codes only."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    since: date | None
    begins: str
    ends: str | None = None
    """Where the span ends that is under way: one that is done again has to end there too."""
    total: str
    """The sum over the heads of all logs so far, in base sixteen."""
    logs: Mapping[str, int]
    count: int
    lines: int = 0
    lists: int = 0
    """Documents of the list of the day."""
    broken: Mapping[str, tuple[int, str]] = {}
    late: Mapping[str, int] = {}
    """Logs with lines that came after their day was sealed, each with the version up to which it had been."""

    @property
    def of(self) -> Sum:
        """All logs, as far as they were followed."""
        return Sum(int(self.total, 16), self.logs, self.count)

    def then(self, **changes: object) -> Night:
        return self.model_copy(update=changes)


def night(
    store: Store,
    since: date | None,
    day: date,
    *,
    late: Iterable[str] = (),
    tell: Callable[[Document], None] = lambda _: None,
    until: float = inf,
) -> Sealed | None:
    """Seal what came after the last day that was sealed, up to the end of a day that is over.

    A repeat seals the same, unless somebody was at the logs in between. None where the time was up by `time.monotonic`
    before everything was followed: the next run goes on there. `late` are logs of which the walk found lines that came
    after their day was sealed: they are sealed now, and told, because nobody who goes by days meets them.
    """
    now, over = _current(store, since), stamp(clock.end_of(day))
    behind = frozenset(late) - now.late.keys()
    while now.begins < over:
        now, behind = _span(store, now, day, over, behind), frozenset[str]()
        if now.begins < over and time.monotonic() > until:
            return None
    for path, version in now.late.items():
        for line in _late(store, path, version, since):
            tell(line)
    seals.seal(store, day, now.of)
    broken = {path: Flaw(*one) for path, one in now.broken.items()}
    return Sealed(since, day, now.of, now.lines, broken, frozenset(now.late))


def at(found: list[Log], moment: int) -> dict[str, Line]:
    """The heads of logs at one of the moments that were asked for."""
    return {log.path: line for log in found if (line := log.heads[moment]) is not None}


def _current(store: Store, since: date | None) -> Night:
    """The night that goes on; a new one where the last was over and is on record."""
    held = store.get(CURRENT)
    if held is not None and held["since"] == (since and since.isoformat()):
        return Night.model_validate(held)
    of = seals.sealed(store, since)
    return Night(since=since, begins=_beginning(since), total=f"{of.total:x}", logs=dict(of.logs), count=of.lines)


def _beginning(since: date | None) -> str:
    return "" if since is None else stamp(clock.end_of(since))


def _span(store: Store, now: Night, day: date, over: str, behind: frozenset[str]) -> Night:
    """The night after one more span. Where that ends is kept first, and what came of it last."""
    span, fresh = spans.span(store, now.since, now.begins, now.ends, over)
    if now.ends is None:
        _keep(store, now := now.then(ends=span.ends))
    lines = sum(map(len, fresh.values()))
    known = {path for path, (_, how) in now.broken.items() if how != LATE}  # up to its flaw, which was found
    looked: dict[str, list[Fresh]] = {path: [] for path in behind} | fresh
    found = list(spans.followed(store, {path: looked[path] for path in looked.keys() - known}, span))
    added = {one.path: one.line for one in found if one.line is not None}
    lists = seals.enlist(store, day, added, after=now.lists)
    after = now.then(begins=span.ends, ends=None, lines=now.lines + lines, lists=lists, **_found(now, found, behind))
    _keep(store, after)
    return after


def _found(now: Night, found: list[Followed], behind: frozenset[str]) -> dict[str, object]:
    """What followed logs change of what is known of the night."""
    of, late, broken = now.of, dict(now.late), dict(now.broken)
    for one in found:
        if one.flaw is not None and len(broken) < SHOWN:
            broken.setdefault(one.path, (one.flaw.version, one.flaw.how))
        if one.path in behind or (one.flaw is not None and one.flaw.how == LATE):
            late.setdefault(one.path, 0 if one.before is None else one.before.version)
        if one.line is not None:
            of = of.changed(one.path, one.before, one.line)
    return {"total": f"{of.total:x}", "logs": dict(of.logs), "count": of.lines, "broken": broken, "late": late}


def _keep(store: Store, now: Night) -> None:
    store.commit([Put(CURRENT, now.model_dump(mode="json"))])


def _late(store: Store, path: str, version: int, since: date | None) -> Iterator[Document]:
    """Lines of a log that belong to days which were sealed without them."""
    for line in entries_after(store, path, version):
        if line["at"] < _beginning(since):
            yield Document(f"{path}/events/{line['version']}", line)
