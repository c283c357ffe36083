"""Several subjects change together: in one commit, each with its event, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

from shared.errors import NotThere, Rejected
from shared.events import Event
from shared.store import AlreadyThere, Create
from shared.store.chains import verify
from shared.store.journal import Journal
from tests.builders import a_submission_received
from tests.fakes import CountingStore, FakeBus, MemoryStore

ONE, OTHER, THIRD = "submission-a1", "submission-b2", "submission-c3"


class Tally(BaseModel):
    id: str
    version: int
    count: int


Counted = tuple[Tally, Event]


def add(tally: Tally, number: int) -> Counted:
    after = Tally(id=tally.id, version=tally.version + 1, count=tally.count + number)
    return after, a_submission_received(subject=tally.id, version=after.version)


def pass_on(tallies: Sequence[Tally]) -> list[Counted]:
    """One less here, one more there."""
    giver, taker = tallies
    return [add(giver, -1), add(taker, 1)]


def a_journal(store: Any, bus: Any) -> Journal[Tally]:
    journal = Journal(store, bus, "submissions", Tally)
    for id in (ONE, OTHER, THIRD):
        journal.open(Tally(id=id, version=1, count=0), a_submission_received(subject=id, version=1))
    return journal


def counts(journal: Journal[Tally]) -> list[int]:
    return [journal.get(id).count for id in (ONE, OTHER, THIRD)]


def test_both_are_written_in_one_commit_and_published():
    store, bus = CountingStore(MemoryStore("intake")), FakeBus()
    journal = a_journal(store, bus)
    reads, commits, writes, published = store.reads, store.commits, store.writes, len(bus.published)

    giver, taker = journal.change_together((ONE, OTHER), pass_on)

    assert (giver.count, taker.count) == (-1, 1)
    assert store.reads - reads == 2
    assert (store.commits - commits, store.writes - writes) == (1 + 2, 4 + 2)  # both marks
    assert [event.id for event in bus.published[published:]] == [f"{ONE}.2", f"{OTHER}.2"]
    assert verify(store, f"submissions/{ONE}") is verify(store, f"submissions/{OTHER}") is None


def test_what_one_of_them_refuses_happens_to_none():
    journal = a_journal(MemoryStore("intake"), FakeBus())

    def refuse(tallies: Sequence[Tally]) -> list[Counted]:
        raise Rejected()

    with pytest.raises(Rejected):
        journal.change_together((ONE, OTHER), refuse)
    with pytest.raises(NotThere):
        journal.change_together((ONE, "submission-d4"), pass_on)
    assert counts(journal) == [0, 0, 0]


def test_where_nothing_is_to_do_nothing_is_written():
    bus = FakeBus()
    journal = a_journal(MemoryStore("intake"), bus)

    assert [one.version for one in journal.change_together((ONE, OTHER), lambda _: [])] == [1, 1]
    assert len(bus.published) == 3


class ForestalledStore(MemoryStore):
    """A store in which another process changes a subject between a reading and its writing."""

    rivals: ClassVar[list[tuple[Journal[Tally], str]]] = []

    def commit(self, writes: Any, *, durably: bool = True) -> None:
        if self.rivals and len(writes) > 1:
            journal, id = self.rivals.pop()
            journal.change(id, lambda tally: add(tally, 10))
        super().commit(writes, durably=durably)


@pytest.mark.parametrize("rival", [ONE, OTHER])
def test_whoever_meets_a_writer_at_either_of_them_decides_both_again(rival: str):
    store, bus = ForestalledStore("intake"), FakeBus()
    journal = a_journal(store, bus)
    store.rivals.append((Journal(store, bus, "submissions", Tally), rival))

    journal.change_together((ONE, OTHER), pass_on)

    assert counts(journal) == ([9, 1, 0] if rival == ONE else [-1, 11, 0])
    assert verify(store, f"submissions/{ONE}") is verify(store, f"submissions/{OTHER}") is None


def test_a_further_write_that_comes_second_is_told_and_nothing_is_written():
    journal = a_journal(MemoryStore("intake"), FakeBus())

    with pytest.raises(AlreadyThere):
        journal.change_together((ONE, OTHER), pass_on, also=lambda _: [Create(f"submissions/{THIRD}", {})])
    assert counts(journal) == [0, 0, 0]


def test_writers_who_meet_crosswise_wait_for_nobody_for_ever_and_lose_nothing():
    journal = a_journal(MemoryStore("intake"), FakeBus())
    pairs = [(ONE, OTHER), (OTHER, THIRD), (THIRD, ONE), (OTHER, ONE)] * 10

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(lambda pair: journal.change_together(pair, pass_on), pairs))

    assert counts(journal) == [10, -10, 0]
    assert [journal.get(id).version for id in (ONE, OTHER, THIRD)] == [31, 31, 21]
