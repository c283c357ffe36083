"""What stands in the columns of the facts, as Ibis expressions."""

from __future__ import annotations

import ibis

from services.reporting.facts import COLUMNS, MOST, Column

DRAWN = r"^[a-z0-9_.=-]*[0-9a-f]{16}[a-z0-9_.=-]*$"
"""An id that was drawn at random, and what is named after it."""


def texts(facts: ibis.Table) -> ibis.Table:
    """Every text that is no id that we drew, each once, by the name of its column; one more than are wanted at most."""
    held = [_texts(facts, column) for column in COLUMNS if column.type == "STRING"]
    return ibis.union(*held).order_by("name", "text")


def _texts(table: ibis.Table, column: Column) -> ibis.Table:
    held = table[column.name].unnest() if column.repeated else table[column.name]
    texts = table.select(text=held)
    known = texts.filter(texts.text.notnull(), ~texts.text.re_search(DRAWN)).distinct()
    return known.mutate(name=ibis.literal(column.name)).limit(MOST + 1)
