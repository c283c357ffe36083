"""Every route of cases for every role in every relation: allowed as the table says, and refusals are on record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from services.cases import nouns
from services.cases.table import routes
from shared.codes import Phase, Role
from shared.municipality import Staff
from shared.policy import KNOWS_OF, POLICY, Action, Relation
from tests.cases import (
    APPOINTMENT,
    ASSESSMENT,
    BREAK_GLASS,
    CLOSURE,
    CONFERENCE,
    CONSENT,
    CONTACT,
    DISPUTE,
    DOMAIN_END,
    FINDING,
    FOLLOW_UP,
    GOAL,
    HSDS,
    INQUIRY,
    MEASURE,
    MEMBER,
    OFFER,
    OFFERS,
    REFERRAL,
    RELEASE,
    TITLE,
    CasesService,
    a_cases_service,
)
from tests.fakes import Kept, MemoryStore
from tests.signin import somebody

nouns.whole()  # it brings the routes of all that lies beside a case

BODIES: dict[str, Any] = {
    "client": {"needs_interpreter": True},
    "allocation": {"organisation": "lindenhof"},
    "assignment": {"case_manager": "lindenhof-2"},
    "clearing": {"result": "accepted"},
    "phase": {"to": "linking"},
    "legal-domains": {"legal_domains": ["asylblg"]},
    "closure": {**CLOSURE, "outcomes": {}},
    "reopening": {},
    "transfer": {"organisation": "kompass"},
    "transfer/answer": {"answer": "recalled"},
    "merge": {"into": "<into>"},
    "separation": {},
    "assessment/<action_field>": ASSESSMENT,
    "goals": GOAL,
    "goals/<goal>": {"agreed": False},
    "goals/<goal>/measures": MEASURE,
    "goals/<goal>/measures/<measure>": {"status": "done"},
    "break-glass": BREAK_GLASS,
    "break-glass/<broken>/review": {"result": "justified"},
    "target-groups/<target_group>": {"confirmed": True},
    "contacts": CONTACT,
    "contacts/<contact>/withdrawal": {},
    "consents": CONSENT,
    "consents/<consent>/revocation": {},
    "appointments": APPOINTMENT,
    "appointments/<appointment>": {"status": "cancelled"},
    "domain-ends": DOMAIN_END,
    "domain-ends/<end>/withdrawal": {},
    "residence": TITLE,
    "residence/<title>/withdrawal": {},
    "conferences": CONFERENCE,
    "conferences/<conference>": {"status": "cancelled"},
    "household": MEMBER,
    "household/<member>": {"age_band": "18_20"},
    "follow-ups": FOLLOW_UP,
    "follow-ups/<follow_up>": {"done": True},
    "referrals": REFERRAL,
    "referrals/<referral>": {"status": "accepted"},
    "rectifications": DISPUTE,
    "rectifications/<rectification>": {"resolution": "withdrawn"},
    "restriction": {"restricted": True},
    "erasure": {"reason": "requested"},
}
"""What each command sends. The rules may refuse it: that the policy did not is what counts."""

BESIDE: dict[str, tuple[str, dict[str, Any]]] = {
    "<appointment>": ("appointments", APPOINTMENT),
    "<broken>": ("break-glass", BREAK_GLASS),
    "<conference>": ("conferences", CONFERENCE),
    "<follow_up>": ("follow-ups", FOLLOW_UP),
    "<member>": ("household", MEMBER),
    "<title>": ("residence", TITLE),
    "<end>": ("domain-ends", DOMAIN_END),
    "<rectification>": ("rectifications", DISPUTE),
    "<referral>": ("referrals", {**REFERRAL, "status": "sent"}),
    "<contact>": ("contacts", CONTACT),
}
"""What a path may name beside the case: where it is added, and as what."""
ADDS = {"break-glass": "lindenhof-2"}
"""Who adds it, where that is not the case manager."""

NAMES = {"<action_field>": "housing", "<goal>": "goal-11", "<measure>": "measure-13", "<consent>": "consent-7"}
NAMES |= {"<target_group>": "young_adult"}
THERE: dict[tuple[str, str], str] = {}
"""The ids of what lies beside the cases of these tests, by case and by the name in the path."""

VERSION = 16
"""Of a case in the phase of linking with all these, a release towards the Jobcenter and a dispute."""

OF_NO_CASE: dict[str, Any] = {
    "": INQUIRY,
    "offers": OFFER,
    "offers/<offer>": {"free_places": 1},
    "offers/import": OFFERS.encode(),
    "offers/hsds": HSDS,
    "findings": FINDING,
    "findings/<finding>": {"status": "rejected", "body": "coordination", "decided_on": "2026-03-02"},
}
"""What is sent where no case is named."""

OF_A_CASE = [route for route in routes.declared if "<case_id>" in route[1]]
PUBLIC = [route for route in routes.declared if route[2] is Action.PUBLIC]
OF_NONE = [route for route in routes.declared if route not in OF_A_CASE and route not in PUBLIC]
BOTH = (Relation.ORGANISATION, Relation.ASSIGNED)
STANDS = [{Relation.ANY, *more} for more in ((), BOTH[:1], BOTH[1:], BOTH, (Relation.RECIPIENT, Relation.CONSENTED))]
WORKS_FOR = {Relation.ORGANISATION: "lindenhof", Relation.RECIPIENT: "jobcenter"}
NOT_REFUSED = {200, 201, 409, 412}
NOTHING_YET = {"/cases/<case_id>/erasure"}
"""What may be asked for and is not there, of a case that is like any other."""

ROUTE = pytest.mark.parametrize("route", OF_A_CASE, ids=lambda route: f"{route[0]} {route[1]}")
ROLE = pytest.mark.parametrize("role", list(Role))


@pytest.fixture(scope="module")
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        THERE["", "<into>"] = service.assigned()
        yield service


@pytest.fixture(scope="module")
def prepared(cases: CasesService) -> tuple[str, Kept, Kept]:
    """A case in the phase of linking, and both databases as they were when no test had changed anything."""
    case = cases.case_in(Phase.LINKING)
    cases.call("lindenhof-1", "POST", f"/cases/{case}/goals/goal-11/measures", MEASURE)
    cases.call("lindenhof-1", "POST", f"/cases/{case}/consents", RELEASE)
    for name, (path, body) in BESIDE.items():
        answer = cases.call(ADDS.get(path, "lindenhof-1"), "POST", f"/cases/{case}/{path}", body)
        THERE[case, name] = answer.json["id"]
    assert cases.version(case) == VERSION
    return case, *(store.kept() for store in stores(cases))


@pytest.fixture
def untouched(cases: CasesService, prepared: tuple[str, Kept, Kept]) -> str:
    """The same case for every test, as if it were the first."""
    case, *kept = prepared
    for store, then in zip(stores(cases), kept, strict=True):
        store.put_back(then)
    return case


def stores(cases: CasesService) -> tuple[MemoryStore, MemoryStore]:
    assert isinstance(cases.store, MemoryStore)
    assert isinstance(cases.vault, MemoryStore)
    return cases.store, cases.vault


def caller(role: Role, stands: set[Relation], action: Action | None = None) -> Staff:
    breaks = action is Action.CASE_BREAK_GLASS and role is not Role.CASE_MANAGER  # or she could read it afterwards
    stranger = "who-breaks-the-glass" if action is Action.CASE_BREAK_GLASS else "somebody"
    return somebody(
        role,
        id="lindenhof-1" if Relation.ASSIGNED in stands and not breaks else stranger,
        organisation=next((WORKS_FOR[one] for one in WORKS_FOR if one in stands), "bruecke"),
    )


def ask(cases: CasesService, who: Staff | None, method: str, path: str, case: str) -> int:
    body = None if method == "GET" else BODIES[path.partition("<case_id>/")[2]]
    if body == {"into": "<into>"}:
        body = {"into": THERE["", "<into>"]}
    beside = {name: THERE.get((case, name), "nothing-0") for name in BESIDE}
    for name, value in {**NAMES, **beside, "<case_id>": case}.items():
        path = path.replace(name, value)
    return cases.call(who, method, path, body, If_Match=f'"{VERSION}"').status_code


def granted(role: Role, action: Action) -> set[Relation]:
    return {relation for one, relation in POLICY[action] if one is role}


def newest_looks(cases: CasesService, case: str) -> list[Any]:
    return [entry.body["event"] for entry in cases.desk.looks.of(case, limit=1, after=None).items]


@pytest.mark.parametrize("stands", STANDS, ids=lambda stands: "+".join(sorted(stands)))
@ROLE
@ROUTE
def test_a_route_obeys_the_table(cases: CasesService, untouched: str, route: Any, role: Role, stands: set[Relation]):
    method, path, action = route
    case, who = untouched, caller(role, stands, action)
    no_office_ever = action is Action.CASE_BREAK_GLASS and who.organisation == "jobcenter"
    rows = set() if no_office_ever else granted(role, action)
    before = newest_looks(cases, case)

    status = ask(cases, who, method, path, case)

    after = newest_looks(cases, case)
    if rows & stands:
        assert status in NOT_REFUSED or (status == 404 and method == "GET" and path in NOTHING_YET)
        assert (after != before) is (method == "GET")
    else:
        knows = any(granted(role, known) & stands for known in KNOWS_OF)
        assert status == (403 if knows or not rows else 404)
        (look,) = after
        assert after != before
        assert (look["by"], look["action"], look["reason"]) == (who.id, action, "refused")
        assert cases.version(case) == VERSION


@pytest.mark.parametrize("role", [Role.CASE_MANAGER, Role.TEAM_LEAD])
@ROUTE
def test_who_broke_the_glass_reads_what_the_table_says_and_changes_nothing(
    cases: CasesService, untouched: str, route: Any, role: Role
):
    method, path, action = route
    case, who = untouched, somebody(role, id=f"broke-it-as-{role}", organisation="bruecke")
    cases.call(who, "POST", f"/cases/{case}/break-glass", BREAK_GLASS)

    status = ask(cases, who, method, path, case)

    looks = newest_looks(cases, case)
    if Relation.BREAK_GLASS in granted(role, action):
        (look,) = looks
        assert (method, status) == ("GET", 200)
        assert look["reason"].startswith("break-glass-")
        assert (look["by"], look["action"] in {action, Action.CASE_READ}) == (who.id, True)
    elif action is Action.CASE_BREAK_GLASS:
        assert (status, looks) == (409, [])
    else:
        (look,) = looks
        assert status == 403
        assert (look["by"], look["action"], look["reason"]) == (who.id, action, "refused")
        assert cases.version(case) == VERSION


@ROLE
@ROUTE
def test_a_case_that_is_not_there_is_as_one_that_is_hidden(cases: CasesService, route: Any, role: Role):
    method, path, action = route

    status = ask(cases, caller(role, set(Relation)), method, path, "case-0")

    assert status == (404 if granted(role, action) else 403)


@ROUTE
def test_nobody_gets_anywhere_without_signing_in(cases: CasesService, route: Any):
    method, path, _ = route

    assert ask(cases, None, method, path, "case-0") == 401


@ROLE
@pytest.mark.parametrize("route", OF_NONE, ids=lambda route: f"{route[0]} {route[1]}")
def test_a_route_of_no_case_is_for_the_roles_of_the_table(cases: CasesService, route: Any, role: Role):
    method, path, action = route
    who = caller(role, set(BOTH))

    body = None if method == "GET" else OF_NO_CASE[path.partition("/cases")[2].strip("/")]
    if "<offer>" in path:
        path = cases.call("lindenhof-leitung", "POST", "/cases/offers", OFFER).headers["Location"]
    if body is FINDING or "<finding>" in path:
        raised = {**FINDING, "case": cases.assigned()}
        path = path.replace("<finding>", cases.call("lindenhof-1", "POST", "/cases/findings", raised).json["id"])
        body = raised if body is FINDING else body
    media = {"Content_Type": "text/csv"} if isinstance(body, bytes) else {}

    answer = cases.call(who, method, path, body, If_Match='"1"', **media)

    assert answer.status_code in (NOT_REFUSED if granted(role, action) else {403})
    if answer.status_code == 403:
        look = cases.looks()[-1]
        assert (look.by, look.action, look.reason, look.cases) == (who.id, action, "refused", ())


def test_only_whether_it_is_there_is_told_to_everybody():
    assert [route[:2] for route in PUBLIC] == [("GET", "/cases/healthz")]


def test_every_role_is_asked_of_every_route():
    """A new route needs a body here, or it is in no test of the policy."""
    assert {path.partition("<case_id>/")[2] for method, path, _ in OF_A_CASE if method != "GET"} == set(BODIES)
