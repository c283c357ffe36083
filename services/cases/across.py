"""What lies beside cases, listed across them: of cases that the caller may read, each with whose it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from services.cases.domain.case import Case
from services.cases.domain.item import Item
from services.cases.shown import name_of
from services.cases.store import Desk
from services.cases.views import record
from shared.http.call import Call
from shared.policy import Action, may

I = TypeVar("I", bound=Item)  # noqa: E741 - an item
Row = dict[str, Any]


def seen(call: Call, held: Iterable[Item], *, desk: Desk) -> dict[str, Case]:
    """The cases of these things that the caller may read, by id, when it is on record that she looks at them."""
    found = desk.states(one.case for one in held)
    cases = {id: case for id, case in found.items() if may(call.actor, Action.CASE_READ, case)}
    record(call, Action.CASE_READ, cases.values(), desk)
    return cases


def rows(held: Iterable[I], cases: dict[str, Case], shown: Callable[[I], Row], *, desk: Desk) -> list[Row]:
    """Those of these things that are of these cases, as they are shown, with reference and name."""
    names = desk.clients(cases.values())

    def row(one: I, case: Case) -> Row:
        return {**shown(one), "reference": case.reference, "client": name_of(names.get(case.person))}

    return [row(one, cases[one.case]) for one in held if one.case in cases]
