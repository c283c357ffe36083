"""The vocabulary of the facts: every text that stands in them and is no id that we drew, column by column.

It lies with the reports, where the search for what is left of somebody who was erased reads it (`cases_erasures`): so
the facts are searched, no word of hers comes near a query, and reporting learns none.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from services.reporting import statements
from services.reporting.domain.asked import Asked
from services.reporting.domain.periods import Period
from services.reporting.facts import COLUMNS, MOST, Facts
from shared.events import stamp
from shared.store import Put, Store

WHOLE = "vocabulary/whole"
"""When all of it was written, and whether it is all there is."""

ALL_DAYS = Asked(Period(date.min, date.max))


def write(facts: Facts, store: Store, *, at: datetime) -> dict[str, int]:
    """Write what stands in the facts now over what stood in them before. A repeat changes nothing."""
    found = {column.name: list[str]() for column in COLUMNS if column.type == "STRING"}
    (texts,) = statements.ask(facts, ["texts"], ALL_DAYS)
    for name, rows in groupby(texts, key=itemgetter("name")):
        found[name] = [row["text"] for row in rows]
    said: dict[str, Any] = {name: {"values": texts[:MOST]} for name, texts in found.items()}
    complete = all(len(texts) <= MOST for texts in found.values())
    writes = [Put(f"vocabulary/{name}", body) for name, body in said.items()]
    store.commit([*writes, Put(WHOLE, {"at": stamp(at), "complete": complete})])
    return {"texts": sum(map(len, found.values()))}
