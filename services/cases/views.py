"""What people see of cases: cut by their role, and only after the look is on record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.cases import schemas
from services.cases.domain.case import Case
from services.cases.store import Desk, Words
from shared.codes import Role
from shared.errors import Forbidden, Invalid
from shared.events import CasesLookedAt, ContactRecorded, Event
from shared.http.call import Answer, Call
from shared.policy import Action, may, reason
from shared.store import Condition, Page, Query
from shared.store.journal import event_of
from shared.texts import text

CODES = schemas.CaseCodes()
ROW = schemas.CaseRow()
FILE = schemas.CaseView()
CONTACT = schemas.ContactView()


def changed(case: Case) -> Answer:
    """What a change answers: the codes of the case, and its version."""
    return Answer(CODES.dump(case), version=case.version)


def read_case(call: Call, case_id: str, *, desk: Desk) -> Answer:
    """The file of a case; to the coordinator its codes."""
    case = desk.cases.get(case_id)
    action = Action.CASE_READ if may(call.actor, Action.CASE_READ, case) else Action.CASE_READ_CODES
    _look(call, action, case, desk)
    body = CODES.dump(case) if action is Action.CASE_READ_CODES else _file(case, desk)
    return Answer(body, version=case.version)


def list_cases(call: Call, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The cases that the caller may list, a page of them. One query, and one for each thirty names."""
    names = bool(call.actor.roles & {Role.CASE_MANAGER, Role.TEAM_LEAD})
    if wanted["q"] and not names:
        raise Forbidden()
    found = desk.store.query(_query(call, wanted, desk))
    cases = [desk.cases.state(document.body) for document in found.items]
    why = "list" if names else "coordination"
    desk.looks.record(call.actor, Action.CASES_LIST, (case.id for case in cases), why=why, at=call.at)
    if not names:
        return Answer({"items": CODES.dump(cases, many=True), "next": found.next})
    people = desk.people.find_many(case.person for case in cases)
    rows = [{**ROW.dump(case), "client": _name(people.get(case.person))} for case in cases]
    return Answer({"items": rows, "next": found.next})


def list_contacts(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The counselling contacts of a case with their notes, newest first."""
    case = desk.cases.get(case_id)
    _look(call, Action.CASE_READ, case, desk)
    page = desk.happened(case_id, kind=ContactRecorded.type, limit=wanted["limit"], after=wanted["cursor"])
    words = desk.words(case, (entry.body["version"] for entry in page.items))

    def shown(entry: Mapping[str, Any]) -> Mapping[str, Any]:
        said = entry["event"]
        note = words.get(entry["version"], {}).get("note")
        return {**CONTACT.dump(said), "id": said["contact"], "note": note}

    return Answer({"items": [shown(entry.body) for entry in page.items], "next": page.next})


def history(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """What happened to the case, in codes, oldest first."""
    _look(call, Action.CASE_HISTORY, desk.cases.get(case_id), desk)
    page = desk.happened(case_id, kind=None, limit=wanted["limit"], after=wanted["cursor"])
    return Answer({"items": [_happened(event_of(entry.body)) for entry in page.items], "next": page.next})


def accesses(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """Who looked at the case, when and why, newest first; refusals too."""
    _look(call, Action.CASE_ACCESSES, desk.cases.get(case_id), desk)
    page: Page = desk.looks.of(case_id, limit=wanted["limit"], after=wanted["cursor"])
    looks = [event_of(entry.body) for entry in page.items]
    shown = [
        {**look.model_dump(mode="json", include={"at", "by", "action", "reason"})}
        for look in looks
        if isinstance(look, CasesLookedAt)
    ]
    return Answer({"items": shown, "next": page.next})


def _look(call: Call, action: Action, case: Case, desk: Desk) -> None:
    why = reason(call.actor, action, case)
    desk.looks.record(call.actor, action, (case.id,), why=why.value, at=call.at)


def _query(call: Call, wanted: dict[str, Any], desk: Desk) -> Query:
    where: list[Condition] = [*_scope(call), *_filters(call, wanted)]
    if wanted["topic"] is not None and wanted["q"] is not None:
        raise Invalid({"q": [text("Please search either by topic or by name.")]})
    if wanted["topic"] is not None:
        where.append(("topics", "contains", wanted["topic"].value))
    if wanted["q"] is not None:
        where.append(("tokens", "contains", _token(wanted, desk)))
    return Query("cases", tuple(where), (wanted["sort"],), wanted["limit"], wanted["cursor"])


def _token(wanted: dict[str, Any], desk: Desk) -> str:
    token = desk.people.sought(wanted["q"])
    if token is None:
        raise Invalid({"q": [text("Please search for a name, a birth date or a reference.")]})
    if "changed_at" in wanted["sort"]:
        raise Invalid({"sort": [text("What is found by name can be sorted by its opening only.")]})
    return token


def _scope(call: Call) -> list[Condition]:
    """The cases a role may list at all: the widest of the caller's roles counts."""
    if Role.COORDINATOR in call.actor.roles:
        return []
    if Role.TEAM_LEAD in call.actor.roles:
        return [("organisation", "==", call.actor.organisation)]
    return [("case_manager", "==", call.actor.id)]


def _filters(call: Call, wanted: dict[str, Any]) -> list[Condition]:
    filters: list[Condition] = []
    if wanted["phase"] is not None:
        filters.append(("phase", "==", wanted["phase"].value))
    if (manager := wanted["case_manager"]) is not None:
        filters.append(("case_manager", "==", call.actor.id if manager == "me" else manager))
    if (organisation := wanted["organisation"]) is not None:
        filters.append(("organisation", "==", None if organisation == schemas.UNALLOCATED else organisation))
    return filters


def _name(person: Any) -> Mapping[str, Any] | None:
    return None if person is None else {"given_name": person.given_name, "family_name": person.family_name}


def _happened(event: Event) -> Mapping[str, Any]:
    said = event.model_dump(mode="json", exclude={"subject", "version", "at", "by", "facts", "person"})
    head = event.model_dump(mode="json", include={"version", "at", "by"})
    return {**head, "type": event.type, "said": said}


def _file(case: Case, desk: Desk) -> dict[str, Any]:
    """The whole file: codes, the client out of the vault, and the sealed words opened."""
    versions = {item.written for item in case.assessments} | {item.written for item in case.goals}
    written = desk.words(case, versions)
    shown: dict[str, Any] = FILE.dump(case)
    shown["client"] = schemas.ClientView().dump(person) if (person := desk.people.find(case.person)) else None
    shown["assessments"] = [_worded(item, written, schemas.AssessmentView()) for item in case.assessments]
    shown["goals"] = [_worded(item, written, schemas.GoalView()) for item in case.goals]
    return shown


def _worded(item: Any, written: Mapping[int, Words], schema: Any) -> dict[str, Any]:
    absent = dict.fromkeys(("situation", "resources", "title"))
    return {
        name: value
        for name, value in {**absent, **written.get(item.written, {}), **schema.dump(item)}.items()
        if name in schema.fields
    }
