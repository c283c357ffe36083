"""Target groups over HTTP."""

from __future__ import annotations

from typing import Any

from services.cases import table
from services.cases.shown import CaseCodes
from services.cases.target_groups import handlers, schemas
from services.cases.views import changed
from shared.codes import TargetGroup
from shared.errors import NotThere
from shared.http.call import Answer, Call
from shared.policy import Action

GROUPS = {group.value: group for group in TargetGroup if group is not TargetGroup.OTHER}
"""`other` is what is left where none of them is."""


@table.routes.change(
    "PUT",
    "/<case_id>/target-groups/<target_group>",
    Action.CASE_WORK,
    takes=schemas.TargetGroupCommand,
    gives=CaseCodes,
)
def decide(call: Call, command: dict[str, Any], case_id: str, target_group: str) -> Answer:
    """Confirm or name a target group, or rule it out. A special one needs a consent that names it."""
    if target_group not in GROUPS:
        raise NotThere()
    return changed(
        handlers.decide(call, case_id, GROUPS[target_group], confirmed=command["confirmed"], desk=table.desk())
    )
