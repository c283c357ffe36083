"""What people see of cases: cut by their role, and only after the look is on record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from services.cases import caseload, kept, partner_view, parts, shown, suggested
from services.cases.domain.case import Case
from services.cases.domain.history import day_of
from services.cases.persons import hers
from services.cases.standing import Standing, reasons, seen_by
from services.cases.store import Desk
from shared import clock
from shared.events import ContactRecorded, Event, TransferOffered
from shared.http.call import Answer, Call
from shared.http.paging import listed
from shared.policy import Action, Relation, may, reason
from shared.store import Body, Document
from shared.store.lines import event_of

CODES = shown.CaseCodes()
FILE = shown.CaseView()
CLIENT = shown.ClientView()
CONTACT = shown.ContactView()
ASSESSMENT = parts.AssessmentView()
ACCESS = shown.AccessView()
RECTIFICATION = parts.RectificationView()


def changed(case: Case) -> Answer:
    """What a change answers: the codes of the case, and its version."""
    return Answer(CODES.dump(case), version=case.version)


def assigned(case: Case, *, desk: Desk) -> Answer:
    """The same of a case that somebody is now in charge of, with what whoever assigned it should know."""
    return Answer({**CODES.dump(case), "warnings": caseload.warnings(case, desk=desk)}, version=case.version)


def read_case(call: Call, case_id: str, *, desk: Desk) -> Answer:
    """The file of a case; to the coordinator its codes, and to a partner what a consent in force shows her."""
    case, on = desk.cases.get(case_id), clock.day(call.at)
    stands = seen_by(call, Action.CASE_READ, case, desk)
    if may(call.actor, Action.CASE_READ, stands):
        _record(call, Action.CASE_READ, [(case, stands)], desk)
        ends = _kept_until(call, case, desk)
        return Answer({**_file(case, desk, on), "kept_until": ends and ends.isoformat()}, version=case.version)
    _record(call, Action.CASE_READ_CODES, [(case, stands)], desk)
    match reason(call.actor, Action.CASE_READ_CODES, stands):
        case Relation.CONSENTED:
            return Answer(partner_view.file(case, case.shown_by(call.actor.organisation, on), desk))
        case Relation.OFFERED:
            return Answer({**CODES.dump(case), "transfer_reason": _why_offered(case, desk)}, version=case.version)
    routed = {"organisations": suggested.organisations(case)}
    return Answer({**CODES.dump(case), "suggestions": routed}, version=case.version)


def list_contacts(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The counselling contacts of a case with their notes, newest first."""
    case = looked_at(call, Action.CASE_READ, case_id, desk)
    page = desk.happened(case_id, kind=ContactRecorded.type, limit=wanted["limit"], after=wanted["cursor"])
    words = desk.words(case, (entry.body["version"] for entry in page.items))

    def with_note(entry: Document) -> Mapping[str, Any]:
        said = entry.body["event"]
        note = words.get(said["version"], {}).get("note")
        on, id = day_of(ContactRecorded.model_validate(said)), said["contact"]
        told = {"id": id, "held_on": on.isoformat(), "note": note, "withdrawn": id in case.contacts_withdrawn}
        return {**CONTACT.dump(said), **told}

    return Answer(listed(page, with_note))


