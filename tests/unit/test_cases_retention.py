"""Retention: who is erased by night and who is kept, the dry run, and the rules of erasure alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from services.cases.domain.refusals import CaseIsErased, CaseIsRestricted, CaseStillOpen, LegalHold
from services.cases.rights import domain, retention
from shared import clock
from shared.codes import ErasureGround, Phase
from shared.municipality import municipality
from tests.builders import NOON, a_case
from tests.cases import CasesService, a_cases_service
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
    assert domain.months_after(on, months) == then


def later(months: int) -> None:
    clock.move(NOON + timedelta(days=31 * months))


def test_the_dry_run_says_what_the_night_will_do_and_names_nobody(cases: CasesService):
    closed, waiting, held = a_file(cases, Phase.CLOSED), cases.inquiry(person=NAME), a_file(cases, Phase.CLOSED)
    taken = cases.assigned()
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
    monkeypatch.setattr(retention, "municipality", lambda: patched)
    later(2)

    assert retention.erase_due(desk=cases.desk, at=clock.now())["persons"] == 1
    assert cases.desk.cases.get(case).erased_at is not None


def test_a_person_is_kept_while_another_case_of_hers_needs_her(cases: CasesService):
    case = a_file(cases, Phase.CLOSED)
    other = a_second_case(cases, case)
    cases.change("koordination", other, "POST", "allocation", {"organisation": "lindenhof"})
    cases.change("lindenhof-leitung", other, "POST", "assignment", {"case_manager": "lindenhof-1"})
    later(14)

    assert retention.erase_due(desk=cases.desk, at=clock.now())["persons"] == 0
    assert cases.desk.people.find(cases.desk.cases.get(case).person) is not None
