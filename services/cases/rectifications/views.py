"""What people see of data that the client disputes."""

from __future__ import annotations

from typing import Any

from services.cases.store import Desk
from services.cases.views import disputes, looked_at
from shared.http.call import Answer, Call
from shared.policy import Action


def of_case(call: Call, case_id: str, *, desk: Desk) -> Answer:
    """Everything that the client disputes or disputed, in the order in which she did, with her statements."""
    case = looked_at(call, Action.CASE_HISTORY, case_id, desk)
    items: list[dict[str, Any]] = disputes(case, desk.words(case, case.disputed_in))
    return Answer({"items": items}, version=case.version)
