"""Lists of cases on every store: filters that no one query serves may stand together all the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest

from shared.codes import ActionField, ClearingResult, Phase
from shared.store import Store
from tests.cases import CasesService, a_cases_service

CM, LEAD = "lindenhof-1", "lindenhof-leitung"
FILTERS = {
    "phase": "inquiry",
    "case_manager": CM,
    "organisation": "lindenhof",
    "topic": "work",
    "q": "Amina",
    "clearing_result": ClearingResult.ACCEPTED.value,
}


@pytest.fixture
def cases(store: Store) -> Iterator[CasesService]:
    with a_cases_service(store) as service:
        yield service


def listed(cases: CasesService, query: str) -> tuple[list[str], list[int]]:
    """The cases on all pages, and how many stand on each."""
    found, sizes, cursor = list[str](), list[int](), ""
    while True:
        page = cases.get(LEAD, f"/cases?{query}{cursor}")
        found += [case["id"] for case in page["items"]]
        sizes.append(len(page["items"]))
        if page["next"] is None:
            return found, sizes
        cursor = f"&cursor={page['next']}"


def test_a_name_and_a_topic_are_asked_for_together_page_by_page(cases: CasesService):
    topics = [ActionField.WORK, ActionField.HOUSING, ActionField.HOUSING, ActionField.WORK, ActionField.HOUSING]
    made = [cases.assigned(topics=[topic]) for topic in topics]
    cases.assigned(topics=[ActionField.WORK], person={"given_name": "Oleksandr", "family_name": "Koval"})

    found, sizes = listed(cases, "q=Amina&topic=work&limit=2")

    assert set(found) == {made[0], made[3]}
    assert len(found) == 2
    assert (len(sizes), max(sizes)) == (3, 1)  # five of that name, in pages of two: none is read twice


def test_any_two_filters_may_stand_together(cases: CasesService):
    case = cases.assigned(topics=[ActionField.WORK])
    accepted = cases.case_in(Phase.INTAKE, topics=[ActionField.WORK])

    for one, other in combinations(FILTERS, 2):
        both = {name: FILTERS[name] for name in (one, other)}
        found, _ = listed(cases, "&".join(f"{name}={value}" for name, value in both.items()))
        assert (case in found) == ("clearing_result" not in both), both
        assert (accepted in found) == ("phase" not in both), both
