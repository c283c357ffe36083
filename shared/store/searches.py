"""How SQLite finds documents: SQL text from queries; nothing is run here.

As in Firestore indexes of one order are merged: the first leads and is read in its order, the others are conditions.
Queries that differ only in their values have one text, which is made once.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Any

from shared.store import Condition, Query, place
from shared.store.indexes import Collection, Database, Index, serving
from shared.store.tables import NULL_TEXT, PARENT, key_name, quoted, says_something, within

SIGNS = {"==": "=", "contains": "="}
"""What SQL calls these operators; it calls the others the same."""
COLLECTION, FROM, TO, LIMIT = "?1", "?2", "?3", "?4"
"""Where the collection is bound, the bounds of its paths, and how many are wanted; behind them are the values."""
FORMS = 1024
"""Texts that are kept: more than there are forms of our queries."""


def selection(database: Database, query: Query) -> tuple[str, list[Any]]:
    """The statement that finds one document more than the page holds, and its values.

    Each value of an `in` on the leading index is a search of its own, so that every search reads in order and
    stops at the page's end.
    """
    form, values = _formed(query, query.limit + 1)
    return _selection(database, form), values


def number(database: Database, query: Query) -> tuple[str, list[Any]]:
    """The statement that counts what a page would hold, and its values: nobody is interested in the order."""
    form, values = _formed(query, query.limit)
    return _number(database, form), values


def _formed(query: Query, limit: int) -> tuple[Query, list[Any]]:
    """The query with numbers in place of its values, and the values. Null is none: SQL text says it."""
    values = [query.collection, f"{query.collection}/", f"{query.collection}0", limit]

    def bound(value: Any) -> Any:
        if value is None:
            return None
        values.append(value)
        return f"?{len(values)}"

    where = tuple(
        [(field, how, tuple(map(bound, value)) if how == "in" else bound(value)) for field, how, value in query.where]
    )
    behind = place(query)
    after = None if behind is None else ", ".join(map(bound, behind))
    parent, _, name = query.collection.rpartition("/")
    return Query(f"-/{name}" if "/" in parent else query.collection, where, query.order, after=after), values


@lru_cache(FORMS)
def _selection(database: Database, form: Query) -> str:
    collection = database.collection(form.collection)
    chosen = _merged(serving(database, form), form.where)
    led = {chosen[0].contains, *chosen[0].equal} if chosen else set()
    alternatives: list[list[Condition]] = [
        [(field, "==", each) for each in value] if how == "in" and field in led else [(field, how, value)]
        for field, how, value in form.where
    ]
    searches = [_search(collection, chosen, form, where) for where in product(*alternatives)]
    direction = "DESC" if form.descending else "ASC"
    order = ", ".join(f"{number} {direction}" for number in (*range(3, 3 + len(form.order)), 1))
    return f"{' UNION ALL '.join(searches)} ORDER BY {order} LIMIT {LIMIT}"


@lru_cache(FORMS)
def _number(database: Database, form: Query) -> str:
    collection = database.collection(form.collection)
    found = _found(collection, _merged(serving(database, form), form.where), form, form.where)
    return f"SELECT count(*) FROM (SELECT 1 {found} LIMIT {LIMIT})"


def _merged(served: tuple[Index, ...], where: tuple[Condition, ...]) -> list[Index]:
    """The fewest indexes, the most telling first, that hold every field which is asked for."""
    asked = {field for field, how, _ in where if how in {"==", "in", "contains"}}
    chosen: list[Index] = []
    for index in served:
        if asked & {*index.equal, index.contains}:
            chosen.append(index)
            asked -= {*index.equal, index.contains}
    return chosen or list(served[:1])


def _search(collection: Collection, chosen: list[Index], form: Query, where: tuple[Condition, ...]) -> str:
    *fields, path = _order(chosen, form)
    return f"SELECT {', '.join([path, 't.body', *fields])} {_found(collection, chosen, form, where)}"


def _found(collection: Collection, chosen: list[Index], form: Query, where: tuple[Condition, ...]) -> str:
    """What lies behind the cursor and meets these conditions."""
    elements = {index.contains: f"e{number}" for number, index in enumerate(chosen) if index.contains}
    order = _order(chosen, form)
    lead = order[0].partition(".")[0]
    led = {*chosen[0].equal, *form.fields} if chosen else set()
    tables = {**elements, **dict.fromkeys(led, lead)}
    clauses = [*_conditions(where, tables), *_bounds(collection, chosen, form)]
    for alias in elements.values():  # an element of the same document, at the same place of the order
        if alias != lead:
            clauses += [f"{alias}.{column.partition('.')[2]} = {column}" for column in order]
    if lead != "t":
        clauses.append(f"t.path = {lead}.path")
    if form.after is not None:
        clauses.append(f"({', '.join(order)}) {'<' if form.descending else '>'} ({form.after})")
    return f"FROM {_sources(collection, chosen)}{' WHERE ' * bool(clauses)}{' AND '.join(clauses)}"


def _order(chosen: list[Index], form: Query) -> list[str]:
    """The columns of the order, of the table that is read in it."""
    lead = "e0" if chosen and chosen[0].contains else "t"
    return [f"{lead}.{quoted(column)}" for column in (*form.fields, "path")]


def _sources(collection: Collection, chosen: list[Index]) -> str:
    """The tables, in the order in which they are read: CROSS keeps it."""
    documents = f"{quoted(collection.name)} AS t"
    joined = [f"{quoted(key_name(collection, one))} AS e{n}" for n, one in enumerate(chosen) if one.contains]
    if not chosen or chosen[0].contains:
        return " CROSS JOIN ".join([*joined, documents])
    return " CROSS JOIN ".join([f"{documents} INDEXED BY {quoted(key_name(collection, chosen[0]))}", *joined])


def _bounds(collection: Collection, chosen: list[Index], form: Query) -> Iterator[str]:
    """Within which collection the documents lie, where the table holds many; and in what a sparse index leads."""
    if chosen and chosen[0].sparse:
        yield from (f"t.{says_something(field)}" for field in chosen[0].equal)
    if form.collection.startswith("*/"):
        return
    if not chosen:
        yield f"t.path > {FROM} AND t.path < {TO}"
    elif within(collection, chosen[0]):
        yield f"t.{quoted(PARENT)} = {COLLECTION}"


def _conditions(where: tuple[Condition, ...], tables: dict[str, str]) -> Iterator[str]:
    """Each on the table that has its column: that of the leading index, or else that of the documents."""
    for field, how, value in where:
        column = f"{tables.get(field, 't')}.{quoted(f'{field}[]' if how == 'contains' else field)}"
        if how == "in":
            yield f"{column} IN ({', '.join(map(_said, value))})"
        else:
            yield f"{column} {SIGNS.get(how, how)} {_said(value)}"


def _said(value: str | None) -> str:
    return NULL_TEXT if value is None else value
