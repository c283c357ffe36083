"""Changing a case under the policy, against the version that the caller saw; and what happened since that one."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from services.cases.domain.case import Case
from services.cases.domain.history import Change
from services.cases.store import Desk, Words
from shared.errors import Stale
from shared.events import Event
from shared.http.call import Call
from shared.policy import Action, may, reason, require
from shared.store import Query, Write

Decide = Callable[[Case], Change]

MOST = 20
"""Changes that a refusal names."""


def change(
    call: Call,
    case_id: str,
    action: Action,
    decide: Decide,
    desk: Desk,
    words: Words | None = None,
    also: Callable[[Case, Event], Iterable[Write]] = lambda _case, _event: (),
) -> Case:
    """Change a case as `decide` says, if the policy allows it and the caller saw the version that is there."""

    def allowed(case: Case) -> Change:
        require(call.actor, action, case)  # first: a stranger does not even learn the version
        if call.expected is not None and call.expected != case.version:
            raise Stale(current=case.version, given=call.expected)
        return decide(case)

    def with_words(case: Case, event: Event) -> Iterable[Write]:
        if words:
            yield desk.sealed(case, event.version, words)
        yield from also(case, event)

    try:
        return desk.cases.change(case_id, allowed, also=with_words)
    except Stale as stale:
        raise explained(stale, call, desk.cases.get(case_id), desk.cases.path(case_id), desk) from None


def explained(stale: Stale, call: Call, case: Case, path: str, desk: Desk) -> Stale:
    """The refusal, naming what changed under this path meanwhile to those who may read the history of the case."""
    if not may(call.actor, Action.CASE_HISTORY, case):
        return stale
    query = Query(f"{path}/events", (("version", ">", stale.given),), ("version",), MOST)
    since = [entry.body for entry in desk.store.query(query).items]
    if since:
        why = reason(call.actor, Action.CASE_HISTORY, case)
        desk.looks.record(call.actor, Action.CASE_HISTORY, [case.id], why=why.value, at=call.at)
    changes = [
        {"version": one["version"], "type": one["type"], "at": one["at"], "by": one["event"]["by"]} for one in since
    ]
    return Stale(current=stale.current, given=stale.given, changes=changes)
