"""What is told to a client of others: staff by their role, and nobody else by anything (Art. 15 (4) GDPR)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.cases import named
from services.cases.domain.case import Case
from services.cases.rights import everything
from services.cases.store import Desk, Words
from shared.alike import hear, same
from shared.codes import Role
from shared.heard import Names, joined
from shared.municipality import municipality
from shared.people import Person

SYSTEM, OTHER_PERSON, OTHER_CASE, STAFF = "system", "other_person", "other_case", "staff"
REMOVED = "[…]"

EVENT = re.compile(r"[a-z][a-z-]*-[0-9a-f]+\.\d+")
"""The id of an event, which stands as the author of what followed from it."""
ANOTHER = {OTHER_PERSON: re.compile(r"person-[0-9a-f]+"), OTHER_CASE: re.compile(r"case-[0-9a-f]+")}
"""Ids that may be somebody else's."""

NAMING = frozenset({"household"})
"""Collections of other persons: the client is told that they are there, and nothing that was said of them."""

PARTICLES = frozenset(
    {
        *("von", "vom", "zu", "zum", "zur", "van", "den", "der", "de", "del", "della", "di", "da", "do", "dos", "du"),
        *("la", "le", "les", "el", "al", "abd", "abu", "bin", "ibn", "bint", "und", "e", "y"),
    }
)
"""Words of a name that name nobody by themselves."""

TITLES = ("Frau", "Herr", "Herrn")
"""By which staff are called in notes. Their family names alone are removed nowhere: they may be any word."""


class Said(str):
    """Words that somebody said: read as they are, whatever code, time or id they may look like."""

    __slots__ = ()


class Removal:
    """Takes third parties out of what is held about one person, and notes where words had to go.

    A name goes as it is noted, and where a word is heard as it (`shared.heard`), in whatever script; `own` are the
    client's own names, which stay.
    """

    def __init__(self, hers: Iterable[Case], names: Iterable[str] = (), own: Iterable[str] = ()) -> None:
        self._own = {id for case in hers for id in (case.id, case.person)}
        wanted = sorted({*names, *(one.name for one in municipality().staff)}, key=len, reverse=True)
        stands = "|".join(re.escape(name) for name in wanted)
        self._names = re.compile(rf"(?<!\w)(?:{stands})(?:['’]?s)?(?!\w)", re.IGNORECASE)
        self._heard = Names((one for name in wanted for one in joined(name)), own)
        self.places: list[dict[str, Any]] = []

    def codes(self, held: Any) -> Any:
        """Ids and codes without third parties. What was said stays as it is."""
        match held:
            case Said():
                return held
            case str():
                return self._code(held)
            case dict():
                return {self.codes(name): self.codes(inner) for name, inner in held.items()}
            case list() | tuple():
                return [self.codes(inner) for inner in held]
        return held

    def words(self, spoken: Mapping[int, Words], part: str) -> dict[int, dict[str, Said]]:
        """Words, by version and field, without the names of third parties. `part` is what they belong to."""
        return {
            version: {field: self._said(words, part, version, field) for field, words in said.items()}
            for version, said in spoken.items()
        }

    def _said(self, words: str, part: str, version: int, field: str) -> Said:
        left, times = self._names.subn(REMOVED, words)
        for begins, ends in reversed(list(self._heard.spans(left))):
            left, times = f"{left[:begins]}{REMOVED}{left[ends:]}", times + 1
        if times:
            self.places.append({"part": part, "version": version, "field": field, "times": times})
        return Said(left)

    def _code(self, code: str) -> str:
        if code in self._own:
            return code
        if EVENT.fullmatch(code):
            return SYSTEM
        member = municipality().member(code)
        if member is not None:
            return role(member.roles)
        return next((stands for stands, ids in ANOTHER.items() if ids.fullmatch(code)), code)


def role(roles: Iterable[Role]) -> str:
    """How somebody of the staff is called towards a client: by her first role."""
    return next((str(one) for one in roles), STAFF)


def own_names(records: Iterable[Person]) -> set[str]:
    """Every word of the client's own names."""
    return {part for one in records for part in _parts(f"{one.given_name} {one.family_name}")}


def names_of_others(case: Case, own: set[str], desk: Desk) -> set[str]:
    """Names of those who are known because of this case, whole and word by word, without her own words."""
    others = desk.people.find_many(everything.linked(case, desk)).values()
    whole = {f"{one.given_name} {one.family_name}" for one in others} | named.household(case, desk)
    staff = {part for one in municipality().staff for part in list(_parts(one.name))[-1:]} - own
    addressed = {f"{title} {family}" for title in TITLES for family in staff}
    mine = [hear(one) for one in own]
    parts = {part for name in whole for part in _parts(name)}
    return whole | addressed | {part for part in parts if not any(same(hear(part), one) for one in mine)}


def _parts(name: str) -> Iterator[str]:
    every = (part.casefold() for part in re.split(r"[\s\-]+", name))
    yield from (part for part in every if len(part) > 1 and part not in PARTICLES)
