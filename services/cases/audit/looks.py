"""Looks against the assignments, organisations, consents and broken glasses in force at their moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from services.cases.audit import domain
from services.cases.audit.domain import Allows, Deviation, Standing
from services.cases.audit.standing import History, Standings
from services.cases.domain import releases
from services.cases.domain.broken_glass import BrokenGlass
from services.cases.domain.case import Case
from services.cases.domain.consent import Consent
from shared import clock
from shared.events import CasesLookedAt
from shared.identity import Actor
from shared.looks import REFUSED
from shared.municipality import municipality
from shared.policy import POLICY, Action, Relation, relations
from shared.store import Store
from shared.store.journal import Journal

GLASS = "break-glass-"
"""How the id of a broken glass begins, where it is the reason of a look."""
OPENED = frozenset(action for action, row in POLICY.items() if Relation.BREAK_GLASS in {stands for _, stands in row})
"""What may be done under one."""


class Recheck:
    """Asks of looks whether they were allowed. What it read of a case it remembers for others."""

    def __init__(self, store: Store, cases: Journal[Case]) -> None:
        self._standings = Standings(store)
        self._broken = lru_cache(maxsize=10_000)(cases.beside("break_glass", BrokenGlass).find)

    def of(self, looks: Sequence[CasesLookedAt]) -> Iterator[Deviation]:
        """The deviations of these looks: one for each case that she was not allowed to see."""
        asked = [look for look in looks if _depends_on_the_case(look)]
        stood = self._standings.of(case for look in asked for case in look.cases)
        for look in looks:
            yield from self._deviations(look, stood)

    def _deviations(self, look: CasesLookedAt, stood: Mapping[str, History]) -> Iterator[Deviation]:
        actor = _actor(look.by)
        if look.reason == REFUSED:
            return
        if look.reason.startswith(GLASS):
            yield from self._under_broken_glass(look)
        elif actor is None and look.reason != Relation.ASSIGNED:
            yield from _each(look, "unknown_actor")
        elif _depends_on_the_case(look):
            allows = _allows(look, actor)
            found = (domain.checked(look, case, stood[case], allows) for case in look.cases)
            yield from (one for one in found if one is not None)
        elif not _granted(look, actor):
            yield from _each(look, "reason_did_not_hold")

    def _under_broken_glass(self, look: CasesLookedAt) -> Iterator[Deviation]:
        """She broke it before this case, her time was not over, and the table lets it be read so."""
        held = self._broken(look.reason) if look.action in OPENED else None
        for case in look.cases:
            if held is None or not held.opens(look.by, case, look.moment, grace=domain.GRACE):
                yield domain.deviation(look, case, "reason_did_not_hold")


def _depends_on_the_case(look: CasesLookedAt) -> bool:
    """Whether its reason is one for some cases and not for others. Who may see any may see this one."""
    return look.reason not in {REFUSED, Relation.ANY} and not look.reason.startswith(GLASS)


def _each(look: CasesLookedAt, why: str) -> Iterator[Deviation]:
    return (domain.deviation(look, case, why) for case in look.cases)


def _allows(look: CasesLookedAt, actor: Actor | None) -> Allows:
    """Whether the reason of a look holds for a case that stands so."""
    if actor is None:  # she works here no more: that the case was hers is all that can be known
        return lambda case: case.case_manager == look.by
    match look.reason:
        case Relation.RECIPIENT:
            return lambda case: not releases.lacking(_consents(look, actor, case), releases.REFERRAL)
        case Relation.OFFERED:
            return lambda case: (
                _by_relation(look, actor, case) and not releases.lacking(_consents(look, actor, case), case.transfer)
            )
        case reason if reason in set(Relation):
            return lambda case: _by_relation(look, actor, case)
    return lambda case: look.reason in {one.id for one in _consents(look, actor, case)}


def _by_relation(look: CasesLookedAt, actor: Actor, case: Standing) -> bool:
    return Relation(look.reason) in relations(actor, case) and _granted(look, actor)


def _granted(look: CasesLookedAt, actor: Actor | None) -> bool:
    """Whether the table lets one of her roles do this, for the reason that was given."""
    if actor is None or look.action not in set(Action):
        return False
    return bool(actor.roles & {role for role, one in POLICY[Action(look.action)] if one == look.reason})


def _consents(look: CasesLookedAt, actor: Actor, case: Standing) -> list[Consent]:
    """The releases that were in force towards her organisation then, for what she looked at; none of a shut case."""
    day, recognised = clock.day(look.moment), look.action == Action.CASE_RECOGNISE
    return [
        one
        for one in (() if case.shut else case.consents)
        if (one.tells(actor.organisation) if recognised else one.shows and one.recipient == actor.organisation)
        and (one.revoked_at is None or one.revoked_at > look.moment - domain.GRACE)
        and (one.valid_until is None or day <= one.valid_until)
    ]


def _actor(id: str) -> Actor | None:
    member = municipality().member(id)
    return None if member is None else Actor(id=id, roles=frozenset(member.roles), organisation=member.organisation)
