"""Erasing a person (Art. 17 GDPR): first it is on record, then her key is destroyed. `proving` looks for traces."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.cases.domain.case import Case
from services.cases.domain.history import Change
from services.cases.persons import cases_of, change_all, hers
from services.cases.rights import domain, everything
from services.cases.store import Desk
from shared.codes import ErasureGround
from shared.errors import NotThere
from shared.events import Event, stamp
from shared.store import Body, Create, Put, Query, Write, pages

DESTROYED = (
    {"database": "people", "what": "key"},
    {"database": "people", "what": "identity_and_contact"},
    {"database": "cases", "what": "search_tokens"},
)
"""What is gone. Without the key every sealed text, copy and backup is noise, wherever it lies."""


def erase(case: Case, ground: ErasureGround, *, by: str, at: datetime, desk: Desk) -> Body:
    """Erase the person with all her cases: at once, whatever else is there. A repeat changes nothing.

    Raises `LegalHold` and `CaseStillOpen` for any of her cases, before anything is destroyed.
    """
    destroy(record(case, ground, by=by, at=at, desk=desk), at=at, desk=desk)
    return erasure(case.id, desk)


def record(case: Case, ground: ErasureGround, *, by: str, at: datetime, desk: Desk) -> list[Case]:
    """Have it on record that a person is erased; all her cases. Raises as `erase` does.

    What a crash leaves undone from then on is finished within a minute.
    """

    def begun(after: Case, _: Event) -> Iterable[Write]:
        body = {"done": False, "at": stamp(at), "by": by, "ground": ground.value}
        yield Create(path(after.id), {**body, "case": after.id, "person": after.person})

    def decide(one: Case) -> Change | None:
        return domain.erase(one, ground, at=at, by=by)

    def left() -> list[Case]:
        return [one for one in hers(desk.cases.get(case.id), desk) if one.erased_at is None]

    change_all(left, decide, desk=desk, also=begun, extra={"tokens": []})
    return [one for one in hers(desk.cases.get(case.id), desk) if one.erased_at is not None]


def destroy(cases: Iterable[Case], *, at: datetime, desk: Desk) -> None:
    """Destroy the keys of a person with these cases, and of all who are known because of her. A repeat changes nothing.

    She may have several records, each with a key of its own, where cases were merged: they go one after the other, and
    what a crash leaves is on record as not destroyed yet.
    """
    of: dict[str, list[Case]] = {}
    for case in cases:
        of.setdefault(case.person, []).append(case)
    for person, held in of.items():
        _destroy(person, held, at=at, desk=desk)


def _destroy(person: str, cases: list[Case], *, at: datetime, desk: Desk) -> None:
    """What destroys the key keeps her words as needles, for as long as it takes to look for them everywhere."""
    undone = [body for one in cases if "destroyed_at" not in (body := erasure(one.id, desk))]
    if not undone:
        return
    persons = list(dict.fromkeys(id for one in cases for id in everything.persons(one, desk)))
    words = {word for one in cases for word in everything.clear(one, desk)}
    desk.people.erase(*persons, at=at, words=words)
    said = {"destroyed_at": stamp(at), "searched_for": len(desk.people.needles.find(person))}
    for body in undone:
        desk.store.commit([Put(path(body["case"]), {**body, **said})])


def finish(*, at: datetime, desk: Desk) -> list[Body]:
    """Destroy what a crash left on record only; every erasure that is to be certified, the oldest first."""
    for person in {one["person"] for one in waiting(desk) if "destroyed_at" not in one}:
        destroy([one for one in cases_of(person, desk) if one.erased_at is not None], at=at, desk=desk)
    return [one for one in waiting(desk) if "destroyed_at" in one]


def waiting(desk: Desk) -> list[Body]:
    """Erasures that are on record and not certified, the oldest first."""
    query = Query("erasures", (("done", "==", False),), ("at",), 200)
    return [document.body for document in pages(desk.store, query)]


def erasure(case: str, desk: Desk) -> dict[str, Any]:
    """The erasure of a case, as far as it is. Raises `NotThere`."""
    found = desk.store.get(path(case))
    if found is None:
        raise NotThere()
    return found


def path(case: str) -> str:
    """Where the erasure of a case is on record."""
    return f"erasures/{case}"
