"""The process that delivers events and keeps the schedules: whoever sends a request comes first."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from infra.local.beside import Live
from infra.local.dispatcher import Dispatcher
from infra.local.scheduler import Scheduler
from shared import bus
from shared.bus.local import Bell, LocalBus

NICE = 5
"""How far deliveries stand back where requests need the processor too: beside other busy programs they still go on."""
STEP = 5.0
"""Seconds in which each part of it must have finished what it began."""
RANG, MOVED = b".", b"c"


@dataclass(frozen=True, slots=True)
class Work:
    """What is done in that process."""

    dispatcher: Dispatcher
    scheduler: Scheduler

    def start(self) -> None:
        self.dispatcher.start()
        self.scheduler.start()

    def stop(self) -> None:
        self.dispatcher.stop(STEP)
        self.scheduler.stop(STEP)


class Rope(Bell):
    """Rings in that process, from another one."""

    def __init__(self, end: int) -> None:
        super().__init__()
        self._end = end

    def ring(self) -> None:
        self._pull(RANG)

    def moved(self) -> None:
        """Tell that the clock was moved."""
        self._pull(MOVED)

    def _pull(self, said: bytes) -> None:
        with suppress(BlockingIOError, BrokenPipeError):  # a full pipe wakes it all the same; the lost hear nothing
            os.write(self._end, said)


def delivering(work: Callable[[LocalBus], Work]) -> Live:
    """What the process does that is forked to deliver."""

    def live(hears: int, ready: Callable[[], None]) -> None:
        os.nice(NICE)
        local = bus.connect()
        assert isinstance(local, LocalBus)
        working = work(local)
        working.start()
        ready()
        while heard := os.read(hears, 4096):
            working.dispatcher.make_way(heard.count(RANG))
            local.bell.ring()
            if MOVED in heard:
                working.scheduler.look()
        working.stop()

    return live
