"""Until when a client is kept, as staff read it: what the night will do, and nothing of cases that are not theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from services.cases.rights import retention
from shared import clock
from shared.codes import Phase
from tests.builders import NOON
from tests.cases import CLOSURE, CasesService, a_cases_service
from tests.costs import Cost, Counted, a_counted_service
from tests.merging import CM, merge, merged
from tests.rights import a_file, a_second_case, restrict

LEAD = "lindenhof-leitung"


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def kept(cases: CasesService, case: str, who: str = LEAD) -> Any:
    return cases.get(who, f"/cases/{case}")["kept_until"]


def close(cases: CasesService, case: str, days: int) -> None:
    clock.move(NOON + timedelta(days=days))
    outcomes = {goal.id: "achieved" for goal in cases.desk.cases.get(case).goals}
    cases.change(CM, case, "POST", "closure", {**CLOSURE, "outcomes": outcomes})


def erased(cases: CasesService, on: date) -> int:
    """How many cases the night of this day erases."""
    return retention.erase_due(desk=cases.desk, at=datetime.combine(on, time(3), clock.BERLIN))["cases"]


def as_said(cases: CasesService, *hers: str) -> bool:
    """Whether the night of the day that all her cases name, and none before, erases her."""
    (said,) = {kept(cases, case) for case in hers}
    ends = date.fromisoformat(said)
    return (erased(cases, ends - timedelta(days=1)), erased(cases, ends)) == (0, len(hers))


def test_a_closed_case_says_when_the_night_erases_her(cases: CasesService):
    case = a_file(cases, Phase.CLOSED)

    assert kept(cases, case) == "2027-03-02"
    assert as_said(cases, case)
    assert cases.desk.cases.get(case).erased_at is not None


def test_whoever_is_held_is_not_erased_on_any_day_and_again_when_she_is_free(cases: CasesService):
    case = a_file(cases, Phase.CLOSED)
    restrict(cases, case, restricted=False, legal_hold=True)
    held = kept(cases, case)
    restrict(cases, case, restricted=False, legal_hold=False)

    assert (held, kept(cases, case)) == (None, "2027-03-02")


def test_a_hold_on_another_case_of_hers_holds_her_too(cases: CasesService):
    """That was opened after it: what is said of her reaches only the cases that there are."""
    held = a_file(cases, Phase.CLOSED)
    restrict(cases, held, restricted=False, legal_hold=True)
    other = a_second_case(cases, held)
    cases.change("koordination", other, "POST", "allocation", {"organisation": "lindenhof"})

    assert not cases.desk.cases.get(other).legal_hold
    assert kept(cases, other) is None
    assert erased(cases, date(2029, 1, 1)) == 0


def test_a_merged_case_is_kept_as_long_as_the_one_that_goes_on(cases: CasesService):
    case, into = merged(cases)
    cases.change(CM, into, "POST", "phase", {"to": "clearing"})
    cases.change(CM, into, "POST", "clearing", {"result": "accepted"})
    goes_on = kept(cases, case), kept(cases, into)
    close(cases, into, days=40)

    assert goes_on == (None, None)
    assert kept(cases, case) == kept(cases, into) == "2027-04-11"
    assert as_said(cases, case, into)


def test_of_two_cases_that_ended_the_longer_period_counts(cases: CasesService):
    case, into = a_file(cases, Phase.CLOSED), cases.assigned()
    assert merge(cases, case, into).status_code == 200

    assert kept(cases, case) == kept(cases, into) == "2027-03-02", "an inquiry alone would be kept for three months"
    assert as_said(cases, case, into)


def test_nobody_learns_by_it_of_a_case_that_she_may_not_read(cases: CasesService):
    """With another organisation; or of a colleague, where the team lead knows."""
    case = a_file(cases, Phase.CLOSED)
    elsewhere, colleagues = a_second_case(cases, case), a_second_case(cases, case)
    before = kept(cases, case, CM)
    cases.change("koordination", elsewhere, "POST", "allocation", {"organisation": "bruecke"})
    assert kept(cases, case, CM) == kept(cases, case) == before == "2027-03-02"

    cases.change("koordination", colleagues, "POST", "allocation", {"organisation": "lindenhof"})
    cases.change(LEAD, colleagues, "POST", "assignment", {"case_manager": "lindenhof-2"})
    cases.change("lindenhof-2", colleagues, "POST", "phase", {"to": "clearing"})
    cases.change("lindenhof-2", colleagues, "POST", "clearing", {"result": "accepted"})

    assert (kept(cases, case, CM), kept(cases, case)) == (before, None)


def test_where_a_period_runs_one_query_asks_for_her_other_cases():
    with a_counted_service() as counted:
        counts(counted)


def counts(counted: Counted) -> None:
    inquiry, worked_on = counted.service.assigned(), counted.service.case_in(Phase.INTAKE)

    def read(case: str) -> Cost:
        return counted.cost(lambda: counted.service.get(CM, f"/cases/{case}"))

    assert read(worked_on) == Cost(reads=1, commits=1, writes=2, vault_reads=1)
    assert read(inquiry) == Cost(reads=1, queries=1, commits=1, writes=2, vault_reads=1)
