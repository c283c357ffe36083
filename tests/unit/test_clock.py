"""The clock: moved here, it is moved wherever its file is known."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared import clock
from tests.builders import NOON

A_WHILE = timedelta(seconds=60)
"""Longer than any machine takes, and shorter than any clock is moved here."""


@pytest.fixture(autouse=True)
def _own_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_shared", None)
    monkeypatch.setattr(clock, "_offset", timedelta())


def test_a_clock_runs_on_from_where_it_was_moved_to():
    clock.move(NOON)

    assert NOON <= clock.now() < NOON + A_WHILE


def test_nothing_gives_the_real_time_back():
    clock.move(NOON)
    clock.move(None)

    assert abs(clock.now() - datetime.now(UTC)) < A_WHILE


def test_every_process_that_knows_the_file_has_the_moved_clock(tmp_path: Path):
    clock.share(tmp_path / "clock")
    clock.move(NOON)

    there = subprocess.run(
        [sys.executable, "-c", "from shared import clock; print(clock.now().isoformat())"],
        env={**os.environ, "KIM_CLOCK": str(tmp_path / "clock")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert NOON <= datetime.fromisoformat(there.stdout.strip()) < NOON + A_WHILE


def test_a_shared_clock_begins_at_the_real_time(tmp_path: Path):
    clock.share(tmp_path / "clock")

    assert abs(clock.now() - datetime.now(UTC)) < A_WHILE
