"""The audit of a night: what was checked, what deviates, and the hash over the heads of all logs."""

from __future__ import annotations

import logging
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.cases.audit import rounds
from services.cases.audit.looks import Recheck
from services.cases.audit.rounds import Round
from services.cases.domain.case import Case
from services.cases.store import Desk
from shared import clock
from shared.bus import Bus
from shared.events import At, AuditWritten, CasesLookedAt
from shared.http.call import Answer, Call
from shared.municipality import municipality
from shared.policy import Action
from shared.store import Document, Query, Store, auditing
from shared.store.auditing import Audited
from shared.store.catalogue import DATABASES
from shared.store.journal import Journal
from shared.store.nights import Sealed

log = logging.getLogger(__name__)

BY = "cases_audit"
SHOWN = 500
"""Broken logs that a report names; all of them are counted."""
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)

Row = dict[str, Any]


class Report(BaseModel):
    """What one audit found. Ids and codes only."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    id: str
    version: int = 1
    at: At
    since: At
    """Lines from then on were read: each log that they belong to was followed on from where it was found sound."""
    until: At
    """Up to then: the end of the day before."""
    sealed_on: date
    root: str
    lines: int
    """How many lines that were."""
    logs: int
    collections: dict[str, int]
    """How many logs each collection has."""
    walked: int
    """Logs that were walked from their beginning since the last report."""
    walk_began_on: date
    """The day on which the walk began that goes on now, or that was over this night."""
    whole_since: date | None
    """The day on which the last walk began that came through everything: how old a change may be that was not seen."""
    broken_count: int
    broken: tuple[Row, ...]
    looks: int
    """Looks that were checked since the last report, and deviations that were found among them."""
    looks_until: At | None = None
    """Up to when all of them are checked: earlier than `until` where the runs of a night did not come through."""
    deviation_count: int
    deviations: tuple[Row, ...]


def run(store: Store, bus: Bus, *, at: datetime) -> dict[str, int]:
    """Check the looks up to the end of the day that is over, seal it, and walk on; write a report of each day.

    What was told late has until now to come in: the end of the day is some hours ago. A second run of a night only
    goes on where the time of the one before was up.
    """
    began, last, recheck = time.monotonic(), _last(store), Recheck(store, Journal(store, bus, "cases", Case))
    since, day = None if last is None else last.sealed_on, clock.day(at) - timedelta(days=1)
    before = rounds.current(store, _round(last), BEGINNING if since is None else clock.end_of(since))
    looks = _Looks(rounds.go_on(store, before, recheck, clock.end_of(day)), recheck)
    within, until = municipality().audit.whole_within_days, began + auditing.PATIENCE
    done = auditing.audit(DATABASES["cases"], store, since, day, within=within, until=until, tell=looks.hear)
    if done.sealed is not None:
        last = _report(done.sealed, done, looks.round, at=at)
        anew = rounds.begins(looks.round, last.id)
        Journal(store, bus, "audits", Report).open(last, _told(last), also=lambda *_: anew)
        auditing.reported(store, done)
    counted = {"broken": len(done.broken), "deviations": looks.round.deviations - before.deviations}
    if last is not None and (done.anew or counted["deviations"]):  # somebody is told of it (infra/gcp/alerts.py)
        log.error("audit deviates", extra={"audit": last.id, **counted})
    looked = looks.round.looks - before.looks
    return {"logs": 0 if last is None else last.logs, "walked": done.walk.tonight, "looks": looked, **counted}


class _Looks:
    """The round, and what it would not come upon: looks that lie behind it, because they came late."""

    def __init__(self, round: Round, recheck: Recheck) -> None:
        self.round, self._recheck = round, recheck

    def hear(self, line: Document) -> None:
        if line.body["type"] == CasesLookedAt.type and self.round.passed(line):
            self.round = self.round.also(rounds.checked(self._recheck, [line]))


def _round(last: Report | None) -> str:
    return rounds.FIRST if last is None else last.id


def reports(call: Call, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The reports, newest first."""
    from shared.http.paging import listed  # for which no night has to wait

    desk.looks.record(call.actor, Action.CASES_AUDIT, (), why="any", at=call.at)
    page = desk.store.query(Query("audits", order=("-at",), limit=wanted["limit"], after=wanted["cursor"]))
    shown = Report.model_fields.keys() - {"version"}
    return Answer(listed(page, lambda one: {name: one.body.get(name) for name in shown}))


def _report(sealed: Sealed, done: Audited, looks: Round, *, at: datetime) -> Report:
    return Report(
        id=f"audit-{at.astimezone(UTC):%Y%m%dt%H%M%S}",
        at=at,
        since=BEGINNING if sealed.since is None else clock.end_of(sealed.since),
        until=sealed.until,
        sealed_on=sealed.day,
        root=sealed.of.root,
        lines=sealed.lines,
        logs=sum(sealed.of.logs.values()),
        collections=dict(sealed.of.logs),
        walked=done.walk.logs,
        walk_began_on=done.walk.began_on,
        whole_since=done.walk.whole_since,
        broken_count=len(done.broken),
        broken=tuple({"log": path, "version": version} for path, version in done.broken.items())[:SHOWN],
        looks=looks.looks,
        looks_until=datetime.fromisoformat(looks.at) if looks.behind else sealed.until,
        deviation_count=looks.deviations,
        deviations=looks.rows,
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
        broken=report.broken_count,
        looks=report.looks,
        deviations=report.deviation_count,
    )


def _last(store: Store) -> Report | None:
    page = store.query(Query("audits", order=("-at",), limit=1))
    return Report.model_validate(page.items[0].body) if page.items else None
