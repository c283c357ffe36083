"""How a case stands to who asks for it, and what she is told where that is refused.

Every read and every change asks here, and `policy.require` says 403 to whoever may know of the case, by whatever
relation, and 404 to everybody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from services.cases.domain import releases as released
from services.cases.domain.case import Case
from services.cases.opened import opened_by
from services.cases.store import Desk
from shared import clock, policy
from shared.http.call import Call
from shared.identity import Actor
from shared.municipality import municipality
from shared.policy import Action, Relation, reason


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as the policy sees it on a day: to which organisations it is offered, and something of it released."""

    organisation: str | None
    case_manager: str | None
    offered_to: str | None
    consented: tuple[str, ...]
    recognised: tuple[str, ...]
    """Those that may know that the client is known here, and nothing of the case."""
    opened_by: Mapping[str, str] = field(default_factory=dict)
    """Who broke the glass before it, with the id of that."""


def standing(case: Case, on: date) -> Standing:
    """The case as the policy sees it on this day, whoever asks."""
    consented = tuple(one for one in case.shown_to if case.shown_by(one, on))
    offered_to, recognised = _offered_to(case, on), _recognised(case, on)
    return Standing(case.organisation, case.case_manager, offered_to, consented, recognised)


def reasons(actor: Actor, action: Action, case: Case, stands: Standing, on: date) -> list[str]:
    """Why the actor may do this with a case that stands so: her relation, the consents, or the glass that she broke.

    Raises as `policy.require` does.
    """
    relation = reason(actor, action, stands)
    match relation:
        case Relation.CONSENTED:
            return [consent.id for consent in case.shown_by(actor.organisation, on)]
        case Relation.RECOGNISED:
            return [consent.id for consent in case.recognised_by(actor.organisation, on)]
        case Relation.BREAK_GLASS:
            return [stands.opened_by[actor.id]]
    return [relation.value]


def seen_by(call: Call, action: Action, case: Case, desk: Desk) -> Standing:
    """The case as the policy sees it now, and whether the caller broke the glass before it, where that decides."""
    stands = standing(case, clock.day(call.at))
    opened = opened_by(call.actor, action, case, stands, at=call.at, desk=desk)
    return replace(stands, opened_by=opened) if opened else stands


def require(call: Call, action: Action, case: Case, desk: Desk) -> None:
    """Return where the policy allows it. Raises `Forbidden`, or `Hidden` to whoever may not know of the case.

    For whoever has the case nothing else is looked at; only before somebody is refused it is asked what she opened.
    """
    if not policy.may(call.actor, action, Standing(case.organisation, case.case_manager, None, (), ())):
        policy.require(call.actor, action, seen_by(call, action, case, desk))


def _offered_to(case: Case, on: date) -> str | None:
    """To whom it is offered, while that is released."""
    if case.offered_to is None or released.lacking(case.shown_by(case.offered_to, on), released.transfer(case)):
        return None
    return case.offered_to


def _recognised(case: Case, on: date) -> tuple[str, ...]:
    if not case.recognisable:
        return ()
    return tuple(one.id for one in municipality().organisations if case.recognised_by(one.id, on))
