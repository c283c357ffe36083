"""What people see of structural findings: the coordinator all, a team lead her organisation's, others their own."""

from __future__ import annotations

from typing import Any

from services.cases.findings.domain import Finding
from services.cases.findings.handlers import findings
from services.cases.findings.schemas import FindingView
from services.cases.store import Desk
from shared import clock
from shared.codes import FindingStatus
from shared.errors import NotThere
from shared.http.call import Answer, Call
from shared.municipality import municipality
from shared.policy import Action, Relation, widest
from shared.store import Body, Condition, Query

VIEW = FindingView()


def listed(call: Call, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """A page of findings, the last raised first. One query, and one read for each that another speaks for.

    A status is asked for as it is shown: of a bundled one it is that of the finding that speaks for it. So a page may
    hold fewer than its limit.
    """
    scope = dict(_scope(call))
    if wanted["raised_by"] == "me":
        scope["raised_by"] = call.actor.id
    status = wanted["status"]
    where: list[Condition] = [(field, "==", value) for field, value in scope.items()]
    if status is not None:
        where.append(("status", "in", sorted({status.value, FindingStatus.BUNDLED.value})))
    page = desk.store.query(Query("findings", tuple(where), ("-raised_at",), wanted["limit"], wanted["cursor"]))
    rows = [_shown(call, one.body, desk) for one in page.items]
    return Answer({"items": [one for one in rows if status in (None, one["status"])], "next": page.next})


def read(call: Call, id: str, *, desk: Desk) -> Answer:
    """One finding. Raises `NotThere` for one that is not the caller's to see."""
    return shown(call, id, desk=desk, scope=_scope(call))


def shown(call: Call, id: str, *, desk: Desk, scope: dict[str, Any] | None = None) -> Answer:
    """A finding as it is now."""
    body = desk.store.get(f"findings/{id}")
    if body is None or any(body[field] != value for field, value in (scope or {}).items()):
        raise NotThere()
    followed = body["into"] is not None  # its version does not change with what becomes of it
    return Answer(_shown(call, body, desk), version=None if followed else body["version"])


def _scope(call: Call) -> dict[str, Any]:
    match widest(call.actor, Action.FINDINGS_READ):
        case Relation.ANY:
            return {}
        case Relation.ORGANISATION if call.actor.organisation is not None:
            return {"organisation": call.actor.organisation}
    return {"raised_by": call.actor.id}


def _shown(call: Call, body: Body, desk: Desk) -> dict[str, Any]:
    held = findings(desk).state(body)
    speaks = _speaks_for(held, desk)
    few = speaks.cases < municipality().disclosure.administration
    said: dict[str, Any] = VIEW.dump(held)
    return {
        **said,
        "title": body["title"],
        "raised_on": clock.day(held.raised_at).isoformat(),
        "mine": held.raised_by == call.actor.id,
        "cases": None if few else speaks.cases,
        "suppressed": few,
        "status": speaks.status.value,
        "decisions": VIEW.dump(speaks)["decisions"],
    }


def _speaks_for(held: Finding, desk: Desk) -> Finding:
    """The finding whose outcome is that of this one."""
    while held.into is not None:
        held = findings(desk).get(held.into)
    return held
