"""What the audit reads of a case's history: everything that tells who may see it, and nothing else."""

from __future__ import annotations

from services.cases.audit import domain, looks
from services.cases.domain.case import Case
from services.cases.domain.history import fold
from services.cases.residence import handlers as residence
from shared import clock
from shared.codes import Phase
from shared.store.lines import entries, event_of
from tests.cases import CONTACT, DISPUTE, MEASURE, RELEASE, TITLE, CasesService, a_cases_service


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
    cases.change("lindenhof-1", case, "PATCH", f"goals/{goal.id}/measures/{held.measures[0].id}", {"status": "done"})
    cases.change("lindenhof-1", case, "PATCH", f"rectifications/{held.rectifications[0].id}", {"statement": "Nein."})
    residence.settle(case, desk=cases.desk, at=clock.now(), by="event-1")
    history = [event_of(entry) for entry in entries(cases.store, f"cases/{case}")]
    told = looks.telling(cases.store, case)

    assert {type(event) for event in history} - {type(event) for event in told} == domain.SAY_NOTHING
    whole = {state.version: state for _, state in domain.moments(history)}
    for _, state in domain.moments(told):
        assert differing(whole[state.version], state) <= OF_NO_MATTER
    assert differing(fold(history), fold(told)) <= OF_NO_MATTER


OF_NO_MATTER = {
    "version",
    "changed_at",
    "contacts",
    "last_contact_at",
    "residence_status",
    "measures",
    "rectifications",
}
"""Fields that neither the policy nor a release asks for."""


def differing(one: Case, other: Case) -> set[str]:
    return {name for name in Case.model_fields if getattr(one, name) != getattr(other, name)}
