"""A process dies while a client is erased or looked for: in the end she is gone, and everything was searched once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest

from services.cases.rights import proving, retention
from shared import clock
from shared.codes import Phase
from shared.store import Body, Put, Store
from tests.builders import NOON
from tests.cases import CasesService, a_cases_service
from tests.crashes import Crash, crashing_at
from tests.fakes import MemoryStore
from tests.rights import a_file, a_second_case, certificate, erase, everywhere
from tests.rights import search as find

ERASING = 6
"""Commits of an erasure of two cases: the record with both events and the marks on them, the vault's, and what was
destroyed of each."""

LEFT = "messages/message-1"


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that takes many steps."""
    monkeypatch.setattr(proving, "PAGE", 5)


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def a_trace() -> MemoryStore:
    """The database of notifications, where a name was left in clear."""
    store = MemoryStore("notifications")
    held: Body = {"planned_at": "1", "due_at": "1", "nickname": "die Quellwasserov"}
    store.commit([Put(LEFT, held)])
    return store


def two_files(cases: CasesService) -> tuple[str, str]:
    """Both of one person."""
    case = a_file(cases, Phase.CLOSED)
    return case, a_second_case(cases, case)


def nobody_is_looked_for(cases: CasesService) -> bool:
    now = proving.current(cases.desk)
    return now is not None and now.persons == ()


def rested() -> None:
    clock.move(clock.now() + timedelta(days=1))


def ends(cases: CasesService, case: str, other: str, stores: dict[str, Store]) -> None:
    """What is true in the end, whenever somebody died."""
    while find(cases, stores)["documents"]:
        pass
    state = cases.desk.cases.get(case)
    for one in (certificate(cases, case), certificate(cases, other)):
        assert one["state"] == "certified"
        assert {part["database"]: part["found"] for part in one["searched"] if part["found"]} == {
            "notifications": [LEFT]
        }
        assert all(part["complete"] for part in one["searched"])
        assert one["searched_for"] > 5
    assert cases.desk.people.find(state.person) is None
    assert cases.desk.people.needles.find(state.person) == []
    assert nobody_is_looked_for(cases)
    assert cases.desk.cases.get(other).erased_at is not None


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, ERASING + 1))
def test_wherever_erasing_dies_she_is_erased_and_certified_in_the_end(cases: CasesService, number: int, when: str):
    case, other = two_files(cases)
    with crashing_at(cases, number, when), suppress(Crash):
        erase(cases, case)

    if (number, when) == (1, "before"):  # nothing had happened
        erase(cases, case)
    ends(cases, case, other, everywhere(cases, notifications=a_trace()))


def test_an_erasure_is_as_many_commits_as_are_crashed(cases: CasesService):
    case, _ = two_files(cases)
    with crashing_at(cases, ERASING + 1, "before"):
        assert erase(cases, case).status_code == 200
    again, _ = two_files(cases)
    with crashing_at(cases, ERASING, "after"), pytest.raises(Crash):
        erase(cases, again)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_search_that_dies_at_every_commit_comes_to_its_end(cases: CasesService, when: str):
    """Each run gets one commit further than the one before it; the last is not disturbed."""
    case, other = two_files(cases)
    erase(cases, case)
    stores, number = everywhere(cases, notifications=a_trace()), 0
    died = True
    while died:
        number += 1
        died = False
        try:
            with crashing_at(cases, number, when):
                find(cases, stores)
        except Crash:
            died = True

    assert number > 5
    ends(cases, case, other, stores)


def test_nothing_is_left_out_or_counted_twice_by_runs_that_are_cut_short(cases: CasesService):
    case = a_file(cases)
    erase(cases, case)
    stores = everywhere(cases)
    seen: list[int] = []
    while certificate(cases, case)["state"] == "searching":
        seen.append(proving.go_on(stores, desk=cases.desk, at=clock.now(), most=7)["documents"])
    other = a_file(cases, Phase.INTAKE)
    before = sum(one["documents"] for one in certificate(cases, case)["searched"])

    assert len(seen) > 3
    assert sum(seen) == before
    erase(cases, other)
    rested()
    assert find(cases)["documents"] > before


def test_who_is_erased_during_a_round_is_looked_for_in_the_next(cases: CasesService):
    case, later = a_file(cases), a_file(cases)
    erase(cases, case)
    proving.go_on(everywhere(cases), desk=cases.desk, at=clock.now(), most=7)
    erase(cases, later)

    while certificate(cases, case)["state"] == "searching":
        find(cases)

    assert find(cases)["documents"] == 0
    assert certificate(cases, later)["state"] == "searching"
    rested()
    find(cases)
    assert certificate(cases, later)["negative"] is True


@pytest.mark.parametrize(("documents", "hours"), [(0, 0), (250_000, 6), (1_000_000, 24), (90_000_000, 7 * 24)])
def test_after_a_long_round_the_next_rests_for_longer_and_a_week_at_most(documents: int, hours: int):
    last = proving.Round(persons=(), places=(), began_at=NOON, documents={"cases": documents})

    assert last.rests_until == NOON + timedelta(hours=hours)


def test_who_is_overtaken_looks_once_more_and_certifies_nobody_twice(cases: CasesService):
    """A run that was slow writes what it knew after another one came to the end: the round is over all the same."""
    case = a_file(cases)
    erase(cases, case)
    proving.go_on(everywhere(cases), desk=cases.desk, at=clock.now(), most=7)
    slow = cases.store.get(proving.CURRENT)
    assert slow is not None
    find(cases)
    proof = certificate(cases, case)

    cases.store.commit([Put(proving.CURRENT, slow)])

    assert find(cases) == {"documents": 0, "certified": 0}
    assert nobody_is_looked_for(cases)
    assert certificate(cases, case) == proof


def test_a_release_that_changes_what_is_searched_has_the_round_begin_anew(cases: CasesService):
    case = a_file(cases)
    erase(cases, case)
    proving.go_on(everywhere(cases), desk=cases.desk, at=clock.now(), most=7)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proving, "SEARCHED", ("people", "cases"))
        find(cases)

    assert [one["database"] for one in certificate(cases, case)["searched"]] == ["people", "cases"]
    assert certificate(cases, case)["negative"] is True


def test_words_are_not_kept_for_longer_than_a_month_and_the_certificate_says_what_was_not_searched(cases: CasesService):
    case = a_file(cases)
    erase(cases, case)
    proving.go_on(everywhere(cases), desk=cases.desk, at=clock.now(), most=7)
    clock.move(clock.now() + timedelta(days=29))

    assert find(cases) == {"documents": 0, "certified": 1}

    proof = certificate(cases, case)
    assert (proof["state"], proof["negative"]) == ("certified", False)
    assert not all(one["complete"] for one in proof["searched"])
    assert cases.desk.people.needles.find(cases.desk.cases.get(case).person) == []
    find(cases)
    assert nobody_is_looked_for(cases)


def test_the_night_goes_the_same_way(cases: CasesService):
    case = a_file(cases, Phase.CLOSED)
    clock.move(clock.now() + timedelta(days=400))

    assert retention.erase_due(desk=cases.desk, at=clock.now()) == {"persons": 1, "cases": 1}

    assert cases.desk.people.find(cases.desk.cases.get(case).person) is None
    assert certificate(cases, case)["state"] == "searching"
    find(cases)
    assert certificate(cases, case)["negative"] is True
