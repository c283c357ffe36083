"""The house: short files, short functions, one clock, nothing left to do, nobody's address in a lock."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.gates.house import ROOT, dotted, functions, sources, tree

MOST_LINES, MOST_LINES_OF_TESTS = 250, 330
MOST_LINES_OF_A_FUNCTION, MOST_LINES_OF_A_TEST = 25, 40
"""Without its docstring. A test may lay out what it expects."""

MAY_BE_LONGER = {
    "infra/gcp/alerts.py:_above",  # one resource and its arguments
    "infra/gcp/events.py:listen",
    "infra/gcp/functions.py:deploy",
    "infra/gcp/schedules.py:call",
    "infra/local/runtime.py:run",  # the order in which a machine comes up, in one place
    "services/cases/domain/file.py:give_consent",  # all that a client can declare
    "services/cases/main.py:cases_events",  # an arm for each event that is heard
    "tests/end_to_end/test_one_client.py",  # one story, which is read from its beginning to its end
}

CLOCKS = {"clock.now", "datetime.now", "datetime.utcnow", "date.today", "time.time"}
MAY_ASK_A_CLOCK = re.compile(
    r"services/\w+/(\w+/)?(main|routes|pages|table)\.py|shared/(clock|identity|tokens|http/\w+)\.py|infra/local/.*"
    r"|shared/bus/\w+\.py"  # pauses between deliveries pass in real time, whatever the domain's clock says
)

EVERY_SOURCE = pytest.mark.parametrize("file", sources(), ids=str)


@EVERY_SOURCE
def test_a_file_is_short(file: Path):
    length = len((ROOT / file).read_text(encoding="utf-8").splitlines())

    assert length <= (MOST_LINES_OF_TESTS if file.parts[0] == "tests" else MOST_LINES) or str(file) in MAY_BE_LONGER


@EVERY_SOURCE
def test_a_function_is_short(file: Path):
    most = MOST_LINES_OF_A_TEST if file.parts[0] == "tests" else MOST_LINES_OF_A_FUNCTION
    long = {f"{file}:{one.name}" for one in functions(file) if lines(one) > most}

    assert long <= MAY_BE_LONGER


def test_what_may_be_longer_is():
    """A name that nothing needs any more would cover what comes after it."""
    files = {str(file) for file in sources() if len((ROOT / file).read_text().splitlines()) > MOST_LINES_OF_TESTS}
    long = {
        f"{file}:{one.name}" for file in sources() for one in functions(file) if lines(one) > MOST_LINES_OF_A_FUNCTION
    }

    assert files | long >= MAY_BE_LONGER


@EVERY_SOURCE
def test_nothing_is_left_to_do(file: Path):
    assert not re.search(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b", (ROOT / file).read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", sources("shared", "services", "infra"), ids=str)
def test_only_an_edge_asks_the_clock(file: Path):
    asked = {dotted(node.func) for node in ast.walk(tree(file)) if isinstance(node, ast.Call)} & CLOCKS

    assert not asked or MAY_ASK_A_CLOCK.fullmatch(str(file))


LOCKS = sorted(
    file.relative_to(ROOT)
    for pattern in ("requirements*", "shared/requirements.*", "services/*/requirements.*", "infra/*/requirements.*")
    for file in ROOT.glob(pattern)
)


@pytest.mark.parametrize("file", LOCKS, ids=str)
def test_a_lock_names_packages_and_no_place(file: Path):
    said = (ROOT / file).read_text()

    assert "://" not in said
    assert not re.search(r"^(-|.*\s@\s|/|\.)", said, re.MULTILINE)


@pytest.mark.parametrize("file", [one for one in LOCKS if one.suffix == ".txt"], ids=str)
def test_every_pinned_package_has_its_hashes(file: Path):
    pinned = re.findall(r"^[\w.-]+==\S+.*?(?=^\S|\Z)", (ROOT / file).read_text(), re.MULTILINE | re.DOTALL)

    assert pinned
    assert all("--hash=sha256:" in one for one in pinned)


def test_no_npm_lock_names_a_place():
    assert not [str(file) for file in ROOT.glob("package-lock.json") if '"resolved"' in file.read_text()]


def lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines it has, its docstring apart."""
    told = len(documented.splitlines()) if (documented := ast.get_docstring(function, clean=False)) else 0
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1 - told
