"""The night's look at our own logs: of messages, and of who looked at them. Told to the privacy officer."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from shared import clock
from shared.bus import Bus
from shared.events import LogSealed
from shared.store import Store
from shared.store.catalogue import DATABASES
from shared.store.journal import Journal
from shared.store.nights import night

log = logging.getLogger(__name__)

BY = "notifications_audit"


class Sealing(BaseModel):
    """What one night found. Ids and codes only."""

    model_config = ConfigDict(frozen=True)

    id: str
    version: int = 1
    sealed_on: date
    root: str
    logs: int
    broken: int


def run(store: Store, bus: Bus, *, at: datetime) -> dict[str, int]:
    """Check every chain, seal the day that is over, and tell of it."""
    sealed = night(DATABASES["notifications"], store, clock.day(at) - timedelta(days=1))
    counted = {"logs": len(sealed.logs), "broken": len(sealed.broken)}
    said = {"sealed_on": sealed.day, "root": sealed.root, **counted}
    state = Sealing.model_validate({"id": f"sealing-{at:%Y%m%dt%H%M%S}", **said})
    told = LogSealed.model_validate({"subject": state.id, "version": 1, "at": at, "by": BY, **said})
    Journal(store, bus, "sealings", Sealing).open(state, told)
    if state.broken:  # somebody is told of this line (infra/gcp/alerts.py)
        log.error("audit deviates", extra={"audit": state.id, "broken": state.broken})
    return counted
