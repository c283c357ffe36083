"""Those whom a client lives with, over HTTP."""

from __future__ import annotations

import secrets
from typing import Any

from services.cases import table
from services.cases.household import handlers, schemas, views
from services.cases.shown import AddedView
from shared.http.call import Answer, Call
from shared.http.paging import PageQuery, pages_of
from shared.policy import Action

Command = dict[str, Any]


@table.routes.add("/<case_id>/household", Action.CASE_WORK, takes=schemas.MemberCommand, gives=AddedView)
def add(call: Call, command: Command, case_id: str) -> Answer:
    """Note who lives with the client."""
    id = f"household-{secrets.token_hex(16)}"
    return handlers.add(call, case_id, command, id=id, desk=table.desk())


@table.routes.get("/<case_id>/household", Action.CASE_READ, query=PageQuery, gives=pages_of(schemas.MemberView))
def list_members(call: Call, wanted: Command, case_id: str) -> Answer:
    """List who lives with the client."""
    return views.of_case(call, case_id, wanted, desk=table.desk())


@table.routes.change(
    "PATCH",
    "/<case_id>/household/<member>",
    Action.CASE_WORK,
    takes=schemas.MemberChangeCommand,
    gives=schemas.MemberCodes,
)
def change(call: Call, command: Command, case_id: str, member: str) -> Answer:
    """Change what is known of somebody in the household, or note that she left it."""
    return views.changed(handlers.change(call, case_id, member, command, desk=table.desk()))
