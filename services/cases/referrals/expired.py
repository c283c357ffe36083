"""What ends with releases that have run out: each day that is over is looked at once, however many nights were missed.

How far this came is kept after each page that holds something, and at the end: a run that is killed, or whose time is
up, leaves the next one no more than that to do again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from services.cases.domain.case import Case
from services.cases.referrals import handlers
from services.cases.store import Desk
from shared import clock
from shared.store import Condition, Document, Page, Put, Query, cursor

PAGE = 200
LOOKED = "looked/releases"


class Looked(BaseModel):
    """How far it came. Ids and days only."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    day: date
    """Releases that ended before it were looked at."""
    path: str | None = None
    """Of those that ended on it, the last case that was."""
    waiting: tuple[str, ...] = ()
    """Cases whose processing is restricted: they are looked at again, night by night, until it is not."""

    def then(self, page: Page, waiting: Iterable[str]) -> Looked:
        """After a page of the cases with a release that ended on that day."""
        waits = tuple(sorted({*self.waiting, *waiting}))
        if page.next is None:
            return Looked(day=self.day + timedelta(days=1), waiting=waits)
        return Looked(day=self.day, path=page.items[-1].path, waiting=waits)


def stop_expired(*, desk: Desk, at: datetime, by: str) -> dict[str, int]:
    """Stop what is open under releases that have run out; how many referrals that were. A repeat finds it done.

    In a restricted case nothing is done but keep it: what is open there ends the first night afterwards.
    """
    today = clock.day(at)
    now = _looked(today, desk)
    stopped, waiting = _stop(desk.states(now.waiting).values(), desk=desk, at=at, by=by)
    now = now.model_copy(update={"waiting": waiting})
    while now.day < today:
        page = _ended(now, desk)
        more, waiting = _stop((desk.cases.state(one.body) for one in page.items), desk=desk, at=at, by=by)
        stopped, now = stopped + more, now.then(page, waiting)
        if page.items or now.day == today:
            desk.store.commit([Put(LOOKED, now.model_dump(mode="json"))], durably=False)
    return {"stopped": stopped}


def _looked(today: date, desk: Desk) -> Looked:
    """How far it came; from the day of the first case on where it never was, or the clock was ahead of what it is."""
    held = desk.store.get(LOOKED)
    if held is not None and (last := Looked.model_validate(held)).day <= today:
        return last
    first = desk.store.query(Query("cases", (), ("opened_at",), 1)).items
    return Looked(day=desk.cases.state(first[0].body).opened_on if first else today)


def _ended(now: Looked, desk: Desk) -> Page:
    """The next cases with a release that ended on that day and was not taken back."""
    where: tuple[Condition, ...] = (("releases_end", "contains", now.day.isoformat()),)
    query = Query("cases", where, (), PAGE)
    return desk.store.query(replace(query, after=now.path and cursor(query, Document(now.path, {}))))


def _stop(cases: Iterable[Case], *, desk: Desk, at: datetime, by: str) -> tuple[int, tuple[str, ...]]:
    """How many referrals of these cases were stopped, and which cases wait until they are free."""
    stopped, waiting = 0, []
    for case in cases:
        if case.restricted and case.erased_at is None:
            waiting.append(case.id)
        else:
            stopped += handlers.stop_unreleased(case.id, desk=desk, at=at, by=by)
    return stopped, tuple(waiting)
