"""Where messages lie, who holds which case, and what its client wishes: the database `notifications`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cache, partial
from itertools import islice

from services.notifications.domain.changes import heed, plan, superseded, wait_since
from services.notifications.domain.holding import Holder
from services.notifications.domain.message import Message, Wanted
from services.notifications.domain.quiet import QuietHours
from services.notifications.domain.wishes import Wish, others
from shared import bus
from shared.bus import Bus
from shared.events import MessagesLookedAt, stamp
from shared.looks import Looks
from shared.store import AlreadyThere, Condition, Create, Page, Query, Store, connect, pages
from shared.store.journal import Journal

MOST = 200
FURTHER = 2
"""Mergers are one deep: from a case that ended over the one that goes on to the others that ended for it."""


class Messages(Journal[Message]):
    """All messages, with the queries that this service asks."""

    def __init__(self, store: Store, bus: Bus) -> None:
        super().__init__(store, bus, "messages", Message)

    def of_case(self, case: str, *, limit: int, after: str | None) -> Page:
        """The messages about a case, newest first."""
        return self._store.query(
            Query("messages", where=(("case", "==", case),), order=("-planned_at",), limit=limit, after=after)
        )

    def void(self, wanted: Wanted, *, quiet: QuietHours, by: str, at: datetime) -> None:
        """Withhold a message, even one that is still to be planned: whoever comes to plan it finds it withheld."""
        if not self.open(*plan(wanted, quiet=quiet, at=at)):
            self.change(wanted.id, partial(superseded, by=by, at=at))

    def heed(self, case: str, wishes: Collection[Wish], *, quiet: QuietHours, by: str, at: datetime) -> None:
        """Have what waits about a case be as its client wishes."""
        for message in self.all_of(case):
            self.change(message.id, partial(heed, wishes=wishes, quiet=quiet, by=by, at=at))

    def all_of(self, case: str) -> list[Message]:
        """All messages about a case, the newest first: a query for every two hundred."""
        query = Query("messages", (("case", "==", case),), ("-planned_at",), MOST)
        return [self.state(document.body) for document in pages(self._store, query)]

    def due(self, at: datetime, *, most: int) -> list[Message]:
        """Messages that wait for the sweep at this time, at most so many of each status, the oldest first."""
        return [message for status, by in wait_since(at).items() for message in islice(self._waiting(status, by), most)]

    def _waiting(self, status: str, by: datetime) -> Iterator[Message]:
        where: tuple[Condition, ...] = (("status", "==", status), ("due_at", "<=", stamp(by)))
        query = Query("messages", where, ("due_at",), MOST)
        return (self.state(document.body) for document in pages(self._store, query))


class Holders:
    """Who held a case, one document per event that changed it: neither order nor repeats matter."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, holder: Holder) -> None:
        """Keep who held the case from this version on. A repeat finds it there."""
        _keep(self._store, f"holders/{holder.case}.{holder.version}", holder)

    def of(self, case: str) -> Holder:
        """Who holds the case now: nobody, when nothing was heard of it."""
        latest = self._store.query(Query("holders", where=(("case", "==", case),), order=("-version",), limit=1))
        return next((Holder.model_validate(one.body) for one in latest.items), Holder(case=case))


class Wishes:
    """What the client of a case wished, one document per event that says so: as with its holders."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, wish: Wish) -> None:
        """Keep what she wished. A repeat finds it there."""
        _keep(self._store, f"wishes/{wish.case}.{wish.version}", wish)

    def of(self, case: str | None) -> list[Wish]:
        """All that she wished so far, and what she took back in cases that are merged with this one.

        One query, and one for each of those; none where there is no case.
        """
        return [] if case is None else self.hers(case)[case]

    def hers(self, case: str) -> dict[str, list[Wish]]:
        """The same for each of her cases: this one, and those that are merged with it."""
        said = self._of_each(case)
        taken_back = [one for wishes in said.values() for one in wishes if one.silences is not None]
        return {one: [*wishes, *(other for other in taken_back if other.case != one)] for one, wishes in said.items()}

    def _of_each(self, case: str) -> dict[str, list[Wish]]:
        """What was said in this case, in those merged with it, and in those that were merged into one of these.

        One of the two sides that were merged or separated may not have been heard yet: either is enough.
        """
        found = {case: self._said(case)}
        for _ in range(FURTHER):
            for here, near in [(here, others(said)) for here, said in found.items()]:
                for other in near - found.keys():
                    said = self._said(other)
                    if here not in others(said, together=False):
                        found[other] = said
        return found

    def _said(self, case: str) -> list[Wish]:
        query = Query("wishes", (("case", "==", case),), ("version",), MOST)
        return [Wish.model_validate(one.body) for one in pages(self._store, query)]


def _keep(store: Store, path: str, told: Holder | Wish) -> None:
    try:
        store.commit([Create(path, told.model_dump(mode="json"))])
    except AlreadyThere:
        return


@cache
def messages() -> Messages:
    """The messages of this process, opened once."""
    return Messages(connect("notifications"), bus.connect())


@cache
def holders() -> Holders:
    """The holders of this process, opened once."""
    return Holders(connect("notifications"))


@cache
def looks() -> Looks:
    """The looks of this process, opened once."""
    return Looks(connect("notifications"), bus.connect(), MessagesLookedAt)


@cache
def wishes() -> Wishes:
    """The wishes of this process, opened once."""
    return Wishes(connect("notifications"))
