"""The vocabulary of the facts: every text that stands in them and is no id that we drew, column by column.

It lies with the reports, where the search for what is left of somebody who was erased reads it (`cases_erasures`): so
the facts are searched, no word of hers comes near a query, and reporting learns none.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import ibis

from services.reporting.facts import COLUMNS, Column, Facts, sql
from shared.events import stamp
from shared.store import Put, Store

DRAWN = r"^[a-z0-9_.=-]*[0-9a-f]{16}[a-z0-9_.=-]*$"
"""An id that was drawn at random, and what is named after it."""

MOST = 5_000
"""Texts of one column: more are no codes, and nobody is told that they were searched."""

WHOLE = "vocabulary/whole"
"""When all of it was written, and whether it is all there is."""


def write(facts: Facts, store: Store, *, at: datetime) -> dict[str, int]:
    """Write what stands in the facts now over what stood in them before. A repeat changes nothing."""
    found = {column.name: list[str]() for column in COLUMNS if column.type == "STRING"}
    for name, rows in groupby(facts.run(_statement(type(facts))), key=itemgetter("name")):
        found[name] = [row["text"] for row in rows]
    said: dict[str, Any] = {name: {"values": texts[:MOST]} for name, texts in found.items()}
    complete = all(len(texts) <= MOST for texts in found.values())
    writes = [Put(f"vocabulary/{name}", body) for name, body in said.items()]
    store.commit([*writes, Put(WHOLE, {"at": stamp(at), "complete": complete})])
    return {"texts": sum(map(len, found.values()))}


@lru_cache(maxsize=4)
def _statement(facts: type[Facts]) -> str:
    table = facts.table()
    texts = [_texts(table, column) for column in COLUMNS if column.type == "STRING"]
    return sql(ibis.union(*texts).order_by("name", "text"), facts.dialect)


def _texts(table: ibis.Table, column: Column) -> ibis.Table:
    """The texts of a column, each once; one more than are wanted at most."""
    held = table[column.name].unnest() if column.repeated else table[column.name]
    texts = table.select(text=held)
    known = texts.filter(texts.text.notnull(), ~texts.text.re_search(DRAWN)).distinct()
    return known.mutate(name=ibis.literal(column.name)).limit(MOST + 1)
