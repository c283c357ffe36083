"""Writers who meet at one subject, on every store: each change is written once or refused, and none is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
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

    def change(_: int) -> bool:
        """As another process would: threads of one journal take turns."""
        try:
            Journal(store, bus, "submissions", Tally).change(ID, add_one)
        except Busy:
            return False
        return True

    with ThreadPoolExecutor(10) as writers:
        done = list(writers.map(change, range(40))).count(True)

    assert done >= 20
    assert journal.get(ID).count == done
    assert journal.get(ID).version == 1 + done
    assert sorted(event.version for event in bus.published) == list(range(1, 2 + done))
    assert verify(store, PATH) is None
    if not isinstance(store, MemoryStore):
        store.close()
