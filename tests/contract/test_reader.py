"""Embedded, the bus reads the logs: what is committed is put into delivery, once and in the order of commits."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from infra.local.reader import Reader
from shared.bus.deliveries import Deliveries, Rules
from shared.bus.local import LocalBus
from shared.events import Event
from shared.store import Create
from shared.store.catalogue import DATABASES
from shared.store.journal import Journal
from shared.store.lines import FIRST, entry_of
from shared.store.outbox import sweep
from shared.store.sqlite import SqliteStore
from tests.builders import a_submission_received

RULES = Rules(attempts=3, first_pause=0.0, longest_pause=0.0)

KILLED = """
import os, signal, sys
from pathlib import Path
from infra.local import reader
from shared.bus.local import LocalBus
from shared.store import Create
from shared.store.catalogue import DATABASES
from shared.store.sqlite import SqliteStore

told = reader.fan_out

def killed(connection, messages):
    told(connection, messages)
    os.kill(os.getpid(), signal.SIGKILL)

reader.fan_out = killed
folder = Path(sys.argv[1])
log = SqliteStore(DATABASES["intake"], folder / "intake.db")
reader.Reader(LocalBus(folder / "bus.db").file, {"intake": log}).read()
"""


class Tally(BaseModel):
    """A subject that counts its changes."""

    id: str
    version: int


class House:
    """The bus and one database in a folder, as a runtime has them."""

    def __init__(self, folder: Path) -> None:
        self.bus = LocalBus(folder / "bus.db")
        self.woken = 0
        self.bus.wake = self._wake
        self.deliveries = Deliveries(self.bus.file, RULES)
        self.deliveries.subscribe({"reporting_events": ("",)})
        self.store = SqliteStore(DATABASES["intake"], folder / "intake.db")
        self.journal = Journal(self.store, self.bus, "submissions", Tally)

    def _wake(self) -> None:
        self.woken += 1

    def reader(self) -> Reader:
        return Reader(self.bus.file, {"intake": self.store})

    def submit(self, *names: str) -> None:
        for name in names:
            self.journal.open(Tally(id=name, version=1), received(name, 1))

    def change(self, name: str) -> None:
        def decide(before: Tally) -> tuple[Tally, Event]:
            version = before.version + 1
            return Tally(id=name, version=version), received(name, version)

        self.journal.change(name, decide)

    def claimed(self) -> list[str]:
        found = [delivery for some in iter(self._one_round, []) for delivery in some]
        return [delivery.attributes["id"] for delivery in found]

    def _one_round(self) -> list[Any]:
        claimed = self.deliveries.claim()
        self.deliveries.acknowledge(claimed)
        return claimed

    def close(self) -> None:
        self.bus.file.close()
        self.store.close()


def received(name: str, version: int) -> Event:
    return a_submission_received(subject=name, version=version)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = House(tmp_path)
    yield opened
    opened.close()


def test_what_is_committed_is_delivered_once_whoever_reads_and_however_often(house):
    reader, other = house.reader(), house.reader()
    house.submit("a", "b")

    reader.read()
    other.read()
    house.reader().read()

    assert house.claimed() == ["a.1", "b.1"]


def test_events_of_a_subject_are_delivered_in_the_order_of_their_commits(house):
    reader = house.reader()
    house.submit("a")
    for _ in range(11):
        house.change("a")

    reader.read()

    assert house.claimed() == [f"a.{version}" for version in range(1, 13)]


def test_a_commit_wakes_the_reader_and_nothing_has_to_be_marked(house):
    house.submit("a")

    assert house.woken == 1
    entry = house.store.get("submissions/a/events/1")
    assert entry is not None
    assert entry["published"]
    assert sweep(house.store, house.bus) == 0


def test_what_is_for_the_record_only_is_told_to_nobody(house, monkeypatch):
    reader = house.reader()
    monkeypatch.setattr(type(received("a", 1)), "for_the_record", True)
    house.submit("a")

    reader.read()

    assert house.claimed() == []
    assert reader.undelivered() == 0


def test_what_is_delivered_is_the_event_as_it_was_told(house):
    reader = house.reader()
    house.submit("a")

    reader.read()

    (delivery,) = house.deliveries.claim()
    event = received("a", 1)
    assert type(event).model_validate_json(delivery.data) == event
    assert delivery.attributes == {
        "id": "a.1",
        "type": "intake.submission-received.v1",
        "source": "/intake",
        "subject": "a",
        "time": "2026-03-02T11:00:00.000000+00:00",
    }


def test_a_reader_that_is_killed_before_its_commit_has_read_nothing(house, tmp_path):
    house.reader()
    house.submit("a", "b")

    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)

    assert killed.returncode == -signal.SIGKILL
    assert house.claimed() == []
    house.reader().read()
    assert house.claimed() == ["a.1", "b.1"]


def test_a_log_from_before_there_was_a_reader_is_left_to_the_sweep(house):
    house.bus.wake = None
    house.submit("old")
    assert house.claimed() == ["old.1"]
    house.store.commit([Create("submissions/left/events/1", entry_of(received("left", 1), FIRST))])

    house.reader().read()

    assert house.claimed() == []
    assert sweep(house.store, house.bus) == 1
    assert house.claimed() == ["left.1"]


def test_nothing_is_undelivered_only_when_all_was_read_and_acknowledged(house):
    reader = house.reader()
    house.submit("a", "b")
    assert reader.undelivered() == 2

    reader.read()
    assert reader.undelivered() == 2

    held = house.deliveries.claim()
    assert reader.undelivered() == 2

    house.deliveries.acknowledge(held)
    assert reader.undelivered() == 0


def test_a_long_log_is_read_to_its_end(house):
    reader = house.reader()
    names = [f"n{number:04}" for number in range(450)]
    house.submit(*names)

    reader.read()

    assert house.claimed() == [f"{name}.1" for name in names]
