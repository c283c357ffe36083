"""How a submission becomes an inquiry, and what its codes suggest."""

from __future__ import annotations

import pytest

from services.cases.domain.opening import case_id, open_case
from services.cases.domain.suggesting import suggested_target_groups
from shared.codes import AgeBand, Phase, ResidenceStatus, TargetGroup
from tests.builders import BOUNDS, NOON, a_submission_received


def test_a_case_is_named_after_its_submission():
    assert case_id("submission-a1") == "case-a1"


def test_the_same_submission_always_gives_the_same_case():
    received = a_submission_received()

    assert open_case(received, district=4, bounds=BOUNDS, on=NOON.date(), at=NOON) == open_case(
        received, district=4, bounds=BOUNDS, on=NOON.date(), at=NOON
    )


def test_a_new_case_is_an_inquiry_with_nobody():
    case, event = open_case(a_submission_received(), district=4, bounds=BOUNDS, on=NOON.date(), at=NOON)

    assert (case.phase, case.organisation, case.case_manager) == (Phase.INQUIRY, None, None)
    assert (case.version, event.version, event.by) == (1, 1, "submission-a1.1")


def test_the_facts_of_a_new_case_are_coarse():
    case, event = open_case(a_submission_received(city_quarter=401), district=4, bounds=BOUNDS, on=NOON.date(), at=NOON)

    assert event.facts == case.facts
    assert event.facts.city_district == 4
    assert "city_quarter" not in event.facts.model_dump()
    assert "residence_status" not in event.facts.model_dump()


@pytest.mark.parametrize(
    ("given", "suggested"),
    [
        ({"age_band": AgeBand.FROM_18}, TargetGroup.YOUNG_ADULT),
        ({"age_band": AgeBand.FROM_25}, TargetGroup.YOUNG_ADULT),
        ({"residence_status": ResidenceStatus.ASYLUM_PROCEDURE}, TargetGroup.TOLERATION_OR_PROCEDURE),
        ({"residence_status": ResidenceStatus.TOLERATION_TRAINING}, TargetGroup.TOLERATION_OR_PROCEDURE),
        ({"single_parent": True}, TargetGroup.SINGLE_PARENT),
    ],
)
def test_codes_suggest_a_target_group(given, suggested):
    nobody = {"age_band": AgeBand.FROM_28, "residence_status": ResidenceStatus.SETTLEMENT}

    assert suggested_target_groups(a_submission_received(**{**nobody, **given}), BOUNDS) == (suggested,)


def test_whoever_fits_nowhere_is_not_turned_away():
    received = a_submission_received(age_band=AgeBand.UNDER_18, residence_status=ResidenceStatus.SETTLEMENT)

    assert suggested_target_groups(received, BOUNDS) == (TargetGroup.OTHER,)
