"""Statements: what is written ahead says what the expressions say, and a function that has them loads no Ibis."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.reporting import ahead, statements, writing
from services.reporting.bigquery import BigQueryFacts
from services.reporting.counting import OF_DAYS, OF_THE_CITY
from services.reporting.domain.asked import Asked
from services.reporting.domain.measures import TABLES, Dimension
from services.reporting.domain.periods import Kind, Period
from services.reporting.facts import EACH_ONCE, Facts, Statement, sql
from services.reporting.vocabulary import ALL_DAYS
from tests.reporting import BigQueryPlayed, in_memory

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
EVERY_NAME = [*writing.NAMED, "texts", EACH_ONCE]
ENGINES = pytest.mark.parametrize("facts", [in_memory(), BigQueryFacts(BigQueryPlayed())], ids=["duckdb", "bigquery"])
ALONE = """
import sys
from datetime import date
from pathlib import Path
from services.reporting import counting, duck, statements
from services.reporting.domain.asked import Asked
from services.reporting.domain.measures import TABLES
from services.reporting.domain.periods import Kind, Period
from tests.fakes import MemoryStore

statements.WRITTEN = Path(sys.argv[1])
facts = duck.DuckFacts(Path(sys.argv[2]), MemoryStore("facts"))
asked = Asked(Period(date(2026, 10, 1), date(2026, 10, 31)), TABLES[Kind.MONTHLY_STEERING])
assert len(counting.count(facts, asked)) > 10
print([one for one in ("ibis", "sqlglot", "marshmallow") if one in sys.modules])
"""


def filled_in(statement: Statement, facts: Facts) -> str:
    """The statement with its values where their names stand."""
    text = statement.text
    for name, value in statement.values.items():
        text = text.replace(f"{facts.binds}{name}", writing._literal(value, facts.dialect))
    return text


@ENGINES
@pytest.mark.parametrize("organisation", [None, "linden'hof"])
@pytest.mark.parametrize("name", EVERY_NAME)
def test_a_statement_with_its_values_is_what_the_expression_says(name: str, organisation: str | None, facts: Facts):
    asked = Asked(OCTOBER, tuple(Dimension), organisation)
    said = statements.statement(facts, name, asked)

    assert filled_in(said, facts) == sql(writing.expression(type(facts), name, asked), facts.dialect)
    assert not any(writing._literal(place, facts.dialect) in said.text for place in writing.PLACES.values())


def test_what_is_counted_has_a_name_of_its_own():
    assert {*OF_THE_CITY, *(days for days, _ in OF_DAYS.values())} == set(writing.NAMED)
    assert len(writing.NAMED) == len(writing.INDICATORS)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a bundle has."""
    place = tmp_path_factory.mktemp("bundle")
    for name, content in ahead.written().items():
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_bytes(content)
    return place / statements.WRITTEN.name


@ENGINES
def test_what_is_written_ahead_is_asked_as_it_stands_there(
    facts: Facts, written: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(statements, "WRITTEN", written)
    for cached in (statements._text, statements._ahead):
        cached.cache_clear()
    monkeypatch.setattr(writing, "write", _nobody_writes)

    for by, of_one in ahead.BROKEN_DOWN:
        asked = Asked(OCTOBER, by, "lindenhof" if of_one else None)
        held: dict[str, Any] = json.loads((written / statements.file_of(facts.dialect, by, of_one)).read_bytes())
        assert {name: statements.statement(facts, name, asked).text for name in held} == held
    assert statements.statement(facts, "texts", ALL_DAYS).values == {}
    for cached in (statements._text, statements._ahead):
        cached.cache_clear()


def _nobody_writes(*_: Any) -> str:
    raise AssertionError("this was to be written ahead")


def test_the_scheduled_report_loads_neither_ibis_nor_marshmallow(written: Path, tmp_path: Path):
    command = [sys.executable, "-c", ALONE, str(written), str(tmp_path / "facts.duckdb")]

    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_scheduled_report_is_written_ahead():
    assert (TABLES[Kind.MONTHLY_STEERING], False) in ahead.BROKEN_DOWN
