"""What the embedded runtime does before any of its processes works."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from infra.local.runtime import prepare
from shared.store.catalogue import DATABASES


def laid_down(file: Path) -> set[str]:
    connection = sqlite3.connect(file)
    found = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE sql IS NOT NULL")}
    connection.close()
    return found


def test_the_keys_of_a_new_release_are_made_before_processes_wait_for_each_other(tmp_path):
    prepare(tmp_path)
    files = {name: tmp_path / f"{name}.db" for name in DATABASES}
    made = {name: laid_down(file) for name, file in files.items()}
    connection = sqlite3.connect(files["cases"])
    connection.execute('DROP INDEX "cases:phase,opened_at"')
    connection.close()

    prepare(tmp_path)

    assert {name: laid_down(file) for name, file in files.items()} == made
    assert "cases:phase,opened_at" in made["cases"]
