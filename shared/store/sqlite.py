"""The document store on SQLite: one file per database, one table per collection, JSON bodies.

Knows nothing of what the documents mean. Write-ahead log, every commit synced to disk before it returns.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shared.errors import Busy
from shared.store import (
    ID,
    RANGE,
    AlreadyThere,
    Body,
    Create,
    Delete,
    Document,
    Page,
    Put,
    Query,
    Write,
    cursor,
    place,
)
from shared.store.catalogue import Collection, Database, Index

WAIT = 10.0
"""Seconds a writer waits for another process's commit before it is told to come back."""


class SqliteStore:
    """One database in one file. Safe among threads and processes of one machine."""

    def __init__(self, database: Database, file: Path) -> None:
        self._collections = {collection.name: collection for collection in database.collections}
        self._file = file
        self._local = threading.local()
        self._writing = threading.Lock()  # queueing here is fair; SQLite's own waiting is not
        file.parent.mkdir(parents=True, exist_ok=True)
        with self._transaction() as connection:
            for collection in database.collections:
                for statement in _tables(collection):
                    connection.execute(statement)

    def get(self, path: str) -> Body | None:
        row = self._connection.execute(f"SELECT body FROM {_table(path)} WHERE path = ?", (path,)).fetchone()
        return None if row is None else _decoded(row[0])

    def query(self, query: Query) -> Page:
        name = query.collection.rpartition("/")[2]
        statement, values = _select(query, self._collections[name])
        rows = self._connection.execute(statement, values).fetchall()
        items = [Document(path, _decoded(body)) for path, body in rows[: query.limit]]
        return Page(items, cursor(query, items[-1]) if len(rows) > query.limit else None)

    def commit(self, writes: Sequence[Write]) -> None:
        with self._transaction() as connection:
            for write in writes:
                _write(connection, write)

    def close(self) -> None:
        """Close this thread's connection, for whoever opens many stores in one process."""
        self._connection.close()
        del self._local.connection

    @property
    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = sqlite3.connect(self._file, isolation_level=None, timeout=WAIT, check_same_thread=False)
            found.execute("PRAGMA journal_mode = WAL")
            found.execute("PRAGMA synchronous = FULL")
            self._local.connection = found
        return found

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        with self._writing:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                raise Busy() from error
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


def _write(connection: sqlite3.Connection, write: Write) -> None:
    table = _table(write.path)
    if isinstance(write, Delete):
        connection.execute(f"DELETE FROM {table} WHERE path = ?", (write.path,))
        return
    row = (
        write.path,
        write.path.rpartition("/")[0],
        json.dumps(write.body, ensure_ascii=False, separators=(",", ":")),
    )
    match write:
        case Create():
            try:
                connection.execute(f"INSERT INTO {table} (path, parent, body) VALUES (?, ?, ?)", row)
            except sqlite3.IntegrityError:
                raise AlreadyThere(write.path) from None
        case Put():
            connection.execute(
                f"INSERT INTO {table} (path, parent, body) VALUES (?, ?, ?)"
                " ON CONFLICT (path) DO UPDATE SET body = excluded.body",
                row,
            )


def _decoded(body: str) -> Body:
    document: Body = json.loads(body)
    return document


def _table(path: str) -> str:
    """The table of a document: its collection's name, which comes from our code and never from a caller."""
    name = path.split("/")[-2]
    assert name.isidentifier(), name
    return f'"{name}"'


def _value(field: str, of: str = "") -> str:
    assert field.isidentifier(), field
    return f"{of}path" if field == ID else f"json_extract({of}body, '$.{field}')"


def _tables(collection: Collection) -> Iterator[str]:
    table = collection.name
    yield f'CREATE TABLE IF NOT EXISTS "{table}" (path TEXT PRIMARY KEY, parent TEXT NOT NULL, body TEXT NOT NULL)'
    for index in collection.indexes:
        yield from _contains_tables(table, index) if index.contains else _expression_index(table, index)
    if collection.group:
        yield f'CREATE INDEX IF NOT EXISTS "{table}:parent" ON "{table}" (parent, json_extract(body, \'$.version\'), path)'


def _fields(index: Index) -> tuple[str, ...]:
    return (*index.equal, *(field.lstrip("-") for field in index.order))