def history(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """What happened to the case, oldest first: in codes, and to those who may read the case in words too.

    The words are those said with the case itself; what lies beside it is read there. One query, and one for all words.
    """
    case = looked_at(call, Action.CASE_HISTORY, case_id, desk)
    page = desk.happened(case_id, kind=None, limit=wanted["limit"], after=wanted["cursor"])
    if not may(call.actor, Action.CASE_READ, case):
        return Answer(listed(page, lambda entry: _happened(event_of(entry.body))))
    events = [event_of(entry.body) for entry in page.items]
    words = desk.words(case, (event.version for event in events if event.subject == case.id))
    rows = [
        {**_happened(event), "words": words.get(event.version) if event.subject == case.id else None}
        for event in events
    ]
    return Answer({"items": rows, "next": page.next})


def accesses(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """Who looked at the case, when and why, newest first; refusals too."""
    looked_at(call, Action.CASE_ACCESSES, case_id, desk)
    page = desk.looks.of(case_id, limit=wanted["limit"], after=wanted["cursor"])
    return Answer(listed(page, lambda entry: ACCESS.dump(_look(entry.body["event"]))))


def _look(said: Body) -> Body:
    """A look with the time at which it happened, however late it was heard of."""
    return {**said, "at": said.get("looked_at") or said["at"]}


def looked_at(call: Call, action: Action, case_id: str, desk: Desk) -> Case:
    """The case, when it is on record that the caller looks at it. Raises `Forbidden`, or `Hidden`."""
    case = desk.cases.get(case_id)
    record(call, action, [case], desk)
    return case


def record(call: Call, action: Action, cases: Iterable[Case], desk: Desk) -> None:
    """Return when it is on record that the caller looks at these cases, and why she may.

    That is her relation to each, or the id of a consent or of a glass that she broke.
    """
    _record(call, action, ((case, seen_by(call, action, case, desk)) for case in cases), desk)


def _record(call: Call, action: Action, cases: Iterable[tuple[Case, Standing]], desk: Desk) -> None:
    seen: dict[str, list[str]] = {}
    for case, stands in cases:
        for why in reasons(call.actor, action, case, stands, clock.day(call.at)):
            seen.setdefault(why, []).append(case.id)
    for why, ids in seen.items():
        desk.looks.record(call.actor, action, ids, why=why, at=call.at)


def disputes(case: Case, written: Mapping[int, Mapping[str, str]]) -> list[dict[str, Any]]:
    """What the client disputes or disputed, with what was said of it."""

    def said(version: int | None, name: str) -> str | None:
        return None if version is None else written.get(version, {}).get(name)

    return [
        {**RECTIFICATION.dump(one), "statement": said(one.written, "statement"), "note": said(one.resolved, "note")}
        for one in case.rectifications
    ]


def _why_offered(case: Case, desk: Desk) -> str | None:
    """Why the case is offered, as its organisation says it. Two queries."""
    (offer,) = desk.happened(case.id, kind=TransferOffered.type, limit=1, after=None).items
    version = offer.body["version"]
    return desk.words(case, [version]).get(version, {}).get("reason")


def _happened(event: Event) -> Mapping[str, Any]:
    said = event.model_dump(mode="json", exclude={"subject", "case", "version", "at", "by", "facts", "person"})
    head = event.model_dump(mode="json", include={"subject", "version", "at", "by"})
    return {**head, "type": event.type, "said": said}


def _kept_until(call: Call, case: Case, desk: Desk) -> date | None:
    """When retention will erase the client, by all her cases that the caller may read: that there are others is not
    hers to know. One query where a period runs, none while the case is worked on.
    """
    if case.legal_hold or case.erased_at is not None or kept.period(case) is None:
        return None
    known = (one for one in hers(case, desk) if one.id == case.id or may(call.actor, Action.CASE_READ, one))
    return kept.until(known)


def _file(case: Case, desk: Desk, on: date) -> dict[str, Any]:
    """The whole file: codes, the client out of the vault, and the sealed words opened."""
    worded = (*case.assessments, *case.goals, *case.measures)
    written = desk.words(case, {item.written for item in worded} | case.disputed_in)
    person = desk.client(case)
    return {
        **FILE.dump(case),
        "target_groups": [one.value for one in case.recorded(case.target_groups, on)],
        "confirmed_groups": [one.value for one in case.recorded(case.confirmed_groups, on)],
        "suggestions": suggested.everything(case),
        "client": None if person is None else CLIENT.dump(person),
        "assessments": [shown.worded(item, written, ASSESSMENT) for item in case.assessments],
        "goals": shown.plan(case.goals, case.measures, written),
        "rectifications": disputes(case, written),
    }
