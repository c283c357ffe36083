"""Merging and separating over HTTP."""

from __future__ import annotations

from typing import Any

from services.cases import shown, table, views
from services.cases.merging import handlers, schemas
from shared.http.call import Answer, Call
from shared.policy import Action

Command = dict[str, Any]


@table.routes.change("POST", "/<case_id>/merge", Action.CASE_MERGE, takes=schemas.MergeCommand, gives=shown.CaseCodes)
def merge(call: Call, command: Command, case_id: str) -> Answer:
    """End the case as a duplicate of another one that goes on. Nothing is copied, and no consent covers more."""
    return views.changed(handlers.merge(call, case_id, command, desk=table.desk()))


@table.routes.change(
    "POST", "/<case_id>/separation", Action.CASE_MERGE, takes=schemas.SeparationCommand, gives=shown.CaseCodes
)
def separate(call: Call, command: Command, case_id: str) -> Answer:
    """Undo a merger: those were two people. The case goes on from where it was."""
    return views.changed(handlers.separate(call, case_id, command, desk=table.desk()))
