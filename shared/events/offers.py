"""What cases tell of the catalogue of offers: its codes. Titles and descriptions stay with the offer."""

from typing import ClassVar

from shared.codes import ActionField, TargetGroup
from shared.events.base import Event


class _OfferEvent(Event):
    """What an offer is after this event."""

    organisation: str
    action_fields: tuple[ActionField, ...]
    languages: tuple[str, ...] = ()
    target_groups: tuple[TargetGroup, ...] = ()
    city_district: int | None = None
    """None where the offer is for the whole city."""
    barrier_free: bool | None = None
    capacity: int | None = None
    free_places: int | None = None
    waiting_days: int | None = None
    withdrawn: bool = False


class OfferListed(_OfferEvent):
    """An organisation put an offer into the catalogue."""

    type: ClassVar[str] = "cases.offer-listed.v1"


class OfferChanged(_OfferEvent):
    """An offer changed, or was withdrawn from the catalogue."""

    type: ClassVar[str] = "cases.offer-changed.v1"
