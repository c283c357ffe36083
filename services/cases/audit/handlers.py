"""The audit of a night: what was checked, what deviates, and the hash over the heads of all logs."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.cases.audit.looks import Recheck, since
from services.cases.domain.case import Case
from services.cases.store import Desk
from shared import clock
from shared.bus import Bus
from shared.events import At, AuditWritten
from shared.http.call import Answer, Call
from shared.http.paging import listed
from shared.policy import Action
from shared.store import Query, Store
from shared.store import nights as sealing
from shared.store.catalogue import DATABASES
from shared.store.journal import Journal
from shared.store.nights import Sealed

log = logging.getLogger(__name__)

BY = "cases_audit"
SHOWN = 500
"""Deviations and broken logs that a report names; all of them are counted."""
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)

Row = dict[str, Any]


class Report(BaseModel):
    """What one audit found. Ids and codes only."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    version: int = 1
    at: At
    since: At
    """Looks from then on were checked against what was in force; chains always from their beginning."""
    until: At | None = None
    """Up to then looks were checked, and logs sealed: the end of the day before."""
    sealed_on: date | None = None
    root: str
    logs: int
    collections: dict[str, int]
    """How many logs each collection has: never fewer than the night before."""
    fewer: tuple[str, ...]
    broken_count: int
    broken: tuple[Row, ...]
    looks: int
    deviation_count: int
    deviations: tuple[Row, ...]


def run(store: Store, bus: Bus, *, at: datetime) -> dict[str, int]:
    """Check every chain, seal the day that is over, and check every look since the last audit; write a report.

    What was told late has until now to come in: the end of the day is some hours ago.
    """
    last = _last(store)
    begins = BEGINNING if last is None else last.until or last.at
    sealed = sealing.night(DATABASES["cases"], store, clock.day(at) - timedelta(days=1))
    recheck, looks, deviations = Recheck(Journal(store, bus, "cases", Case)), 0, []
    for look in since(store, begins, sealed.until):
        looks += 1
        deviations += [one._asdict() for one in recheck.of(look)]
    report = _report(sealed, looks, deviations, last=last, since=begins, at=at)
    told = _told(report)
    Journal(store, bus, "audits", Report).open(report, told)
    if told.broken or told.deviations:  # somebody is told of this line (infra/gcp/alerts.py)
        log.error("audit deviates", extra={"audit": report.id, "broken": told.broken, "deviations": told.deviations})
    return {"logs": report.logs, "broken": report.broken_count, "looks": looks, "deviations": len(deviations)}


def reports(call: Call, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The reports, newest first."""
    desk.looks.record(call.actor, Action.CASES_AUDIT, (), why="any", at=call.at)
    page = desk.store.query(Query("audits", order=("-at",), limit=wanted["limit"], after=wanted["cursor"]))
    return Answer(listed(page, lambda one: {name: one.body[name] for name in Report.model_fields if name != "version"}))


def _report(
    sealed: Sealed, looks: int, deviations: list[Row], *, last: Report | None, since: datetime, at: datetime
) -> Report:
    broken = [{"log": path, "version": version} for path, version in sealed.broken]
    counted = dict(Counter(path.partition("/")[0] for path in sealed.logs))
    before = {} if last is None else last.collections
    return Report(
        id=f"audit-{at.astimezone(UTC):%Y%m%dt%H%M%S}",
        at=at,
        since=since,
        until=sealed.until,
        sealed_on=sealed.day,
        root=sealed.root,
        logs=len(sealed.logs),
        collections=counted,
        fewer=tuple(sorted(name for name, count in before.items() if counted.get(name, 0) < count)),
        broken_count=len(broken),
        broken=tuple(broken[:SHOWN]),
        looks=looks,
        deviation_count=len(deviations),
        deviations=tuple(deviations[:SHOWN]),
    )


def _told(report: Report) -> AuditWritten:
    return AuditWritten(
        subject=report.id,
        version=1,
        at=report.at,
        by=BY,
        root=report.root,
        sealed_on=report.sealed_on,
        logs=report.logs,
        broken=report.broken_count + len(report.fewer),
        looks=report.looks,
        deviations=report.deviation_count,
    )


def _last(store: Store) -> Report | None:
    page = store.query(Query("audits", order=("-at",), limit=1))
    return Report.model_validate(page.items[0].body) if page.items else None
