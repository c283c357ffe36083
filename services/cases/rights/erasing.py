"""Erasing a person (Art. 17 GDPR): first it is on record, then her key is destroyed, then it is proved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.cases.domain.case import Case
from services.cases.domain.history import Change
from services.cases.persons import cases_of, change_all
from services.cases.rights import domain, everything
from services.cases.store import Desk
from shared.codes import ErasureGround
from shared.errors import NotThere
from shared.events import Event, stamp
from shared.store import Body, Create, Put, Query, Write, pages
from shared.store.catalogue import DATABASES
from shared.store.traces import Searched, search

DESTROYED = (
    {"database": "people", "what": "key"},
    {"database": "people", "what": "identity_and_contact"},
    {"database": "cases", "what": "search_tokens"},
)
"""What is gone. Without the key every sealed text, copy and backup is noise, wherever it lies."""

OPENED = ("cases", "people")
"""The databases that cases may open. Every other holds ids, codes and texts sealed under the same key."""


def erase(case: Case, ground: ErasureGround, *, by: str, at: datetime, desk: Desk) -> Body:
    """Erase the person with all her cases, and certify it. A repeat certifies the same.

    Raises `LegalHold` and `CaseStillOpen` for any of her cases, before anything is destroyed.
    """
    finish(record(case, ground, by=by, at=at, desk=desk), desk=desk, at=at)
    return certificate(case.id, desk)


def record(case: Case, ground: ErasureGround, *, by: str, at: datetime, desk: Desk) -> list[str]:
    """Have it on record that a person is erased; the ids of all her cases. Raises as `erase` does.

    From then on nothing can hold the erasure up, and what a crash leaves undone is finished by night.
    """
    cases = cases_of(case.person, desk)

    def begun(after: Case, _: Event) -> Iterable[Write]:
        body = {"done": False, "at": stamp(at), "by": by, "ground": ground.value}
        yield Create(_path(after.id), {**body, "case": after.id, "person": after.person})

    def decide(one: Case) -> Change | None:
        return domain.erase(one, ground, at=at, by=by)

    left = [one for one in cases if one.erased_at is None]
    change_all(left, decide, desk=desk, also=begun, extra={"tokens": []})
    return [one.id for one in cases]


def unfinished(desk: Desk) -> list[str]:
    """Cases whose erasure is on record and not certified."""
    query = Query("erasures", (("done", "==", False),), ("at",), 200)
    return [document.id for document in pages(desk.store, query)]


def finish(ids: Iterable[str], *, desk: Desk, at: datetime) -> int:
    """Destroy the keys, search for what was there, and certify; how many cases that were.

    One search for all: it reads every document.
    """
    begun = [(id, body) for id in ids if not (body := certificate(id, desk))["done"]]
    words: set[str] = set()
    for id, _ in begun:
        words |= everything.clear(desk.cases.get(id), desk)
    for id, _ in begun:
        for person in everything.persons(desk.cases.get(id), desk):
            desk.people.erase(person, at=at)
    searched = searches(words, desk) if begun else []
    for id, body in begun:
        desk.store.commit([Put(_path(id), {**body, **_proof(searched, words), "done": True})])
    return len(begun)


def searches(words: Iterable[str], desk: Desk) -> list[Searched]:
    """Where words stand in clear in the databases that are ours to open."""
    wanted = list(words)
    return [search(DATABASES["cases"], desk.store, wanted), desk.people.traces(wanted)]


def certificate(case: str, desk: Desk) -> dict[str, Any]:
    """The certificate of an erasure, as far as it is. Raises `NotThere`."""
    found = desk.store.get(_path(case))
    if found is None:
        raise NotThere()
    return found


def _proof(searched: list[Searched], words: set[str]) -> Body:
    return {
        "destroyed": list(DESTROYED),
        "searched": [one.model_dump(mode="json") for one in searched],
        "searched_for": len(words),
        "not_opened": sorted(set(DATABASES) - set(OPENED)),
        "negative": all(one.complete and not one.found for one in searched),
    }


def _path(case: str) -> str:
    return f"erasures/{case}"
