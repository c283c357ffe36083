"""All that is held about one person beside the case itself, whatever it is: found by the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from services.cases.domain.case import Case
from services.cases.persons import cases_of
from services.cases.store import Desk
from shared.people import Person
from shared.store import Document, Query, pages
from shared.store.catalogue import DATABASES, Index

APART = frozenset(
    {
        *("cases", "events", "texts", "answers", "looks", "audits", "rechecks", "seals", "heads", "walks"),
        *("erasures", "searches", "looked", "findings", "finding_cases"),
    }
)
"""Collections that hold nothing beside a case."""

OWN_CASE = "own_case"
"""Under which name the id of somebody else's case is sealed. It stands there in clear, and is none of the client's."""


def beside(case: Case, desk: Desk) -> Iterator[tuple[str, Document]]:
    """Everything that lies beside a case, with the name of its collection."""
    for collection in DATABASES["cases"].collections:
        by_case = next((one for one in collection.indexes if _of_a_case(one)), None)
        if collection.name in APART or by_case is None:
            continue
        query = Query(collection.name, (("case", "==", case.id),), by_case.order, 200)
        yield from ((collection.name, document) for document in pages(desk.store, query))


def persons(case: Case, desk: Desk) -> list[str]:
    """The person of a case, and those who are known only because of her: whose data goes with hers."""
    return [case.person, *(one for one in sorted(linked(case, desk)) if not cases_of(one, desk))]


def linked(case: Case, desk: Desk) -> set[str]:
    """Other persons who are known because of a case."""
    found: set[str] = {document.body["person"] for _, document in beside(case, desk) if document.body.get("person")}
    return found - {case.person}


def clear(case: Case, desk: Desk) -> set[str]:
    """Every word of the person that must stand nowhere in clear: names, ways to reach her, all that was said."""
    held = desk.people.find_many(persons(case, desk), {case.person: case.amendment}).values()
    found = {word for person in held for word in _of_a_person(person)}
    for path in (desk.cases.path(case.id), *(document.path for _, document in beside(case, desk))):
        every = (said for words in desk.ever_said(case, path).values() for said in words.items())
        found |= {said for name, said in every if name != OWN_CASE}
    return found


def _of_a_person(person: Person) -> Iterator[str]:
    """Not the postcode and the number of children: thousands share them."""
    said = person.model_dump(mode="json", exclude={"postcode", "children"})
    yield from (value for value in said.values() if isinstance(value, str))
    yield f"{person.given_name} {person.family_name}"


def _of_a_case(index: Index) -> bool:
    return index.equal == ("case",) and not index.across and index.contains is None
