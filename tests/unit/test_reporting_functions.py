"""The entry points, called as the platform calls them."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from functions_framework import create_app
from werkzeug.test import Client

from services.reporting import facts, store
from shared import bus
from shared.events import Event
from tests.builders import a_submission_received
from tests.reporting import ReportingService, a_case_event, a_reporting_service
from tests.signin import signed_in

MAIN = Path(__file__).parents[2] / "services" / "reporting" / "main.py"


@pytest.fixture
def reporting(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReportingService]:
    with a_reporting_service() as service:
        monkeypatch.setattr(store, "reports", lambda: service.reports)
        monkeypatch.setattr("shared.store.connect", lambda _: service.store)
        monkeypatch.setattr("shared.bus.connect", lambda: service.bus)
        yield service


def function(name: str, kind: str = "http") -> Client:
    return create_app(name, str(MAIN), kind).test_client()


def a_delivery(event: Event, **attributes: str) -> dict[str, Any]:
    data, said = bus.message(event)
    return bus.push_body(data, {**said, **attributes}, "1", "reporting_events")


def deliver(body: dict[str, Any]) -> int:
    return function("reporting_events", "cloudevent").post("/", json=body).status_code


def rows(service: ReportingService) -> list[str]:
    return [row["event_id"] for row in facts.ask(service.facts, service.facts.table().select("event_id"))]


@pytest.mark.parametrize("event", [a_case_event(), a_submission_received()], ids=lambda event: event.type)
def test_three_deliveries_of_an_event_give_one_row(reporting: ReportingService, event: Event):
    answers = {deliver(a_delivery(event)) for _ in range(3)}

    assert answers <= {200, 204}
    assert rows(reporting) == [event.id]


def test_an_event_that_cannot_be_decoded_is_refused_with_its_reason(reporting: ReportingService):
    broken = a_delivery(a_case_event())
    broken["message"]["data"] = base64.b64encode(b'{"subject": "case-a1"}').decode()
    answer = function("reporting_events", "cloudevent").post("/", json=broken)

    assert answer.status_code == 422
    assert "facts" in answer.json["detail"]
    assert rows(reporting) == []


def test_an_event_that_nobody_knows_is_acknowledged(reporting: ReportingService):
    assert deliver(a_delivery(a_case_event(), type="cases.case-forgotten.v9")) < 300
    assert rows(reporting) == []


def test_an_event_whose_row_could_not_be_kept_is_delivered_again(
    reporting: ReportingService, monkeypatch: pytest.MonkeyPatch
):
    def refuse(_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(reporting.facts, "append", refuse)

    assert deliver(a_delivery(a_case_event())) == 500


def test_the_schedule_writes_the_report_of_the_last_complete_month(reporting: ReportingService):
    reporting.open_cases(4)
    answer = function("reporting_run").post("/")

    report = "report-monthly_steering-2026-10"
    assert answer.json == {"id": report, "kind": "monthly_steering", "period": "2026-10", "version": 1}
    assert reporting.get("koordination", f"reports/{report}").json["measures"][0]["total"]["count"] == 4


def test_the_schedule_may_be_asked_for_another_report(reporting: ReportingService):
    answer = function("reporting_run").post("/", json={"kind": "quarterly_steering", "period": "2026-Q3"})

    assert answer.json["id"] == "report-quarterly_steering-2026-Q3"


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 422), (b'{"kind": "weekly"}', 422), (b'{"period": "2026-13"}', 422), (b'{"a": 1}', 422)],
)
def test_a_scheduled_call_that_makes_no_sense_is_refused(reporting: ReportingService, body: bytes, status: int):
    answer = function("reporting_run").post("/", data=body)

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


def test_a_report_that_could_not_be_told_of_is_told_by_the_sweep(reporting: ReportingService):
    reporting.bus.down = True
    function("reporting_run").post("/")
    reporting.bus.down = False

    assert function("reporting_sweep").post("/").json == {"published": 1, "settled": 0}
    assert [event.type for event in reporting.bus.published] == ["reporting.report-written.v1"]


def test_what_stands_in_the_facts_is_written_down_every_night(reporting: ReportingService):
    deliver(a_delivery(a_case_event(organisation="lindenhof")))

    assert function("reporting_vocabulary").post("/").json["texts"] > 5
    assert reporting.store.get("vocabulary/organisation") == {"values": ["lindenhof"]}


def test_the_web_function_answers_staff(reporting: ReportingService):
    assert function("reporting_web").get("/reporting/reports", headers=signed_in("koordination")).status_code == 200
