"""Idempotent POSTs: the answer is kept in the same commit as its effect, so that there are never two effects.

Follows the IETF draft "The Idempotency-Key HTTP Header Field". Answers hold ids and codes only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from shared.errors import KeyReused
from shared.events import stamp
from shared.store import Create, Store

KEPT = timedelta(days=2)


class Kept(NamedTuple):
    """An answer given before."""

    status: int
    body: Any
    version: int | None
    location: str | None


@dataclass(frozen=True, slots=True)
class Once:
    """One idempotency key of one caller on one path, and the fingerprint of the body it came with."""

    name: str
    fingerprint: str

    @property
    def path(self) -> str:
        """Where the answer under this key is kept."""
        return f"answers/{self.name}"

    def keep(self, status: int, body: Any, *, version: int | None, at: datetime, location: str | None = None) -> Create:
        """The write that keeps this answer; it belongs into the commit of the effect."""
        return Create(
            self.path,
            {
                "fingerprint": self.fingerprint,
                "status": status,
                "body": body,
                "version": version,
                "location": location,
                "expires_at": stamp(at + KEPT),
            },
        )

    def kept(self, store: Store) -> Kept | None:
        """What was answered before, or None. Raises `KeyReused` for another body. One read."""
        held = store.get(self.path)
        if held is None:
            return None
        if held["fingerprint"] != self.fingerprint:
            raise KeyReused()
        return Kept(held["status"], held["body"], held["version"], held.get("location"))
