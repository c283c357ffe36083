"""The outbox: what the log holds is published and marked, at once or by the sweep."""

from __future__ import annotations

import logging

from shared.bus import Bus, NotPublished
from shared.errors import Busy
from shared.store import Body, Put, Query, Store
from shared.store.lines import event_of

log = logging.getLogger(__name__)


def publish(store: Store, bus: Bus, *logged: tuple[str, Body]) -> bool:
    """Publish log entries of one subject in their order, each with the path it lies at, and mark them: they are told
    together, and marked by one commit. Where the bus reads the log, it is only woken.

    What cannot be published now stays for the sweep; what cannot be marked is published once more by it.
    """
    untold = [(path, entry) for path, entry in logged if not entry["published"]]
    if not untold:
        if bus.wake is not None:
            bus.wake()
        return True
    events = [event_of(entry) for _, entry in untold]
    try:
        bus.publish(*events)
    except NotPublished:
        log.warning("event not published", extra={"event": events[0].id})
        return False
    try:
        store.commit([Put(path, {**entry, "published": True}) for path, entry in untold], durably=False)
    except Busy:  # the change stands: nobody must be told that it does not
        log.warning("event not marked", extra={"event": events[0].id})
    return True


def sweep(store: Store, bus: Bus, *, most: int = 500) -> int:
    """Publish what a crash or an outage left behind; how many events that were."""
    left = store.query(Query("*/events", where=(("published", "==", False),), order=("at",), limit=most))
    return sum(publish(store, bus, (entry.path, entry.body)) for entry in left.items)
