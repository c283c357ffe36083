"""How the audit goes through all looks: where it goes on, and that it says of each what it found, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from services.cases.audit import handlers, rounds
from services.cases.audit.looks import Recheck
from shared import clock
from shared.identity import Actor
from shared.policy import Action
from shared.store import Query
from tests.builders import NOON
from tests.cases import CasesService, a_cases_service
from tests.fakes import MemoryStore
from tests.submission import PaidStore

NIGHT = NOON + timedelta(hours=14)


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service(PaidStore(MemoryStore("cases"))) as service:
        yield service


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two looks, and runs whose time is up after each."""
    monkeypatch.setattr(rounds, "PAGE", 2)
    monkeypatch.setattr(rounds, "PATIENCE", -1.0)


def look(cases: CasesService, *of: str, by: str = "lindenhof-1", why: str = "assigned") -> None:
    cases.desk.looks.record(Actor(id=by, roles=frozenset()), Action.CASE_READ, of, why=why, at=clock.now())


def wrong(cases: CasesService, number: int) -> str:
    """A case, and so many looks at it that were not allowed."""
    case = cases.assigned()
    for _ in range(number):
        look(cases, case, by="lindenhof-2")
    return case


def reported(cases: CasesService) -> list[str]:
    """The looks that all reports name."""
    items = cases.get("datenschutz", "/cases/audit")["items"]
    assert [one["deviation_count"] for one in items] == [len(one["deviations"]) for one in items]
    return [one["look"] for report in items for one in report["deviations"]]


def night(cases: CasesService, days: int = 0) -> dict[str, int]:
    clock.move(NIGHT + timedelta(days=days))
    return handlers.run(cases.store, cases.bus, at=clock.now())


@pytest.mark.usefixtures("short")
def test_what_a_run_has_no_time_for_the_next_checks_and_each_deviation_is_reported_once(cases: CasesService):
    wrong(cases, 7)
    runs = [night(cases) for _ in range(6)]

    assert [one["looks"] for one in runs] == [2, 2, 2, 1, 0, 0]
    assert sum(one["deviations"] for one in runs) == 7
    (first,) = cases.get("datenschutz", "/cases/audit")["items"]
    assert first["looks_until"] < first["until"], "the report says that it is not about all of them"
    night(cases, 1)
    assert len(reported(cases)) == len(set(reported(cases))) == 7
    newest = cases.get("datenschutz", "/cases/audit")["items"][0]
    assert len(cases.store.query(Query("rechecks")).items) == 1, "a round that was reported is over"
    assert (newest["looks"], newest["looks_until"]) == (5 + 1, newest["until"]), "and the officer's own"


@pytest.mark.parametrize("killed", range(1, 9))
def test_a_run_that_is_killed_at_any_write_leaves_each_deviation_to_be_reported_once(
    cases: CasesService, monkeypatch: pytest.MonkeyPatch, killed: int
):
    monkeypatch.setattr(rounds, "PAGE", 2)
    wrong(cases, 5)
    with monkeypatch.context() as patched, suppress(Killed):
        patched.setattr(cases.store, "commit", dying(cases.store, killed))
        night(cases)
    night(cases)
    night(cases, 1)

    assert len(reported(cases)) == len(set(reported(cases))) == 5


class Killed(Exception):
    """The process is gone."""


def dying(store: Any, writes: int) -> Callable[..., None]:
    """A commit that is the last one after so many."""
    commit, left = store.commit, iter(range(writes))

    def last(*said: Any, **how: Any) -> None:
        commit(*said, **how)
        if next(left) == writes - 1:
            raise Killed

    return last


def test_a_run_that_is_still_at_a_round_which_was_reported_reports_nothing_twice(
    cases: CasesService, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rounds, "PAGE", 2)
    wrong(cases, 5)
    slow = rounds.current(cases.store, rounds.FIRST, NOON - timedelta(days=9))
    night(cases)
    rounds.go_on(cases.store, slow, Recheck(cases.store, cases.desk.cases), NIGHT)
    night(cases)
    night(cases, 1)

    assert len(reported(cases)) == len(set(reported(cases))) == 5


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_look_that_its_process_wrote_down_under_an_earlier_time_is_checked_once_it_is_found(
    cases: CasesService, goes_on: bool
):
    """A clock that was set back: nobody who goes by days would come upon it."""
    case = wrong(cases, 1)
    night(cases)
    clock.move(NOON - timedelta(hours=3))
    look(cases, case, by="bruecke-1")
    if goes_on:
        clock.move(NIGHT + timedelta(hours=5))
        look(cases, case)
    for days in (1, 2, 3, 4):
        night(cases, days)

    named = [one["by"] for report in cases.get("datenschutz", "/cases/audit")["items"] for one in report["deviations"]]
    assert sorted(named) == ["bruecke-1", "lindenhof-2"]


@pytest.mark.usefixtures("short")
def test_what_came_late_and_lies_before_the_round_is_left_to_it(cases: CasesService):
    case = wrong(cases, 7)
    night(cases)
    clock.move(NOON + timedelta(hours=1))
    look(cases, case, by="bruecke-1")
    for days in (1, 2, 3, 4, 5, 6):
        night(cases, days)

    assert len(reported(cases)) == len(set(reported(cases))) == 8
