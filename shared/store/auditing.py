"""One run of the night over the logs of a database: what is new is followed and sealed, and the walk goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from shared.store import Document, Store, seals, walks
from shared.store.catalogue import Database
from shared.store.nights import Sealed, night
from shared.store.walks import Walk

PATIENCE = 400.0
"""Seconds after which a run begins no further page: what is left the next run does."""


class Audited(NamedTuple):
    """What one run did."""

    sealed: Sealed | None
    """None where the day was sealed and reported before, and only the walk went on; or where the time was up first."""
    walk: Walk
    late: tuple[str, ...]
    """What the walk had found before that came late, and is sealed now."""
    broken: dict[str, int]
    """Logs that are not as they were, found by this run or since the last report, and the first version of each."""
    anew: int
    """How many of them this run found."""


def audit(
    database: Database,
    store: Store,
    since: date | None,
    day: date,
    *,
    within: int,
    until: float | None = None,
    tell: Callable[[Document], None] = lambda _: None,
) -> Audited:
    """Seal up to the end of a day, and walk on. `since` is the last day that was reported: call `reported` after that.

    Killed before, the next run does the same again. Everything is walked `within` so many days, and no page of it is
    begun after `until` by `time.monotonic`. What came late is told.
    """
    until = time.monotonic() + PATIENCE if until is None else until
    to_do = since is None or since < day
    day = day if since is None else max(since, day)
    before = walks.current(database, store, day)
    sealed = night(store, since, day, late=before.late, tell=tell, until=until) if to_do else None
    if to_do and sealed is None:  # the next run goes on
        return Audited(None, before, (), {}, 0)
    of = seals.sealed(store, day) if sealed is None else sealed.of
    walk = walks.go_on(store, before, of, within=within, until=until)
    found = {one.log: one.version for one in walk.found}
    newly = {} if sealed is None else {path: flaw.version for path, flaw in sealed.broken.items()}
    broken = dict(sorted({**found, **newly}.items()))
    late = () if sealed is None else tuple(sorted({*before.late} & sealed.late))
    return Audited(sealed, walk, late, broken, len(broken.keys() - {one.log for one in before.found}))


def reported(store: Store, done: Audited) -> None:
    """What was found is on record: the walk need not remember it."""
    late = tuple(sorted({*done.walk.late} - {*done.late}))
    walks.keep(store, done.walk.then(found=(), logs=0, late=late))
