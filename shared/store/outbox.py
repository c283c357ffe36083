"""The outbox: what the log holds is published and marked, at once or by the sweep."""

from __future__ import annotations

import logging

from shared.bus import Bus, NotPublished
from shared.errors import Busy
from shared.store import Body, Put, Query, Store
from shared.store.lines import event_of

log = logging.getLogger(__name__)


def publish(store: Store, bus: Bus, path: str, entry: Body) -> bool:
    """Publish a log entry and mark it: one event, one write. Where the bus reads the log, it is only woken.

    What cannot be published now stays for the sweep; what cannot be marked is published once more by it.
    """
    if entry["published"]:
        if bus.wake is not None:
            bus.wake()
        return True
    try:
        bus.publish(event_of(entry))
    except NotPublished:
        log.warning("event not published", extra={"event": f"{entry['event']['subject']}.{entry['version']}"})
        return False
    try:
        store.commit([Put(path, {**entry, "published": True})], durably=False)
    except Busy:  # the change stands: nobody must be told that it does not
        log.warning("event not marked", extra={"event": f"{entry['event']['subject']}.{entry['version']}"})
    return True


def sweep(store: Store, bus: Bus, *, most: int = 500) -> int:
    """Publish what a crash or an outage left behind; how many events that were."""
    left = store.query(Query("*/events", where=(("published", "==", False),), order=("at",), limit=most))
    return sum(publish(store, bus, entry.path, entry.body) for entry in left.items)
