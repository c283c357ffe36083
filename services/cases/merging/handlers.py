"""Two cases turn out to be of one person, or not to be: both change in one commit, and neither gives anything away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from services.cases.changing import as_seen, explaining, is_as_seen
from services.cases.domain.case import Case
from services.cases.domain.history import Change
from services.cases.follow_ups import domain as follow_ups
from services.cases.follow_ups.handlers import follow_ups as journal
from services.cases.merging import domain
from services.cases.store import Desk
from shared import clock
from shared.codes import FollowUpRule, Phase
from shared.errors import Invalid
from shared.http.call import Call
from shared.policy import Action, may
from shared.store import Write
from shared.store.journal import Changes
from shared.texts import text

Command = dict[str, Any]
Pair = Callable[[Case, Case], tuple[Change, Change]]


def merge(call: Call, case_id: str, command: Command, *, desk: Desk) -> Case:
    """The case ends as a duplicate of another one, by somebody who may work on both."""
    as_seen(call, case_id, Action.CASE_MERGE, desk)
    into = _hers(call, None if command["into"] == case_id else desk.cases.find(command["into"]))

    def decide(case: Case, other: Case) -> tuple[Change, Change]:
        _hers(call, other)
        return domain.merge(case, other, on=clock.day(call.at), at=call.at, by=call.actor.id)

    return _both(call, (case_id, into.id), decide, command, desk)


def separate(call: Call, case_id: str, command: Command, *, desk: Desk) -> Case:
    """They were two people: by somebody who may work on the merged one; where the other is now does not matter."""
    case = as_seen(call, case_id, Action.CASE_MERGE, desk)
    if case.merged_into is None:
        raise domain.NotMerged()

    def decide(case: Case, other: Case) -> tuple[Change, Change]:
        return domain.separate(case, other, at=call.at, by=call.actor.id)

    return _both(call, (case_id, case.merged_into), decide, command, desk)


def remind(ended: Case, *, desk: Desk, at: datetime, by: str) -> bool:
    """Have whoever goes on look at what ended with a merged case; False when that is done, or it was closed before."""
    if ended.merged_into is None or ended.was is Phase.CLOSED:
        return False
    case = desk.cases.get(ended.merged_into)
    if case.is_closed:
        return False
    reminder = follow_ups.remind(
        case,
        f"follow-up-{ended.id}-{case.id}",
        FollowUpRule.MERGED,
        cause=ended.id,
        days=0,
        due_on=clock.day(at),
        responsible=case.case_manager,
        at=at,
        by=by,
    )
    return journal(desk).open(*reminder)


def _both(call: Call, ids: tuple[str, str], decide: Pair, command: Command, desk: Desk) -> Case:
    """Change both, if the policy allows it with the first and the caller saw the version of it that is there."""

    def decided(states: tuple[Case, ...]) -> Changes[Case]:
        case, other = states
        is_as_seen(call, Action.CASE_MERGE, case, desk)
        return decide(case, other)

    def why(changes: Changes[Case]) -> Iterable[Write]:
        if command["reason"]:
            case, event = changes[0]
            yield desk.sealed(case, event.version, {"reason": command["reason"]})

    with explaining(call, ids[0], desk.cases.path(ids[0]), desk):
        return desk.cases.change_together(ids, decided, also=why)[0]


def _hers(call: Call, found: Case | None) -> Case:
    """The case, if she may work on it. Raises `Invalid` for none and for somebody else's: both are the same to her."""
    if found is None or not may(call.actor, Action.CASE_MERGE, found):
        raise Invalid({"into": [text("There is no such case.")]})
    return found
