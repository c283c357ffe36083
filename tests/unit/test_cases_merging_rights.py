"""The rights of a client whose cases were merged: access to both, erasure of both, and no half of it after a crash."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from services.cases import closing, persons
from services.cases.domain.history import fold
from services.cases.rights import retention
from shared import clock
from shared.codes import Phase
from shared.store.outbox import sweep
from tests.builders import NOON
from tests.cases import APPOINTMENT, CLOSURE, CONTACT, CasesService, a_cases_service
from tests.crashes import Crash, crashing_at
from tests.html import Page
from tests.merging import CM, OFFICER, merge, merged, separate, two_cases
from tests.rights import certificate, erase, restrict, search

NOTES = {0: "Erstwort der einen Akte", 1: "Zweitwort der anderen Akte"}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def noted(cases: CasesService) -> tuple[str, str]:
    """Two cases with a note in each, merged."""
    pair = two_cases(cases)
    for number, case in enumerate(pair):
        cases.change(CM, case, "POST", "contacts", {**CONTACT, "note": NOTES[number]})
    assert merge(cases, *pair).status_code == 200
    return pair


def sealed(cases: CasesService, pair: tuple[str, str]) -> list[tuple[str, str]]:
    """By the record of the person, what was said in her case."""
    return [(cases.desk.cases.get(case).person, NOTES[number]) for number, case in enumerate(pair)]


def people(cases: CasesService, *ids: str) -> list[Any]:
    return [cases.desk.people.find(cases.desk.cases.get(one).person) for one in ids]


@pytest.mark.parametrize("named", [0, 1])
def test_whichever_is_asked_for_both_are_in_the_package(cases: CasesService, named: int):
    pair = noted(cases)

    package = cases.get(OFFICER, f"/cases/{pair[named]}/subject-access")

    assert (package["case"], [one["case"] for one in package["others"]]) == (pair[named], [pair[1 - named]])
    said = json.dumps(package, ensure_ascii=False)
    assert all(note in said for note in NOTES.values())
    assert "Quellwasserov" in said
    assert "other_case" not in said
    assert "other_person" not in said
    looked = cases.looks()[-1]
    assert (looked.by, set(looked.cases)) == (OFFICER, set(pair))


def test_a_package_of_two_cases_is_a_page_to_print(cases: CasesService):
    case, into = noted(cases)
    answer = cases.call(OFFICER, "GET", f"/cases/{into}/subject-access?format=html")

    assert all(note in answer.text for note in NOTES.values())
    assert cases.desk.cases.get(case).reference in answer.text
    assert Page(answer.text)
    ids = [part.split('"')[0] for part in answer.text.split(' id="')[1:]]
    assert len(ids) == len(set(ids))


def test_separated_each_package_is_of_one_person_again(cases: CasesService):
    case, into = noted(cases)
    separate(cases, case)

    package = cases.get(OFFICER, f"/cases/{into}/subject-access")
    assert package["others"] == []
    assert NOTES[0] not in json.dumps(package, ensure_ascii=False)


@pytest.mark.parametrize("named", [0, 1])
def test_erasing_the_person_destroys_both_keys_and_proves_it(cases: CasesService, named: int):
    pair = noted(cases)
    assert None not in people(cases, *pair)

    assert erase(cases, pair[named]).status_code == 200

    assert people(cases, *pair) == [None, None]
    for case in pair:
        assert cases.desk.ever_said(cases.desk.cases.get(case)) == {}
        assert cases.store.get(f"cases/{case}")["tokens"] == []  # type: ignore[index]
        assert fold(cases.desk.cases.history(case)) == cases.desk.cases.get(case)
    assert all(said in cases.desk.people.needles.find(person) for person, said in sealed(cases, pair))
    search(cases)
    assert [certificate(cases, case)["negative"] for case in pair] == [True, True]
    assert not [said for person, said in sealed(cases, pair) if cases.desk.people.needles.find(person)]


def test_a_person_is_not_erased_as_closed_while_her_other_case_goes_on(cases: CasesService):
    case, _ = noted(cases)

    assert erase(cases, case, "requested").json["title"] == "case_still_open"
    assert None not in people(cases, case)


@pytest.mark.parametrize("number", range(1, 10))
def test_wherever_an_erasure_crashes_it_is_finished_and_proved_for_both(cases: CasesService, number: int):
    pair = noted(cases)
    with crashing_at(cases, number, "after"), suppress(Crash):
        erase(cases, pair[0])

    sweep(cases.store, cases.bus)
    search(cases)

    assert people(cases, *pair) == [None, None]
    assert [certificate(cases, case)["negative"] for case in pair] == [True, True]


def test_retention_waits_for_the_case_that_goes_on_and_then_takes_both(cases: CasesService):
    case, into = cases.case_in(Phase.LINKING), cases.case_in(Phase.LINKING)
    assert merge(cases, case, into).status_code == 200
    late = NOON + timedelta(days=800)
    assert retention.erase_due(desk=cases.desk, at=late) == {"persons": 0, "cases": 0}
    outcomes = {goal.id: "achieved" for goal in cases.desk.cases.get(into).goals}
    cases.change(CM, into, "POST", "closure", {**CLOSURE, "outcomes": outcomes})

    assert retention.erase_due(desk=cases.desk, at=late) == {"persons": 1, "cases": 2}
    assert people(cases, case, into) == [None, None]


@pytest.mark.parametrize("named", [0, 1])
def test_a_restriction_and_a_hold_reach_both_and_are_lifted_for_both(cases: CasesService, named: int):
    pair = noted(cases)
    restrict(cases, pair[named], restricted=True, legal_hold=True)

    held = [(one.restricted, one.legal_hold) for one in map(cases.desk.cases.get, pair)]
    assert held == [(True, True), (True, True)]
    assert cases.call(CM, "POST", f"/cases/{pair[1]}/contacts", CONTACT).status_code == 409
    assert erase(cases, pair[1 - named]).json["title"] == "legal_hold"
    restrict(cases, pair[1 - named], restricted=False, legal_hold=False)
    assert not any(one.restricted or one.legal_hold for one in map(cases.desk.cases.get, pair))


@pytest.mark.parametrize("which", [0, 1])
def test_a_hold_on_either_before_holds_both_afterwards(cases: CasesService, which: int):
    pair = two_cases(cases)
    restrict(cases, pair[which], restricted=False, legal_hold=True)
    assert merge(cases, *pair).status_code == 200

    assert [one.legal_hold for one in map(cases.desk.cases.get, pair)] == [True, True]
    separate(cases, pair[0])
    assert [one.legal_hold for one in map(cases.desk.cases.get, pair)] == [True, True]
    restrict(cases, pair[1 - which], legal_hold=False)
    assert [one.legal_hold for one in map(cases.desk.cases.get, pair)] == [which == 0, which == 1]


def test_two_people_are_separated_even_while_restricted_and_freed_each_for_herself(cases: CasesService):
    case, into = merged(cases)
    restrict(cases, into)

    assert separate(cases, case).status_code == 200
    restrict(cases, case, restricted=False)
    assert [cases.desk.cases.get(one).restricted for one in (case, into)] == [False, True]


@pytest.mark.parametrize("right", ["restriction", "erasure"])
def test_a_right_that_meets_a_merger_reaches_both(cases: CasesService, monkeypatch: pytest.MonkeyPatch, right: str):
    """Between looking for her cases and changing them, another one became hers."""
    pair, rivals = two_cases(cases), [merge]
    found = persons.hers

    def hers(*args: Any) -> Any:
        known = found(*args)
        while rivals:
            assert rivals.pop()(cases, *pair).status_code == 200
        return known

    for room in ("handlers", "erasing"):
        monkeypatch.setattr(f"services.cases.rights.{room}.hers", hers)
    by_then = f'"{cases.version(pair[1]) + 1}"'
    said: dict[str, Any] = {"restriction": {"If_Match": by_then, "body": {"restricted": True}}}
    said["erasure"] = {"body": {"reason": "consent_withdrawn"}}

    assert cases.call(OFFICER, "POST", f"/cases/{pair[1]}/{right}", **said[right]).status_code == 200

    states = [cases.desk.cases.get(one) for one in pair]
    assert [one.restricted or one.erased_at is not None for one in states] == [True, True]
    assert states[0].merged_into == pair[1]


# ---- a process that dies

COMMITS = 3
"""Of a merger: both cases with their events, and a mark on each of these."""


def whole(cases: CasesService, pair: tuple[str, str]) -> bool:
    """Whether they are merged; never by half."""
    case, into = map(cases.desk.cases.get, pair)
    assert (case.merged_into == into.id) is (into.merged == (case.id,)) is (case.counts_as == into.person)
    return case.merged_into is not None


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, COMMITS + 1))
def test_wherever_it_crashes_they_are_merged_or_not_and_what_was_open_ends(cases: CasesService, number: int, when: str):
    pair = two_cases(cases)
    cases.call(CM, "POST", f"/cases/{pair[0]}/appointments", APPOINTMENT)
    with crashing_at(cases, number, when), suppress(Crash):
        merge(cases, *pair)

    assert whole(cases, pair) is ((number, when) != (1, "before"))
    if not whole(cases, pair):
        assert merge(cases, *pair).status_code == 200
    sweep(cases.store, cases.bus)
    for commit in range(1, 5):  # the listener dies as well, again and again
        with crashing_at(cases, commit, "after"), suppress(Crash):
            closing.settle(pair[0], desk=cases.desk, at=clock.now(), by="event-1.1")
    closing.settle(pair[0], desk=cases.desk, at=clock.now(), by="event-1.1")

    (appointment,) = cases.get(CM, f"/cases/{pair[0]}/appointments")["items"]
    (reminder,) = cases.get(CM, f"/cases/{pair[1]}/follow-ups")["items"]
    assert (appointment["status"], reminder["cause"]) == ("cancelled", pair[0])


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, COMMITS + 1))
def test_wherever_a_separation_crashes_it_happened_to_both_or_to_none(cases: CasesService, number: int, when: str):
    pair = merged(cases)
    with crashing_at(cases, number, when), suppress(Crash):
        separate(cases, pair[0])

    assert whole(cases, pair) is ((number, when) == (1, "before"))


def test_a_merger_is_as_many_commits_as_are_crashed(cases: CasesService):
    pair = two_cases(cases)
    with crashing_at(cases, COMMITS + 1, "before"):
        assert merge(cases, *pair).status_code == 200
    with crashing_at(cases, COMMITS, "after"), pytest.raises(Crash):
        separate(cases, pair[0])
