"""The facts keep each event once and for good, in DuckDB and in BigQuery; the second is played by DuckDB."""

from __future__ import annotations

import inspect
import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from google.api_core import exceptions
from google.auth.exceptions import TransportError
from google.cloud import bigquery

from infra.topology import FUNCTIONS, Opens
from services.reporting import facts
from services.reporting.bigquery import PATIENCE, BigQueryFacts, NotAppended
from services.reporting.domain.fact import row
from services.reporting.duck import LATER, _column
from services.reporting.facts import COLUMNS, Facts, Statement
from shared.errors import Busy
from shared.events import ConferenceRecorded
from tests.reporting import OCTOBER, BigQueryPlayed, a_case_event, in_memory, on_disk

ENGINES = {"duckdb": in_memory, "bigquery": lambda: BigQueryFacts(BigQueryPlayed())}

WRITER = """
import sys
from pathlib import Path
from services.reporting.domain.fact import row
from tests.reporting import OCTOBER, a_case_event, on_disk
facts = on_disk(Path(sys.argv[1]))
for version in range(1, 100_000):
    facts.append(row(a_case_event(version=version), on=OCTOBER))
    print(version, flush=True)
    if version % 7 == 0:
        facts.settle()
"""

ASKING = """
import sys
from pathlib import Path
from tests.reporting import on_disk
with on_disk(Path(sys.argv[1]))._opened():
    print("asking", flush=True)
    sys.stdin.read()
"""

