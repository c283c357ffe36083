"""The reporting service at hand: facts in memory, events of made-up cases, and BigQuery played by DuckDB."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb
import pytest
import sqlglot
from werkzeug.test import TestResponse

from services.reporting import facts, handlers, routes
from services.reporting.duck import TYPES, DuckFacts
from services.reporting.store import Reports
from shared import clock
from shared.codes import ClosureReason, EndedBy, Phase
from shared.events import CaseClosed, CaseEvent, CasePhaseChanged, Event
from shared.municipality import Staff
from shared.store.catalogue import DATABASES
from shared.store.sqlite import SqliteStore
from tests import signin
from tests.builders import case_facts
from tests.fakes import FakeBus, MemoryStore

OCTOBER, NOVEMBER = date(2026, 10, 15), date(2026, 11, 20)
OCTOBER_REPORT = {"kind": "monthly_steering", "period": "2026-10"}
ID = "report-monthly_steering-2026-10"


def noon(on: date) -> datetime:
    """Noon of a day."""
    return datetime.combine(on, time(12), UTC)


def in_memory() -> DuckFacts:
    """Facts of a test's own."""
    return DuckFacts(Path(mkdtemp()) / "facts.duckdb", MemoryStore("facts"))


def on_disk(folder: Path) -> DuckFacts:
    """Facts as the embedded runtime keeps them in its folder."""
    return DuckFacts(folder / "facts.duckdb", SqliteStore(DATABASES["facts"], folder / "facts.db"))


def a_case_event(
    kind: type[CaseEvent] = CasePhaseChanged,
    *,
    case: str = "case-a1",
    version: int = 1,
    on: date = OCTOBER,
    **said: Any,
) -> CaseEvent:
    """Something that happened to a case, or to a `subject` beside it; what is no field of it is said of the case."""
    usual: dict[str, Any] = {"to": Phase.ASSESSMENT} if kind is CasePhaseChanged else {}
    own = {name: said.pop(name) for name in list(said) if name in kind.model_fields}
    known = case_facts(**{"person": f"person-{case[5:]}", "phase": Phase.ASSESSMENT, "opened_on": on, **said})
    return kind.model_validate(
        {"subject": case, "case": case, "version": version, "at": noon(on), "by": "lindenhof-1", "facts": known}
        | usual
        | own
    )


def a_closing(*, case: str = "case-a1", version: int = 2, on: date = OCTOBER, **said: Any) -> CaseEvent:
    """A case was closed with all its goals achieved."""
    usual = {"reason": ClosureReason.GOALS_ACHIEVED, "ended_by": EndedBy.MUTUAL, "phase": Phase.CLOSED}
    return a_case_event(CaseClosed, case=case, version=version, on=on, **{**usual, **said})


class BigQueryPlayed:
    """A client of BigQuery that keeps every row it is sent, and runs BigQuery's SQL as DuckDB's.

    Its file is open while something is asked, and never longer: marks and tracebacks keep clients to the end.
    """

    def __init__(self) -> None:
        self._file, self._waiting = Path(mkdtemp()) / "bigquery.duckdb", list[list[Any]]()
        columns = ", ".join(f'"{one.name}" {TYPES[one.type]}{"[]" if one.repeated else ""}' for one in facts.COLUMNS)
        with duckdb.connect(self._file) as rows:
            rows.execute(f"CREATE TABLE facts ({columns})")
        self.row_ids: list[str] = []
        self.refuses = False
        self.away: Exception | None = None

    def insert_rows_json(
        self, table: str, json_rows: list[dict[str, Any]], row_ids: list[str], **_how: Any
    ) -> Sequence[Any]:
        self._answers()
        if self.refuses:
            return [{"index": 0, "errors": [{"reason": "backendError"}]}]
        assert table == "kim-local.kim_reporting.facts"
        names = [one.name for one in facts.COLUMNS]
        for row in json_rows:
            assert set(row) == set(names)
            self._waiting.append([row[name] for name in names])
        self.row_ids += row_ids
        return []

    def query_and_wait(self, query: str, *, job_config: Any, **_how: Any) -> list[dict[str, Any]]:
        self._answers()
        with duckdb.connect(self._file) as rows:
            self._take(rows)
            found = rows.execute(_translated(query), {one.name: one.value for one in job_config.query_parameters})
            names = [one[0] for one in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _take(self, rows: duckdb.DuckDBPyConnection) -> None:
        rows.begin()
        for waits in self._waiting:
            rows.execute(f"INSERT INTO facts VALUES ({', '.join('?' * len(waits))})", waits)
        rows.commit()
        self._waiting.clear()

    def _answers(self) -> None:
        if self.away is not None:
            raise self.away


@cache
def _translated(query: str) -> str:
    statement = sqlglot.transpile(query, read="bigquery", write="duckdb")[0]
    # An offset counts from 0 there, an ordinality from 1 here: the translation forgets it.
    return re.sub(r'(?<!", )\bpos_2\b', "(pos_2 - 1)", statement)


class ReportingService:
    """The application on fakes, and staff who call it as they would over HTTP."""

    def __init__(self) -> None:
        self.facts, self.bus = in_memory(), FakeBus()
        self.store = MemoryStore("reporting")
        self.reports = Reports(self.store, self.bus)
        self._client = routes.application().test_client()
        self._numbers = count(1)

    def hear(self, *events: Event) -> None:
        """Events arrive."""
        for event in events:
            handlers.record(event, facts=self.facts)

    def open_cases(self, number: int, *, on: date = OCTOBER, **said: Any) -> list[str]:
        """So many cases are opened; their ids."""
        cases = [f"case-{next(self._numbers):032x}" for _ in range(number)]
        self.hear(*(a_case_event(case=case, on=on, **said) for case in cases))
        return cases

    def write_october(self) -> None:
        """October's report, with cases of two organisations in three districts."""
        self.open_cases(6, organisation="lindenhof", city_district=1)
        self.open_cases(4, organisation="bruecke", city_district=4)
        self.open_cases(2, organisation="bruecke", city_district=5)
        assert self.post("koordination", OCTOBER_REPORT).status_code == 202

    def get(self, who: Staff | str, path: str, language: str = "en", accept: str = "*/*") -> TestResponse:
        headers = {**signin.signed_in(who), "Accept-Language": language, "Accept": accept}
        return self._client.get(f"/reporting/{path}", headers=headers)

    def post(self, who: Staff | str, body: Any, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.post("/reporting/reports", json=body, headers={**signin.signed_in(who), **named})


@contextmanager
def a_reporting_service() -> Iterator[ReportingService]:
    """A service of its own on a November day."""
    service = ReportingService()
    with pytest.MonkeyPatch.context() as patch, signin.trusted():
        patch.setattr(routes, "reports", lambda: service.reports)
        patch.setattr(facts, "connect", lambda: service.facts)
        clock.move(noon(NOVEMBER))
        yield service
    clock.move(None)
