"""Carries deliveries from the bus to the functions."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from werkzeug import Response

from shared.bus.deliveries import Deliveries, Delivery
from shared.bus.local import Bell
from shared.errors import Busy

log = logging.getLogger(__name__)

LOOK = 0.5
"""Seconds between two looks into the file: another process may have published, or a pause may be over."""

STANDS_BACK = 9
"""How many times as long as they used the processor all threads together leave it, and the files, to whoever changed
something meanwhile. A low priority alone is not enough: whoever waited for the disk would wait for the end of its turn
too."""
FOR_EACH = 0.01
"""Seconds in which, at the most, they do so for each of those: where few come, what follows is not to be late."""

T = TypeVar("T")


class Dispatcher:
    """Some threads that claim a few messages and deliver one after the other. An answer of 2xx acknowledges it.

    Before each claim they `read` what was committed meanwhile.
    """

    def __init__(
        self,
        deliveries: Deliveries,
        bell: Bell,
        push: Callable[[Delivery], Response],
        threads: int,
        read: Callable[[], None] = lambda: None,
    ) -> None:
        self._deliveries, self._bell, self._push, self._read = deliveries, bell, push, read
        self._asked = 0
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, name=f"dispatcher-{n}", daemon=True) for n in range(threads)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, patience: float) -> None:
        """Finish the deliveries that are running, and begin no more."""
        self._stopping.set()
        self._bell.ring()
        until = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def make_way(self, requests: int) -> None:
        """So many requests changed something: others may follow, and they come first."""
        self._asked += requests

    def _run(self) -> None:
        while not self._stopping.is_set():
            heard = self._bell.rings
            with self._standing_back():
                delivered = self._turn()
            if not delivered:
                self._bell.wait(heard, LOOK)

    def _turn(self) -> bool:
        """Whether there was anything to deliver."""
        insistently(self._read)
        claimed = insistently(self._deliveries.claim)
        if claimed:
            self._deliver(claimed)
        return bool(claimed)

    @contextmanager
    def _standing_back(self) -> Iterator[None]:
        asked, used = self._asked, time.thread_time()
        yield
        if came := self._asked - asked:
            used = time.thread_time() - used
            self._stopping.wait(min(used * STANDS_BACK * len(self._threads), came * FOR_EACH))

    def _deliver(self, claimed: Sequence[Delivery]) -> None:
        """One after the other. What is not begun when the end comes stays held, and is given back at the next start."""
        done: list[Delivery] = []
        for delivery in claimed:
            if self._stopping.is_set():
                break
            answer = self._push(delivery)
            if 200 <= answer.status_code < 300:
                done.append(delivery)
            else:
                self._refuse(delivery, answer)
        insistently(lambda: self._deliveries.acknowledge(done))

    def _refuse(self, delivery: Delivery, answer: Response) -> None:
        told = reason(answer)
        dead = insistently(lambda: self._deliveries.refuse(delivery, answer.status_code, told))
        event = {"event": delivery.attributes.get("id"), "subscription": delivery.subscription}
        if dead:
            log.error("event given up", extra={**event, "status": answer.status_code, "reason": told})
        else:
            log.warning("event not taken", extra={**event, "status": answer.status_code, "attempt": delivery.attempts})


def reason(answer: Response) -> str:
    """Why a delivery was refused: the detail of a problem document, and nothing else of an answer."""
    if answer.mimetype == "application/problem+json":
        told = answer.get_json(silent=True)
        if isinstance(told, dict) and isinstance(told.get("detail"), str):
            return str(told["detail"])
    return f"answered {answer.status_code}"


def insistently(step: Callable[[], T]) -> T:
    """What the step returns, as soon as the file can be written: a full disk must not lose a delivery."""
    while True:
        try:
            return step()
        except (Busy, sqlite3.OperationalError):
            log.exception("the bus's file cannot be written")
            time.sleep(1.0)
