"""A message: whom it is for, what it says, where it is. Ids and codes only; its text is kept nowhere."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.codes import Channel, MessageStatus, Role
from shared.events import (
    At,
    MessageClaimed,
    MessageDelivered,
    MessageEvent,
    MessageFailed,
    MessagePlanned,
    MessageQueued,
    MessageReleased,
    MessageSent,
    MessageWithheld,
)

REMINDED = timedelta(hours=24)
"""How long before an appointment the client is reminded of it."""


class Template(StrEnum):
    """What a message says. Its words are in the catalogues."""

    CONFIRMATION = "confirmation"
    NEW_INQUIRY = "new_inquiry"
    TO_LOOK_AT = "to_look_at"
    APPOINTMENT_MADE = "appointment_made"
    APPOINTMENT_MOVED = "appointment_moved"
    APPOINTMENT_CANCELLED = "appointment_cancelled"
    APPOINTMENT_REMINDER = "appointment_reminder"
    CASES_SEALED = "cases_sealed"
    MESSAGES_SEALED = "messages_sealed"


class Reason(StrEnum):
    """Why a message is not sent, as far as it is for us to say. A provider's reasons are its own codes."""

    NO_CONSENT = "no_consent"
    CONSENT_ENDS = "consent_ends"
    """She agreed until a day that is over by then."""
    CALL_ONLY = "call_only"
    NO_ADDRESS = "no_address"
    PERSON_ERASED = "person_erased"
    GAVE_UP = "gave_up"
    SUPERSEDED = "superseded"
    """The appointment is cancelled, or at another time."""
    TOO_LATE = "too_late"
    """The appointment has begun."""


class About(BaseModel):
    """What a message is about; by which way may change while it is planned.

    One of `person`, `organisation` and `role` is whom it is for.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    person: str | None = None
    organisation: str | None = None
    role: Role | None = None
    case: str | None = None
    template: Template
    channel: Channel
    language: str
    starts_at: At | None = None
    place: str | None = None
    known: int = 0
    """Up to which version of the case it is known how the client wants to be told,"""
    agreed_at: At | None = None
    """since when she agrees to it, and"""
    agreed_until: date | None = None
    """until which day, if that ends."""
    root: str | None = None
    sealed_on: date | None = None
    count: int | None = None

    @property
    def reminds_at(self) -> datetime | None:
        """When a reminder is due, outside of quiet hours."""
        reminds = self.template is Template.APPOINTMENT_REMINDER and self.starts_at is not None
        return self.starts_at - REMINDED if reminds and self.starts_at is not None else None

    @property
    def about(self) -> dict[str, Any]:
        """These fields alone, as every event of the message repeats them."""
        return self.model_dump(include=set(About.model_fields))


class Wanted(About):
    """A message that an event calls for: the `number`-th of that event."""

    cause: str
    number: int = 1
    withheld: Reason | None = None
    waits: bool = False
    """Whether it respects the quiet hours."""
    due_at: At | None = None
    """When it is due, if not at once."""

    @property
    def id(self) -> str:
        """Derived from the cause, so that a repeat of the event finds the message there."""
        return f"message-{self.cause}-{self.number}"


class Message(About):
    """One message to a client, to an organisation or to whoever has a role."""

    id: str
    version: int
    status: MessageStatus
    planned_at: At
    due_at: At
    """When it may next be taken in hand; while it is in hand, when that ends."""
    provider: str | None = None
    receipt: str | None = None
    """What the provider calls it."""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a message says to its reader. Lives only while it is being sent."""

    channel: Channel
    language: str
    body: str
    subject: str | None = None
    person: str | None = None
    """The id of the client whom it is for: whose it is, where it is kept."""


TAG = "message"
"""Under which name a message's id travels with an e-mail and comes back with its receipt."""


def tagged(id: str) -> str:
    """A message's id in letters that any provider takes: ASCII letters, digits, `-` and `_`."""
    return id.replace(".", "_")


def untagged(value: str) -> str:
    """The message's id in a tag: ids hold no underscore of their own."""
    return value.replace("_", ".")


def folded(message: Message | None, event: MessageEvent) -> Message:
    """The message after this event: its state is the fold of its events and nothing else."""
    before = message or Message(
        **event.model_dump(include=set(About.model_fields)),
        id=event.subject,
        version=0,
        status=event.status,
        planned_at=event.at,
        due_at=event.at,
    )
    return before.model_copy(update={"version": event.version, "status": event.status, **_learnt(event)})


def _learnt(event: MessageEvent) -> dict[str, Any]:
    match event:
        case MessagePlanned():
            return event.model_dump(include={"due_at", "channel", "language", "place", "agreed_at", "agreed_until"})
        case MessageClaimed():
            return {"due_at": event.until}
        case MessageQueued() | MessageReleased():
            return {"due_at": event.at}
        case MessageSent():
            return {"provider": event.provider, "receipt": event.receipt}
        case MessageDelivered():
            return {"provider": event.provider}
        case MessageFailed():
            return {"provider": event.provider, "reason": event.reason}
        case MessageWithheld():
            return {"reason": event.reason}
        case _:
            return {}
