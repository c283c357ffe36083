"""What happens to the people a client lives with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.cases import items
from services.cases.domain.case import Case
from services.cases.household import domain
from services.cases.household.domain import Change, Member
from services.cases.store import Desk, Words
from shared import clock
from shared.errors import Invalid
from shared.http.call import Answer, Call
from shared.policy import Action, may
from shared.store.journal import Journal
from shared.texts import text

SEALED = ("name", "note", "own_case")
"""What is said of somebody who was not asked, and that two cases belong together: sealed under the client's key."""


def members(desk: Desk) -> Journal[Member]:
    """Everybody in the households of clients."""
    return items.journal(desk, "household", Member)


def add(call: Call, case_id: str, command: dict[str, Any], *, id: str, desk: Desk) -> Answer:
    """Note who lives with the client."""
    codes = {name: command[name] for name in ("relation", "same_household", "age_band")}

    def begin(case: Case) -> Change:
        _may_be_linked(call, case, command, desk)
        return domain.add(case, id, **codes, at=call.at, by=call.actor.id)

    return items.add(call, members(desk), case_id, begin, desk=desk, words=_sealed(command))


def change(call: Call, case_id: str, id: str, command: dict[str, Any], *, desk: Desk) -> Member:
    """Change what is known of somebody in the household, or note that she left it."""
    codes = {name: value for name, value in command.items() if name not in SEALED}
    named = len(codes) < len(command)

    def decide(case: Case, held: Member) -> Change:
        _may_be_linked(call, case, command, desk)
        return domain.change(case, held, codes, named=named, on=clock.day(call.at), at=call.at, by=call.actor.id)

    words = _sealed({**_said(case_id, id, desk), **command}) if named else None
    return items.change(call, members(desk), case_id, id, decide, desk=desk, words=words)


def said_of(held: Iterable[Member], case: Case, desk: Desk) -> dict[str, Words]:
    """Who members are, as it was said last, by their ids; nothing once the client is erased."""
    said = items.words_of(members(desk), ((case, one, [one.written]) for one in held), desk=desk)
    return {id: next(iter(words.values()), {}) for id, words in said.items()}


def _said(case_id: str, id: str, desk: Desk) -> Words:
    """What is sealed of a member now: what is not given stays. That nobody changes it meanwhile, the version says."""
    held = members(desk).find(id)
    if held is None or held.case != case_id:
        return {}
    return said_of([held], desk.cases.get(case_id), desk)[id]


def _sealed(said: dict[str, Any]) -> Words:
    return {name: said[name] for name in SEALED if said.get(name)}


def _may_be_linked(call: Call, case: Case, command: dict[str, Any], desk: Desk) -> None:
    """Raises `Invalid` for a case that is not there or not hers to read: both are the same to her."""
    own = command.get("own_case")
    if own is None:
        return
    found = None if own == case.id else desk.cases.find(own)
    if found is None or not may(call.actor, Action.CASE_READ, found):
        raise Invalid({"own_case": [text("There is no such case.")]})
