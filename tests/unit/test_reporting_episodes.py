"""What the figures say of cases that begin anew: from the rules of the cases to the facts, in one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from services.reporting.counting import count
from services.reporting.domain.asked import Asked
from services.reporting.domain.fact import row
from services.reporting.domain.measures import Measure
from services.reporting.domain.periods import Period
from shared import clock
from shared.codes import Phase
from tests.builders import NOON
from tests.cases import CLOSURE, CONSENT, CasesService, a_cases_service
from tests.reporting import in_memory

CM = "lindenhof-1"
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
COUNTED = (Measure.SHORT_CONSULTATIONS, Measure.NEW, Measure.ACTIVE, Measure.CLOSED)


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def figures(cases: CasesService) -> tuple[int | None, ...]:
    """Short consultations, and new, active and closed cases of March, of all that was told."""
    facts = in_memory()
    for event in cases.bus.published:
        facts.append(row(event, on=clock.day(event.at)))
    found = {one.measure: one.total.count for one in count(facts, Asked(MARCH))}
    return tuple(found[one] for one in COUNTED)


def test_short_consultations_stay_what_they_were_when_their_clients_come_back(cases: CasesService):
    short = [cases.case_in(Phase.CLEARING) for _ in range(4)]
    for case in short:
        cases.change(CM, case, "POST", "clearing", {"result": "short_consultation"})
    assert figures(cases) == (4, 0, 0, 0)

    clock.move(NOON + timedelta(days=7))
    for case in short:
        cases.change(CM, case, "POST", "reopening", {})
        cases.change(CM, case, "POST", "clearing", {"result": "accepted"})
        cases.change(CM, case, "POST", "consents", CONSENT)
        cases.change(CM, case, "POST", "phase", {"to": "assessment"})
    assert figures(cases) == (4, 4, 4, 0)

    for case in short[:3]:
        cases.change(CM, case, "POST", "closure", {**CLOSURE, "outcomes": {}})
    assert figures(cases) == (4, 4, 1, 3)
