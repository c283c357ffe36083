"""The embedded runtime, with functions of a few lines: what it promises whatever runs in it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.local.process import System

TINY = "tests.end_to_end.tiny"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A running system of tiny functions."""
    yield from running(tmp_path_factory.mktemp("kim") / "data", KIM_ALTCHA="off")


@pytest.fixture
def own(tmp_path: Path) -> Iterator[System]:
    """One that a test may kill."""
    yield from running(tmp_path / "data", KIM_ALTCHA="off")


def running(data: Path, **environment: str) -> Iterator[System]:
    system = System(data, environment, module=TINY)
    system.data.mkdir()
    system.start()
    yield system
    if system.process is not None and system.process.poll() is None:
        system.stop()


def noted(system: System, what: str) -> list[Any]:
    file = system.data / "noted.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    return [line[what] for line in lines if what in line]


def eventually(true: Callable[[], object], seconds: float = 10.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not come to this"
        time.sleep(0.02)


def tell(system: System, id: str, data: bytes = b"{}", type: str = "tiny.done.v1", **attributes: str) -> None:
    told = {"id": id, "type": type, "subject": id.partition(".")[0], **attributes}
    requests.post(f"{system.url}/tiny/", params=told, data=data, timeout=10).raise_for_status()


def token(system: System, user: str = "lindenhof-1") -> str:
    answer = requests.post(f"{system.url}/dev/token", json={"user": user}, timeout=10)
    return str(answer.json()["access_token"])


def desk(system: System, **options: Any) -> requests.Response:
    return requests.get(f"{system.url}/tiny/desk", timeout=10, **options)


def test_it_says_that_it_serves(tiny):
    answer = requests.get(f"{tiny.url}/healthz", timeout=10)

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_it_begins_at_the_start_page(tiny):
    answer = requests.get(tiny.url, timeout=10)

    assert answer.url == f"{tiny.url}/dev/"
    assert "Murat Muster" in answer.text


def test_a_path_that_nobody_answers_is_a_problem(tiny):
    answer = requests.get(f"{tiny.url}/nothing", timeout=10)

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_who_can_sign_in_is_listed(tiny):
    users = requests.get(f"{tiny.url}/dev/users", timeout=10).json()

    assert {
        "id": "lindenhof-1",
        "name": "Murat Muster",
        "roles": ["case_manager"],
        "organisation": "lindenhof",
    } in users
    roles = [role for user in users for role in user["roles"]]
    assert (roles.count("case_manager"), roles.count("team_lead"), roles.count("partner")) == (6, 3, 2)


def test_a_token_says_who_somebody_is(tiny):
    answer = desk(tiny, headers={"Authorization": f"Bearer {token(tiny)}"})

    assert answer.json() == {"id": "lindenhof-1", "roles": ["case_manager"], "organisation": "lindenhof"}


def test_nobody_gets_a_token_for_somebody_who_is_not_there(tiny):
    answer = requests.post(f"{tiny.url}/dev/token", json={"user": "erika"}, timeout=10)

    assert (answer.status_code, answer.json()["title"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        (b"{", 400, None),
        (b"[]", 400, None),
        (b'{"user": "a", "user": "b"}', 400, None),
        (b'{"user": 1}', 422, "user"),
        (b"", 422, "user"),
        (b'{"user": "lindenhof-1", "roles": []}', 422, "roles"),
        (b" " * 300_000, 413, None),
    ],
)
def test_bad_input_to_the_sign_in_is_a_problem(tiny, sent, status, field):
    answer = requests.post(f"{tiny.url}/dev/token", data=sent, headers={"Content-Type": "application/json"}, timeout=10)

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert field is None or field in answer.json()["errors"]


def test_a_browser_is_signed_in_by_its_cookie(tiny):
    browser = requests.Session()
    signed_in = browser.post(f"{tiny.url}/dev/sign-in", data={"user": "kompass-leitung"}, timeout=10)

    assert "Angemeldet als <strong>Katrin Modell</strong>" in signed_in.text
    assert browser.get(f"{tiny.url}/tiny/desk", timeout=10).json()["id"] == "kompass-leitung"
    (cookie,) = browser.cookies
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Strict"
    browser.post(f"{tiny.url}/dev/sign-out", timeout=10)
    assert browser.get(f"{tiny.url}/tiny/desk", timeout=10).status_code == 401


def test_a_token_counts_more_than_the_cookie(tiny):
    browser = requests.Session()
    browser.post(f"{tiny.url}/dev/sign-in", data={"user": "kompass-leitung"}, timeout=10)

    answer = browser.get(f"{tiny.url}/tiny/desk", headers={"Authorization": f"Bearer {token(tiny)}"}, timeout=10)

    assert answer.json()["id"] == "lindenhof-1"


def test_no_client_can_pretend_to_be_the_proxy(tiny):
    pretended = {"X-Goog-IAP-JWT-Assertion": token(tiny)}

    assert desk(tiny, headers=pretended).status_code == 401
    assert requests.get(f"{tiny.url}/tiny/", headers=pretended, timeout=10).json()["proxy"] is None


def test_a_page_under_another_name_gets_no_token(tiny):
    answer = requests.post(
        f"{tiny.url}/dev/token", json={"user": "lindenhof-1"}, headers={"Host": "evil.example"}, timeout=10
    )

    assert answer.status_code == 400


def test_an_event_reaches_everybody_who_listens(tiny):
    tell(tiny, "everybody.1")

    eventually(lambda: "everybody.1" in noted(tiny, "heard") and "everybody.1" in noted(tiny, "other"))


def test_events_of_a_subject_arrive_in_order(tiny):
    for version in range(1, 21):
        tell(tiny, f"order.{version}")

    eventually(lambda: "order.20" in noted(tiny, "heard"))
    heard = [id for id in noted(tiny, "heard") if id.startswith("order.")]
    assert heard == [f"order.{version}" for version in range(1, 21)]


def test_an_event_that_cannot_be_decoded_becomes_a_dead_letter_and_blocks_nobody(tiny):
    tell(tiny, "garbled.1", b'{"kind": "Erika Mustermann"}', type="reporting.report-written.v1")
    tell(tiny, "garbled.2")

    eventually(lambda: "garbled.2" in noted(tiny, "heard"))
    letter = dead_letter(tiny, "garbled.1")
    assert (letter["status"], letter["attempts"], letter["subscription"]) == (422, 3, "tiny_events")
    assert letter["reason"].startswith("This event cannot be decoded: reporting.report-written.v1: at, by,")
    assert "Erika" not in json.dumps(letter)


def test_the_reason_of_a_fault_reveals_nothing(tiny):
    tell(tiny, "failing.1", fail="yes")
    tell(tiny, "failing.2")

    eventually(lambda: "failing.2" in noted(tiny, "heard"))
    assert dead_letter(tiny, "failing.1")["reason"] == "answered 500"
    assert "failing.1" in noted(tiny, "other")


def dead_letter(system: System, event: str) -> dict[str, Any]:
    letters = requests.get(f"{system.url}/dev/dead-letters.json", timeout=10).json()
    (found,) = (letter for letter in letters if letter["event"] == event)
    return dict(found)


def test_dead_letters_are_replayed_by_command_while_it_runs(tiny, monkeypatch):
    tell(tiny, "replayed.1", fail="yes")
    eventually(lambda: requests.get(f"{tiny.url}/dev/bus.json", timeout=10).json()["undelivered"] == 0)
    id = str(dead_letter(tiny, "replayed.1")["id"])

    assert "Would be put back: 1" in command(tiny, "--replay", "--dry-run", "--id", id)
    assert noted(tiny, "began").count("replayed.1") == 3
    assert "Put back into delivery: 1" in command(tiny, "--replay", "--id", id)
    eventually(lambda: noted(tiny, "began").count("replayed.1") == 6)


def command(system: System, *arguments: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "infra.local.dead_letters", *arguments],
        env={"KIM_DATA": str(system.data), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return ran.stdout


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


def test_a_second_one_on_the_same_folder_does_not_start(tiny):
    with pytest.raises(RuntimeError):
        System(tiny.data, {}, module=TINY).start()


def test_a_folder_without_the_entry_points_does_not_start(tmp_path):
    program = "import pathlib, sys; from infra.local.runtime import run; run(root=pathlib.Path(sys.argv[1]))"
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        env={"KIM_DATA": str(tmp_path / "data"), "KIM_PORT": "0", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert ended.returncode != 0
    assert "MissingSourceException" in ended.stderr


def test_at_its_end_it_finishes_what_it_has_begun(own):
    tell(own, "last.1", sleep="0.5")
    eventually(lambda: noted(own, "began"))
    answers: list[int] = []
    slow = threading.Thread(
        target=lambda: answers.append(requests.get(f"{own.url}/tiny/slow?seconds=0.5", timeout=10).status_code)
    )
    slow.start()
    time.sleep(0.2)

    began = time.monotonic()
    assert own.stop() == 0

    assert time.monotonic() - began < 3
    slow.join()
    assert answers == [200]
    assert noted(own, "heard") == ["last.1"]


def test_ctrl_c_ends_it_as_well(own):
    assert own.stop(signal.SIGINT) == 0


def test_killed_in_a_delivery_it_delivers_again(own):
    tell(own, "case-1.1", sleep="1")
    tell(own, "case-1.2")
    eventually(lambda: noted(own, "began"))

    own.stop(signal.SIGKILL)
    assert noted(own, "heard") == []
    own.start()

    eventually(lambda: noted(own, "heard") == ["case-1.1", "case-1.2"])
    assert noted(own, "began") == ["case-1.1", "case-1.1", "case-1.2"]


def test_too_many_posts_from_one_address_are_refused(tmp_path):
    for system in running(tmp_path / "data", KIM_POST_LIMIT="3/minute"):
        answers = [requests.post(f"{system.url}/tiny/?type=x&id=x", timeout=10) for _ in range(4)]

        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[-1].headers["Content-Type"] == "application/problem+json"
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert requests.get(f"{system.url}/tiny/", timeout=10).status_code == 200
        assert requests.post(f"{system.url}/tiny/desk", timeout=10).status_code == 401
