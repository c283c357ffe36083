"""Events out of order and three times each: the same end, and nothing is lost or doubled.

One play for all: two clients whom nothing disturbs; the same two again while everything that is told is also
pushed three times, in any order; then all that is made from events alone is taken away, and told anew in no order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.builders import NOON
from tests.end_to_end import ledger
from tests.end_to_end.clients import End, Play, ends, forget_what_follows
from tests.end_to_end.clouds import a_cloud
from tests.end_to_end.ledger import Ledger
from tests.end_to_end.shuffled import disturbed, push, told

pytestmark = pytest.mark.emulators


@dataclass(frozen=True)
class Seen:
    """How matters ended, what was there then, and what functions answered to pushes."""

    references: set[str]
    quietly: list[End]
    noisily: list[End]
    told_anew: list[End]
    before: Ledger
    anew: Ledger
    after: Ledger
    answers: set[int]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    with a_cloud(tmp_path_factory.mktemp("order"), KIM_SCHEDULES="off") as cloud:
        play = Play(cloud)
        quiet = play.run()
        with disturbed(cloud) as answers:
            noisy = play.run()
        play.settle()
        before, quietly, noisily = cloud.ledger(), ends(cloud, quiet), ends(cloud, noisy)
        forget_what_follows(cloud)
        play.it_is(NOON)
        answers |= push(cloud, told(cloud, "intake", "cases"))
        play.settle()
        anew, told_anew = cloud.ledger(), ends(cloud, quiet)
        answers |= push(cloud, told(cloud))
        yield Seen(set(play.references), quietly, noisily, told_anew, before, anew, cloud.ledger(), answers)


def test_matters_end_as_if_nothing_had_come_twice(seen: Seen):
    assert seen.noisily == seen.quietly
    assert {end["case"]["case_manager"] for end in seen.noisily} == {"lindenhof-2"}


def test_nothing_that_comes_twice_is_done_twice(seen: Seen):
    ledger.nothing_is_lost_or_doubled(seen.before, seen.references)


def test_what_is_made_from_events_is_the_same_in_any_order(seen: Seen):
    assert seen.told_anew == seen.quietly
    ledger.nothing_is_lost_or_doubled(seen.anew, seen.references)


def test_what_has_been_heard_changes_nothing_when_it_comes_again(seen: Seen):
    assert seen.after == seen.anew
    assert (seen.after.cases, seen.after.submissions) == (seen.before.cases, seen.before.submissions)


def test_a_function_takes_every_event_or_asks_to_come_back(seen: Seen):
    assert seen.answers <= {200, 204, 503}
