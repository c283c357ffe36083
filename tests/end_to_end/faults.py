"""Ends the process of a function at a named point, once, when a test asks for it.

Lies only in a test's copy of a bundle, whose `main.py` ends by calling `wrap`. It wraps what the function opens
(stores, bus, providers); neither the function nor what it opens knows of it. A test asks by a file `armed` beside it:
a point, and at which time of passing it. Every message that is handed to a provider is noted in `handed-over`, and
every death.
"""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ARMED, DIED, HANDED_OVER = HERE / "armed", HERE / "died", HERE / "handed-over"
CERTIFICATE = HERE / "certificate.pem"
NAMES = {"people": "vault", "outbox": "outbox"}
"""Databases whose commits are points of their own; those of all others are called by the same name."""
KILLED = 70
END_OF_A_LIFE = "-"


def passing(point: str) -> None:
    """Die here if this is the point that was asked for."""
    try:
        asked, _, times = ARMED.read_text().partition(" ")
    except FileNotFoundError:
        return
    if asked != point:
        return
    if int(times) > 1:
        ARMED.write_text(f"{point} {int(times) - 1}")
        return
    note(END_OF_A_LIFE)
    ARMED.replace(DIED)
    os._exit(KILLED)


def note(line: str) -> None:
    """Keep what happened in the order in which it did."""
    with HANDED_OVER.open("a") as noted:
        noted.write(f"{line}\n")


class Store:
    """A store that may not live to commit, or to tell."""

    def __init__(self, store: Any, name: str) -> None:
        self._store, self._name = store, name
        self.get, self.get_many, self.query, self.count = store.get, store.get_many, store.query, store.count

    def commit(self, writes: Any, *, durably: bool = True) -> None:
        if durably:  # a mark is no point of its own: what comes before it is
            passing(f"before-{self._name}")
        self._store.commit(writes, durably=durably)
        if durably:
            passing(f"after-{self._name}")


class Bus:
    """A bus whose caller may not live to hear that it has the event."""

    def __init__(self, bus: Any) -> None:
        self._bus = bus
        self.wake = bus.wake

    def publish(self, *events: Any) -> None:
        self._bus.publish(*events)
        passing("after-publish")


class Provider:
    """A provider whose caller may not live to hear that it has the message."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider
        self.name = provider.name

    def send(self, address: str, rendered: Any, id: str, *, at: Any) -> str:
        receipt = self._provider.send(address, rendered, id, at=at)
        note(id)
        passing("after-provider")
        return str(receipt)


def wrap() -> None:
    """Put the wrappers around whatever is opened from now on."""
    from shared import bus, store

    open_store, open_bus = store.connect, bus.connect
    store.connect = cache(lambda name: Store(open_store(name), NAMES.get(name, "commit")))
    bus.connect = cache(lambda: Bus(open_bus()))
    if find_spec("services.notifications") is not None:
        from services.notifications import receipts, senders

        open_senders = senders.connect
        senders.connect = cache(lambda: {channel: Provider(one) for channel, one in open_senders().items()})
        receipts.fetched = lambda _url: CERTIFICATE.read_bytes()