HOLDER = """
import sys, time
import duckdb
with duckdb.connect(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Facts:
    return ENGINES[request.param]()


def a_row(version: int = 1, **said: object) -> dict[str, object]:
    return row(a_case_event(version=version, **said), on=OCTOBER)


def versions(engine: Facts) -> list[int]:
    return [found["version"] for found in facts.ask(engine, engine.table().select("version").order_by("version"))]


def test_a_row_comes_back_as_it_went_in(engine: Facts):
    given = a_row(organisation="lindenhof", city_district=8, target_groups=("young_adult",), action_fields=("work",))
    engine.append(given)
    (found,) = facts.ask(engine, engine.table().drop("at"))

    assert {name: value for name, value in found.items() if value not in (None, [])} == {
        name: value for name, value in given.items() if name != "at" and value not in (None, [])
    }


def test_an_event_delivered_three_times_is_one_row(engine: Facts):
    for _ in range(3):
        engine.append(a_row())

    assert versions(engine) == [1]


def test_rows_arrive_in_any_order(engine: Facts):
    shuffled = random.Random(1).sample(range(1, 9), 8)
    for version in shuffled:
        engine.append(a_row(version))

    assert versions(engine) == [*range(1, 9)]


def test_an_expression_over_nothing_gives_nothing(engine: Facts):
    assert versions(engine) == []


def test_threads_append_and_ask_at_once():
    duck = in_memory()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: duck.append(a_row(number % 50 + 1)), range(200)))
        asked = list(threads.map(lambda _: len(versions(duck)), range(8)))

    assert asked == [50] * 8


def test_what_was_appended_survives_a_kill(tmp_path: Path):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(40)]
    writer.send_signal(signal.SIGKILL)
    told += [int(line) for line in writer.stdout.read().split()]
    writer.stdout.close()
    writer.wait()

    found = versions(on_disk(tmp_path))
    assert set(found) >= set(told)
    assert len(found) == len(set(found))


def test_who_asks_while_another_process_of_ours_asks_waits_for_her_turn(tmp_path: Path):
    """For longer than one would wait for a lock that a writer has in passing."""
    duck = on_disk(tmp_path)
    duck.append(a_row())
    asking = subprocess.Popen(
        [sys.executable, "-c", ASKING, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert asking.stdout is not None
    asking.stdout.readline()
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(versions, duck)
        with pytest.raises(TimeoutError):
            answer.result(timeout=2.5)
        asking.communicate()

        assert answer.result(timeout=120) == [1]


def test_who_asks_while_a_stranger_has_the_file_is_told_to_come_back(tmp_path: Path):
    duck = on_disk(tmp_path)
    duck.append(a_row())
    file = str(tmp_path / "facts.duckdb")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    with pytest.raises(Busy):
        versions(duck)
    duck.append(a_row(2))
    holder.communicate()

    assert versions(duck) == [1, 2]


def test_a_file_that_cannot_be_opened_is_a_fault_and_nothing_to_wait_for(tmp_path: Path):
    (tmp_path / "facts.duckdb").mkdir()

    with pytest.raises(duckdb.IOException):
        versions(on_disk(tmp_path))


def test_bigquery_gets_the_event_id_as_its_key():
    client = BigQueryPlayed()
    BigQueryFacts(client).append(a_row(7))

    assert client.row_ids == ["case-a1.7"]


def test_a_row_that_bigquery_refuses_is_delivered_again():
    client = BigQueryPlayed()
    client.refuses = True

    with pytest.raises(NotAppended):
        BigQueryFacts(client).append(a_row())


AWAY = {
    "503": exceptions.ServiceUnavailable("injected"),
    "500": exceptions.InternalServerError("injected"),
    "429": exceptions.TooManyRequests("injected"),
    "no longer tried": exceptions.RetryError("injected", None),
    "too slow": TimeoutError("injected"),
    "no connection": ConnectionError("injected"),
    "no token": TransportError("injected"),
}


@pytest.mark.parametrize("error", AWAY.values(), ids=AWAY)
def test_while_bigquery_is_away_callers_are_told_to_come_back_and_deliveries_come_again(error: Exception):
    client = BigQueryPlayed()
    client.away = error

    with pytest.raises(Busy):
        versions(BigQueryFacts(client))
    with pytest.raises(Busy):
        BigQueryFacts(client).append(a_row())


def test_what_bigquery_refuses_for_good_is_a_fault():
    client = BigQueryPlayed()
    client.away = exceptions.BadRequest("injected")

    with pytest.raises(exceptions.BadRequest):
        versions(BigQueryFacts(client))


def test_bigquery_is_asked_for_less_long_than_a_function_has(monkeypatch: pytest.MonkeyPatch):
    asked: list[dict[str, Any]] = []
    client = BigQueryPlayed()
    monkeypatch.setattr(client, "query_and_wait", lambda _, **how: asked.append(how) or [])
    monkeypatch.setattr(client, "insert_rows_json", lambda *_, **how: asked.append(how) or [])
    versions(BigQueryFacts(client))
    BigQueryFacts(client).append(a_row())

    for how in asked:
        assert how["retry"].timeout == PATIENCE < min(row.timeout for row in FUNCTIONS if Opens.FACTS in row.opens)
    for method, how in zip(("query_and_wait", "insert_rows_json"), asked, strict=True):
        assert set(how) <= set(inspect.signature(getattr(bigquery.Client, method)).parameters)


def test_results_of_bigquery_are_kept_under_our_key(monkeypatch: pytest.MonkeyPatch):
    made: dict[str, Any] = {}
    monkeypatch.setattr(bigquery, "Client", lambda **given: made.update(given))
    monkeypatch.setenv("KIM_SEAL", "projects/p/locations/l/keyRings/r/cryptoKeys/data")
    BigQueryFacts()

    sealed = made["default_query_job_config"].destination_encryption_configuration
    assert sealed.kms_key_name == "projects/p/locations/l/keyRings/r/cryptoKeys/data"
    assert made["location"] == "europe-west3"


def test_the_columns_are_a_table_that_bigquery_can_make():
    assert {column.type for column in facts.COLUMNS} <= {"STRING", "INTEGER", "DATE", "TIMESTAMP"}
    assert {column.mode for column in facts.COLUMNS} <= {"REQUIRED", "NULLABLE", "REPEATED"}
    assert len({column.name for column in facts.COLUMNS}) == len(facts.COLUMNS)


def test_a_file_from_before_gets_the_columns_that_came_later(tmp_path: Path):
    columns = ", ".join(_column(one) for one in COLUMNS if one not in LATER)
    with duckdb.connect(tmp_path / "facts.duckdb") as before:
        before.execute(f"CREATE TABLE facts ({columns})")
    facts = on_disk(tmp_path)

    facts.append(row(a_case_event(ConferenceRecorded, held_on="2026-10-05", participants=["bruecke"]), on=OCTOBER))

    assert [one["about"] for one in facts.run([Statement("SELECT about FROM facts")])[0]] == [date(2026, 10, 5)]
    assert COLUMNS[-len(LATER) :] == LATER
