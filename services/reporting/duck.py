"""The facts in DuckDB: one file, one process. What was appended is on disk when `append` returns."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from services.reporting.domain.fact import Row
from services.reporting.facts import COLUMNS, TABLE, Column, declared, values
from shared.errors import Busy

if TYPE_CHECKING:
    from ibis import Table

TYPES = {"STRING": "VARCHAR", "INTEGER": "BIGINT", "DATE": "DATE", "TIMESTAMP": "TIMESTAMPTZ"}
OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


class DuckFacts:
    """The facts of one machine. Safe among threads; a second process is told to come back."""

    dialect = "duckdb"

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = duckdb.connect(file, config=OFFLINE)
        except duckdb.IOException as error:  # another process has the file
            raise Busy() from error
        self._connection.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} ({', '.join(map(_column, COLUMNS))})")
        self._insert = f"INSERT INTO {TABLE} VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - no input
        self._appending = threading.Lock()

    def append(self, row: Row) -> None:
        with self._appending:
            try:
                self._connection.execute(self._insert, values(row))
            except duckdb.ConstraintException:
                return  # the event was here before; asking first would cost as much as appending

    @staticmethod
    def table() -> Table:
        return declared()

    def run(self, statement: str) -> list[dict[str, Any]]:
        with self._connection.cursor() as cursor:  # readers see what was there when they began, and wait for nobody
            found = cursor.execute(statement)
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def close(self) -> None:
        """Close the file, for whoever opens many in one process."""
        self._connection.close()


def _column(column: Column) -> str:
    key = " PRIMARY KEY" if column is COLUMNS[0] else ""  # the only constraint: whatever it refuses is a repeat
    return f'"{column.name}" {TYPES[column.type]}{"[]" if column.repeated else ""}{key}'
