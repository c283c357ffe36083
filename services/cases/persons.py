"""All cases of one person, found and changed together: what concerns herself holds in each of them or in none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from services.cases.domain.case import Case
from services.cases.domain.history import Change
from services.cases.store import Desk
from shared.errors import Busy
from shared.events import Event
from shared.store import Body, Query, Write, pages, patiently
from shared.store.journal import Changes, nothing_else

Also = Callable[[Case, Event], Iterable[Write]]


class _Regrouped(Exception):
    """A case was merged or separated since hers were looked for."""


def cases_of(person: str, desk: Desk) -> list[Case]:
    """Every case that names this record of a person, with whatever organisation it is."""
    query = Query("cases", (("person", "==", person),), ("-opened_at",), 200)
    return [desk.cases.state(document.body) for document in pages(desk.store, query)]


def hers(case: Case, desk: Desk) -> list[Case]:
    """Every case of whoever this one is of, itself first: those that name her, and those merged with any of them.

    One query for each record of her, and one read for each case that was merged.
    """
    found, new, asked = {case.id: case}, [case], set[str]()
    while new:
        merged = [desk.cases.get(id) for one in new for id in one.pointing_to if id not in found]
        persons = {one.person for one in new} - asked
        named = [one for person in sorted(persons) for one in cases_of(person, desk)]
        asked |= persons
        new = list({one.id: one for one in (*merged, *named) if one.id not in found}.values())
        found |= {one.id: one for one in new}
    return list(found.values())


def change_all(
    find: Callable[[], list[Case]],
    decide: Callable[[Case], Change | None],
    *,
    desk: Desk,
    also: Also = nothing_else,
    extra: Body | None = None,
) -> list[Case]:
    """Change all cases that `find` gives as `decide` says, each with its event, in one commit: all of them or none.

    None from it for any of them means that nothing is to do. Where a case is merged or separated meanwhile, they are
    looked for again. Raises `Busy` when that goes on too long, and whatever `decide` refuses with.
    """
    for _ in patiently():
        known = find()

        def decided(states: tuple[Case, ...], known: list[Case] = known) -> Changes[Case]:
            if [one.pointing_to for one in states] != [one.pointing_to for one in known]:
                raise _Regrouped
            changes = [decide(state) for state in states]
            return [change for change in changes if change is not None] if all(changes) else []

        try:
            ids = [case.id for case in known]
            return list(desk.cases.change_together(ids, decided, also=partial(_beside, also), extra=extra))
        except _Regrouped:
            continue
    raise Busy()


def _beside(also: Also, changes: Changes[Case]) -> Iterable[Write]:
    return (write for after, event in changes for write in also(after, event))
