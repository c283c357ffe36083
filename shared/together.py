"""Threads that want the same thing done at the same time: one of them does it for all who wait.

So a wait for the disk is shared, and whoever is served goes on at once: nobody queues for a lock only to learn that
all is done.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Place(Generic[T]):
    """One in the queue. Its lock is held until it is served, or has to serve."""

    wanted: T
    waits: bool
    served: bool = False
    called: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.called.acquire()


class Together(Generic[T]):
    """A queue in front of something that serves many at once."""

    def __init__(self, serve: Callable[[list[T]], None]) -> None:
        """`serve` leaves with each of these how it ended; it raises nothing that concerns only one of them."""
        self._serve = serve
        self._queue: list[_Place[T]] = []
        self._served = False
        """Whether somebody serves now."""
        self._lock = threading.Lock()

    def ask(self, wanted: T, *, wait: bool = True) -> bool:
        """Whether it was served: always, but without `wait` perhaps a moment later, by whoever serves now."""
        place = _Place(wanted, wait)
        with self._lock:
            self._queue.append(place)
            mine, self._served = not self._served, True
        if not mine:
            if not wait:
                return False
            place.called.acquire()
        if not place.served:
            self._lead()
        return True

    def _lead(self) -> None:
        """Serve all who are here; then call one of those who came meanwhile to do the same."""
        handed_over = False
        while not handed_over:
            with self._lock:
                places, self._queue = self._queue, []
            served = False
            try:
                self._serve([place.wanted for place in places])
                served = True
            finally:
                for place in places:
                    place.served = True
                    place.called.release()
                handed_over = self._hand_over(stays=served)

    def _hand_over(self, *, stays: bool) -> bool:
        """Whether somebody else serves next, or nobody has to. Who `stays` serves those for whom nobody waits."""
        with self._lock:
            heir = next((place for place in self._queue if place.waits), None)
            if heir is not None:
                heir.called.release()
            self._served = heir is not None or (stays and bool(self._queue))
            return heir is not None or not self._queue
