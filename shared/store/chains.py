"""Every log of a database, checked: broken chains, cut-off tails, subjects and logs that lost each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from shared.store import Query, Store, pages
from shared.store.catalogue import Database
from shared.store.journal import verify


class Log(NamedTuple):
    """The log under a subject: the hash of its last line, and the first version that does not hold."""

    path: str
    head: str
    broken: int | None


def logs(database: Database, store: Store) -> Iterator[Log]:
    """Every log of the database. One query for each subject, and one look at every line."""
    known: set[str] = set()
    for collection in database.collections:
        if collection.group:
            continue
        for subject in pages(store, Query(collection.name, limit=200)):
            if "head" in subject.body:
                known.add(subject.path)
                yield Log(subject.path, subject.body["head"], verify(store, subject.path))
    yield from _orphans(store, known)


def _orphans(store: Store, known: set[str]) -> Iterator[Log]:
    """Logs whose subject was removed, or no longer says that it has one."""
    lost: set[str] = set()
    for line in pages(store, Query("*/events", limit=200)):
        path = line.path.rpartition("/events/")[0]
        if path not in known and path not in lost:
            lost.add(path)
            if "head" not in (store.get(path) or {}):  # or it was begun after we had passed
                yield Log(path, "", 1)


def root(heads: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> str:
    """One hash over the heads of all logs: whoever kept it elsewhere can tell that no history was rewritten."""
    said = "\n".join(f"{path} {head}" for path, head in sorted(heads))
    return hashlib.sha256(said.encode()).hexdigest()
