"""What is told to a client of others: staff by their role, and nobody else by anything (Art. 15 (4) GDPR)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from services.cases.domain.case import Case
from services.cases.rights import everything
from services.cases.store import Desk
from shared.codes import Role
from shared.municipality import municipality

SYSTEM, OTHER_PERSON, OTHER_CASE, STAFF = "system", "other_person", "other_case", "staff"
REMOVED = "[…]"

EVENT = re.compile(r"[a-z][a-z-]*-[0-9a-f]+\.\d+")
"""The id of an event, which stands as the author of what followed from it."""

NAMING = frozenset({"household"})
"""Collections of other persons: the client is told that they are there, and nothing that was said of them."""


class Removal:
    """Takes third parties out of what is held about one person."""

    def __init__(self, case: Case, names: Iterable[str] = ()) -> None:
        self._case = case
        words = sorted({*names, *(one.name for one in municipality().staff)}, key=len, reverse=True)
        stands = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words)
        self._names = re.compile(stands, re.IGNORECASE)

    def of(self, value: Any) -> Any:
        """The same without third parties."""
        match value:
            case str():
                return self._text(value)
            case dict():
                return {self.of(name): self.of(inner) for name, inner in value.items()}
            case list() | tuple():
                return [self.of(inner) for inner in value]
        return value

    def _text(self, said: str) -> str:
        if said.startswith("person-"):
            return said if said == self._case.person else OTHER_PERSON
        if EVENT.fullmatch(said):
            return SYSTEM
        if said.startswith("case-"):
            return said if said == self._case.id else OTHER_CASE
        member = municipality().member(said)
        return self._names.sub(REMOVED, said) if member is None else role(member.roles)


def role(roles: Iterable[Role]) -> str:
    """How somebody of the staff is called towards a client: by her first role."""
    return next((str(one) for one in roles), STAFF)


def names_of_others(case: Case, desk: Desk) -> set[str]:
    """Full names of persons who are known because of this case, and are not its person."""
    others = desk.people.find_many(everything.linked(case, desk)).values()
    return {f"{one.given_name} {one.family_name}" for one in others} | set(_named(case, desk))


def _named(case: Case, desk: Desk) -> Iterator[str]:
    """Names under which somebody who lives with the client was ever noted."""
    for collection, document in everything.beside(case, desk):
        if collection in NAMING:
            said = everything.words_under(document.path, case, desk).values()
            yield from (words["name"] for words in said if "name" in words)
