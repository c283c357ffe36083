"""The night's look at our own logs: of messages, and of who looked at them. Told to the privacy officer."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from shared import clock
from shared.bus import Bus
from shared.events import LogSealed
from shared.municipality import municipality
from shared.store import Query, Store, auditing
from shared.store.catalogue import DATABASES
from shared.store.journal import Journal

log = logging.getLogger(__name__)

BY = "notifications_audit"


class Sealing(BaseModel):
    """What one night found. Ids and codes only."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    id: str
    version: int = 1
    sealed_on: date
    root: str
    logs: int
    broken: int


def run(store: Store, bus: Bus, *, at: datetime) -> dict[str, int]:
    """Seal the day that is over, walk on through what is older, and tell of each day once."""
    last, day = _last(store), clock.day(at) - timedelta(days=1)
    since, within = None if last is None else last.sealed_on, municipality().audit.whole_within_days
    done = auditing.audit(DATABASES["notifications"], store, since, day, within=within)
    if done.sealed is not None:
        of = done.sealed.of
        counted = {"logs": sum(of.logs.values()), "broken": len(done.broken)}
        said = {"sealed_on": done.sealed.day, "root": of.root, **counted}
        last = Sealing.model_validate({"id": f"sealing-{at:%Y%m%dt%H%M%S}", **said})
        told = LogSealed.model_validate({"subject": last.id, "version": 1, "at": at, "by": BY, **said})
        Journal(store, bus, "sealings", Sealing).open(last, told)
        auditing.reported(store, done)
    if last is not None and done.anew:  # somebody is told of this line (infra/gcp/alerts.py)
        log.error("audit deviates", extra={"audit": last.id, "broken": len(done.broken)})
    return {"logs": 0 if last is None else last.logs, "walked": done.walk.tonight, "broken": len(done.broken)}


def _last(store: Store) -> Sealing | None:
    page = store.query(Query("sealings", order=("-sealed_on",), limit=1))
    return Sealing.model_validate(page.items[0].body) if page.items else None
