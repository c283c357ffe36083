"""Subject access (Art. 15 GDPR): everything that is held about a person, in her language, without others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from services.cases.domain.case import Case
from services.cases.rights import everything, third_parties
from services.cases.rights.third_parties import Removal
from services.cases.store import Desk
from services.cases.views import disputes, looked_at
from shared import texts
from shared.events import stamp
from shared.http.call import Call
from shared.municipality import municipality
from shared.policy import Action
from shared.store import Query, pages
from shared.store.journal import event_of
from shared.texts import text

Package = dict[str, Any]

NOT_TOLD = {
    "head",
    "tokens",
    "version",
    "case",
    "written",
    "amendment",
    "consents",
    "assessments",
    "goals",
    "measures",
    "rectifications",
}
"""Of a document: what only machines need, and what stands in parts of its own."""


def package(call: Call, case_id: str, *, desk: Desk) -> Package:
    """Everything that is held about the person of a case, for her. On record before it is read."""
    case = looked_at(call, Action.CASE_RIGHTS_READ, case_id, desk)
    removal = Removal(case, third_parties.names_of_others(case, desk))
    said = everything.words_under(desk.cases.path(case.id), case, desk)
    person = desk.client(case)
    with in_language(case):
        return {
            "case": case.id,
            "reference": case.reference,
            "made_at": stamp(call.at),
            "language": texts.language.get(),
            "controller": municipality().imprint,
            "notes": list(_notes(case)),
            "master_data": None if person is None else person.model_dump(mode="json"),
            "file": removal.of(_without(case.model_dump(mode="json"))),
            "consents": removal.of([one.model_dump(mode="json") for one in case.consents]),
            "assessments": removal.of([_worded(one.model_dump(mode="json"), said) for one in case.assessments]),
            "goals": removal.of([_worded(one.model_dump(mode="json"), said) for one in case.goals]),
            "measures": removal.of([_worded(one.model_dump(mode="json"), said) for one in case.measures]),
            "rectifications": removal.of(disputes(case, said)),
            "history": list(_history(case, said, removal, desk)),
            "beside": _beside(case, removal, desk),
            "looks": list(_looks(case, removal, desk)),
        }


@contextmanager
def in_language(case: Case) -> Iterator[None]:
    """Speak to the client: in her language, in German where it has no texts yet."""
    token = texts.language.set(texts.choose([case.language], texts.translated(), otherwise="de"))
    try:
        yield
    finally:
        texts.language.reset(token)


def _notes(case: Case) -> Iterator[str]:
    yield text("This is all that is kept about you here (Art. 15 GDPR).")
    yield text("Staff stand here by their role. What concerns other people was removed.")
    yield text("The messages that were sent to you are kept with the notifications; ask for them there.")
    yield text("You may have wrong data corrected, have processing restricted, and have your data erased.")
    if case.erased_at is not None:
        yield text("Your personal data was erased. Only codes that do not name you are left.")


def _worded(held: dict[str, Any], said: dict[int, dict[str, str]]) -> dict[str, Any]:
    return {**_without(held), **said.get(held["written"], {})}


def _history(case: Case, said: dict[int, dict[str, str]], removal: Removal, desk: Desk) -> Iterator[dict[str, Any]]:
    """What happened, in codes, with the words that were said: notes of contacts above all."""
    query = Query("*/events", (("case", "==", case.id),), ("at",), 200)
    for document in pages(desk.store, query):
        event = event_of(document.body)
        head = event.model_dump(mode="json", include={"at", "by"})
        codes = event.model_dump(mode="json", exclude={"subject", "case", "version", "at", "by", "facts", "person"})
        words = said.get(event.version, {}) if event.subject == case.id else {}
        yield {**removal.of(head), "type": event.type, **removal.of({**codes, **words})}


def _beside(case: Case, removal: Removal, desk: Desk) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for collection, document in everything.beside(case, desk):
        naming = collection in third_parties.NAMING
        words = {} if naming else everything.words_under(document.path, case, desk)
        latest = {name: one for version in sorted(words) for name, one in words[version].items()}
        found.setdefault(collection, []).append(removal.of({**_without(document.body), **latest}))
    return found


def _looks(case: Case, removal: Removal, desk: Desk) -> Iterator[dict[str, Any]]:
    query = Query("*/events", (("cases", "contains", case.id),), ("-at",), 200)
    for document in pages(desk.store, query):
        look = document.body["event"]
        member = municipality().member(look["by"])
        yield {
            "at": look["at"],
            "by": third_parties.STAFF if member is None else third_parties.role(member.roles),
            "organisation": None if member is None else member.organisation,
            "action": look["action"],
            "reason": removal.of(look["reason"]),
        }


def _without(held: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in held.items() if name not in NOT_TOLD}
