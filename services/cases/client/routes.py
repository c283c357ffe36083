"""The client over HTTP."""

from __future__ import annotations

import secrets
from typing import Any

from services.cases import table
from services.cases.client import handlers, schemas
from services.cases.shown import CaseCodes
from services.cases.views import changed
from shared.http.call import Answer, Call
from shared.policy import Action

Command = dict[str, Any]


@table.routes.change("PATCH", "/<case_id>/client", Action.CASE_WORK, takes=schemas.ClientCommand, gives=CaseCodes)
def change_client(call: Call, command: Command, case_id: str) -> Answer:
    """Change master data or contact of the client."""
    amendment = f"amendment-{secrets.token_hex(16)}"
    return changed(handlers.change_client(call, case_id, command, amendment=amendment, desk=table.desk()))
