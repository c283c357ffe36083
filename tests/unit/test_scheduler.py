"""When scheduled functions are called: by the domain's clock, and each once however far it moved."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug import Response

from infra.local import dispatcher
from infra.local.scheduler import Runs, Scheduler
from shared.bus.local import File

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
MONTHLY = "0 5 1 * *"


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    file = File(tmp_path / "bus.db")
    yield Runs(file)
    file.close()


def never(_function: str) -> Any:
    raise AssertionError("nothing is called here")


def scheduler(runs: Runs, cron: str = MONTHLY) -> Scheduler:
    return Scheduler({"reporting_run": cron}, runs, never)


def due(runs: Runs, at: datetime, cron: str = MONTHLY) -> list[str]:
    return list(scheduler(runs, cron).due(at))


def test_what_was_never_seen_counts_from_now(runs):
    assert due(runs, NOON) == []
    assert runs.last("reporting_run") == NOON


def test_it_is_due_at_its_time_and_not_before(runs):
    runs.ran("reporting_run", NOON)

    assert due(runs, datetime(2026, 4, 1, 2, 59, 59, tzinfo=UTC)) == []  # 04:59:59 in Berlin, summer time
    assert due(runs, datetime(2026, 4, 1, 3, 0, tzinfo=UTC)) == ["reporting_run"]


def test_it_is_due_once_however_many_times_were_missed(runs):
    runs.ran("reporting_run", NOON)
    later = NOON + timedelta(days=400)

    assert due(runs, later) == ["reporting_run"]
    runs.ran("reporting_run", later)
    assert due(runs, later) == []


def test_what_was_due_and_did_not_run_stays_due(runs):
    runs.ran("reporting_run", NOON)

    assert due(runs, NOON + timedelta(days=60)) == due(runs, NOON + timedelta(days=60)) == ["reporting_run"]


def test_setting_the_clock_back_runs_nothing_and_counts_from_there(runs):
    runs.ran("reporting_run", NOON + timedelta(days=400))

    assert due(runs, NOON) == []
    assert due(runs, NOON + timedelta(days=30)) == ["reporting_run"]


def test_every_minute_is_a_minute_after_the_last_run(runs):
    runs.ran("reporting_run", NOON + timedelta(seconds=20))

    assert due(runs, NOON + timedelta(seconds=59), "* * * * *") == []
    assert due(runs, NOON + timedelta(seconds=60), "* * * * *") == ["reporting_run"]


def test_sweeps_run_at_the_start_whatever_is_due(runs):
    called, swept = [], threading.Event()

    def call(function: str) -> Response:
        called.append(function)
        swept.set()
        return Response(status=200)

    working = Scheduler({"reporting_run": MONTHLY, "cases_sweep": MONTHLY}, runs, call)
    working.start()
    assert swept.wait(60)
    working.stop(60)

    assert called == ["cases_sweep"]


def test_what_failed_is_tried_again_after_a_minute_and_not_before(runs, monkeypatch):
    clock, called = SimpleNamespace(now=1000.0), []
    monkeypatch.setattr("infra.local.scheduler.time", SimpleNamespace(monotonic=lambda: clock.now))

    def call(function: str) -> Response:
        called.append(function)
        return Response(status=503)

    failing = Scheduler({"reporting_run": MONTHLY}, runs, call)
    for clock.now in (1000.0, 1000.0, 1059.9):
        failing._once("reporting_run")
    assert called == ["reporting_run"]

    clock.now = 1060.0
    failing._once("reporting_run")
    assert called == ["reporting_run"] * 2
    assert runs.last("reporting_run") is None


def test_a_disk_that_is_full_for_a_while_does_not_end_the_schedules(runs, monkeypatch):
    faults = [sqlite3.OperationalError("database or disk is full")] * 2
    monkeypatch.setattr(dispatcher, "time", SimpleNamespace(sleep=lambda _: None))
    called = threading.Event()

    class Full(Runs):
        """Can neither read nor write at first."""

        def __init__(self) -> None: ...

        def last(self, function: str) -> datetime | None:
            if faults:
                raise faults.pop()
            return runs.last(function)

        def ran(self, function: str, at: datetime) -> None:
            runs.ran(function, at)
            done.set()

    done = threading.Event()
    runs.ran("reporting_run", NOON)

    def call(_function: str) -> Response:
        called.set()
        return Response(status=200)

    working = Scheduler({"reporting_run": "* * * * *"}, Full(), call)
    working.start()

    assert called.wait(60)
    assert done.wait(60)
    working.stop(60)
