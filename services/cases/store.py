"""Where cases lie: their states and logs, the sealed words about them, and the lists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from services.cases.domain.case import Case
from shared import bus, events
from shared.bus import Bus
from shared.errors import NotThere, Rejected
from shared.events import CasesLookedAt
from shared.looks import Looks
from shared.people import People, Person, connect_people
from shared.store import Body, Create, Page, Query, Store, connect, pages
from shared.store.journal import Journal
from shared.store.lines import event_of

Words = dict[str, str]
"""Free text about a person, by field."""


class PersonErased(Rejected):
    """Nothing can be written about somebody whose key was destroyed."""

    code = "person_erased"
    says = "The personal data of this client was erased."


@dataclass(frozen=True, slots=True)
class Desk:
    """What the work on cases needs of the outside world."""

    store: Store
    bus: Bus
    cases: Journal[Case]
    people: People
    looks: Looks

    def sealed(self, case: Case, version: int, words: Words, beside: str | None = None) -> Create:
        """The write that keeps words said with this version of the case, sealed under the person's key.

        `beside` is the path of the thing beside the case whose version it is.
        """
        text = self.people.seal(case.person, json.dumps(words, ensure_ascii=False))
        if text is None:
            raise PersonErased()
        return Create(f"{beside or self.cases.path(case.id)}/texts/{version}", {"version": version, "sealed": text})

    def words(self, case: Case, versions: Iterable[int]) -> dict[int, Words]:
        """The words said with these versions of a case; none of a person who was erased. At most two calls."""
        path = self.cases.path(case.id)
        return self.words_beside([(case, path, versions)])[path]

    def words_beside(self, wanted: Iterable[tuple[Case, str, Iterable[int]]]) -> dict[str, dict[int, Words]]:
        """The words said with versions of what lies at a path with a case, by path; none of persons who were erased.

        One read for each version and for each person, in two calls.
        """
        said: dict[str, dict[int, Words]] = {}
        texts: dict[str, str] = {}
        for case, path, versions in wanted:
            said[path] = {}
            texts |= {f"{path}/texts/{version}": case.person for version in versions}
        found = self.store.get_many(texts)
        opened = self.people.unseal([(texts[at], body["sealed"]) for at, body in found.items()])
        for (at, body), text in zip(found.items(), opened, strict=True):
            if text is not None:
                said[at.rsplit("/", 2)[0]][body["version"]] = json.loads(text)
        return said

    def ever_said(self, case: Case, beside: str | None = None) -> dict[int, Words]:
        """All words ever said with a case, or with what lies there beside it; none once the person is erased."""
        texts = list(pages(self.store, Query(f"{beside or self.cases.path(case.id)}/texts", limit=200)))
        opened = self.people.unseal([(case.person, one.body["sealed"]) for one in texts])
        found = zip(texts, opened, strict=True)
        return {one.body["version"]: json.loads(text) for one, text in found if text is not None}

    def bodies(self, cases: Iterable[str]) -> dict[str, Body]:
        """The documents of these cases, with the fields by which they are found. One read each, at once."""
        wanted = {self.cases.path(id): id for id in cases}
        return {wanted[path]: body for path, body in self.store.get_many(wanted).items()}

    def states(self, cases: Iterable[str]) -> dict[str, Case]:
        """Those of these cases that are there, by id. One read each, at once."""
        return {id: self.cases.state(body) for id, body in self.bodies(cases).items()}

    def client(self, case: Case) -> Person | None:
        """Who the client is, as her case says it: what waits in the vault and counts is in it. One read."""
        return self.people.find(case.person, case.amendment)

    def clients(self, cases: Iterable[Case]) -> dict[str, Person]:
        """Who the clients of these cases are, by the person's id. One read each, at once."""
        named = {case.person: case.amendment for case in cases}
        return self.people.find_many(named, named)

    def happened(self, case: str, *, kind: str | None, limit: int, after: str | None) -> Page:
        """What happened to a case and beside it, oldest first; or only its own events of one type, newest first."""
        if kind is None:
            return self.store.query(Query("*/events", (("case", "==", case),), ("at",), limit, after))
        path = f"{self.cases.path(case)}/events"
        return self.store.query(Query(path, (("type", "==", kind),), ("-version",), limit, after))

    def contact(self, case: str, id: str) -> events.ContactRecorded:
        """The record of a contact, found by its id alone. One read. Raises `NotThere`."""
        named = re.fullmatch("contact-([0-9]{1,9})", id)
        entry = named and self.store.get(f"{self.cases.path(case)}/events/{named[1]}")
        event = event_of(entry) if entry else None
        if not isinstance(event, events.ContactRecorded):
            raise NotThere()
        return event


def desk_on(store: Store, bus: Bus, people: People) -> Desk:
    """A desk with these databases and this bus."""
    return Desk(store, bus, Journal(store, bus, "cases", Case), people, Looks(store, bus, CasesLookedAt))


@cache
def desk() -> Desk:
    """The desk of this process, set up once."""
    return desk_on(connect("cases"), bus.connect(), connect_people())
