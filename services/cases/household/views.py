"""What people see of those whom a client lives with."""

from __future__ import annotations

from typing import Any

from services.cases import items
from services.cases.domain.case import Case
from services.cases.household import schemas
from services.cases.household.domain import Member
from services.cases.household.handlers import members, said_of
from services.cases.store import Desk, Words
from services.cases.views import looked_at, record
from shared.http.call import Answer, Call
from shared.policy import Action, may

CODES = schemas.MemberCodes()


def changed(held: Member) -> Answer:
    """What a change answers: codes, and the version."""
    return Answer(CODES.dump(held), version=held.version)


def of_case(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """Everybody in the household of a client, in the order in which they were noted; who left it too."""
    case = looked_at(call, Action.CASE_READ, case_id, desk)
    held, after = items.page_of_case(members(desk), case_id, wanted, order="added_at", desk=desk)
    said = said_of(held, case, desk)
    linked = _linked(call, said.values(), desk)
    return Answer({"items": [_shown(one, said[one.id], linked) for one in held], "next": after})


def _linked(call: Call, said: Any, desk: Desk) -> set[str]:
    """The cases among those named that the caller may read; that she learns of them is on record with each."""
    ids = dict.fromkeys(words["own_case"] for words in said if "own_case" in words)
    found = [case for case in map(desk.cases.find, ids) if case is not None]
    seen: list[Case] = [case for case in found if may(call.actor, Action.CASE_READ, case)]
    record(call, Action.CASE_READ, seen, desk)
    return {case.id for case in seen}


def _shown(held: Member, said: Words, linked: set[str]) -> dict[str, Any]:
    own = said.get("own_case")
    return {
        **CODES.dump(held),
        "name": said.get("name"),
        "note": said.get("note"),
        "own_case": own if own in linked else None,
    }
