"""A night is done in parts: killed or out of time it goes on where it was, and its root is the same."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import clock
from shared.store import Document, Put, Query, auditing, heads, nights, seals, spans
from shared.store.catalogue import DATABASES
from shared.store.flaws import LATE
from shared.store.nights import Sealed, night
from shared.store.walks import CURRENT
from tests.builders import NOON
from tests.fakes import MemoryStore
from tests.nights import DONE, MONDAY, WITHIN, Town

TUESDAY = MONDAY + timedelta(days=1)


def busy(seed: int = 1, lines: int = 60) -> Town:
    """A town in which five processes wrote at the same time, some lines of a moment, and some in the wrong order."""
    town, chance = Town(), Random(seed)
    for _ in range(5):
        town.begin(1)
    for number in range(lines):
        town.say(chance.randrange(5), NOON + timedelta(seconds=number // 3 - chance.choice([0, 0, 0, 1, 4])))
    return town


def in_parts(town: Town, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(spans, "MOST", most)


def as_if_nothing(town: Town, run: Callable[[], Sealed | None]) -> Sealed | None:
    """What a run says, after which everything is as before."""
    memory = town.store._store
    assert isinstance(memory, MemoryStore)
    before = memory.kept()
    said = run()
    memory.put_back(before)
    return said


def out_of_time(town: Town, **said: Any) -> list[Sealed | None]:
    """What each run says whose time is up at once, until the day is sealed."""
    runs: list[Sealed | None] = []
    while not runs or runs[-1] is None:
        runs.append(night(town.store, None, MONDAY, until=time.monotonic() - 1, **said))
        assert len(runs) < 200
    return runs


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), most=st.integers(1, 80), lines=st.integers(0, 60))
def test_the_root_of_a_day_does_not_depend_on_its_parts(seed: int, most: int, lines: int):
    town = busy(seed, lines)
    at_once = as_if_nothing(town, lambda: night(town.store, None, MONDAY))
    with pytest.MonkeyPatch.context() as patch:
        in_parts(town, patch, most)

        sealed = out_of_time(town)[-1]

        assert sealed is not None
        assert sealed == at_once
        assert (sealed.of.root, sealed.broken) == (town.root(0), {})
        assert seals.root(seals.listed(town.store, MONDAY)) == sealed.of.root
        town.since = MONDAY
        assert town.night(1).broken == {}


@pytest.mark.parametrize("most", [1, 2, 4])
@pytest.mark.parametrize("done", DONE)
def test_what_was_done_to_a_log_is_found_by_parts_too(monkeypatch: pytest.MonkeyPatch, done: str, most: int):
    town = Town()
    path = town.begin(5)
    town.begin(5)
    DONE[done][0](town, path)
    at_once = as_if_nothing(town, lambda: night(town.store, None, MONDAY))
    in_parts(town, monkeypatch, most)

    sealed = out_of_time(town)[-1]

    assert sealed == at_once
    assert sealed is not None
    assert seals.root(seals.listed(town.store, MONDAY)) == sealed.of.root


def test_a_run_whose_time_is_up_leaves_the_rest_to_the_next_and_none_of_it_twice(monkeypatch: pytest.MonkeyPatch):
    town = busy()
    in_parts(town, monkeypatch, 10)
    reads: list[int] = []

    def run() -> Sealed | None:
        before = town.store.reads
        sealed = night(town.store, None, MONDAY, until=time.monotonic() - 1)
        reads.append(town.store.reads - before)
        return sealed

    while run() is None:
        pass

    assert len(reads) > 4
    longest = 1 + 1 + 500 + 3 * 5 + 60  # where it is, the seal before, a page of lines, heads, subjects, what follows
    assert max(reads) <= longest
    assert night(town.store, None, MONDAY) is not None, "sealed already: nothing is read again but how far it is"


def test_the_walk_waits_until_the_day_is_sealed(monkeypatch: pytest.MonkeyPatch):
    town = busy()
    in_parts(town, monkeypatch, 10)
    past = {"within": WITHIN, "until": time.monotonic() - 1}

    first = auditing.audit(DATABASES["cases"], town.store, None, MONDAY, **past)

    assert (first.sealed, first.broken, town.store.get(CURRENT)) == (None, {}, None)
    while (last := auditing.audit(DATABASES["cases"], town.store, None, MONDAY, **past)).sealed is None:
        pass
    assert last.sealed.of.root == town.root(0)
    assert last.walk.tonight > 0


@pytest.mark.parametrize("killed", range(30))
def test_killed_before_any_of_its_commits_it_goes_on_with_that_part(monkeypatch: pytest.MonkeyPatch, killed: int):
    town = busy()
    in_parts(town, monkeypatch, 10)
    commit, commits = town.store.commit, iter(range(1_000))

    def dies(writes: Sequence[Any], **more: Any) -> None:
        if next(commits) == killed:
            raise KeyboardInterrupt
        commit(writes, **more)

    with monkeypatch.context() as patch:
        patch.setattr(town.store, "commit", dies)
        with pytest.raises(KeyboardInterrupt):
            night(town.store, None, MONDAY)
    held = town.store.get(nights.CURRENT)
    begins = held["begins"] if held else ""
    looked: list[str] = []
    monkeypatch.setattr(spans, "span", _noting(spans.span, looked))

    sealed = night(town.store, None, MONDAY)

    assert sealed is not None
    assert (sealed.of.root, sealed.broken, sealed.lines) == (town.root(0), {}, 65)
    assert not looked or looked[0] == begins
    assert seals.root(seals.listed(town.store, MONDAY)) == sealed.of.root


def _noting(span: Any, looked: list[str]) -> Any:
    def noted(store: Any, since: Any, begins: str, *said: Any) -> Any:
        looked.append(begins)
        return span(store, since, begins, *said)

    return noted


def test_broken_off_for_a_whole_night_it_goes_on_with_the_next_day(monkeypatch: pytest.MonkeyPatch):
    town = busy()
    in_parts(town, monkeypatch, 10)
    for _ in range(2):
        assert night(town.store, None, MONDAY, until=time.monotonic() - 1) is None
    for chain in range(5):
        town.say(chain, NOON + timedelta(days=1))

    sealed = night(town.store, None, TUESDAY)

    assert sealed is not None
    assert (sealed.of.root, sealed.lines, sealed.broken) == (town.root(1), 70, {})


def test_what_came_late_is_told_though_the_part_that_met_it_was_another_run(monkeypatch: pytest.MonkeyPatch):
    town = Town()
    town.begin(3)
    town.night()
    town.begin(2)
    late = town.path(1)
    assert town.night(1).broken == {late: 1}, "the walk finds what came after its day was sealed"
    for second in range(9):
        town.say(0, NOON + timedelta(days=2, seconds=second))
    in_parts(town, monkeypatch, 3)
    told: list[Document] = []
    runs = [night(town.store, TUESDAY, MONDAY + timedelta(days=2), late=[late], until=time.monotonic() - 1)]

    while runs[-1] is None:
        runs.append(night(town.store, TUESDAY, MONDAY + timedelta(days=2), late=[late], tell=told.append, until=0.0))

    assert len(runs) > 2
    assert [one.path for one in told] == [f"{late}/events/1", f"{late}/events/2"]
    assert runs[-1].late == {late}
    assert runs[-1].of.root == town.root(2)


def test_a_night_that_an_earlier_release_left_half_done_is_done_anew(monkeypatch: pytest.MonkeyPatch):
    """Its heads name the day that had been sealed before, and how far it was nobody wrote down."""
    town = busy()
    town.night()
    for chain in range(5):
        town.say(chain, NOON + timedelta(days=1))
    night(town.store, MONDAY, TUESDAY)
    for one in town.store.query(Query("heads")).items:
        town.store.commit([Put(one.path, {**one.body, "since": MONDAY.isoformat()})])
    town.store.commit([Put(nights.CURRENT, {"since": "2000-01-01"})])
    in_parts(town, monkeypatch, 2)

    sealed = night(town.store, MONDAY, TUESDAY)

    assert sealed is not None
    assert (sealed.of.root, sealed.broken) == (town.root(1), {})
    assert {heads.head_of(one.body).line.version for one in town.store.query(Query("heads")).items} != {0}


def test_of_lines_of_one_moment_a_part_has_all(monkeypatch: pytest.MonkeyPatch):
    """Which of them is first, only their versions say."""
    town = Town()
    town.begin(0)
    for _ in range(12):
        town.say(0, NOON)
    town.say(0, NOON + timedelta(seconds=1))
    in_parts(town, monkeypatch, 4)
    judged: list[str] = []
    monkeypatch.setattr(spans, "judged", lambda _store, path, *_: judged.append(path))

    sealed = out_of_time(town)[-1]

    assert judged == []
    assert sealed is not None
    assert (sealed.lines, sealed.of.root) == (13, town.root(0))
    assert clock.day(NOON) == MONDAY
    assert LATE not in {flaw.how for flaw in sealed.broken.values()}
