"""Residence titles and the ends of legal domains: which one counts, and what was recorded by mistake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cases.domain.history import fold
from services.cases.domain.refusals import CaseIsClosed
from services.cases.residence import domain, handlers
from shared.codes import Phase, ResidenceGroup, ResidenceStatus
from shared.events import ResidenceChanged
from tests.builders import NOON, a_case
from tests.cases import TITLE, CasesService, a_cases_service
from tests.residence import CM, DAYS, TODAY, due, ending_in, in_days, record, scan

BY: dict[str, Any] = {"at": NOON, "by": CM}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def a_title(valid_from: date, valid_until: date | None = None, *, at: datetime = NOON, **said: Any) -> domain.Title:
    status = said.get("status", ResidenceStatus.TOLERATION)
    days: dict[str, Any] = {"valid_from": valid_from, "valid_until": valid_until}
    return domain.record_title(a_case(), f"residence-{at.timestamp()}", status, **days, at=at, by=CM)[0]


def test_a_closed_case_gets_no_title():
    with pytest.raises(CaseIsClosed):
        domain.record_title(
            a_case(phase=Phase.CLOSED), "r", ResidenceStatus.TOLERATION, valid_from=TODAY, valid_until=None, **BY
        )


def test_the_current_title_is_the_last_that_has_begun():
    old, new, to_come = a_title(in_days(-100)), a_title(in_days(-10), in_days(-1)), a_title(in_days(1))

    assert domain.current([to_come, new, old], TODAY) == new
    assert domain.current([to_come], TODAY) is None


def test_what_is_recorded_later_corrects_what_begins_on_the_same_day():
    wrong, right = a_title(TODAY), a_title(TODAY, at=NOON + timedelta(hours=1))

    assert domain.current([right, wrong], TODAY) == right
    assert domain.is_followed(wrong, [wrong, right])


@pytest.mark.parametrize(("begins", "followed"), [(5, True), (6, True), (7, False)])
def test_a_title_is_followed_by_one_that_begins_without_a_gap(begins: int, followed: bool):
    ends, next_one = a_title(in_days(-5), in_days(5)), a_title(in_days(begins), at=NOON + timedelta(hours=1))

    assert domain.is_followed(ends, [ends, next_one]) is followed


@pytest.mark.parametrize(("left", "days"), [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 7)])
def test_the_reminder_that_is_due_is_the_nearest(left: int, days: int | None):
    assert domain.days_before(in_days(left), TODAY, DAYS) == days


@given(begins=st.lists(st.integers(-400, 400), unique=True, min_size=1), on=st.integers(-500, 500))
def test_there_is_one_current_title_from_the_first_day_on(begins: list[int], on: int):
    titles = [a_title(in_days(days)) for days in begins]

    found = domain.current(titles, in_days(on))

    assert (found is None) is (on < min(begins))
    assert found is None or found.valid_from == in_days(max(days for days in begins if days <= on))


def test_a_title_is_recorded_and_the_case_takes_on_its_status(cases: CasesService):
    case = cases.assigned()
    id = record(cases, case, status="integrated_youth")

    held = cases.desk.cases.get(case)
    (row,) = cases.get(CM, f"/cases/{case}/residence")["items"]
    assert (held.residence_status, held.facts.residence_group) == ("integrated_youth", ResidenceGroup.HUMANITARIAN)
    assert (row["id"], row["current"], row["valid_until"], row["recorded_by"]) == (id, True, "2026-12-31", CM)
    assert fold(cases.desk.cases.history(case)) == held
    assert domain.fold(handlers.titles(cases.desk).history(id)) == handlers.titles(cases.desk).get(id)


def test_the_history_stays(cases: CasesService):
    case = cases.assigned()
    record(cases, case, status="asylum_procedure", valid_from="2025-01-01", valid_until="2025-12-31")
    record(cases, case, status="toleration")

    rows = cases.get(CM, f"/cases/{case}/residence")["items"]

    assert [(row["status"], row["current"]) for row in rows] == [("asylum_procedure", False), ("toleration", True)]


def test_a_title_that_was_a_mistake_counts_no_more(cases: CasesService):
    case = cases.assigned()
    right = record(cases, case, status="toleration")
    wrong = record(cases, case, status="settlement", valid_from="2026-02-01", valid_until=in_days(20).isoformat())
    assert cases.desk.cases.get(case).residence_status == "settlement"

    path = f"/cases/{case}/residence/{wrong}/withdrawal"
    answer = cases.call(CM, "POST", path, {"reason": "falsche Akte"})

    rows = cases.get(CM, f"/cases/{case}/residence")["items"]
    assert (answer.status_code, answer.json["withdrawn"]) == (200, True)
    assert {row["id"]: (row["current"], row["withdrawn"]) for row in rows} == {
        right: (True, False),
        wrong: (False, True),
    }
    assert cases.desk.cases.get(case).residence_status == "toleration"
    assert scan(cases)["reminded"] == 0
    assert domain.fold(handlers.titles(cases.desk).history(wrong)) == handlers.titles(cases.desk).get(wrong)
    again = cases.call(CM, "POST", path, {})
    assert (again.status_code, again.json["title"]) == (409, "already_withdrawn")


def test_without_any_title_the_status_stays_until_the_right_one_is_recorded(cases: CasesService):
    case = cases.assigned()
    wrong = record(cases, case, status="settlement")

    assert cases.call(CM, "POST", f"/cases/{case}/residence/{wrong}/withdrawal", {}).status_code == 200

    assert cases.desk.cases.get(case).residence_status == "settlement"
    record(cases, case, status="toleration")
    assert cases.desk.cases.get(case).residence_status == "toleration"


def test_a_crash_after_a_withdrawal_is_made_good_by_its_event(cases: CasesService):
    case = cases.assigned()
    record(cases, case, status="toleration")
    wrong = record(cases, case, status="settlement", valid_from="2026-02-01")
    held = handlers.titles(cases.desk)
    held.change(wrong, lambda one: domain.withdraw(cases.desk.cases.get(case), one, **BY))

    assert handlers.settle(case, desk=cases.desk, at=NOON, by=f"{wrong}.2")
    assert cases.desk.cases.get(case).residence_status == "toleration"


def test_an_end_that_was_a_mistake_reminds_of_nothing_and_follows_nothing(cases: CasesService):
    case, _ = ending_in(cases, 20)
    wrong = record(cases, case, "domain-ends", ends_on=in_days(25).isoformat())
    follows = record(cases, case, valid_from=in_days(21).isoformat(), valid_until=None)
    for path in (f"domain-ends/{wrong}", f"residence/{follows}"):
        assert cases.call(CM, "POST", f"/cases/{case}/{path}/withdrawal", {}).status_code == 200

    assert scan(cases)["reminded"] == 1
    (row,) = due(cases, case)
    assert row["rule"] == "residence_ends"
    assert [end["withdrawn"] for end in cases.get(CM, f"/cases/{case}/domain-ends")["items"]] == [True]


def test_a_title_of_another_case_is_not_withdrawn_by_this_one(cases: CasesService):
    id = record(cases, cases.assigned())

    assert cases.call(CM, "POST", f"/cases/{cases.assigned()}/residence/{id}/withdrawal", {}).status_code == 404


def test_a_title_ends_after_it_begins(cases: CasesService):
    answer = cases.call(CM, "POST", f"/cases/{cases.assigned()}/residence", {**TITLE, "valid_until": "2025-12-31"})

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["valid_until"])


def test_a_title_that_begins_later_becomes_current_on_its_day(cases: CasesService):
    case = cases.assigned()
    record(cases, case, status="permit_work", valid_from=in_days(3).isoformat())

    assert cases.desk.cases.get(case).residence_status == "toleration"
    assert scan(cases, 2)["begun"] == 0
    assert scan(cases, 3)["begun"] == 1
    assert scan(cases, 3)["begun"] == 0
    assert cases.desk.cases.get(case).residence_status == "permit_work"
    assert isinstance(cases.desk.cases.history(case)[-1], ResidenceChanged)
