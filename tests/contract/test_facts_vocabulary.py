"""The texts of the facts are written down for the search for who was erased, from DuckDB and from BigQuery alike."""

from __future__ import annotations

from typing import Any

import pytest

from services.cases.rights import proving
from services.reporting import columns, statements, vocabulary
from services.reporting.bigquery import BigQueryFacts
from services.reporting.domain.fact import row
from services.reporting.facts import COLUMNS, Facts
from shared.events import CaseClosed
from shared.store.catalogue import DATABASES
from shared.store.traces import search
from tests.fakes import MemoryStore
from tests.reporting import NOVEMBER, OCTOBER, BigQueryPlayed, a_case_event, in_memory, noon

HEX = f"{7:032x}"
TEXTS = [column.name for column in COLUMNS if column.type == "STRING"]


@pytest.fixture(params=[in_memory, lambda: BigQueryFacts(BigQueryPlayed())], ids=["duckdb", "bigquery"])
def facts(request: pytest.FixtureRequest) -> Facts:
    engine: Facts = request.param()
    return engine


def append(facts: Facts, **said: Any) -> None:
    facts.append(row(a_case_event(case=f"case-{HEX}", **said), on=OCTOBER))


def written(facts: Facts, store: MemoryStore) -> dict[str, list[str]]:
    vocabulary.write(facts, store, at=noon(NOVEMBER))
    return {name: held["values"] for name in TEXTS if (held := store.get(f"vocabulary/{name}")) is not None}


def test_every_text_column_is_written_down_once_for_all_rows_and_no_id_that_was_drawn(facts: Facts):
    for version in (1, 2, 3):
        append(facts, version=version, person=f"person-{HEX}", action_fields=("work", "housing"))
    append(facts, version=4, kind=CaseClosed, outcomes={"goal-5": "achieved"}, reason="other", ended_by="client")

    found = written(facts, MemoryStore("reporting"))

    assert list(found) == TEXTS
    assert found["action_fields"] == ["housing", "work"]
    assert found["outcomes"] == ["goal-5=achieved"]
    assert found["type"] == ["cases.case-closed.v1", "cases.case-phase-changed.v1"]
    assert not [found[one] for one in ("event_id", "subject", "case_id", "person") if found[one]]


def test_a_word_that_came_into_the_facts_is_found_with_the_reports(facts: Facts):
    store = MemoryStore("reporting")
    append(facts, version=1, organisation="Frau Quellwasserov")
    append(facts, version=2, target_groups=("young_adult",))
    written(facts, store)

    found = search(DATABASES["reporting"], store, ["Quellwasserov"])

    assert found.found == ("vocabulary/organisation",)


def test_an_id_with_a_word_beside_it_is_no_id(facts: Facts):
    append(facts, version=1, person=f"person-{HEX} Quellwasserov")

    assert written(facts, MemoryStore("reporting"))["person"] == [f"person-{HEX} Quellwasserov"]


def test_what_stands_there_no_more_is_written_down_no_more(facts: Facts):
    store = MemoryStore("reporting")
    append(facts, version=1, organisation="lindenhof")
    written(facts, store)

    assert written(in_memory(), store)["organisation"] == []


def test_more_texts_than_codes_can_be_are_not_said_to_be_all(facts: Facts, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(vocabulary, "MOST", 1)
    monkeypatch.setattr(columns, "MOST", 1)
    statements._text.cache_clear()
    store = MemoryStore("reporting")
    for version, organisation in enumerate(("lindenhof", "bruecke"), 1):
        append(facts, version=version, organisation=organisation)
    written(facts, store)
    statements._text.cache_clear()

    assert store.get(proving.VOCABULARY) == {"at": "2026-11-20T12:00:00.000000+00:00", "complete": False}
    assert proving.VOCABULARY == vocabulary.WHOLE
