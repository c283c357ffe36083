"""How cases listen: a submission becomes one case, however often it is delivered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import functions_framework
import pytest

from services.cases import store
from services.cases.client import domain as client
from shared import bus
from shared.events import CaseOpened, Event, SubmissionReceived
from shared.municipality import municipality
from shared.store.outbox import sweep
from tests.builders import a_case_allocated, a_person, a_submission_received
from tests.cases import CasesService, a_cases_service

Deliver = Callable[[Any], Any]


@pytest.fixture
def cases(monkeypatch: pytest.MonkeyPatch) -> Iterator[CasesService]:
    with a_cases_service() as service:
        monkeypatch.setattr(store, "desk", lambda: service.desk)
        yield service


@pytest.fixture(scope="module")
def deliver() -> Deliver:
    """The function as the platform serves it."""
    client = functions_framework.create_app("cases_events", "services/cases/main.py").test_client()
    return lambda body: client.post("/", json=body)


def pushed(event: Event, **changed: str) -> dict[str, Any]:
    data, attributes = bus.message(event)
    return bus.push_body(data, {**attributes, **changed}, "1", "projects/kim/subscriptions/cases_events")


def test_a_submission_that_is_delivered_three_times_opens_one_case(cases: CasesService, deliver: Deliver):
    received = a_submission_received(city_quarter=401)
    cases.desk.people.keep(received.person, a_person(), subject=received.subject, at=received.at)

    answers = [deliver(pushed(received)).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert cases.version("case-a1") == 1
    (opened,) = cases.bus.published
    assert isinstance(opened, CaseOpened)
    assert (opened.by, opened.submission, opened.city_district) == ("submission-a1.1", "submission-a1", 4)


def test_the_case_of_somebody_erased_meanwhile_is_opened_without_her_name(cases: CasesService, deliver: Deliver):
    assert deliver(pushed(a_submission_received())).status_code == 200

    assert cases.version("case-a1") == 1
    assert cases.store.get("cases/case-a1")["tokens"] == []  # type: ignore[index]


def test_a_change_of_the_client_that_a_crash_left_waiting_is_settled(cases: CasesService, deliver: Deliver):
    case = cases.desk.cases.get(cases.assigned())
    cases.desk.people.amend(case.person, "amendment-1", {"phone": None}, subject=case.id, after=None, at=case.opened_at)
    said = {"district": None, "amendment": "amendment-1", "at": case.opened_at, "by": "lindenhof-1"}
    bounds = municipality().target_group
    _, event = client.change(case, {"phone": None}, bounds=bounds, on=case.opened_on, **said)

    answers = [deliver(pushed(event)).status_code for _ in range(2)]

    assert answers == [200, 200]
    assert cases.desk.people.find(case.person) == a_person(phone=None)


def test_while_the_bus_is_down_the_case_is_opened_and_told_later(cases: CasesService, deliver: Deliver):
    cases.bus.down = True
    assert deliver(pushed(a_submission_received())).status_code == 200
    assert deliver(pushed(a_submission_received())).status_code == 200
    cases.bus.down = False

    assert sweep(cases.store, cases.bus) == 1
    assert sweep(cases.store, cases.bus) == 0
    assert [event.id for event in cases.bus.published] == ["case-a1.1"]


def test_an_event_of_another_kind_is_acknowledged(cases: CasesService, deliver: Deliver):
    assert deliver(pushed(a_case_allocated())).status_code == 200
    assert deliver(pushed(a_submission_received(), type="intake.fax-received.v7")).status_code == 200
    assert cases.bus.published == []


@pytest.mark.parametrize("data", [b"{", b"{}", b"[]", b"\xff", b""], ids=["half", "empty", "list", "not UTF-8", "none"])
def test_what_cannot_be_decoded_is_refused_for_good(cases: CasesService, deliver: Deliver, data: bytes):
    answer = deliver(bus.push_body(data, {"type": SubmissionReceived.type}, "1", "s"))

    assert answer.status_code == 422
    assert json.loads(answer.data)["title"] == "undecodable"
    assert cases.bus.published == []


def test_fields_that_are_new_do_not_stop_an_old_reader(cases: CasesService, deliver: Deliver):
    data, attributes = bus.message(a_submission_received())
    said = json.dumps({**json.loads(data), "shoe_size": 38}).encode()

    assert deliver(bus.push_body(said, attributes, "1", "s")).status_code == 200
    assert cases.version("case-a1") == 1
