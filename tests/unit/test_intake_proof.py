"""Proof of work: a solved challenge lets one submission in, and only one, and only in time."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import altcha
import pytest

from services.intake import challenges
from shared import key_files
from tests.intake import a_form, an_intake_service, samples

SAMPLE = samples()[0]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def service(monkeypatch):
    monkeypatch.setattr(challenges, "COST", 1)
    with an_intake_service(proof="on") as running:
        yield running


def solved(challenge: object) -> str:
    read = altcha.Challenge.from_dict(challenge)
    return altcha.Payload(read, altcha.solve_challenge(read)).to_base64()


def fresh(service) -> dict[str, object]:
    return service.call("GET", "/intake/challenge", "intake_challenge").json


def test_whoever_solved_a_challenge_is_let_in(service):
    assert service.post({**SAMPLE, "altcha": solved(fresh(service))}).status_code == 202


def test_a_challenge_is_not_kept_by_anybody_on_the_way(service):
    answer = service.call("GET", "/intake/challenge", "intake_challenge")

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["parameters"]["algorithm"] == "PBKDF2/SHA-256"


def test_a_challenge_ends_after_twenty_minutes_of_real_time(service):
    left = fresh(service)["parameters"]["expiresAt"] - datetime.now(UTC).timestamp()

    assert 19 * 60 < left <= 20 * 60


def _altered(challenge):
    payload = json.loads(base64.b64decode(solved(challenge)))
    payload["challenge"]["parameters"]["expiresAt"] += 3600
    return base64.b64encode(json.dumps(payload).encode()).decode()


def _guessed(challenge):
    payload = json.loads(base64.b64decode(solved(challenge)))
    payload["solution"]["derivedKey"] = "00" * 32
    return base64.b64encode(json.dumps(payload).encode()).decode()


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "",
        "x",
        "é",
        "bnVsbA==",
        "W10=",
        "e30=",
        "eyJjaGFsbGVuZ2UiOiAiYSIsICJzb2x1dGlvbiI6IDF9",
        base64.b64encode(b"[" * 50_000).decode(),
    ],
    ids=range(9),
)
def test_a_missing_or_broken_solution_is_named(service, payload):
    answer = service.post({**SAMPLE, "altcha": payload})

    assert answer.status_code == 422
    assert answer.json["errors"] == {"altcha": ["Please confirm that you are not a robot."]}
    assert not service.persons()


@pytest.mark.parametrize("trick", [_altered, _guessed])
def test_an_altered_challenge_or_a_guess_is_refused(service, trick):
    answer = service.post({**SAMPLE, "altcha": trick(fresh(service))})

    assert list(answer.json["errors"]) == ["altcha"]


def test_a_challenge_of_somebody_elses_is_refused(service):
    challenge = altcha.create_challenge("SHA-256", 1, hmac_secret="mine", counter=1, hmac_key_secret="mine").to_dict()

    assert list(service.post({**SAMPLE, "altcha": solved(challenge)}).json["errors"]) == ["altcha"]


def test_an_old_solution_is_refused(service):
    payload = solved(challenges.fresh(at=LONG_AGO))

    assert "too old" in service.post({**SAMPLE, "altcha": payload}).json["errors"]["altcha"][0]


def test_a_solution_counts_once(service):
    payload = solved(fresh(service))
    service.post({**SAMPLE, "altcha": payload})

    answer = service.post({**samples()[1], "altcha": payload})

    assert "used before" in answer.json["errors"]["altcha"][0]
    assert len(service.kept("submissions")) == len(service.bus.published) == 1


def test_a_repeat_under_its_key_needs_no_new_solution(service):
    submission = {**SAMPLE, "altcha": solved(fresh(service))}

    assert service.post(submission, Idempotency_Key="k").json == service.post(submission, Idempotency_Key="k").json


def test_the_form_with_a_solution_is_taken_in_once(service):
    form = a_form(altcha=solved(fresh(service)))

    first, again = service.send(form), service.send(form)

    assert first.status_code == again.status_code == 303
    assert first.location == again.location
    assert len(service.kept("submissions")) == 1


def test_a_form_without_a_solution_comes_back(service):
    answer = service.send(a_form())

    assert answer.status_code == 422
    assert "not a robot" in answer.text


def test_a_field_that_is_wrong_is_named_before_any_proof_is_asked_for(service):
    assert list(service.post({**SAMPLE, "phone": "12"}).json["errors"]) == ["phone"]


def test_without_a_setting_the_key_is_a_file_that_only_its_owner_reads(tmp_path):
    made = key_files.held(tmp_path / "data" / "challenge.key", lambda: b"k" * 32)

    assert made == b"k" * 32 == key_files.held(tmp_path / "data" / "challenge.key", lambda: b"other" * 8)
    assert (tmp_path / "data" / "challenge.key").stat().st_mode & 0o777 == 0o600
