"""The way of a message: planned, queued, sending, sent, then delivered, failed or withheld. Never back.

Each change gives the new state with its event, or None where nothing is to do, as after a repeat.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta, tzinfo
from typing import Any

from services.notifications.domain.message import Message, Reason, Wanted, folded
from services.notifications.domain.quiet import QuietHours
from services.notifications.domain.wishes import Wish, heeded
from shared.codes import Channel, MessageStatus
from shared.errors import Busy
from shared.events import (
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

LEASE = timedelta(seconds=6)
"""How long a sender has a message to itself, against the same event delivered twice at a time. Much shorter than
the pauses between all deliveries of an event together, so that after a crash one of them may still send."""

OVERDUE = timedelta(minutes=5)
"""How long a message may wait for its sender before it is told again: longer than the bus tries by itself."""

PATIENCE = timedelta(days=2)
"""How long a message may wait in all. Later than that it would only confuse; about an appointment, once it begins."""

PLANNED, QUEUED, SENDING, SENT = (
    MessageStatus.PLANNED,
    MessageStatus.QUEUED,
    MessageStatus.SENDING,
    MessageStatus.SENT,
)
WAITING = (PLANNED, QUEUED, SENDING)
"""Statuses that end only when somebody takes the message up."""

Change = tuple[Message, MessageEvent]


class InHand(Busy):
    """Another sender has the message in hand: deliver the event again, when that is over."""

    code = "in_hand"
    says = "This message is being sent."


def plan(wanted: Wanted, *, quiet: QuietHours, at: datetime, wishes: Collection[Wish] = ()) -> Change:
    """A new message: queued, planned for its time outside of quiet hours, or withheld for a reason known already.

    `wishes` are those of the client that were heard before: she is told as she wants it.
    """
    wanted = _heeding(wanted, wishes, quiet.zone)
    first = {"subject": wanted.id, "version": 1, "at": at, "by": wanted.cause, **wanted.about}
    due_at = max(at, wanted.due_at or at)
    due_at = quiet.over(due_at) if wanted.waits else due_at
    event: MessageEvent
    if wanted.withheld is not None:
        event = MessageWithheld(**first, status=MessageStatus.WITHHELD, reason=wanted.withheld)
    elif due_at > at:
        event = MessagePlanned(**first, status=PLANNED, due_at=due_at)
    else:
        event = MessageQueued(**first, status=QUEUED)
    return folded(None, event), event


def heed(message: Message, *, wishes: Collection[Wish], quiet: QuietHours, by: str, at: datetime) -> Change | None:
    """Withhold what the client does not want (any more), and plan anew how she is told of the rest.

    What a sender has in hand goes the way that it has, and is not said to be withheld; whoever takes it in hand after
    that asks what she wishes by herself.
    """
    if message.status is SENDING:
        return None
    anew = heeded(message, wishes, quiet.zone)
    if isinstance(anew, Reason):
        return withheld(message, reason=anew, by=by, at=at)
    if message.status is not PLANNED or anew == message:
        return None
    due_at = quiet.over(message.due_at) if anew.channel is Channel.SMS else message.due_at
    return _changed(anew, MessagePlanned, PLANNED, by, at, due_at=due_at)


def queue(message: Message, *, by: str, at: datetime) -> Change | None:
    """Queue what is planned and due. What has been waiting too long is told again, and given up in the end."""
    if message.status not in WAITING or at < message.due_at:
        return None
    if message.starts_at is not None and at >= message.starts_at:
        return withheld(message, reason=Reason.TOO_LATE, by=by, at=at)
    if message.status is PLANNED:
        return _changed(message, MessageQueued, QUEUED, by, at)
    if at - message.due_at < OVERDUE:
        return None
    if message.starts_at is None and at - message.planned_at > PATIENCE:
        return _changed(message, MessageFailed, MessageStatus.FAILED, by, at, reason=Reason.GAVE_UP)
    return _changed(message, MessageQueued, message.status, by, at)


def wait_since(at: datetime) -> dict[MessageStatus, datetime]:
    """The statuses in which messages wait for `queue`, each with the time since when it has something to do."""
    return {PLANNED: at, QUEUED: at - OVERDUE, SENDING: at - OVERDUE}


def claim(message: Message, *, by: str, at: datetime) -> Change | None:
    """Take the message in hand for as long as the lease; None when nothing is to be sent (any more).

    Raises `InHand` while somebody else has it. A lease that has run out was left behind by a crash.
    """
    if message.status not in {QUEUED, SENDING}:
        return None
    if message.status is SENDING and at < message.due_at:
        raise InHand(retry_after=LEASE.seconds)
    return _changed(message, MessageClaimed, SENDING, by, at, until=at + LEASE)


def release(message: Message, *, provider: str, reason: str, by: str, at: datetime) -> Change | None:
    """Let go of what the provider cannot take now, so that the next try need not wait for the lease to end."""
    if message.status is not SENDING:
        return None
    return _changed(message, MessageReleased, SENDING, by, at, provider=provider, reason=reason)


def sent(message: Message, *, provider: str, receipt: str, by: str, at: datetime) -> Change | None:
    """The provider took it."""
    if message.status is not SENDING:
        return None
    return _changed(message, MessageSent, SENT, by, at, provider=provider, receipt=receipt)


def superseded(message: Message, *, by: str, at: datetime) -> Change | None:
    """It tells of a time that is no more. What a sender has in hand is on its way."""
    if message.status is SENDING:
        return None
    return withheld(message, reason=Reason.SUPERSEDED, by=by, at=at)


def withheld(message: Message, *, reason: Reason, by: str, at: datetime) -> Change | None:
    """It must not or cannot be sent, as is known only now."""
    if message.status not in WAITING:
        return None
    return _changed(message, MessageWithheld, MessageStatus.WITHHELD, by, at, reason=reason)


def failed(message: Message, *, provider: str, reason: str, by: str, at: datetime) -> Change | None:
    """The provider refused it for good: at once, or later by a receipt."""
    if message.status not in {SENDING, SENT}:
        return None
    return _changed(message, MessageFailed, MessageStatus.FAILED, by, at, provider=provider, reason=reason)


def delivered(message: Message, *, provider: str, by: str, at: datetime) -> Change | None:
    """It arrived, says the provider. Its receipt may overtake our own note that it was sent."""
    if message.status not in {SENDING, SENT}:
        return None
    return _changed(message, MessageDelivered, MessageStatus.DELIVERED, by, at, provider=provider)


def _heeding(wanted: Wanted, wishes: Collection[Wish], zone: tzinfo) -> Wanted:
    said = heeded(wanted, wishes, zone) if wanted.withheld is None else wanted
    if isinstance(said, Reason):
        return wanted.model_copy(update={"withheld": said})
    if said.channel is wanted.channel:
        return said
    return said.model_copy(update={"waits": said.channel is Channel.SMS})


def _changed(
    message: Message, kind: type[MessageEvent], status: MessageStatus, by: str, at: datetime, **more: Any
) -> Change:
    event = kind(
        subject=message.id,
        version=message.version + 1,
        at=at,
        by=by,
        status=status,
        **message.about,
        **more,
    )
    return folded(message, event), event
