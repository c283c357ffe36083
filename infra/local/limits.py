"""Counts of what came from whom, which all processes that serve share. An address is kept as a keyed hash only."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import threading
import time
from pathlib import Path

from limits.storage import Storage

from shared.database_files import opened

COUNTS = """
CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, count INTEGER NOT NULL, ends REAL NOT NULL) WITHOUT ROWID
"""
FORGET = "DELETE FROM counts WHERE ends <= ?"
COUNT = """
INSERT INTO counts VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET count = count + excluded.count
RETURNING count
"""


class Counts(Storage):
    """Windows of time with their counts, in a file that nobody needs after the end."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file, self._key = file, secrets.token_bytes(32)
        self._local = threading.local()

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count these; how many there are in the window that goes on, or begins now for so many seconds."""
        now = time.time()
        with self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(FORGET, (now,))
            (count,) = connection.execute(COUNT, (self._name(key), amount, now + expiry)).fetchone()
        return int(count)

    def get(self, key: str) -> int:
        """How many were counted in the window that goes on."""
        return int(self._window(key)[0])

    def get_expiry(self, key: str) -> float:
        """When the window ends: seconds since 1970."""
        return self._window(key)[1]

    def check(self) -> bool:
        """Whether it counts."""
        return bool(self._connection.execute("SELECT 1").fetchone())

    def reset(self) -> int:
        """Forget all windows; how many there were."""
        return self._connection.execute("DELETE FROM counts").rowcount

    def clear(self, key: str) -> None:
        """Forget this window."""
        self._connection.execute("DELETE FROM counts WHERE name = ?", (self._name(key),))

    def _window(self, key: str) -> tuple[int, float]:
        wanted = "SELECT count, ends FROM counts WHERE name = ? AND ends > ?"
        now = time.time()
        found: tuple[int, float] | None = self._connection.execute(wanted, (self._name(key), now)).fetchone()
        return found or (0, now)

    def _name(self, key: str) -> str:
        return hashlib.blake2b(key.encode(), key=self._key, digest_size=16).hexdigest()

    @property
    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self._local, "connection"):
            new = opened(self._file)
            new.execute("PRAGMA synchronous = OFF")
            new.execute(COUNTS)
            self._local.connection = new
        found: sqlite3.Connection = self._local.connection
        return found
