"""Idempotent POSTs: the answer is kept in the same commit as its effect, so that there are never two effects.

Follows the IETF draft "The Idempotency-Key HTTP Header Field". Answers hold ids and codes only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.errors import KeyReused
from shared.events import stamp
from shared.store import Create, Store

KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Once:
    """One idempotency key of one caller on one path, and the fingerprint of the body it came with."""

    name: str
    fingerprint: str

    @property
    def path(self) -> str:
        return f"answers/{self.name}"

    def keep(self, status: int, body: Any, *, version: int | None, at: datetime) -> Create:
        """The write that keeps this answer; it belongs into the commit of the effect."""
        return Create(
            self.path,
            {
                "fingerprint": self.fingerprint,
                "status": status,
                "body": body,
                "version": version,
                "expires_at": stamp(at + KEPT),
            },
        )

    def kept(self, store: Store) -> tuple[int, Any, int | None] | None:
        """Status, body and version answered before, or None. Raises `KeyReused` for another body. One read."""
        held = store.get(self.path)
        if held is None:
            return None
        if held["fingerprint"] != self.fingerprint:
            raise KeyReused()
        return held["status"], held["body"], held["version"]
