"""Certificates of erasures, as they are read: how far each is, what was searched, and what was found."""

from __future__ import annotations

from typing import Any

from services.cases.rights import erasing, proving
from services.cases.rights.proving import Round
from services.cases.store import Desk
from services.cases.views import looked_at
from shared.codes import ErasureState
from shared.http.call import Answer, Call
from shared.http.paging import listed
from shared.policy import Action, widest
from shared.store import Body, Condition, Query
from shared.store.catalogue import DATABASES


def read(call: Call, case_id: str, *, desk: Desk) -> Answer:
    """The erasure of a case. Raises `NotThere`."""
    looked_at(call, Action.CASE_RIGHTS_READ, case_id, desk)
    return Answer(shown(erasing.erasure(case_id, desk), proving.current(desk)))


def every(call: Call, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """Erasures that are certified, or still to be, the newest first. One query."""
    where: tuple[Condition, ...] = (("done", "==", wanted["certified"]),)
    page = desk.store.query(Query("erasures", where, ("-at",), wanted["limit"], wanted["cursor"]))
    why = widest(call.actor, Action.CASE_RIGHTS_READ).value
    desk.looks.record(call.actor, Action.CASE_RIGHTS_READ, [one.id for one in page.items], why=why, at=call.at)
    now = proving.current(desk)
    return Answer(listed(page, lambda document: shown(document.body, now)))


def shown(erasure: Body, now: Round | None) -> Body:
    """An erasure as it is shown; until it is certified, with what the round that goes on now searched so far."""
    state = _state(erasure)
    said = {name: value for name, value in erasure.items() if name != "done"}
    searched = {*proving.SEARCHED, *(["facts"] if erasure.get("facts_as_of") else [])}
    if state is ErasureState.SEARCHING:
        said["searched"] = proving.so_far(erasure, now)
    return {
        **said,
        "state": state.value,
        "destroyed": [] if state is ErasureState.RECORDED else list(erasing.DESTROYED),
        "not_opened": sorted(set(DATABASES) - searched),
    }


def _state(erasure: Body) -> ErasureState:
    if erasure["done"]:
        return ErasureState.CERTIFIED
    return ErasureState.SEARCHING if "destroyed_at" in erasure else ErasureState.RECORDED
