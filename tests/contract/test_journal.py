"""Writers who meet at one subject, on every store: each change is written once or refused, and none is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from shared.errors import Busy
from shared.store.chains import verify
from shared.store.journal import Journal
from tests.contract.stores import a_store
from tests.fakes import FakeBus, MemoryStore
from tests.unit.test_journal import ID, PATH, Tally, a_journal, add_one


def test_ten_writers_at_one_subject_lose_no_change(kind: str, tmp_path: Path):
    store, bus = a_store(kind, tmp_path, "intake"), FakeBus()
    journal = a_journal(store, bus)

    def change(_: int) -> None:
        """As other processes would, for threads of one journal take turns; whoever is told to come back does so."""
        while True:
            with suppress(Busy):
                Journal(store, bus, "submissions", Tally).change(ID, add_one)
                return

    with ThreadPoolExecutor(10) as writers:
        list(writers.map(change, range(40)))

    assert journal.get(ID).count == 40
    assert journal.get(ID).version == 41
    assert sorted(event.version for event in bus.published) == list(range(1, 42))
    assert verify(store, PATH) is None
    if not isinstance(store, MemoryStore):
        store.close()
