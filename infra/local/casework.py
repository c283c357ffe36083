"""How demonstration staff work on cases: the coordinator allocates, leads assign, case managers go as far as told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from infra.local.client import Caller
from shared.codes import Role
from shared.municipality import Organisation, municipality

Case = dict[str, Any]
Step = Callable[[Caller, Case], Case]


def organisations() -> list[Organisation]:
    """Those who do case management."""
    return [one for one in municipality().organisations if one.kind == "provider"]


def staff(organisation: str, role: Role) -> list[str]:
    """Ids of the staff of an organisation in this role."""
    return [one.id for one in municipality().staff if one.organisation == organisation and role in one.roles]


def responsible(case: Case, number: int) -> str:
    """The organisation of the client's district; for want of a district, each in turn."""
    providers = organisations()
    local = [one.id for one in providers if case["city_district"] in one.districts]
    return local[0] if local else providers[number % len(providers)].id


def _phase(to: str) -> Step:
    return lambda manager, case: manager.change("POST", case, "phase", {"to": to})


def _cleared(result: str) -> Step:
    body = {"result": result, "reason": "Im Gespräch geklärt."}
    return lambda manager, case: manager.change("POST", case, "clearing", body)


def _add(path: str, body: Callable[[Case], Any]) -> Step:
    def add(manager: Caller, case: Case) -> Case:
        return {**case, "version": manager.add(f"/cases/{case['id']}/{path}", body(case))["version"]}

    return add


def _assessed(manager: Caller, case: Case) -> Case:
    body = {"situation": "Sucht seit Monaten.", "resources": "Lernt schnell.", "urgency": 3, "view": "professional"}
    return manager.change("PUT", case, f"assessment/{case['topics'][0]}", body)


def _planned(manager: Caller, case: Case) -> Case:
    path = f"/cases/{case['id']}/goals"
    goal = manager.add(path, {"action_field": case["topics"][0], "title": "Eigene Wohnung", "agreed": True})
    return {**case, "version": manager.add(f"{path}/{goal['id']}/measures", MEASURE)["version"]}


def _referred(manager: Caller, case: Case) -> Case:
    """Under a release that covers what the referral tells."""
    path = f"/cases/{case['id']}"
    added = manager.add(f"{path}/consents", {**RELEASE, "language": case["language"]})
    manager.add(f"{path}/referrals", {"recipient": "jobcenter", "status": "sent", "note": "Bitte um einen Termin."})
    return {**case, "version": added["version"]}


def _outcomes(manager: Caller, case: Case) -> Case:
    for goal in manager.get(f"/cases/{case['id']}")["goals"]:
        case = manager.change("PATCH", case, f"goals/{goal['id']}", {"outcome": "achieved"})
    return case


def _closed(manager: Caller, case: Case) -> Case:
    return manager.change("POST", case, "closure", {"reason": "goals_achieved", "ended_by": "mutual"})


CONSENT = {"type": "processing", "form": "written", "text_version": "2026-01"}
RELEASE = {
    **CONSENT,
    "type": "secrecy_release",
    "recipient": "jobcenter",
    "data_categories": ["identity", "contact", "referrals"],
    "informed": True,
}
MEASURE = {"what": "Füllt mit der Ratsuchenden den Antrag aus.", "responsible": "case_manager", "agreed": True}
CONTACT = {"channel": "meeting", "minutes": 45, "note": "Erstes Gespräch, guter Kontakt."}

WAY: tuple[Step, ...] = (
    _phase("clearing"),
    _cleared("accepted"),
    _phase("intake"),
    _add("contacts", lambda _: CONTACT),
    _add("consents", lambda case: {**CONSENT, "language": case["language"]}),
    _phase("assessment"),
    _assessed,
    _phase("planning"),
    _planned,
    _phase("linking"),
    _referred,
    _phase("monitoring"),
    _phase("evaluation"),
    _outcomes,
    _closed,
)
"""The whole way of a case, step by step."""

SHORT_WAY: tuple[Step, ...] = (_phase("clearing"), _cleared("short_consultation"))


def steps(number: int) -> Iterator[Step]:
    """How far the case of this number goes: every fifth is a short consultation, the others spread over the way."""
    yield from SHORT_WAY if number % 5 == 4 else WAY[: (number * 7) % (len(WAY) + 1)]
