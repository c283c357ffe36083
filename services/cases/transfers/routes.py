"""Reopening and transfer over HTTP."""

from __future__ import annotations

from typing import Any

from services.cases import shown, table, views
from services.cases.transfers import handlers, schemas
from shared.http.call import Answer, Call
from shared.policy import Action

Command = dict[str, Any]


@table.routes.change(
    "POST", "/<case_id>/reopening", Action.CASE_WORK, takes=schemas.ReopeningCommand, gives=shown.CaseCodes
)
def reopen(call: Call, command: Command, case_id: str) -> Answer:
    """Go on with a closed case: a new episode, which begins with the intake."""
    return views.changed(handlers.reopen(call, case_id, command, desk=table.desk()))


@table.routes.change(
    "POST", "/<case_id>/transfer", Action.CASE_ASSIGN, takes=schemas.TransferCommand, gives=shown.CaseCodes
)
def offer(call: Call, command: Command, case_id: str) -> Answer:
    """Offer the case to another organisation; 409 names a release from secrecy that is missing."""
    return views.changed(handlers.offer(call, case_id, command, desk=table.desk()))


@table.routes.change(
    "POST",
    "/<case_id>/transfer/answer",
    Action.CASE_TRANSFER_ANSWER,
    takes=schemas.TransferAnswerCommand,
    gives=shown.CaseCodes,
)
def answer(call: Call, command: Command, case_id: str) -> Answer:
    """Accept, refuse or recall: accepted, the case is with the organisation that was asked."""
    return views.changed(handlers.answer(call, case_id, command, desk=table.desk()))
