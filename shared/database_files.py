"""SQLite files that several processes of one machine read and write: how they are opened, and how a turn is taken."""

from __future__ import annotations

import logging
import sqlite3
import time
from pathlib import Path

from shared.errors import Busy

log = logging.getLogger(__name__)

WAIT = 10.0
"""Seconds in which another process must be done before whoever waits for it is told to come back."""
GLANCE = 0.0003
"""Seconds between two looks whether that process is done. SQLite's own pauses grow to a tenth of a second, in which
the file lies idle while everybody waits."""
PAGES = 4_000
"""Pages (16 MB) that the write-ahead log may hold before whoever commits carries them into the file, and waits for the
disk twice more. Most changes touch the same pages again and again: of a longer log fewer are carried, and seldom."""


def opened(file: Path) -> sqlite3.Connection:
    """A connection with a write-ahead log, on which nothing begins by itself. Raises `Busy`."""
    new = sqlite3.connect(file, isolation_level=None, timeout=0, cached_statements=256, check_same_thread=False)
    once_free(new, "PRAGMA journal_mode = WAL")
    new.execute(f"PRAGMA wal_autocheckpoint = {PAGES}")
    new.execute(f"PRAGMA busy_timeout = {WAIT * 1000:.0f}")
    return new


def once_free(connection: sqlite3.Connection, statement: str) -> None:
    """Execute what only one process at a time may, as soon as no other does. Raises `Busy`.

    SQLite itself does not wait where two open a new file at the same moment: each would wait for the other.
    """
    until = time.monotonic() + WAIT
    while True:
        try:
            connection.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise Busy() from error
        time.sleep(GLANCE)


def carry(connection: sqlite3.Connection) -> None:
    """Carry the write-ahead log into the file and leave none of it: what a commit replaced or removed lies in it still.

    Where that cannot be done, or somebody reads for longer than anybody waits, it is logged and left to the next call:
    what was committed stays committed.
    """
    until = time.monotonic() + WAIT
    while not _carried(connection):
        if time.monotonic() > until:
            log.warning("what was removed still lies in a write-ahead log")
            return
        time.sleep(GLANCE)


def _carried(connection: sqlite3.Connection) -> bool:
    try:
        (held, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        return False
    return not held
