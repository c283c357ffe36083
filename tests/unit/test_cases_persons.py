"""A restriction, a legal hold and an erasure are the person's: they reach all her cases, at once or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from services.cases.domain.history import fold
from shared.codes import Phase
from shared.store.outbox import sweep
from tests.cases import CONTACT, CasesService, a_cases_service
from tests.costs import Cost, Counted, a_counted_service
from tests.crashes import Crash, crashing_at
from tests.rights import a_file, a_second_case, certificate, erase, restrict, search

OFFICER, ELSEWHERE = "datenschutz", "bruecke-1"
STANDS = {"free": (False, False), "restricted": (True, False), "held": (False, True), "both": (True, True)}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def elsewhere(cases: CasesService, of: str) -> str:
    """Another case of the same person, with another organisation."""
    other = a_second_case(cases, of)
    cases.change("koordination", other, "POST", "allocation", {"organisation": "bruecke"})
    cases.change("bruecke-leitung", other, "POST", "assignment", {"case_manager": ELSEWHERE})
    return other


def stand(cases: CasesService, *ids: str) -> list[tuple[bool, bool]]:
    return [(one.restricted, one.legal_hold) for one in map(cases.desk.cases.get, ids)]


def contact(cases: CasesService, who: str, case: str) -> int:
    return cases.call(who, "POST", f"/cases/{case}/contacts", CONTACT).status_code


@pytest.mark.parametrize("named", [0, 1], ids=["the first", "the other"])
def test_whichever_case_is_named_all_of_hers_are_restricted_and_freed(cases: CasesService, named: int):
    one = a_file(cases)
    hers, somebodys = [one, elsewhere(cases, one)], cases.assigned()

    assert restrict(cases, hers[named], restricted=True, legal_hold=True) == 200
    assert stand(cases, *hers, somebodys) == [STANDS["both"], STANDS["both"], STANDS["free"]]
    assert (contact(cases, "lindenhof-1", one), contact(cases, ELSEWHERE, hers[1])) == (409, 409)
    assert contact(cases, "lindenhof-1", somebodys) == 201

    assert restrict(cases, hers[1 - named], restricted=False, legal_hold=False) == 200
    assert stand(cases, *hers) == [STANDS["free"]] * 2
    assert (contact(cases, "lindenhof-1", one), contact(cases, ELSEWHERE, hers[1])) == (201, 201)


def test_a_hold_on_one_case_keeps_the_person_from_erasure_by_any(cases: CasesService):
    one = a_file(cases, Phase.CLOSED)
    other = elsewhere(cases, one)
    restrict(cases, other, restricted=False, legal_hold=True)

    assert erase(cases, one).json["title"] == "legal_hold"
    assert cases.desk.people.find(cases.desk.cases.get(one).person) is not None


def test_why_it_was_done_is_kept_with_each_of_them_and_said_in_its_history(cases: CasesService):
    one = a_file(cases)
    hers = [one, elsewhere(cases, one)]
    cases.change(OFFICER, one, "POST", "restriction", {"reason": "Sie bestreitet ihr Alter."})

    for case in hers:
        state = cases.desk.cases.get(case)
        assert fold(cases.desk.cases.history(case)).restricted is state.restricted is True
        assert cases.desk.words(state, [state.version])[state.version] == {"reason": "Sie bestreitet ihr Alter."}
        (*_, last) = cases.get(OFFICER, f"/cases/{case}/history")["items"]
        assert (last["type"], last["by"]) == ("cases.case-restricted.v1", OFFICER)


def test_a_version_that_is_named_is_that_of_the_case_that_is_named(cases: CasesService):
    one = a_file(cases)
    other, match = elsewhere(cases, one), f'"{cases.version(one)}"'
    stale = cases.call(OFFICER, "POST", f"/cases/{other}/restriction", {}, If_Match=match)

    assert stale.status_code == 412
    assert stand(cases, one, other) == [STANDS["free"]] * 2
    assert cases.call(OFFICER, "POST", f"/cases/{one}/restriction", {}, If_Match=match).status_code == 200


COMMITS = 3
"""Of a restriction of two cases: both with their events, and a mark on each of these."""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, COMMITS + 1))
def test_wherever_it_crashes_all_of_them_are_restricted_or_none(cases: CasesService, number: int, when: str):
    one = a_file(cases)
    hers = [one, elsewhere(cases, one)]
    with crashing_at(cases, number, when), suppress(Crash):
        restrict(cases, one)

    assert len(set(stand(cases, *hers))) == 1
    assert restrict(cases, one) == 200
    assert stand(cases, *hers) == [STANDS["restricted"]] * 2


def test_a_restriction_of_two_cases_is_as_many_commits_as_are_crashed(cases: CasesService):
    one = a_file(cases)
    elsewhere(cases, one)
    with crashing_at(cases, COMMITS + 1, "before"):
        assert restrict(cases, one) == 200
    with crashing_at(cases, COMMITS, "after"), pytest.raises(Crash):
        restrict(cases, one, restricted=False)


@pytest.mark.parametrize("number", range(1, 8))
def test_wherever_an_erasure_crashes_all_of_them_are_on_record_or_none(cases: CasesService, number: int):
    one = a_file(cases)
    hers = [one, elsewhere(cases, one)]
    with crashing_at(cases, number, "after"), suppress(Crash):
        erase(cases, one)
    sweep(cases.store, cases.bus)

    begun = {cases.desk.cases.get(case).erased_at is not None for case in hers}
    assert begun == {True}
    assert [cases.store.get(f"erasures/{case}") is not None for case in hers] == [True, True]
    search(cases)
    assert [certificate(cases, case)["negative"] for case in hers] == [True, True]
    assert cases.desk.people.find(cases.desk.cases.get(one).person) is None


@pytest.fixture
def counted() -> Iterator[Counted]:
    with a_counted_service() as service:
        yield service


@pytest.mark.parametrize("others", [0, 1, 4])
def test_restricting_is_one_query_and_for_each_case_one_read_two_writes_one_event(counted: Counted, others: int):
    case = counted.service.assigned()
    for _ in range(others):
        a_second_case(counted.service, case)

    seen = f'"{counted.service.version(case)}"'

    cost = counted.cost(lambda: counted.service.call(OFFICER, "POST", f"/cases/{case}/restriction", {}, If_Match=seen))

    many: dict[str, Any] = {"commits": 2 + others, "writes": 3 * (1 + others), "events": 1 + others}
    assert cost == Cost(reads=2 + others, queries=1, **many)
