"""A system in the cloud's shape for tests: emulators and a process for each function. Started once for many tests."""

from __future__ import annotations

import json
import os
import shlex
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.client import Caller, Refusal
from infra.local.process import System
from services.reporting.duck import DuckFacts
from shared.codes import MessageStatus
from shared.store import Query, Store
from shared.store.catalogue import DATABASES
from tests.emulators import require_emulators
from tests.end_to_end import ledger

START = 300.0
"""Seconds in which emulators and functions must begin to serve."""
SWEEPS = ("intake_sweep", "cases_sweep", "notifications_sweep", "reporting_sweep")
WAITING = (MessageStatus.PLANNED, MessageStatus.QUEUED, MessageStatus.SENDING)


LOOKS = 4
"""Quiet looks in a row that are believed: between being published and being pushed an event is seen by nobody."""


@dataclass(frozen=True)
class Cloud:
    """A running one, and its databases."""

    system: System
    stores: Mapping[str, Store]

    @property
    def url(self) -> str:
        return self.system.url

    @property
    def folder(self) -> Path:
        """Where each function's bundle lies, and what there is to know of the processes."""
        return folder_of(self.system)

    def group(self, program: str) -> int:
        """The process group of a function or an emulator."""
        return int(json.loads((self.folder / "processes.json").read_text())[program])

    def case(self, reference: str) -> dict[str, Any]:
        """The one case of a submission, as the coordinator sees it."""
        cases = Caller(self.url, "koordination").every("/cases?sort=opened_at")
        (found,) = [case for case in cases if case["reference"] == reference]
        return found

    def ledger(self) -> ledger.Ledger:
        """All that it holds now."""
        return ledger.of(self.stores, self.facts())

    def facts(self) -> DuckFacts:
        """The facts, as reporting has them."""
        return DuckFacts(self.folder / "facts.duckdb", self.stores["facts"])

    def wait_until_quiet(self, seconds: float = 300.0, *, by_night: bool = False) -> None:
        """Until nothing has waited for delivery, for its sender or for a sweep for a while. Raises `TimeoutError`.

        By night messages are planned for the morning, and may wait.
        """
        ends, quiet = time.monotonic() + seconds, 0
        while time.monotonic() < ends:
            quiet = quiet + 1 if self._is_quiet(WAITING[by_night:]) else 0
            if quiet == LOOKS:
                return
            for sweep in SWEEPS:
                with suppress(Refusal):  # it comes round again
                    Caller(self.url).call("POST", f"/dev/jobs/{sweep}")
            time.sleep(1)
        raise TimeoutError(f"not quiet: {Caller(self.url).get('/dev/bus.json')}")

    def _is_quiet(self, waiting_as: tuple[MessageStatus, ...]) -> bool:
        waiting = any(
            self.stores["notifications"].query(Query("messages", (("status", "==", status),), ("due_at",), 1)).items
            for status in waiting_as
        )
        return not waiting and Caller(self.url).get("/dev/bus.json")["undelivered"] == 0


@contextmanager
def a_cloud(folder: Path, **environment: str) -> Iterator[Cloud]:
    """A running system in the cloud's shape, stopped at the end with all that it started."""
    require_emulators()
    system = System(folder / "data", {"KIM_ALTCHA": "off", **environment}, module="infra.local.cloud", patience=START)
    system.data.mkdir()
    system.start()
    stores: dict[str, Any] = {}
    try:
        stores |= _stores(told(folder_of(system)))
        yield Cloud(system, stores)
    finally:
        for store in stores.values():
            store.close()
        assert system.process is not None
        if system.process.poll() is None:
            assert system.stop() == 0


def folder_of(system: System) -> Path:
    return system.data / "cloud"


def told(folder: Path) -> dict[str, str]:
    """The variables by which another program speaks to this system."""
    lines = (folder / "environment").read_text(encoding="utf-8").splitlines()
    return {name: shlex.split(value)[0] for name, _, value in (line.partition("=") for line in lines)}


def _stores(environment: Mapping[str, str]) -> dict[str, Any]:
    from shared.store.firestore import FirestoreStore

    before = os.environ.get("FIRESTORE_EMULATOR_HOST")
    os.environ["FIRESTORE_EMULATOR_HOST"] = environment["FIRESTORE_EMULATOR_HOST"]
    try:
        return {name: FirestoreStore(database, project="kim-local") for name, database in DATABASES.items()}
    finally:
        os.environ.pop("FIRESTORE_EMULATOR_HOST")
        if before is not None:
            os.environ["FIRESTORE_EMULATOR_HOST"] = before


@contextmanager
def halted(group: int) -> Iterator[None]:
    """A process group that does nothing meanwhile, and knows nothing of it."""
    os.killpg(group, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(group, signal.SIGCONT)


def patiently(
    method: str, path: str, caller: Caller, body: Any = None, *, seconds: float = 180.0, **headers: str
) -> Any:
    """What is answered in the end: whoever is told to come back does so. Any other refusal is one."""
    ends = time.monotonic() + seconds
    while True:
        try:
            return caller.call(method, path, body, **headers)
        except Refusal as refusal:
            if refusal.status != 503 or time.monotonic() > ends:
                raise
        time.sleep(0.2)
