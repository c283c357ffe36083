"""The parts of what is kept about a person beside her case itself, each without third parties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from services.cases.domain.case import Case
from services.cases.domain.support_plan import Worded
from services.cases.rights import everything, third_parties
from services.cases.rights.third_parties import Removal, Said
from services.cases.store import Desk
from shared.events import CaseEvent, Event
from shared.municipality import municipality
from shared.people import Person
from shared.store import Query, pages
from shared.store.lines import event_of

Part = dict[str, Any]
Spoken = Mapping[int, Mapping[str, Said]]
"""Words that were said, by version."""

NOT_TOLD = {
    *("head", "tokens", "version", "case", "written", "amendment"),
    *("consents", "assessments", "goals", "measures", "rectifications"),
}
"""Of a document: what only machines need, and what stands in parts of its own."""
OF_AN_EVENT = {"subject", "case", "version", "at", "by", "facts", "person", "arrival"}
"""What every event has, apart from what it says; and what stands in a part of its own."""
BY_OTHERS = ("referral_reason",)
"""What lies in the vault of a person and was said by whoever referred her."""
OF_A_FINDING = {
    *("raised_at", "organisation", "from_office", "to_office", "action_field", "from_domain", "to_domain"),
    "raised_by",
}


class Beside(NamedTuple):
    """Something that lies beside a case, with all that was ever said of it."""

    collection: str
    id: str
    body: Part
    said: Spoken


def client(person: Person, removal: Removal) -> Part:
    """Name, contact, and what she wrote, as she said it; and what was written about her, without others."""
    said = person.model_dump(mode="json")
    about = {name: said.pop(name) for name in BY_OTHERS if said[name] is not None}
    hers = {name: Said(value) if isinstance(getattr(person, name), str) else value for name, value in said.items()}
    return {**hers, **removal.words({1: about}, "master_data")[1]}


def file(case: Case, removal: Removal) -> Part:
    """The case's own codes."""
    return _codes(case.model_dump(mode="json"), removal)


def worded(items: Iterable[Worded], said: Spoken, removal: Removal) -> list[Part]:
    """Codes with the words that were said last."""
    return [{**_codes(one.model_dump(mode="json"), removal), **said.get(one.written, {})} for one in items]


def beside(case: Case, removal: Removal, desk: Desk) -> list[Beside]:
    """Whatever lies beside the case."""
    return [
        Beside(
            collection,
            document.id,
            _codes(document.body, removal),
            {}
            if collection in third_parties.NAMING
            else removal.words(desk.ever_said(case, document.path), collection),
        )
        for collection, document in everything.beside(case, desk)
    ]


def by_collection(held: Iterable[Beside]) -> dict[str, list[Part]]:
    """Each with the words that were said last; what was said before stands with what happened."""
    found: dict[str, list[Part]] = {}
    for one in held:
        latest = {field: words for version in sorted(one.said) for field, words in one.said[version].items()}
        found.setdefault(one.collection, []).append({**one.body, **latest})
    return found


def events(case: Case, desk: Desk) -> list[Event]:
    """What happened to the case and beside it, oldest first."""
    query = Query("*/events", (("case", "==", case.id),), ("at",), 200)
    return [event_of(document.body) for document in pages(desk.store, query)]


def history(happened: Iterable[Event], spoken: Mapping[str, Spoken], removal: Removal) -> list[Part]:
    """What happened, in codes, each with the words that were said then: earlier ones too."""
    return [
        {
            **removal.codes(event.model_dump(mode="json", include={"at", "by"})),
            "type": event.type,
            **removal.codes(event.model_dump(mode="json", exclude=OF_AN_EVENT)),
            **spoken.get(event.subject, {}).get(event.version, {}),
        }
        for event in happened
    ]


def statistics(happened: Iterable[Event]) -> list[Part]:
    """What figures are counted from: the coarse codes that went with what happened, wherever they changed."""
    told: list[Part] = []
    for event in happened:
        if isinstance(event, CaseEvent):
            facts = event.facts.model_dump(mode="json", exclude={"person", "counts_as"})
            if not told or {**told[-1], "at": None} != {**facts, "at": None}:
                told.append({"at": event.model_dump(mode="json")["at"], **facts})
    return told


def findings(case: Case, removal: Removal, desk: Desk) -> Iterator[Part]:
    """What hinders between two offices and was seen in her case: how it goes on there says nothing of her."""
    for link in pages(desk.store, Query("finding_cases", (("case", "==", case.id),), limit=200)):
        body = desk.store.get(f"findings/{link.body['finding']}")
        if body is not None:
            codes = {name: body[name] for name in sorted(OF_A_FINDING)}
            said = removal.words({1: {"title": body["title"]}}, "findings")[1] if body.get("title") else {}
            yield {**said, **removal.codes(codes)}


def looks(case: Case, removal: Removal, desk: Desk) -> Iterator[Part]:
    """Who looked at it, by her role, and why she could."""
    query = Query("*/events", (("cases", "contains", case.id),), ("-at",), 200)
    for document in pages(desk.store, query):
        look = document.body["event"]
        member = municipality().member(look["by"])
        yield {
            "at": look.get("looked_at") or look["at"],
            "by": third_parties.STAFF if member is None else third_parties.role(member.roles),
            "organisation": None if member is None else member.organisation,
            "action": look["action"],
            "reason": removal.codes(look["reason"]),
        }


def _codes(held: Mapping[str, Any], removal: Removal) -> Part:
    return {name: removal.codes(value) for name, value in held.items() if name not in NOT_TOLD}
