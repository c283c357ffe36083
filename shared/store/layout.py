"""How the tables of a database lie in a SQLite file: as the catalogue declares, whatever an earlier release left."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from shared.store.indexes import Database
from shared.store.tables import Table, quoted, table_of

FORMER = "former"
"""What the table of a collection is called while it is laid down in another form."""


def is_laid_out(database: Database, file: Path) -> bool:
    """Whether a file is as this release lays it out, so that opening it changes nothing. It is only looked at."""
    tables = [table_of(collection) for collection in database.collections]
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        return is_laid(connection, tables)


def is_laid(connection: sqlite3.Connection, tables: Collection[Table]) -> bool:
    """Whether all of these tables lie there, and nothing else."""
    return all(_is_made(connection, one) for one in tables) and not _needless(connection, tables)


def lay(connection: sqlite3.Connection, tables: Collection[Table]) -> None:
    """Lay these tables down, from whatever lies there, in the transaction that has begun."""
    for kind, name in _needless(connection, tables):
        connection.execute(f"DROP {kind} {quoted(name)}")
    for one in tables:
        _make(connection, one)


def _named(connection: sqlite3.Connection, kind: str) -> set[str]:
    """What there is of a kind (table, index), but for what SQLite makes by itself."""
    found = connection.execute("SELECT name FROM sqlite_schema WHERE type = ? AND sql IS NOT NULL", (kind,))
    return {name for (name,) in found}


def _needless(connection: sqlite3.Connection, tables: Collection[Table]) -> list[tuple[str, str]]:
    """Keys that nobody declares now: they can be made again. Documents stay whatever is declared."""
    elements = {one.name for table in tables for one in table.elements}
    indexes = {name for table in tables for name in table.indexes}
    gone = [("TABLE", name) for name in _named(connection, "table") - elements if ":" in name]
    return [*gone, *(("INDEX", name) for name in _named(connection, "index") - indexes)]


def _has_columns(connection: sqlite3.Connection, table: Table) -> bool:
    there = tuple(row[1] for row in connection.execute(f"PRAGMA table_info({quoted(table.name)})"))
    return there == ("path", *table.columns, "body")


def _is_made(connection: sqlite3.Connection, table: Table) -> bool:
    there = _named(connection, "table") | _named(connection, "index")
    return _has_columns(connection, table) and there.issuperset({*table.indexes, *(one.name for one in table.elements)})


def _make(connection: sqlite3.Connection, table: Table) -> None:
    if table.name not in _named(connection, "table"):
        connection.execute(table.create)
    elif not _has_columns(connection, table):
        _lay_anew(connection, table)
    for name in table.indexes.keys() - _named(connection, "index"):
        connection.execute(table.create_index(name))
    for one in table.elements:
        if one.name not in _named(connection, "table"):
            connection.execute(one.create)
            for *row, path in connection.execute(table.rows):
                connection.executemany(one.insert, one.of(path, tuple(row)))


def _lay_anew(connection: sqlite3.Connection, table: Table) -> None:
    """Fill the columns from the bodies. Places stay: whoever reads a log goes on from the one it had."""
    connection.execute(f"ALTER TABLE {quoted(table.name)} RENAME TO {quoted(FORMER)}")
    connection.execute(table.create)
    for rowid, path, body in connection.execute(f"SELECT rowid, path, body FROM {quoted(FORMER)}"):
        connection.execute(table.lay, (rowid, path, *table.row(path, json.loads(body)), body))
    connection.execute(f"DROP TABLE {quoted(FORMER)}")
