"""What clearing and closure record beside their result, and in which legal domains a client stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from services.cases.domain import process
from services.cases.domain.history import fold
from services.cases.domain.refusals import CaseIsClosed
from shared.codes import LegalDomain, Phase
from tests.builders import NOON, a_case
from tests.cases import CLOSURE, CasesService, a_cases_service

CM = "lindenhof-1"
RECORDED = {
    "satisfaction": "partly_satisfied",
    "handed_to": "youth_office",
    "handover": "Sie ruft am Montag an.",
}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def read(cases: CasesService, case: str) -> Any:
    return cases.get(CM, f"/cases/{case}")


def test_clearing_records_whether_she_wants_it_and_who_else_is_responsible(cases: CasesService):
    case = cases.case_in(Phase.CLEARING)
    cases.change(CM, case, "POST", "clearing", {"result": "waiting_list", "voluntary": True, "other_service": "school"})
    file = read(cases, case)
    cases.change(CM, case, "POST", "clearing", {"result": "accepted"})

    assert (file["voluntary"], file["other_service"], file["clearing_result"]) == (True, "school", "waiting_list")
    assert (read(cases, case)["voluntary"], read(cases, case)["other_service"]) == (None, None)


def test_closure_records_how_content_she_was_and_who_goes_on(cases: CasesService):
    case = cases.case_in(Phase.EVALUATION)
    outcomes = {goal["id"]: "achieved" for goal in read(cases, case)["goals"]}
    assert read(cases, case)["kept_until"] is None

    cases.change(CM, case, "POST", "closure", {**CLOSURE, **RECORDED, "outcomes": outcomes})

    file = read(cases, case)
    assert (file["satisfaction"], file["handed_to"]) == ("partly_satisfied", "youth_office")
    assert file["kept_until"] == "2027-03-02"
    assert "Montag" not in cases.kept()
    happened = cases.get(CM, f"/cases/{case}/history?limit=200")["items"]
    assert [one["words"]["handover"] for one in happened if "handover" in (one.get("words") or {})] == [
        RECORDED["handover"]
    ]
    assert fold(cases.desk.cases.history(case)) == cases.desk.cases.get(case)


def test_a_reopened_case_keeps_what_was_recorded_with_its_earlier_episode(cases: CasesService):
    case = cases.case_in(Phase.EVALUATION)
    outcomes = {goal["id"]: "achieved" for goal in read(cases, case)["goals"]}
    cases.change(CM, case, "POST", "closure", {**CLOSURE, **RECORDED, "outcomes": outcomes})
    cases.change(CM, case, "POST", "reopening", {})
    file = read(cases, case)

    assert (file["satisfaction"], file["handed_to"]) == (None, None)
    assert (file["earlier"][0]["satisfaction"], file["earlier"][0]["handed_to"]) == ("partly_satisfied", "youth_office")


def test_an_inquiry_says_until_when_it_is_kept(cases: CasesService):
    assert read(cases, cases.assigned())["kept_until"] == "2026-06-02"


def test_legal_domains_are_noted_each_once_and_may_change(cases: CasesService):
    case = cases.assigned()
    cases.change(CM, case, "PUT", "legal-domains", {"legal_domains": ["asylblg", "schulg", "asylblg"]})
    first = read(cases, case)["legal_domains"]
    cases.change(CM, case, "PUT", "legal-domains", {"legal_domains": ["sgb2"]})

    assert (first, read(cases, case)["legal_domains"]) == (["asylblg", "schulg"], ["sgb2"])
    version = f'"{cases.version(case)}"'
    wrong = cases.call(CM, "PUT", f"/cases/{case}/legal-domains", {"legal_domains": ["sgb99"]}, If_Match=version)
    assert wrong.status_code == 422


def test_nothing_is_noted_of_a_closed_case():
    with pytest.raises(CaseIsClosed):
        process.note_legal_domains(a_case(phase=Phase.CLOSED), [LegalDomain.SGB2], at=NOON, by=CM)
