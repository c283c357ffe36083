"""The facts in DuckDB, one file. What is appended waits on disk in an inbox, and goes over in bulk.

A columnar engine takes a thousand rows in the time of a few single ones: appending never opens it.
"""

from __future__ import annotations

import fcntl
import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from services.reporting.facts import COLUMNS, TABLE, Column, Rows, Statement, declared, values
from shared.errors import Busy
from shared.store import AlreadyThere, Create, Delete, Document, Query, Store, patiently

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from ibis import Table

    from services.reporting.domain.fact import Row

TYPES = {"STRING": "VARCHAR", "INTEGER": "BIGINT", "DATE": "DATE", "TIMESTAMP": "TIMESTAMPTZ"}
OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
AT_ONCE = 1000
"""Rows that go over together."""


class DuckFacts:
    """The facts of one machine. Any process may append and ask; those who ask take turns."""

    dialect, binds, keeps = "duckdb", "$", True
    _lock = threading.Lock()  # one for the process: two first calls at once open two of these

    def __init__(self, file: Path, inbox: Store) -> None:
        self._file, self._inbox = file, inbox

    def append(self, row: Row) -> None:
        try:
            self._inbox.commit([Create(f"inbox/{row['event_id']}", json.loads(json.dumps(row, default=str)))])
        except AlreadyThere:
            return

    @staticmethod
    def table() -> Table:
        return declared()

    def settle(self) -> int:
        settled = 0
        while waiting := self._inbox.query(Query("inbox", limit=AT_ONCE)).items:
            self._take(waiting)  # rows that another thread takes too are there once all the same
            settled += len(waiting)
        return settled

    def run(self, statements: Iterable[Statement]) -> list[Rows]:
        """To open the file takes longer than a small municipality's answers: it is opened once for all of them."""
        self.settle()
        with self._opened() as connection:
            return [_rows(connection, one) for one in statements]

    def _take(self, waiting: list[Document]) -> None:
        """Take rows over, then forget them: a kill in between takes them over again, and they are there already."""
        names = [column.name for column in COLUMNS]
        rows = [dict(zip(names, values(document.body), strict=True)) for document in waiting]
        with self._opened() as connection:
            connection.execute(TAKE, [json.dumps(rows), STRUCTURE])
        self._inbox.commit([Delete(document.path) for document in waiting])

    @contextmanager
    def _opened(self) -> Iterator[DuckDBPyConnection]:
        """The file, for one use at a time. Raises `Busy` where somebody who takes no turn has it for too long."""
        with self._lock, self._turn(), self._connected() as connection:
            yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Among processes, whoever waits is woken when the other has its answer, however long that took."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.with_suffix(".turn").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)  # given back with the file, or by a kill
            yield

    @contextmanager
    def _connected(self) -> Iterator[DuckDBPyConnection]:
        import duckdb

        for _ in patiently():
            try:
                connection = duckdb.connect(self._file, config=OFFLINE)
            except duckdb.IOException as error:
                if "lock" not in str(error):
                    raise
                continue
            with connection:
                connection.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} ({', '.join(map(_column, COLUMNS))})")
                for column in LATER:
                    connection.execute(f"ALTER TABLE {TABLE} ADD COLUMN IF NOT EXISTS {_column(column)}")
                yield connection
            return
        raise Busy()


def _rows(connection: DuckDBPyConnection, statement: Statement) -> Rows:
    keeping = f"CREATE OR REPLACE TEMP TABLE {statement.kept_as} AS " if statement.kept_as else ""
    found = connection.execute(keeping + statement.text, dict(statement.values))
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _type(column: Column) -> str:
    return f"{TYPES[column.type]}{'[]' if column.repeated else ''}"


def _column(column: Column) -> str:
    key = " PRIMARY KEY" if column is COLUMNS[0] else ""  # the only constraint: whatever it refuses is a repeat
    return f'"{column.name}" {_type(column)}{key}'


LATER = tuple(column for column in COLUMNS if column.name in {"about", "legal_domains", "withdraws"})
"""Columns that a file from before does not have: each at the end, in this order."""

STRUCTURE = json.dumps([{column.name: _type(column) for column in COLUMNS}])
TAKE = f"INSERT OR IGNORE INTO {TABLE} SELECT unnest(from_json(?, ?), recursive := true)"
