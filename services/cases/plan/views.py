"""What people see of the support plan: as it is, as it was, and what happened in between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.cases import shown
from services.cases.domain.case import Case
from services.cases.domain.history import fold
from services.cases.plan.domain import compare
from services.cases.store import Desk
from services.cases.views import looked_at
from shared.errors import Invalid
from shared.events import CaseClosed, GoalChanged, GoalSet, MeasureAdded, MeasureChanged
from shared.http.call import Answer, Call
from shared.policy import Action
from shared.store import Body, Condition, Query, pages
from shared.store.journal import event_of
from shared.texts import text

CHANGES = tuple(one.type for one in (GoalSet, GoalChanged, MeasureAdded, MeasureChanged, CaseClosed))
"""Events that change a plan: with the end of a case goals come to their outcomes."""


def plan(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The plan now or at a version of the case, and its versions. At an earlier one the history is folded up to it."""
    case = looked_at(call, Action.CASE_READ, case_id, desk)
    then = _at(case, wanted["version"], "version", desk)
    body = {"version": then.version, "goals": _goals(then, desk), "versions": _versions(case, desk)}
    return Answer(body, version=case.version)


def comparison(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """What happened to the plan between two versions of the case."""
    case = looked_at(call, Action.CASE_READ, case_id, desk)
    before, after = _at(case, wanted["begins"], "from", desk), _at(case, wanted["ends"], "to", desk)
    if before.version > after.version:
        raise Invalid({"to": [text("Please name the earlier version first.")]})
    found = compare(_items(before, desk), _items(after, desk))
    ends = {"from": _moment(before, desk), "to": _moment(after, desk)}
    return Answer({**ends, **found._asdict()})


def _at(case: Case, version: int | None, name: str, desk: Desk) -> Case:
    """The case as it was at a version: the fold of its events up to there. Raises `Invalid` for none of its own."""
    if version is None or version == case.version:
        return case
    if version > case.version:
        raise Invalid({name: [text("There is no such version.")]})
    query = Query(f"{desk.cases.path(case.id)}/events", (("version", "<=", version),), ("version",), 200)
    return fold(event_of(document.body) for document in pages(desk.store, query))


def _goals(case: Case, desk: Desk) -> list[dict[str, Any]]:
    said = desk.words(case, {one.written for one in (*case.goals, *case.measures)})
    return shown.plan(case.goals, case.measures, said)


def _items(case: Case, desk: Desk) -> Iterator[dict[str, Any]]:
    """Every goal and every measure, each by itself."""
    for goal in _goals(case, desk):
        measures = goal.pop("measures")
        yield {"kind": "goal", **goal}
        yield from ({"kind": "measure", "goal": goal["id"], **one} for one in measures)


def _versions(case: Case, desk: Desk) -> list[dict[str, Any]]:
    where: tuple[Condition, ...] = (("type", "in", CHANGES),)
    query = Query(f"{desk.cases.path(case.id)}/events", where, ("-version",), 200)
    return [_version(document.body) for document in pages(desk.store, query)]


def _moment(case: Case, desk: Desk) -> dict[str, Any]:
    entry = desk.store.get(f"{desk.cases.path(case.id)}/events/{case.version}")
    assert entry is not None
    return _version(entry)


def _version(entry: Body) -> dict[str, Any]:
    return {"version": entry["version"], "at": entry["at"], "by": entry["event"]["by"], "type": entry["type"]}
