"""What is added to a case at the very moment at which it comes into other hands, or ends, does not stay behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from services.cases import added, store
from services.cases.appointments import domain as appointments
from services.cases.follow_ups import domain as follow_ups
from shared import clock
from shared.codes import Phase
from shared.events import (
    AppointmentMade,
    AppointmentMoved,
    CaseAssigned,
    CaseClosed,
    Event,
    FollowUpSet,
    TransferAnswered,
)
from tests.cases import APPOINTMENT, FOLLOW_UP, WHOLE, CasesService, a_cases_service
from tests.costs import Cost, a_counted_service
from tests.unit.test_cases_handing_on import CM, LEAD, OTHER, THERE, add, last, stand, told

Happens = Callable[[CasesService, str], type[Event]]


@pytest.fixture
def cases(monkeypatch: pytest.MonkeyPatch) -> Iterator[CasesService]:
    with a_cases_service() as service:
        monkeypatch.setattr(store, "desk", lambda: service.desk)
        yield service


@pytest.fixture
def case(cases: CasesService) -> str:
    """A case that another organisation is asked to take over."""
    found = cases.case_in(Phase.LINKING)
    cases.change(CM, found, "POST", "consents", WHOLE)
    cases.change(LEAD, found, "POST", "transfer", {"organisation": "bruecke"})
    return found


def away(cases: CasesService, case: str) -> type[Event]:
    cases.change(THERE, case, "POST", "transfer/answer", {"answer": "accepted"})
    return TransferAnswered


def in_other_hands(cases: CasesService, case: str) -> type[Event]:
    cases.change(LEAD, case, "POST", "assignment", {"case_manager": OTHER})
    return CaseAssigned


def over(cases: CasesService, case: str) -> type[Event]:
    outcomes = {goal.id: "achieved" for goal in cases.desk.cases.get(case).goals}
    cases.change(CM, case, "POST", "closure", {"reason": "moved_away", "ended_by": "client", "outcomes": outcomes})
    return CaseClosed


BETWEEN: dict[str, tuple[Happens, str, tuple[str, str]]] = {
    "it went to another organisation": (away, THERE, (CM, "cancelled")),
    "a colleague took it over": (in_other_hands, OTHER, (OTHER, "planned")),
    "it was closed": (over, LEAD, (CM, "cancelled")),
}
FIRST = pytest.mark.parametrize("first", [True, False], ids=["news of the case first", "news of what was added first"])


def meanwhile(patched: pytest.MonkeyPatch, room: Any, name: str, happens: Callable[[], object]) -> None:
    """Have something happen to the case once it was read and decided on, and before anything is written."""
    decide = getattr(room, name)

    def decided(*said: Any, **more: Any) -> Any:
        change = decide(*said, **more)
        patched.setattr(room, name, decide)
        happens()
        return change

    patched.setattr(room, name, decided)


def heard(cases: CasesService, kind: type[Event], new: type[Event], first: bool) -> None:
    """Deliver what is not delivered yet, each twice."""
    for one in [new] if first else [new, kind]:
        told(last(cases, one))
        told(last(cases, one))


@FIRST
@pytest.mark.parametrize("between", BETWEEN)
def test_an_appointment_that_is_made_meanwhile(
    cases: CasesService, case: str, monkeypatch: pytest.MonkeyPatch, between: str, first: bool
):
    happens, who, stands = BETWEEN[between]
    kinds: list[type[Event]] = []

    def happen() -> None:
        kinds.append(happens(cases, case))
        if first:
            told(last(cases, kinds[0]))

    meanwhile(monkeypatch, appointments, "make", happen)
    add(cases, case)
    heard(cases, kinds[0], AppointmentMade, first)

    assert stand(cases, who, case) == [stands]


def test_an_appointment_that_is_moved_meanwhile_to_whoever_had_the_case(
    cases: CasesService, case: str, monkeypatch: pytest.MonkeyPatch
):
    """The team lead's own, which nobody handed on: she works on the case as before."""
    id = add(cases, case, staff=LEAD, who=LEAD)
    meanwhile(monkeypatch, appointments, "move", lambda: told(last(cases, in_other_hands(cases, case))))

    answer = cases.call(LEAD, "PATCH", f"/cases/{case}/appointments/{id}", {"staff": CM}, If_Match='"1"')
    assert answer.status_code == 200, answer.text
    told(last(cases, AppointmentMoved))

    assert stand(cases, OTHER, case) == [(OTHER, "planned")]


@FIRST
@pytest.mark.parametrize(("happens", "who", "done"), [(in_other_hands, OTHER, False), (over, CM, True)])
def test_a_follow_up_that_is_set_meanwhile(
    cases: CasesService, case: str, monkeypatch: pytest.MonkeyPatch, happens: Happens, who: str, done: bool, first: bool
):
    kinds: list[type[Event]] = []

    def happen() -> None:
        kinds.append(happens(cases, case))
        if first:
            told(last(cases, kinds[0]))

    meanwhile(monkeypatch, follow_ups, "set_follow_up", happen)
    assert cases.call(CM, "POST", f"/cases/{case}/follow-ups", FOLLOW_UP).status_code == 201
    heard(cases, kinds[0], FollowUpSet, first)

    (held,) = cases.get(LEAD, f"/cases/{case}/follow-ups")["items"]
    assert (held["responsible"], held["done"]) == (who, done)


def test_where_nothing_happened_meanwhile_it_costs_one_read_and_changes_nothing():
    with a_counted_service() as counted:
        case = counted.service.assigned()
        counted.service.call(CM, "POST", f"/cases/{case}/appointments", APPOINTMENT)
        made = last(counted.service, AppointmentMade)
        assert isinstance(made, AppointmentMade)

        cost = counted.cost(lambda: added.settle(made, desk=counted.service.desk, at=clock.now()))

    assert cost == Cost(reads=1)
