"""Retention: who is erased by night and who is kept, the dry run, and the rules of erasure alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from services.cases import kept
from services.cases.domain import keeping
from services.cases.domain.refusals import CaseIsErased, CaseIsRestricted, CaseStillOpen, LegalHold
from services.cases.rights import domain, retention
from shared import clock
from shared.codes import ErasureGround, Phase
from shared.municipality import municipality
from tests.builders import NOON, a_case
from tests.cases import CLOSURE, CONTACT, CasesService, a_cases_service
from tests.rights import NAME, a_file, a_second_case, certificate, restrict

BY: dict[str, Any] = {"at": NOON, "by": "datenschutz"}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def test_the_rules_refuse_what_the_law_refuses():
    for case, refusal in (
        (a_case(legal_hold=True, phase=Phase.CLOSED), LegalHold),
        (a_case(phase=Phase.MONITORING), CaseStillOpen),
    ):
        with pytest.raises(refusal):
            domain.erase(case, ErasureGround.REQUESTED, **BY)
    with pytest.raises(CaseIsRestricted):
        a_case(restricted=True).must_be_free()
    with pytest.raises(CaseIsErased):
        domain.restrict(a_case(erased_at=NOON), restricted=True, legal_hold=False, **BY)
    assert domain.erase(a_case(erased_at=NOON), ErasureGround.REQUESTED, **BY) is None


@pytest.mark.parametrize(
    ("on", "months", "then"),
    [
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 12, 31), 12, date(2026, 12, 31)),
        (date(2026, 1, 15), -2, date(2025, 11, 15)),
    ],
)
def test_months_end_on_the_same_day_or_the_last(on: date, months: int, then: date):
    assert keeping.months_after(on, months) == then


def later(months: int) -> None:
    clock.move(NOON + timedelta(days=31 * months))


def test_the_dry_run_says_what_the_night_will_do_and_names_nobody(cases: CasesService):
    closed, waiting, held = a_file(cases, Phase.CLOSED), cases.inquiry(person=NAME), a_file(cases, Phase.CLOSED)
    taken = cases.case_in(Phase.INTAKE)
    restrict(cases, held, restricted=False, legal_hold=True)

    soon = cases.get("datenschutz", "/cases/retention?on=2026-05-30")["items"]
    late = cases.get("datenschutz", "/cases/retention?on=2027-03-02")["items"]

    assert soon == []
    assert {(one["case"], one["why"], one["held"]) for one in late} == {
        (closed, "closed", False),
        (waiting, "inquiry_not_taken_on", False),
        (held, "closed", True),
    }
    assert taken not in {one["case"] for one in late}
    assert "Quellwasserov" not in json.dumps(late)


def test_the_night_erases_what_is_due_and_holds_what_is_held(cases: CasesService):
    closed, waiting, held = a_file(cases, Phase.CLOSED), cases.inquiry(person=NAME), a_file(cases, Phase.CLOSED)
    restrict(cases, held, restricted=False, legal_hold=True)
    later(13)

    assert retention.erase_due(desk=cases.desk, at=clock.now()) == {"persons": 2, "cases": 2}
    assert retention.erase_due(desk=cases.desk, at=clock.now()) == {"persons": 0, "cases": 0}

    assert cases.desk.cases.get(held).erased_at is None
    assert {certificate(cases, one)["ground"] for one in (closed, waiting)} == {"retention_ended"}
    assert certificate(cases, closed)["by"] == "cases_retention"


def test_an_organisation_may_keep_for_a_shorter_time(cases: CasesService, monkeypatch: pytest.MonkeyPatch):
    case, usual = a_file(cases, Phase.CLOSED), municipality()
    shorter = [
        one.model_copy(update={"after_closure_months": 1}) if one.id == "lindenhof" else one
        for one in usual.organisations
    ]
    patched = usual.model_copy(update={"organisations": tuple(shorter)})
    for room in (retention, kept):
        monkeypatch.setattr(room, "municipality", lambda: patched)
    later(2)

    assert retention.erase_due(desk=cases.desk, at=clock.now())["persons"] == 1
    assert cases.desk.cases.get(case).erased_at is not None


def a_case_that_was_cleared(cases: CasesService, result: str) -> str:
    case = cases.assigned()
    cases.change("lindenhof-1", case, "POST", "phase", {"to": "clearing"})
    cases.change("lindenhof-1", case, "POST", "clearing", {"result": result})
    return case


def due(cases: CasesService, on: str) -> dict[str, tuple[str, str]]:
    items = cases.get("datenschutz", f"/cases/retention?on={on}")["items"]
    return {one["case"]: (one["why"], one["kept_until"]) for one in items}


@pytest.mark.parametrize("result", ["short_consultation", "signposted", "not_eligible", "withdrawn"])
def test_what_clearing_ended_is_kept_as_long_as_what_was_not_taken_on(cases: CasesService, result: str):
    case = a_case_that_was_cleared(cases, result)

    assert due(cases, "2026-06-01") == {}
    assert due(cases, "2026-06-02") == {case: ("inquiry_not_taken_on", "2026-06-02")}


def test_a_waiting_list_is_a_promise_for_a_time(cases: CasesService):
    case = a_case_that_was_cleared(cases, "waiting_list")

    assert due(cases, "2027-03-01") == {}
    assert due(cases, "2035-01-01") == {case: ("waiting_list", "2027-03-02")}


@pytest.mark.parametrize("phase", [Phase.INQUIRY, Phase.CLEARING])
def test_an_inquiry_that_somebody_has_and_nobody_ends_does_not_stay_for_ever(cases: CasesService, phase: Phase):
    case = cases.assigned()
    if phase is Phase.CLEARING:
        cases.change("lindenhof-1", case, "POST", "phase", {"to": "clearing"})
    later(13)

    assert retention.erase_due(desk=cases.desk, at=clock.now()) == {"persons": 1, "cases": 1}
    assert cases.desk.cases.get(case).phase is Phase.CLOSED


def test_its_period_runs_from_the_last_contact(cases: CasesService):
    case = cases.assigned()
    later(2)
    cases.change("lindenhof-1", case, "POST", "contacts", CONTACT)

    assert due(cases, "2026-07-01") == {}
    assert due(cases, "2026-08-03") == {case: ("inquiry_not_taken_on", "2026-08-03")}


def test_what_was_reopened_and_not_cleared_again_is_not_forgotten(cases: CasesService):
    case = a_case_that_was_cleared(cases, "short_consultation")
    later(1)
    cases.change("lindenhof-1", case, "POST", "reopening", {"reason": "Neue Frage"})

    assert due(cases, "2026-07-01") == {}
    assert due(cases, "2026-07-02") == {case: ("inquiry_not_taken_on", "2026-07-02")}


def test_who_is_accompanied_is_kept_however_long_it_takes(cases: CasesService):
    for phase in (Phase.INTAKE, Phase.MONITORING):
        cases.case_in(phase)

    assert due(cases, "2035-01-01") == {}


@pytest.mark.parametrize(
    ("period", "result"),
    [("inquiry_months", "not_eligible"), ("waiting_list_months", "waiting_list"), ("after_closure_months", "accepted")],
)
def test_each_period_may_be_an_organisation_s_own(
    cases: CasesService, monkeypatch: pytest.MonkeyPatch, period: str, result: str
):
    def with_periods(of: str) -> None:
        changed = [one.model_copy(update={period: 2}) if one.id == of else one for one in municipality().organisations]
        patched = municipality().model_copy(update={"organisations": tuple(changed)})
        for room in (retention, kept):
            monkeypatch.setattr(room, "municipality", lambda: patched)

    case = a_case_that_was_cleared(cases, result)
    if result == "accepted":
        cases.change("lindenhof-1", case, "POST", "closure", CLOSURE)
    with_periods("kompass")
    assert due(cases, "2026-05-02") == {}
    with_periods("lindenhof")
    assert {on for _, on in due(cases, "2026-05-02").values()} == {"2026-05-02"}


def test_a_person_is_kept_while_another_case_of_hers_needs_her(cases: CasesService):
    case = a_file(cases, Phase.CLOSED)
    other = a_second_case(cases, case)
    cases.change("koordination", other, "POST", "allocation", {"organisation": "lindenhof"})
    cases.change("lindenhof-leitung", other, "POST", "assignment", {"case_manager": "lindenhof-1"})
    cases.change("lindenhof-1", other, "POST", "phase", {"to": "clearing"})
    cases.change("lindenhof-1", other, "POST", "clearing", {"result": "accepted"})
    later(14)

    assert retention.erase_due(desk=cases.desk, at=clock.now())["persons"] == 0
    assert cases.desk.people.find(cases.desk.cases.get(case).person) is not None