def _expression_index(table: str, index: Index) -> Iterator[str]:
    # A B-tree is read in both directions: the index of an order serves its reverse.
    columns = ", ".join((*map(_value, _fields(index)), "path"))
    yield f'CREATE INDEX IF NOT EXISTS "{table}:{",".join(_fields(index))}" ON "{table}" ({columns})'


def _contains_name(table: str, index: Index) -> str:
    return f"{table}:{index.contains}[],{','.join(_fields(index))}"


def _contains_tables(table: str, index: Index) -> Iterator[str]:
    """A row per element of the array, kept in step by triggers: SQLite has no index over arrays."""
    name, fields = _contains_name(table, index), _fields(index)
    columns = ["element", *(f"v{number}" for number in range(len(fields))), "path"]
    yield f'CREATE TABLE IF NOT EXISTS "{name}" ({", ".join(columns)}, PRIMARY KEY ({", ".join(columns)})) WITHOUT ROWID'
    yield f'CREATE INDEX IF NOT EXISTS "{name}:path" ON "{name}" (path)'
    values = ", ".join(["element.value", *(_value(field, "new.") for field in fields), "new.path"])
    add = (
        f'INSERT OR IGNORE INTO "{name}" SELECT {values}'
        f" FROM json_each(new.body, '$.{index.contains}') AS element WHERE element.value IS NOT NULL;"
    )
    drop = f'DELETE FROM "{name}" WHERE path = old.path;'
    changed = " OR ".join(
        f"{_value(field, 'old.')} IS NOT {_value(field, 'new.')}" for field in (str(index.contains), *fields)
    )
    yield f'CREATE TRIGGER IF NOT EXISTS "{name}:insert" AFTER INSERT ON "{table}" BEGIN {add} END'
    yield f'CREATE TRIGGER IF NOT EXISTS "{name}:delete" AFTER DELETE ON "{table}" BEGIN {drop} END'
    yield f'CREATE TRIGGER IF NOT EXISTS "{name}:update" AFTER UPDATE ON "{table}" WHEN {changed} BEGIN {drop} {add} END'


def _select(query: Query, collection: Collection) -> tuple[str, list[Any]]:
    table = f'"{collection.name}"'
    source, clauses, values = table, [], []
    column = {field: _value(field, f"{table}.") for field in query.fields}
    path = f"{table}.path"
    if "/" in query.collection and not query.collection.startswith("*/"):
        clauses.append(f"{table}.parent = ?")
        values.append(query.collection)
    for field, operator, value in query.where:
        if operator == "contains":
            index = _array_index(collection, field, query)
            joined = f'"{_contains_name(collection.name, index)}"'
            # CROSS JOIN keeps the order of the tables: the array index leads.
            source = f"{joined} CROSS JOIN {table} ON {table}.path = {joined}.path"
            column |= {name: f"{joined}.v{number}" for number, name in enumerate(_fields(index))}
            path = f"{joined}.path"
            clauses.append(f"{joined}.element = ?")
            values.append(value)
        elif operator == "in":
            names = [f"{query.collection}/{name}" if field == ID else name for name in value]
            clauses.append(f"{_value(field, f'{table}.')} IN ({', '.join('?' * len(names))})")
            values.extend(names)
        else:
            assert operator == "==" or operator in RANGE
            expression = column.get(field) or _value(field, f"{table}.")
            clauses.append(f"{expression} {'IS' if value is None else operator} ?")
            values.append(value)
    order = [*(column[field] for field in query.fields), path]
    if (behind := place(query)) is not None:
        clauses.append(f"({', '.join(order)}) {'<' if query.descending else '>'} ({', '.join('?' * len(order))})")
        values.extend(behind)
    direction = "DESC" if query.descending else "ASC"
    where = f" WHERE {' AND '.join(clauses)}" if clauses else ""
    ordering = ", ".join(f"{field} {direction}" for field in order)
    return f"SELECT {table}.path, {table}.body FROM {source}{where} ORDER BY {ordering} LIMIT ?", [
        *values,
        query.limit + 1,
    ]


def _array_index(collection: Collection, field: str, query: Query) -> Index:
    """The declared index for `contains`, in this order or its reverse."""
    for index in collection.indexes:
        if index.contains == field and tuple(name.lstrip("-") for name in index.order) == query.fields:
            return index
    raise LookupError(f"{collection.name}: no index contains {field} ordered by {query.order}")
