"""Who may do what: role x relation to the case x action, in one table. A route without a row does not start."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from shared.codes import Role
from shared.errors import Forbidden, NotThere
from shared.identity import Actor


class Relation(StrEnum):
    """How an actor stands to a case."""

    ANY = "any"
    """No relation is needed."""
    ASSIGNED = "assigned"
    """She is its case manager (§ 203 StGB binds her personally: access per case, not per organisation)."""
    ORGANISATION = "organisation"
    """It is with her organisation."""
    OFFERED = "offered"
    """It is offered to her organisation, which has not answered yet."""
    CONSENTED = "consented"
    """A release from secrecy in force shows something of it to her organisation, and nothing but that."""
    RECOGNISED = "recognised"
    """A release in force lets her organisation know that the client is known elsewhere, and not a word more."""
    RECIPIENT = "recipient"
    """It was sent to her organisation, and a release from secrecy towards it is in force."""
    BREAK_GLASS = "break_glass"
    """She broke the glass before it, with a ground and a reason, and her time is not over (§ 34 StGB)."""


class Action(StrEnum):
    """What can be asked of the system. Each route names one."""

    PUBLIC = "public"
    INTAKE_REFER = "intake.refer"
    CASES_LIST = "cases.list"
    CASE_OPEN = "cases.open"
    CASE_READ = "cases.read"
    CASE_READ_CODES = "cases.read-codes"
    CASE_RECOGNISE = "cases.recognise"
    CASE_DUPLICATES = "cases.duplicates"
    CASE_ALLOCATE = "cases.allocate"
    CASE_ASSIGN = "cases.assign"
    CASE_TRANSFER_ANSWER = "cases.transfer-answer"
    CASE_WORK = "cases.work"
    CASE_MERGE = "cases.merge"
    CASE_RECTIFY = "cases.rectify"
    CASE_HISTORY = "cases.history"
    CASE_ACCESSES = "cases.accesses"
    CASE_BREAK_GLASS = "cases.break-glass"
    BREAK_GLASS_READ = "cases.break-glass-read"
    BREAK_GLASS_REVIEW = "cases.break-glass-review"
    CASE_RIGHTS_READ = "cases.rights-read"
    CASE_RIGHTS = "cases.rights"
    CASES_AUDIT = "cases.audit"
    CONFERENCES_READ = "cases.conferences-read"
    DIRECTORY_READ = "cases.directory"
    FINDINGS_READ = "cases.findings-read"
    FINDINGS_RAISE = "cases.findings-raise"
    FINDINGS_DECIDE = "cases.findings-decide"
    OFFERS_READ = "cases.offers-read"
    OFFERS_WRITE = "cases.offers-write"
    REFERRAL_READ = "cases.referral-read"
    REFERRAL_CHANGE = "cases.referral-change"
    REFERRALS_INCOMING = "cases.referrals-incoming"
    MESSAGES_READ = "notifications.read"
    MESSAGES_RIGHTS_READ = "notifications.rights-read"
    REPORTS_READ = "reporting.read"
    REPORTS_WRITE = "reporting.write"


CLOSEST = (
    *(Relation.ASSIGNED, Relation.ORGANISATION, Relation.OFFERED),
    *(Relation.CONSENTED, Relation.RECOGNISED, Relation.RECIPIENT, Relation.BREAK_GLASS, Relation.ANY),
)
WIDEST = (
    *(Relation.ANY, Relation.ORGANISATION, Relation.ASSIGNED),
    *(Relation.OFFERED, Relation.CONSENTED, Relation.RECOGNISED, Relation.RECIPIENT, Relation.BREAK_GLASS),
)

Grant = tuple[Role, Relation]

_OWN: frozenset[Grant] = frozenset({(Role.CASE_MANAGER, Relation.ASSIGNED), (Role.TEAM_LEAD, Relation.ORGANISATION)})
_OFFERED: frozenset[Grant] = frozenset({(Role.TEAM_LEAD, Relation.OFFERED)})
_CONSENTED: frozenset[Grant] = frozenset({(Role.PARTNER, Relation.CONSENTED)})
_RECOGNISED: frozenset[Grant] = frozenset(
    {(Role.CASE_MANAGER, Relation.RECOGNISED), (Role.TEAM_LEAD, Relation.RECOGNISED)}
)
_BROKEN: frozenset[Grant] = frozenset(
    {(Role.CASE_MANAGER, Relation.BREAK_GLASS), (Role.TEAM_LEAD, Relation.BREAK_GLASS)}
)
_WATCH: frozenset[Grant] = frozenset({(Role.TEAM_LEAD, Relation.ORGANISATION), (Role.PRIVACY_OFFICER, Relation.ANY)})
_REPORTS: frozenset[Grant] = frozenset({(Role.COORDINATOR, Relation.ANY), (Role.TEAM_LEAD, Relation.ORGANISATION)})

POLICY: dict[Action, frozenset[Grant]] = {
    Action.PUBLIC: frozenset(),
    Action.INTAKE_REFER: frozenset({(Role.PARTNER, Relation.ANY)}),
    Action.CASES_LIST: _OWN | _OFFERED | _CONSENTED | {(Role.COORDINATOR, Relation.ANY)},
    Action.CASE_OPEN: frozenset({(Role.CASE_MANAGER, Relation.ANY), (Role.TEAM_LEAD, Relation.ANY)}),
    Action.CASE_READ: _OWN | _BROKEN,
    Action.CASE_READ_CODES: _OWN | _OFFERED | _CONSENTED | _BROKEN | {(Role.COORDINATOR, Relation.ANY)},
    Action.CASE_RECOGNISE: _RECOGNISED,
    Action.CASE_DUPLICATES: _OWN,
    Action.CASE_ALLOCATE: frozenset({(Role.COORDINATOR, Relation.ANY)}),
    Action.CASE_ASSIGN: frozenset({(Role.TEAM_LEAD, Relation.ORGANISATION)}),
    Action.CASE_TRANSFER_ANSWER: _OFFERED | {(Role.TEAM_LEAD, Relation.ORGANISATION)},
    Action.CASE_WORK: _OWN,
    Action.CASE_MERGE: _OWN,
    Action.CASE_RECTIFY: _OWN | {(Role.PRIVACY_OFFICER, Relation.ANY)},
    Action.CASE_HISTORY: _OWN | {(Role.PRIVACY_OFFICER, Relation.ANY)},
    Action.CASE_ACCESSES: _WATCH,
    Action.CASE_BREAK_GLASS: frozenset({(Role.CASE_MANAGER, Relation.ANY), (Role.TEAM_LEAD, Relation.ANY)}),
    Action.BREAK_GLASS_READ: _WATCH,
    Action.BREAK_GLASS_REVIEW: _WATCH,
    Action.CASE_RIGHTS_READ: frozenset({(Role.PRIVACY_OFFICER, Relation.ANY)}),
    Action.CASE_RIGHTS: frozenset({(Role.PRIVACY_OFFICER, Relation.ANY)}),
    Action.CASES_AUDIT: frozenset({(Role.PRIVACY_OFFICER, Relation.ANY)}),
    Action.CONFERENCES_READ: _OWN | _CONSENTED | _BROKEN,
    Action.DIRECTORY_READ: frozenset((role, Relation.ANY) for role in Role),
    Action.FINDINGS_READ: _OWN | {(Role.COORDINATOR, Relation.ANY)},
    Action.FINDINGS_RAISE: _OWN,
    Action.FINDINGS_DECIDE: frozenset({(Role.COORDINATOR, Relation.ANY)}),
    Action.OFFERS_READ: frozenset((role, Relation.ANY) for role in Role),
    Action.OFFERS_WRITE: frozenset({(Role.TEAM_LEAD, Relation.ORGANISATION), (Role.COORDINATOR, Relation.ANY)}),
    Action.REFERRAL_READ: _OWN | {(Role.PARTNER, Relation.RECIPIENT)},
    Action.REFERRAL_CHANGE: _OWN | {(Role.PARTNER, Relation.RECIPIENT)},
    Action.REFERRALS_INCOMING: frozenset({(Role.PARTNER, Relation.RECIPIENT)}),
    Action.MESSAGES_READ: _OWN,
    Action.MESSAGES_RIGHTS_READ: frozenset({(Role.PRIVACY_OFFICER, Relation.ANY)}),
    Action.REPORTS_READ: _REPORTS,
    Action.REPORTS_WRITE: _REPORTS,
}

KNOWS_OF = (Action.CASE_READ, Action.CASE_READ_CODES, Action.CASE_HISTORY, Action.CASE_ACCESSES)
"""Whoever may do one of these may know that a case is there: a refusal says 403 and not 404."""


class Held(Protocol):
    """What the table needs to know of a case, and where it is offered to an organisation, `offered_to`.

    Where it also names `recipients`, `consented` or `recognised`, those are organisations to which a part of it was
    released, and `opened_by` are those who broke the glass before it; a case by itself names none, so that nothing of
    it is shown by these relations.
    """

    @property
    def organisation(self) -> str | None: ...
    @property
    def case_manager(self) -> str | None: ...


def relations(actor: Actor, case: Held) -> frozenset[Relation]:
    """How the actor stands to the case."""
    found = {Relation.ANY}
    if case.case_manager is not None and case.case_manager == actor.id:
        found.add(Relation.ASSIGNED)
    if case.organisation is not None and case.organisation == actor.organisation:
        found.add(Relation.ORGANISATION)
    if actor.organisation is not None and actor.organisation == getattr(case, "offered_to", None):
        found.add(Relation.OFFERED)
    if actor.organisation is not None and actor.organisation in getattr(case, "consented", ()):
        found.add(Relation.CONSENTED)
    if actor.organisation is not None and actor.organisation in getattr(case, "recognised", ()):
        found.add(Relation.RECOGNISED)
    if actor.organisation is not None and actor.organisation in getattr(case, "recipients", ()):
        found.add(Relation.RECIPIENT)
    if actor.id in getattr(case, "opened_by", ()):
        found.add(Relation.BREAK_GLASS)
    return frozenset(found)


def may(actor: Actor, action: Action, case: Held) -> bool:
    """Whether a row of the table allows the actor this with this case."""
    stands = relations(actor, case)
    return any(role in actor.roles and relation in stands for role, relation in POLICY[action])


def has_role_for(actor: Actor, action: Action) -> bool:
    """Whether any row of the table speaks of one of the actor's roles: the check before the case is known."""
    return any(role in actor.roles for role, _ in POLICY[action])


