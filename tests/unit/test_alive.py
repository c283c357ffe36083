"""Whether a function is there: it says so at once, to anybody, and loads nothing for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from functions_framework import create_app

from infra.topology import FUNCTIONS, Function, Http

ROOT = Path(__file__).parents[2]
CALLED = [row for row in FUNCTIONS if isinstance(row.on, Http)]
EVERY_FUNCTION = pytest.mark.parametrize("row", CALLED, ids=lambda row: row.name)

HEAVY = ("pydantic", "marshmallow", "webargs", "flask_smorest", "google.api_core", "cryptography", "sqlite3")
"""What work needs, and no such answer."""


def healthz(row: Function) -> str:
    assert isinstance(row.on, Http)
    return f"{row.on.path.rstrip('/')}/healthz"


def client_of(row: Function):
    return create_app(row.name, str(ROOT / "services" / row.service / "main.py"), "http").test_client()


@EVERY_FUNCTION
def test_a_function_says_to_anybody_that_it_is_there(row: Function):
    answer = client_of(row).get(healthz(row))

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"


@EVERY_FUNCTION
def test_nothing_else_can_be_done_there(row: Function):
    answer = client_of(row).post(healthz(row))

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert answer.json["title"] == "method_not_allowed"


def test_only_the_function_itself_is_meant():
    assert client_of(CALLED[-1]).get("/reporting/reports/healthz").status_code == 401


@EVERY_FUNCTION
def test_nothing_is_loaded_for_it(row: Function):
    script = (
        "import sys, functions_framework\n"
        f"app = functions_framework.create_app({row.name!r}, 'services/{row.service}/main.py', 'http')\n"
        f"assert app.test_client().get({healthz(row)!r}).status_code == 200\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert loaded.stdout.strip() == ""
