"""What happens to assessments."""

from __future__ import annotations

from typing import Any

from services.cases.changing import change
from services.cases.domain import file, process
from services.cases.domain.case import Case
from services.cases.domain.history import Change
from services.cases.store import Desk
from shared import clock
from shared.codes import ActionField
from shared.http.call import Call
from shared.policy import Action


def assess(call: Call, case_id: str, action_field: ActionField, command: dict[str, Any], *, desk: Desk) -> Case:
    """An action field is assessed in one view; what was said before stays readable."""
    words = {name: command[name] for name in ("situation", "resources") if command[name]}

    def decide(case: Case) -> Change:
        process.must_be_consented(case, clock.day(call.at))
        return file.assess(case, action_field, command["view"], command["urgency"], at=call.at, by=call.actor.id)

    return change(call, case_id, Action.CASE_WORK, decide, desk, words)
