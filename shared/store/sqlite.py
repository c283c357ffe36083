"""The document store on SQLite: one file per database, one table per collection, JSON bodies.

Knows nothing of what the documents mean. Write-ahead log, synced to disk before a commit returns. Threads that
wait for their turn to write are written together, with one sync for all of them.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from shared.errors import Busy
from shared.store import AlreadyThere, Body, Create, Delete, Document, Page, Query, Write, cursor
from shared.store.indexes import Collection, Database
from shared.store.tables import all_keys, changed, quoted, selection
from shared.together import Together

WAIT = 10.0
"""Seconds a writer waits for another process's commit before it is told to come back."""

LOGGED = "SELECT rowid, body FROM events WHERE rowid > ? ORDER BY rowid LIMIT ?"
END = "SELECT coalesce(max(rowid), 0) FROM events"


@dataclass(slots=True)
class _Turn:
    """One commit on its way, and how it ended."""

    writes: list[tuple[Collection, Write, str]]
    """What to write into which collection, and the body as text."""
    durably: bool
    refused: Exception | None = field(default_factory=Busy)


class SqliteStore:
    """One database in one file. Safe among threads and processes of one machine."""

    def __init__(self, database: Database, file: Path) -> None:
        self._database, self._file = database, file
        self._local = threading.local()
        self._turns = Together(self._write_all)
        file.parent.mkdir(parents=True, exist_ok=True)
        self._define()

    def get(self, path: str) -> Body | None:
        return _held(self._connection, self._collection(path), path)

    def query(self, query: Query) -> Page:
        statement, values = selection(self._database, query)
        rows = self._connection.execute(statement, values).fetchall()
        items = [Document(row[0], json.loads(row[1])) for row in rows[: query.limit]]
        return Page(items, cursor(query, items[-1]) if len(rows) > query.limit else None)

    def commit(self, writes: Sequence[Write], *, durably: bool = True) -> None:
        self._database.check(writes)
        turn = _Turn([(self._collection(write.path), write, _text(write)) for write in writes], durably)
        if self._turns.ask(turn, wait=durably) and turn.refused is not None:
            raise turn.refused

    def logged(self, after: int, most: int) -> list[tuple[int, Body]]:
        """Entries of all logs behind a place, at most so many, in the order of their commits, each with its place.

        Nothing is ever deleted from a log, so a later entry has a higher place.
        """
        found = self._connection.execute(LOGGED, (after, most)).fetchall()
        return [(place, json.loads(body)) for place, body in found]

    def end_of_log(self) -> int:
        """The place of the newest entry."""
        return int(self._connection.execute(END).fetchone()[0])

    def close(self) -> None:
        """Close this thread's connection, for whoever opens many stores in one process."""
        self._connection.close()
        del self._local.connection

    def _collection(self, path: str) -> Collection:
        return self._database.collection(path.rpartition("/")[0])

    def _write_all(self, turns: list[_Turn]) -> None:
        try:
            with self._transaction(durably=any(turn.durably for turn in turns)) as connection:
                refused: list[Exception | None] = [_written(connection, turn) for turn in turns]
        except (Busy, sqlite3.Error) as error:
            refused = [error] * len(turns)
        for turn, how in zip(turns, refused, strict=True):
            turn.refused = how

    @property
    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = sqlite3.connect(self._file, isolation_level=None, timeout=WAIT, cached_statements=256)
            found.execute("PRAGMA journal_mode = WAL")
            found.execute(f"PRAGMA secure_delete = {'ON' if self._database.forgets else 'OFF'}")
            self._local.connection, self._local.durably = found, None
        return found

    @contextmanager
    def _transaction(self, *, durably: bool) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        if self._local.durably != durably:
            connection.execute(f"PRAGMA synchronous = {'FULL' if durably else 'NORMAL'}")
            self._local.durably = durably
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise Busy() from error
        with connection:  # commits, or rolls back
            yield connection

    def _define(self) -> None:
        """Make the tables that the catalogue declares and the file lacks; drop keys that nobody declares now."""
        declared = {
            name
            for collection in self._database.collections
            for name in (collection.name, *(one.name.strip('"') for one in all_keys(collection)))
        }
        if declared == _tables(self._connection):
            return
        with self._transaction(durably=True) as connection:
            for name in _tables(connection) - declared:
                if ":" in name:  # keys can be made again; documents stay whatever is declared
                    connection.execute(f"DROP TABLE {quoted(name)}")
            for collection in self._database.collections:
                _make(connection, collection)


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def _make(connection: sqlite3.Connection, collection: Collection) -> None:
    documents = quoted(collection.name)
    connection.execute(f"CREATE TABLE IF NOT EXISTS {documents} (path TEXT PRIMARY KEY, body TEXT NOT NULL)")
    present = _tables(connection)
    for one in all_keys(collection):
        if one.name.strip('"') not in present:
            connection.execute(one.create)
            for path, body in connection.execute(f"SELECT path, body FROM {documents}"):
                connection.executemany(one.insert, one.of(path, json.loads(body)))


def _written(connection: sqlite3.Connection, turn: _Turn) -> AlreadyThere | None:
    """Write one turn of many; what it met instead, when nothing of it was written."""
    connection.execute("SAVEPOINT turn")
    try:
        _write_turn(connection, turn)
    except AlreadyThere as met:
        connection.execute("ROLLBACK TO turn")
        return met
    finally:
        connection.execute("RELEASE turn")
    return None


def _write_turn(connection: sqlite3.Connection, turn: _Turn) -> None:
    for collection, write, text in turn.writes:
        _write(connection, collection, write, text)


def _write(connection: sqlite3.Connection, collection: Collection, write: Write, text: str) -> None:
    documents = quoted(collection.name)
    if isinstance(write, Create):
        added = connection.execute(f"INSERT OR IGNORE INTO {documents} VALUES (?, ?)", (write.path, text))
        if not added.rowcount:
            raise AlreadyThere(write.path)
        return _write_keys(connection, collection, write.path, None, write.body)
    before = _held(connection, collection, write.path)
    if isinstance(write, Delete):
        connection.execute(f"DELETE FROM {documents} WHERE path = ?", (write.path,))
        return _write_keys(connection, collection, write.path, before, None)
    if before is None:
        connection.execute(f"INSERT INTO {documents} VALUES (?, ?)", (write.path, text))
    else:
        connection.execute(f"UPDATE {documents} SET body = ? WHERE path = ?", (text, write.path))
    return _write_keys(connection, collection, write.path, before, write.body)


def _write_keys(
    connection: sqlite3.Connection, collection: Collection, path: str, before: Body | None, after: Body | None
) -> None:
    """Write the keys that this change touches, and no others: most fields of most changes stay."""
    differing = changed(before, after)
    for one in all_keys(collection):
        if differing is not None and one.of_fields.isdisjoint(differing):
            continue
        old, new = one.of(path, before), one.of(path, after)
        gone, come = old - new, new - old
        if len(gone) == len(come) == 1:
            connection.execute(one.move, (*come.pop(), *gone.pop()))
        elif old != new:
            connection.executemany(one.delete, gone)
            connection.executemany(one.insert, come)


def _held(connection: sqlite3.Connection, collection: Collection, path: str) -> Body | None:
    row = connection.execute(f"SELECT body FROM {quoted(collection.name)} WHERE path = ?", (path,)).fetchone()
    body: Body | None = None if row is None else json.loads(row[0])
    return body


def _text(write: Write) -> str:
    return "" if isinstance(write, Delete) else json.dumps(write.body, separators=(",", ":"))
