"""All cases of one person, found and changed together: what concerns herself holds in each of them or in none."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from services.cases.domain.case import Case
from services.cases.domain.history import Change
from services.cases.store import Desk
from shared.events import Event
from shared.store import Body, Query, Write, pages
from shared.store.journal import Changes, nothing_else

Also = Callable[[Case, Event], Iterable[Write]]


def cases_of(person: str, desk: Desk) -> list[Case]:
    """Every case that names this person, with whatever organisation it is."""
    query = Query("cases", (("person", "==", person),), ("-opened_at",), 200)
    return [desk.cases.state(document.body) for document in pages(desk.store, query)]


def change_all(
    cases: Iterable[Case],
    decide: Callable[[Case], Change | None],
    *,
    desk: Desk,
    also: Also = nothing_else,
    extra: Body | None = None,
) -> list[Case]:
    """Change all of these cases as `decide` says, each with its event, in one commit: all of them or none.

    None from it for any of them means that nothing is to do.
    """

    def decided(states: tuple[Case, ...]) -> Changes[Case]:
        changes = [decide(state) for state in states]
        return [change for change in changes if change is not None] if all(changes) else []

    def writes(changes: Changes[Case]) -> Iterable[Write]:
        return (write for after, event in changes for write in also(after, event))

    ids = [case.id for case in cases]
    return list(desk.cases.change_together(ids, decided, also=writes, extra=extra))
