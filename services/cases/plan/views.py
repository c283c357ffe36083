"""What people see of the support plan: as it is, as it was, and what happened in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from services.cases import shown
from services.cases.domain.case import Case
from services.cases.domain.history import fold
from services.cases.plan.domain import compare
from services.cases.shown import Said
from services.cases.store import Desk
from services.cases.views import looked_at
from shared.errors import Invalid
from shared.events import CaseClosed, GoalChanged, GoalSet, MeasureAdded, MeasureChanged
from shared.http.call import Answer, Call
from shared.policy import Action
from shared.store import Body, Condition, Query, pages
from shared.store.lines import event_of
from shared.texts import text

CHANGES = tuple(one.type for one in (GoalSet, GoalChanged, MeasureAdded, MeasureChanged, CaseClosed))
"""Events that change a plan: with the end of a case goals come to their outcomes."""


def plan(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The plan now or at a version of the case, and its versions. At an earlier one the history is folded up to it."""
    case = looked_at(call, Action.CASE_READ, case_id, desk)
    version = _known(case, wanted["version"], "version")
    then = case if version == case.version else _folded(_entries(case, version, desk))
    goals = shown.plan(then.goals, then.measures, desk.words(case, _written(then)))
    return Answer({"version": version, "goals": goals, "versions": _versions(case, desk)}, version=case.version)


def comparison(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """What happened to the plan between two versions of the case. Reads the history up to the later one."""
    case = looked_at(call, Action.CASE_READ, case_id, desk)
    begins, ends = _known(case, wanted["begins"], "from"), _known(case, wanted["ends"], "to")
    if begins > ends:
        raise Invalid({"to": [text("Please name the earlier version first.")]})
    entries = _entries(case, ends, desk)
    before, after = _folded(entries[:begins]), _folded(entries)
    said = desk.words(case, _written(before) | _written(after))
    found = compare(_items(before, said), _items(after, said))
    return Answer({"from": _version(entries[begins - 1]), "to": _version(entries[-1]), **found._asdict()})


def _known(case: Case, version: int | None, name: str) -> int:
    """A version that the case has; the newest, where none is named. Raises `Invalid`."""
    if version is not None and version > case.version:
        raise Invalid({name: [text("There is no such version.")]})
    return version or case.version


def _entries(case: Case, version: int, desk: Desk) -> list[Body]:
    """What happened to the case up to a version."""
    query = Query(f"{desk.cases.path(case.id)}/events", (("version", "<=", version),), ("version",), 200)
    return [document.body for document in pages(desk.store, query)]


def _folded(entries: Iterable[Body]) -> Case:
    return fold(event_of(entry) for entry in entries)


def _written(case: Case) -> set[int]:
    return {one.written for one in (*case.goals, *case.measures)}


def _items(case: Case, said: Said) -> Iterator[dict[str, Any]]:
    """Every goal and every measure, each by itself."""
    for goal in shown.plan(case.goals, case.measures, said):
        measures = goal.pop("measures")
        yield {"kind": "goal", **goal}
        yield from ({"kind": "measure", "goal": goal["id"], **one} for one in measures)


def _versions(case: Case, desk: Desk) -> list[dict[str, Any]]:
    where: tuple[Condition, ...] = (("type", "in", CHANGES),)
    query = Query(f"{desk.cases.path(case.id)}/events", where, ("-version",), 200)
    return [_version(document.body) for document in pages(desk.store, query)]


def _version(entry: Body) -> dict[str, Any]:
    return {"version": entry["version"], "at": entry["at"], "by": entry["event"]["by"], "type": entry["type"]}
