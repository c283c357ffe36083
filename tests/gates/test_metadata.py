"""Metadata: what the house says of itself is the same everywhere, and in the form that catalogues read."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.gates.house import ROOT, dotted, sources, tree

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def publiccode() -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    return held


def test_version_and_licence_are_the_same_everywhere():
    held = publiccode()

    assert held["softwareVersion"] == PROJECT["version"]
    assert held["legal"]["license"] == PROJECT["license"] == "EUPL-1.2"
    assert "EUPL-1.2" in README
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")


def test_publiccode_has_what_its_standard_demands():
    held = publiccode()
    mandatory = {"publiccodeYmlVersion", "name", "url", "releaseDate", "platforms", "categories", "developmentStatus"}

    assert mandatory | {"softwareType", "description", "legal", "maintenance", "localisation"} <= set(held)
    for said in held["description"].values():
        assert len(said["shortDescription"]) <= 150 <= len(said["longDescription"]) <= 10_000
        assert said["features"]


def test_publiccode_says_what_it_is_for_in_the_words_of_its_standard():
    words: dict[str, str] = yaml.safe_load((ROOT / "tests" / "data" / "publiccode.yml").read_text(encoding="utf-8"))
    held = publiccode()

    assert held["categories"]
    assert set(held["categories"]) <= set(words["categories"].split())
    assert held["intendedAudience"]["scope"]
    assert set(held["intendedAudience"]["scope"]) <= set(words["scopes"].split())


def settings() -> Iterator[str]:
    """The environment variables that any settings class of the house reads."""
    for file in sources("shared", "services", "infra/local"):
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.ClassDef) and node.name.endswith("Settings"):
                fields = [one.target for one in node.body if isinstance(one, ast.AnnAssign)]
                yield from (f"KIM_{dotted(field).upper()}" for field in fields)


def read_raw() -> Iterator[str]:
    """Those that are read without a settings class, where nobody may wait for one."""
    for file in sources("shared", "services", "infra/local"):
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call) and dotted(node.func) == "os.environ.get":
                named = (str(one.value) for one in node.args[:1] if isinstance(one, ast.Constant))
                yield from (one for one in named if one.startswith("KIM_"))


AMONG_OURSELVES = {"KIM_CLOCK"}
"""Said by one process of ours to another, and by nobody else."""


@pytest.mark.parametrize("variable", sorted({*settings(), *read_raw()} - AMONG_OURSELVES))
def test_the_readme_explains_every_variable(variable: str):
    assert f"`{variable}`" in README


def test_the_readme_explains_no_variable_that_nobody_reads():
    assert set(re.findall(r"`(KIM_[A-Z_]+)`", README)) <= {*settings(), *read_raw()}


@pytest.mark.parametrize("room", re.findall(r"`((?:infra|shared|services|tests)/[^`]*)`", README))
def test_the_readme_shows_rooms_that_are_there(room: str):
    assert list(ROOT.glob(room.replace("<name>", "*")))


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake ([a-z-]+)", README))))
def test_the_readme_names_targets_that_make_knows(target: str):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
