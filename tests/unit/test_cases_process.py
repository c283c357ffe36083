"""The process: who has the case, in which phase it is, what leaving a phase needs, how it ends."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from services.cases.domain import process
from services.cases.domain.case import Case
from services.cases.domain.refusals import (
    AlreadyAssigned,
    CaseIsClosed,
    NotAllocated,
    NotOfTheOrganisation,
    OnlyInPhase,
    PhaseNotReachable,
    ProcessingNotConsented,
    RequirementsUnmet,
    UnknownGoals,
)
from shared.codes import ActionField, ClearingResult, ClosureReason, ConsentKind, EndedBy, GoalOutcome, Phase, View
from tests.builders import NOON, a_case, a_consent, a_goal

BY: dict[str, Any] = {"at": NOON, "by": "lindenhof-1"}
TODAY = NOON.date()
OPEN = [phase for phase in Phase if phase is not Phase.CLOSED]
ASSESSED = {"action_field": ActionField.HOUSING, "view": View.CLIENT, "urgency": 2, "written": 4}
READY: dict[str, Any] = {
    "clearing_result": ClearingResult.ACCEPTED,
    "consents": [a_consent()],
    "assessments": [ASSESSED],
    "goals": [a_goal()],
}
"""What meets every requirement."""


def entered(case: Case, to: Phase) -> Phase:
    after, event = process.enter_phase(case, to, on=TODAY, **BY)
    assert event.facts.phase is after.phase
    return after.phase


def an_intake(consents: list[Any]) -> Case:
    return a_case(phase=Phase.INTAKE, clearing_result=ClearingResult.ACCEPTED, consents=consents)


def unmet(case: Case, to: Phase) -> object:
    with pytest.raises(RequirementsUnmet) as refused:
        process.enter_phase(case, to, on=TODAY, **BY)
    return refused.value.extra["unmet"]


@pytest.mark.parametrize(
    ("start", "to"),
    [
        (Phase.INQUIRY, Phase.CLEARING),
        (Phase.CLEARING, Phase.INTAKE),
        (Phase.INTAKE, Phase.ASSESSMENT),
        (Phase.ASSESSMENT, Phase.PLANNING),
        (Phase.PLANNING, Phase.LINKING),
        (Phase.LINKING, Phase.MONITORING),
        (Phase.MONITORING, Phase.EVALUATION),
        (Phase.MONITORING, Phase.ASSESSMENT),
    ],
)
def test_a_case_with_all_that_is_needed_goes_on(start, to):
    assert entered(a_case(phase=start, **READY), to) is to


ALLOWED = {(start, to) for start, ways in process.ONWARD.items() for to in ways}


@pytest.mark.parametrize(("start", "to"), sorted(set(product(OPEN, Phase)) - ALLOWED))
def test_a_case_goes_nowhere_else(start, to):
    with pytest.raises(PhaseNotReachable):
        process.enter_phase(a_case(phase=start, **READY), to, on=TODAY, **BY)


def test_only_monitoring_leads_back_to_the_assessment():
    assert {start for start, to in ALLOWED if to is Phase.ASSESSMENT} == {Phase.INTAKE, Phase.MONITORING}


def test_leaving_the_inquiry_names_everything_that_is_missing():
    nobodys = a_case(organisation=None, case_manager=None)

    assert unmet(nobodys, Phase.CLEARING) == ["allocation", "assignment"]


def test_leaving_the_inquiry_needs_a_case_manager():
    assert unmet(a_case(case_manager=None), Phase.CLEARING) == ["assignment"]


@pytest.mark.parametrize("result", [None, ClearingResult.WAITING_LIST])
def test_leaving_clearing_needs_acceptance(result):
    assert unmet(a_case(phase=Phase.CLEARING, clearing_result=result), Phase.INTAKE) == ["clearing_accepted"]


@pytest.mark.parametrize(
    "consents",
    [
        [],
        [a_consent(kind=ConsentKind.SECRECY_RELEASE)],
        [a_consent(revoked_at=NOON)],
        [a_consent(valid_until=TODAY - timedelta(days=1))],
    ],
    ids=["none", "of another kind", "revoked", "expired"],
)
def test_leaving_the_intake_needs_a_consent_in_force(consents):
    assert unmet(an_intake(consents=consents), Phase.ASSESSMENT) == ["consent_processing"]


def test_a_consent_holds_on_its_last_day():
    case = an_intake(consents=[a_consent(valid_until=TODAY)])

    assert entered(case, Phase.ASSESSMENT) is Phase.ASSESSMENT


def test_one_consent_in_force_among_revoked_ones_is_enough():
    case = an_intake(consents=[a_consent(revoked_at=NOON), a_consent(id="consent-5")])

    assert entered(case, Phase.ASSESSMENT) is Phase.ASSESSMENT


def test_leaving_the_assessment_needs_an_assessed_field():
    assert unmet(a_case(phase=Phase.ASSESSMENT), Phase.PLANNING) == ["action_field_assessed"]


@pytest.mark.parametrize("goals", [[], [a_goal(agreed=False)]], ids=["no goal", "no agreement"])
def test_leaving_the_planning_needs_an_agreed_goal(goals):
    assert unmet(a_case(phase=Phase.PLANNING, goals=goals), Phase.LINKING) == ["goal_agreed"]


@pytest.mark.parametrize("to", Phase)
def test_a_closed_case_goes_nowhere(to):
    with pytest.raises(CaseIsClosed):
        process.enter_phase(a_case(phase=Phase.CLOSED), to, on=TODAY, **BY)


def test_an_inquiry_is_handed_to_an_organisation():
    case, event = process.allocate(a_case(organisation=None, case_manager=None), "bruecke", **BY)

    assert case.organisation == event.facts.organisation == "bruecke"


def test_an_allocation_can_be_corrected_until_somebody_is_in_charge():
    case, _ = process.allocate(a_case(case_manager=None), "bruecke", **BY)

    assert case.organisation == "bruecke"


def test_a_case_with_a_case_manager_is_not_allocated_anew():
    with pytest.raises(AlreadyAssigned):
        process.allocate(a_case(), "bruecke", **BY)


@pytest.mark.parametrize("phase", OPEN[1:])
def test_only_an_inquiry_is_allocated(phase):
    with pytest.raises(OnlyInPhase):
        process.allocate(a_case(phase=phase, case_manager=None), "bruecke", **BY)


@pytest.mark.parametrize("phase", OPEN)
def test_a_case_is_reassigned_in_every_phase_but_the_last(phase):
    case, event = process.assign(a_case(phase=phase), "lindenhof-2", works_for="lindenhof", **BY)

    assert case.case_manager == event.case_manager == "lindenhof-2"


def test_a_closed_case_cannot_be_assigned():
    with pytest.raises(CaseIsClosed):
        process.assign(a_case(phase=Phase.CLOSED), "lindenhof-2", works_for="lindenhof", **BY)


def test_a_case_without_an_organisation_cannot_be_assigned():
    with pytest.raises(NotAllocated):
        process.assign(a_case(organisation=None, case_manager=None), "lindenhof-1", works_for="lindenhof", **BY)


def test_nobody_of_another_organisation_takes_the_case():
    with pytest.raises(NotOfTheOrganisation):
        process.assign(a_case(), "bruecke-1", works_for="bruecke", **BY)


@pytest.mark.parametrize("result", [ClearingResult.ACCEPTED, ClearingResult.WAITING_LIST])
def test_after_acceptance_and_on_the_waiting_list_the_case_stays_open(result):
    case, _ = process.clear(a_case(phase=Phase.CLEARING), result, **BY)

    assert (case.phase, case.clearing_result, case.closed_at) == (Phase.CLEARING, result, None)


@pytest.mark.parametrize(
    "result",
    [
        ClearingResult.SHORT_CONSULTATION,
        ClearingResult.SIGNPOSTED,
        ClearingResult.NOT_ELIGIBLE,
        ClearingResult.WITHDRAWN,
    ],
)
def test_with_any_other_result_the_matter_ends(result):
    case, event = process.clear(a_case(phase=Phase.CLEARING), result, **BY)

    assert (case.phase, case.closed_at) == (Phase.CLOSED, NOON)
    assert (event.facts.phase, event.facts.clearing_result) == (Phase.CLOSED, result)


def test_from_the_waiting_list_a_case_is_accepted_later():
    waiting = a_case(phase=Phase.CLEARING, clearing_result=ClearingResult.WAITING_LIST)

    case, _ = process.clear(waiting, ClearingResult.ACCEPTED, **BY)

    assert entered(case, Phase.INTAKE) is Phase.INTAKE


@pytest.mark.parametrize("phase", [phase for phase in OPEN if phase is not Phase.CLEARING])
def test_clearing_has_a_result_in_its_phase_only(phase):
    with pytest.raises(OnlyInPhase):
        process.clear(a_case(phase=phase, clearing_result=ClearingResult.ACCEPTED), ClearingResult.ACCEPTED, **BY)


def closed(case: Case, **outcomes: GoalOutcome) -> Case:
    named = {id.replace("_", "-"): outcome for id, outcome in outcomes.items()}
    after, event = process.close(case, ClosureReason.MOVED_AWAY, ended_by=EndedBy.CLIENT, outcomes=named, **BY)
    assert event.facts.closure_reason is ClosureReason.MOVED_AWAY
    return after


@pytest.mark.parametrize("phase", OPEN)
def test_a_case_is_closed_from_any_phase(phase):
    case = closed(a_case(phase=phase))

    assert (case.phase, case.ended_by, case.closed_at) == (Phase.CLOSED, EndedBy.CLIENT, NOON)


def test_closing_gives_each_goal_its_outcome():
    case = closed(
        a_case(goals=[a_goal(), a_goal(id="goal-6", outcome=GoalOutcome.PARTLY_ACHIEVED)]), goal_5=GoalOutcome.DROPPED
    )

    assert {goal.id: goal.outcome for goal in case.goals} == {
        "goal-5": GoalOutcome.DROPPED,
        "goal-6": GoalOutcome.PARTLY_ACHIEVED,
    }


def test_a_goal_without_an_outcome_keeps_the_case_open():
    with pytest.raises(RequirementsUnmet) as refused:
        closed(a_case(goals=[a_goal(), a_goal(id="goal-6")]), goal_5=GoalOutcome.ACHIEVED)

    assert refused.value.extra["unmet"] == ["goal_outcomes"]


def test_an_outcome_of_a_goal_that_is_not_there_is_refused():
    with pytest.raises(UnknownGoals):
        closed(a_case(), goal_9=GoalOutcome.ACHIEVED)


def test_a_case_is_closed_once():
    with pytest.raises(CaseIsClosed):
        closed(a_case(phase=Phase.CLOSED))


@pytest.mark.parametrize(
    "consents",
    [
        [],
        [a_consent(kind=ConsentKind.SECRECY_RELEASE)],
        [a_consent(revoked_at=NOON)],
        [a_consent(valid_until=TODAY - timedelta(days=1))],
    ],
    ids=["none", "of another kind", "revoked", "expired"],
)
def test_her_data_is_worked_with_under_her_consent_only(consents):
    with pytest.raises(ProcessingNotConsented) as refused:
        process.must_be_consented(a_case(consents=consents), TODAY)

    assert refused.value.extra == {"unmet": ["processing_consent"]}
    process.must_be_consented(a_case(consents=[a_consent()]), TODAY)
