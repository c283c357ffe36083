"""The worst bus that keeps its promise: at least once means three times, and no order at all."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import requests

from infra.local.audit import AUDITED
from infra.topology import FUNCTIONS, Events
from shared.bus import message, push_body
from shared.events import Event
from shared.store import Query, pages
from shared.store.lines import event_of
from tests.end_to_end.clouds import Cloud

TIMES = 3
HANDS = 6
PATIENCE = 180.0
"""Seconds in which a function must take what it is pushed, however often it asks to come back."""

LISTENERS = {row.name: row.on.prefixes for row in FUNCTIONS if isinstance(row.on, Events)}


def told(cloud: Cloud, *databases: str) -> Iterator[Event]:
    """Every event in the logs that others hear of; of these databases, or of all."""
    for database in AUDITED:
        if not databases or database.name in databases:
            for entry in pages(cloud.stores[database.name], Query("*/events", limit=200)):
                if not (event := event_of(entry.body)).for_the_record:
                    yield event


def push(cloud: Cloud, events: Iterable[Event]) -> set[int]:
    """Push each event three times to everyone who hears it, in any order and several at once; all that was answered.

    Straight to the functions' own ports, with the bodies that Pub/Sub sends, and again until each is taken.
    """
    pushes = [(name, event) for event in events for name in _who_hear(event) for _ in range(TIMES)]
    random.SystemRandom().shuffle(pushes)
    ports = {name: port_of(cloud, name) for name in LISTENERS}
    with ThreadPoolExecutor(HANDS) as hands:
        answers = hands.map(lambda one: _until_taken(ports[one[0]], *one), pushes)
        return set().union(*answers)


@contextmanager
def disturbed(cloud: Cloud) -> Iterator[Collection[int]]:
    """Meanwhile push whatever is told, beside those who deliver it properly; the statuses of all answers."""
    over, statuses = threading.Event(), set[int]()
    before = {event.id for event in told(cloud)}

    def disturb() -> None:
        seen = set(before)
        while not over.wait(0.2):
            new = [event for event in told(cloud) if event.id not in seen]
            seen |= {event.id for event in new}
            statuses.update(push(cloud, new))

    with ThreadPoolExecutor(1) as hand:
        disturbing = hand.submit(disturb)
        try:
            yield statuses
        finally:
            over.set()
            disturbing.result()


def _who_hear(event: Event) -> list[str]:
    return [name for name, prefixes in LISTENERS.items() if event.type.startswith(prefixes)]


def port_of(cloud: Cloud, function: str) -> int:
    """Where this function of the system listens."""
    command = Path(f"/proc/{cloud.group(function)}/cmdline").read_text().split("\0")
    return int(command[command.index("--port") + 1])


def _until_taken(port: int, function: str, event: Event) -> set[int]:
    body, statuses, ends = push_body(*message(event), "1", function), set(), time.monotonic() + PATIENCE
    while not statuses & {200, 204}:
        assert time.monotonic() < ends, f"{function} does not take {event.id}: {statuses}"
        statuses.add(requests.post(f"http://127.0.0.1:{port}/", json=body, timeout=60).status_code)
    return statuses
