"""Assessments over HTTP."""

from __future__ import annotations

from typing import Any

from services.cases import table
from services.cases.assessments import handlers, schemas, views
from services.cases.shown import CaseCodes
from services.cases.views import changed
from shared.codes import ActionField
from shared.errors import NotThere
from shared.http.call import Answer, Call
from shared.policy import Action

FIELDS = {field.value: field for field in ActionField}


@table.routes.get(
    "/<case_id>/assessment/<action_field>", Action.CASE_READ, gives=schemas.AssessmentsView, versioned=True
)
def read_assessment(call: Call, case_id: str, action_field: str) -> Answer:
    """Read how an action field was assessed, now and before."""
    return views.of_field(call, case_id, _field(action_field), desk=table.desk())


@table.routes.change(
    "PUT",
    "/<case_id>/assessment/<action_field>",
    Action.CASE_WORK,
    takes=schemas.AssessmentCommand,
    gives=CaseCodes,
)
def assess(call: Call, command: dict[str, Any], case_id: str, action_field: str) -> Answer:
    """Assess an action field."""
    return changed(handlers.assess(call, case_id, _field(action_field), command, desk=table.desk()))


def _field(name: str) -> ActionField:
    if name not in FIELDS:
        raise NotThere()
    return FIELDS[name]
