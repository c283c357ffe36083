"""Every way in which Google hands an event to a function, through functions-framework's own application."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from functions_framework import create_app
from joserfc import jwt
from joserfc.jwk import ECKey

from shared import bus, tokens
from shared.bus import push
from tests.builders import a_submission_received

FUNCTION = """
import functions_framework
from shared.bus.receive import received

@functions_framework.cloud_event
def listener(cloud_event):
    event = received(cloud_event)
    print("heard", event and event.id)
"""
EVENT = a_submission_received()
DATA, ATTRIBUTES = bus.message(EVENT)
BODY = bus.push_body(DATA, ATTRIBUTES, message_id="7", subscription="projects/kim/subscriptions/listener")
EVENTARC = {
    "specversion": "1.0",
    "id": "7",
    "source": "//pubsub.googleapis.com/projects/kim/topics/kim-events",
    "type": "google.cloud.pubsub.topic.v1.messagePublished",
    "time": "2026-03-02T11:00:00Z",
}
AUDIENCE, ACCOUNT = "https://listener.example.org/", "bus@kim.iam.gserviceaccount.com"
KEY = ECKey.generate_key("P-256", {"kid": "one"})


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    """An event function, hosted as Google hosts it."""
    (tmp_path / "main.py").write_text(FUNCTION)
    push.pusher.cache_clear()
    tokens.forget()
    yield create_app("listener", str(tmp_path / "main.py"), "cloudevent").test_client()
    push.pusher.cache_clear()
    tokens.forget()


def heard(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith("heard")]


def test_a_push_of_pubsub_is_heard(client: FlaskClient, capsys: pytest.CaptureFixture[str]):
    answer = client.post("/", json=BODY)

    assert answer.status_code == 200
    assert heard(capsys) == ["heard submission-a1.1"]


def test_a_push_as_the_emulator_writes_it_is_heard(client: FlaskClient, capsys: pytest.CaptureFixture[str]):
    message = {**BODY["message"], "message_id": "7", "publish_time": "2026-03-02T11:00:00Z"}
    message.pop("orderingKey")

    assert client.post("/", json={**BODY, "message": message}).status_code == 200
    assert heard(capsys) == ["heard submission-a1.1"]


def test_an_event_by_eventarc_is_heard(client: FlaskClient, capsys: pytest.CaptureFixture[str]):
    headers = {f"ce-{name}": value for name, value in EVENTARC.items()}

    assert client.post("/", json=BODY, headers=headers).status_code == 200
    assert heard(capsys) == ["heard submission-a1.1"]


def test_a_structured_event_by_eventarc_is_heard(client: FlaskClient, capsys: pytest.CaptureFixture[str]):
    answer = client.post(
        "/",
        data=json.dumps({**EVENTARC, "datacontenttype": "application/json", "data": BODY}),
        content_type="application/cloudevents+json",
    )

    assert answer.status_code == 200
    assert heard(capsys) == ["heard submission-a1.1"]


def test_what_nobody_knows_is_acknowledged(client: FlaskClient, capsys: pytest.CaptureFixture[str]):
    body = bus.push_body(b"{}", {"type": "cases.case-sung.v1", "subject": "case-1"}, "7", "x")

    assert client.post("/", json=body).status_code == 200
    assert heard(capsys) == ["heard None"]


def test_what_cannot_be_decoded_is_not_acknowledged(client: FlaskClient, capsys: pytest.CaptureFixture[str]):
    body = bus.push_body(b"no event", {"type": EVENT.type, "subject": "case-1"}, "7", "x")

    assert client.post("/", json=body).status_code == 422
    assert heard(capsys) == []


# who pushes


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let only Pub/Sub's account in; in place of Google's keys there are those in a file."""
    file, asked = tmp_path / "certs.json", urllib.request.urlopen
    file.write_text(json.dumps({"keys": [KEY.as_dict(private=False)]}))
    there = {push.GOOGLE_KEYS: file.as_uri()}
    monkeypatch.setattr("shared.tokens.urllib.request.urlopen", lambda url, **how: asked(there[url], **how))
    monkeypatch.setenv("KIM_PUSH", json.dumps({"audience": AUDIENCE, "account": ACCOUNT}))
    return file


def a_token(*, key: Any = KEY, **given: Any) -> dict[str, str]:
    now = int(time.time())
    claims = {
        "iss": "https://accounts.google.com",
        "aud": AUDIENCE,
        "email": ACCOUNT,
        "email_verified": True,
        "sub": "1",
        "iat": now,
        "exp": now + 3600,
        **given,
    }
    return {"Authorization": f"Bearer {jwt.encode({'alg': 'ES256', 'kid': 'one'}, claims, key)}"}


def test_the_account_that_pushes_is_let_in(keys: Path, client: FlaskClient, capsys: pytest.CaptureFixture[str]):
    assert client.post("/", json=BODY, headers=a_token()).status_code == 200
    assert heard(capsys) == ["heard submission-a1.1"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer x"},
        a_token(aud="https://another.example.org/"),
        a_token(email="somebody@kim.iam.gserviceaccount.com"),
        a_token(email=None),
        a_token(email_verified=False),
        a_token(email_verified="true"),
        a_token(iss="https://login.example.org"),
        a_token(exp=int(time.time()) - 600),
        a_token(key=ECKey.generate_key("P-256", {"kid": "one"})),
        {"X-Goog-IAP-JWT-Assertion": a_token()["Authorization"].partition(" ")[2]},
    ],
)
def test_anybody_else_is_refused_and_nothing_is_heard(
    keys: Path, client: FlaskClient, capsys: pytest.CaptureFixture[str], headers: dict[str, str]
):
    assert client.post("/", json=BODY, headers=headers).status_code == 401
    assert heard(capsys) == []


def test_while_googles_keys_cannot_be_had_the_event_waits(keys: Path, client: FlaskClient):
    keys.unlink()

    answer = client.post("/", json=BODY, headers=a_token())

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
