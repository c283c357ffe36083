"""The HTTP interface: which URL asks for what, who may ask, and what goes in and out."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request

from services.reporting import facts, handlers, schemas, screens, sheets, views
from services.reporting.store import reports
from services.reporting.workbook import XLSX
from shared.http.call import Answer, Call
from shared.http.paging import PageQuery, pages_of
from shared.http.routes import Routes
from shared.policy import Action

Wanted = dict[str, Any]

PROBLEM = "application/problem+json"

routes = Routes("reporting", "Reports and indicators, without a name.", store=lambda: reports().store)
routes.alive("")


@routes.get("/", Action.REPORTS_READ, media=screens.HTML)
def dashboard(call: Call) -> Answer:
    """See this month's key figures and the reports."""
    return views.dashboard(call, facts=facts.connect(), reports=reports())


@routes.get("/indicators", Action.REPORTS_READ, query=schemas.IndicatorQuery, gives=schemas.Indicators)
def indicators(call: Call, wanted: Wanted) -> Answer:
    """Read the indicators of whole months, by one dimension."""
    return views.indicators(call, wanted, facts=facts.connect())


@routes.add(
    "/reports", Action.REPORTS_WRITE, takes=schemas.ReportCommand, gives=schemas.Accepted, status=handlers.ACCEPTED
)
def order_report(call: Call, command: Wanted) -> Answer:
    """Have a report written."""
    return Answer(handlers.order_report(call, command, facts=facts.connect(), reports=reports()), handlers.ACCEPTED)


@routes.get("/reports", Action.REPORTS_READ, query=PageQuery, gives=pages_of(schemas.ReportRow))
def list_reports(call: Call, wanted: Wanted) -> Answer:
    """List the reports that you may see, the last written first."""
    return views.list_reports(call, wanted, reports=reports())


@routes.get("/reports/<report_id>", Action.REPORTS_READ, query=schemas.AudienceQuery, gives=schemas.ReportView)
def read_report(call: Call, wanted: Wanted, report_id: str) -> Answer:
    """Read a report."""
    return views.read_report(call, report_id, wanted, reports=reports())


@routes.get(
    "/reports/<report_id>/earlier/<version>",
    Action.REPORTS_READ,
    query=schemas.AudienceQuery,
    gives=schemas.Earlier,
)
def read_earlier(call: Call, wanted: Wanted, report_id: str, version: str) -> Answer:
    """Read an earlier version of a report: whatever was published once is there, however often it was written again."""
    return views.read_earlier(call, report_id, version, wanted, reports=reports())


@routes.get("/reports/<report_id>.csv", Action.REPORTS_READ, query=schemas.AudienceQuery, media=sheets.CSV)
def report_as_csv(call: Call, wanted: Wanted, report_id: str) -> Answer:
    """Read a report as a CSV file."""
    return views.report_as_csv(call, report_id, wanted, reports=reports())


@routes.get("/reports/<report_id>.xlsx", Action.REPORTS_READ, query=schemas.AudienceQuery, media=XLSX)
def report_as_xlsx(call: Call, wanted: Wanted, report_id: str) -> Answer:
    """Read a report as an Excel workbook."""
    return views.report_as_xlsx(call, report_id, wanted, reports=reports())


@routes.get("/reports/<report_id>.html", Action.REPORTS_READ, query=schemas.AudienceQuery, media=screens.HTML)
def report_as_page(call: Call, wanted: Wanted, report_id: str) -> Answer:
    """Read a report as a page."""
    return views.report_as_page(call, report_id, wanted, reports=reports())


def application() -> Flask:
    """The Flask application that answers these routes."""
    app = routes.application()
    app.after_request(_for_people)
    return app


def _for_people(answer: Response) -> Response:
    """A refusal as a page, to whoever reads pages: browsers name them first."""
    if answer.mimetype == PROBLEM and request.accept_mimetypes.best_match((PROBLEM, "text/html")) == "text/html":
        answer.set_data(screens.refusal(answer.get_json()))
        answer.content_type = screens.HTML
        answer.headers.update(screens.HEADERS)
    return answer
