"""State and log are written together, published once committed, and chained so that nothing is removed unseen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

from shared.errors import Busy, NotThere, Rejected, Stale
from shared.events import Event
from shared.store import AlreadyThere, Create, Delete, Put
from shared.store.chains import verify
from shared.store.journal import Journal
from shared.store.lines import broken_link, entries
from shared.store.outbox import publish, sweep
from tests.builders import a_submission_received
from tests.fakes import CountingStore, FakeBus, MemoryStore

ID = "submission-a1"
PATH = f"submissions/{ID}"


class Tally(BaseModel):
    """A subject that counts."""

    id: str
    version: int
    count: int


class BusyStore(MemoryStore):
    """A store whose next commits fail, as a backend that does not answer."""

    refusals = 0

    def commit(self, writes: Any, *, durably: bool = True) -> None:
        if self.refusals:
            self.refusals -= 1
            raise Busy()
        super().commit(writes, durably=durably)


def add_one(tally: Tally) -> tuple[Tally, Event]:
    after = Tally(id=tally.id, version=tally.version + 1, count=tally.count + 1)
    return after, a_submission_received(subject=ID, version=after.version)


def a_journal(store: Any, bus: Any, changes: int = 0) -> Journal[Tally]:
    journal = Journal(store, bus, "submissions", Tally)
    journal.open(Tally(id=ID, version=1, count=0), a_submission_received(subject=ID, version=1))
    for _ in range(changes):
        journal.change(ID, add_one)
    return journal


def test_a_change_is_written_with_its_event_and_published():
    store, bus = MemoryStore("intake"), FakeBus()
    journal = a_journal(store, bus, changes=1)

    assert journal.get(ID) == Tally(id=ID, version=2, count=1)
    assert [event.id for event in journal.history(ID)] == [f"{ID}.1", f"{ID}.2"]
    assert [event.id for event in bus.published] == [f"{ID}.1", f"{ID}.2"]
    assert all(entry["published"] for entry in entries(store, PATH))


def test_a_change_costs_one_read_two_writes_one_event_and_one_mark():
    store, bus = CountingStore(MemoryStore("intake")), FakeBus()
    journal = a_journal(store, bus)
    before = (store.reads, store.commits, store.writes, store.queries, len(bus.published))

    journal.change(ID, add_one)

    after = (store.reads, store.commits, store.writes, store.queries, len(bus.published))
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 2, 2 + 1, 0, 1]


def test_a_subject_opens_once():
    store, bus = MemoryStore("intake"), FakeBus()
    journal = a_journal(store, bus, changes=1)

    assert not journal.open(Tally(id=ID, version=1, count=7), a_submission_received(subject=ID, version=1))
    assert journal.get(ID).count == 1
    assert len(bus.published) == 2


def test_what_led_to_a_subject_is_told_together_and_marked_by_one_commit():
    store, bus = CountingStore(MemoryStore("intake")), FakeBus()
    history = [a_submission_received(subject=ID, version=version) for version in (1, 2, 3)]

    Journal(store, bus, "submissions", Tally).open(Tally(id=ID, version=3, count=0), *history)

    assert [event.version for event in bus.published] == [1, 2, 3]
    assert (store.commits, store.writes) == (2, 1 + 3 + 3)
    assert all(entry["published"] for entry in entries(store, PATH))


def test_fields_beside_the_state_stay_with_it():
    store = MemoryStore("intake")
    journal = Journal(store, FakeBus(), "submissions", Tally)
    first = a_submission_received(subject=ID, version=1)
    journal.open(Tally(id=ID, version=1, count=0), first, extra={"tokens": ["t"]})
    journal.change(ID, add_one)

    assert store.get(PATH)["tokens"] == ["t"]


def test_writers_who_meet_lose_no_change():
    store, bus = MemoryStore("intake"), FakeBus()
    journal = a_journal(store, bus)

    with ThreadPoolExecutor(10) as writers:
        list(writers.map(lambda _: journal.change(ID, add_one), range(60)))

    assert journal.get(ID) == Tally(id=ID, version=61, count=60)
    assert sorted(event.version for event in bus.published) == list(range(1, 62))
    assert verify(store, PATH) is None


class ForestalledStore(MemoryStore):
    """A store in which another process changes the subject between a reading and its writing."""

    rivals: ClassVar[list[Journal[Tally]]] = []

    def commit(self, writes: Any, *, durably: bool = True) -> None:
        if self.rivals and len(writes) > 1:
            self.rivals.pop().change(ID, add_one)
        super().commit(writes, durably=durably)


def test_whoever_comes_second_decides_again_on_what_is_there():
    store, bus = ForestalledStore("intake"), FakeBus()
    journal = a_journal(store, bus)
    store.rivals.extend(Journal(store, bus, "submissions", Tally) for _ in range(3))

    assert journal.change(ID, add_one) == Tally(id=ID, version=5, count=4)
    assert sorted(event.version for event in bus.published) == [1, 2, 3, 4, 5]
    assert verify(store, PATH) is None


class MeddlingStore(MemoryStore):
    """A store in which somebody else is always a moment faster."""

    def commit(self, writes: Any, *, durably: bool = True) -> None:
        for write in writes:
            if isinstance(write, Create) and "/events/" in write.path and not write.path.endswith("/1"):
                raise AlreadyThere(write.path)
        super().commit(writes, durably=durably)


def test_a_writer_who_never_comes_first_is_told_to_come_back():
    journal = a_journal(MeddlingStore("intake"), FakeBus())

    with pytest.raises(Busy):
        journal.change(ID, add_one)


def test_a_stale_version_is_refused_with_both_versions():
    journal = a_journal(MemoryStore("intake"), FakeBus(), changes=2)

    with pytest.raises(Stale) as refusal:
        journal.change(ID, add_one, expected=2)

    assert refusal.value.extra == {"current_version": 3, "given_version": 2}


def test_what_is_not_there_cannot_be_changed():
    with pytest.raises(NotThere):
        Journal(MemoryStore("intake"), FakeBus(), "submissions", Tally).change("submission-none", add_one)


def test_a_refusal_leaves_everything_as_it_was():
    store = MemoryStore("intake")
    journal = a_journal(store, FakeBus())

    def refuse(_: Tally) -> tuple[Tally, Event]:
        raise Rejected()

    with pytest.raises(Rejected):
        journal.change(ID, refuse)
    assert journal.change(ID, lambda _: None) == Tally(id=ID, version=1, count=0)
    assert len(list(entries(store, PATH))) == 1


def test_a_further_write_that_comes_second_stops_the_change():
    store = MemoryStore("intake")
    journal = a_journal(store, FakeBus())
    kept = Create("answers/a", {"expires_at": "2026"})
    store.commit([kept])

    with pytest.raises(AlreadyThere, match="answers/a"):
        journal.change(ID, add_one, also=lambda _state, _event: [kept])

    assert journal.get(ID).version == 1


def test_what_could_not_be_published_is_swept_up_later():
    store, bus = MemoryStore("intake"), FakeBus()
    bus.down = True
    a_journal(store, bus, changes=2)
    assert sweep(store, bus) == 0

    bus.down = False

    assert sweep(store, bus) == 3
    assert [event.version for event in bus.published] == [1, 2, 3]
    assert sweep(store, bus) == 0


def test_a_sweep_takes_no_more_than_it_is_told_to():
    store, bus = MemoryStore("intake"), FakeBus()
    bus.down = True
    a_journal(store, bus, changes=4)
    bus.down = False

    assert [sweep(store, bus, most=2) for _ in range(3)] == [2, 2, 1]


def test_a_change_stands_though_its_mark_could_not_be_set():
    store, bus = BusyStore("intake"), FakeBus()
    bus.down = True
    journal = a_journal(store, bus)
    bus.down = False
    store.refusals = 1

    entry = next(entries(store, PATH))
    assert publish(store, bus, (f"{PATH}/events/1", entry))
    assert sweep(store, bus) == 1  # once more: at least once is the promise
    assert [event.id for event in bus.published] == [f"{ID}.1"] * 2
    assert journal.get(ID).version == 1


def a_log(changes: int = 4) -> MemoryStore:
    store = MemoryStore("intake")
    a_journal(store, FakeBus(), changes)
    return store


def test_an_untouched_log_holds():
    store = a_log()

    assert broken_link(entries(store, PATH)) is None
    assert verify(store, PATH) is None


def test_a_log_of_more_than_one_page_holds():
    assert verify(a_log(250), PATH) is None


def test_nothing_at_all_holds():
    assert verify(MemoryStore("intake"), PATH) is None


@pytest.mark.parametrize("removed", [1, 3])
def test_a_removed_entry_is_found(removed: int):
    store = a_log()
    store.commit([Delete(f"{PATH}/events/{removed}")])

    assert broken_link(entries(store, PATH)) == removed
    assert verify(store, PATH) == removed


def test_an_altered_entry_is_found():
    store = a_log()
    entry = store.get(f"{PATH}/events/2")
    store.commit([Put(f"{PATH}/events/2", {**entry, "event": {**entry["event"], "by": "somebody-else"}})])

    assert verify(store, PATH) == 2


def test_an_altered_entry_with_a_new_hash_is_found_at_its_successor():
    store = a_log()
    first = store.get(f"{PATH}/events/1")
    other = a_log().get(f"{PATH}/events/2")
    store.commit([Put(f"{PATH}/events/1", {**first, "hash": other["hash"]})])

    assert verify(store, PATH) == 1


@pytest.mark.parametrize("removed", [1, 2, 5])
def test_a_tail_that_was_cut_off_is_found_by_the_head(removed: int):
    store = a_log()
    store.commit([Delete(f"{PATH}/events/{version}") for version in range(6 - removed, 6)])

    assert broken_link(entries(store, PATH)) is None
    assert verify(store, PATH) == 6 - removed


def test_a_log_whose_subject_was_removed_is_found():
    store = a_log()
    store.commit([Delete(PATH)])

    assert verify(store, PATH) == 6


class WritingStore(MemoryStore):
    """A store in which a change happens between the reading of a subject and of its log."""

    journal: Journal[Tally] | None = None

    def get(self, path: str) -> Any:
        body = super().get(path)
        journal, self.journal = self.journal, None
        if journal is not None:
            journal.change(ID, add_one)
        return body


def test_a_change_during_the_check_is_no_break():
    store = WritingStore("intake")
    store.journal = a_journal(store, FakeBus(), changes=2)

    assert verify(store, PATH) is None
