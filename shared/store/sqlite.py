"""The document store on SQLite: one file per database, one table per collection, JSON bodies.

Knows nothing of what the documents mean. Write-ahead log, synced to disk before a commit returns. Threads that
wait for their turn to write are written together, with one sync for all of them.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from shared.database_files import carry, once_free, opened
from shared.errors import Busy
from shared.store import AlreadyThere, Body, Create, Delete, Document, Page, Query, Write, cursor, layout
from shared.store.indexes import Database
from shared.store.searches import number, selection
from shared.store.tables import Row, Table, table_of
from shared.together import Together

LOGGED = "SELECT rowid, body FROM events WHERE rowid > ? ORDER BY rowid LIMIT ?"
END = "SELECT coalesce(max(rowid), 0) FROM events"


@dataclass(slots=True)
class _Turn:
    """One commit on its way, and how it ended."""

    writes: list[tuple[Table, Write, str]]
    """What to write into which table, and the body as text."""
    durably: bool
    refused: Exception | None = field(default_factory=Busy)

    @property
    def replaces(self) -> bool:
        """Whether something that was there is there no more."""
        return any(not isinstance(write, Create) for _, write, _ in self.writes)


class SqliteStore:
    """One database in one file. Safe among threads and processes of one machine."""

    def __init__(self, database: Database, file: Path) -> None:
        self._database, self._file = database, file
        self._tables = {collection.name: table_of(collection) for collection in database.collections}
        self._local = threading.local()
        self._writer: sqlite3.Connection | None = None
        """Whoever writes for all who wait does it here: what other threads wrote is in its cache already."""
        self._durably: bool | None = None
        self._turns = Together(self._write_all)
        file.parent.mkdir(parents=True, exist_ok=True)
        self._define()

    def get(self, path: str) -> Body | None:
        row = self._connection.execute(self._table(path).body, (path,)).fetchone()
        body: Body | None = None if row is None else json.loads(row[0])
        return body

    def get_many(self, paths: Iterable[str]) -> dict[str, Body]:
        by_table: dict[str, list[str]] = defaultdict(list)
        for path in (asked := dict.fromkeys(paths)):
            by_table[self._table(path).bodies].append(path)
        rows = [row for read, some in by_table.items() for row in self._connection.execute(read, (json.dumps(some),))]
        there = dict(rows)
        return {path: json.loads(there[path]) for path in asked if path in there}

    def query(self, query: Query) -> Page:
        statement, values = selection(self._database, query)
        rows = self._connection.execute(statement, values).fetchall()
        items = [Document(row[0], json.loads(row[1])) for row in rows[: query.limit]]
        return Page(items, cursor(query, items[-1]) if len(rows) > query.limit else None)

    def count(self, query: Query) -> int:
        return int(self._connection.execute(*number(self._database, query)).fetchone()[0])

    def commit(self, writes: Sequence[Write], *, durably: bool = True) -> None:
        self._database.check(writes)
        turn = _Turn([(self._table(write.path), write, _text(write)) for write in writes], durably)
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
        """Close this thread's connection and that of writers, for whoever opens many stores in one process."""
        for held in (self._local.__dict__.pop("connection", None), self._writer):
            if held is not None:
                held.close()
        self._writer = self._durably = None

    def _table(self, path: str) -> Table:
        name = path.rsplit("/", 2)[-2]
        return self._tables[name]

    def _write_all(self, turns: list[_Turn]) -> None:
        try:
            self._write_together(turns)
        except (Busy, sqlite3.Error) as error:
            for turn in turns:  # even if it met a document: that may have been another's, which is not there now
                turn.refused = error

    def _write_together(self, turns: list[_Turn]) -> None:
        """In one transaction. What meets a document is taken out, and the others are written anew: that is rare, and a
        savepoint for each would copy every page that it touches into a temporary file.
        """
        try:
            with self._transaction(durably=any(turn.durably for turn in turns)) as connection:
                for turn in turns:
                    _write_turn(connection, turn)
            if self._database.forgets and any(turn.replaces for turn in turns):
                carry(connection)
        except AlreadyThere:
            if others := [turn for turn in turns if not isinstance(turn.refused, AlreadyThere)]:
                self._write_together(others)
        else:
            for turn in turns:
                turn.refused = None

    @property
    def _connection(self) -> sqlite3.Connection:
        """What this thread reads by."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = self._opened()
        return found

    def _opened(self) -> sqlite3.Connection:
        new = opened(self._file)
        new.execute(f"PRAGMA secure_delete = {'ON' if self._database.forgets else 'OFF'}")
        return new

    @contextmanager
    def _transaction(self, *, durably: bool) -> Iterator[sqlite3.Connection]:
        """For one thread at a time."""
        if self._writer is None:
            self._writer = self._opened()
            self._writer.execute("PRAGMA busy_timeout = 0")  # `once_free` waits
        connection = self._writer
        if self._durably != durably:
            connection.execute(f"PRAGMA synchronous = {'FULL' if durably else 'NORMAL'}")
            self._durably = durably
        once_free(connection, "BEGIN IMMEDIATE")
        with connection:  # commits, or rolls back
            yield connection

    def _define(self) -> None:
        """Lay the tables down as the catalogue declares them, from whatever an earlier release left in the file."""
        tables = self._tables.values()
        if not layout.is_laid(self._connection, tables):
            with self._transaction(durably=True) as connection:
                layout.lay(connection, tables)
        if self._database.forgets:  # what a kill left
            carry(self._connection)


def _write_turn(connection: sqlite3.Connection, turn: _Turn) -> None:
    """Write one turn of many. Raises `AlreadyThere`, which is how it ended then."""
    try:
        for table, write, text in turn.writes:
            _write(connection, table, write, text)
    except AlreadyThere as met:
        turn.refused = met
        raise


def _write(connection: sqlite3.Connection, table: Table, write: Write, text: str) -> None:
    if isinstance(write, Create):
        row = table.row(write.path, write.body)
        if not connection.execute(table.insert, (write.path, *row, text)).rowcount:
            raise AlreadyThere(write.path)
        return _write_elements(connection, table, write.path, None, row)
    before = connection.execute(table.read, (write.path,)).fetchone()
    if isinstance(write, Delete):
        connection.execute(table.delete, (write.path,))
        return _write_elements(connection, table, write.path, before, None)
    row = table.row(write.path, write.body)
    if before is None:
        connection.execute(table.insert, (write.path, *row, text))
    else:
        differing = [place for place, held in enumerate(row) if held != before[place]]
        update = table.update(table.columns[place] for place in differing)
        connection.execute(update, (text, *(row[place] for place in differing), write.path))
    return _write_elements(connection, table, write.path, before, row)


def _write_elements(
    connection: sqlite3.Connection, table: Table, path: str, before: Row | None, after: Row | None
) -> None:
    """Write the elements that this change touches."""
    for one in table.elements:
        if one.differ(before, after):
            old, new = one.of(path, before), one.of(path, after)
            connection.executemany(one.delete, old - new)
            connection.executemany(one.insert, new - old)


def _text(write: Write) -> str:
    return "" if isinstance(write, Delete) else json.dumps(write.body, separators=(",", ":"))
