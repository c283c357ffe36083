"""Looks against the assignments, organisations, consents and broken glasses in force at their moment."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from services.cases.audit import domain
from services.cases.audit.domain import Allows, Deviation
from services.cases.domain import releases
from services.cases.domain.broken_glass import BrokenGlass
from services.cases.domain.case import Case
from services.cases.domain.consent import Consent
from shared import clock
from shared.events import CasesLookedAt, Event
from shared.identity import Actor
from shared.looks import REFUSED
from shared.municipality import municipality
from shared.policy import POLICY, Action, Relation, relations
from shared.store import Query, Store, pages
from shared.store.journal import Journal
from shared.store.lines import event_of


def telling(store: Store, case: str) -> list[Event]:
    """What happened to a case and changed who may see it, oldest first: from its log, which is chained."""
    query = Query(f"cases/{case}/events", (("type", "in", list(domain.TELLING)),), ("-version",), 50)
    return [event_of(entry.body) for entry in pages(store, query)][::-1]


GLASS = "break-glass-"
"""How the id of a broken glass begins, where it is the reason of a look."""
OPENED = frozenset(action for action, row in POLICY.items() if Relation.BREAK_GLASS in {stands for _, stands in row})
"""What may be done under one."""


class Recheck:
    """Asks of each look whether it was allowed. What tells of a case who may see it is read once for many looks."""

    def __init__(self, store: Store, cases: Journal[Case]) -> None:
        self._moments = lru_cache(maxsize=10_000)(lambda case: tuple(domain.moments(telling(store, case))))
        self._broken = lru_cache(maxsize=10_000)(cases.beside("break_glass", BrokenGlass).find)

    def of(self, look: CasesLookedAt) -> Iterator[Deviation]:
        """The deviations of one look: one for each case that she was not allowed to see."""
        if look.reason == REFUSED:
            return
        if look.reason.startswith(GLASS):
            yield from self._under_broken_glass(look)
            return
        actor = _actor(look.by)
        if actor is None and look.reason != Relation.ASSIGNED:
            yield from (domain.deviation(look, case, "unknown_actor") for case in look.cases)
            return
        for case in look.cases:
            states = domain.around(self._moments(case), look.at)
            found = domain.checked(look, case, states, _allows(look, actor))
            if found is not None:
                yield found

    def _under_broken_glass(self, look: CasesLookedAt) -> Iterator[Deviation]:
        """She broke it before this case, her time was not over, and the table lets it be read so."""
        held = self._broken(look.reason) if look.action in OPENED else None
        for case in look.cases:
            if held is None or not held.opens(look.by, case, look.at, grace=domain.GRACE):
                yield domain.deviation(look, case, "reason_did_not_hold")


def _allows(look: CasesLookedAt, actor: Actor | None) -> Allows:
    """Whether the reason of a look holds in a state of the case."""
    if actor is None:  # she works here no more: that the case was hers is all that can be known
        return lambda case: case.case_manager == look.by
    match look.reason:
        case Relation.RECIPIENT:
            return lambda case: not releases.lacking(_consents(look, actor, case), releases.REFERRAL)
        case Relation.OFFERED:
            return lambda case: (
                _by_relation(look, actor, case)
                and not releases.lacking(_consents(look, actor, case), releases.transfer(case))
            )
        case reason if reason in set(Relation):
            return lambda case: _by_relation(look, actor, case)
    return lambda case: look.reason in {one.id for one in _consents(look, actor, case)}


def _by_relation(look: CasesLookedAt, actor: Actor, case: Case) -> bool:
    relation = Relation(look.reason)
    granted = look.action in set(Action) and {role for role, one in POLICY[Action(look.action)] if one is relation}
    return relation in relations(actor, case) and bool(granted and granted & actor.roles)


def _consents(look: CasesLookedAt, actor: Actor, case: Case) -> list[Consent]:
    """The releases that were in force towards her organisation then, for what she looked at."""
    day, recognised = clock.day(look.at), look.action == Action.CASE_RECOGNISE
    return [
        one
        for one in case.consents
        if (one.tells(actor.organisation) if recognised else one.shows and one.recipient == actor.organisation)
        and (one.revoked_at is None or one.revoked_at > look.at - domain.GRACE)
        and (one.valid_until is None or day <= one.valid_until)
    ]


def _actor(id: str) -> Actor | None:
    member = municipality().member(id)
    return None if member is None else Actor(id=id, roles=frozenset(member.roles), organisation=member.organisation)
