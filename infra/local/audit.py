"""Walk every log and name each line that was removed or altered: `make verify-audit`.

It prints the root of yesterday for each database. With `ARGS="2026-11-27 <root>"` it says whether the root that
somebody was sent for that day still follows from the logs up to its end, and if not, from where on.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from infra.local.release import must_fit
from shared import clock
from shared.store import Document, Query, Store, connect, pages, seals
from shared.store.catalogue import DATABASES, Database
from shared.store.chains import Log, logs
from shared.store.nights import at

AUDITED = tuple(database for database in DATABASES.values() if database.logged)
"""Databases whose subjects have logs."""

WITHOUT_LOGS = {
    *("answers", "references", "challenges", "holders", "wishes", "seals", "heads", "walks"),
    *("erasures", "searches", "looked", "finding_cases"),
}

SUBJECTS = tuple(
    (database.name, collection.name)
    for database in AUDITED
    for collection in database.collections
    if not collection.group and collection.name not in WITHOUT_LOGS
)
"""Collections whose documents have a log under them, by database."""


class Walked(NamedTuple):
    """The logs of one database, and its root at the end of the day."""

    database: Database
    store: Store
    logs: list[Log]
    root: str


def main(arguments: list[str] | None = None) -> int:
    """Print what was checked, what is broken and the roots; 1 when anything is broken, or a root does not hold.

    2 when it was asked wrongly, or nothing is there: of an empty folder it must not be said that all is well.
    """
    try:
        day, kept = _asked(sys.argv[1:] if arguments is None else arguments)
    except ValueError:
        print('usage: make verify-audit ARGS="<a day that is over, as 2026-11-27> <its root>"')
        return 2
    walked = [_walk(database, day) for database in AUDITED]
    if kept is None and not any(one.logs for one in walked):
        print("There is no log here: does KIM_DATA name the folder?")
        return 2
    broken = [(one, log) for one in walked for log in one.logs if log.broken is not None]
    for one, log in broken:
        print(f"{one.database.name}: {log.path}: {said(log)}")
    print(f"{sum(len(one.logs) for one in walked)} logs checked, {len(broken)} broken")
    for one in walked:
        print(f"root of {one.database.name} at the end of {day}: {one.root}")
    holds = kept is None or _holds(kept, day, walked)
    return 0 if holds and not broken else 1


def said(log: Log) -> str:
    """In words, what is wrong with a log."""
    return "the log has lost its subject" if log.lost else f"the log is broken at version {log.broken}"


def documents(store: Store, collection: str) -> Iterator[Document]:
    """Every document of a collection, page by page."""
    return pages(store, Query(collection, limit=200))


def _asked(arguments: list[str]) -> tuple[date, str | None]:
    """Which day, and the root that was kept of it; yesterday without arguments. Raises `ValueError`."""
    today = clock.day(clock.now())
    on, kept = arguments or (str(today - timedelta(days=1)), None)
    day = date.fromisoformat(on)
    if day >= today:
        raise ValueError(on)
    return day, kept


def _walk(database: Database, day: date) -> Walked:
    store = connect(database.name)
    found = list(logs(database, store, (clock.end_of(day),)))
    return Walked(database, store, found, seals.root(at(found, 0)))


def _holds(kept: str, day: date, walked: list[Walked]) -> bool:
    """Whether a root that was kept is that of one of the databases; if not, say what the lists of the nights say."""
    same = [one.database.name for one in walked if one.root == kept]
    if same:
        print(f"the root of {day} holds: {same[0]}")
        return True
    print(f"the root of {day} does not hold")
    listing = [one for one in walked if any(each.name == seals.SEALS for each in one.database.collections)]
    sound = [one for one in listing if seals.root(seals.listed(one.store, day)) == kept]
    for one in sound or listing:
        _explain(day, one)
    named = [f"the nights of {one.database.name} list what led to it" for one in sound]
    print(*(named or ["no list of the nights leads to it"]), sep="\n")
    return False


def _explain(day: date, one: Walked) -> None:
    """Name each log that is not as it was listed. A list from which the root follows was not tampered with."""
    for found in seals.differences(one.store, day, at(one.logs, 0)):
        print(f"{one.database.name}: {found.path}: {found.how}, from version {found.version} on")


if __name__ == "__main__":
    must_fit()
    sys.exit(main())
