"""Whose numbers a caller may see: a coordinator everybody's, a team lead those of her organisation."""

from __future__ import annotations

from dataclasses import dataclass

from shared.errors import Forbidden
from shared.identity import Actor
from shared.policy import Action, Relation, may, widest


@dataclass(frozen=True, slots=True)
class Scope:
    """One organisation's numbers, or all (`shared.policy.Held`)."""

    organisation: str | None
    case_manager: None = None


def organisation(actor: Actor, action: Action, asked: str | None) -> str | None:
    """The organisation whose numbers the caller gets; None for all. Raises `Forbidden`.

    Who may not see all gets those of her own where she asks for none.
    """
    if asked is None and widest(actor, action) is not Relation.ANY:
        asked = actor.organisation
    if not may(actor, action, Scope(asked)):
        raise Forbidden()
    return asked
