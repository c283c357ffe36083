"""What cases tell of appointments with clients."""

from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared.codes import AppointmentStatus, Channel, ContactChannel
from shared.events.base import At
from shared.events.cases import CaseEvent


class Reach(BaseModel):
    """How the client may be told: by which channel, in which language, and whether she agreed to it."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    language: str
    channel: Channel
    shared_phone: bool
    consent_contact: bool
    agreed_at: At | None = None
    """Since when she agrees to it, and"""
    agreed_until: date | None = None
    """the last day on which she does, if that ends."""
    known: int = 0
    """The version of the case that says so: what she says later counts all the same, whichever is heard first."""


class AppointmentEvent(CaseEvent):
    """An appointment with the client, as it stands after this. The place is a code of the municipality's pack."""

    staff: str
    channel: ContactChannel
    starts_at: At
    minutes: int
    place: str | None = None
    interpreter: str | None = None
    """The language in which mediation is needed, if it is."""
    written: int
    """The version under which its purpose lies."""
    reach: Reach


class AppointmentMade(AppointmentEvent):
    """An appointment was made."""

    type: ClassVar[str] = "cases.appointment-made.v1"


class AppointmentMoved(AppointmentEvent):
    """An appointment has another time or place; what was planned by the event `replaces` is void."""

    type: ClassVar[str] = "cases.appointment-moved.v1"
    replaces: str


class AppointmentCancelled(AppointmentEvent):
    """An appointment does not take place; what was planned by the event `replaces` is void."""

    type: ClassVar[str] = "cases.appointment-cancelled.v1"
    replaces: str
    silent: bool = False
    """Whether there is nobody to tell: the client has died, or was erased."""


class AppointmentChanged(CaseEvent):
    """Something about an appointment changed of which the client need not be told: who mediates, what became of it."""

    type: ClassVar[str] = "cases.appointment-changed.v1"
    staff: str
    interpreter: str | None = None
    status: AppointmentStatus
    written: int
