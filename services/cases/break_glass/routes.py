"""Breaking the glass over HTTP, and its review."""

from __future__ import annotations

import secrets
from typing import Any

from services.cases import table
from services.cases.break_glass import handlers, schemas, views
from shared.http.call import Answer, Call
from shared.http.paging import PageQuery, pages_of
from shared.policy import Action

Command = dict[str, Any]


@table.routes.add(
    "/<case_id>/break-glass", Action.CASE_BREAK_GLASS, takes=schemas.BreakGlassCommand, gives=schemas.OpenUntilView
)
def break_glass(call: Call, command: Command, case_id: str) -> Answer:
    """Open a case that is not yours, in an emergency, by its id or by the client's reference.

    You may read it for a while and change nothing. Others are told at once, and one of them reviews it.
    """
    id = f"break-glass-{secrets.token_hex(16)}"
    return handlers.break_glass(call, case_id, command, id=id, desk=table.desk())


@table.routes.get("/break-glass", Action.BREAK_GLASS_READ, query=PageQuery, gives=pages_of(schemas.BrokenGlassCodes))
def awaiting_review(call: Call, wanted: Command) -> Answer:
    """List what awaits a review."""
    return views.awaiting_review(call, wanted, desk=table.desk())


@table.routes.get(
    "/<case_id>/break-glass",
    Action.BREAK_GLASS_READ,
    query=PageQuery,
    gives=pages_of(schemas.BrokenGlassView),
)
def of_case(call: Call, wanted: Command, case_id: str) -> Answer:
    """List who opened this case in an emergency, and why."""
    return views.of_case(call, case_id, wanted, desk=table.desk())


@table.routes.change(
    "POST",
    "/<case_id>/break-glass/<broken>/review",
    Action.BREAK_GLASS_REVIEW,
    takes=schemas.ReviewCommand,
    gives=schemas.BrokenGlassCodes,
)
def review(call: Call, command: Command, case_id: str, broken: str) -> Answer:
    """Say whether it was justified. Nobody reviews her own."""
    return views.reviewed(handlers.review(call, case_id, broken, command, desk=table.desk()))
