"""The dead letters of the embedded bus: what could not be delivered, why, and delivering it after all."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass

from shared.bus.local import LocalBus

REVIVE = """
INSERT INTO deliveries (subscription, subject, message, data, attributes, due, state)
SELECT subscription, subject, message, data, attributes, :due,
    CASE WHEN subject <> '' AND EXISTS (
        SELECT 1 FROM deliveries AS other
        WHERE other.subscription = dead_letters.subscription AND other.subject = dead_letters.subject
    ) THEN 'behind' ELSE 'ready' END
FROM dead_letters WHERE id = :id
"""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One dead letter as it may be shown: never its data."""

    id: int
    subscription: str
    event: str
    type: str
    subject: str
    attempts: int
    status: int
    reason: str
    died_at: str


class DeadLetters:
    """Lists and replays."""

    def __init__(self, bus: LocalBus) -> None:
        self._bus = bus

    def listed(self, *, subscription: str | None = None, id: int | None = None) -> list[DeadLetter]:
        """All dead letters, those of one subscription, or one; oldest first."""
        rows = self._bus.file.connection(durable=False).execute(
            "SELECT * FROM dead_letters WHERE (:subscription IS NULL OR subscription = :subscription)"
            " AND (:id IS NULL OR id = :id) ORDER BY id",
            {"subscription": subscription, "id": id},
        )
        return [_shown(row) for row in rows]

    def replay(self, *, subscription: str | None = None, id: int | None = None) -> list[DeadLetter]:
        """Put dead letters back into delivery, with all their attempts before them; those that were put back."""
        with self._bus.file.transaction() as connection:
            alive = {row["name"] for row in connection.execute("SELECT DISTINCT name FROM subscriptions")}
            chosen = [
                letter for letter in self.listed(subscription=subscription, id=id) if letter.subscription in alive
            ]
            for letter in chosen:
                connection.execute(REVIVE, {"id": letter.id, "due": time.time()})
                connection.execute("DELETE FROM dead_letters WHERE id = ?", (letter.id,))
        self._bus.bell.ring()
        return chosen


def _shown(row: sqlite3.Row) -> DeadLetter:
    attributes = json.loads(row["attributes"])
    return DeadLetter(
        id=row["id"],
        subscription=row["subscription"],
        event=attributes.get("id", ""),
        type=attributes.get("type", ""),
        subject=row["subject"],
        attempts=row["attempts"],
        status=row["status"],
        reason=row["reason"],
        died_at=row["died_at"],
    )
