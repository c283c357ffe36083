"""What goes over the wire, what is read from it, and what is refused without quoting it."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.http import CloudEvent
from werkzeug.exceptions import HTTPException

from shared import bus
from shared.bus.receive import received
from shared.events import ReportWritten

EVENT = ReportWritten(
    subject="report-1",
    version=2,
    at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    by="koordination",
    kind="monthly_steering",
    period="2026-02",
)


def delivered(data: bytes, **attributes: str) -> dict[str, Any]:
    return bus.push_body(data, attributes, "17", "projects/kim/subscriptions/reporting_events")


def as_cloud_event(body: Any) -> CloudEvent:
    return CloudEvent({"type": "google.cloud.pubsub.topic.v1.messagePublished", "source": "//pubsub"}, body)


def refusal(body: Any) -> tuple[int, dict[str, Any]]:
    with pytest.raises(HTTPException) as refused:
        received(as_cloud_event(body))
    answer = refused.value.response
    assert answer is not None
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, json.loads(answer.get_data())  # type: ignore[attr-defined]


def test_an_event_survives_the_wire():
    data, attributes = bus.message(EVENT)

    assert bus.decode(delivered(data, **attributes)) == EVENT


def test_a_push_request_looks_as_google_sends_it():
    body = delivered(b"{}", type="x", subject="case-1", time="2026-03-01T12:00:00Z")

    assert body == {
        "message": {
            "data": "e30=",
            "attributes": {"type": "x", "subject": "case-1", "time": "2026-03-01T12:00:00Z"},
            "messageId": "17",
            "orderingKey": "case-1",
            "publishTime": "2026-03-01T12:00:00Z",
        },
        "subscription": "projects/kim/subscriptions/reporting_events",
    }


def test_fields_that_are_not_known_are_ignored():
    data = json.dumps({**json.loads(EVENT.model_dump_json()), "from_the_future": 1}).encode()

    assert bus.decode(delivered(data, type=EVENT.type)) == EVENT


def test_a_type_that_nobody_knows_is_none_of_our_business():
    assert received(as_cloud_event(delivered(b"anything", type="cases.case-sung.v1"))) is None


def test_a_received_event_is_the_event():
    data, attributes = bus.message(EVENT)

    assert received(as_cloud_event(delivered(data, **attributes))) == EVENT


@pytest.mark.parametrize(
    "body",
    [
        None,
        "secret",
        [],
        {"message": "secret"},
        {"message": {"data": "e30="}},
        {"message": {"data": "e30=", "attributes": {}}},
        {"message": {"data": 1, "attributes": {"type": "x"}}},
    ],
)
def test_what_is_no_message_is_refused(body):
    status, told = refusal(body)

    assert status == 422
    assert told["title"] == "undecodable"
    assert "secret" not in json.dumps(told)


@pytest.mark.parametrize("data", [b"secret", b"", b"\xff\xfe", b'{"subject": "secret"}', b'["secret"]', b"{" * 100_000])
def test_a_body_that_is_no_such_event_is_refused_without_quoting_it(data):
    status, told = refusal(delivered(data, type=EVENT.type))

    assert status == 422
    assert told["detail"].startswith("This event cannot be decoded: reporting.report-written.v1")
    assert "secret" not in json.dumps(told)


@pytest.mark.parametrize("data", ["secret!", base64.b64encode(b"secret").decode()[:-1], "é"])
def test_data_that_is_not_base64_is_refused(data):
    status, told = refusal({"message": {"data": data, "attributes": {"type": EVENT.type}}})

    assert status == 422
    assert "data is not base64" in told["detail"]
    assert "secret" not in json.dumps(told)


def test_the_refusal_names_the_fields():
    data = json.dumps({**json.loads(EVENT.model_dump_json()), "version": "many", "at": None}).encode()

    _, told = refusal(delivered(data, type=EVENT.type))

    assert told["detail"] == "This event cannot be decoded: reporting.report-written.v1: at, version."
