"""What happens to data that the client disputes."""

from __future__ import annotations

from typing import Any

from services.cases.changing import add, change
from services.cases.domain.case import Case
from services.cases.domain.history import Change
from services.cases.rectifications import domain
from services.cases.store import Desk, Words
from shared.http.call import Answer, Call
from shared.policy import Action


def dispute(call: Call, case_id: str, command: dict[str, Any], *, desk: Desk) -> Answer:
    """The client disputes a datum; her statement is sealed."""

    def decide(case: Case) -> Change:
        return domain.dispute(case, command["datum"], at=call.at, by=call.actor.id)

    return add(call, case_id, "rectification", decide, desk, _words(command), Action.CASE_RECTIFY)


def change_dispute(call: Call, case_id: str, id: str, command: dict[str, Any], *, desk: Desk) -> Case:
    """The client says more to what she disputes, or the dispute ends."""
    resolution = command.get("resolution")

    def decide(case: Case) -> Change:
        stated = "statement" in command
        return domain.change(case, id, stated=stated, resolution=resolution, at=call.at, by=call.actor.id)

    return change(call, case_id, Action.CASE_RECTIFY, decide, desk, _words(command))


def _words(command: dict[str, Any]) -> Words:
    return {name: command[name] for name in ("statement", "note") if command.get(name)}
