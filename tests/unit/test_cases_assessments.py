"""What was assessed before stays readable: every version of both views, with its words, its time and its author."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from shared import clock
from shared.codes import Phase
from tests.builders import NOON
from tests.cases import ASSESSMENT, CasesService, a_cases_service

CM, LEAD = "lindenhof-1", "lindenhof-leitung"


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def assess(cases: CasesService, case: str, who: str = CM, field: str = "work", **said: Any) -> None:
    cases.change(who, case, "PUT", f"assessment/{field}", {**ASSESSMENT, **said})


def test_every_version_of_both_views_is_there_the_newest_first(cases: CasesService):
    case = cases.case_in(Phase.ASSESSMENT)
    assess(cases, case, situation="Sucht Arbeit.", urgency=4)
    assess(cases, case, LEAD, view="professional", situation="Braucht ein Zeugnis.", resources="Spricht Englisch.")
    clock.move(NOON + timedelta(days=30))
    assess(cases, case, situation="Hat ein Angebot.", urgency=1)
    assess(cases, case, field="housing")

    found = cases.get(CM, f"/cases/{case}/assessment/work")

    said = [(one["view"], one["urgency"], one["situation"], one["by"], one["current"]) for one in found["versions"]]
    assert said == [
        ("client", 1, "Hat ein Angebot.", CM, True),
        ("professional", 3, "Braucht ein Zeugnis.", LEAD, True),
        ("client", 4, "Sucht Arbeit.", CM, False),
    ]
    assert [one["resources"] for one in found["versions"]] == [None, "Spricht Englisch.", None]
    assert [one["at"][:10] for one in found["versions"]] == ["2026-04-01", "2026-03-02", "2026-03-02"]
    assert "Zeugnis" not in cases.kept()


def test_a_field_that_nobody_assessed_has_no_versions_and_there_are_no_other_fields(cases: CasesService):
    case = cases.case_in(Phase.ASSESSMENT)

    assert cases.get(CM, f"/cases/{case}/assessment/debts") == {"action_field": "debts", "versions": []}
    assert cases.call(CM, "GET", f"/cases/{case}/assessment/luck").status_code == 404


def test_of_a_person_who_was_erased_no_word_is_left(cases: CasesService):
    case = cases.case_in(Phase.ASSESSMENT)
    assess(cases, case)
    cases.desk.people.erase(cases.desk.cases.get(case).person, at=NOON)

    (one,) = cases.get(CM, f"/cases/{case}/assessment/work")["versions"]

    assert (one["situation"], one["urgency"]) == (None, 3)


def test_a_look_is_on_record(cases: CasesService):
    case = cases.case_in(Phase.ASSESSMENT)
    looks = len(cases.looks())

    cases.get(CM, f"/cases/{case}/assessment/work")

    assert [(one.by, one.action) for one in cases.looks()[looks:]] == [(CM, "cases.read")]
