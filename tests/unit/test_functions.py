"""A backend that is away is no crash of ours: whatever calls a function is told to come back."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from functions_framework import create_app

from infra.local.functions import SIGNATURES
from infra.topology import FUNCTIONS, Function, Http
from shared import functions
from shared.bus import message, push_body
from shared.errors import Busy
from tests.builders import a_submission_received
from tests.performance.starts import first

SERVICES = Path(__file__).parents[2] / "services"
BUSY = """
import functions_framework
from flask import Flask, request
from shared import functions
from shared.errors import Busy, NotThere
from shared.http.problems import explain

functions.setup()
service = Flask(__name__)
explain(service)
service.add_url_rule("/broken", "broken", view_func=lambda: [][1])
service.add_url_rule("/read", "read", view_func=lambda: request.get_json(), methods=["POST"])

@functions_framework.http
def serves(request): return functions.answer(request, "/serves", lambda: service)

@functions_framework.cloud_event
def busy_listener(_): raise Busy(retry_after=7)

@functions_framework.http
def busy_schedule(_): raise Busy(retry_after=7)

@functions_framework.http
def broken_schedule(_): raise NotThere()
"""

ASKED = """
import json, sys
from functions_framework import create_app
for target, source, path in json.loads(sys.argv[1]):
    answer = create_app(target, source, "http").test_client().get(path)
    assert answer.status_code == 200, (target, answer.text)
print([one for one in ("pydantic", "joserfc", "grpc", "requests") if one in sys.modules])
"""


@pytest.fixture
def source(tmp_path: Path) -> str:
    (tmp_path / "main.py").write_text(BUSY)
    return str(tmp_path / "main.py")


@pytest.mark.parametrize(("name", "kind"), [("busy_listener", "cloudevent"), ("busy_schedule", "http")])
def test_a_caller_of_a_busy_function_is_told_to_come_back(source: str, name: str, kind: str):
    event = push_body(*message(a_submission_received()), "1", name)
    answer = create_app(name, source, kind).test_client().post("/", json=event)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "7"
    assert answer.json["title"] == "busy"
    assert "X-Google-Status" not in answer.headers


def test_any_other_refusal_that_nobody_expected_is_a_fault(source: str):
    answer = create_app("broken_schedule", source, "http").test_client().post("/")

    assert answer.status_code == 500
    assert answer.headers["X-Google-Status"] == "crash"


def test_a_fault_of_a_service_is_answered_by_that_service(source: str):
    answer = create_app("serves", source, "http").test_client().get("/broken")

    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert answer.json["title"] == "fault"
    assert "X-Google-Status" not in answer.headers


def test_what_a_service_answers_is_handed_on_whole(source: str):
    client = create_app("serves", source, "http").test_client()

    answer, refused = client.post("/read", json={"a": 1}), client.head("/read")

    assert (answer.status_code, answer.json) == (200, {"a": 1})
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert (refused.status_code, refused.data) == (405, b"")


def test_what_a_function_loads_is_left_alone_and_what_comes_after_is_looked_through_as_ever(source: str):
    create_app("busy_schedule", source, "http")
    assert gc.get_threshold()[0] == functions.ROOM

    gc.collect()

    assert gc.get_threshold() == functions.ORDINARY


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.name)
def test_every_function_says_so(row: Function):
    app: Any = create_app(row.name, str(SERVICES / row.service / "main.py"), SIGNATURES[type(row.on)])
    with app.test_request_context("/"):
        answer = app.handle_user_exception(Busy(retry_after=7))

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "7"


def test_a_page_and_a_health_check_wait_for_nothing_that_only_work_needs():
    """Nor where a function is told whom to trust: that it cannot be read is seen without what reads it."""
    called = [row for row in FUNCTIONS if isinstance(row.on, Http)]
    asked = [[row.name, str(SERVICES / row.service / "main.py"), first(row).path] for row in called]
    told = {**os.environ, "KIM_ALTCHA": "off", "KIM_ISSUERS": "[]"}

    ran = subprocess.run(
        [sys.executable, "-c", ASKED, json.dumps(asked)], env=told, capture_output=True, text=True, check=False
    )

    assert ran.stdout == "[]\n", ran.stderr
