"""A process of its own that delivers events and keeps the schedules: whoever sends a request comes first.

It is forked before anything is opened, works at a low priority, and ends with the process it belongs to: it learns
of that, even of a kill, by the end of a pipe.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import connection, get_context
from pathlib import Path
from signal import SIG_IGN, SIGINT, SIGTERM, signal
from typing import Any

from infra.local.dispatcher import Dispatcher
from infra.local.scheduler import Scheduler
from shared import bus
from shared.bus.local import Bell, LocalBus

NICE = 19
"""How far deliveries stand back where requests need the processor too."""
START, END, STEP = 30.0, 10.0, 5.0
"""Seconds in which it must be ready; have ended; and, each part of it, have finished what it began."""
RANG, MOVED = b".", b"c"


class Lost(Exception):
    """The process that delivers could not start, or ended by itself."""


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
    """Rings in the other process."""

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


class Deliverer:
    """The process, seen from the one that serves."""

    def __init__(self, work: Callable[[LocalBus], Work], lock: Path) -> None:
        context = get_context("fork")
        hears, tells = os.pipe()
        self._ready, ready = context.Pipe(duplex=False)
        self._process = context.Process(target=_deliver, args=(work, lock, hears, tells, ready), name="deliverer")
        self._process.start()
        os.close(hears)
        ready.close()
        os.set_blocking(tells, False)
        self._tells = tells

    def rope(self) -> Rope:
        """The bell that wakes it, as soon as it is ready. Raises `Lost`."""
        with suppress(EOFError):
            if self._ready.poll(START) and self._ready.recv():
                return Rope(self._tells)
        raise Lost("the process that delivers did not start")

    def wait(self) -> None:
        """Until it ended."""
        connection.wait([self._process.sentinel])

    def stop(self) -> None:
        """Have it finish what it delivers, and begin no more."""
        os.close(self._tells)
        self._process.join(END)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


@contextmanager
def beside(work: Callable[[LocalBus], Work], lock: Path, over: threading.Event) -> Iterator[Deliverer]:
    """Have it work beside this process, begun at once while this one loads what it serves.

    It waits for the lock: that of a killed runtime may still be finishing what it began. When it ends by itself,
    `over` is set, and `Lost` raised at the end.
    """
    deliverer, lost = Deliverer(work, lock), threading.Event()

    def watch() -> None:
        deliverer.wait()
        if not over.is_set():
            lost.set()
            over.set()

    threading.Thread(target=watch, name="deliverer", daemon=True).start()
    try:
        yield deliverer
    finally:
        over.set()
        deliverer.stop()
    if lost.is_set():
        raise Lost("the process that delivers ended")


def _deliver(work: Callable[[LocalBus], Work], lock: Path, hears: int, tells: int, ready: Any) -> None:
    for number in (SIGTERM, SIGINT):
        signal(number, SIG_IGN)  # Ctrl-C reaches the whole group; the pipe tells when to end
    os.close(tells)
    os.nice(NICE)
    local = bus.connect()
    assert isinstance(local, LocalBus)
    with lock.open("a") as held:
        fcntl.lockf(held, fcntl.LOCK_EX)  # the next one comes only when this one has finished
        held.truncate(0)
        print(os.getpid(), file=held, flush=True)
        working = work(local)
        working.start()
        ready.send(True)
        while heard := os.read(hears, 4096):
            local.bell.ring()
            if MOVED in heard:
                working.scheduler.look()
        working.stop()
