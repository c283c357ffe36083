"""How SQLite keeps documents: tables and SQL text from the catalogue; nothing is run here.

A collection is a table of JSON bodies by path. The fields by which documents are looked for lie beside the body in
columns of their own, so an update touches the indexes whose fields it changes and no others. The elements of an array
lie in a table of their own for each index that looks for them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from shared.store import Body
from shared.store.indexes import Collection, Index

Row = tuple[Any, ...]

NULL = b""
"""What stands for null in a column. A field that is not there is NULL, which no condition finds."""
NULL_TEXT = "x''"
"""The same, as SQL says it."""
PARENT = "/"
"""The column that says in which collection a document lies, where the table holds many."""


@dataclass(frozen=True)
class Elements:
    """A table of the elements of an array, each with the fields of an order and the path of its document."""

    name: str
    columns: tuple[str, ...]
    places: tuple[int, ...]
    """Where the array and those fields stand in the row of a document."""

    @cached_property
    def create(self) -> str:
        columns = listed(self.columns)
        return f"CREATE TABLE {quoted(self.name)} ({columns}, PRIMARY KEY ({columns})) WITHOUT ROWID"

    @cached_property
    def insert(self) -> str:
        return f"INSERT INTO {quoted(self.name)} VALUES ({marks(self.columns)})"

    @cached_property
    def delete(self) -> str:
        return f"DELETE FROM {quoted(self.name)} WHERE {' AND '.join(f'{quoted(one)} = ?' for one in self.columns)}"

    def of(self, path: str, row: Row | None) -> set[Row]:
        """What it holds of a document with this row: nothing where that has no such array, or is not there."""
        array, *fields = (None,) if row is None else (row[place] for place in self.places)
        return set() if array is None else {(element, *fields, path) for element in json.loads(array)}

    def differ(self, before: Row | None, after: Row | None) -> bool:
        """Whether these rows of a document differ in what this table holds of it."""
        return before is None or after is None or any(before[place] != after[place] for place in self.places)


@dataclass(frozen=True)
class Table:
    """Where the documents of a collection lie.

    A B-tree is read in both directions: the index of an order serves its reverse.
    """

    name: str
    columns: tuple[str, ...]
    """What lies beside path and body: the parent, where there are many, and fields; an array as a text."""
    indexes: dict[str, tuple[str, ...]]
    """The columns of each index, by its name."""
    sparse: dict[str, tuple[str, ...]]
    """Of an index that holds not all documents: the fields that say something in those it holds."""
    elements: tuple[Elements, ...]

    @cached_property
    def create(self) -> str:
        # The body comes last: what lies before it is read without its pages.
        columns = "".join(f"{quoted(one)}, " for one in self.columns)
        return f"CREATE TABLE {quoted(self.name)} (path TEXT PRIMARY KEY, {columns}body TEXT NOT NULL)"

    @cached_property
    def insert(self) -> str:
        return f"INSERT OR IGNORE INTO {quoted(self.name)} VALUES ({marks(('path', *self.columns, 'body'))})"

    @cached_property
    def body(self) -> str:
        return f"SELECT body FROM {quoted(self.name)} WHERE path = ?"

    @cached_property
    def bodies(self) -> str:
        """Read documents of many paths, which are bound as one list in JSON."""
        return f"SELECT path, body FROM {quoted(self.name)} WHERE path IN (SELECT value FROM json_each(?))"

    @cached_property
    def lay(self) -> str:
        """Insert a document at its place in the file."""
        columns = ("rowid", "path", *self.columns, "body")
        return f"INSERT INTO {quoted(self.name)} ({listed(columns)}) VALUES ({marks(columns)})"

    @cached_property
    def rows(self) -> str:
        """Read the columns and the path of all documents."""
        return f"SELECT {listed((*self.columns, 'path'))} FROM {quoted(self.name)}"

    @cached_property
    def read(self) -> str:
        return f"{self.rows} WHERE path = ?"

    @cached_property
    def delete(self) -> str:
        return f"DELETE FROM {quoted(self.name)} WHERE path = ?"

    def update(self, columns: Iterable[str]) -> str:
        """Set the body and these columns; an index none of whose columns are among them is not touched."""
        named = "".join(f", {quoted(one)} = ?" for one in columns)
        return f"UPDATE {quoted(self.name)} SET body = ?{named} WHERE path = ?"

    def create_index(self, name: str) -> str:
        """What makes the index of this name."""
        held = " AND ".join(map(says_something, self.sparse.get(name, ())))
        where = f" WHERE {held}" if held else ""
        return f"CREATE INDEX {quoted(name)} ON {quoted(self.name)} ({listed(self.indexes[name])}){where}"

    def row(self, path: str, body: Body) -> Row:
        """What the columns hold of this document."""
        return tuple([_column(name, path, body) for name in self.columns])


def _column(column: str, path: str, body: Body) -> Any:
    if column == PARENT:
        return path.rpartition("/")[0]
    if column not in body:
        return None
    match body[column]:
        case None:
            return NULL
        case list(elements):
            return json.dumps(elements)
        case value:
            return value


def table_of(collection: Collection) -> Table:
    """The table of this collection."""
    asked = chain.from_iterable((*one.equal, one.contains, *names(one.order)) for one in collection.indexes)
    parent = [PARENT for one in collection.indexes if within(collection, one)]
    columns = tuple(dict.fromkeys([*parent, *(field for field in asked if field is not None)]))
    keys = {key_name(collection, one): key_columns(collection, one) for one in collection.indexes if not one.contains}
    arrays = dict.fromkeys(_elements(collection, one, columns) for one in collection.indexes if one.contains)
    sparse = {key_name(collection, one): one.equal for one in collection.indexes if one.sparse}
    return Table(collection.name, columns, keys, sparse, tuple(arrays))


def _elements(collection: Collection, index: Index, columns: tuple[str, ...]) -> Elements:
    assert index.contains is not None
    assert not within(collection, index), "an array is looked into at the top, or across all collections"
    kept = (index.contains, *index.equal, *names(index.order))
    places = tuple(map(columns.index, kept))
    return Elements(key_name(collection, index), key_columns(collection, index), places)


def within(collection: Collection, index: Index) -> bool:
    """Whether keys start with the parent: many collections share the table and are asked one by one."""
    return collection.group and not index.across


def key_columns(collection: Collection, index: Index) -> tuple[str, ...]:
    """The columns by which this index finds documents, in its order; the path breaks ties."""
    parent = (PARENT,) if within(collection, index) else ()
    contained = (f"{index.contains}[]",) if index.contains else ()
    return (*parent, *contained, *index.equal, *names(index.order), "path")


def key_name(collection: Collection, index: Index) -> str:
    """What the index is called in the file."""
    return f"{collection.name}:{','.join(key_columns(collection, index)[:-1])}{' sparse' * index.sparse}"


def names(order: Iterable[str]) -> tuple[str, ...]:
    """The fields of an order, without their direction."""
    return tuple(field.lstrip("-") for field in order)


def says_something(column: str) -> str:
    """The condition that this column holds neither nothing nor null: an index has it, and who is to read that index."""
    return f"{quoted(column)} <> {NULL_TEXT}"


def quoted(name: str) -> str:
    """A name from the catalogue as SQL wants it."""
    return f'"{name}"'


def listed(columns: Iterable[str]) -> str:
    """Names of columns, one after the other."""
    return ", ".join(map(quoted, columns))


def marks(values: Iterable[Any]) -> str:
    """A place for each value that is bound."""
    return ", ".join("?" for _ in values)
