"""A case comes into other hands: what goes with it, what is called off, and what the client is told of that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import functions_framework
import pytest

from services.cases import handing_on, store
from services.cases.appointments import domain
from services.cases.appointments.handlers import appointments
from services.cases.follow_ups import handlers as follow_ups
from services.notifications.domain import rules
from services.notifications.domain.message import Template
from shared import bus, clock
from shared.codes import Phase
from shared.events import AppointmentCancelled, CaseAssigned, Event, TransferAnswered
from shared.store.chains import verify
from tests.builders import NOON
from tests.cases import APPOINTMENT, FOLLOW_UP, WHOLE, CasesService, a_cases_service

CM, LEAD, OTHER = "lindenhof-1", "lindenhof-leitung", "lindenhof-2"
THERE = "bruecke-leitung"


@pytest.fixture
def cases(monkeypatch: pytest.MonkeyPatch) -> Iterator[CasesService]:
    with a_cases_service() as service:
        monkeypatch.setattr(store, "desk", lambda: service.desk)
        yield service


def add(cases: CasesService, case: str, **said: Any) -> str:
    answer = cases.call(said.pop("who", CM), "POST", f"/cases/{case}/appointments", {**APPOINTMENT, **said})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def transferred(cases: CasesService, answer: str = "accepted") -> str:
    """A case with two appointments, of which one has begun, that another organisation was asked to take over."""
    case = cases.case_in(Phase.LINKING)
    add(cases, case, starts_at="2026-03-02T12:30:00+01:00")
    add(cases, case)
    cases.change(CM, case, "POST", "consents", WHOLE)
    cases.change(LEAD, case, "POST", "transfer", {"organisation": "bruecke"})
    clock.move(NOON + timedelta(hours=1))
    cases.change(THERE, case, "POST", "transfer/answer", {"answer": answer})
    return case


def last(cases: CasesService, kind: type[Event]) -> Event:
    return [one for one in cases.bus.published if isinstance(one, kind)][-1]


def told(event: Event) -> None:
    """Deliver the event to the function as the platform does."""
    client = functions_framework.create_app("cases_events", "services/cases/main.py").test_client()
    data, attributes = bus.message(event)
    assert client.post("/", json=bus.push_body(data, attributes, "1", "s")).status_code == 200


def stand(cases: CasesService, who: str, case: str) -> list[tuple[str, str]]:
    return [(one["staff"], one["status"]) for one in cases.get(who, f"/cases/{case}/appointments")["items"]]


def test_a_transfer_calls_off_what_lies_ahead_and_the_client_is_told(cases: CasesService):
    case = transferred(cases)

    told(last(cases, TransferAnswered))
    written = len(cases.bus.published)
    told(last(cases, TransferAnswered))

    assert len(cases.bus.published) == written
    assert stand(cases, THERE, case) == [(CM, "planned"), (CM, "cancelled")]
    cancelled = last(cases, AppointmentCancelled)
    wanted = rules.wanted(cancelled, {})
    assert wanted is not None
    assert (wanted.template, wanted.place) == (Template.APPOINTMENT_CANCELLED, None)
    assert Template.APPOINTMENT_REMINDER in {one.template for one in rules.void(cancelled)}


def test_a_transfer_that_is_refused_calls_nothing_off(cases: CasesService):
    case = transferred(cases, "refused")

    told(last(cases, TransferAnswered))

    assert stand(cases, CM, case) == [(CM, "planned"), (CM, "planned")]


def test_what_the_new_organisation_makes_before_the_news_arrives_stays(cases: CasesService):
    case = transferred(cases)
    add(cases, case, who=THERE, place="ufer-12")
    cases.change(THERE, case, "POST", "assignment", {"case_manager": "bruecke-1"})

    told(last(cases, CaseAssigned))
    told(last(cases, TransferAnswered))

    assert sorted(stand(cases, THERE, case)) == [
        (THERE, "planned"),
        (CM, "cancelled"),
        (CM, "planned"),
    ]


def test_appointments_go_with_the_case_inside_the_organisation(cases: CasesService):
    case = cases.case_in(Phase.LINKING)
    hers, leads = add(cases, case), add(cases, case, staff=LEAD, who=LEAD)
    before = len(cases.bus.published)
    cases.change(LEAD, case, "POST", "assignment", {"case_manager": OTHER})

    told(last(cases, CaseAssigned))
    told(last(cases, CaseAssigned))

    journal = appointments(cases.desk)
    assert [journal.get(one).staff for one in (hers, leads)] == [OTHER, LEAD]
    assert [rules.wanted(one, {}) for one in cases.bus.published[before:]] == [None, None], "nobody is told"
    assert journal.get(hers) == domain.fold(journal.history(hers))
    assert verify(cases.store, f"appointments/{hers}") is None
    answer = cases.call(OTHER, "PATCH", f"/cases/{case}/appointments/{hers}", {"minutes": 30}, If_Match='"2"')
    assert answer.status_code == 200, answer.text


def test_what_a_crash_left_behind_goes_when_it_is_told_again(cases: CasesService):
    case = cases.case_in(Phase.LINKING)
    add(cases, case)
    cases.call(CM, "POST", f"/cases/{case}/follow-ups", FOLLOW_UP)
    cases.change(LEAD, case, "POST", "assignment", {"case_manager": OTHER})
    event = last(cases, CaseAssigned)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(follow_ups.domain, "hand_over", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            handing_on.settle(case, desk=cases.desk, at=clock.now(), by=event.id)

    again = [handing_on.settle(case, desk=cases.desk, at=clock.now(), by=event.id) for _ in range(2)]

    assert again == [{"follow_ups": 1, "appointments": 1}, {"follow_ups": 0, "appointments": 0}]


def test_nothing_of_a_case_that_ended_is_handed_on(cases: CasesService):
    case = cases.case_in(Phase.LINKING)
    add(cases, case)
    goals = {goal.id: "achieved" for goal in cases.desk.cases.get(case).goals}
    cases.change(CM, case, "POST", "closure", {"reason": "moved_away", "ended_by": "client", "outcomes": goals})

    assert handing_on.settle(case, desk=cases.desk, at=clock.now(), by="x") == {}
