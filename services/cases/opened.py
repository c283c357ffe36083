"""Who broke the glass before a case that is not hers, and may read it until her time is over."""

from __future__ import annotations

from datetime import datetime

from services.cases.domain.broken_glass import BrokenGlass
from services.cases.domain.case import Case
from services.cases.store import Desk
from shared.events import stamp
from shared.identity import Actor
from shared.policy import KNOWS_OF, Action, Held, Relation, granted, may
from shared.store import Condition, Query
from shared.store.journal import Journal


def broken_glass(desk: Desk) -> Journal[BrokenGlass]:
    """Every glass that was ever broken."""
    return desk.cases.beside("break_glass", BrokenGlass)


def opened_by(actor: Actor, action: Action, case: Case, stands: Held, *, at: datetime, desk: Desk) -> dict[str, str]:
    """The actor, with the id of what she broke, where that is in force and decides whether she may do this, or know why
    she may not.

    One query then; none where something else allows it, or nobody of her roles ever reads a case so.
    """
    knows = any(granted(actor, one, Relation.BREAK_GLASS) for one in KNOWS_OF)
    if not knows or may(actor, action, stands):
        return {}
    where: tuple[Condition, ...] = (
        ("case", "==", case.id),
        ("broken_by", "==", actor.id),
        ("until", ">", stamp(at)),
    )
    found = desk.store.query(Query("break_glass", where, ("until",), 1)).items
    return {actor.id: found[0].id} if found else {}
