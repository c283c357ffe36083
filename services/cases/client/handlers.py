"""The client changes: what only she has in the vault, what is coded in the case, and one event for both.

Order of writing: what is new waits in the vault, the case names it with its event, then it becomes part of the
person. Broken off before the case is written, nothing has changed, and asking again does it; broken off after it,
whoever reads by the case sees what is new, and the event settles it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.cases.changing import as_seen, change
from services.cases.client import domain
from services.cases.domain.case import Case
from services.cases.domain.history import Change
from services.cases.store import Desk, PersonErased
from shared import clock
from shared.answers import unreachable
from shared.errors import Invalid
from shared.events import ClientChanged
from shared.http.call import Call
from shared.municipality import municipality
from shared.people import Person
from shared.policy import Action
from shared.store import Body


def change_client(call: Call, case_id: str, command: Mapping[str, Any], *, amendment: str, desk: Desk) -> Case:
    """Change what is said of the client; what is not given stays. `amendment` is drawn anew for each call.

    Raises `Invalid` where nobody could be reached any more by the channel that she wants.
    """
    case = as_seen(call, case_id, Action.CASE_WORK, desk)
    person = desk.client(case)
    if person is None:
        raise PersonErased()
    said = {name: value for name, value in command.items() if value != _held(name, case, person)}
    after = person.model_copy(update=_personal(said))
    if missing := unreachable(said.get("channel", case.channel), after.model_dump()):
        raise Invalid(missing)
    if not said:
        return case

    def decide(now: Case) -> Change:
        named = amendment if _personal(said) else None
        district = municipality().district(said.get("city_quarter", now.city_quarter))
        today = clock.day(call.at)
        bounds, by = municipality().target_group, call.actor.id
        return domain.change(now, said, district=district, bounds=bounds, amendment=named, on=today, at=call.at, by=by)

    decide(case)  # whatever the rules refuse is refused before anything waits in the vault
    extra = _kept(call, case, after, said, amendment, desk)
    changed = change(call, case_id, Action.CASE_WORK, decide, desk, extra=extra)
    if changed.amendment == amendment:
        desk.people.settle(case.person, amendment)
    return changed


def settle(event: ClientChanged, *, desk: Desk) -> bool:
    """Make what the event names part of the person, where a crash left it waiting. A repeat finds it done."""
    return desk.people.settle(event.facts.person, event.amendment)


def _kept(call: Call, case: Case, after: Person, said: Mapping[str, Any], amendment: str, desk: Desk) -> Body:
    """Have it wait in the vault; what changes with the case are the tokens by which she is found."""
    personal = _personal(said)
    if not personal:
        return {}
    if not desk.people.amend(case.person, amendment, personal, subject=case.id, after=case.amendment, at=call.at):
        raise PersonErased()
    return {"tokens": desk.people.tokens(after, case.reference)}


def _personal(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in domain.CODED}


def _held(name: str, case: Case, person: Person) -> Any:
    return getattr(case if name in domain.CODED else person, name)