def granted(actor: Actor, action: Action, relation: Relation) -> bool:
    """Whether the table allows the actor this with cases to which she stands so."""
    return any((role, relation) in POLICY[action] for role in actor.roles)


def widest(actor: Actor, action: Action) -> Relation:
    """By which relation the actor may do this with many cases at once; the widest one. Raises `Forbidden`."""
    held = {relation for role, relation in POLICY[action] if role in actor.roles}
    if not held:
        raise Forbidden()
    return next(relation for relation in WIDEST if relation in held)


class Hidden(NotThere):
    """The case is there, and the caller may not know it: she is told what anyone is told of nothing."""


def reason(actor: Actor, action: Action, case: Held) -> Relation:
    """By which relation the actor may do this; the closest one. Raises as `require` does."""
    require(actor, action, case)
    stands = relations(actor, case)
    allowed = {relation for role, relation in POLICY[action] if role in actor.roles and relation in stands}
    return next(relation for relation in CLOSEST if relation in allowed)


def require(actor: Actor, action: Action, case: Held) -> None:
    """Raises `Forbidden`, or `Hidden` to somebody who may not even know that the case is there."""
    if may(actor, action, case):
        return
    if any(may(actor, other, case) for other in KNOWS_OF):
        raise Forbidden()
    raise Hidden()
