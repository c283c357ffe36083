"""What happens to follow-ups."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from services.cases import items
from services.cases.domain.case import Case
from services.cases.follow_ups import domain
from services.cases.follow_ups.domain import Change, FollowUp
from services.cases.store import Desk
from shared.http.call import Answer, Call
from shared.store import Query, pages
from shared.store.journal import Journal


def follow_ups(desk: Desk) -> Journal[FollowUp]:
    """All follow-ups."""
    return items.journal(desk, "follow_ups", FollowUp)


def set_follow_up(call: Call, case_id: str, command: dict[str, Any], *, id: str, desk: Desk) -> Answer:
    """Have somebody look at the case again; without saying who, its case manager."""

    def begin(case: Case) -> Change:
        responsible = command["responsible"] or case.case_manager or call.actor.id
        among = {*items.working_on(case), call.actor.id}
        due_on = command["due_on"]
        return domain.set_follow_up(
            case, id, due_on=due_on, responsible=responsible, among=among, at=call.at, by=call.actor.id
        )

    return items.add(call, follow_ups(desk), case_id, begin, desk=desk, words={"title": command["title"]})


def change_follow_up(call: Call, case_id: str, id: str, command: dict[str, Any], *, desk: Desk) -> FollowUp:
    """Move a follow-up, hand it on, give it another title, or have it done."""
    said = {name: value for name, value in command.items() if name != "title"}
    titled = "title" in command

    def decide(case: Case, held: FollowUp) -> Change:
        among = {*items.working_on(case), call.actor.id}
        return domain.change(case, held, titled=titled, among=among, at=call.at, by=call.actor.id, **said)

    words = {"title": command["title"]} if titled else None
    return items.change(call, follow_ups(desk), case_id, id, decide, desk=desk, words=words)


def hand_over(case: Case, *, desk: Desk, at: datetime, by: str) -> int:
    """What is open goes with the case to its case manager; how many follow-ups that were. A repeat finds it done."""
    if case.case_manager is None:
        return 0
    to, among = case.case_manager, items.working_on(case)
    return items.change_each(
        follow_ups(desk),
        _open(case, desk),
        lambda one: domain.hand_over(case, one, to, among=among, at=at, by=by),
    )


def finish(case: Case, *, desk: Desk, at: datetime, by: str) -> int:
    """What is open ends with its case; how many follow-ups that were. A repeat finds it done."""
    return items.change_each(follow_ups(desk), _open(case, desk), lambda one: domain.finish(case, one, at=at, by=by))


def _open(case: Case, desk: Desk) -> Iterator[FollowUp]:
    query = Query("follow_ups", (("case", "==", case.id), ("done", "==", False)), ("due_on",), 200)
    return (follow_ups(desk).state(document.body) for document in pages(desk.store, query))
