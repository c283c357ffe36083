"""What happens to offers: team leads write those of their organisation, the coordinator everybody's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from services.cases.changing import explained_of
from services.cases.offers import domain
from services.cases.offers.domain import Offer
from services.cases.store import Desk
from shared.errors import Forbidden, Stale
from shared.events import Event
from shared.http.call import Answer, Call
from shared.identity import Actor
from shared.municipality import municipality
from shared.policy import Action, may
from shared.store import Write
from shared.store.journal import Journal


class _Of(NamedTuple):
    """An offer that is yet to be, as the policy sees it (`shared.policy.Held`)."""

    organisation: str
    case_manager: str | None = None


def offers(desk: Desk) -> Journal[Offer]:
    """All offers."""
    return desk.cases.beside("offers", Offer)


def list_offer(call: Call, command: Mapping[str, Any], *, id: str, desk: Desk) -> Answer:
    """Put an offer of the caller's organisation into the catalogue."""
    said = {**command, "organisation": command["organisation"] or call.actor.organisation}
    if not writes_for(call.actor, said["organisation"]):
        raise Forbidden()
    offer, event = domain.list_offer(id, said, at=call.at, by=call.actor.id)
    answer = Answer({"id": id, "version": 1}, 201, 1, location=f"/cases/offers/{id}")

    def keep(_offer: Offer, _event: Event) -> Iterable[Write]:
        if call.once is not None:
            yield call.once.keep(201, answer.body, version=1, at=call.at, location=answer.location)

    offers(desk).open(offer, event, also=keep)
    return answer


def change_offer(call: Call, id: str, command: Mapping[str, Any], *, desk: Desk) -> Offer:
    """Change an offer of the caller's organisation."""

    def decide(offer: Offer) -> domain.Change | None:
        if not may(call.actor, Action.OFFERS_WRITE, offer):
            raise Forbidden()
        if call.expected is not None and call.expected != offer.version:
            raise Stale(current=offer.version, given=call.expected)
        return domain.change(offer, command, at=call.at, by=call.actor.id)

    try:
        return offers(desk).change(id, decide)
    except Stale as stale:
        raise explained_of(stale, offers(desk).path(id), desk) from None


def writes_for(actor: Actor, organisation: str | None) -> bool:
    """Whether she may write offers of this organisation, which there is."""
    if organisation is None or municipality().named(organisation) is None:
        return False
    return may(actor, Action.OFFERS_WRITE, _Of(organisation))
