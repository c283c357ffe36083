"""Assets: made when missing or old, left alone otherwise, with npm from wherever there is one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from infra import assets


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A house with one catalogue, and npm packages that are installed."""
    for target, source in (
        ("ROOT", tmp_path),
        ("MODULES", tmp_path / "node_modules"),
        ("LOCK", tmp_path / "lock.json"),
    ):
        monkeypatch.setattr(assets, target, source)
    (tmp_path / "lock.json").write_text("{}")
    for source in assets.COPIES.values():
        file = tmp_path / "node_modules" / source
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"content " * 50)
    (tmp_path / "node_modules/.package-lock.json").write_text("{}")
    catalogue = tmp_path / "shared/catalogues/de/LC_MESSAGES/kim.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text('msgid ""\nmsgstr "Language: de\\n"\n\nmsgid "Send"\nmsgstr "Absenden"\n')
    monkeypatch.setattr(assets, "_run", lambda *words: pytest.fail(f"ran {words}"))
    return tmp_path


def times(house: Path) -> dict[str, int]:
    return {str(file): file.stat().st_mtime_ns for file in house.rglob("*") if file.is_file()}


def test_what_is_missing_is_made_and_what_is_there_is_left_alone(house: Path):
    assets.main()
    made = times(house)
    assets.main()

    assert made == times(house)
    assert (house / assets.VENDOR / "kern.min.css.gz").exists()
    assert (house / "shared/catalogues/de/LC_MESSAGES/kim.mo").exists()


def test_an_old_catalogue_is_compiled_again(house: Path):
    assets.main()
    compiled = house / "shared/catalogues/de/LC_MESSAGES/kim.mo"
    os.utime(compiled, (0, 0))
    assets.main()

    assert compiled.stat().st_mtime > 0


def test_a_new_lock_has_npm_install_what_it_names(house: Path, monkeypatch: pytest.MonkeyPatch):
    ran: list[tuple[str, ...]] = []
    assets.main()
    monkeypatch.setattr(assets, "_run", lambda *words: ran.append(words))
    ahead = (house / "lock.json").stat().st_mtime + 60
    os.utime(house / "lock.json", (ahead, ahead))
    assets.main()

    assert [words[-6:] for words in ran] == [
        ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--omit=dev")
    ]


def test_without_npm_somebody_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(assets, "find_spec", lambda _: None)

    with pytest.raises(SystemExit, match="install Node"):
        assets._npm()
