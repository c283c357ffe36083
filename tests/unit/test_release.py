"""A command of another release lays nothing out anew under a system that runs."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from infra.local.release import must_fit
from infra.local.runtime import prepare
from shared import settings

RUNNING = """
import sys
from pathlib import Path
from infra.local.runtime import alone
with alone(Path(sys.argv[1])):
    print("running", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("KIM_DATA", str(tmp_path))
    settings.settings.cache_clear()
    prepare(tmp_path)
    yield tmp_path
    settings.settings.cache_clear()


@contextmanager
def running(data: Path) -> Iterator[None]:
    system = subprocess.Popen(
        [sys.executable, "-c", RUNNING, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert system.stdout is not None
    system.stdout.readline()
    yield
    system.communicate()


def of_another_release(data: Path) -> list[str]:
    """The indexes that are left where this release declares one that the other did not have."""
    with closing(sqlite3.connect(data / "cases.db")) as connection:
        names = indexes(connection)
        connection.execute(f'DROP INDEX "{names[0]}"')
        return names[1:]


def indexes(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name")
    return [name for (name,) in found]


def test_a_command_of_the_same_release_goes_on_while_the_system_runs(data: Path):
    with running(data):
        must_fit()


def test_a_command_of_another_release_says_so_and_leaves_everything_as_it_is(data: Path):
    left = of_another_release(data)

    with running(data), pytest.raises(SystemExit, match="another release"):
        must_fit()

    with closing(sqlite3.connect(data / "cases.db")) as connection:
        assert indexes(connection) == left


def test_where_nobody_works_on_it_a_command_may_lay_it_out(data: Path):
    of_another_release(data)

    must_fit()


@pytest.mark.parametrize("command", ["audit", "erasure", "dead_letters", "rotate_key"])
def test_a_command_that_was_given_another_folder_says_so_and_leaves_nothing_there(tmp_path: Path, command: str):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {**os.environ, "KIM_DATA": str(elsewhere)}

    ended = subprocess.run(
        [sys.executable, "-m", f"infra.local.{command}"], env=environment, input="", capture_output=True, text=True
    )

    assert (ended.returncode, ended.stderr) == (2, "")
    assert ended.stdout == f"There is no KIM in {elsewhere}/, no intake.db: does KIM_DATA name the folder?\n"
    assert not list(elsewhere.iterdir())
