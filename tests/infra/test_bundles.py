"""Bundles: each holds its service and what is shared, is the same bytes twice, and runs alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest

from infra import bundles
from infra.topology import FUNCTIONS, Events, Function, Http
from shared.bus import push_body

EVERY_FUNCTION = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
EVERY_SERVICE = pytest.mark.parametrize("service", sorted({function.service for function in FUNCTIONS}))

NOT_OURS = push_body(b"{}", {"type": "elsewhere.thing-happened.v1", "subject": "thing-1"}, "1", "test")


@EVERY_SERVICE
def test_a_bundle_holds_its_service_and_what_is_shared(service: str):
    held = set(bundles.contents(service))

    assert {"main.py", "requirements.txt", f"services/{service}/routes.py", "shared/__init__.py"} <= held
    assert "shared/municipality/koeln/municipality.toml" in held
    assert [name for name in held if name.endswith(".mo")], "no catalogue is compiled: make assets"
    assert {name.split("/")[0] for name in held} == {"main.py", "requirements.txt", "services", "shared"}
    assert {name.split("/")[1] for name in held if name.startswith("services/")} == {"__init__.py", service}


@EVERY_SERVICE
def test_a_bundle_holds_nothing_that_it_does_not_need(service: str):
    held = bundles.contents(service)

    assert not [
        name for name in held if re.search(r"__pycache__|\.(po|pot|pyc|in|zip)$|(^|/)(\.|test|node_modules)", name)
    ]


def test_the_same_source_gives_the_same_bytes(tmp_path: Path):
    function = FUNCTIONS[0]
    first = bundles.pack(function, tmp_path / "first")
    (tmp_path / "first").chmod(0o700)  # nothing of the surroundings goes in
    second = bundles.pack(function, tmp_path / "second")

    assert first.read_bytes() == second.read_bytes()


@EVERY_FUNCTION
def test_a_bundle_runs_alone_with_what_it_requires(function: Function, tmp_path: Path):
    folder = tmp_path / "bundle"
    with zipfile.ZipFile(bundles.pack(function, tmp_path)) as archive:
        archive.extractall(folder)

    status, modules = run_alone(function, folder, tmp_path / "data")

    assert status in (200, 400, 401)
    assert all(file.startswith(f"{folder}/") for file in modules.values())
    assert {name.split(".")[1] for name in modules if name.startswith("services.")} <= {function.service}


def run_alone(function: Function, folder: Path, data: Path) -> tuple[int, dict[str, str]]:
    """Status of the answer, and our modules with their files, from a process that knows this bundle only."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KIM_", "PYTHON"))}
    program = [sys.executable, "-I", str(Path(__file__).with_name("alone.py"))]
    ran = subprocess.run(
        [*program, str(folder), function.name, *called(function)],
        cwd=folder,
        env=environment | {"KIM_DATA": str(data), "KIM_ALTCHA": "off"},
        input="\n".join(modules_without(required(folder / "requirements.txt"))),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr[-4000:]
    print(ran.stderr, file=sys.stderr)
    seen = json.loads(ran.stdout.splitlines()[-1])
    return seen["status"], seen["ours"]


def called(function: Function) -> tuple[str, str, str, str]:
    """Signature, method, path and body of a call that changes nothing."""
    match function.on:
        case Http(path="/intake/referrals"):
            return "http", "POST", "/intake/referrals", "{}"
        case Http(path=path, callers="providers"):
            return "http", "POST", f"{path}sns", "{}"
        case Http(path=path, callers="staff"):
            return "http", "GET", f"{path}/openapi.json", ""
        case Http(path=path):
            return "http", "GET", path, ""
        case Events():
            return "cloudevent", "POST", "/", json.dumps(NOT_OURS)
        case _:
            return "http", "POST", "/", "{}"


def modules_without(packages: set[str]) -> set[str]:
    """Modules that are installed here and that none of these packages brings."""
    there = {module for package, modules in installed().items() if package in packages for module in modules}
    return {module for modules in installed().values() for module in modules} - there


@cache
def installed() -> dict[str, set[str]]:
    """The modules that each installed package brings."""
    return {plain(one.metadata["Name"]): set(modules(one)) for one in distributions()}


def modules(package: Distribution) -> Iterator[str]:
    for file in package.files or ():
        if file.name.endswith((".py", ".so")) and ".." not in file.parts:
            name = ".".join((*file.parts[:-1], file.name.partition(".")[0]))
            yield name.removesuffix(".__init__")


def required(requirements: Path) -> set[str]:
    """The packages that a lock pins."""
    return {plain(name) for name in re.findall(r"^([\w.-]+)==", requirements.read_text(), re.MULTILINE)}


def plain(name: str) -> str:
    """A package's name as the index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
