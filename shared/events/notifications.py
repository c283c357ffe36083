"""What notifications tell."""

from datetime import date
from typing import ClassVar

from shared.codes import Channel, MessageStatus, Role
from shared.events.base import At, Event


class MessageEvent(Event):
    """Something that happened to a message to a client or to an organisation."""

    person: str | None = None
    """The client it is for, or"""
    organisation: str | None = None
    """the organisation it is for."""
    case: str | None = None
    template: str
    channel: Channel
    language: str
    status: MessageStatus
    starts_at: At | None = None
    """When the appointment begins that it is about, and"""
    place: str | None = None
    """where: the code of a place of the municipality's pack."""
    known: int = 0
    """The version of the case that says how the client is told,"""
    agreed_at: At | None = None
    """since when she agrees to it, and"""
    agreed_until: date | None = None
    """until which day, if that ends."""
    role: Role | None = None
    """Whose mailbox it goes to, where it is for neither of them. What it tells:"""
    root: str | None = None
    """the root of a day,"""
    sealed_on: date | None = None
    """which day that is, and"""
    count: int | None = None
    """how much was found that night."""


class MessagePlanned(MessageEvent):
    """A message waits for its time, or for the end of the quiet hours."""

    type: ClassVar[str] = "notifications.message-planned.v1"
    for_the_record: ClassVar[bool] = True
    due_at: At


class MessageQueued(MessageEvent):
    """A message is due and waits for its provider; told again when it has waited too long."""

    type: ClassVar[str] = "notifications.message-queued.v1"


class MessageClaimed(MessageEvent):
    """A sender took the message in hand. Kept for the record: nobody needs to hear of it."""

    type: ClassVar[str] = "notifications.message-claimed.v1"
    for_the_record: ClassVar[bool] = True
    until: At


class MessageReleased(MessageEvent):
    """The provider could not take the message now; another try may begin at once."""

    type: ClassVar[str] = "notifications.message-released.v1"
    for_the_record: ClassVar[bool] = True
    provider: str
    reason: str


class MessageSent(MessageEvent):
    """The provider took the message; `receipt` is what the provider calls it."""

    type: ClassVar[str] = "notifications.message-sent.v1"
    provider: str
    receipt: str


class MessageDelivered(MessageEvent):
    """The provider says that the message arrived."""

    type: ClassVar[str] = "notifications.message-delivered.v1"
    provider: str


class MessageFailed(MessageEvent):
    """The provider refused the message for good, or nobody could take it for too long."""

    type: ClassVar[str] = "notifications.message-failed.v1"
    provider: str | None = None
    reason: str


class MessageWithheld(MessageEvent):
    """The message must not or cannot be sent: no consent, no address, the person is erased."""

    type: ClassVar[str] = "notifications.message-withheld.v1"
    reason: str


class LogSealed(Event):
    """The logs of messages and of looks at them were checked, and a day of them was sealed."""

    type: ClassVar[str] = "notifications.log-sealed.v1"
    root: str
    sealed_on: date
    logs: int
    broken: int
