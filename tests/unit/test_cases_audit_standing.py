"""What the audit reads of cases: everything that may change who sees them, of thirty in one query, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.cases.audit import domain, rounds, standing
from services.cases.audit.looks import Recheck
from services.cases.domain import releases
from services.cases.domain.case import Case
from services.cases.domain.history import EVOLVE, evolve
from services.cases.residence import handlers as residence
from shared import clock, events
from shared.codes import Phase
from shared.events import AccessEvent, CaseEvent
from shared.identity import Actor
from shared.policy import Action
from shared.store import Put
from shared.store.lines import entries, event_of
from tests.builders import NOON, a_case
from tests.cases import CONTACT, DISPUTE, MEASURE, RELEASE, TITLE, CasesService, a_cases_service
from tests.fakes import MemoryStore
from tests.gates.examples import an_event
from tests.submission import PaidStore

NIGHT = NOON + timedelta(hours=14)


def test_what_is_left_out_of_a_history_changes_nothing_of_who_may_see_the_case():
    with a_cases_service() as cases:
        left_out_of_a_history(cases)


def left_out_of_a_history(cases: CasesService) -> None:
    case = cases.case_in(Phase.MONITORING)
    (goal,) = cases.desk.cases.get(case).goals
    for path, body in (
        ("contacts", CONTACT),
        (f"goals/{goal.id}/measures", MEASURE),
        ("residence", {**TITLE, "status": "permit_work"}),
        ("rectifications", DISPUTE),
        ("consents", RELEASE),
    ):
        assert cases.call("lindenhof-1", "POST", f"/cases/{case}/{path}", body).status_code in {200, 201}, path
    held = cases.desk.cases.get(case)
    cases.change("lindenhof-1", case, "PATCH", f"goals/{goal.id}", {"agreed": False})
    cases.change("lindenhof-1", case, "PATCH", f"goals/{goal.id}/measures/{held.measures[0].id}", {"status": "done"})
    cases.change("lindenhof-1", case, "PATCH", f"rectifications/{held.rectifications[0].id}", {"statement": "Nein."})
    residence.settle(case, desk=cases.desk, at=clock.now(), by="event-1")
    history = [event_of(entry) for entry in entries(cases.store, f"cases/{case}")]
    told = standing.telling(cases.store, case)

    assert {type(event) for event in history} - {type(event) for event in told} >= FREQUENT
    whole, stood = (list(domain.standings(one)) for one in (history, told))
    assert whole == stood
    assert len(whole) > 3


FREQUENT = {
    *(events.CasePhaseChanged, events.ContactRecorded, events.GoalChanged),
    *(events.MeasureAdded, events.MeasureChanged, events.RectificationRequested, events.RectificationChanged),
    events.ResidenceChanged,
}
"""What happens to a case often and is not read again each night."""


HAPPENS = [getattr(events, name) for name in EVOLVE]


@pytest.mark.parametrize("kind", [kind for kind in HAPPENS if not issubclass(kind, AccessEvent)])
def test_what_is_not_read_again_decides_nothing_of_what_is(kind: type[CaseEvent]):
    """Not who may see the case, and nothing by which another event would decide it."""
    case = a_case(phase=Phase.LINKING, organisation="lindenhof", case_manager="lindenhof-1", offered_to="bruecke")
    event = an_event(kind)
    assert isinstance(event, kind)

    assert deciding(evolve(case, event)) == deciding(case)


def deciding(case: Case) -> tuple[Any, ...]:
    held = (case.organisation, case.case_manager, case.offered_to, case.consents, releases.transfer(case))
    return held, case.is_closed, case.was, case.merged_into, case.erased_at, case.topics


# ---- what is read


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service(PaidStore(MemoryStore("cases"))) as service:
        yield service


def look(cases: CasesService, *of: str, by: str = "lindenhof-1", why: str = "assigned") -> None:
    cases.desk.looks.record(Actor(id=by, roles=frozenset()), Action.CASE_READ, of, why=why, at=clock.now())


def checked(cases: CasesService) -> rounds.Round:
    begun = rounds.Round(after="first", since=NOON - timedelta(days=9))
    return rounds.go_on(cases.store, begun, Recheck(cases.store, cases.desk.cases), NIGHT)


def asked(cases: CasesService, what: Callable[[], object]) -> tuple[int, int]:
    """Queries and documents that something reads."""
    store: Any = cases.store
    before = store.queries, store.reads
    what()
    return store.queries - before[0], store.reads - before[1]


@pytest.mark.parametrize("times", [1, 3])
def test_however_often_many_cases_are_looked_at_a_query_asks_for_thirty_of_them(cases: CasesService, times: int):
    made = [cases.assigned() for _ in range(61)]
    nothing = checked(cases).looks
    for _ in range(times):
        look(cases, *made)
        for case in made:
            look(cases, case)

    queries, documents = asked(cases, lambda: checked(cases))
    assert nothing < rounds.PAGE - 62 * times
    assert queries == 1 + 3
    told = sum(len(standing.telling(cases.store, case)) for case in made)
    assert documents == nothing + 62 * times + told


def test_of_a_look_that_the_table_allows_at_any_case_no_case_is_read(cases: CasesService):
    made = [cases.assigned() for _ in range(40)]
    cases.desk.looks.record(
        Actor(id="koordination", roles=frozenset()), Action.CASE_READ_CODES, made, why="any", at=clock.now()
    )

    assert asked(cases, lambda: checked(cases))[0] == 1
    assert checked(cases).deviations == 0


def test_lines_that_were_written_before_they_were_found_by_case_are_read_all_the_same(cases: CasesService):
    """Of one case the older lines, of the other all: an earlier release wrote them."""
    some, other = cases.assigned(), cases.assigned()
    for case, versions in ((some, (1, 2)), (other, (1, 2, 3))):
        for version in versions:
            path = f"cases/{case}/events/{version}"
            entry = cases.store.get(path)
            assert entry is not None
            cases.store.commit([Put(path, {name: said for name, said in entry.items() if name != "access_to"})])
    look(cases, some, other)
    look(cases, some, other, by="lindenhof-2")

    assert {(one["case"], one["by"], one["why"]) for one in checked(cases).rows} == {
        (case, "lindenhof-2", "reason_did_not_hold") for case in (some, other)
    }


def test_of_changes_that_met_the_one_that_was_written_last_counts(cases: CasesService):
    """Whoever asked first may be written down second."""
    case = cases.assigned()
    for second, who in ((10, "lindenhof-1"), (5, "lindenhof-2")):
        clock.move(NOON + timedelta(hours=1, seconds=second))
        cases.change("lindenhof-leitung", case, "POST", "assignment", {"case_manager": who})
    clock.move(NOON + timedelta(hours=2))
    look(cases, case, by="lindenhof-2")

    assert checked(cases).deviations == 0
