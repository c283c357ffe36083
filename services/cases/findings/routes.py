"""Structural findings over HTTP."""

from __future__ import annotations

import secrets
from typing import Any

from services.cases import table
from services.cases.findings import handlers, schemas, views
from services.cases.shown import AddedView
from shared.http.call import Answer, Call
from shared.http.paging import pages_of
from shared.policy import Action

Command = dict[str, Any]


@table.routes.get("/findings", Action.FINDINGS_READ, query=schemas.FindingFilter, gives=pages_of(schemas.FindingView))
def list_findings(call: Call, wanted: Command) -> Answer:
    """List structural findings, and what became of them."""
    return views.listed(call, wanted, desk=table.desk())


@table.routes.get("/findings/<finding>", Action.FINDINGS_READ, gives=schemas.FindingView, versioned=True)
def read_finding(call: Call, finding: str) -> Answer:
    """Read a structural finding."""
    return views.read(call, finding, desk=table.desk())


@table.routes.add(
    "/findings", Action.FINDINGS_RAISE, takes=schemas.FindingCommand, gives=AddedView, refusals=(404, 409)
)
def raise_finding(call: Call, command: Command) -> Answer:
    """Raise what hindered a case of yours. No case is named with it."""
    id = f"finding-{secrets.token_hex(16)}"
    return handlers.raise_finding(call, command, id=id, desk=table.desk())


@table.routes.change(
    "PATCH",
    "/findings/<finding>",
    Action.FINDINGS_DECIDE,
    takes=schemas.FindingChangeCommand,
    gives=schemas.FindingView,
)
def change_finding(call: Call, command: Command, finding: str) -> Answer:
    """Bundle a finding with another, or record what a body decided."""
    handlers.change_finding(call, finding, command, desk=table.desk())
    return views.shown(call, finding, desk=table.desk())
