"""What notifications does: plan a message for an event, hand it to its provider, see to what waits."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from services.notifications import officer, retention, texts
from services.notifications.domain import changes, holding, other_side, rules
from services.notifications.domain.message import Message, Reason, Rendered, Wanted
from services.notifications.domain.quiet import QuietHours
from services.notifications.domain.wishes import heeded, is_over
from services.notifications.domain.wishes import wish as wish_in
from services.notifications.senders import Providers, TryAgain, Undeliverable
from services.notifications.store import Holders, Messages, Wishes
from shared.clock import BERLIN, day
from shared.codes import Channel, MessageStatus, Role
from shared.errors import NotThere
from shared.events import CaseErased, Event, MessageQueued
from shared.municipality import Municipality

if TYPE_CHECKING:  # the vault brings cryptography along: only who sends needs it
    from services.notifications.receipts import Receipt
    from shared.people import People
    from shared.store import Store

log = logging.getLogger(__name__)

MOST = 500
"""Messages of each status that one sweep takes up."""

SWEEP = "notifications_sweep"


def hear(
    event: Event,
    *,
    messages: Messages,
    holders: Holders,
    wishes: Wishes,
    outbox: Store | None,
    pack: Municipality,
    at: datetime,
) -> None:
    """Plan the messages that the event calls for, and learn who holds the case and what its client wishes.

    Of who was erased the outbox shows nothing from now on: what is being sent just now its sender takes back. A repeat
    finds all of it done, and what comes of several events does not depend on their order.
    """
    quiet = QuietHours(pack.quiet_hours.start, pack.quiet_hours.end, BERLIN)
    for wanted in _wanted(event, pack):
        messages.open(*changes.plan(wanted, quiet=quiet, at=at, wishes=wishes.of(wanted.case)))
    for void in rules.void(event):
        messages.void(void, quiet=quiet, by=event.id, at=at)
    if (wish := wish_in(event)) is not None:
        wishes.keep(wish)
        for case, said in wishes.hers(wish.case).items():
            messages.heed(case, said, quiet=quiet, by=event.id, at=at)
    if isinstance(event, CaseErased):  # after it is known, so that whoever sends something now sees it
        retention.forget(outbox, messages.all_of(event.subject))
    if (holder := holding.holder(event)) is not None:
        holders.keep(holder)


def _wanted(event: Event, pack: Municipality) -> list[Wanted]:
    """The messages that the event calls for, as far as this municipality sends them."""
    languages = {organisation.id: organisation.language for organisation in pack.organisations}
    by_itself = {one.id: one.language for one in pack.organisations if not one.no_list}
    by = pack.member(event.by)
    works_for = None if by is None else by.organisation
    found = (
        rules.wanted(event, languages, works_for=works_for),
        rules.reminder(event),
        rules.to_colleagues(event, languages),
        *other_side.told(event, by_itself, works_for=works_for),
    )
    return [one for one in found if one is not None and (one.root is None or pack.audit.sends_roots)]


def send(
    event: MessageQueued,
    *,
    messages: Messages,
    wishes: Wishes,
    people: People,
    providers: Providers,
    outbox: Store | None,
    pack: Municipality,
    at: datetime,
) -> None:
    """Hand one message to its provider. At least once: a crash after sending repeats it, under the same id.

    What its client wishes is asked once more: she may have said it while the message was planned. And if she was erased
    meanwhile, what lies in the outbox is taken back before anything is settled.

    Raises `TryAgain` when the provider cannot take it now, and `InHand` while another sender is at it.
    """
    settle = partial(_settle, messages, event, at)
    message = settle(changes.claim)
    if message.status is not MessageStatus.SENDING:
        _take_back(message, message.reason, outbox)
        return
    address = _address(message, _wished(message, wishes), people, pack, at)
    if isinstance(address, Reason):
        _take_back(message, address, outbox)
        settle(changes.withheld, reason=address)
    elif (receipt := _handed_over(message, _said(message, pack), address, providers, settle, at)) is not None:
        _ask_again(message, wishes, outbox)
        settle(changes.sent, provider=providers[message.channel].name, receipt=receipt)
        log.info("message sent", extra={"subject": message.id, "waited": (at - event.at).total_seconds()})


def _settle(
    messages: Messages, event: MessageQueued, at: datetime, change: Callable[..., changes.Change | None], **said: Any
) -> Message:
    return messages.change(event.subject, partial(change, by=event.id, at=at, **said))


def _wished(message: Message, wishes: Wishes) -> Message | Reason:
    return heeded(message, wishes.of(message.case), BERLIN)


def _said(message: Message, pack: Municipality) -> Rendered:
    return texts.of(message, pack) if message.root is None else officer.render(message, sender=pack.sender)


def _handed_over(
    message: Message, said: Rendered, address: str, providers: Providers, settle: Callable[..., Message], at: datetime
) -> str | None:
    """The receipt of the provider; None when it never takes it. Raises `TryAgain` when it cannot now."""
    provider = providers[message.channel]
    try:
        return provider.send(address, said, message.id, at=at)
    except Undeliverable as refusal:
        settle(changes.failed, provider=provider.name, reason=refusal.reason)
        return None
    except TryAgain as failure:
        settle(changes.release, provider=provider.name, reason=failure.reason)
        raise


def _ask_again(message: Message, wishes: Wishes, outbox: Store | None) -> None:
    """Ask for her wishes once more, now that it is shown where somebody looks."""
    if outbox is not None and message.person is not None:
        _take_back(message, _wished(message, wishes), outbox)


def _take_back(message: Message, said: object, outbox: Store | None) -> None:
    """Where its client was erased just as it was sent, show it no more."""
    if said == Reason.PERSON_ERASED:
        retention.forget(outbox, [message])


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


def _address(
    message: Message, wished: Message | Reason, people: People, pack: Municipality, at: datetime
) -> str | Reason:
    """Where it goes, the way that it has, or why not: another way that she wishes by now is for the next."""
    if isinstance(wished, Reason):
        return wished
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
