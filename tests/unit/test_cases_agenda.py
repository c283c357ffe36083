"""Whom somebody meets, across her cases, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cases import APPOINTMENT, CasesService, a_cases_service

CM, OTHER, LEAD = "lindenhof-1", "lindenhof-2", "lindenhof-leitung"


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def meet(cases: CasesService, case: str, at: str, **said: Any) -> str:
    who = said.pop("by", CM)
    answer = cases.call(who, "POST", f"/cases/{case}/appointments", {**APPOINTMENT, "starts_at": at, **said})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def agenda(cases: CasesService, who: str, query: str = "") -> list[str]:
    return [row["id"] for row in cases.get(who, f"/cases/appointments{query}")["items"]]


def test_it_lists_appointments_of_all_her_cases_from_today_on_with_whose_they_are(cases: CasesService):
    first, second = cases.assigned(), cases.assigned()
    late = meet(cases, first, "2026-03-10T23:30:00+01:00")
    soon = meet(cases, second, "2026-03-02T16:00:00+01:00", purpose="Zweckmarke")
    meet(cases, cases.assigned(to=OTHER), "2026-03-03T10:00:00+01:00", by=OTHER)

    assert agenda(cases, CM) == [soon, late]
    row = cases.get(CM, "/cases/appointments")["items"][0]
    assert (row["client"]["family_name"], row["case"], row["status"]) == ("Beispiel", second, "planned")
    assert row["reference"] == cases.desk.cases.get(second).reference
    assert row["address"]
    assert "purpose" not in row
    assert {case for look in cases.looks() for case in look.cases} >= {first, second}


def test_a_day_is_a_day_in_berlin(cases: CasesService):
    case = cases.assigned()
    before, within, after = (
        meet(cases, case, at)
        for at in ("2026-03-10T23:59:00+01:00", "2026-03-11T00:00:00+01:00", "2026-03-12T00:00:00+01:00")
    )

    assert agenda(cases, CM, "?from=2026-03-11&to=2026-03-11") == [within]
    assert agenda(cases, CM, "?from=2026-03-10&to=2026-03-11") == [before, within]
    assert agenda(cases, CM, "?from=2026-03-11") == [within, after]


def test_a_team_lead_sees_whom_her_people_meet_and_nobody_sees_what_is_none_of_hers(cases: CasesService):
    ours, theirs = cases.assigned(), cases.assigned("bruecke", "bruecke-1")
    meeting = meet(cases, ours, "2026-03-09T10:00:00+01:00")
    meet(cases, theirs, "2026-03-09T10:00:00+01:00", by="bruecke-1", place=None, channel="phone")

    assert agenda(cases, LEAD, f"?staff={CM}") == [meeting]
    assert agenda(cases, LEAD) == agenda(cases, LEAD, "?staff=bruecke-1") == agenda(cases, OTHER, f"?staff={CM}") == []
    assert cases.call("koordination", "GET", "/cases/appointments").status_code == 403


def test_what_was_cancelled_says_so_and_what_went_to_another_goes_with_the_case(cases: CasesService):
    case = cases.assigned()
    off, on = (meet(cases, case, f"2026-03-1{day}T10:00:00+01:00") for day in (1, 2))
    cases.call(CM, "PATCH", f"/cases/{case}/appointments/{off}", {"status": "cancelled"}, If_Match='"1"')

    assert [row["status"] for row in cases.get(CM, "/cases/appointments")["items"]] == ["cancelled", "planned"]
    cases.change(LEAD, case, "POST", "assignment", {"case_manager": OTHER})
    assert agenda(cases, CM) == []
    assert on in agenda(cases, LEAD, f"?staff={CM}") + agenda(cases, OTHER)


@pytest.mark.parametrize(
    "query", ["?staff=nobody", "?from=gestern", "?from=2026-03-03&to=2026-03-02", "?status=planned", "?limit=0"]
)
def test_a_filter_that_means_nothing_is_an_error(cases: CasesService, query: str):
    assert cases.call(CM, "GET", f"/cases/appointments{query}").status_code == 422


def test_pages_follow_each_other(cases: CasesService):
    case = cases.assigned()
    made = [meet(cases, case, f"2026-03-1{day}T10:00:00+01:00") for day in range(5)]

    first = cases.get(CM, "/cases/appointments?limit=3")
    rest = cases.get(CM, f"/cases/appointments?limit=3&cursor={first['next']}")

    assert [row["id"] for page in (first, rest) for row in page["items"]] == made
    assert rest["next"] is None
