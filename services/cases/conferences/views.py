"""What people see of case conferences."""

from __future__ import annotations

from typing import Any

from services.cases import items, partner_view
from services.cases.conferences import schemas
from services.cases.conferences.domain import Conference
from services.cases.conferences.handlers import agreement, conferences, function
from services.cases.domain.case import Case
from services.cases.standing import seen_by
from services.cases.store import Desk, Words
from services.cases.views import looked_at
from shared import clock
from shared.http.call import Answer, Call
from shared.policy import Action, Relation, reason

CODES = schemas.ConferenceCodes()
CONFERENCE = schemas.ConferenceView(exclude=("participants", "question", "agreements", "reason"))
AGREEMENT = schemas.AgreementView(exclude=("what",))


def changed(held: Conference) -> Answer:
    """What a change answers: the conference's codes, and its version."""
    return Answer(CODES.dump(held), version=held.version)


def of_case(call: Call, case_id: str, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """The case conferences about a case, the first held first; to a partner those in which she takes part.

    Of hers a page may hold fewer than its limit.
    """
    case, on = looked_at(call, Action.CONFERENCES_READ, case_id, desk), clock.day(call.at)
    held, after = items.page_of_case(conferences(desk), case_id, wanted, order="held_on", desk=desk)
    stands = seen_by(call, Action.CONFERENCES_READ, case, desk)
    if reason(call.actor, Action.CONFERENCES_READ, stands) is not Relation.CONSENTED:
        return Answer({"items": _shown(held, case, desk), "next": after})
    releases = case.shown_by(call.actor.organisation, on)
    hers = [one for one in held if partner_view.takes_part(one.participants, releases)]
    shown = [partner_view.conference(one, releases) for one in _shown(hers, case, desk)]
    return Answer({"items": shown, "next": after})


def _shown(held: list[Conference], case: Case, desk: Desk) -> list[dict[str, Any]]:
    worded = ((case, one, {1, one.invited, one.written, one.version}) for one in held)
    said = items.words_of(conferences(desk), worded, desk=desk)
    return [_worded(one, said[one.id]) for one in held]


def _worded(held: Conference, said: dict[int, Words]) -> dict[str, Any]:
    invited, agreed = said.get(held.invited, {}), said.get(held.written, {})
    return {
        **CONFERENCE.dump(held),
        "participants": [
            {"organisation": one, "function": invited.get(function(number))}
            for number, one in enumerate(held.participants)
        ],
        "question": said.get(1, {}).get("question"),
        "reason": said.get(held.version, {}).get("reason"),
        "agreements": [
            {**AGREEMENT.dump(one), "what": agreed.get(agreement(number))} for number, one in enumerate(held.agreements)
        ],
    }
