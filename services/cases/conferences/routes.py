"""Case conferences over HTTP."""

from __future__ import annotations

import secrets
from typing import Any

from services.cases import table
from services.cases.conferences import handlers, schemas, views
from services.cases.shown import AddedView
from shared.http.call import Answer, Call
from shared.http.paging import PageQuery, pages_of
from shared.policy import Action

Command = dict[str, Any]


@table.routes.add("/<case_id>/conferences", Action.CASE_WORK, takes=schemas.ConferenceCommand, gives=AddedView)
def record(call: Call, command: Command, case_id: str) -> Answer:
    """Record a case conference; everybody who takes part must be released by the client."""
    id = f"conference-{secrets.token_hex(16)}"
    return handlers.record(call, case_id, command, id=id, desk=table.desk())


@table.routes.get(
    "/<case_id>/conferences", Action.CONFERENCES_READ, query=PageQuery, gives=pages_of(schemas.ListedConferenceView)
)
def list_conferences(call: Call, wanted: Command, case_id: str) -> Answer:
    """List the case conferences; a partner those in which she takes part, where a release covers it."""
    return views.of_case(call, case_id, wanted, desk=table.desk())


@table.routes.change(
    "PATCH",
    "/<case_id>/conferences/<conference>",
    Action.CASE_WORK,
    takes=schemas.ConferenceChangeCommand,
    gives=schemas.ConferenceCodes,
)
def change(call: Call, command: Command, case_id: str, conference: str) -> Answer:
    """Move or cancel a case conference, have it held, change who takes part, or record what was agreed on."""
    return views.changed(handlers.change(call, case_id, conference, command, desk=table.desk()))
