"""Logs, the nights over them, and what somebody can do to a log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from shared import clock
from shared.events import CasesLookedAt
from shared.identity import Actor
from shared.looks import Looks
from shared.policy import Action
from shared.store import Delete, Put, auditing, seals
from shared.store.auditing import Audited
from shared.store.catalogue import DATABASES
from shared.store.chains import logs
from shared.store.lines import FIRST, entry_of, event_of
from shared.store.nights import at
from tests.builders import NOON
from tests.fakes import FakeBus, MemoryStore
from tests.submission import PaidStore

SOMEBODY = Actor(id="lindenhof-1", roles=frozenset())
MONDAY = date(2026, 3, 2)
WITHIN = 12
"""Days within which everything is walked here."""


class Town:
    """Logs, the nights over them, and how many documents each night reads."""

    def __init__(self) -> None:
        self.store, self.bus, self.since = PaidStore(MemoryStore("cases")), FakeBus(), None
        self.since: date | None
        self.chains: list[Looks] = []

    def begin(self, lines: int, day: int = 0) -> str:
        """A new chain of so many lines on a day; its path."""
        self.chains.append(Looks(self.store, self.bus, CasesLookedAt))
        self.go_on(len(self.chains) - 1, lines, day)
        return self.path(len(self.chains) - 1)

    def go_on(self, chain: int, lines: int, day: int) -> None:
        for number in range(lines):
            self.say(chain, NOON + timedelta(days=day, seconds=number))

    def say(self, chain: int, moment: datetime) -> None:
        self.chains[chain].record(SOMEBODY, Action.CASE_READ, ["case-1"], why="any", at=moment)

    def path(self, chain: int) -> str:
        return f"looks/{self.chains[chain]._subject}"

    def night(self, day: int = 0) -> Audited:
        done = auditing.audit(DATABASES["cases"], self.store, self.since, MONDAY + timedelta(days=day), within=WITHIN)
        auditing.reported(self.store, done)
        self.since = MONDAY + timedelta(days=day)
        return done

    def read(self, run: Callable[[], object]) -> int:
        before = self.store.reads
        run()
        return self.store.reads - before

    def root(self, day: int) -> str:
        """The root of a day as `make verify-audit` computes it, from the logs alone."""
        return seals.root(at(list(logs(DATABASES["cases"], self.store, (clock.end_of(MONDAY + timedelta(day)),))), 0))


def rewrite(town: Town, path: str, version: int) -> None:
    """Say in a line that somebody else looked, and hash everything after it anew: the chain holds."""
    subject = town.store.get(path)
    assert subject is not None
    head = FIRST
    for number in range(1, subject["version"] + 1):
        entry = town.store.get(f"{path}/events/{number}")
        assert entry is not None
        event = event_of(entry)
        anew = entry_of(event.model_copy(update={"by": "nobody"}) if number == version else event, head)
        town.store.commit([Put(f"{path}/events/{number}", anew)])
        head = anew["hash"]
    town.store.commit([Put(path, {**subject, "head": head})])


def alter(town: Town, path: str) -> None:
    entry = town.store.get(f"{path}/events/2")
    assert entry is not None
    town.store.commit([Put(f"{path}/events/2", {**entry, "event": {**entry["event"], "by": "nobody"}})])


def file_elsewhere(town: Town, path: str) -> None:
    """Have the nights look for a line on another day than it speaks of."""
    entry = town.store.get(f"{path}/events/2")
    assert entry is not None
    town.store.commit([Put(f"{path}/events/2", {**entry, "at": f"2027{entry['at'][4:]}"})])


def cut_off(town: Town, path: str) -> None:
    subject, before = town.store.get(path), town.store.get(f"{path}/events/4")
    assert subject is not None
    assert before is not None
    town.store.commit([Delete(f"{path}/events/5"), Put(path, {**subject, "version": 4, "head": before["hash"]})])


def remove_all(town: Town, path: str) -> None:
    town.store.commit([Delete(path), *(Delete(f"{path}/events/{number}") for number in range(1, 6))])


def remove_lines(town: Town, path: str) -> None:
    town.store.commit([Delete(f"{path}/events/{number}") for number in range(1, 6)])


def add(town: Town, path: str) -> None:
    """A line that says an earlier day, chained as it should be."""
    town.say(0, NOON + timedelta(hours=1))


DONE: dict[str, tuple[Callable[[Town, str], None], int]] = {
    "a line was altered": (alter, 2),
    "a line was filed under another time": (file_elsewhere, 2),
    "a line was removed": (lambda town, path: town.store.commit([Delete(f"{path}/events/3")]), 3),
    "the last line was removed": (lambda town, path: town.store.commit([Delete(f"{path}/events/5")]), 5),
    "the last line was cut off, with what the subject says": (cut_off, 5),
    "lines were written anew with all hashes": (lambda town, path: rewrite(town, path, 3), 1),
    "a line was added later": (add, 6),
    "the subject was removed": (lambda town, path: town.store.commit([Delete(path)]), 1),
    "the lines are gone": (remove_lines, 1),
    "the whole log is gone": (remove_all, 1),
}
