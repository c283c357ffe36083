"""The record of looks: who was shown which cases, when and why, and who was refused. Hash-chained."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable
from datetime import datetime

from shared.events import CasesLookedAt, stamp
from shared.identity import Actor
from shared.policy import Action
from shared.store import Condition, Create, Page, Put, Query, Store
from shared.store.journal import FIRST, entry_of

REFUSED = "refused"


class Looks:
    """The looks of one process form one chain: no two processes ever write to the same."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._subject = f"looks-{secrets.token_hex(8)}"
        self._version, self._head = 0, FIRST
        self._lock = threading.Lock()

    def record(self, actor: Actor, action: Action, cases: Iterable[str], *, why: str, at: datetime) -> None:
        """Return when the look is on record: only then may anything be shown. Two writes."""
        with self._lock:
            version = self._version + 1
            look = CasesLookedAt(
                subject=self._subject,
                version=version,
                at=at,
                by=actor.id,
                cases=tuple(cases),
                action=action.value,
                reason=why,
            )
            entry = entry_of(look, self._head)
            path = f"looks/{self._subject}"
            head = {"version": version, "head": entry["hash"], "at": stamp(at)}
            self._store.commit([Create(f"{path}/events/{version}", entry), Put(path, head)])
            self._version, self._head = version, entry["hash"]

    def of(self, case: str, *, limit: int, after: str | None) -> Page:
        """Log entries of the looks at one case, newest first."""
        where: tuple[Condition, ...] = (("cases", "contains", case),)
        return self._store.query(Query("*/events", where=where, order=("-at",), limit=limit, after=after))
