"""The state of an offer and what may change it: pure. It is of an organisation, and about no person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.codes import ActionField, TargetGroup
from shared.errors import Rejected
from shared.events import At, Event, OfferChanged, OfferListed


class MoreFreeThanThere(Rejected):
    """Free places are among the places there are."""

    code = "more_free_than_there"
    says = "There are more free places than places."


class Offer(BaseModel):
    """What an organisation offers. Its words are public and lie here, because events carry codes only."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    id: str
    version: int
    changed_at: At
    organisation: str
    title: str = ""
    description: str | None = None
    contact: str | None = None
    """How the organisation is reached: of the organisation, never of a person."""
    action_fields: tuple[ActionField, ...]
    languages: tuple[str, ...] = ()
    target_groups: tuple[TargetGroup, ...] = ()
    """Empty where it is for everybody."""
    city_district: int | None = None
    """None where it is for the whole city."""
    barrier_free: bool | None = None
    capacity: int | None = None
    free_places: int | None = None
    waiting_days: int | None = None
    withdrawn: bool = False

    @property
    def case_manager(self) -> str | None:
        """An offer is nobody's case (`shared.policy.Held`)."""
        return None


Change = tuple[Offer, OfferListed | OfferChanged]

WORDS = frozenset({"title", "description", "contact"})
"""What is said in words, and therefore in no event."""


def list_offer(id: str, said: Mapping[str, Any], *, at: datetime, by: str) -> Change:
    """Put an offer into the catalogue."""
    event = OfferListed(subject=id, version=1, at=at, by=by, **_codes(said))
    return _sound(begun(event).model_copy(update=_words(said))), event


def change(offer: Offer, said: Mapping[str, Any], *, at: datetime, by: str) -> Change | None:
    """Change what is given, the rest stays; None where nothing would be different. Its organisation stays its own."""
    after = offer.model_copy(update=dict(said))
    if after == offer:
        return None
    stated = {name: getattr(after, name) for name in OfferChanged.model_fields if name in Offer.model_fields}
    event = OfferChanged(subject=offer.id, at=at, by=by, **{**stated, "version": offer.version + 1})
    return _sound(evolve(offer, event).model_copy(update=_words(said))), event


def begun(event: OfferListed) -> Offer:
    """The offer as its first event makes it, without its words."""
    return Offer(id=event.subject, changed_at=event.at, **event.model_dump(exclude={"subject", "at", "by"}))


def evolve(offer: Offer, event: OfferChanged) -> Offer:
    """The offer after this event; its words are not in it."""
    codes = event.model_dump(exclude={"subject", "at", "by"})
    return offer.model_copy(update={**codes, "changed_at": event.at})


def fold(history: Iterable[Event]) -> Offer:
    """The offer that a history makes, without its words. Its first event is an `OfferListed`."""
    first, *rest = history
    assert isinstance(first, OfferListed)
    offer = begun(first)
    for event in rest:
        assert isinstance(event, OfferChanged)
        offer = evolve(offer, event)
    return offer


def _sound(offer: Offer) -> Offer:
    if offer.capacity is not None and (offer.free_places or 0) > offer.capacity:
        raise MoreFreeThanThere()
    return offer


def _codes(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in WORDS}


def _words(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name in WORDS}
