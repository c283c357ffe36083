"""How SQLite keeps and finds documents: keys and SQL text from the catalogue and from queries; nothing is run here.

A collection is a table of JSON bodies by path. An index is a table of keys of its own, with a row per document, or
per element of an array: so an update rewrites only the keys that it changed. As in Firestore a document without the
field is not in the index, and indexes of one order are merged: the first leads, the others are probed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from typing import Any

from shared.store import ID, Body, Condition, Query, place
from shared.store.indexes import Collection, Database, Index, serving

Key = tuple[Any, ...]
Part = tuple[str, list[Any]]
"""Some SQL and the values bound in it."""

NULL = b""
"""What stands for null in a key, whose columns cannot be null."""


@dataclass(frozen=True)
class Keys:
    """A table of keys. A B-tree is read in both directions: the index of an order serves its reverse."""

    collection: str
    fields: tuple[str, ...]
    contains: str | None
    within: bool
    """Whether keys start with the parent: many collections share the table and are asked one by one."""

    @cached_property
    def columns(self) -> tuple[str, ...]:
        leading = ("/",) if self.within else ()
        return (*leading, *((f"{self.contains}[]",) if self.contains else ()), *self.fields, "path")

    @cached_property
    def name(self) -> str:
        return quoted(f"{self.collection}:{','.join(self.columns[:-1])}")

    @cached_property
    def create(self) -> str:
        columns = ", ".join(map(quoted, self.columns))
        return f"CREATE TABLE {self.name} ({columns}, PRIMARY KEY ({columns})) WITHOUT ROWID"

    @cached_property
    def insert(self) -> str:
        return f"INSERT INTO {self.name} VALUES ({marks(self.columns)})"

    @cached_property
    def delete(self) -> str:
        return f"DELETE FROM {self.name} WHERE {' AND '.join(f'{quoted(column)} = ?' for column in self.columns)}"

    @cached_property
    def move(self) -> str:
        changed = ", ".join(f"{quoted(column)} = ?" for column in self.columns)
        return f"UPDATE {self.name} SET {changed} WHERE {' AND '.join(f'{quoted(one)} = ?' for one in self.columns)}"

    @cached_property
    def of_fields(self) -> frozenset[str]:
        """The fields of a document by which its keys change."""
        return frozenset({*self.fields, *((self.contains,) if self.contains else ())})

    def of(self, path: str, body: Body | None) -> set[Key]:
        """The keys of this document: none when it is not there or lacks a field."""
        if body is None or not all(field in body for field in self.fields):
            return set()
        leading = (path.rpartition("/")[0],) if self.within else ()
        held = (*(NULL if body[field] is None else body[field] for field in self.fields), path)
        if self.contains is None:
            return {(*leading, *held)}
        elements = body.get(self.contains)
        return {(*leading, element, *held) for element in elements} if isinstance(elements, list) else set()


def keys(collection: Collection, index: Index) -> Keys:
    """The table of keys for an index of this collection."""
    assert "path" not in {*index.equal, *index.order}
    fields = (*index.equal, *(field.lstrip("-") for field in index.order))
    return Keys(collection.name, fields, index.contains, collection.group and not index.across)


def changed(before: Body | None, after: Body | None) -> frozenset[str] | None:
    """The fields in which these documents differ; None for all, where there is only one."""
    if before is None or after is None:
        return None
    nothing = object()
    return frozenset(
        name for name in before.keys() | after.keys() if before.get(name, nothing) != after.get(name, nothing)
    )


@cache
def all_keys(collection: Collection) -> tuple[Keys, ...]:
    """The tables of keys of this collection, each once."""
    return tuple(dict.fromkeys(keys(collection, index) for index in collection.indexes))


def quoted(name: str) -> str:
    """A name from the catalogue as SQL wants it."""
    return f'"{name}"'


def marks(values: Any) -> str:
    """A placeholder for each value."""
    return ", ".join("?" * len(values))


def selection(database: Database, query: Query) -> tuple[str, list[Any]]:
    """The statement that finds one document more than the page holds, and its values.

    Each value of an `in` on the leading index is a search of its own, so that every search reads in order and
    stops at the page's end.
    """
    collection = database.collection(query.collection)
    chosen = _merged(serving(database, query), query.where)
    led = {chosen[0].contains, *chosen[0].equal} if chosen else set()
    alternatives: list[list[Condition]] = [
        [(field, "==", each) for each in value] if how == "in" and field in led else [(field, how, value)]
        for field, how, value in query.where
    ]
    used = [keys(collection, index) for index in chosen]
    searches = [_search(collection.name, used, query, where) for where in product(*alternatives)]
    direction = "DESC" if query.descending else "ASC"
    order = ", ".join(f"{number} {direction}" for number in (*range(3, 3 + len(query.order)), 1))
    statement = f"{' UNION ALL '.join(search for search, _ in searches)} ORDER BY {order} LIMIT ?"
    return statement, [*(value for _, values in searches for value in values), query.limit + 1]


def _merged(served: tuple[Index, ...], where: tuple[Condition, ...]) -> list[Index]:
    """The fewest indexes, the most telling first, that hold every field which is asked for."""
    asked = {field for field, how, _ in where if how in {"==", "in", "contains"}}
    chosen: list[Index] = []
    for index in served:
        if asked & {*index.equal, index.contains}:
            chosen.append(index)
            asked -= {*index.equal, index.contains}
    return chosen or list(served[:1])


def _search(name: str, used: list[Keys], query: Query, where: tuple[Condition, ...]) -> Part:
    sources = [f"{one.name} AS i{number}" for number, one in enumerate(used)]
    lead = "i0" if used else "t"
    order = [f"{lead}.{quoted(column)}" for column in (*query.fields, "path")]
    parts = [*_conditions(used, query, where), *_bounds(used, query, lead)]
    for number in range(1, len(used)):  # a probe: the same document at the same place of the order
        parts += [(f"{column} = i{number}.{column.partition('.')[2]}", []) for column in order]
    if used:
        parts.append((f"t.path = {lead}.path", []))
    if (behind := place(query)) is not None:
        parts.append((f"({', '.join(order)}) {'<' if query.descending else '>'} ({marks(behind)})", behind))
    shown = ", ".join([order[-1], "t.body", *order[:-1]])
    source = " CROSS JOIN ".join([*sources, f"{quoted(name)} AS t"])  # CROSS: read in this order
    clauses = f" WHERE {' AND '.join(clause for clause, _ in parts)}" if parts else ""
    return f"SELECT {shown} FROM {source}{clauses}", [value for _, values in parts for value in values]


def _bounds(used: list[Keys], query: Query, lead: str) -> Iterator[Part]:
    """Within which collection the documents lie, where the table holds many."""
    if query.collection.startswith("*/"):
        return
    if not used:
        yield f"{lead}.path > ? AND {lead}.path < ?", [f"{query.collection}/", f"{query.collection}0"]
    for number, one in enumerate(used):
        if one.within:
            yield f'i{number}."/" = ?', [query.collection]


def _conditions(used: list[Keys], query: Query, where: tuple[Condition, ...]) -> Iterator[Part]:
    for field, how, value in where:
        if field == ID:
            yield f"t.path IN ({marks(value)})", [f"{query.collection}/{id}" for id in value]
            continue
        column = quoted(f"{field}[]" if how == "contains" else field)
        held = f"i{_holding(used, column)}.{column}"
        if how == "in":
            yield f"{held} IN ({marks(value)})", list(value)
        else:
            yield f"{held} {'=' if how in {'==', 'contains'} else how} ?", [NULL if value is None else value]


def _holding(used: list[Keys], column: str) -> int:
    return next(number for number, one in enumerate(used) if column in map(quoted, one.columns))
