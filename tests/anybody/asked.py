"""What people ask for: commands with their bodies, in which every word says where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import strategies as st

from tests.anybody.marks import CONFERENCE, NEVER, OFFERED, another_name, mark
from tests.anybody.model import Known
from tests.anybody.rules import unmet

PROVIDERS = ("lindenhof", "bruecke", "kompass")
RECIPIENTS = ("jobcenter", "jobcenter", "jobcenter", "auslaenderbehoerde", "kompass", "bruecke")
RELEASED = "somebody towards whom there is a release"
PHASES = ("clearing", "intake", "assessment", "planning", "linking", "monitoring", "evaluation", "closed")
PARTS = (
    "process",
    "identity",
    "contact",
    "residence",
    "household",
    "assessment",
    "plan",
    "referrals",
    "appointments",
    "health",
)
USUAL = ("identity", "contact", "plan", "referrals")
DAYS = (None, None, None, "2026-03-03", "2026-04-01", "2026-06-01")

READS = (
    *("", "", "", "contacts", "history", "accesses", "appointments", "follow-ups", "referrals", "conferences"),
    *("residence", "domain-ends", "household", "rectifications", "subject-access", "break-glass"),
    *("plan", "plan/comparison", "assessment/debts", "assessment/health"),
)
LISTS = (
    *("/cases", "/cases", "/cases?q=Vormarke1", "/cases?q=1999-07-10", "/cases?phase=clearing", "/cases?topic=debts"),
    *("/cases?case_manager=me", "/cases?organisation=unallocated", "/cases?transfer=incoming"),
    *("/cases/follow-ups", "/cases/appointments"),
    "/cases?q=Vormarke1&topic=debts",
    *(
        "/cases/referrals/incoming",
        "/cases/referrals/incoming?status=finished",
        "/cases/findings",
        "/cases/retention",
        "/cases/break-glass",
    ),
)

CLOSING = {"reason": "goals_achieved", "ended_by": "mutual"}
DECLARED = {"form": "written", "language": "de", "text_version": "2026-01"}
PROCESSING = {**DECLARED, "type": "processing"}
EXPRESSLY = {**PROCESSING, "target_groups": ["lsbti"], "informed": True}


def _choice(**choices: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: st.sampled_from(values) for name, values in choices.items()})


def _released(said: dict[str, Any]) -> dict[str, Any]:
    parts = list(dict.fromkeys(said["data_categories"]))
    return {
        **DECLARED,
        "type": "secrecy_release",
        **said,
        "data_categories": parts,
        "purpose": None if parts else "referral",
        "direction": said["direction"] if parts else "from_recipient",  # or it would show nothing, and be refused
        "informed": True,
        "health_data": True,
    }


RELEASES = st.fixed_dictionaries(
    {
        "recipient": st.sampled_from(RECIPIENTS),
        "data_categories": st.one_of(
            st.lists(st.sampled_from(PARTS), max_size=2),
            st.lists(st.sampled_from(PARTS), max_size=5),
            st.just(PARTS),
            st.just(USUAL),
        ),
        "direction": st.sampled_from(["to_recipient", "to_recipient", "both", "from_recipient"]),
        "valid_until": st.sampled_from(DAYS),
    }
).map(_released)

IDS = st.integers(1, 25)
GROUNDS = st.sampled_from(["client_asks", "danger_to_client", "danger_to_others"])

GROUPS = ["young_adult", "toleration_or_procedure", "single_parent", "household_member", "disability", *["lsbti"] * 3]

Said = dict[str, Any]

_COMMANDS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "allocation": _choice(organisation=PROVIDERS),
    "assignment": _choice(case_manager=[f"{one}-{number}" for one in PROVIDERS for number in (1, 2)]),
    "client": st.just({}),
    "clearing": _choice(result=["accepted", "waiting_list", "short_consultation", "signposted"], reason=[NEVER]),
    "legal-domains": _choice(legal_domains=[[], ["sgb2"], ["asylblg", "schulg"]]),
    "merge": st.builds(dict, which=IDS),
    "phase": _choice(to=PHASES),
    "assessment": _choice(field=["debts", "health"], view=["client", "professional"], urgency=[0, 4]),
    "goals": _choice(action_field=["debts", "health"], agreed=[True, False]),
    "goals/change": st.tuples(
        IDS, _choice(agreed=[True, False]) | _choice(outcome=["achieved", "not_achieved"]) | _choice(title=["reworded"])
    ).map(lambda both: {"which": both[0], **both[1]}),
    "measures": st.tuples(IDS, _choice(responsible=["client", "case_manager", "jobcenter"], agreed=[True, False])).map(
        lambda both: {"which": both[0], **both[1]}
    ),
    "measures/change": st.tuples(IDS, _choice(status=["open", "done", "dropped"]) | _choice(what=["reworded"])).map(
        lambda both: {"which": both[0], **both[1]}
    ),
    "contacts": _choice(channel=["phone", "meeting"], minutes=[5, 60]),
    "consents": st.sampled_from([PROCESSING, EXPRESSLY]) | RELEASES,
    "consents/revocation": st.builds(dict, which=IDS),
    "closure": st.just(CLOSING),
    "reopening": st.just({}),
    "separation": st.just({}),
    "target-groups": _choice(group=GROUPS, confirmed=[True, True, False]),
    "transfer": _choice(organisation=PROVIDERS),
    "transfer/answer": _choice(answer=["accepted", "refused", "recalled"]),
    "restriction": st.fixed_dictionaries(
        {}, optional={"restricted": st.booleans(), "legal_hold": st.sampled_from([True, False, False])}
    ),
    "erasure": _choice(reason=["requested", "consent_withdrawn"]),
}
COMMANDS = st.sampled_from(sorted(_COMMANDS)).flatmap(lambda what: st.tuples(st.just(what), _COMMANDS[what]))
RIGHTS = st.sampled_from(["restriction", "restriction", "restriction", "erasure"]).flatmap(
    lambda what: st.tuples(st.just(what), _COMMANDS[what])
)

ADDITIONS = st.one_of(
    st.tuples(st.just("follow-ups"), _choice(due_on=["2026-03-01", "2026-03-20"])),
    st.tuples(st.just("appointments"), _choice(starts_at=["2027-03-09T10:00:00+01:00"], channel=["phone"])),
    st.tuples(
        st.just("referrals"), _choice(recipient=[*RECIPIENTS, *[RELEASED] * 8], status=["proposed", "sent", "sent"])
    ),
    st.tuples(st.just("conferences"), _choice(held_on=["2026-03-05"], other=["jobcenter", "kompass"])),
    st.tuples(st.just("residence"), _choice(status=["toleration", "permit_work"], valid_from=["2026-01-01"])),
    st.tuples(st.just("household"), _choice(relation=["child", "sibling"], age_band=[None, "under_18"])),
    st.tuples(st.just("domain-ends"), _choice(legal_domain=["schulg", "sgb2"], ends_on=["2026-03-20"])),
)
ANSWERS = st.one_of(
    _choice(status=["accepted", "started", "finished", "dropped"]),
    _choice(status=["declined"], reason=["no_capacity"]),
    _choice(confirmed_by=["client", "recipient"]),
)
CHANGES = st.one_of(
    st.tuples(st.just("follow-ups"), _choice(done=[True, False])),
    st.tuples(st.just("appointments"), _choice(status=["cancelled"]) | _choice(minutes=[30, 45])),
    st.tuples(st.just("referrals"), ANSWERS | _choice(status=["sent"])),
    st.tuples(
        st.just("conferences"),
        _choice(status=["cancelled", "held"])
        | _choice(held_on=["2026-03-20"])
        | _choice(agreements=["reworded"])
        | _choice(invited=["jobcenter", "kompass", None]),
    ),
)


def worded(what: str, said: Said, case: Known) -> Said:
    """The body, with words that say where they come from and names of what the case has."""
    return WORDED[what](said, case) if what in WORDED else said


def _reasoned(said: Said, case: Known) -> Said:
    return {**said, "reason": mark(NEVER, case.number)}


def _titled(said: Said, case: Known) -> Said:
    return {**said, "title": mark(NEVER, case.number)} if "due_on" in said else said


def _purposed(said: Said, case: Known) -> Said:
    return said if "status" in said else {**said, "purpose": mark(NEVER, case.number)}


ROUTES = {
    "assessment": ("PUT", "assessment/{field}"),
    "client": ("PATCH", "client"),
    "consents/revocation": ("POST", "consents/{consent}/revocation"),
    "goals/change": ("PATCH", "goals/{goal}"),
    "legal-domains": ("PUT", "legal-domains"),
    "measures": ("POST", "goals/{goal}/measures"),
    "measures/change": ("PATCH", "goals/{goal}/measures/{measure}"),
    "target-groups": ("PUT", "target-groups/{group}"),
}
"""Method and path of what is not simply posted under its own name."""


def request(what: str, said: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """How it is said over HTTP: method, path and body."""
    body = {
        name: value
        for name, value in said.items()
        if name not in {"which", "goal", "measure", "consent", "field", "group", "other"}
    }
    method, path = ROUTES.get(what, ("POST", what))
    return method, path.format(**said), body


def usual(case: Known, on: date) -> tuple[str, str, dict[str, Any]]:
    """Who takes which step next on the usual way of a case."""
    hers = "the one whose it is"
    if case.phase == "closed":
        return hers, "reopening", {}
    if case.organisation is None:
        return "koordination", "allocation", {"organisation": "lindenhof"}
    if case.manager is None:
        return f"{case.organisation}-leitung", "assignment", {"case_manager": f"{case.organisation}-1"}
    if case.phase == "evaluation":
        return hers, "closure", {**CLOSING, "outcomes": dict.fromkeys(case.goals, "achieved")}
    if not unmet(case, on):
        return hers, "phase", {"to": following(case)}
    field = "debts" if case.number % 2 else "health"
    missing: dict[str, tuple[str, dict[str, Any]]] = {
        "clearing": ("clearing", {"result": "accepted"}),
        "intake": ("consents", PROCESSING) if case.cleared == "accepted" else ("clearing", {"result": "accepted"}),
        "assessment": ("assessment", {"field": field, "view": "client", "urgency": 2}),
        "planning": ("goals", {"action_field": field, "agreed": True}),
    }
    return hers, *missing[case.phase]


def following(case: Known) -> str:
    """The phase after the one that it is in; after the last, the first."""
    return PHASES[(PHASES.index(case.phase) + 1) % len(PHASES)] if case.phase in PHASES else PHASES[0]


def _one(held: dict[str, Any], which: int, otherwise: str) -> str:
    """One of those that are there, or now and then one that is not."""
    return otherwise if not held or which == 25 else list(held)[which % len(held)]


def _referral(said: Said, case: Known) -> Said:
    if "recipient" not in said:
        return said
    towards = [one["to"] for one in case.consents.values() if one["type"] == "secrecy_release" and not one["revoked"]]
    recipient = (towards or ["jobcenter"])[-1] if said["recipient"] == RELEASED else said["recipient"]
    return {**said, "recipient": recipient, "note": mark("referrals", case.number)}


def _goal(said: Said, case: Known) -> Said:
    goal = _one(case.goals, said["which"], "goal-999")
    title = {"title": mark("plan", case.number, case.fields.get(goal, "general"))} if "title" in said else {}
    return {**said, "goal": goal, **title}


def _measure(said: Said, case: Known) -> Said:
    goal = _one(case.goals, said["which"], "goal-999")
    return {**said, "goal": goal, "what": mark("plan", case.number, case.fields.get(goal, "general"))}


def _of_a_measure(said: Said, case: Known) -> Said:
    measure = _one(case.measures, said["which"], "measure-999")
    goal = case.measures.get(measure, {}).get("goal", "goal-999")
    what = {"what": mark("plan", case.number, case.fields.get(goal, "general"))} if "what" in said else {}
    return {**said, "goal": goal, "measure": measure, **what}


def _conference(said: dict[str, Any], case: Known) -> dict[str, Any]:
    if "agreements" in said:
        return {"agreements": [{"who": "client", "what": mark(CONFERENCE, case.number)}]}
    if "invited" in said:
        return {"participants": _participants(said["invited"], case)}
    if "other" not in said:
        return said
    return {
        "held_on": said["held_on"],
        "participants": _participants(said["other"], case),
        "question": mark(CONFERENCE, case.number),
        "agreements": [{"who": "client", "what": mark(CONFERENCE, case.number)}],
    }


def _participants(other: str | None, case: Known) -> list[Said]:
    """Our own organisation and, where one is given, another."""
    takes_part = [case.organisation or "lindenhof", *({other} - {case.organisation, None})]
    return [{"organisation": str(one), "function": mark(NEVER, case.number)} for one in takes_part]


WORDED: dict[str, Callable[[Said, Known], Said]] = {
    "appointments": _purposed,
    "assessment": lambda said, case: {**said, "situation": mark("assessment", case.number, said["field"])},
    "client": lambda _, case: {"family_name": another_name(case.number)},
    "clearing": _reasoned,
    "closure": lambda said, case: {"outcomes": {}, **said, "note": mark(NEVER, case.number)},
    "conferences": _conference,
    "consents/revocation": lambda said, case: {
        **_reasoned(said, case),
        "consent": _one(case.consents, said["which"], "consent-999"),
    },
    "contacts": lambda said, case: {**said, "note": mark(NEVER, case.number)},
    "follow-ups": _titled,
    "goals": lambda said, case: {**said, "title": mark("plan", case.number, said["action_field"])},
    "goals/change": _goal,
    "measures": _measure,
    "measures/change": _of_a_measure,
    "household": lambda said, case: {**said, "name": mark(NEVER, case.number), "note": mark(NEVER, case.number)},
    "referrals": _referral,
    "reopening": _reasoned,
    "transfer": lambda said, case: {**said, "reason": mark(OFFERED, case.number)},
    "transfer/answer": _reasoned,
}
