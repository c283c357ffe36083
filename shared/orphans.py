"""Persons of whom nobody may know: kept in the vault for something that then was never written.

All who were kept are looked at once, from the first on, and never before a day is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from shared.events import stamp
from shared.store import Body, Document, Put, Query, Store, cursor

AFTER = timedelta(hours=24)
PAGE = 200
MOST = 5
"""Pages that one run looks at: a run that was missed, for however long, is made up for by some more of them."""


def unseen(store: Store, name: str, *, at: datetime) -> Iterator[list[Document]]:
    """Page by page, who was kept since the last time that this was asked by this name, up to a day ago.

    A page counts as seen once the next is asked for: what breaks off before is given again. One query for each, one
    read before and one write behind.
    """
    query = Query("persons", (("kept_at", "<", stamp(at - AFTER)),), ("kept_at",), PAGE)
    last = store.get(_path(name))
    query = replace(query, after=None if last is None else _behind(last, query))
    for _ in range(MOST):
        page = store.query(query)
        if page.items:
            yield page.items
            _keep(store, name, page.items[-1])
        if page.next is None:
            return
        query = replace(query, after=page.next)


def _behind(last: Body, query: Query) -> str | None:
    """Where it goes on; from the first, where the clock was ahead of what it is now."""
    ((_, _, until),) = query.where
    return None if last["kept_at"] >= until else cursor(query, Document(last["path"], last))


def _keep(store: Store, name: str, last: Document) -> None:
    """A place that a crash takes with it is found again: whoever lies behind it is seen once more."""
    store.commit([Put(_path(name), {"kept_at": last.body["kept_at"], "path": last.path})], durably=False)


def _path(name: str) -> str:
    return f"looked/{name}"
