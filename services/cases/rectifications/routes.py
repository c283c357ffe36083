"""What a client disputes, over HTTP (Art. 16 GDPR)."""

from __future__ import annotations

from typing import Any

from services.cases import table
from services.cases.parts import RectificationsView
from services.cases.rectifications import handlers, schemas, views
from services.cases.shown import AddedView, CaseCodes
from services.cases.views import changed
from shared.http.call import Answer, Call
from shared.policy import Action

Command = dict[str, Any]


@table.routes.add("/<case_id>/rectifications", Action.CASE_RECTIFY, takes=schemas.RectificationCommand, gives=AddedView)
def dispute(call: Call, command: Command, case_id: str) -> Answer:
    """Mark a datum as disputed by the client."""
    return handlers.dispute(call, case_id, command, desk=table.desk())


@table.routes.get("/<case_id>/rectifications", Action.CASE_HISTORY, gives=RectificationsView, versioned=True)
def list_disputes(call: Call, case_id: str) -> Answer:
    """List what the client disputes."""
    return views.of_case(call, case_id, desk=table.desk())


@table.routes.change(
    "PATCH",
    "/<case_id>/rectifications/<rectification>",
    Action.CASE_RECTIFY,
    takes=schemas.RectificationChangeCommand,
    gives=CaseCodes,
)
def change_dispute(call: Call, command: Command, case_id: str, rectification: str) -> Answer:
    """Add to the client's statement, or end the dispute."""
    return changed(handlers.change_dispute(call, case_id, rectification, command, desk=table.desk()))
