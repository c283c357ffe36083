"""What the night does for a database with logs: check every chain, hold them against the last seal, seal the day."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from shared import clock
from shared.store import Store, seals
from shared.store.catalogue import Database
from shared.store.chains import Line, Log, logs


class Sealed(NamedTuple):
    """What was found, and the root of the day."""

    day: date
    root: str
    logs: tuple[str, ...]
    """The paths of all logs."""
    broken: tuple[tuple[str, int], ...]
    """Logs that do not hold, and the first version at which they do not."""

    @property
    def until(self) -> datetime:
        """When the day that was sealed was over."""
        return clock.end_of(self.day)


def night(database: Database, store: Store, day: date) -> Sealed:
    """Seal a day that is over. A repeat seals the same, unless somebody was at the logs in between."""
    before = seals.last_sealed(store, day)
    found = list(logs(database, store, [clock.end_of(one) for one in (day, before) if one is not None]))
    broken = {log.path: log.broken for log in found if log.broken is not None}
    if before is not None:
        for one in seals.differences(store, before, at(found, 1)):
            broken.setdefault(one.path, one.version)
    root = seals.seal(store, day, at(found, 0))
    return Sealed(day, root, tuple(log.path for log in found), tuple(sorted(broken.items())))


def at(found: list[Log], moment: int) -> dict[str, Line]:
    """The heads of logs at one of the moments that were asked for."""
    return {log.path: line for log in found if (line := log.heads[moment]) is not None}
