"""Going through all looks, page by page in the order in which they were written down: each is checked once.

After each page it is kept how far this came and what was found on it, in one write: a kill costs a page, and the next
run goes on there. A round begins with the report of the last one, in the same commit, so that no report says what
another has said; a run that was still at the old round adds to what nobody reads any more.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.cases.audit.looks import Recheck
from shared.events import At, CasesLookedAt, stamp
from shared.store import Body, Condition, Create, Delete, Document, Page, Put, Query, Store, Write, cursor
from shared.store.lines import event_of

PAGE = 200
PATIENCE = 200.0
"""Seconds after which a run begins no further page: the night has more to do, and the next run goes on."""
SHOWN = 500
"""Deviations that are named; all of them are counted."""

FIRST = "first"

Row = dict[str, Any]


class Round(BaseModel):
    """How far the looks are checked, and what was found since the last report."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    after: str
    """The report with which it began."""
    since: At
    """What was before was checked before there were rounds."""
    at: str = ""
    path: str = ""
    """The last look that was checked."""
    behind: bool = False
    """Whether the last run left looks to the next."""
    looks: int = 0
    deviations: int = 0
    rows: tuple[Row, ...] = ()

    def then(self, page: Page, found: Sequence[Row]) -> Round:
        """After the looks of this page."""
        last = page.items[-1]
        came = {"at": last.body["at"], "path": last.path, "behind": page.next is not None}
        return self.model_copy(update={**came, **self._with(len(page.items), found)})

    def also(self, found: Sequence[Row]) -> Round:
        """With what was found of a look that came late."""
        return self.model_copy(update=self._with(1, found))

    def passed(self, look: Document) -> bool:
        """Whether a look lies before the place at which it goes on: it will not come upon it."""
        at: str = look.body["at"]
        return at < stamp(self.since) or (at, look.path) <= (self.at, self.path)

    def _with(self, looks: int, found: Sequence[Row]) -> Body:
        rows = (*self.rows, *found)[:SHOWN]
        return {"looks": self.looks + looks, "deviations": self.deviations + len(found), "rows": rows}


def current(store: Store, report: str, since: datetime) -> Round:
    """The round that goes on since that report, which was the last; a first one where none was kept."""
    held = store.get(f"rechecks/{report}")
    return Round(after=report, since=since) if held is None else Round.model_validate(held)


def go_on(store: Store, now: Round, recheck: Recheck, ends: datetime) -> Round:
    """The round after all looks until `ends`, or after as many as there was time for. Kept after each page."""
    until = time.monotonic() + PATIENCE
    while (page := store.query(_looks(now, ends))).items:
        now = now.then(page, checked(recheck, page.items))
        store.commit([Put(f"rechecks/{now.after}", now.model_dump(mode="json"))])
        if not now.behind or time.monotonic() > until:
            break
    return now


def checked(recheck: Recheck, lines: Sequence[Document]) -> list[Row]:
    """What deviates among these looks."""
    looks = [event for line in lines if isinstance(event := event_of(line.body), CasesLookedAt)]
    return [one._asdict() for one in recheck.of(looks)]


def begins(now: Round, report: str) -> tuple[Write, ...]:
    """The writes with which the next round begins where this one is, which is told in this report, and over."""
    anew = Round(after=report, since=now.since, at=now.at, path=now.path)
    return Create(f"rechecks/{report}", anew.model_dump(mode="json")), Delete(f"rechecks/{now.after}")


def _looks(now: Round, ends: datetime) -> Query:
    where: tuple[Condition, ...] = (
        ("type", "==", CasesLookedAt.type),
        ("at", ">=", stamp(now.since)),
        ("at", "<", stamp(ends)),
    )
    query = Query("*/events", where, ("at",), PAGE)
    if not now.path:
        return query
    after = cursor(query, Document(now.path, {"at": now.at}))
    return Query(query.collection, query.where, query.order, query.limit, after)
