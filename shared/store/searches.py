"""How SQLite finds documents: SQL text from queries; nothing is run here.

As in Firestore indexes of one order are merged: the first leads and is read in its order, the others are conditions.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from shared.store import Condition, Query, place
from shared.store.indexes import Collection, Database, Index, serving
from shared.store.tables import NULL, PARENT, key_name, marks, quoted, within

Part = tuple[str, list[Any]]
"""Some SQL and the values bound in it."""

SIGNS = {"==": "=", "contains": "="}
"""What SQL calls these operators; it calls the others the same."""


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
    searches = [_search(collection, chosen, query, where) for where in product(*alternatives)]
    direction = "DESC" if query.descending else "ASC"
    order = ", ".join(f"{number} {direction}" for number in (*range(3, 3 + len(query.order)), 1))
    statement = f"{' UNION ALL '.join(search for search, _ in searches)} ORDER BY {order} LIMIT ?"
    return statement, [*(value for _, values in searches for value in values), query.limit + 1]


def number(database: Database, query: Query) -> tuple[str, list[Any]]:
    """The statement that counts what a page would hold, and its values: nobody is interested in the order."""
    collection = database.collection(query.collection)
    found, values = _found(collection, _merged(serving(database, query), query.where), query, query.where)
    return f"SELECT count(*) FROM (SELECT 1 {found} LIMIT ?)", [*values, query.limit]


def _merged(served: tuple[Index, ...], where: tuple[Condition, ...]) -> list[Index]:
    """The fewest indexes, the most telling first, that hold every field which is asked for."""
    asked = {field for field, how, _ in where if how in {"==", "in", "contains"}}
    chosen: list[Index] = []
    for index in served:
        if asked & {*index.equal, index.contains}:
            chosen.append(index)
            asked -= {*index.equal, index.contains}
    return chosen or list(served[:1])


def _search(collection: Collection, chosen: list[Index], query: Query, where: tuple[Condition, ...]) -> Part:
    *fields, path = _order(chosen, query)
    found, values = _found(collection, chosen, query, where)
    return f"SELECT {', '.join([path, 't.body', *fields])} {found}", values


def _found(collection: Collection, chosen: list[Index], query: Query, where: tuple[Condition, ...]) -> Part:
    """What lies behind the cursor and meets these conditions."""
    elements = {index.contains: f"e{number}" for number, index in enumerate(chosen) if index.contains}
    order = _order(chosen, query)
    lead = order[0].partition(".")[0]
    led = {*chosen[0].equal, *query.fields} if chosen else set()
    tables = {**elements, **dict.fromkeys(led, lead)}
    parts = [*_conditions(where, tables), *_bounds(collection, chosen, query)]
    for alias in elements.values():  # an element of the same document, at the same place of the order
        if alias != lead:
            parts += [(f"{alias}.{column.partition('.')[2]} = {column}", []) for column in order]
    if lead != "t":
        parts.append((f"t.path = {lead}.path", []))
    if (behind := place(query)) is not None:
        parts.append((f"({', '.join(order)}) {'<' if query.descending else '>'} ({marks(behind)})", behind))
    clauses = f" WHERE {' AND '.join(clause for clause, _ in parts)}" if parts else ""
    return f"FROM {_sources(collection, chosen)}{clauses}", [value for _, values in parts for value in values]


def _order(chosen: list[Index], query: Query) -> list[str]:
    """The columns of the order, of the table that is read in it."""
    lead = "e0" if chosen and chosen[0].contains else "t"
    return [f"{lead}.{quoted(column)}" for column in (*query.fields, "path")]


def _sources(collection: Collection, chosen: list[Index]) -> str:
    """The tables, in the order in which they are read: CROSS keeps it."""
    documents = f"{quoted(collection.name)} AS t"
    joined = [f"{quoted(key_name(collection, one))} AS e{n}" for n, one in enumerate(chosen) if one.contains]
    if not chosen or chosen[0].contains:
        return " CROSS JOIN ".join([*joined, documents])
    return " CROSS JOIN ".join([f"{documents} INDEXED BY {quoted(key_name(collection, chosen[0]))}", *joined])


def _bounds(collection: Collection, chosen: list[Index], query: Query) -> Iterator[Part]:
    """Within which collection the documents lie, where the table holds many."""
    if query.collection.startswith("*/"):
        return
    if not chosen:
        yield "t.path > ? AND t.path < ?", [f"{query.collection}/", f"{query.collection}0"]
    elif within(collection, chosen[0]):
        yield f"t.{quoted(PARENT)} = ?", [query.collection]


def _conditions(where: tuple[Condition, ...], tables: dict[str, str]) -> Iterator[Part]:
    """Each on the table that has its column: that of the leading index, or else that of the documents."""
    for field, how, value in where:
        column = f"{tables.get(field, 't')}.{quoted(f'{field}[]' if how == 'contains' else field)}"
        if how == "in":
            yield f"{column} IN ({marks(value)})", [NULL if each is None else each for each in value]
        else:
            yield f"{column} {SIGNS.get(how, how)} ?", [NULL if value is None else value]
