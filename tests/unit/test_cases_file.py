"""What is kept in the file of a case: contacts, consents, assessments, goals."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.cases.domain import file, plan
from services.cases.domain.case import Case
from services.cases.domain.history import Change, evolve
from services.cases.domain.refusals import AlreadyWithdrawn, CaseIsClosed, ConsentNotInForce
from shared.codes import ActionField, ConsentForm, ConsentKind, ContactChannel, GoalOutcome, Phase, View
from shared.errors import NotThere
from tests.builders import NOON, a_case, a_consent, a_goal

BY: dict[str, Any] = {"at": NOON, "by": "lindenhof-1"}
SUMMER = date(2026, 7, 1)
TODAY = NOON.date()


def consented(case: Case, **given: Any) -> Change:
    said = {"recipient": None, "form": ConsentForm.WRITTEN, "language": "ar", "text_version": "2026-01"}
    return file.give_consent(case, ConsentKind.PROCESSING, **{**said, "valid_until": None, **given}, **BY)


def test_contacts_are_counted_and_the_last_one_is_known():
    later = {"at": NOON + timedelta(days=1), "by": "lindenhof-1"}
    once, _ = file.record_contact(a_case(), ContactChannel.PHONE, 15, held_on=TODAY, **BY)
    twice, event = file.record_contact(once, ContactChannel.MEETING, 45, held_on=TODAY - timedelta(days=3), **later)

    assert (twice.contacts, twice.last_contact_at, twice.last_contact_on) == (2, NOON + timedelta(days=1), TODAY)
    assert (event.minutes, event.channel) == (45, ContactChannel.MEETING)


def test_a_contact_from_before_days_were_told_was_on_the_day_of_its_record():
    _, event = file.record_contact(a_case(), ContactChannel.PHONE, 15, held_on=SUMMER, **BY)

    assert evolve(a_case(), event.model_copy(update={"held_on": None})).last_contact_on == TODAY


@pytest.mark.parametrize("phase", [Phase.MONITORING, Phase.CLOSED])
def test_a_contact_that_was_a_mistake_counts_no_more_in_any_phase(phase: Phase):
    case = a_case()
    days = (TODAY - timedelta(days=1), TODAY, TODAY)
    for on in days:
        case, recorded = file.record_contact(case, ContactChannel.PHONE, 15, held_on=on, **BY)

    once, event = file.withdraw_contact(case.model_copy(update={"phase": phase}), recorded, **BY)

    assert (once.contacts, once.contact_days, once.last_contact_on) == (2, days[:2], TODAY)
    assert (event.contact, event.recorded, event.held_on) == (recorded.contact, recorded.version, TODAY)
    with pytest.raises(AlreadyWithdrawn):
        file.withdraw_contact(once, recorded, **BY)


def test_what_is_added_is_named_after_the_version_that_adds_it():
    case, event = file.record_contact(a_case(version=7), ContactChannel.PHONE, 15, held_on=TODAY, **BY)

    assert (event.contact, event.version, case.version) == ("contact-8", 8, 8)


def test_a_declaration_is_kept_with_its_text_and_language():
    case, _ = consented(a_case(), recipient="jobcenter", valid_until=SUMMER)

    (consent,) = case.consents
    assert (consent.recipient, consent.language, consent.text_version) == ("jobcenter", "ar", "2026-01")
    assert (consent.given_at, consent.valid_until) == (NOON, SUMMER)


@pytest.mark.parametrize(
    ("given", "on", "holds"),
    [
        ({}, SUMMER, True),
        ({"valid_until": SUMMER}, SUMMER, True),
        ({"valid_until": SUMMER}, SUMMER + timedelta(days=1), False),
        ({"revoked_at": NOON}, NOON.date(), False),
        ({"revoked_at": NOON, "valid_until": SUMMER}, NOON.date(), False),
    ],
)
def test_a_consent_is_in_force_until_its_end_or_its_revocation(given, on, holds):
    assert a_consent(**given).in_force(on) is holds


def test_revoking_acts_at_once_and_on_that_consent_only():
    case, _ = file.revoke_consent(a_case(consents=[a_consent(), a_consent(id="consent-5")]), "consent-4", **BY)

    assert [consent.in_force(NOON.date()) for consent in case.consents] == [False, True]


def test_a_consent_is_revoked_even_after_the_case_was_closed():
    case, _ = file.revoke_consent(a_case(phase=Phase.CLOSED, consents=[a_consent()]), "consent-4", **BY)

    assert case.consents[0].revoked_at == NOON


def test_a_consent_is_revoked_once():
    with pytest.raises(ConsentNotInForce):
        file.revoke_consent(a_case(consents=[a_consent(revoked_at=NOON)]), "consent-4", **BY)


def test_a_consent_that_was_never_given_is_not_there():
    with pytest.raises(NotThere):
        file.revoke_consent(a_case(), "consent-4", **BY)


def test_each_view_of_an_action_field_is_assessed_apart():
    case, _ = file.assess(a_case(), ActionField.HOUSING, View.CLIENT, 4, **BY)
    case, _ = file.assess(case, ActionField.HOUSING, View.PROFESSIONAL, 2, **BY)

    assert {(held.view, held.urgency) for held in case.assessments} == {(View.CLIENT, 4), (View.PROFESSIONAL, 2)}


def test_a_new_assessment_replaces_the_same_view_of_the_field():
    case, _ = file.assess(a_case(), ActionField.HOUSING, View.CLIENT, 4, **BY)
    case, _ = file.assess(case, ActionField.HOUSING, View.CLIENT, 1, **BY)

    assert [(held.urgency, held.written) for held in case.assessments] == [(1, case.version)]


def test_a_goal_enters_the_plan():
    case, _ = plan.set_goal(a_case(), ActionField.WORK, agreed=False, until=SUMMER, **BY)

    (goal,) = case.goals
    assert (goal.action_field, goal.agreed, goal.until, goal.outcome) == (ActionField.WORK, False, SUMMER, None)


@pytest.mark.parametrize(
    "said",
    [{"agreed": False}, {"until": date(2026, 9, 1)}, {"outcome": GoalOutcome.ACHIEVED}],
    ids=["agreed", "until", "outcome"],
)
def test_a_goal_changes_in_what_is_said_and_in_nothing_else(said):
    before = a_goal(agreed=True, until=SUMMER, outcome=GoalOutcome.PARTLY_ACHIEVED)

    case, _ = plan.change_goal(a_case(goals=[before]), "goal-5", **said, **BY)

    assert case.goals == (before.model_copy(update=said),)


def test_a_goal_that_is_not_in_the_plan_cannot_change():
    with pytest.raises(NotThere):
        plan.change_goal(a_case(), "goal-5", agreed=True, **BY)


CHANGES = {
    "a contact": lambda case: file.record_contact(case, ContactChannel.PHONE, 5, held_on=TODAY, **BY),
    "a consent": consented,
    "an assessment": lambda case: file.assess(case, ActionField.WORK, View.CLIENT, 0, **BY),
    "a goal": lambda case: plan.set_goal(case, ActionField.WORK, agreed=True, until=None, **BY),
    "a change of a goal": lambda case: plan.change_goal(case, "goal-5", agreed=True, **BY),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_closed_case_takes_nothing_new(change):
    with pytest.raises(CaseIsClosed):
        change(a_case(phase=Phase.CLOSED, goals=[a_goal()]))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_is_the_next_version_and_says_who_and_when(change):
    case, event = change(a_case(goals=[a_goal()]))

    assert (case.version, event.version, event.by, case.changed_at) == (4, 4, "lindenhof-1", NOON)
    assert event.facts == case.facts
