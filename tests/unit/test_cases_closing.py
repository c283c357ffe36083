"""With a case ends what is open beside it: told once, told again, or told after a crash in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import functions_framework
import pytest

from services.cases import closing, store
from services.cases.appointments import domain as appointments
from services.cases.conferences import domain as conferences
from services.cases.follow_ups import domain as follow_ups
from services.cases.follow_ups import handlers as follow_up_handlers
from services.cases.referrals.domain import referral as referrals
from services.notifications.domain import rules
from shared import bus, clock
from shared.codes import FollowUpRule, Phase
from shared.events import AppointmentCancelled, CaseClosed, Event
from shared.store import Query
from shared.store.chains import verify
from shared.store.lines import entries, event_of
from tests.builders import NOON
from tests.cases import APPOINTMENT, CONFERENCE, FOLLOW_UP, REFERRAL, RELEASE, CasesService, a_cases_service

CM, LEAD = "lindenhof-1", "lindenhof-leitung"
SENT = {**REFERRAL, "status": "sent"}
FOLDS: dict[str, Any] = {
    "appointments": appointments.fold,
    "conferences": conferences.fold,
    "follow_ups": follow_ups.fold,
    "referrals": referrals.fold,
}


@pytest.fixture
def cases(monkeypatch: pytest.MonkeyPatch) -> Iterator[CasesService]:
    with a_cases_service() as service:
        monkeypatch.setattr(store, "desk", lambda: service.desk)
        yield service


def add(cases: CasesService, case: str, path: str, body: Any) -> str:
    answer = cases.call(CM, "POST", f"/cases/{case}/{path}", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def busy(cases: CasesService, phase: Phase = Phase.LINKING) -> str:
    """A case beside which a good deal is open, and something is over."""
    case = cases.case_in(phase)
    add(cases, case, "consents", {"type": "processing", "form": "written", "language": "de", "text_version": "1"})
    add(cases, case, "consents", RELEASE)
    add(cases, case, "appointments", {**APPOINTMENT, "starts_at": "2026-03-02T12:30:00+01:00"})
    add(cases, case, "appointments", APPOINTMENT)
    add(cases, case, "follow-ups", FOLLOW_UP)
    add(cases, case, "conferences", CONFERENCE)
    add(cases, case, "conferences", {**CONFERENCE, "held_on": "2026-03-01"})
    add(cases, case, "referrals", REFERRAL)
    started = add(cases, case, "referrals", SENT)
    add(cases, case, "referrals", SENT)
    cases.call(CM, "PATCH", f"/cases/{case}/referrals/{started}", {"status": "started"}, If_Match='"1"')
    clock.move(NOON + timedelta(hours=1))
    return case


def close(cases: CasesService, case: str, reason: str = "moved_away") -> CaseClosed:
    outcomes = {goal.id: "achieved" for goal in cases.desk.cases.get(case).goals}
    cases.change(CM, case, "POST", "closure", {"reason": reason, "ended_by": "client", "outcomes": outcomes})
    event = cases.bus.published[-1]
    assert isinstance(event, CaseClosed)
    return event


def told(event: Event) -> int:
    """Deliver the event to the function as the platform does; how it answers."""
    client = functions_framework.create_app("cases_events", "services/cases/main.py").test_client()
    data, attributes = bus.message(event)
    return client.post("/", json=bus.push_body(data, attributes, "1", "s")).status_code


def stand(cases: CasesService, case: str) -> dict[str, list[Any]]:
    """How everything beside the case stands."""
    said = {path: cases.get(CM, f"/cases/{case}/{path}")["items"] for path in ("appointments", "conferences")}
    said |= {path: cases.get(CM, f"/cases/{case}/{path}")["items"] for path in ("referrals", "follow-ups")}
    return {
        **{path: [one["status"] for one in said[path]] for path in ("appointments", "conferences", "referrals")},
        "follow-ups": [one["done"] for one in said["follow-ups"]],
    }


ENDED = {
    "appointments": ["planned", "cancelled"],
    "conferences": ["held", "cancelled"],
    "referrals": ["dropped", "started", "dropped"],
    "follow-ups": [True],
}
"""What had begun stays as it is."""


def check(cases: CasesService) -> None:
    """Every state is the fold of its history, whose chain holds."""
    for collection, fold in FOLDS.items():
        for document in cases.store.query(Query(collection)).items:
            state = fold(event_of(entry) for entry in entries(cases.store, document.path))
            assert state.model_dump(mode="json").items() <= document.body.items()
            assert verify(cases.store, document.path) is None


def test_closing_ends_what_is_open_and_a_repeat_finds_it_done(cases: CasesService):
    case = busy(cases)
    event = close(cases, case)
    assert stand(cases, case)["follow-ups"] == [False]

    assert told(event) == 200
    written = len(cases.bus.published)
    assert stand(cases, case) == ENDED
    assert told(event) == 200

    assert len(cases.bus.published) == written
    assert {one["reason"] for one in cases.get(CM, f"/cases/{case}/referrals")["items"]} == {None, "case_closed"}
    assert {one.by for one in cases.bus.published[-4:]} == {event.id}
    check(cases)


def test_what_a_crash_left_open_is_ended_when_it_is_told_again(cases: CasesService):
    case = busy(cases)
    event = close(cases, case)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(follow_up_handlers, "finish", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            closing.settle(event.case, desk=cases.desk, at=clock.now(), by=event.id)
    assert stand(cases, case) == {**ENDED, "follow-ups": [False]}

    again = closing.settle(event.case, desk=cases.desk, at=clock.now(), by=event.id)

    assert again == {"referrals": 0, "appointments": 0, "conferences": 0, "follow_ups": 1}
    assert stand(cases, case) == ENDED


def test_what_was_added_while_a_case_was_closed_is_ended_by_night(cases: CasesService):
    case = busy(cases)
    told(close(cases, case))
    held = cases.desk.cases.get(case)
    late, event = follow_ups.remind(
        held,
        "follow-up-1",
        FollowUpRule.UNANSWERED,
        cause="x",
        days=1,
        due_on=NOON.date(),
        responsible=CM,
        at=NOON,
        by="x",
    )
    follow_up_handlers.follow_ups(cases.desk).open(late, event)

    ended = [closing.sweep(desk=cases.desk, at=clock.now(), by="cases_radar")["ended"] for _ in range(2)]

    assert ended == [1, 0]
    assert closing.sweep(desk=cases.desk, at=NOON + timedelta(days=9), by="cases_radar") == {"ended": 0}


@pytest.mark.parametrize(("reason", "messages"), [("moved_away", 1), ("duplicate_or_error", 1), ("deceased", 0)])
def test_the_client_is_told_of_a_cancelled_appointment_unless_she_has_died(
    cases: CasesService, reason: str, messages: int
):
    event = close(cases, busy(cases), reason)
    told(event)
    (cancelled,) = [one for one in cases.bus.published if isinstance(one, AppointmentCancelled)]

    wanted = rules.wanted(cancelled, {})

    assert len([wanted] if wanted is not None else []) == messages
    assert rules.void(cancelled) is not None, "the reminder must not go out either"


def test_a_result_of_clearing_that_ends_the_matter_ends_it_all(cases: CasesService):
    case = cases.case_in(Phase.CLEARING)
    add(cases, case, "appointments", APPOINTMENT)
    add(cases, case, "follow-ups", FOLLOW_UP)
    cases.change(CM, case, "POST", "clearing", {"result": "withdrawn"})

    assert told(cases.bus.published[-1]) == 200

    assert (stand(cases, case)["appointments"], stand(cases, case)["follow-ups"]) == (["cancelled"], [True])


@pytest.mark.parametrize("result", ["accepted", "waiting_list"])
def test_any_other_result_ends_nothing(cases: CasesService, result: str):
    case = cases.case_in(Phase.CLEARING)
    add(cases, case, "appointments", APPOINTMENT)
    cases.change(CM, case, "POST", "clearing", {"result": result})

    assert told(cases.bus.published[-1]) == 200

    assert stand(cases, case)["appointments"] == ["planned"]


def test_an_erased_client_is_told_nothing(cases: CasesService):
    case = busy(cases)
    cases.change("datenschutz", case, "POST", "erasure", {"reason": "consent_withdrawn"})
    (event,) = [one for one in cases.bus.published if one.type == "cases.case-erased.v1"]

    assert told(event) == 200

    (cancelled,) = [one for one in cases.bus.published if isinstance(one, AppointmentCancelled)]
    assert cancelled.silent
    assert stand(cases, case) == {**ENDED, "referrals": ["dropped"] * 3}


def test_a_case_that_goes_on_again_keeps_what_is_new(cases: CasesService):
    """However late it is told once more that the case had ended."""
    case = busy(cases)
    event = close(cases, case)
    told(event)
    cases.change(LEAD, case, "POST", "reopening", {})
    add(cases, case, "follow-ups", FOLLOW_UP)

    assert told(event) == 200

    assert sorted(stand(cases, case)["follow-ups"]) == [False, True]
