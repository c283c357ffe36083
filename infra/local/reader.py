"""Reads the logs of the databases into the bus: embedded, what is committed is published by that.

A request so waits for one commit and tells nobody; and since the place up to which a log was read is written in the
transaction that puts its events into delivery, each is put there once, whatever is killed meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from shared.bus import message_of
from shared.bus.local import File, fan_out
from shared.events import CATALOGUE
from shared.store import Body
from shared.store.sqlite import SqliteStore

MOST = 200
"""Entries that are read at once."""

ON_THE_WAY = "SELECT '' AS name, count(*) AS waits FROM deliveries UNION ALL SELECT name, place FROM logs"
PLACE = "SELECT place FROM logs WHERE name = ?"
MOVED = "INSERT INTO logs (name, place) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET place = excluded.place"


class Reader:
    """The logs of these databases, by name, on their way into the file of the bus."""

    def __init__(self, file: File, logs: Mapping[str, SqliteStore]) -> None:
        self._file, self._logs = file, logs
        self._read = dict.fromkeys(logs, 0)
        with file.transaction() as connection:
            for name, log in logs.items():
                if _place(connection, name) is None:  # what came before there was a reader was published otherwise
                    connection.execute(MOVED, (name, log.end_of_log()))

    def read(self) -> None:
        """Put into delivery what was committed since the last time."""
        for name, log in self._logs.items():
            while self._read[name] < log.end_of_log():
                self._take(name, log)

    def undelivered(self) -> int:
        """How many deliveries there are still to make, and how many log entries to read.

        None of both means that all is done: what a delivery leads to is in a log before it counts as delivered.
        """
        connection = self._file.connection(durable=False)
        found: dict[str, int] = {row["name"]: row["waits"] for row in connection.execute(ON_THE_WAY)}
        return sum(log.end_of_log() - found[name] for name, log in self._logs.items()) + found[""]

    def _take(self, name: str, log: SqliteStore) -> None:
        with self._file.transaction() as connection:
            place = _place(connection, name) or 0
            entries = log.logged(place, MOST)
            fan_out(connection, (message_of(entry["type"], entry["event"]) for _, entry in entries if _is_told(entry)))
            place = entries[-1][0] if entries else place
            connection.execute(MOVED, (name, place))
        self._read[name] = place


def _place(connection: sqlite3.Connection, name: str) -> int | None:
    row = connection.execute(PLACE, (name,)).fetchone()
    return None if row is None else int(row["place"])


def _is_told(entry: Body) -> bool:
    return not CATALOGUE[entry["type"]].for_the_record
