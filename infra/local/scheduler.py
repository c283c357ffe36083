"""Calls scheduled functions when they are due by the domain's clock, so that moving the clock triggers them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from cronsim import CronSim
from werkzeug import Response

from infra.local.dispatcher import insistently
from shared import clock
from shared.bus.local import File
from shared.events import stamp

log = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between two looks at the clock."""
PATIENCE = 60.0
"""Seconds until a run that failed is tried again."""

TABLE = "CREATE TABLE IF NOT EXISTS runs (function TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID"
RAN = "INSERT INTO runs (function, at) VALUES (?, ?) ON CONFLICT (function) DO UPDATE SET at = excluded.at"


class Runs:
    """When each function last ran, kept beside the bus. Written when a run is done: a kill in it repeats it."""

    def __init__(self, file: File) -> None:
        self._file = file
        with file.transaction() as connection:
            connection.execute(TABLE)

    def last(self, function: str) -> datetime | None:
        """When a function ran last, or None."""
        row = self._file.connection(durable=False).execute("SELECT at FROM runs WHERE function = ?", (function,))
        found = row.fetchone()
        return None if found is None else datetime.fromisoformat(found["at"])

    def ran(self, function: str, at: datetime) -> None:
        """Note that it ran."""
        with self._file.transaction() as connection:
            connection.execute(RAN, (function, stamp(at)))


class Scheduler:
    """One thread, one run after the other: a report may take its time, and a sweep can wait for it."""

    def __init__(self, schedules: Mapping[str, str], runs: Runs, call: Callable[[str], Response]) -> None:
        self._schedules, self._runs, self._call = schedules, runs, call
        self._not_before = dict.fromkeys(schedules, 0.0)
        self._look, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience: float) -> None:
        """Finish the run that is going on, and begin no more."""
        self._stopping.set()
        self._look.set()
        self._thread.join(patience)

    def look(self) -> None:
        """Look at the clock now: it was moved."""
        self._look.set()

    def due(self, at: datetime) -> Iterable[str]:
        """The functions that should have run since their last run; each once, however long ago that was."""
        for function, cron in self._schedules.items():
            last = self._runs.last(function)
            if last is None or last > at:  # never seen, or the clock was set back: count from here
                self._runs.ran(function, at)
            elif next(CronSim(cron, last.astimezone(clock.BERLIN))) <= at:
                yield function

    def _run(self) -> None:
        for function in self._schedules:
            if function.endswith("_sweep"):  # what a kill left behind should not wait for the minute
                self._once(function)
        while not self._stopping.is_set():
            for function in insistently(lambda: list(self.due(clock.now()))):
                self._once(function)
            self._look.wait(LOOK)
            self._look.clear()

    def _once(self, function: str) -> None:
        if self._stopping.is_set() or time.monotonic() < self._not_before[function]:
            return
        at = clock.now()
        answer = self._call(function)
        if answer.status_code < 300:
            insistently(lambda: self._runs.ran(function, at))
        else:
            self._not_before[function] = time.monotonic() + PATIENCE
            log.error("scheduled run failed", extra={"function": function, "status": answer.status_code})
