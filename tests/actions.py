"""What staff do at the cases service, a row each: for whoever counts it, times it, or compares it on several stores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from shared.codes import DataCategory, Phase
from tests import cases as said
from tests.cases import CasesService

COORDINATOR, LEAD, OFFICER = "koordination", "lindenhof-leitung", "datenschutz"
ACCEPTING = "kompass-leitung"
ADDS = {"offers": LEAD, "transfer": LEAD, "break-glass": "bruecke-1"}
"""Who adds what beside a case, where that is not its case manager."""
CASE = "<case_id>"
ANOTHER = "<another>"
FINDING = {**said.FINDING, "case": CASE}
RELEASED = {
    **said.RELEASE,
    "data_categories": [one for one in DataCategory if one is not DataCategory.HEALTH],
    "informed": True,
}
SENT = {**said.REFERRAL, "status": "sent"}
HELD = {**said.CONFERENCE, "held_on": "2026-03-02"}
MEASURES = "/<case_id>/goals/goal-11/measures"
PLANNED = ("goals/goal-11/measures", said.MEASURE)
OFFERED = ("transfer", {"organisation": "kompass"})
DECIDED = {"status": "rejected", "body": "coordination", "decided_on": "2026-03-02"}


@dataclass(frozen=True)
class Action:
    """One call: on which route and with what, on a case that is how far, with what beside it, and by whom."""

    name: str
    method: str
    route: str
    body: Any = None
    stage: Phase | str = "assigned"
    beside: tuple[str, Any] | None = None
    """Where something is added first and as what; its id is the second name in the route."""
    who: str = "lindenhof-1"
    query: str = ""

    def ready(self, service: CasesService) -> Callable[[], TestResponse]:
        """The call itself, on a case of its own that is prepared for it."""
        case = a_case(service, self.stage)
        version, second = service.version(case), "housing"
        if self.beside is not None:
            version, second = _added(service, case, *self.beside)
        before, name, after = f"/cases{self.route.replace(CASE, case)}".partition("<")
        path = f"{before}{second}{after.partition('>')[2]}" if name else before
        body = _about(case, self.body)
        if body == {"into": ANOTHER}:
            body = {"into": service.assigned()}

        def call() -> TestResponse:
            told = {} if self.method == "GET" else {"If_Match": f'"{version}"'}
            told |= {"Content_Type": "text/csv"} if isinstance(body, bytes) else {}
            answer = service.call(self.who, self.method, f"{path}{self.query}", body, **told)
            assert answer.status_code < 300, f"{self.name}: {answer.text}"
            return answer

        return call


def a_case(service: CasesService, stage: Phase | str) -> str:
    """A case that is so far."""
    if isinstance(stage, Phase):
        return service.case_in(stage)
    if stage == "new":
        return service.inquiry()
    if stage == "released":
        case = service.case_in(Phase.LINKING)
        for recipient in ("jobcenter", "kompass"):
            service.call("lindenhof-1", "POST", f"/cases/{case}/consents", {**RELEASED, "recipient": recipient})
        return case
    case = service.assigned()
    if stage == "merged":
        into, match = {"into": service.assigned()}, {"If_Match": f'"{service.version(case)}"'}
        assert service.call("lindenhof-1", "POST", f"/cases/{case}/merge", into, **match).status_code == 200
    return case


def _added(service: CasesService, case: str, path: str, body: Any) -> tuple[int, str]:
    """The version of what was added beside the case, and its id."""
    place = f"/cases/{path}" if path in {"offers", "findings"} else f"/cases/{case}/{path}"
    who = ADDS.get(path, "lindenhof-1")
    match = {"If_Match": f'"{service.version(case)}"'}
    answer = service.call(who, "POST", place, _about(case, body), **match)
    assert answer.status_code < 300, f"{path}: {answer.text}"
    return answer.json["version"], answer.json["id"]


def _about(case: str, body: Any) -> Any:
    """The body with the id of the case where it names one."""
    return body if not isinstance(body, dict) or "case" not in body else {**body, "case": case}


COMMANDS = (
    Action("take an inquiry", "POST", "", said.INQUIRY),
    Action("allocate", "POST", "/<case_id>/allocation", {"organisation": "lindenhof"}, "new", who=COORDINATOR),
    Action("assign again", "POST", "/<case_id>/assignment", {"case_manager": "lindenhof-2"}, who=LEAD),
    Action("clear", "POST", "/<case_id>/clearing", {"result": "accepted", "reason": "…"}, Phase.CLEARING),
    Action("enter a phase", "POST", "/<case_id>/phase", {"to": "clearing"}),
    Action("change the client", "PATCH", "/<case_id>/client", {"needs_interpreter": True}),
    Action("change her name", "PATCH", "/<case_id>/client", {"family_name": "Quellwasserov"}),
    Action("mark a dispute", "POST", "/<case_id>/rectifications", said.DISPUTE),
    Action(
        "end it",
        "PATCH",
        "/<case_id>/rectifications/<one>",
        {"resolution": "withdrawn", "note": "…"},
        beside=("rectifications", said.DISPUTE),
    ),
    Action("note who lives there", "POST", "/<case_id>/household", said.MEMBER),
    Action(
        "and who left",
        "PATCH",
        "/<case_id>/household/<one>",
        {"left_on": "2026-03-01"},
        beside=("household", said.MEMBER),
    ),
    Action("assess", "PUT", "/<case_id>/assessment/<action_field>", said.ASSESSMENT, Phase.ASSESSMENT),
    Action("note legal domains", "PUT", "/<case_id>/legal-domains", {"legal_domains": ["sgb2"]}),
    Action("confirm a target group", "PUT", "/<case_id>/target-groups/young_adult", {"confirmed": True}),
    Action("set a goal", "POST", "/<case_id>/goals", said.GOAL, Phase.PLANNING),
    Action(
        "change a goal", "PATCH", "/<case_id>/goals/<goal>", {"agreed": False}, Phase.PLANNING, ("goals", said.GOAL)
    ),
    Action("reword it", "PATCH", "/<case_id>/goals/<goal>", {"title": "…"}, Phase.PLANNING, ("goals", said.GOAL)),
    Action("add a measure", "POST", MEASURES, said.MEASURE, Phase.LINKING),
    Action("and have it done", "PATCH", f"{MEASURES}/<measure>", {"status": "done"}, Phase.LINKING, PLANNED),
    Action("record a contact", "POST", "/<case_id>/contacts", said.CONTACT),
    Action("with a note", "POST", "/<case_id>/contacts", {**said.CONTACT, "note": "…"}),
    Action(
        "withdraw it",
        "POST",
        "/<case_id>/contacts/<contact>/withdrawal",
        {"reason": "…"},
        beside=("contacts", {**said.CONTACT, "note": "…"}),
    ),
    Action("record a consent", "POST", "/<case_id>/consents", said.CONSENT),
    Action("revoke it", "POST", "/<case_id>/consents/<consent>/revocation", {}, beside=("consents", said.CONSENT)),
    Action("record a residence title", "POST", "/<case_id>/residence", said.TITLE),
    Action("take it out", "POST", "/<case_id>/residence/<title>/withdrawal", {}, beside=("residence", said.TITLE)),
    Action("record a domain's end", "POST", "/<case_id>/domain-ends", said.DOMAIN_END),
    Action("and not", "POST", "/<case_id>/domain-ends/<end>/withdrawal", {}, beside=("domain-ends", said.DOMAIN_END)),
    Action("make an appointment", "POST", "/<case_id>/appointments", said.APPOINTMENT),
    Action(
        "cancel it",
        "PATCH",
        "/<case_id>/appointments/<appointment>",
        {"status": "cancelled"},
        beside=("appointments", said.APPOINTMENT),
    ),
    Action("set a follow-up", "POST", "/<case_id>/follow-ups", said.FOLLOW_UP),
    Action(
        "have it done", "PATCH", "/<case_id>/follow-ups/<one>", {"done": True}, beside=("follow-ups", said.FOLLOW_UP)
    ),
    Action("hold a conference", "POST", "/<case_id>/conferences", said.CONFERENCE, "released"),
    Action(
        "what was agreed on",
        "PATCH",
        "/<case_id>/conferences/<conference>",
        {"agreements": [{"who": "client", "what": "…"}]},
        "released",
        ("conferences", HELD),
    ),
    Action(
        "who takes part",
        "PATCH",
        "/<case_id>/conferences/<conference>",
        {"participants": said.CONFERENCE["participants"][:1]},
        "released",
        ("conferences", said.CONFERENCE),
    ),
    Action("break the glass", "POST", "/<case_id>/break-glass", said.BREAK_GLASS, who="bruecke-1"),
    Action(
        "review it",
        "POST",
        "/<case_id>/break-glass/<broken>/review",
        {"result": "justified", "note": "…"},
        beside=("break-glass", said.BREAK_GLASS),
        who=OFFICER,
    ),
    Action("refer", "POST", "/<case_id>/referrals", SENT, "released"),
    Action(
        "accept a referral",
        "PATCH",
        "/<case_id>/referrals/<referral>",
        {"status": "accepted"},
        "released",
        ("referrals", SENT),
        "partner-jobcenter",
    ),
    Action(
        "close", "POST", "/<case_id>/closure", {**said.CLOSURE, "outcomes": {"goal-11": "achieved"}}, Phase.EVALUATION
    ),
    Action("reopen", "POST", "/<case_id>/reopening", {}, Phase.CLOSED),
    Action("offer to another", "POST", "/<case_id>/transfer", OFFERED[1], "released", who=LEAD),
    Action("take it", "POST", "/<case_id>/transfer/answer", {"answer": "accepted"}, "released", OFFERED, who=ACCEPTING),
    Action("merge two", "POST", "/<case_id>/merge", {"into": ANOTHER}),
    Action("separate them", "POST", "/<case_id>/separation", {}, "merged"),
    Action("restrict", "POST", "/<case_id>/restriction", {"restricted": True}, who=OFFICER),
    Action("erase", "POST", "/<case_id>/erasure", {"reason": "requested"}, Phase.CLOSED, who=OFFICER),
    Action("list an offer", "POST", "/offers", said.OFFER, who=LEAD),
    Action("change an offer", "PATCH", "/offers/<offer>", {"free_places": 1}, beside=("offers", said.OFFER), who=LEAD),
    Action("import offers", "POST", "/offers/import", said.OFFERS.encode(), who=LEAD),
    Action("import from elsewhere", "POST", "/offers/hsds", said.HSDS, who=LEAD),
    Action("raise a finding", "POST", "/findings", FINDING),
    Action(
        "decide on it",
        "PATCH",
        "/findings/<finding>",
        DECIDED,
        beside=("findings", FINDING),
        who=COORDINATOR,
    ),
)
"""Every command of the contract, as it usually goes."""

READS = (
    Action("list own cases", "GET", "", query="?case_manager=me"),
    Action("search by name", "GET", "", query="?q=Baispil"),
    Action("search by reference", "GET", "", query="?q=KIM-0000-0001"),
    Action("search by birth date", "GET", "", query="?q=17.5.2003"),
    Action("read a case", "GET", "/<case_id>"),
    Action("read a whole file", "GET", "/<case_id>", stage=Phase.EVALUATION),
    Action(
        "under a broken glass",
        "GET",
        "/<case_id>",
        stage=Phase.EVALUATION,
        beside=("break-glass", said.BREAK_GLASS),
        who="bruecke-1",
    ),
    Action("its plan", "GET", "/<case_id>/plan", stage=Phase.EVALUATION),
    Action("its plan before", "GET", "/<case_id>/plan", stage=Phase.EVALUATION, query="?version=11"),
    Action("what changed in it", "GET", "/<case_id>/plan/comparison", stage=Phase.EVALUATION, query="?from=9"),
    Action("how a field was assessed", "GET", "/<case_id>/assessment/<action_field>", stage=Phase.EVALUATION),
    Action("its contacts", "GET", "/<case_id>/contacts", stage=Phase.EVALUATION),
    Action("its history", "GET", "/<case_id>/history", stage=Phase.EVALUATION),
    Action("who looked at it", "GET", "/<case_id>/accesses", stage=Phase.EVALUATION, who=OFFICER),
    Action("its appointments", "GET", "/<case_id>/appointments", beside=("appointments", said.APPOINTMENT)),
    Action("who lives there", "GET", "/<case_id>/household", beside=("household", said.MEMBER)),
    Action("what is due", "GET", "/follow-ups", beside=("follow-ups", said.FOLLOW_UP)),
    Action("find offers", "GET", "/offers", beside=("offers", said.OFFER)),
)
"""What is read most."""
