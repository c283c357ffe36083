"""What can be turned by hand in the embedded runtime: jobs and the clock; and what can be looked at."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
import requests

from infra.local.process import System
from tests.end_to_end.tiny.talk import eventually, noted


def test_a_job_runs_now_and_answers(tiny):
    answer = requests.post(f"{tiny.url}/dev/jobs/tiny_report", json={"period": "2026-02"}, timeout=60)

    assert (answer.status_code, answer.json()) == (200, {"asked": {"period": "2026-02"}})


@pytest.mark.parametrize("name", ["nothing", "tiny_web", "tiny_events"])
def test_only_scheduled_functions_are_jobs(tiny, name):
    assert requests.post(f"{tiny.url}/dev/jobs/{name}", timeout=60).status_code == 404


def test_sweeps_run_at_the_start(tiny):
    eventually(lambda: noted(tiny, "swept"))


def test_moving_the_clock_runs_what_falls_due_once(tiny):
    before = len(noted(tiny, "reported"))

    answer = requests.post(f"{tiny.url}/dev/clock", json={"at": "2031-07-15T10:00:00+02:00"}, timeout=60)

    assert answer.json()["at"].startswith("2031-07-15T08:00:00")
    eventually(lambda: len(noted(tiny, "reported")) > before)
    requests.post(f"{tiny.url}/dev/clock", timeout=60)
    eventually(lambda: last_run(tiny, "tiny_report") < "2031")  # it has seen the clock set back
    assert len(noted(tiny, "reported")) == before + 1
    assert noted(tiny, "reported")[-1].startswith("2031-07-15T08:")
    assert not requests.get(f"{tiny.url}/dev/clock", timeout=60).json()["at"].startswith("2031")


def last_run(system: System, function: str) -> str:
    """From when on the scheduler counts."""
    with closing(sqlite3.connect(f"file:{system.data / 'bus.db'}?mode=ro", uri=True)) as file:
        return str(file.execute("SELECT at FROM runs WHERE function = ?", (function,)).fetchone()[0])


@pytest.mark.parametrize("at", ["tomorrow", "2031-07-15T10:00:00", "9999-12-31T23:59:59Z", 7])
def test_the_clock_refuses_what_is_no_time(tiny, at):
    answer = requests.post(f"{tiny.url}/dev/clock", json={"at": at}, timeout=60)

    assert answer.status_code == 422
    assert "at" in answer.json()["errors"]


@pytest.mark.parametrize("path", ["", "outbox", "outbox.json", "dead-letters", "users", "static/style.css", "nothing"])
def test_a_page_of_development_loads_nothing_foreign_and_stands_in_no_other(tiny, path):
    answer = requests.get(f"{tiny.url}/dev/{path}", timeout=10)

    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'"} < set(policy)
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Referrer-Policy"]) == ("nosniff", "no-referrer")


@pytest.mark.parametrize(("comes_from", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 200)])
def test_no_page_elsewhere_turns_anything_here(tiny, comes_from: str, status: int):
    for path in ("clock", "jobs/tiny_report", "dead-letters/replay", "sign-out"):
        answer = requests.post(f"{tiny.url}/dev/{path}", headers={"Sec-Fetch-Site": comes_from}, timeout=10)

        assert answer.status_code == status


def test_the_outbox_begins_empty(tiny):
    assert requests.get(f"{tiny.url}/dev/outbox.json", timeout=60).json() == []
    assert "Noch wurde nichts gesendet" in requests.get(f"{tiny.url}/dev/outbox", timeout=60).text
