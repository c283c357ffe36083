"""The embedded runtime, with functions of a few lines: what it promises whatever runs in it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
import requests
from requests import Response

from infra.local.process import System
from tests.end_to_end.tiny.talk import TINY, command, dead_letter, eventually, let_go_on, noted, running, tell


def test_it_says_that_it_serves(tiny):
    answer = requests.get(f"{tiny.url}/healthz", timeout=60)

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_it_begins_at_the_start_page(tiny):
    answer = requests.get(tiny.url, timeout=60)

    assert answer.url == f"{tiny.url}/dev/"
    assert "Murat Muster" in answer.text


def test_a_path_that_nobody_answers_is_a_problem(tiny):
    answer = requests.get(f"{tiny.url}/nothing", timeout=60)

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


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


def test_dead_letters_are_replayed_by_command_while_it_runs(tiny):
    tell(tiny, "replayed.1", fail="yes")
    eventually(lambda: requests.get(f"{tiny.url}/dev/bus.json", timeout=60).json()["undelivered"] == 0)
    id = str(dead_letter(tiny, "replayed.1")["id"])

    assert "Would be put back: 1" in command(tiny, "--replay", "--dry-run", "--id", id)
    assert noted(tiny, "began").count("replayed.1") == 3
    assert "Put back into delivery: 1" in command(tiny, "--replay", "--id", id)
    eventually(lambda: noted(tiny, "began").count("replayed.1") == 6)


def test_a_second_one_on_the_same_folder_does_not_start(tiny):
    with pytest.raises(RuntimeError, match="another runtime works on"):
        System(tiny.data, {}, module=TINY).start()


def test_a_folder_without_the_entry_points_does_not_start(tmp_path):
    program = "import pathlib, sys; from infra.local.runtime import run; run(root=pathlib.Path(sys.argv[1]))"
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        env={"KIM_DATA": str(tmp_path / "data"), "KIM_PORT": "0", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert ended.returncode != 0
    assert "MissingSourceException" in ended.stderr


@pytest.mark.parametrize("own", [{"KIM_SERVERS": "1"}], indirect=True, ids=["whoever is asked is who still answers"])
def test_at_its_end_it_finishes_what_it_has_begun(own):
    tell(own, "last.1", waits="yes")
    with requests.Session() as late, ThreadPoolExecutor(1) as hand:
        late.get(f"{own.url}/healthz", timeout=60).raise_for_status()
        slow = hand.submit(requests.get, f"{own.url}/tiny/slow", timeout=60)
        eventually(lambda: noted(own, "began") and noted(own, "slow"))

        own.process.terminate()
        eventually(lambda: late.get(f"{own.url}/healthz", timeout=60).status_code == 503)
        assert noted(own, "heard") == []
        let_go_on(own)

        assert own.process.wait(60) == 0
        assert slow.result().status_code == 200
    assert noted(own, "heard") == ["last.1"]


@pytest.mark.parametrize("own", [{"KIM_SERVERS": "3"}], indirect=True, ids=["of several"])
def test_at_its_end_every_process_finishes_what_it_has_begun(own):
    with ThreadPoolExecutor(1) as hand:
        slow = hand.submit(requests.get, f"{own.url}/tiny/slow", timeout=60)
        eventually(lambda: noted(own, "slow"))

        own.process.terminate()
        let_go_on(own)

        assert own.process.wait(60) == 0
        assert slow.result().status_code == 200


def test_ctrl_c_ends_it_as_well(own):
    assert own.stop(signal.SIGINT) == 0


def test_killed_in_a_delivery_it_delivers_again(own):
    tell(own, "case-1.1", waits="yes")
    tell(own, "case-1.2")
    eventually(lambda: noted(own, "began"))

    own.stop(signal.SIGKILL)
    assert noted(own, "heard") == []
    let_go_on(own)
    own.start()

    eventually(lambda: noted(own, "heard") == ["case-1.1", "case-1.2"])
    assert noted(own, "began") == ["case-1.1", "case-1.1", "case-1.2"]


def test_without_the_process_that_delivers_it_ends_and_says_so(own):
    os.kill(deliverer(own), signal.SIGKILL)

    assert own.process.wait(60) == 1
    assert "the process that delivers ended" in own.log.read_text()


def test_without_a_process_that_serves_it_ends_and_says_so(tmp_path):
    for system in running(tmp_path / "data", KIM_SERVERS="3"):
        os.kill(int((system.data / "server-2.lock").read_text()), signal.SIGKILL)

        assert system.process.wait(60) == 1
        assert "the process that serves ended" in system.log.read_text()


def test_one_process_alone_serves_as_well(tmp_path):
    for system in running(tmp_path / "data", KIM_SERVERS="1"):
        assert list(system.data.glob("server-*.lock")) == []
        assert requests.get(f"{system.url}/tiny/", timeout=60).status_code == 200


def test_several_processes_answer_at_the_same_address(tmp_path):
    for system in running(tmp_path / "data", KIM_SERVERS="3", KIM_THREADS="1"):
        with ThreadPoolExecutor(100) as hands:
            answers = list(asked_until_all_have_met(system, 3, hands))

        assert {answer.result().status_code for answer in answers} == {200}


def asked_until_all_have_met(system: System, processes: int, hands: ThreadPoolExecutor) -> Iterator[Future[Response]]:
    """Ask again and again: which process takes it is chance, and each answers when all of them have something to."""
    ends = time.monotonic() + 60
    while len(set(noted(system, "met"))) < processes:
        assert time.monotonic() < ends
        yield hands.submit(requests.get, f"{system.url}/tiny/meet?of={processes}", timeout=120)
        time.sleep(0.02)


def test_when_the_serving_process_is_killed_the_delivering_one_finishes_and_is_replaced(own):
    delivers = deliverer(own)
    tell(own, "case-1.1", waits="yes")
    eventually(lambda: noted(own, "began"))

    own.process.kill()
    own.process.wait(60)
    let_go_on(own)
    own.start()

    eventually(lambda: noted(own, "heard"))
    assert noted(own, "heard") == ["case-1.1"]
    assert deliverer(own) != delivers


def deliverer(system: System) -> int:
    """The process that delivers."""
    return int((system.data / "deliverer.lock").read_text())


def test_too_many_posts_from_one_address_are_refused(tmp_path):
    for system in running(tmp_path / "data", KIM_POST_LIMIT="3/minute"):
        answers = [requests.post(f"{system.url}/tiny/?type=x&id=x", timeout=60) for _ in range(4)]

        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[-1].headers["Content-Type"] == "application/problem+json"
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert requests.get(f"{system.url}/tiny/", timeout=60).status_code == 200
        assert requests.post(f"{system.url}/tiny/desk", timeout=60).status_code == 401
