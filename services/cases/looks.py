"""The record of looks: who was shown which cases, when and why, and who was refused. Hash-chained."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from shared.events import CasesLookedAt, stamp
from shared.identity import Actor
from shared.policy import Action
from shared.store import AlreadyThere, Condition, Create, Page, Put, Query, Store
from shared.store.journal import FIRST, entry_of

REFUSED = "refused"


class Looks:
    """The looks of one process form one chain: no two processes ever write to the same."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._begin()

    def record(self, actor: Actor, action: Action, cases: Iterable[str], *, why: str, at: datetime) -> None:
        """Return when the look is on record: only then may anything be shown. Two writes."""
        said = {"at": at, "by": actor.id, "cases": tuple(cases), "action": action.value, "reason": why}
        with self._lock:
            try:
                self._write(said)
            except AlreadyThere:  # a commit whose answer was lost had happened, or this process was forked
                self._begin()
                self._write(said)

    def _begin(self) -> None:
        self._subject, self._version, self._head = f"looks-{secrets.token_hex(8)}", 0, FIRST

    def _write(self, said: Mapping[str, Any]) -> None:
        look = CasesLookedAt(subject=self._subject, version=self._version + 1, **said)
        entry = entry_of(look, self._head)
        path = f"looks/{self._subject}"
        head = {"version": look.version, "head": entry["hash"], "at": stamp(look.at)}
        self._store.commit([Create(f"{path}/events/{look.version}", entry), Put(path, head)])
        self._version, self._head = look.version, entry["hash"]

    def of(self, case: str, *, limit: int, after: str | None) -> Page:
        """Log entries of the looks at one case, newest first."""
        where: tuple[Condition, ...] = (("cases", "contains", case),)
        return self._store.query(Query("*/events", where=where, order=("-at",), limit=limit, after=after))
