"""What people may do with a case and what the rules allow, written down once more and apart from the service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from shared import clock
from shared.municipality import Staff
from tests.anybody.marks import CONFERENCE as SAID_AT_A_CONFERENCE
from tests.anybody.marks import NEVER, OFFERED, Origin
from tests.anybody.model import EVERYTHING, Known

WORK = {"case_manager", "team_lead"}
READS_CONFERENCES = "reads conferences"
ROLES = {
    "allocation": {"coordinator"},
    "assignment": {"team_lead"},
    "transfer": {"team_lead"},
    "transfer/answer": {"team_lead"},
    "restriction": {"privacy_officer"},
    "erasure": {"privacy_officer"},
    "history": WORK | {"privacy_officer"},
    "rectifications": WORK | {"privacy_officer"},
    "accesses": {"team_lead", "privacy_officer"},
    "break-glass": {"team_lead", "privacy_officer"},
    "subject-access": {"privacy_officer"},
    "": WORK | {"coordinator", "partner"},
    READS_CONFERENCES: WORK | {"partner"},
}
"""Who may ever do it; everything else is for those who work on cases."""

NOT_UNDER_GLASS = {"history", "accesses", "rectifications", "subject-access", "break-glass"}
"""What nobody reads by having broken the glass."""

WITHOUT_VERSION = {"contacts", "consents", "goals", "measures", "consents/revocation", "erasure"}
"""What neither waits for a version nor collides."""

REFERRAL, CONFERENCE = {"identity", "referrals"}, {"identity", "plan"}
"""What a referral, and what a conference tells."""

NAMED = {"household_member", "disability", "lsbti"}
"""Target groups that no code suggests: what nobody named cannot be ruled out."""

NEXT = {
    "inquiry": {"clearing"},
    "clearing": {"intake"},
    "intake": {"assessment"},
    "assessment": {"planning"},
    "planning": {"linking"},
    "linking": {"monitoring"},
    "monitoring": {"evaluation", "assessment"},
}


def holds(user: Staff, case: Known) -> bool:
    """Whether the case is hers to work on."""
    leads = "team_lead" in user.roles and case.organisation is not None and user.organisation == case.organisation
    return leads or ("case_manager" in user.roles and user.id == case.manager)


def may_break(user: Staff, case: Known, at: datetime) -> int:
    """The status that somebody must be answered with who breaks the glass before a case."""
    if not WORK & set(user.roles):
        return 403
    return 409 if holds(user, case) or case.open_to(user.id, at) or case.erased else 201


def may_see(user: Staff, origin: Origin, case: Known, path: str, at: datetime) -> bool:
    """Whether somebody may be told something out of the file."""
    on = clock.day(at)
    if case.erased:
        return False
    if "privacy_officer" in user.roles and path.endswith(("subject-access", "break-glass")):
        return True
    if case.open_to(user.id, at) and path.startswith(f"/cases/{case.id}"):
        return True
    if origin.part == OFFERED and _is_asked(user, case) and _file_is_released(case, on):
        return True
    partner = "partner" in user.roles and _is_shown(origin, case, user.organisation, on)
    return holds(user, case) or (partner and origin.part != NEVER)


def _is_shown(origin: Origin, case: Known, organisation: str | None, on: date) -> bool:
    if origin.part != SAID_AT_A_CONFERENCE:
        return case.shows(origin, organisation, on)
    return bool(case.showing(organisation, on)) and case.covers(CONFERENCE, organisation, on)


def refusal(user: Staff, what: str, case: Known, at: datetime, *, reads: bool = False) -> int | None:
    """How somebody is refused to whom a case is not, or who only `reads` it, at that time; None where it is."""
    on, opened = clock.day(at), case.open_to(user.id, at)
    asked = _is_asked(user, case) and _file_is_released(case, on)
    what = READS_CONFERENCES if reads and what == "conferences" else what
    if not ROLES.get(what, WORK) & set(user.roles):
        return 403
    if reads and opened and what not in NOT_UNDER_GLASS:
        return None
    if _allowed(user, what, case, asked, on):
        return None
    known = holds(user, case) or bool({"coordinator", "privacy_officer"} & set(user.roles))
    return 403 if known or asked or opened else 404


def _is_asked(user: Staff, case: Known) -> bool:
    """Whether the case is offered to the team that she leads."""
    return "team_lead" in user.roles and user.organisation is not None and case.offered == user.organisation


def _file_is_released(case: Known, on: date) -> bool:
    """Whether what is offered may be seen by whom it is offered to."""
    return bool(case.showing(case.offered, on)) and case.covers(EVERYTHING, case.offered, on)


def _allowed(user: Staff, what: str, case: Known, asked: bool, on: date) -> bool:
    leads = "team_lead" in user.roles and holds(user, case)
    match what:
        case "allocation" | "restriction" | "erasure" | "subject-access":
            return True
        case "assignment" | "transfer":
            return leads
        case "transfer/answer":
            return asked or leads
        case "history" | "rectifications":
            return holds(user, case) or "privacy_officer" in user.roles
        case "accesses" | "break-glass":
            return leads or "privacy_officer" in user.roles
        case "reads conferences":
            return holds(user, case) or ("partner" in user.roles and bool(case.showing(user.organisation, on)))
        case "":
            partner = "partner" in user.roles and bool(case.showing(user.organisation, on))
            return holds(user, case) or asked or partner or "coordinator" in user.roles
    return holds(user, case)


def expected(user: Staff, what: str, said: dict[str, Any], seen: str, case: Known, at: datetime) -> int:
    """The status that a command must be answered with. `seen` is the version she saw: now, old, or none."""
    refused, on = refusal(user, what, case, at), clock.day(at)
    if refused == 403 and not ROLES.get(what, WORK) & set(user.roles):
        return refused
    if what not in WITHOUT_VERSION and seen == "none":
        return 428
    if what == "consents" and _has_run_out(said, on):
        return 422
    if refused is not None:
        return refused
    if what not in WITHOUT_VERSION and seen == "old":
        return 412
    if what == "transfer" and said["organisation"] == case.organisation:
        return 422
    if what == "merge" and (said["other"] is case or not holds(user, said["other"])):
        return 422
    return _ruled(user, what, said, case, on)


def _has_run_out(said: dict[str, Any], on: date) -> bool:
    """Whether a declaration would be over before it begins."""
    return said.get("valid_until") is not None and date.fromisoformat(said["valid_until"]) < on


def _ruled(user: Staff, what: str, said: dict[str, Any], case: Known, on: date) -> int:
    """What the rules say: a 2xx, 409, or 404 for a part that is not there."""
    if what == "consents/revocation":
        held = case.consents.get(said["consent"])
        return 404 if held is None else 409 if held["revoked"] or case.erased else 200
    if what == "transfer/answer":
        return _answerable(user, said, case, on)
    if what in DESPITE_CLOSURE:
        return 200 if DESPITE_CLOSURE[what](said, case) else 409
    if case.phase == "closed":
        return 409
    if _works_with_her_data(what, said) and not _agrees(case, on):
        return 409
    if what == "target-groups" and not said["confirmed"] and said["group"] in NAMED - case.confirmed:
        return 404
    if what in {"goals/change", "measures", "measures/change"} and said["goal"] not in case.goals:
        return 404
    done = 201 if what in {"contacts", "consents", "goals", "measures"} else 200
    return done if _free(case) and _possible(what, said, case, on) else 409


def _works_with_her_data(what: str, said: dict[str, Any]) -> bool:
    """Whether it assesses or plans, and so needs her consent: to end something, or an agreement to it, needs none."""
    ends = "outcome" in said or said.get("agreed") is False or said.get("status") in {"done", "dropped"}
    return what in {"assessment", "goals", "measures"} or (what in {"goals/change", "measures/change"} and not ends)


def _agrees(case: Known, on: date) -> bool:
    """Whether the client agrees that her data be worked with."""
    return any(one["type"] == "processing" for one in case.in_force(on))


def _free(case: Known) -> bool:
    return not (case.restricted or case.erased or case.into)


def _may_be_erased(said: dict[str, Any], case: Known) -> bool:
    ended = said["reason"] == "consent_withdrawn" or all(one.phase == "closed" for one in case.hers)
    return case.erased or (ended and not case.held)


def _may_be_merged(said: dict[str, Any], case: Known) -> bool:
    return _free(case) and _free(said["other"]) and not case.merged


DESPITE_CLOSURE: dict[str, Callable[[dict[str, Any], Known], bool]] = {
    "client": lambda _, case: _free(case),
    "erasure": _may_be_erased,
    "merge": _may_be_merged,
    "reopening": lambda _, case: case.phase == "closed" and _free(case),
    "restriction": lambda _, case: not case.erased,
    "separation": lambda _, case: case.into is not None and not case.erased,
}
"""What is possible even with a closed case, and when."""


def _answerable(user: Staff, said: dict[str, Any], case: Known, on: date) -> int:
    if case.offered is None:
        return 409
    if user.organisation != (case.organisation if said["answer"] == "recalled" else case.offered):
        return 403
    if said["answer"] == "accepted" and not case.covers(EVERYTHING, case.offered, on):
        return 409
    return 200 if _free(case) else 409


def _possible(what: str, said: dict[str, Any], case: Known, on: date) -> bool:
    match what:
        case "allocation":
            return case.phase == "inquiry" and case.manager is None
        case "assignment":
            return str(said["case_manager"]).startswith(f"{case.organisation}-")
        case "clearing":
            return case.phase == "clearing" or (case.phase == "intake" and case.cleared != "accepted")
        case "phase":
            return said["to"] in NEXT.get(case.phase, ()) and not unmet(case, on)
        case "target-groups":
            return not said["confirmed"] or case.may_record(said["group"], on)
        case "transfer":
            return case.offered is None and case.covers(EVERYTHING, said["organisation"], on)
        case "closure":
            return all({**case.goals, **said["outcomes"]}.values()) and said["outcomes"].keys() <= case.goals.keys()
    return True


def unmet(case: Known, on: date) -> bool:
    """Whether something is missing before the phase may be left."""
    match case.phase:
        case "inquiry":
            return case.manager is None
        case "clearing":
            return case.cleared != "accepted"
        case "intake":
            return case.cleared != "accepted" or not _agrees(case, on)
        case "assessment":
            return not case.assessed
        case "planning":
            return not case.agreed - case.old_goals
    return False
