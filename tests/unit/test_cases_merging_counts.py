"""Merged cases in figures: one person, and one case that is new."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.reporting.counting import count
from services.reporting.domain.asked import Asked
from services.reporting.domain.measures import Measure
from services.reporting.domain.periods import Period
from shared import clock
from shared.codes import Phase
from tests.builders import NOON
from tests.cases import CONTACT, CasesService, a_cases_service
from tests.merging import CM, merge, merged, separate, two_cases
from tests.reporting import a_reporting_service


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


DAYS = Period(NOON.date(), NOON.date())


def counted(cases: CasesService) -> dict[Measure, tuple[int, int]]:
    """Cases or things, and the persons behind them."""
    with a_reporting_service() as reporting:
        reporting.hear(*cases.bus.published)
        found = {one.measure: (one.total.count, one.total.persons) for one in count(reporting.facts, Asked(DAYS))}
    clock.move(NOON)
    return found


def test_reports_count_her_once_and_two_when_they_are_two(cases: CasesService):
    pair = two_cases(cases)
    for case in pair:
        cases.change(CM, case, "POST", "contacts", CONTACT)
    before = counted(cases)
    assert [before[one] for one in (Measure.NEW, Measure.ACTIVE, Measure.ACTIVE_IN_PERIOD, Measure.CONTACTS)] == [
        (2, 2)
    ] * 4

    merge(cases, *pair)
    after = counted(cases)
    assert [after[one] for one in (Measure.NEW, Measure.ACTIVE, Measure.ACTIVE_IN_PERIOD)] == [(1, 1)] * 3
    assert (after[Measure.CLOSED], after[Measure.CONTACTS]) == ((1, 1), (2, 1))

    separate(cases, pair[0])
    assert counted(cases) == before


def test_a_merged_case_that_had_ended_before_stays_a_case_of_the_same_person(cases: CasesService):
    merged(cases, Phase.CLOSED)

    found = counted(cases)
    assert (found[Measure.NEW], found[Measure.CLOSED]) == ((2, 1), (1, 1))
