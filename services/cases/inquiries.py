"""Inquiries that staff take: the person into the vault first, then her case with all its first events at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from random import Random
from typing import Any

from services.cases.domain.case import Case
from services.cases.domain.opening import take_inquiry
from services.cases.store import Desk
from shared import clock
from shared.answers import coded, personal
from shared.codes import Entrance, Referrer, Role
from shared.errors import Busy, Forbidden
from shared.events import Arrival, Event, SubmissionReceived
from shared.http.call import Answer, Call
from shared.identity import Actor
from shared.municipality import municipality
from shared.people import Person
from shared.references import REFERENCES, reference
from shared.store import Query, Write
from shared.store.expiry import forget_expired

DRAWS = 8
"""Tries to draw a reference that no case has yet."""


def take(call: Call, form: Mapping[str, Any], *, desk: Desk, chance: Random) -> Answer:
    """Open a case in the caller's organisation, and assign it to her if she is a case manager."""
    organisation = _provider(call.actor)
    said = _said(call, form, desk, chance)
    person = Person(**personal(form))
    case, history = take_inquiry(
        said,
        organisation=organisation,
        case_manager=call.actor.id if Role.CASE_MANAGER in call.actor.roles else None,
        district=municipality().district(said.city_quarter),
        bounds=municipality().target_group,
        on=clock.day(call.at),
    )
    answer = _answer(case)

    def keep(_case: Case, _event: Event) -> Iterable[Write]:
        if call.once is not None:
            yield call.once.keep(201, answer.body, version=case.version, at=call.at, location=answer.location)

    desk.people.keep(case.person, person, subject=case.id, at=call.at)
    tokens = desk.people.tokens(person, case.reference)
    desk.cases.open(case, *history, also=keep, extra={"tokens": tokens})
    return answer


def tidy(*, desk: Desk, at: datetime) -> dict[str, int]:
    """Forget persons whose case was never written, and answers that had their time."""
    return {
        "forgotten": desk.people.forget_orphans("case-", lambda case: desk.cases.find(case) is not None, at=at),
        "expired": forget_expired(desk.store, "cases", at=at),
    }


def _said(call: Call, form: Mapping[str, Any], desk: Desk, chance: Random) -> SubmissionReceived:
    """What the case is opened by: a submission that nobody sent and nobody is told of."""
    hex = f"{chance.getrandbits(128):032x}"
    return SubmissionReceived(
        subject=f"submission-{hex}",
        version=1,
        at=call.at,
        by=call.actor.id,
        person=f"person-{hex}",
        reference=_unused(desk, chance),
        referrer=Referrer.PROVIDER,
        arrival=Arrival(entrance=Entrance.STAFF, received_at=call.at),
        **coded(form, clock.day(call.at)),
    )


def _provider(actor: Actor) -> str:
    """The caller's organisation. Raises `Forbidden` where it does no case management."""
    found = municipality().organisation(actor.organisation or "")
    if found is None or found.kind != "provider":
        raise Forbidden()
    return found.id


def _unused(desk: Desk, chance: Random) -> str:
    for _ in range(DRAWS):
        drawn = reference(chance.randrange(REFERENCES))
        same = Query("cases", (("tokens", "contains", desk.people.sought(drawn)),), ("-opened_at",), limit=1)
        if not desk.store.query(same).items:
            return drawn
    raise Busy()


def _answer(case: Case) -> Answer:
    body = {"id": case.id, "version": case.version, "reference": case.reference}
    return Answer(body, 201, case.version, location=f"/cases/{case.id}")
