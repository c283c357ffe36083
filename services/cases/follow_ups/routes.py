"""Follow-ups over HTTP."""

from __future__ import annotations

import secrets
from typing import Any

from services.cases import table
from services.cases.follow_ups import handlers, schemas, views
from services.cases.shown import AddedView
from shared.http.call import Answer, Call
from shared.http.paging import PageQuery, pages_of
from shared.policy import Action

Command = dict[str, Any]


@table.routes.get("/follow-ups", Action.CASE_READ, query=schemas.DueFilter, gives=pages_of(schemas.DueView))
def list_due(call: Call, wanted: Command) -> Answer:
    """List the open follow-ups of your cases, or of your organisation."""
    return views.due(call, wanted, desk=table.desk())


@table.routes.get("/<case_id>/follow-ups", Action.CASE_READ, query=PageQuery, gives=pages_of(schemas.FollowUpView))
def list_follow_ups(call: Call, wanted: Command, case_id: str) -> Answer:
    """List the follow-ups of a case."""
    return views.of_case(call, case_id, wanted, desk=table.desk())


@table.routes.add("/<case_id>/follow-ups", Action.CASE_WORK, takes=schemas.FollowUpCommand, gives=AddedView)
def set_follow_up(call: Call, command: Command, case_id: str) -> Answer:
    """Set a follow-up."""
    id = f"follow-up-{secrets.token_hex(16)}"
    return handlers.set_follow_up(call, case_id, command, id=id, desk=table.desk())


@table.routes.change(
    "PATCH",
    "/<case_id>/follow-ups/<follow_up>",
    Action.CASE_WORK,
    takes=schemas.FollowUpChangeCommand,
    gives=schemas.FollowUpCodes,
)
def change_follow_up(call: Call, command: Command, case_id: str, follow_up: str) -> Answer:
    """Move a follow-up, hand it on, or have it done."""
    return views.changed(handlers.change_follow_up(call, case_id, follow_up, command, desk=table.desk()))
