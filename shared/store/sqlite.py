"""The document store on SQLite: one file per database, one table per collection, JSON bodies.

Knows nothing of what the documents mean. Write-ahead log, synced to disk before a commit returns. Threads that
wait for their turn to write are written together, with one sync for all of them.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from shared.errors import Busy
from shared.store import AlreadyThere, Body, Create, Delete, Document, Page, Query, Write, cursor
from shared.store.indexes import Database
from shared.store.searches import number, selection
from shared.store.tables import Row, Table, quoted, table_of
from shared.together import Together

WAIT = 10.0
"""Seconds a writer waits for another process's commit before it is told to come back."""

LOGGED = "SELECT rowid, body FROM events WHERE rowid > ? ORDER BY rowid LIMIT ?"
END = "SELECT coalesce(max(rowid), 0) FROM events"

FORMER = "former"
"""What the table of a collection is called while it is laid down in another form."""


@dataclass(slots=True)
class _Turn:
    """One commit on its way, and how it ended."""

    writes: list[tuple[Table, Write, str]]
    """What to write into which table, and the body as text."""
    durably: bool
    refused: Exception | None = field(default_factory=Busy)


class SqliteStore:
    """One database in one file. Safe among threads and processes of one machine."""

    def __init__(self, database: Database, file: Path) -> None:
        self._database, self._file = database, file
        self._tables = {collection.name: table_of(collection) for collection in database.collections}
        self._local = threading.local()
        self._turns = Together(self._write_all)
        file.parent.mkdir(parents=True, exist_ok=True)
        self._define()

    def get(self, path: str) -> Body | None:
        row = self._connection.execute(self._table(path).body, (path,)).fetchone()
        body: Body | None = None if row is None else json.loads(row[0])
        return body

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
        """Close this thread's connection, for whoever opens many stores in one process."""
        self._connection.close()
        del self._local.connection

    def _table(self, path: str) -> Table:
        name = path.rsplit("/", 2)[-2]
        return self._tables[name]

    def _write_all(self, turns: list[_Turn]) -> None:
        """In one transaction. What meets a document is taken out, and the others are written anew: that is rare, and a
        savepoint for each would copy every page that it touches into a temporary file.
        """
        try:
            with self._transaction(durably=any(turn.durably for turn in turns)) as connection:
                for turn in turns:
                    _write_turn(connection, turn)
        except AlreadyThere:
            if others := [turn for turn in turns if not isinstance(turn.refused, AlreadyThere)]:
                self._write_all(others)
        except (Busy, sqlite3.Error) as error:
            for turn in turns:
                turn.refused = error
        else:
            for turn in turns:
                turn.refused = None

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
        """Lay the tables down as the catalogue declares them, from whatever an earlier release left in the file."""
        tables = tuple(self._tables.values())
        if all(_is_made(self._connection, one) for one in tables) and not _needless(self._connection, tables):
            return
        with self._transaction(durably=True) as connection:
            for kind, name in _needless(connection, tables):
                connection.execute(f"DROP {kind} {quoted(name)}")
            for one in tables:
                _make(connection, one)


def is_laid_out(database: Database, file: Path) -> bool:
    """Whether a file is as this release lays it out, so that opening it changes nothing. It is only looked at."""
    tables = [table_of(collection) for collection in database.collections]
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        return all(_is_made(connection, one) for one in tables) and not _needless(connection, tables)


def _named(connection: sqlite3.Connection, kind: str) -> set[str]:
    """What there is of a kind (table, index), but for what SQLite makes by itself."""
    found = connection.execute("SELECT name FROM sqlite_schema WHERE type = ? AND sql IS NOT NULL", (kind,))
    return {name for (name,) in found}


def _needless(connection: sqlite3.Connection, tables: Iterable[Table]) -> list[tuple[str, str]]:
    """Keys that nobody declares now: they can be made again. Documents stay whatever is declared."""
    elements = {one.name for table in tables for one in table.elements}
    indexes = {name for table in tables for name in table.indexes}
    gone = [("TABLE", name) for name in _named(connection, "table") - elements if ":" in name]
    return [*gone, *(("INDEX", name) for name in _named(connection, "index") - indexes)]


def _is_laid(connection: sqlite3.Connection, table: Table) -> bool:
    there = tuple(row[1] for row in connection.execute(f"PRAGMA table_info({quoted(table.name)})"))
    return there == ("path", *table.columns, "body")


def _is_made(connection: sqlite3.Connection, table: Table) -> bool:
    there = _named(connection, "table") | _named(connection, "index")
    return _is_laid(connection, table) and there.issuperset({*table.indexes, *(one.name for one in table.elements)})


def _make(connection: sqlite3.Connection, table: Table) -> None:
    if table.name not in _named(connection, "table"):
        connection.execute(table.create)
    elif not _is_laid(connection, table):
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
