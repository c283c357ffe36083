"""Processes beside this one: forked from it before anything is opened, and ended with it.

Each learns by the end of a pipe that it is to end, even of a kill. What it began, it finishes.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import connection, get_context
from pathlib import Path
from signal import SIG_IGN, SIGINT, SIGTERM, signal
from typing import Any

from pydantic import ValidationError

from shared.settings import in_words

START, END = 30.0, 10.0
"""Seconds in which each must be ready, and have ended."""

NOTHING_WRONG = ""

Live = Callable[[int, Callable[[], None]], None]
"""What is done in such a process: it gets the end of a pipe at which it hears, and says when it is ready. It returns
soon after nothing more can come from that pipe."""


class Lost(Exception):
    """A process beside this one could not start, or ended by itself."""


class Process:
    """One of them, seen from the process it belongs to."""

    def __init__(self, name: str, live: Live, lock: Path, closes: Iterable[int] = ()) -> None:
        """It waits for the lock: that of a killed runtime may still be finishing what it began.

        What it `closes` is open here and none of its business, such as the ends at which others are told something.
        """
        context = get_context("fork")
        hears, self.tells = os.pipe()
        self._ready, ready = context.Pipe(duplex=False)
        closed = (self.tells, *closes)
        self.name = name
        self._process = context.Process(target=_lives, args=(live, lock, hears, closed, ready), name=name)
        self._process.start()
        os.close(hears)
        ready.close()
        os.set_blocking(self.tells, False)

    def wait_until_ready(self) -> None:
        """Raises `Lost` when it does not get ready, with what it says of that."""
        said = f"the process that {self.name} did not start"
        with suppress(EOFError):
            if self._ready.poll(START) and not (said := self._ready.recv()):
                return
        raise Lost(said)

    @property
    def sentinel(self) -> int:
        """What can be waited for until it ended."""
        return self._process.sentinel

    def stop(self) -> None:
        """Have it finish what it does, and begin no more."""
        os.close(self.tells)
        self._process.join(END)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


@contextmanager
def watched(processes: tuple[Process, ...], over: threading.Event) -> Iterator[None]:
    """End these processes at the end. When one ends by itself, `over` is set, and `Lost` raised at the end."""
    lost: list[Process] = []

    def watch() -> None:
        ended = connection.wait([process.sentinel for process in processes])
        if not over.is_set():
            lost.extend(process for process in processes if process.sentinel in ended)
            over.set()

    threading.Thread(target=watch, name="watching", daemon=True).start()
    try:
        yield
    finally:
        over.set()
        for process in reversed(processes):
            process.stop()
    if lost:
        raise Lost(f"the process that {lost[0].name} ended")


def free(lock: Path) -> None:
    """Return when no process holds this lock any more. Raises `Lost` when that takes too long."""
    ends = time.monotonic() + END
    with lock.open("a") as held:
        while True:
            with suppress(OSError):
                fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            if time.monotonic() > ends:
                raise Lost("a process of a killed runtime does not end")
            time.sleep(0.05)


def _lives(live: Live, lock: Path, hears: int, closed: tuple[int, ...], ready: Any) -> None:
    for number in (SIGTERM, SIGINT):
        signal(number, SIG_IGN)  # Ctrl-C reaches the whole group; the pipe tells when to end
    for end in closed:
        os.close(end)
    with lock.open("a") as held:
        fcntl.lockf(held, fcntl.LOCK_EX)  # the next one comes only when this one has finished
        held.truncate(0)
        print(os.getpid(), file=held, flush=True)
        try:
            live(hears, lambda: ready.send(NOTHING_WRONG))
        except ValidationError as wrong:  # of what it is told: that is for whoever starts it
            ready.send(in_words(wrong))
