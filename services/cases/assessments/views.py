"""What people see of the versions of an assessment."""

from __future__ import annotations

from typing import Any

from services.cases.store import Desk, Words
from services.cases.views import looked_at
from shared.codes import ActionField
from shared.events import AssessmentRecorded
from shared.http.call import Answer, Call
from shared.policy import Action
from shared.store import Condition, Query, pages
from shared.store.lines import event_of


def of_field(call: Call, case_id: str, field: ActionField, *, desk: Desk) -> Answer:
    """Every version of an action field in both views with its words, the newest first."""
    case = looked_at(call, Action.CASE_READ, case_id, desk)
    where: tuple[Condition, ...] = (("type", "==", AssessmentRecorded.type),)
    query = Query(f"{desk.cases.path(case_id)}/events", where, ("-version",), 200)
    found = (event_of(document.body) for document in pages(desk.store, query))
    recorded = [one for one in found if isinstance(one, AssessmentRecorded) and one.action_field is field]
    said = desk.words(case, [one.version for one in recorded])
    current = {one.written for one in case.assessments}
    versions = [_shown(one, said.get(one.version, {}), one.version in current) for one in recorded]
    return Answer({"action_field": field.value, "versions": versions}, version=case.version)


def _shown(one: AssessmentRecorded, words: Words, current: bool) -> dict[str, Any]:
    told = one.model_dump(mode="json", include={"version", "view", "urgency", "at", "by"})
    return {**told, **{name: words.get(name) for name in ("situation", "resources")}, "current": current}
