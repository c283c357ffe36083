"""What those see who watch over it: which glasses were broken, why, and which of that nobody has reviewed yet."""

from __future__ import annotations

from typing import Any

from services.cases import items
from services.cases.break_glass import schemas
from services.cases.domain.broken_glass import BrokenGlass
from services.cases.opened import broken_glass
from services.cases.store import Desk, Words
from services.cases.views import looked_at, record
from shared.http.call import Answer, Call
from shared.policy import Action, Relation, may, widest
from shared.store import Condition, Query

CODES = schemas.BrokenGlassCodes()


def reviewed(held: BrokenGlass) -> Answer:
    """What a review answers: the codes, and the version."""
    return Answer(CODES.dump(held), version=held.version)


def of_case(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """Every glass that was broken before a case, with the reason that was given, oldest first."""
    case = looked_at(call, Action.BREAK_GLASS_READ, case_id, desk)
    held, after = items.page_of_case(broken_glass(desk), case_id, wanted, order="broken_at", desk=desk)
    said = items.words_of(broken_glass(desk), ((case, one, {1, one.reviewed or 1}) for one in held), desk=desk)
    return Answer({"items": [_worded(one, said[one.id]) for one in held], "next": after})


def awaiting_review(call: Call, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """What nobody has reviewed yet, in codes, the longest waiting first: to a team lead that of her organisation.

    What belongs to a case that went to another organisation is left out: a page may hold fewer than its limit.
    """
    where: list[Condition] = [("awaits_review", "==", True)]
    if widest(call.actor, Action.BREAK_GLASS_READ) is not Relation.ANY:
        if call.actor.organisation is None:
            return Answer({"items": [], "next": None})
        where.append(("organisation", "==", call.actor.organisation))
    page = desk.store.query(Query("break_glass", tuple(where), ("broken_at",), wanted["limit"], wanted["cursor"]))
    held = [broken_glass(desk).state(document.body) for document in page.items]
    found = desk.states(one.case for one in held)
    cases = {id: case for id, case in found.items() if may(call.actor, Action.BREAK_GLASS_READ, case)}
    record(call, Action.BREAK_GLASS_READ, cases.values(), desk)
    return Answer({"items": [CODES.dump(one) for one in held if one.case in cases], "next": page.next})


def _worded(held: BrokenGlass, said: dict[int, Words]) -> dict[str, Any]:
    note = None if held.reviewed is None else said.get(held.reviewed, {}).get("note")
    return {**CODES.dump(held), "reason": said.get(1, {}).get("reason"), "note": note}
