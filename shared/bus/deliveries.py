"""The receiving side of the embedded bus: at least once, in order per subject, with back-off and dead letters."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.bus.local import File
from shared.events import stamp

# Of the subscription that waits longest and holds nothing: a function that hangs holds up its own, not those of others.
LONGEST_WAITING = """
SELECT name FROM (SELECT DISTINCT name FROM subscriptions) JOIN deliveries ON deliveries.id = (
    SELECT id FROM deliveries WHERE subscription = name AND state = 'ready' AND due <= :now ORDER BY due, id LIMIT 1
) WHERE NOT EXISTS (SELECT 1 FROM deliveries WHERE subscription = name AND state = 'held')
ORDER BY due, id LIMIT 1
"""

CLAIM = """
UPDATE deliveries SET state = 'held', attempts = attempts + 1 WHERE id IN (
    SELECT id FROM deliveries WHERE subscription = :subscription AND state = 'ready' AND due <= :now
    ORDER BY due, id LIMIT :most
) RETURNING id, subscription, subject, message, data, attributes, attempts
"""

NEXT = """
UPDATE deliveries SET state = 'ready' WHERE state = 'behind' AND id = (
    SELECT min(id) FROM deliveries WHERE subscription = :subscription AND subject = :subject
)
"""

BURY = """
INSERT INTO dead_letters (subscription, subject, message, data, attributes, attempts, status, reason, died_at)
SELECT subscription, subject, message, data, attributes, attempts, :status, :reason, :at
FROM deliveries WHERE id = :id
"""

# A kill is not the message's fault: the attempt that it cut short does not count.
GIVE_BACK = "UPDATE deliveries SET state = 'ready', attempts = attempts - 1 WHERE state = 'held'"


@dataclass(frozen=True, slots=True)
class Rules:
    """How often and how soon a delivery is tried again, and how many of one subscription are claimed together."""

    attempts: int
    first_pause: float
    longest_pause: float
    together: int = 16

    def pause(self, attempts: int) -> float:
        """Seconds until the next attempt after so many."""
        return min(self.first_pause * 2.0 ** (attempts - 1), self.longest_pause)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way to one subscription."""

    id: int
    subscription: str
    subject: str
    message: str
    data: bytes
    attributes: Mapping[str, str]
    attempts: int


class Deliveries:
    """What still has to be delivered. Times here are real ones, whatever the domain's clock says."""

    def __init__(self, file: File, rules: Rules) -> None:
        self._file, self._rules = file, rules

    def subscribe(self, wanted: Mapping[str, Sequence[str]]) -> None:
        """Make these the subscriptions: a name, and the prefixes of the types it hears. Others end here."""
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM subscriptions")
            pairs = [(name, prefix) for name, prefixes in wanted.items() for prefix in prefixes]
            connection.executemany("INSERT INTO subscriptions (name, prefix) VALUES (?, ?)", pairs)
            connection.execute("DELETE FROM deliveries WHERE subscription NOT IN (SELECT name FROM subscriptions)")

    def give_back(self) -> None:
        """Make everything that was held deliverable again: for the start, when nobody can be holding anything."""
        with self._file.transaction() as connection:
            connection.execute(GIVE_BACK)

    def claim(self) -> list[Delivery]:
        """The next deliveries that are due, all of one subscription and each of another subject; none when none is.

        They are held until they are acknowledged or refused; until then this subscription is given no more.
        """
        with self._file.transaction() as connection:
            now = {"now": time.time()}
            if (waiting := connection.execute(LONGEST_WAITING, now).fetchone()) is None:
                return []
            wanted = {**now, "subscription": waiting["name"], "most": self._rules.together}
            rows = connection.execute(CLAIM, wanted).fetchall()
        claimed = (Delivery(**{**dict(row), "attributes": json.loads(row["attributes"])}) for row in rows)
        return sorted(claimed, key=lambda delivery: delivery.id)

    def acknowledge(self, done: Sequence[Delivery]) -> None:
        """They are done. A kill just before this has them delivered again."""
        with self._file.transaction() as connection:
            for delivery in done:
                _take_away(connection, delivery)

    def refuse(self, delivery: Delivery, status: int, reason: str) -> bool:
        """Try again later, or bury it with this reason when it was tried often enough: True then."""
        dead = delivery.attempts >= self._rules.attempts
        with self._file.transaction() as connection:
            if dead:
                told = {"id": delivery.id, "status": status, "reason": reason, "at": stamp(datetime.now(UTC))}
                connection.execute(BURY, told)
                _take_away(connection, delivery)
            else:
                due = time.time() + self._rules.pause(delivery.attempts)
                connection.execute("UPDATE deliveries SET state = 'ready', due = ? WHERE id = ?", (due, delivery.id))
        return dead

    def undelivered(self) -> int:
        """How many deliveries there are still to make."""
        connection = self._file.connection(durable=False)
        return int(connection.execute("SELECT count(*) FROM deliveries").fetchone()[0])


def _take_away(connection: sqlite3.Connection, delivery: Delivery) -> None:
    connection.execute("DELETE FROM deliveries WHERE id = ?", (delivery.id,))
    if delivery.subject:
        connection.execute(NEXT, {"subscription": delivery.subscription, "subject": delivery.subject})
