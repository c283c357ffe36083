"""Changing a case under the policy, against the version that the caller saw; and what happened since that one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from services.cases.domain.case import Case
from services.cases.domain.history import Change
from services.cases.standing import require
from services.cases.store import Desk, Words
from shared.errors import Stale
from shared.events import Event
from shared.http.call import Answer, Call
from shared.policy import Action, may, reason
from shared.store import Body, Query, Write
from shared.store.journal import nothing_else

Decide = Callable[[Case], Change]
Also = Callable[[Case, Event], Iterable[Write]]

MOST = 20
"""Changes that a refusal names."""


def change(
    call: Call,
    case_id: str,
    action: Action,
    decide: Decide,
    desk: Desk,
    words: Words | None = None,
    also: Also = nothing_else,
    extra: Body | None = None,
) -> Case:
    """Change a case as `decide` says, if the policy allows it and the caller saw the version that is there."""

    def allowed(case: Case) -> Change:
        is_as_seen(call, action, case, desk)
        return decide(case)

    def with_words(case: Case, event: Event) -> Iterable[Write]:
        if words:
            yield desk.sealed(case, event.version, words)
        yield from also(case, event)

    with explaining(call, case_id, desk.cases.path(case_id), desk):
        return desk.cases.change(case_id, allowed, also=with_words, extra=extra)


def add(
    call: Call,
    case_id: str,
    noun: str,
    decide: Decide,
    desk: Desk,
    words: Words | None = None,
    action: Action = Action.CASE_WORK,
    under: str = "",
) -> Answer:
    """Add to a list of the case, or `under` a thing of it. Never collides; with an idempotency key it happens once."""

    def keep(case: Case, _: Event) -> Iterable[Write]:
        if call.once is not None:
            kept = answer(case)
            yield call.once.keep(201, kept.body, version=kept.version, at=call.at, location=kept.location)

    def answer(case: Case) -> Answer:
        id = f"{noun}-{case.version}"
        body = {"id": id, "version": case.version}
        return Answer(body, 201, case.version, location=f"/cases/{case_id}/{under}{noun}s/{id}")

    return answer(change(call, case_id, action, decide, desk, words, keep))


def as_seen(call: Call, case_id: str, action: Action, desk: Desk) -> Case:
    """The case before it is changed, if the policy allows that and the caller saw the version that is there."""
    case = desk.cases.get(case_id)
    with explaining(call, case_id, desk.cases.path(case_id), desk):
        is_as_seen(call, action, case, desk)
    return case


def is_as_seen(call: Call, action: Action, case: Case, desk: Desk) -> None:
    """Raises `Forbidden` or `Hidden` where the policy does not allow it, and `Stale` for another version."""
    require(call, action, case, desk)  # first: a stranger does not even learn the version
    if call.expected is not None and call.expected != case.version:
        raise Stale(current=case.version, given=call.expected)


@contextmanager
def explaining(call: Call, case_id: str, path: str, desk: Desk) -> Iterator[None]:
    """Whoever comes too late inside is told what changed under this path meanwhile, if she may read that history."""
    try:
        yield
    except Stale as stale:
        raise _explained(stale, call, desk.cases.get(case_id), path, desk) from None


def explained_of(stale: Stale, path: str, desk: Desk) -> Stale:
    """The refusal of a change of what belongs to no case, naming what changed under this path meanwhile.

    Whoever may change it may know that. Its beginning is no change: who raised a finding is not told.
    """
    return Stale(current=stale.current, given=stale.given, changes=_since(max(stale.given, 1), path, desk))


def _explained(stale: Stale, call: Call, case: Case, path: str, desk: Desk) -> Stale:
    if not may(call.actor, Action.CASE_HISTORY, case):
        return stale
    since = _since(stale.given, path, desk)
    if since:
        why = reason(call.actor, Action.CASE_HISTORY, case)
        desk.looks.record(call.actor, Action.CASE_HISTORY, [case.id], why=why.value, at=call.at)
    return Stale(current=stale.current, given=stale.given, changes=since)


def _since(version: int, path: str, desk: Desk) -> list[dict[str, Any]]:
    query = Query(f"{path}/events", (("version", ">", version),), ("version",), MOST)
    since = (entry.body for entry in desk.store.query(query).items)
    return [
        {"version": one["version"], "type": one["type"], "at": one["at"], "by": one["event"]["by"]} for one in since
    ]
