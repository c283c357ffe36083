"""The walk through all there is: every chain from its beginning, every log that was ever sealed, every subject.

The nights follow only what is new; what was done to older lines the walk finds. It goes on where the last run ended,
page by page, so much each night that it is through in time; what is small is walked whole every night.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from shared import clock
from shared.store import Body, Document, Page, Put, Query, Store, cursor, heads
from shared.store.catalogue import Database
from shared.store.flaws import LATE, Flaw, flaw, judged
from shared.store.heads import HEADS
from shared.store.seals import Sum

PAGE = 500
LEAST = 10_000
"""Documents that are walked each night, if there are so many."""
BESIDE = 6
"""Documents that are read for each log, beside its lines."""
SPARE = 0.9
"""Of the time for a walk: what is added while it goes on, and a night that did not come."""
SHOWN = 2_000
"""Logs that are named between two reports at most: more than that and somebody is there already."""

CURRENT = "walks/current"
LINES = "*/events"


class Broken(BaseModel):
    """A log that is not as it was."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    log: str
    version: int
    how: str


class Walk(BaseModel):
    """How far the walk is, and what it found since that was last reported."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    places: tuple[str, ...]
    place: int = 0
    after: str | None = None
    began_on: date
    whole_since: date | None = None
    """When the last walk began that went through everything."""
    night: date | None = None
    tonight: int = 0
    """Documents that were read this night."""
    logs: int = 0
    """Logs that were walked since the last report."""
    found: tuple[Broken, ...] = ()
    late: tuple[str, ...] = ()
    """Logs with lines that came after their day was sealed: the next night seals them."""

    @property
    def is_over(self) -> bool:
        """Whether everything was walked."""
        return self.place == len(self.places)

    def then(self, **changes: object) -> Walk:
        return self.model_copy(update=changes)


class Seen(NamedTuple):
    """A page of the walk: what was read, and where to go on."""

    read: int
    next: str | None
    logs: int = 0
    found: tuple[Broken, ...] = ()


def current(database: Database, store: Store, night: date) -> Walk:
    """The walk that goes on; a new one where the last was over before this night."""
    held = store.get(CURRENT)
    places = (LINES, HEADS, *_subjects(database))
    if held is None:
        return Walk(places=places, began_on=night, night=night)
    now = Walk.model_validate(held)
    if now.places != places:  # a release of the program changed what there is
        now = now.then(places=places, place=0, after=None, began_on=night)
    if now.night == night:
        return now
    begun = {"place": 0, "after": None, "began_on": night} if now.is_over else {}
    return now.then(night=night, tonight=0, **begun)


def go_on(store: Store, now: Walk, of: Sum, *, within: int, until: float) -> Walk:
    """The walk after this night's share, or until the time is up by `time.monotonic`. Kept after each page.

    The share is such that everything was walked after so many days; `of` is all there was at the last seal.
    """
    most = share(of, within)
    while not now.is_over and now.tonight < most:
        now = _page(store, now)
        keep(store, now)
        if time.monotonic() > until:
            break
    return now


def share(of: Sum, within: int) -> int:
    """Documents that one night has to walk."""
    return max(LEAST, int((of.lines + BESIDE * sum(of.logs.values())) / (within * SPARE)) + 1)


def keep(store: Store, now: Walk) -> None:
    """Keep how far a walk is. Only that it is over has to outlive a crash: what lies between is walked again."""
    store.commit([Put(CURRENT, now.model_dump(mode="json"))], durably=now.is_over)


def _subjects(database: Database) -> Iterator[str]:
    return (one.name for one in database.collections if not one.group and one.name not in {"seals", HEADS, "walks"})


def _page(store: Store, now: Walk) -> Walk:
    name, sealed = now.places[now.place], now.night
    assert sealed is not None
    look: Callable[[Store, Page, Query, date], Seen] = LOOKS.get(name, _subjects_seen)
    query = Query(name, limit=PAGE, after=now.after)
    seen = look(store, store.query(query), query, sealed)
    over = seen.next is None
    whole = {"whole_since": now.began_on} if over and now.place + 1 == len(now.places) else {}
    named = {one.log: one for one in (*seen.found, *now.found)}
    return now.then(
        place=now.place + over,
        after=seen.next,
        tonight=now.tonight + seen.read,
        logs=now.logs + seen.logs,
        found=tuple(named.values())[:SHOWN],
        late=tuple(sorted({*now.late, *(one.log for one in seen.found if one.how == LATE)})),
        **whole,
    )


def _lines_seen(store: Store, page: Page, query: Query, sealed: date) -> Seen:
    """Logs whose lines are all on the page. A log that is longer than a page is read for itself."""
    logs = {path: list(lines) for path, lines in groupby(page.items, lambda line: line.path.rpartition("/events/")[0])}
    if page.next is not None and len(logs) > 1:
        logs.popitem()
    long = page.next is not None and len(logs) == 1
    known, subjects = heads.known(store, logs), store.get_many(logs)
    found, read = [], len(page.items) + 2 * len(logs)
    until = clock.end_of(sealed)
    for path, documents in logs.items():
        line = known[path].line if path in known else None
        lines = sorted((one.body for one in documents), key=_version)
        if long or flaw(subjects.get(path), lines, line, until) is not None:
            wrong, whole = judged(store, path, line, until)
            read += len(whole) + 1
            found += _named(path, wrong)
    last = Document(f"{next(reversed(logs))}/events/~", {}) if logs else None  # behind whatever number it has
    return Seen(read, cursor(query, last) if last and page.next is not None else None, len(logs), tuple(found))


def _heads_seen(store: Store, page: Page, _query: Query, sealed: date) -> Seen:
    """Logs that were sealed once and are gone, or do not reach as far any more."""
    found: list[Broken] = []
    last = {f"{head.path}/events/{head.line.version}": head for head in (heads.head_of(one.body) for one in page.items)}
    lines = store.get_many(last)
    for path, head in last.items():
        there = lines.get(path)
        if there is None or there["hash"] != head.line.hash:
            found += _named(head.path, judged(store, head.path, head.line, clock.end_of(sealed))[0])
    return Seen(2 * len(page.items), page.next, 0, tuple(found))


def _subjects_seen(store: Store, page: Page, _query: Query, sealed: date) -> Seen:
    """Subjects that say they have a log, which was never sealed and is not there."""
    claimed = [one.path for one in page.items if "head" in one.body]
    known, found = heads.known(store, claimed), list[Broken]()
    fresh = [path for path in claimed if path not in known]
    for path in fresh:
        if store.get(f"{path}/events/1") is None:
            found += _named(path, judged(store, path, None, clock.end_of(sealed))[0])
    return Seen(len(page.items) + len(claimed) + len(fresh), page.next, 0, tuple(found))


LOOKS = {LINES: _lines_seen, HEADS: _heads_seen}


def _named(path: str, wrong: Flaw | None) -> list[Broken]:
    return [] if wrong is None else [Broken(log=path, version=wrong.version, how=wrong.how)]


def _version(line: Body) -> int:
    version: int = line["version"]
    return version
