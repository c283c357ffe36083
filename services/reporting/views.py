"""What people see of reports and indicators: of their organisation, and no number that is too small."""

from __future__ import annotations

from typing import Any

from services.reporting import scope, screens, sheets, shown, workbook
from services.reporting.counting import count
from services.reporting.domain.asked import Asked
from services.reporting.domain.measures import ON_DASHBOARD, Dimension
from services.reporting.domain.periods import Period, this_month, whole_months
from services.reporting.domain.report import Report
from services.reporting.facts import Facts
from services.reporting.shown import Audience
from services.reporting.store import Reports
from shared import clock
from shared.errors import Invalid
from shared.http.call import Answer, Call
from shared.http.paging import listed
from shared.policy import Action, require
from shared.texts import text

Wanted = dict[str, Any]

RECENT = 12


def list_reports(call: Call, wanted: Wanted, *, reports: Reports) -> Answer:
    """Reports that the caller may see, the last written first."""
    of = scope.organisation(call.actor, Action.REPORTS_READ, None)
    page = reports.newest(of=of, limit=wanted["limit"], after=wanted["cursor"])
    return Answer(listed(page, lambda document: shown.row(reports.state(document))))


def read_report(call: Call, report_id: str, wanted: Wanted, *, reports: Reports) -> Answer:
    """A report as JSON."""
    return Answer(shown.report(_found(call, report_id, reports), wanted["audience"]))


def read_earlier(call: Call, report_id: str, version: str, wanted: Wanted, *, reports: Reports) -> Answer:
    """An earlier version of a report, by its totals."""
    return Answer(shown.earlier(reports.earlier(_found(call, report_id, reports), version), wanted["audience"]))


def report_as_csv(call: Call, report_id: str, wanted: Wanted, *, reports: Reports) -> Answer:
    """A report as one tidy table."""
    body = shown.report(_found(call, report_id, reports), wanted["audience"])
    return _file(sheets.csv_of(body), sheets.CSV, f"{report_id}.csv")


def report_as_xlsx(call: Call, report_id: str, wanted: Wanted, *, reports: Reports) -> Answer:
    """A report as a workbook."""
    body = shown.report(_found(call, report_id, reports), wanted["audience"])
    return _file(workbook.xlsx_of(body), workbook.XLSX, f"{report_id}.xlsx")


def report_as_page(call: Call, report_id: str, wanted: Wanted, *, reports: Reports) -> Answer:
    """A report as a page, for the screen and for paper."""
    return _page(screens.report(shown.report(_found(call, report_id, reports), wanted["audience"])))


def indicators(call: Call, wanted: Wanted, *, facts: Facts) -> Answer:
    """The indicators of whole months, as the facts say now."""
    of = scope.organisation(call.actor, Action.REPORTS_READ, wanted["organisation"])
    by: Dimension | None = wanted["by"]
    body = _counted(facts, _days(call, wanted), () if by is None else (by,), of, wanted["audience"])
    return Answer({"by": None if by is None else by.value, "organisation": of, **body})


def dashboard(call: Call, *, facts: Facts, reports: Reports) -> Answer:
    """The reports that are there, and the key figures of this month so far."""
    of = scope.organisation(call.actor, Action.REPORTS_READ, None)
    body = _counted(facts, this_month(clock.day(call.at)), ON_DASHBOARD, of, Audience.ADMINISTRATION)
    page = reports.newest(of=of, limit=RECENT)
    rows = [shown.row(reports.state(document)) for document in page.items]
    return _page(screens.dashboard(body, rows, organisation=of))


def _found(call: Call, report_id: str, reports: Reports) -> Report:
    found = reports.get(report_id)
    require(call.actor, Action.REPORTS_READ, found)
    return found


def _days(call: Call, wanted: Wanted) -> Period:
    usual = this_month(clock.day(call.at))
    days = Period(wanted["begins"] or usual.begins, wanted["ends"] or usual.ends)
    if not whole_months(days.begins, days.ends, usual.ends):
        said = text("Please give whole months: from the first day of a month to the last of one, or to today.")
        raise Invalid({"from": [said]})
    return days


def _counted(
    facts: Facts, days: Period, by: tuple[Dimension, ...], of: str | None, audience: Audience
) -> dict[str, Any]:
    return {
        "from": days.begins.isoformat(),
        "to": days.ends.isoformat(),
        "audience": audience.value,
        "threshold": shown.least(audience).usually,
        "measures": shown.measures(count(facts, Asked(days, by, of)), audience),
    }


def _file(content: bytes, media: str, name: str) -> Answer:
    return Answer(content, media=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _page(html: str) -> Answer:
    return Answer(html, media=screens.HTML, headers=dict(screens.HEADERS))
