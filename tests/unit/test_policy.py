"""The table of who may do what: read by relation, and silent about what a caller may not even know of."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from shared.codes import Role
from shared.errors import Forbidden
from shared.identity import Actor
from shared.policy import (
    CLOSEST,
    KNOWS_OF,
    POLICY,
    WIDEST,
    Action,
    Hidden,
    Relation,
    has_role_for,
    may,
    reason,
    relations,
    require,
    widest,
)

CASE = SimpleNamespace(
    organisation="lindenhof",
    case_manager="lindenhof-1",
    offered_to="lindenhof",
    consented=("lindenhof",),
    recognised=("lindenhof",),
    recipients=("lindenhof",),
    opened_by=("lindenhof-1",),
)
NOBODYS = SimpleNamespace(organisation=None, case_manager=None)


def an_actor(*roles: Role, id: str = "somebody", organisation: str | None = "bruecke") -> Actor:
    return Actor(id=id, roles=frozenset(roles), organisation=organisation)


def test_every_action_has_a_row():
    assert set(POLICY) == set(Action)


@pytest.mark.parametrize(
    ("given", "stands"),
    [
        ({}, {Relation.ANY}),
        ({"organisation": "lindenhof"}, set(Relation) - {Relation.ASSIGNED, Relation.BREAK_GLASS}),
        ({"id": "lindenhof-1"}, {Relation.ANY, Relation.ASSIGNED, Relation.BREAK_GLASS}),
        ({"id": "lindenhof-1", "organisation": "lindenhof"}, set(Relation)),
    ],
)
def test_a_relation_follows_from_who_has_the_case(given: dict[str, Any], stands: set[Relation]):
    assert relations(an_actor(**given), CASE) == stands


def test_who_works_for_nobody_has_nothing_to_do_with_a_case_that_nobody_has():
    assert relations(an_actor(organisation=None), NOBODYS) == {Relation.ANY}


def test_without_a_role_nothing_is_allowed():
    somebody = an_actor(id="lindenhof-1", organisation="lindenhof")

    assert not [action for action in Action if may(somebody, action, CASE) or has_role_for(somebody, action)]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("action", list(Action))
def test_a_row_allows_its_role_in_its_relation_and_nothing_beside(role: Role, action: Action):
    granted = {relation for one, relation in POLICY[action] if one is role}
    near = an_actor(role, id="lindenhof-1", organisation="lindenhof")
    far = an_actor(role)

    assert may(near, action, CASE) is bool(granted)
    assert may(far, action, CASE) is (Relation.ANY in granted)


IN_CHARGE = {(Role.CASE_MANAGER, Relation.ASSIGNED), (Role.TEAM_LEAD, Relation.ORGANISATION)}
ELSE = {
    (Role.COORDINATOR, Relation.ANY): "cases.list cases.read-codes cases.allocate cases.directory cases.offers-read "
    "cases.offers-write cases.findings-read cases.findings-decide reporting.read reporting.write",
    (Role.PRIVACY_OFFICER, Relation.ANY): "cases.accesses cases.audit cases.break-glass-read cases.break-glass-review "
    "cases.directory cases.history cases.offers-read cases.rectify cases.rights cases.rights-read "
    "notifications.rights-read",
    (Role.PARTNER, Relation.ANY): "cases.directory cases.offers-read intake.refer",
    (Role.PARTNER, Relation.CONSENTED): "cases.list cases.read-codes cases.conferences-read",
    (Role.PARTNER, Relation.RECIPIENT): "cases.referral-read cases.referral-change cases.referrals-incoming",
    (Role.TEAM_LEAD, Relation.OFFERED): "cases.list cases.read-codes cases.transfer-answer",
    **{
        (role, relation): said
        for role in (Role.CASE_MANAGER, Role.TEAM_LEAD)
        for relation, said in (
            (Relation.ANY, "cases.open cases.break-glass cases.directory cases.offers-read"),
            (Relation.RECOGNISED, "cases.recognise"),
            (Relation.BREAK_GLASS, "cases.read cases.read-codes cases.conferences-read"),
        )
    },
}
"""What those may do who are not in charge of a case, said once more: a wider table does not pass unseen."""


def test_whoever_is_not_in_charge_may_do_this_and_nothing_else():
    granted: dict[Any, set[str]] = {}
    for action, grants in POLICY.items():
        for grant in grants - IN_CHARGE:
            granted.setdefault(grant, set()).add(action.value)

    assert granted == {grant: set(said.split()) for grant, said in ELSE.items()}


def test_the_closest_relation_is_the_reason():
    lead_in_charge = an_actor(Role.CASE_MANAGER, Role.TEAM_LEAD, id="lindenhof-1", organisation="lindenhof")

    assert reason(lead_in_charge, Action.CASE_READ, CASE) is Relation.ASSIGNED
    assert reason(an_actor(Role.TEAM_LEAD, organisation="lindenhof"), Action.CASE_READ, CASE) is Relation.ORGANISATION
    assert reason(an_actor(Role.COORDINATOR), Action.CASE_READ_CODES, CASE) is Relation.ANY


def test_the_widest_relation_is_that_of_lists():
    assert widest(an_actor(Role.CASE_MANAGER), Action.CASES_LIST) is Relation.ASSIGNED
    assert widest(an_actor(Role.CASE_MANAGER, Role.TEAM_LEAD), Action.CASES_LIST) is Relation.ORGANISATION
    assert widest(an_actor(Role.CASE_MANAGER, Role.COORDINATOR), Action.CASES_LIST) is Relation.ANY
    with pytest.raises(Forbidden):
        widest(an_actor(Role.PRIVACY_OFFICER), Action.CASES_LIST)


def test_every_relation_has_its_place():
    assert set(CLOSEST) == set(WIDEST) == set(Relation)


def test_whoever_may_know_of_a_case_is_told_that_she_may_not():
    with pytest.raises(Forbidden):
        require(an_actor(Role.COORDINATOR), Action.CASE_WORK, CASE)


def test_whoever_may_not_know_of_a_case_is_told_that_there_is_nothing():
    with pytest.raises(Hidden):
        require(an_actor(Role.CASE_MANAGER, organisation="lindenhof"), Action.CASE_WORK, CASE)


def test_without_a_release_a_partner_has_nothing_to_do_with_a_case():
    """§§ 87, 88 AufenthG: the immigration office, as any partner, gets what a consent shows it."""
    partner = an_actor(Role.PARTNER, organisation="auslaenderbehoerde")

    assert not any(may(partner, action, CASE) for action in KNOWS_OF)


def test_the_coordinator_reads_no_name_and_no_text():
    assert not [
        action
        for action in (Action.CASE_READ, Action.CASE_WORK, Action.CASE_HISTORY, Action.MESSAGES_READ)
        if has_role_for(an_actor(Role.COORDINATOR), action)
    ]
