"""The embedded bus: one SQLite file with the delivery rules of Pub/Sub. Here is publishing; `deliveries` receives."""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shared.bus import NotPublished, message
from shared.database_files import opened
from shared.events import Event

TABLES = """
CREATE TABLE IF NOT EXISTS subscriptions (
    name TEXT NOT NULL, prefix TEXT NOT NULL, PRIMARY KEY (name, prefix)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subscription TEXT NOT NULL,
    subject TEXT NOT NULL,
    message TEXT NOT NULL,
    data BLOB NOT NULL,
    attributes TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'held', 'behind')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_in_order ON deliveries (subscription, subject, id);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (subscription, due, id) WHERE state = 'ready';
CREATE INDEX IF NOT EXISTS deliveries_held ON deliveries (subscription) WHERE state = 'held';

CREATE TABLE IF NOT EXISTS logs (name TEXT PRIMARY KEY, place INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS dead_letters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subscription TEXT NOT NULL,
    subject TEXT NOT NULL,
    message TEXT NOT NULL,
    data BLOB NOT NULL,
    attributes TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    status INTEGER NOT NULL,
    reason TEXT NOT NULL,
    died_at TEXT NOT NULL
);
"""

# One row for each subscription that wants the type. Behind an earlier message of its subject it has to wait:
# messages without a subject have no order.
FAN_OUT = """
INSERT INTO deliveries (subscription, subject, message, data, attributes, due, state)
SELECT name, :subject, :message, :data, :attributes, :due,
    CASE WHEN :subject <> '' AND EXISTS (
        SELECT 1 FROM deliveries WHERE subscription = name AND subject = :subject
    ) THEN 'behind' ELSE 'ready' END
FROM (SELECT DISTINCT name FROM subscriptions WHERE substr(:type, 1, length(prefix)) = prefix)
"""


class File:
    """The bus's file. Safe among threads and processes of one machine."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._local = threading.local()
        self._writing = threading.Lock()  # queueing here is fair; SQLite's own waiting is not
        self.connection(durable=False).executescript(TABLES)

    def connection(self, *, durable: bool) -> sqlite3.Connection:
        """This thread's connection. What a durable one commits survives a power cut, and so does all before it."""
        held: dict[bool, sqlite3.Connection] = self._local.__dict__.setdefault("held", {})
        if durable not in held:
            new = opened(self._path)
            new.row_factory = sqlite3.Row
            new.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            held[durable] = new
        return held[durable]

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """One transaction: all or nothing, also when this process is killed in it."""
        connection = self.connection(durable=durable)
        with self._writing:
            connection.execute("BEGIN IMMEDIATE")
            with connection:  # commits, or rolls back
                yield connection

    def close(self) -> None:
        """Close this thread's connections, for whoever opens many files in one process."""
        for connection in self._local.__dict__.pop("held", {}).values():
            connection.close()


class Bell:
    """Wakes whoever waits for deliveries in this process. A ring between looking and waiting is not missed."""

    def __init__(self) -> None:
        self._rings = 0
        self._condition = threading.Condition()

    @property
    def rings(self) -> int:
        return self._rings

    def ring(self) -> None:
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def wait(self, heard: int, seconds: float) -> None:
        """Return at the first ring after `heard`, at the latest after `seconds`."""
        with self._condition:
            self._condition.wait_for(lambda: self._rings != heard, seconds)


class LocalBus:
    """Publishes into the file. Subscriptions lie there too, so every process of the machine may publish."""

    wake: Callable[[], None] | None = None

    def __init__(self, path: Path) -> None:
        self.file = File(path)
        self.bell = Bell()

    def publish(self, *events: Event) -> None:
        self._take(map(message, events))

    def publish_raw(self, data: bytes, attributes: Mapping[str, str]) -> None:
        """Publish any message, also one that nobody can decode. Durable on return. Raises `NotPublished`."""
        self._take([(data, attributes)])

    def _take(self, messages: Iterable[tuple[bytes, Mapping[str, str]]]) -> None:
        try:
            with self.file.transaction(durable=True) as connection:
                fan_out(connection, messages)
        except sqlite3.Error as error:
            raise NotPublished() from error
        self.bell.ring()


def fan_out(connection: sqlite3.Connection, messages: Iterable[tuple[bytes, Mapping[str, str]]]) -> None:
    """Put these messages into delivery, in this transaction of the bus's file."""
    connection.executemany(FAN_OUT, [_row(data, attributes) for data, attributes in messages])


def _row(data: bytes, attributes: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": attributes.get("type", ""),
        "subject": attributes.get("subject", ""),
        "message": secrets.token_hex(8),
        "data": data,
        "attributes": json.dumps(dict(attributes)),
        "due": time.time(),
    }
