"""Whoever may know of a case is told 403, and everybody else 404: one rule, for every route and every relation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from shared import clock
from shared.codes import Phase, Role
from shared.municipality import Staff
from shared.policy import KNOWS_OF, Action, Relation
from tests.builders import NOON
from tests.cases import BREAK_GLASS, CONSENT, REFERRAL, RELEASE, WHOLE, CasesService, a_cases_service
from tests.fakes import Kept
from tests.signin import somebody, staff
from tests.unit.test_cases_policy import OF_A_CASE, THERE, ask, granted, stores

RECOGNITION = {**CONSENT, "type": "secrecy_release", "recipient": "kompass", "purpose": "recognition", "informed": True}
LEAD, CM = Role.TEAM_LEAD, Role.CASE_MANAGER
BROKE = {role: somebody(role, id=f"broke-it-as-{role}", organisation="kompass") for role in (CM, LEAD)}
ENDED = timedelta(days=30)
A_REFERRAL = "referrals/<referral>"
"""What a path names that not everybody who knows of the case knows of: who reads the file does."""

BOTH = somebody(Role.PARTNER, CM, id="both", organisation="jobcenter")
R, NOW = Relation, timedelta(0)

WHO: dict[str, tuple[Staff, timedelta, set[Relation]]] = {
    "team lead to whom it is offered": (staff("bruecke-leitung"), NOW, {R.OFFERED}),
    "team lead of an offer whose release has ended": (staff("bruecke-leitung"), ENDED, set()),
    "colleague of that team lead": (staff("bruecke-1"), NOW, {R.OFFERED}),
    "case manager who broke the glass": (BROKE[CM], NOW, {R.BREAK_GLASS}),
    "team lead who broke the glass": (BROKE[LEAD], NOW, {R.BREAK_GLASS}),
    "case manager whose hour is over": (BROKE[CM], timedelta(hours=2), set()),
    "former case manager": (staff("lindenhof-2"), NOW, {R.ORGANISATION}),
    "somebody to whom it is only known": (staff("kompass-1"), NOW, {R.RECOGNISED}),
    "partner to whom something is released": (staff("partner-jobcenter"), NOW, {R.CONSENTED}),
    "the same, who counsels as well": (BOTH, NOW, {R.CONSENTED}),
    "the same, once that has ended": (BOTH, ENDED, set()),
    "coordinator": (staff("koordination"), NOW, set()),
    "privacy officer": (staff("datenschutz"), NOW, set()),
    "case manager and coordinator": (somebody(CM, Role.COORDINATOR, id="two", organisation="stadt"), NOW, set()),
}
"""Everybody who may read a part of it, or might once: how much later she asks, and how she stands to it then."""


def rows(who: Staff, action: Action, stands: set[Relation]) -> bool:
    """Whether a row of the table allows her this."""
    return any(granted(role, action) & {R.ANY, *stands} for role in who.roles)


REFUSED = [
    pytest.param(route, *said, id=f"{route[0]} {route[1]} {name}")
    for name, said in WHO.items()
    for route in OF_A_CASE
    if not rows(said[0], route[2], said[2])
]


@pytest.fixture(scope="module")
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


@pytest.fixture(scope="module")
def prepared(cases: CasesService) -> tuple[str, Kept, Kept]:
    """A case that was another's before, is offered, and of which a part is released, known, or opened in need."""
    THERE["", "<into>"] = cases.assigned()
    case = cases.case_in(Phase.LINKING)
    for to in ("lindenhof-2", "lindenhof-1"):
        cases.change("lindenhof-leitung", case, "POST", "assignment", {"case_manager": to})
    until = (NOON + timedelta(days=7)).date().isoformat()
    for consent in (WHOLE, RELEASE, RECOGNITION):
        cases.change("lindenhof-1", case, "POST", "consents", {**consent, "valid_until": until})
    cases.change("lindenhof-leitung", case, "POST", "transfer", {"organisation": "bruecke"})
    THERE[case, "<referral>"] = cases.change("lindenhof-1", case, "POST", "referrals", REFERRAL)["id"]
    for who in BROKE.values():
        assert cases.call(who, "POST", f"/cases/{case}/break-glass", BREAK_GLASS).status_code == 201
    return case, *(store.kept() for store in stores(cases))


@pytest.fixture
def case(cases: CasesService, prepared: tuple[str, Kept, Kept]) -> str:
    """The same case for every test, as if it were the first."""
    case, *kept = prepared
    for store, then in zip(stores(cases), kept, strict=True):
        store.put_back(then)
    return case


@pytest.mark.parametrize(("route", "who", "later", "stands"), REFUSED)
def test_a_refusal_tells_of_a_case_whoever_may_know_of_it_and_nobody_else(
    cases: CasesService, case: str, route: Any, who: Staff, later: timedelta, stands: set[Relation]
):
    method, path, action = route
    clock.move(NOON + later)
    by = set() if path.endswith(A_REFERRAL) else stands
    knows = any(rows(who, one, by) for one in KNOWS_OF) or rows(who, Action.CASE_READ, stands)
    if not any(granted(role, action) for role in who.roles):  # asked before the case is known
        knows = True
    before = {look.id for look in cases.looks()}
    status = ask(cases, who, method, path, case)

    assert status == (403 if knows else 404)
    (look,) = (one for one in cases.looks() if one.id not in before)
    assert (look.by, look.action, look.reason, look.cases) == (who.id, action, "refused", (case,))


@pytest.mark.parametrize(("who", "later", "stands"), WHO.values(), ids=WHO)
def test_whoever_may_know_of_it_reads_something_of_it(
    cases: CasesService, case: str, who: Staff, later: timedelta, stands: set[Relation]
):
    clock.move(NOON + later)

    answers = {cases.call(who, "GET", f"/cases/{case}{path}").status_code for path in ("", "/history", "/accesses")}

    assert (200 in answers) is any(rows(who, one, stands) for one in KNOWS_OF)
