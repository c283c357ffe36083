"""What the privacy officer does for a client."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.cases.changing import as_seen, explaining
from services.cases.domain.case import Case
from services.cases.domain.history import Change
from services.cases.persons import change_all, hers
from services.cases.rights import certificates, domain, erasing, proving
from services.cases.store import Desk
from shared.errors import Stale
from shared.events import Event
from shared.http.call import Answer, Call
from shared.policy import Action, require
from shared.store import Write


def restrict(call: Call, case_id: str, command: dict[str, Any], *, desk: Desk) -> Answer:
    """Restrict the processing of all cases of a person or free them again, and hold them or let them go."""
    said, reason = {name: command[name] for name in ("restricted", "legal_hold")}, command["reason"]

    def decide(case: Case) -> Change:
        _allowed(call, case, case_id)
        return domain.restrict(case, **said, at=call.at, by=call.actor.id)

    def also(case: Case, event: Event) -> Iterable[Write]:
        if reason:
            yield desk.sealed(case, event.version, {"reason": reason})

    with explaining(call, case_id, desk.cases.path(case_id), desk):
        changed = change_all(lambda: hers(desk.cases.get(case_id), desk), decide, desk=desk, also=also)
    case = next(one for one in changed if one.id == case_id)
    body = {"id": case.id, "version": case.version, "restricted": case.restricted, "legal_hold": case.legal_hold}
    return Answer(body, version=case.version)


def erase(call: Call, case_id: str, command: dict[str, Any], *, desk: Desk) -> Answer:
    """Erase the person of a case, at once. Answers with how far the erasure is; a repeat changes nothing."""
    case = as_seen(call, case_id, Action.CASE_RIGHTS, desk)
    erased = erasing.erase(case, command["reason"], by=call.actor.id, at=call.at, desk=desk)
    return Answer(certificates.shown(erased, proving.current(desk)))


def _allowed(call: Call, case: Case, named: str) -> None:
    require(call.actor, Action.CASE_RIGHTS, case)
    if case.id == named and call.expected is not None and call.expected != case.version:
        raise Stale(current=case.version, given=call.expected)
