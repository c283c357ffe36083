"""What a vault forgets is in no corner of its files."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from shared import database_files
from shared.store import Create, Delete, Put, Write, sqlite
from shared.store.catalogue import DATABASES
from shared.store.sqlite import SqliteStore

PEOPLE = DATABASES["people"]
KEY = "a-key-that-is-to-be-destroyed"
KEPT = Create("persons/1", {"kept_at": "2026-03-14T12:00:00Z", "key": KEY})
WITHOUT = Put("persons/1", {**KEPT.body, "key": None})


def somewhere(folder: Path) -> list[str]:
    """The files in which the key stands."""
    return sorted(file.name for file in folder.iterdir() if KEY.encode() in file.read_bytes())


@pytest.mark.parametrize("forgets", [WITHOUT, Delete(KEPT.path)])
def test_what_a_vault_forgets_is_in_no_corner_of_its_files(tmp_path: Path, forgets: Write):
    store = SqliteStore(PEOPLE, tmp_path / "people.db")
    store.commit([KEPT])
    assert somewhere(tmp_path)

    store.commit([forgets])

    assert somewhere(tmp_path) == []
    store.close()


def test_what_a_kill_left_of_it_is_gone_with_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    killed = SqliteStore(PEOPLE, tmp_path / "people.db")
    killed.commit([KEPT])
    with monkeypatch.context() as before:
        before.setattr(sqlite, "carry", lambda _: None)
        killed.commit([WITHOUT])
    assert somewhere(tmp_path) == ["people.db-wal"]

    SqliteStore(PEOPLE, tmp_path / "people.db").close()

    assert somewhere(tmp_path) == []
    killed.close()


def test_who_reads_for_long_holds_up_forgetting_and_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(database_files, "WAIT", 0.0)
    store = SqliteStore(PEOPLE, tmp_path / "people.db")
    store.commit([KEPT])
    reader = sqlite3.connect(tmp_path / "people.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM persons").fetchall()

    store.commit([WITHOUT])

    assert store.get(KEPT.path) == WITHOUT.body
    assert somewhere(tmp_path)
    assert caplog.messages == ["what was removed still lies in a write-ahead log"]
    reader.execute("COMMIT")
    store.commit([WITHOUT])
    assert somewhere(tmp_path) == []
    reader.close()
    store.close()
