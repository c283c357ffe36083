"""The record of looks: who was shown which cases, when and why, and who was refused. Hash-chained."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from shared.bus import Bus
from shared.events import LookedAt, stamp
from shared.identity import Actor
from shared.policy import Action
from shared.store import AlreadyThere, Body, Condition, Create, Page, Put, Query, Store
from shared.store.lines import FIRST, entry_of
from shared.store.outbox import publish

REFUSED = "refused"

CASE = re.compile(r"case-[0-9a-z]{1,40}")
"""What the id of a case looks like. Whoever is refused may have asked for anything: nothing else is written down."""


class Looks:
    """The looks of one process form one chain: no two processes ever write to the same."""

    def __init__(self, store: Store, bus: Bus, kind: type[LookedAt]) -> None:
        self._store, self._bus, self._kind = store, bus, kind
        self._lock = threading.Lock()
        self._begin()

    def record(self, actor: Actor, action: Action, cases: Iterable[str], *, why: str, at: datetime) -> None:
        """Return when the look is on record: only then may anything be shown. Two writes.

        It is told to whoever listens, if its kind is published: now, or by the sweep.
        """
        said = {"at": at, "by": actor.id, "cases": tuple(cases), "action": action.value, "reason": why}
        with self._lock:
            try:
                line = self._write(said)
            except AlreadyThere:  # a commit whose answer was lost had happened, or this process was forked
                self._begin()
                line = self._write(said)
        publish(self._store, self._bus, line)

    def refuse(self, actor: Actor, action: Action, case: str | None, *, at: datetime) -> None:
        """Record that somebody was refused, and at which case, where she named one."""
        named = () if case is None or CASE.fullmatch(case) is None else (case,)
        self.record(actor, action, named, why=REFUSED, at=at)

    def hear(self, look: LookedAt, *, at: datetime) -> None:
        """Take down a look that is on another service's record, in a chain of its own. A repeat finds it there.

        However late it is heard, its line is one of the day on which it is: whoever goes on from where she was
        comes upon it.
        """
        said = {"at": at, "looked_at": look.at, **look.model_dump(include={"by", "cases", "action", "reason"})}
        try:
            self._commit(self._kind(subject=f"heard-{look.id}", version=1, **said), FIRST, Create)
        except AlreadyThere:
            return

    def of(self, case: str, *, limit: int, after: str | None) -> Page:
        """Log entries of the looks at one case, newest first."""
        where: tuple[Condition, ...] = (("cases", "contains", case),)
        return self._store.query(Query("*/events", where=where, order=("-at",), limit=limit, after=after))

    def _begin(self) -> None:
        self._subject, self._version, self._head = f"looks-{secrets.token_hex(8)}", 0, FIRST

    def _write(self, said: Mapping[str, Any]) -> tuple[str, Body]:
        look = self._kind(subject=self._subject, version=self._version + 1, **said)
        path, entry = self._commit(look, self._head, Put)
        self._version, self._head = look.version, entry["hash"]
        return path, entry

    def _commit(self, look: LookedAt, previous: str, head: type[Create | Put]) -> tuple[str, Body]:
        entry = entry_of(look, previous, published=self._bus.wake is not None)  # where it reads the log itself
        path = f"looks/{look.subject}"
        line = f"{path}/events/{look.version}"
        kept = {"version": look.version, "head": entry["hash"], "at": stamp(look.at)}
        self._store.commit([Create(line, entry), head(path, kept)])
        return line, entry
