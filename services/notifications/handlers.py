"""What notifications does: plan a message for an event, hand it to its provider, see to what waits."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from services.notifications import officer, texts
from services.notifications.domain import changes, holding, rules
from services.notifications.domain.message import Message, Reason, Rendered
from services.notifications.domain.quiet import QuietHours
from services.notifications.domain.wishes import heeded, is_over
from services.notifications.domain.wishes import wish as wish_in
from services.notifications.senders import Provider, Providers, TryAgain, Undeliverable
from services.notifications.store import Holders, Messages, Wishes
from shared.clock import BERLIN, day
from shared.codes import Channel, MessageStatus, Role
from shared.errors import NotThere
from shared.events import Event, MessageQueued
from shared.municipality import Municipality

if TYPE_CHECKING:  # the vault brings cryptography along: only who sends needs it
    from services.notifications.receipts import Receipt
    from shared.people import People

log = logging.getLogger(__name__)

MOST = 500
"""Messages of each status that one sweep takes up."""

SWEEP = "notifications_sweep"


def hear(
    event: Event, *, messages: Messages, holders: Holders, wishes: Wishes, pack: Municipality, at: datetime
) -> None:
    """Plan the messages that the event calls for, and learn who holds the case and what its client wishes.

    A repeat finds all of it done, and what comes of several events does not depend on their order.
    """
    languages = {organisation.id: organisation.language for organisation in pack.organisations}
    quiet = QuietHours(pack.quiet_hours.start, pack.quiet_hours.end, BERLIN)
    by = pack.member(event.by)
    works_for = None if by is None else by.organisation
    told = rules.wanted(event, languages, works_for=works_for)
    by_itself = {one.id: one.language for one in pack.organisations if not one.no_list}
    other_side = rules.to_the_other_side(event, by_itself, works_for=works_for)
    for wanted in (told, rules.reminder(event), rules.to_colleagues(event, languages), other_side):
        if wanted is not None and (wanted.root is None or pack.audit.sends_roots):
            messages.open(*changes.plan(wanted, quiet=quiet, at=at, wishes=wishes.of(wanted.case)))
    for void in rules.void(event):
        messages.void(void, quiet=quiet, by=event.id, at=at)
    if (wish := wish_in(event)) is not None:
        wishes.keep(wish)
        for case, said in wishes.hers(wish.case).items():
            messages.heed(case, said, quiet=quiet, by=event.id, at=at)
    if (holder := holding.holder(event)) is not None:
        holders.keep(holder)


def send(
    event: MessageQueued,
    *,
    messages: Messages,
    wishes: Wishes,
    people: People,
    providers: Providers,
    pack: Municipality,
    at: datetime,
) -> None:
    """Hand one message to its provider. At least once: a crash after sending repeats it, under the same id.

    What its client wishes is asked once more: she may have said it while the message was planned.

    Raises `TryAgain` when the provider cannot take it now, and `InHand` while another sender is at it.
    """
    settle = partial(_settle, messages, event, at)
    message = settle(changes.claim)
    if message.status is not MessageStatus.SENDING:
        return
    wished = heeded(message, wishes.of(message.case), BERLIN)
    address = wished if isinstance(wished, Reason) else _address(message, wished, people, pack, at)
    if isinstance(address, Reason):
        settle(changes.withheld, reason=address)
        return
    said = texts.of(message, pack) if message.root is None else officer.render(message, sender=pack.sender)
    if _handed_over(message, said, address, providers[message.channel], settle, at):
        log.info("message sent", extra={"subject": message.id, "waited": (at - event.at).total_seconds()})


def _settle(
    messages: Messages, event: MessageQueued, at: datetime, change: Callable[..., changes.Change | None], **said: Any
) -> Message:
    return messages.change(event.subject, partial(change, by=event.id, at=at, **said))


def _handed_over(
    message: Message, said: Rendered, address: str, provider: Provider, settle: Callable[..., Message], at: datetime
) -> bool:
    """Whether the provider took it. Raises `TryAgain` when it cannot now."""
    try:
        receipt = provider.send(address, said, message.id, at=at)
    except Undeliverable as refusal:
        settle(changes.failed, provider=provider.name, reason=refusal.reason)
        return False
    except TryAgain as failure:
        settle(changes.release, provider=provider.name, reason=failure.reason)
        raise
    settle(changes.sent, provider=provider.name, receipt=receipt)
    return True


def hear_back(receipt: Receipt, *, provider: str, messages: Messages, at: datetime) -> None:
    """Note what the provider says became of a message. One that nobody here sent is none of our business."""
    outcome: Callable[[Message], changes.Change | None]
    if receipt.outcome == "delivered":
        outcome = partial(changes.delivered, provider=provider, by=receipt.id, at=at)
    else:
        outcome = partial(changes.failed, provider=provider, reason=receipt.reason, by=receipt.id, at=at)
    try:
        messages.change(receipt.message, outcome)
    except NotThere:
        log.warning("receipt for a message that is not there", extra={"subject": receipt.message})


def take_up(*, messages: Messages, at: datetime) -> int:
    """Queue what is due and tell again what has waited too long; how many messages that were."""
    taken_up = 0
    for message in messages.due(at, most=MOST):
        after = messages.change(message.id, partial(changes.queue, by=SWEEP, at=at))
        taken_up += after.version > message.version
    return taken_up


def _address(message: Message, wished: Message, people: People, pack: Municipality, at: datetime) -> str | Reason:
    """Where it goes, the way that it has: another one that she wishes by now is for the next."""
    if message.starts_at is not None and at >= message.starts_at:
        return Reason.TOO_LATE
    if message.role is Role.PRIVACY_OFFICER:
        return pack.public.privacy_officer
    if message.organisation is not None:
        organisation = pack.organisation(message.organisation)
        return Reason.NO_ADDRESS if organisation is None else organisation.inbox
    if is_over(wished if wished.channel is message.channel else message, day(at)):
        return Reason.CONSENT_ENDS
    person = None if message.person is None else people.find(message.person)
    if person is None:
        return Reason.PERSON_ERASED
    return (person.email if message.channel is Channel.EMAIL else person.phone) or Reason.NO_ADDRESS
