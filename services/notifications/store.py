"""Where messages lie, and who holds which case: the database `notifications`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache, partial
from itertools import islice

from services.notifications.domain.changes import WAITING, plan, redirect, wait_since, withheld
from services.notifications.domain.message import Message, Reason, Wanted
from services.notifications.domain.quiet import QuietHours
from services.notifications.domain.rules import Holder
from shared import bus
from shared.bus import Bus
from shared.codes import Channel
from shared.events import ClientChanged, stamp
from shared.store import AlreadyThere, Condition, Create, Page, Query, Store, connect, pages
from shared.store.journal import Journal

MOST = 200


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
        if not self.open(*plan(wanted, quiet=quiet, at=at)) and wanted.withheld is not None:
            self.change(wanted.id, partial(withheld, reason=wanted.withheld, by=by, at=at))

    def silence(self, case: str, channel: Channel, *, by: str, at: datetime) -> None:
        """Withhold what waits to be sent to the client of a case over a channel."""
        for message in self._of(case):
            if message.status in WAITING and message.channel is channel and message.person is not None:
                self.change(message.id, partial(withheld, reason=Reason.NO_CONSENT, by=by, at=at))

    def redirect(self, event: ClientChanged, *, quiet: QuietHours, at: datetime) -> None:
        """Plan anew how the client of a case is told what waits."""
        way = event.model_dump(include={"channel", "language", "shared_phone"})
        for message in self._of(event.case):
            self.change(message.id, partial(redirect, **way, quiet=quiet, by=event.id, at=at))

    def _of(self, case: str) -> list[Message]:
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
        path = f"holders/{holder.case}.{holder.version}"
        try:
            self._store.commit([Create(path, holder.model_dump(mode="json"))])
        except AlreadyThere:
            return

    def of(self, case: str) -> Holder:
        """Who holds the case now: nobody, when nothing was heard of it."""
        latest = self._store.query(Query("holders", where=(("case", "==", case),), order=("-version",), limit=1))
        return next((Holder.model_validate(one.body) for one in latest.items), Holder(case=case))


@cache
def messages() -> Messages:
    """The messages of this process, opened once."""
    return Messages(connect("notifications"), bus.connect())


@cache
def holders() -> Holders:
    """The holders of this process, opened once."""
    return Holders(connect("notifications"))
