"""More cases than an organisation aims at are warned of as somebody is put in charge, and nothing is blocked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from services.cases import caseload
from shared.codes import Phase
from shared.municipality import municipality
from tests.cases import CLOSURE, CasesService, a_cases_service

LEAD = "lindenhof-leitung"


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have Lindenhof aim at so many open cases for each."""

    def aims_at(caseload_of_each: int | None) -> None:
        ours = [one.model_copy(update={"caseload": caseload_of_each}) for one in municipality().organisations]
        pack = municipality().model_copy(update={"organisations": tuple(ours)})
        monkeypatch.setattr(caseload, "municipality", lambda: pack)

    return aims_at


def assign(cases: CasesService) -> Any:
    """What is answered to another assignment to lindenhof-1."""
    case = cases.inquiry()
    cases.change("koordination", case, "POST", "allocation", {"organisation": "lindenhof"})
    return cases.change(LEAD, case, "POST", "assignment", {"case_manager": "lindenhof-1"})


def test_more_than_the_target_is_warned_of_and_done(cases: CasesService, target: Any):
    target(2)

    first, second, third = (assign(cases) for _ in range(3))

    assert (first["warnings"], second["warnings"]) == ([], [])
    assert [(one["code"], one["target"]) for one in third["warnings"]] == [("caseload", 2)]
    assert "2" in third["warnings"][0]["says"]
    assert third["case_manager"] == "lindenhof-1"


def test_what_is_closed_or_with_somebody_else_does_not_count(cases: CasesService, target: Any):
    target(1)
    closed = cases.assigned()
    cases.change("lindenhof-1", closed, "POST", "closure", {**CLOSURE, "outcomes": {}})
    cases.change(LEAD, cases.assigned(), "POST", "assignment", {"case_manager": "lindenhof-2"})

    assert cases.desk.cases.get(closed).phase is Phase.CLOSED
    assert assign(cases)["warnings"] == []


def test_without_a_target_nobody_is_warned(cases: CasesService, target: Any):
    target(None)

    assert [assign(cases)["warnings"] for _ in range(3)] == [[], [], []]
