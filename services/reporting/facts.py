"""The facts: one row per event. DuckDB embedded, BigQuery in the cloud; both are asked the same Ibis expressions.

The columns stand in `facts.json`, in BigQuery's own form, which the infrastructure reads too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from shared.settings import Environment, settings
from shared.store import connect as open_store

if TYPE_CHECKING:
    from ibis import Table

    from services.reporting.domain.fact import Row

TABLE = "facts"
EACH_ONCE = "each_once"
"""The rows with each person once, whatever merged: what all indicators count. An engine that keeps it works it out
once for all of them; in another's statements it stands within each."""
MOST = 5_000
"""Texts of one column: more are no codes, and nobody is told that they were searched."""

Rows = list[dict[str, Any]]


class Statement(NamedTuple):
    """What is asked, in an engine's words, with the values of the names that it binds."""

    text: str
    values: Mapping[str, Any] = MappingProxyType({})
    kept_as: str | None = None
    """The name under which those that follow find its rows, where the engine keeps them."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column, by its BigQuery type and mode."""

    name: str
    type: str
    mode: str

    @property
    def repeated(self) -> bool:
        return self.mode == "REPEATED"


COLUMNS = tuple(
    Column(one["name"], one["type"], one["mode"])
    for one in json.loads(Path(__file__).with_name("facts.json").read_text(encoding="utf-8"))
)

IBIS = {"STRING": "string", "INTEGER": "int64", "DATE": "date", "TIMESTAMP": "timestamp('UTC')"}


class Facts(Protocol):
    """Where the rows are."""

    dialect: str
    """The words in which the engine is asked."""
    binds: str
    """What stands before a name in place of a value."""
    keeps: bool
    """Whether what one statement gives is there for those that follow in the same run."""

    def append(self, row: Row) -> None:
        """Keep a row for good, unless one of this event is there already. Raises when that is not certain."""

    @staticmethod
    def table() -> Table:
        """The rows, each event once, to build expressions on."""

    def settle(self) -> int:
        """Bring what was appended to where it is asked, and how many rows that were. Asking does it too."""

    def run(self, statements: Iterable[Statement]) -> list[Rows]:
        """The rows that each of these statements gives, in their order."""


def ask(facts: Facts, expression: Table) -> Rows:
    """The rows of an expression over the table of these facts."""
    (rows,) = facts.run([Statement(sql(expression, facts.dialect))])
    return rows


def values(row: Row) -> list[Any]:
    """The row's values in the order of the columns; what it says beside them is left out."""
    return [row.get(column.name, [] if column.repeated else None) for column in COLUMNS]


def declared() -> Table:
    """The table as Ibis knows it, bound to no engine."""
    import ibis

    types = {column.name: f"array<{IBIS[column.type]}>" if column.repeated else IBIS[column.type] for column in COLUMNS}
    return ibis.table(types, name=TABLE)


def sql(expression: Table, dialect: str) -> str:
    """The expression in the engine's own words."""
    import ibis

    return str(ibis.to_sql(expression, dialect=dialect, pretty=False))


class FactsSettings(Environment):
    """`KIM_FACTS`: where the cloud's facts are. DuckDB is for one machine with emulators: BigQuery has none there."""

    facts: Literal["bigquery", "duckdb"] = "bigquery"


@cache
def connect() -> Facts:
    """The facts of this process, opened once."""
    if settings().backend == "google" and FactsSettings.read().facts == "bigquery":
        from services.reporting.bigquery import BigQueryFacts

        return BigQueryFacts()
    from services.reporting.duck import DuckFacts

    return DuckFacts(settings().data / "facts.duckdb", open_store("facts"))
