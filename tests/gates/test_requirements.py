"""Requirements: a service names what it and its part of `shared` import, all of it and nothing else."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.topology import FUNCTIONS
from tests.gates.house import ROOT, graph, sources, tree
from tests.gates.installed import package_of, pins, plain

SERVICES = sorted({function.service for function in FUNCTIONS})
ROOMS = ["shared", "infra/local", *(f"services/{service}" for service in SERVICES)]
OURS = {"shared", "services", "infra", "tests"}

ONLY_TYPES = {"_typeshed"}
"""What only the type checker has."""

NEVER_IMPORTED = {
    "tzdata",  # the standard library reads Europe/Berlin from it where the system has no zones
}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_requires_what_it_imports_and_nothing_else(service: str):
    named = asked_for(ROOT / "shared" / "requirements.in") | asked_for(ROOT / "services" / service / "requirements.in")

    assert named == {package for module in reached(service) for package in packages(module)} | NEVER_IMPORTED


def test_the_embedded_runtime_requires_what_it_imports_beside_its_services():
    hosted = [ROOT / "shared", *(ROOT / "services" / service for service in SERVICES)]
    named = asked_for(ROOT / "infra" / "local" / "requirements.in")
    runs = [file for file in sources("infra") if file.parts[1] != "gcp"]
    imported = {package for file in runs for package in packages(file)}

    assert named <= imported
    assert imported <= named.union(*(asked_for(room / "requirements.in") for room in hosted))


def test_what_tests_import_is_asked_for_by_name():
    everything = [ROOT / "requirements-dev.in", *(ROOT / room / "requirements.in" for room in ROOMS)]
    named = {package for file in everything for package in asked_for(file)}

    assert {package for file in sources("tests", "infra/gcp") for package in packages(file)} <= named


@pytest.mark.parametrize("service", SERVICES)
def test_a_lock_pins_what_is_asked_for_at_the_version_that_is_tested(service: str):
    tested = pins(ROOT / "requirements-dev.txt")
    locked = pins(ROOT / "services" / service / "requirements.txt")

    assert asked_for(ROOT / "services" / service / "requirements.in") <= set(locked)
    assert locked.items() <= tested.items()


def reached(service: str) -> set[Path]:
    """The source files that a service's functions may come to import, at the top or later."""
    start = {one for one in graph().modules if f"{one}.".startswith(f"services.{service}.")}
    found = start | {module for one in start for module in graph().find_upstream_modules(one)}
    return {source(module) for module in found if module.partition(".")[0] in OURS}


def source(module: str) -> Path:
    file = Path(module.replace(".", "/"))
    package = file / "__init__.py"
    return package if (ROOT / package).exists() else file.with_suffix(".py")


def packages(file: Path) -> Iterator[str]:
    """The packages that a source file imports from outside."""
    for node in ast.walk(tree(file)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            if name.partition(".")[0] not in OURS | sys.stdlib_module_names | ONLY_TYPES:
                yield package_of(name)


def asked_for(file: Path) -> set[str]:
    """The packages that a `requirements.in` names."""
    lines = (line.partition("#")[0].partition("[")[0].strip() for line in file.read_text().splitlines())
    return {plain(line) for line in lines if line}
