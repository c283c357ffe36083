"""Subject access (Art. 15 GDPR): everything that is held about a person, in her language, without others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from services.cases.domain.case import Case
from services.cases.persons import hers
from services.cases.rights import parts, third_parties
from services.cases.rights.perhaps import perhaps_hers
from services.cases.rights.received import received
from services.cases.rights.third_parties import Removal
from services.cases.store import Desk
from services.cases.views import disputes, record
from shared import texts
from shared.events import stamp
from shared.http.call import Call
from shared.municipality import municipality
from shared.policy import Action
from shared.texts import text

Package = dict[str, Any]


def package(call: Call, case_id: str, *, desk: Desk) -> Package:
    """Everything that is held about the person of a case, for her: in all her cases. On record before it is read.

    Of cases that may be hers too, and that nobody merged with these, the officer learns that they are there.
    """
    case = desk.cases.get(case_id)
    cases = hers(case, desk)
    record(call, Action.CASE_RIGHTS_READ, cases, desk)
    records = list(desk.clients(cases).values())
    perhaps = perhaps_hers(cases, records, desk)
    record(call, Action.CASE_RIGHTS_READ, (desk.cases.get(id) for id in perhaps), desk)
    own = third_parties.own_names(records)
    names = {name for one in cases for name in third_parties.names_of_others(one, own, desk)}
    with in_language(case):
        return {
            "made_at": stamp(call.at),
            "language": texts.language.get(),
            "controller": municipality().imprint,
            "notes": list(_notes(case)),
            "perhaps_hers": list(perhaps.values()),
            "elsewhere": [place for one in cases for place in elsewhere(one)],
            **_held(case, Removal(cases, names, own), desk),
            "others": [_held(one, Removal(cases, names, own), desk) for one in cases[1:]],
        }


def _held(case: Case, removal: Removal, desk: Desk) -> Package:
    """What is held in one case of hers, and beside it."""
    person = desk.client(case)
    said = removal.words(desk.ever_said(case), "file")
    beside = parts.beside(case, removal, desk)
    happened = parts.events(case, desk)
    master_data = None if person is None else parts.client(person, removal)
    return {
        "case": case.id,
        "reference": case.reference,
        "received": received(happened, master_data, removal),
        "master_data": master_data,
        "file": parts.file(case, removal),
        "consents": removal.codes([one.model_dump(mode="json") for one in case.consents]),
        "assessments": parts.worded(case.assessments, said, removal),
        "goals": parts.worded(case.goals, said, removal),
        "measures": parts.worded(case.measures, said, removal),
        "rectifications": removal.codes(disputes(case, said)),
        "beside": parts.by_collection(beside),
        "findings": list(parts.findings(case, removal, desk)),
        "history": parts.history(happened, {case.id: said, **{one.id: one.said for one in beside}}, removal),
        "statistics": parts.statistics(happened),
        "looks": list(parts.looks(case, removal, desk)),
        "removed": removal.places,
    }


@contextmanager
def in_language(case: Case) -> Iterator[None]:
    """Speak to the client: in her language, in German where it has no texts yet."""
    token = texts.language.set(texts.choose([case.language], texts.translated(), otherwise="de"))
    try:
        yield
    finally:
        texts.language.reset(token)


def elsewhere(case: Case) -> list[dict[str, str]]:
    """What other services hold, and where the privacy officer asks for it: they never ask each other."""
    return [{"what": "messages", "path": f"/notifications/subject-access?case={case.id}"}]


def _notes(case: Case) -> Iterator[str]:
    yield text("This is all that is kept about you here (Art. 15 GDPR).")
    yield text("Staff stand here by their role. What concerns other people was removed.")
    yield text("The messages that were sent to you are kept with the notifications; you get them with this.")
    yield text("You may have wrong data corrected, have processing restricted, and have your data erased.")
    if case.erased_at is not None:
        yield text("Your personal data was erased. Only codes that do not name you are left.")
