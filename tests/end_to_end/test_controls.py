"""What can be turned by hand in the embedded runtime: jobs and the clock; and what can be looked at."""

from __future__ import annotations

import time

import pytest
import requests

from tests.end_to_end.tiny.talk import eventually, noted


def test_a_job_runs_now_and_answers(tiny):
    answer = requests.post(f"{tiny.url}/dev/jobs/tiny_report", json={"period": "2026-02"}, timeout=10)

    assert (answer.status_code, answer.json()) == (200, {"asked": {"period": "2026-02"}})


@pytest.mark.parametrize("name", ["nothing", "tiny_web", "tiny_events"])
def test_only_scheduled_functions_are_jobs(tiny, name):
    assert requests.post(f"{tiny.url}/dev/jobs/{name}", timeout=10).status_code == 404


def test_sweeps_run_at_the_start(tiny):
    eventually(lambda: noted(tiny, "swept"))


def test_moving_the_clock_runs_what_falls_due_once(tiny):
    before = len(noted(tiny, "reported"))

    answer = requests.post(f"{tiny.url}/dev/clock", json={"at": "2031-07-15T10:00:00+02:00"}, timeout=10)

    assert answer.json()["at"].startswith("2031-07-15T08:00:00")
    eventually(lambda: len(noted(tiny, "reported")) > before)
    requests.post(f"{tiny.url}/dev/clock", timeout=10)
    time.sleep(1.2)
    assert len(noted(tiny, "reported")) == before + 1
    assert noted(tiny, "reported")[-1].startswith("2031-07-15T08:00:0")
    assert not requests.get(f"{tiny.url}/dev/clock", timeout=10).json()["at"].startswith("2031")


@pytest.mark.parametrize("at", ["tomorrow", "2031-07-15T10:00:00", "9999-12-31T23:59:59Z", 7])
def test_the_clock_refuses_what_is_no_time(tiny, at):
    answer = requests.post(f"{tiny.url}/dev/clock", json={"at": at}, timeout=10)

    assert answer.status_code == 422
    assert "at" in answer.json()["errors"]


def test_the_outbox_begins_empty(tiny):
    assert requests.get(f"{tiny.url}/dev/outbox.json", timeout=10).json() == []
    assert "Noch wurde nichts gesendet" in requests.get(f"{tiny.url}/dev/outbox", timeout=10).text
