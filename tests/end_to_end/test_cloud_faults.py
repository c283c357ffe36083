"""Any process may be killed at any step: nothing is lost, and nothing is done twice.

One play for all: see `tests.end_to_end.matrix`. What is asserted here was seen in it.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from infra.topology import FUNCTIONS, Function, Opens
from tests.amazon import TOPIC
from tests.end_to_end import ledger, matrix
from tests.end_to_end.clouds import a_cloud
from tests.end_to_end.ledger import Ledger
from tests.end_to_end.matrix import CELLS
from tests.end_to_end.play import Cell, Play, packed
from tests.gates.house import ROOT

pytestmark = pytest.mark.emulators

WRITE_NOTHING = {"intake_challenge"}

OTHERWISE = {
    **dict.fromkeys(("intake_sweep", "cases_sweep", "reporting_sweep"), "tells what others committed"),
    **dict.fromkeys(("intake_tidy", "cases_tidy", "cases_erasures"), "erases, which nobody is told by it"),
    **dict.fromkeys(("cases_audit", "notifications_audit"), "writes one report, which the sweep tells as well"),
    "cases_looks": "takes down what is told by nobody",
}
"""What may tell, and is not killed before, after and when it has told; why."""


@dataclass(frozen=True)
class Seen:
    """What there was when all had been killed, and at the very end, when persons had been erased."""

    play: Play
    before: Ledger
    erased: Ledger


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    folder = tmp_path_factory.mktemp("faults")
    archives = packed(folder / "bundles")
    with a_cloud(folder, KIM_BUNDLES=str(archives), KIM_SCHEDULES="off", KIM_SNS_TOPICS=f'["{TOPIC}"]') as cloud:
        play = Play(cloud)
        play.begin()
        for _ in range(12):
            play.submit()
        cloud.wait_until_quiet()
        matrix.three_files(play)
        play.all(matrix.BY_DAY)
        matrix.at_night(play)
        play.all(matrix.NEXT_MORNING)
        play.all(matrix.DAYS_LATER)
        play.all(matrix.WEEKS_LATER)
        before = cloud.ledger()
        play.all(matrix.SHE_GOES)
        play.all(matrix.MONTHS_LATER)
        play.all(matrix.THEN_PROVED)
        play.all(matrix.TEXTS_GO)
        yield Seen(play, before, cloud.ledger())


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_a_process_was_killed(seen: Seen, cell: Cell):
    assert cell in seen.play.died


def test_nothing_is_lost_and_nothing_is_doubled(seen: Seen):
    ledger.nothing_is_lost_or_doubled(seen.before, seen.play.accepted, taken_by_staff=seen.play.inquiries)


def test_persons_whom_a_kill_left_behind_are_forgotten_and_no_others(seen: Seen):
    assert seen.before.persons == len(seen.play.accepted) + seen.play.inquiries


def test_a_message_is_handed_over_twice_only_if_its_sender_was_killed_in_between(seen: Seen):
    lives = [Counter(life) for life in seen.play.handed_over()]
    together = sum(lives, Counter())
    assert max(max(life.values(), default=0) for life in lives) == 1
    assert 1 <= sum(times > 1 for times in together.values()) <= len(matrix.SENT)


def test_a_message_that_was_settled_is_not_claimed_again(seen: Seen):
    happened = defaultdict(list)
    for entry in seen.before.events:
        happened[entry["event"]["subject"]].append(entry["type"])
    settled = [types for types in happened.values() if "notifications.message-sent.v1" in types]

    assert len(settled) >= len(matrix.SENT)
    for types in settled:
        assert "notifications.message-claimed.v1" not in types[types.index("notifications.message-sent.v1") :]


def test_retention_erases_whom_it_must_and_the_record_stays_whole(seen: Seen):
    kept = [case for case in seen.erased.cases if case["erased_at"] is None]

    assert seen.erased.persons == len(kept) < len(seen.before.cases)
    assert seen.erased.broken == []
    assert seen.before.outbox
    assert seen.erased.outbox == []
    assert all(entry["published"] for entry in seen.erased.events)
    assert set(seen.erased.facts.values()) == {1}


def test_every_function_that_writes_is_killed_somewhere():
    assert {row.name for row in FUNCTIONS} == {cell.function for cell in CELLS} | WRITE_NOTHING


@pytest.mark.parametrize("row", [row for row in FUNCTIONS if Opens.PUBLISH in row.opens], ids=lambda row: row.name)
def test_whatever_commits_and_tells_is_killed_before_after_and_when_it_has_told(row: Function):
    points = {cell.point for cell in CELLS if cell.function == row.name}

    assert (points >= {matrix.BEFORE, matrix.AFTER, matrix.PUBLISHED}) != (row.name in OTHERWISE)


def test_every_branch_of_what_cases_hear_is_killed():
    """But for what is added just as its case goes elsewhere, which takes two requests that cross.

    It does what other branches do (`tests/unit/test_cases_handing_on_at_once.py`).
    """
    source = ast.parse((ROOT / "services" / "cases" / "main.py").read_text(encoding="utf-8"))
    heard = next(one for one in source.body if isinstance(one, ast.FunctionDef) and one.name == "cases_events")
    (branches,) = (one for one in ast.walk(heard) if isinstance(one, ast.Match))
    crossed = [one for one in branches.cases if "added.settle" in ast.unparse(one)]

    assert len(crossed) == 1
    assert len({cell.cause for cell in CELLS if cell.function == "cases_events"}) == len(branches.cases) - 1
