"""The nights over a log: they read what is new, walk what is old in shares, and find whatever was done to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from shared import clock
from shared.events import CasesLookedAt, LookedAt
from shared.store import Put, auditing, nights, seals, walks
from shared.store.catalogue import DATABASES
from shared.store.lines import entry_of
from shared.store.outbox import sweep
from shared.store.seals import Sum
from tests.builders import NOON
from tests.nights import DONE, MONDAY, WITHIN, Town, add, alter, cut_off, remove_lines, rewrite


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def walking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is small: every night walks a share."""
    monkeypatch.setattr(walks, "LEAST", 1)
    monkeypatch.setattr(walks, "PAGE", 10)


@pytest.fixture
def standing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is walked: what is found the night finds."""
    monkeypatch.setattr(auditing.walks, "share", lambda _of, _within: 0)


@pytest.mark.parametrize("done", DONE)
def test_what_was_done_to_an_old_log_the_walk_finds(town: Town, done: str):
    path, (do, version) = town.begin(5), DONE[done]
    town.begin(3)
    town.night()
    do(town, path)

    assert town.night(1).broken == {path: version}


@pytest.mark.usefixtures("walking")
@pytest.mark.parametrize("done", DONE)
def test_however_much_there_is_the_walk_finds_it_within_its_time(town: Town, done: str):
    """A share each night: also what is read at the very end is read by then."""
    path, (do, version) = town.begin(5), DONE[done]
    for _ in range(12):
        town.begin(4)
    town.night()
    do(town, path)
    found = [town.night(day + 1) for day in range(WITHIN)]

    assert {version for one in found for log, version in one.broken.items() if log == path} == {version}
    assert {log for one in found for log in one.broken} == {path}
    assert found[-1].walk.whole_since is not None


@pytest.mark.usefixtures("standing")
@pytest.mark.parametrize(("do", "version"), [(cut_off, 1), (lambda town, path: rewrite(town, path, 3), 1), (add, 6)])
def test_whoever_touched_the_last_sealed_line_of_a_log_that_goes_on_is_found_by_the_next_night(
    town: Town, do: Callable[[Town, str], None], version: int
):
    """What lies before that line and leaves it as it was only the walk finds."""
    path = town.begin(5)
    town.night()
    do(town, path)
    chained(town, path, NOON + timedelta(days=1))

    assert town.night(1).broken == {path: version}


def chained(town: Town, path: str, moment: datetime) -> None:
    """A further line, by whoever did something to the log: it follows from what is there now."""
    subject = town.store.get(path)
    assert subject is not None
    said = {"at": moment, "by": "nobody", "cases": ("case-1",), "action": "cases.read", "reason": "any"}
    look: LookedAt = CasesLookedAt.model_validate(
        {"subject": path.partition("/")[2], "version": subject["version"] + 1, **said}
    )
    entry = entry_of(look, subject["head"])
    kept = {**subject, "version": look.version, "head": entry["hash"]}
    town.store.commit([Put(f"{path}/events/{look.version}", entry), Put(path, kept)])


def test_a_log_that_vanished_before_it_was_ever_sealed_leaves_a_subject_that_is_named(town: Town):
    path = town.begin(5)
    remove_lines(town, path)

    assert town.night().broken == {path: 1}


# ---- what a night reads


@pytest.mark.usefixtures("standing")
@pytest.mark.parametrize("there", [1, 40])
def test_a_night_reads_what_is_new_however_much_there_is(town: Town, there: int):
    """Each new line once; the head and the subject of its log; and a few that are the same every night."""
    for _ in range(there):
        town.begin(20)
    town.night()
    town.go_on(0, 6, day=1)

    assert town.read(lambda: town.night(1)) == 6 + 2 + FIXED
    assert town.read(lambda: town.night(2)) == 1 + FIXED, "a query that finds nothing is paid as one"


FIXED = 3
"""How far the walk and the night are; the seal of the day before."""


def test_chains_that_have_ended_cost_the_night_nothing(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(walks, "share", lambda _of, _within: 0)
    reads = []
    for day in range(5):
        town.begin(3, day)  # a process that starts, looks and ends
        reads.append(town.read(lambda day=day: town.night(day)))  # type: ignore[misc]

    assert set(reads[1:]) == {3 + 2 + FIXED}


@pytest.mark.usefixtures("walking")
def test_a_night_walks_its_share_and_no_more(town: Town):
    for _ in range(20):
        town.begin(8)
    town.night()
    reads = [town.read(lambda day=day: town.night(day + 1)) for day in range(WITHIN)]  # type: ignore[misc]

    share = 20 * (8 + walks.BESIDE) / (WITHIN * walks.SPARE)
    assert max(reads) <= share + 3 * walks.PAGE + FIXED + 1, "its share, and the page at which it ends"
    assert sum(reads) > 20 * 8


def test_the_share_of_a_night_grows_with_what_is_there_and_is_never_less_than_what_is_small():
    assert walks.share(Sum(0, {"cases": 10}, 500), 91) == walks.LEAST
    assert walks.share(Sum(0, {"cases": 500_000, "looks": 500_000}, 66_000_000), 91) == 879_121


# ---- going on


@pytest.mark.usefixtures("walking")
def test_a_run_whose_time_is_up_goes_on_in_the_next_and_reads_no_page_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch
):
    for _ in range(20):
        town.begin(4)
    monkeypatch.setattr(walks, "LEAST", 10_000)
    monkeypatch.setattr(auditing, "PATIENCE", -1.0)
    town.night()
    runs = [town.night() for _ in range(45)]

    assert [one.sealed for one in runs] == [None] * 45, "the day is sealed once"
    tonight = [one.walk.tonight for one in runs]
    assert tonight == sorted(tonight)
    assert runs[-1].walk.is_over
    assert tonight[-1] < 20 * (4 + walks.BESIDE + 6), "each line once, but what was held back at the end of a page"
    assert runs[-1].broken == {}


def test_a_night_that_was_killed_before_its_report_is_done_again_with_what_came_since(town: Town):
    town.begin(3)
    town.night()
    town.go_on(0, 2, day=1)
    auditing.audit(DATABASES["cases"], town.store, town.since, MONDAY + timedelta(days=1), within=WITHIN)
    town.go_on(0, 2, day=2)
    town.begin(2, day=2)

    done = town.night(2)

    assert done.broken == {}
    assert done.sealed is not None
    assert done.sealed.of.root == town.root(2)
    assert done.sealed.lines == 6


def test_nights_that_did_not_come_are_made_up_for_by_one(town: Town):
    town.begin(3)
    town.night()
    town.go_on(0, 2, day=1)
    town.begin(2, day=4)
    done = town.night(6)

    assert done.broken == {}
    assert done.sealed is not None
    assert (done.sealed.lines, done.sealed.of.root) == (4, town.root(6))


def test_what_is_found_is_told_once_and_again_when_it_is_looked_at_again(town: Town):
    path = town.begin(5)
    town.night()
    alter(town, path)

    assert [town.night(day).anew for day in (1, 1, 2)] == [1, 0, 1]


# ---- roots


@pytest.mark.parametrize("days", [1, 7])
def test_the_root_of_each_night_is_the_one_that_follows_from_the_logs_alone(town: Town, days: int):
    for day in range(days):
        town.begin(3, day)
        town.go_on(0, 2, day)
        done = town.night(day)
        assert done.sealed is not None
        assert done.sealed.of.root == town.root(day)
        assert done.sealed.of.logs == {"looks": day + 1}


def test_what_was_heard_too_late_is_told_and_belongs_to_the_next_root(town: Town):
    """An outage of the bus: the look came after its day was sealed, with nothing else wrong about it."""
    town.begin(3)
    town.night()
    town.begin(2)
    late = town.path(1)

    assert town.night(1).broken == {late: 1}
    assert town.root(0) != seals.sealed(town.store, MONDAY).root, "that is why it is told"
    done = town.night(2)
    assert done.broken == {}
    assert done.sealed is not None
    assert done.sealed.of.root == town.root(2)


def test_lines_whose_times_meet_at_midnight_in_the_wrong_order_are_nothing_wrong(town: Town):
    """Two requests of one process: who began first is written second."""
    midnight = clock.end_of(MONDAY)
    town.begin(2)
    for moment in (midnight + timedelta(seconds=1), midnight - timedelta(seconds=1)):
        town.say(0, moment)

    for day in (0, 1, 2):
        done = town.night(day)
        assert done.broken == {}
        assert done.sealed is not None
        assert done.sealed.of.root == town.root(day)


def test_what_is_written_while_the_night_reads_is_nothing_wrong(town: Town, monkeypatch: pytest.MonkeyPatch):
    town.begin(3)
    asked = town.store.query

    def meanwhile(query):  # type: ignore[no-untyped-def]
        page = asked(query)
        if query.collection in {"*/events", "heads"}:
            town.say(0, clock.end_of(MONDAY) + timedelta(hours=3))
        return page

    monkeypatch.setattr(town.store, "query", meanwhile)
    done = town.night()

    assert done.broken == {}
    assert seals.sealed(town.store, MONDAY).root == town.root(0)


def test_lines_that_are_not_published_yet_are_sealed_like_the_others(town: Town):
    town.begin(3)
    path = town.path(0)
    entry = town.store.get(f"{path}/events/2")
    assert entry is not None
    town.store.commit([Put(f"{path}/events/2", {**entry, "published": False})])

    assert town.night().sealed.lines == 3  # type: ignore[union-attr]
    assert sweep(town.store, town.bus) == 1
    assert nights.night(town.store, None, MONDAY).of.root == town.root(0)
