"""What lies beside cases, listed across them: of cases that the caller may read, each with whose it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


def rows(call: Call, held: Sequence[I], shown: Callable[[I, Case], Row], *, desk: Desk) -> list[Row]:
    """These things as they are shown, with reference and name, when it is on record that the caller looks at the cases.

    What belongs to a case that she may not read is left out. Two queries for each thirty cases.
    """
    found = desk.states(one.case for one in held)
    cases = {id: case for id, case in found.items() if may(call.actor, Action.CASE_READ, case)}
    record(call, Action.CASE_READ, cases.values(), desk)
    names = desk.clients(cases.values())

    def row(one: I, case: Case) -> Row:
        return {**shown(one, case), "reference": case.reference, "client": name_of(names.get(case.person))}

    return [row(one, cases[one.case]) for one in held if one.case in cases]
