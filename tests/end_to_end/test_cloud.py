"""The whole system in the cloud's shape: her matter arrives, through every function in a process of its own."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import requests

from infra.local import casework, demo
from infra.local.client import Caller, Refusal
from infra.topology import FUNCTIONS
from shared.codes import Phase
from tests.end_to_end import ledger
from tests.end_to_end.clouds import Cloud, a_cloud, halted, patiently, told

pytestmark = pytest.mark.emulators

FORMS = [json.loads(line) for line in Path("tests/data/submissions.jsonl").read_text(encoding="utf-8").splitlines()]
SOME = FORMS[:40]

AFTER = (
    Phase.INQUIRY,
    *(Phase.CLEARING,) * 2,
    *(Phase.INTAKE,) * 3,
    *(Phase.ASSESSMENT,) * 2,
    *(Phase.PLANNING,) * 2,
    *(Phase.LINKING,) * 2,
    Phase.MONITORING,
    *(Phase.EVALUATION,) * 2,
    Phase.CLOSED,
)
"""The phase of a case after so many steps of its way (`infra.local.casework.WAY`)."""


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with a_cloud(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest.fixture(scope="module")
def accepted(cloud: Cloud) -> set[str]:
    """Every reference that a test of this module was given."""
    return set()


def an_assigned_case(cloud: Cloud, reference: str) -> tuple[dict[str, Any], Caller]:
    """The case of this submission, in the hands of its case manager."""
    cloud.wait_until_quiet()
    coordinator, lead = Caller(cloud.url, "koordination"), Caller(cloud.url, "lindenhof-leitung")
    case = coordinator.change("POST", cloud.case(reference), "allocation", {"organisation": "lindenhof"})
    return lead.change("POST", case, "assignment", {"case_manager": "lindenhof-1"}), Caller(cloud.url, "lindenhof-1")


def submit(cloud: Cloud, number: int, accepted: set[str]) -> str:
    """A form that is sent until it is accepted; its reference."""
    answer = patiently(
        "POST", "/intake/submissions", Caller(cloud.url), FORMS[number], Idempotency_Key=f"form-{number}"
    )
    accepted.add(answer["reference"])
    return str(answer["reference"])


def test_every_function_knows_its_bundle_and_nothing_of_the_repository(cloud: Cloud):
    for row in FUNCTIONS:
        process = Path(f"/proc/{cloud.group(row.name)}")
        environment = process.joinpath("environ").read_text().split("\0")

        assert process.joinpath("cwd").resolve() == cloud.folder / row.name
        assert not [one for one in environment if one.startswith("PYTHON")]
        assert {one.name for one in (cloud.folder / row.name / "services").iterdir()} <= {
            "__init__.py",
            "__pycache__",
            row.service,
        }


def test_the_demonstration_ends_with_the_expected_counts(cloud: Cloud, accepted: set[str]):
    references = set(demo.send(cloud.url, SOME))
    accepted |= references
    cloud.wait_until_quiet()
    cases = demo._opened(cloud.url, references)
    demo.work(cloud.url, cases)
    cloud.wait_until_quiet()

    taken = {number: len(list(casework.steps(number))) for number in range(40) if number % 10 != 9}
    short = {number for number in taken if number % 5 == 4}
    expected = Counter(Phase.CLOSED if number in short else AFTER[steps] for number, steps in taken.items())
    expected[Phase.INQUIRY] += 40 - len(taken)
    reached = [form for form in SOME if form["consent_contact"] and form["channel"] != "call"]
    nightly = ("message-audit-", "message-sealing-")  # the roots of a day, which run at the start where one was missed
    outbox = [one for one in Caller(cloud.url).get("/dev/outbox.json") if not one["id"].startswith(nightly)]
    held = cloud.ledger()
    assert Counter(case["phase"] for case in demo._opened(cloud.url, references)) == expected
    passed_on = [number for number in taken if casework._referred in casework.steps(number)]  # the recipient is told
    taken_back = [number for number in passed_on if AFTER[taken[number]] is Phase.CLOSED]  # and that it is over too
    assert len(outbox) == len(reached) + len(taken) + len(passed_on) + len(taken_back)
    assert held.persons == 40
    ledger.nothing_is_lost_or_doubled(held, accepted)


def test_a_report_counts_what_every_other_process_told(cloud: Cloud):
    report = Caller(cloud.url).add("/dev/jobs/reporting_run", {"kind": "monthly_steering"})
    lines = Caller(cloud.url, "koordination").text(f"/reporting/reports/{report['id']}.csv").splitlines()

    assert report["version"] == 1
    assert lines[0].startswith("Period;Measure")


def test_a_function_that_is_killed_is_started_again_and_gets_what_it_missed(cloud: Cloud, accepted: set[str]):
    before = cloud.group("cases_events")
    os.killpg(before, signal.SIGKILL)
    reference = submit(cloud, 40, accepted)
    cloud.wait_until_quiet()

    assert cloud.group("cases_events") != before
    assert cloud.case(reference)["phase"] == Phase.INQUIRY


def test_whoever_meets_a_function_that_is_not_there_is_told_to_come_back(cloud: Cloud):
    answer = _met_while_it_is_killed(cloud, "reporting_web", "/reporting/openapi.json")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert answer.json()["title"] == "busy"
    assert patiently("GET", "/reporting/openapi.json", Caller(cloud.url))["openapi"] == "3.1.0"


def _met_while_it_is_killed(cloud: Cloud, function: str, path: str) -> requests.Response:
    """Killed again where it was quicker back than the question came."""
    for _ in range(10):
        with suppress(ProcessLookupError):
            os.killpg(cloud.group(function), signal.SIGKILL)
        answer = requests.get(f"{cloud.url}{path}", timeout=60)
        if answer.status_code != 200:
            break
    return answer


def test_of_ten_writers_on_one_case_none_is_lost(cloud: Cloud, accepted: set[str]):
    case, manager = an_assigned_case(cloud, submit(cloud, 41, accepted))

    def write(number: int) -> list[int]:
        said = {"channel": "phone", "minutes": number + 1, "note": f"Anruf {number}"}
        return [_status(manager, f"/cases/{case['id']}/contacts", said) for _ in range(5)]

    with ThreadPoolExecutor(10) as writers:
        statuses = Counter(status for some in writers.map(write, range(10)) for status in some)
    file = manager.get(f"/cases/{case['id']}")

    assert set(statuses) <= {201, 409, 412, 503}
    assert statuses[201] > 0
    assert file["contacts"] == statuses[201]
    assert file["version"] == case["version"] + statuses[201]


def _status(caller: Caller, path: str, body: Any, **headers: str) -> int:
    try:
        caller.call("POST", path, body, **headers)
    except Refusal as refusal:
        return refusal.status
    return 201


def test_of_ten_who_change_the_same_version_one_succeeds(cloud: Cloud, accepted: set[str]):
    case, _ = an_assigned_case(cloud, submit(cloud, 42, accepted))
    lead = Caller(cloud.url, "lindenhof-leitung")

    def write(_: int) -> int:
        match = {"If_Match": f'"{case["version"]}"'}
        to = {"case_manager": "lindenhof-2"}
        return _status(lead, f"/cases/{case['id']}/assignment", to, **match)

    with ThreadPoolExecutor(10) as writers:
        statuses = Counter(writers.map(write, range(10)))

    assert statuses[201] == 1
    assert set(statuses) <= {201, 409, 412, 503}
    assert lead.get(f"/cases/{case['id']}")["version"] == case["version"] + 1


def test_while_firestore_is_away_callers_are_told_to_come_back_and_then_everything_arrives(
    cloud: Cloud, accepted: set[str]
):
    over = Event()

    def send(hand: int) -> Counter[tuple[int, str | None]]:
        """Forms, one after the other, until it is over: however fast they are taken, some meet the time away."""
        answers: Counter[tuple[int, str | None]] = Counter()
        for turn in itertools.takewhile(lambda _: not over.is_set(), itertools.count()):
            ends, status = time.monotonic() + 40.0, 503
            while status == 503 and time.monotonic() < ends:
                status, retry_after, body = _sent(cloud.url, 50 + 20 * hand + turn % 20, f"away-{hand}-{turn}")
                answers[status, retry_after] += 1
            accepted.add(body["reference"])
        return answers

    with ThreadPoolExecutor(4) as hands:
        sending = [hands.submit(send, hand) for hand in range(4)]
        try:
            time.sleep(1.0)
            with halted(cloud.group("firestore")):
                time.sleep(10.0)
        finally:
            over.set()
        answers = sum((sent.result() for sent in sending), Counter())
    cloud.wait_until_quiet()

    assert set(answers) == {(202, None), (503, "2")}
    ledger.nothing_is_lost_or_doubled(cloud.ledger(), accepted)


def _sent(url: str, number: int, key: str) -> tuple[int, str | None, Any]:
    headers = {"Idempotency-Key": key}
    answer = requests.post(f"{url}/intake/submissions", json=FORMS[number], headers=headers, timeout=40)
    return answer.status_code, answer.headers.get("Retry-After"), answer.json()


def test_while_pubsub_is_away_callers_are_served_and_what_they_did_is_told_later(cloud: Cloud, accepted: set[str]):
    with halted(cloud.group("pubsub")):
        references = [submit(cloud, number, accepted) for number in range(140, 143)]
    cloud.wait_until_quiet()

    assert set(references) <= accepted
    ledger.nothing_is_lost_or_doubled(cloud.ledger(), accepted)


def test_an_event_that_nobody_can_decode_holds_up_no_other(cloud: Cloud, accepted: set[str]):
    """It is delivered again without end: the emulator ignores dead-letter policies."""
    publish(cloud, b"{}", type="intake.submission-received.v1", id="submission-bad.1", subject="submission-bad")
    reference = submit(cloud, 143, accepted)
    coordinator = Caller(cloud.url, "koordination")
    ends = time.monotonic() + 180
    while reference not in {case["reference"] for case in coordinator.every("/cases?sort=opened_at")}:
        assert time.monotonic() < ends
        time.sleep(0.2)

    assert Caller(cloud.url).get("/dev/bus.json")["undelivered"] >= 1


def publish(cloud: Cloud, data: bytes, **attributes: str) -> None:
    """Put any message into the topic."""
    import grpc
    from google.pubsub_v1 import PublisherClient
    from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

    with grpc.insecure_channel(told(cloud.folder)["PUBSUB_EMULATOR_HOST"]) as channel:
        client = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        message = {"data": data, "attributes": attributes, "ordering_key": attributes["subject"]}
        client.publish(topic="projects/kim-local/topics/kim-events", messages=[message])


def test_nothing_that_it_started_outlives_it(cloud: Cloud):
    """The last one here: nothing is left for another."""
    mark = f"KIM_CLOCK={cloud.folder / 'clock'}"
    assert len(alive(mark)) > len(FUNCTIONS)
    cloud.system.stop(signal.SIGKILL)
    ends = time.monotonic() + 120
    while alive(mark):
        assert time.monotonic() < ends
        time.sleep(0.1)


def alive(mark: str) -> list[str]:
    """The processes that were started with this variable."""
    found = subprocess.run(["grep", "-lsa", mark, *map(str, Path("/proc").glob("[0-9]*/environ"))], capture_output=True)
    return found.stdout.decode().split()
