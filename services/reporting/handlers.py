"""What reporting does: keep a fact of every event, and write reports of what the facts say."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from services.reporting import scope
from services.reporting.counting import count
from services.reporting.domain import report as domain
from services.reporting.domain.asked import Asked
from services.reporting.domain.measures import TABLES
from services.reporting.domain.periods import Kind, last_complete
from services.reporting.domain.report import Report, Wanted
from services.reporting.facts import Facts
from services.reporting.store import Reports
from shared import clock
from shared.errors import Busy, Invalid, Stale
from shared.events import Event
from shared.http.call import Call
from shared.policy import Action
from shared.store import patiently
from shared.texts import text

ACCEPTED = 202
JOB = "reporting_run"
DUE: dict[str, Any] = {"kind": Kind.MONTHLY_STEERING, "period": None, "organisation": None}
"""What the schedule asks for: the report of the last complete month."""


def record(event: Event, *, facts: Facts) -> None:
    """Keep one row of the event. A repeat finds it there."""
    from services.reporting.domain.fact import row  # it knows all events, for which no report has to wait

    facts.append(row(event, on=clock.day(event.at)))


def order_report(call: Call, command: dict[str, Any], *, facts: Facts, reports: Reports) -> dict[str, Any]:
    """Staff have a report written, of all cases or of their organisation's. What is said goes into the answer."""
    organisation = scope.organisation(call.actor, Action.REPORTS_WRITE, command["organisation"])
    wanted = Wanted(**{**command, "organisation": organisation})
    written = write_report(wanted, by=call.actor.id, facts=facts, reports=reports, at=call.at)
    said = {"id": written.id, "kind": written.kind.value, "period": written.period}
    if call.once is not None:  # a report is named after its period: written twice, it is still one
        reports.store.commit([call.once.keep(ACCEPTED, said, version=None, at=call.at)])
    return said


def run(command: dict[str, Any], *, facts: Facts, reports: Reports, at: datetime) -> dict[str, Any]:
    """The schedule has a report written: without a period, that of the last complete one."""
    kind: Kind = command["kind"]
    period = command["period"] or last_complete(kind, clock.day(at))
    wanted = Wanted(kind=kind, period=period, organisation=command["organisation"])
    written = write_report(wanted, by=JOB, facts=facts, reports=reports, at=at)
    return {"id": written.id, "kind": kind.value, "period": period, "version": written.version}


def write_report(wanted: Wanted, *, by: str, facts: Facts, reports: Reports, at: datetime) -> Report:
    """Write the report, or write it again when the numbers have changed. Raises `Invalid` for days to come.

    Of two who write it at once the second counts again, so that older numbers never take the place of newer ones.
    Raises `Busy` when that goes on too long.
    """
    if wanted.days.begins > clock.day(at):
        raise Invalid({"period": [text("This period has not begun yet.")]})
    for _ in patiently():
        with suppress(Stale):
            return _written(wanted, by, facts, reports, at)
    raise Busy()


def _written(wanted: Wanted, by: str, facts: Facts, reports: Reports, at: datetime) -> Report:
    seen = reports.version(wanted.id)
    counted = count(facts, Asked(wanted.days, TABLES[wanted.kind], wanted.organisation))
    anew, told = domain.write(wanted, counted, by=by, at=at, on=clock.day(at))
    return reports.write((anew, told), lambda found: domain.rewrite(found, anew, by=by), seen=seen)
