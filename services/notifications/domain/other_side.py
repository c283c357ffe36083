"""Whom on the other side of a referral, a transfer or a conference an event concerns: one table of them."""

from __future__ import annotations

from collections.abc import Iterator

from services.notifications.domain.message import Template, Wanted
from services.notifications.domain.rules import Languages
from shared.codes import Channel, ConferenceStatus, ReferralStatus, TransferAnswer
from shared.events import (
    CaseAllocated,
    CaseEvent,
    ConferenceChanged,
    ConferenceRecorded,
    EndsTransfer,
    Event,
    ReferralChanged,
    ReferralMade,
    ReferralReturned,
    ReferralStopped,
    TransferAnswered,
    TransferLapsed,
)

RECEIVED = frozenset({ReferralStatus.SENT, ReferralStatus.ACCEPTED, ReferralStatus.STARTED})
"""Where a referral is its recipient's to work on."""

ANSWERS = frozenset({ReferralStatus.ACCEPTED, ReferralStatus.DECLINED, ReferralStatus.STARTED})
"""What a recipient says of it."""

UNANSWERED = 2
"""The number of the message that a transfer ended without an answer: the first of an allocation tells of an inquiry."""

TAKEN = 3
"""The number of the message that an inquiry went to another organisation: an allocation may end an offer as well."""


def told(event: Event, languages: Languages, *, works_for: str | None) -> list[Wanted]:
    """Tell each organisation on the other side, at its functional mailbox, that there is something to look at.

    A referral was sent, answered, came back unanswered or is not its own any more; a transfer was answered, recalled,
    or ended with the case or its release, and where that ran out, whoever had offered it is told too; an inquiry went
    to another organisation; a conference that it was asked to lies ahead, is on another day, or without it. Only who
    was sent the thing itself hears of its end, and nobody of whom or what: she signs in to read it.

    `languages` are those of the organisations that may be told by themselves: the immigration office is not one of
    them, whatever it was sent (no automatic event; §§ 87, 88 AufenthG). `works_for` is the organisation of who caused
    it.
    """
    return [
        _look(event, whom, number, languages[whom])
        for number, whom in _concerned(event, works_for)
        if isinstance(event, CaseEvent) and whom is not None and whom != works_for and whom in languages
    ]


def _look(event: CaseEvent, whom: str, number: int, language: str) -> Wanted:
    return Wanted(
        cause=event.id,
        number=number,
        template=Template.TO_LOOK_AT,
        channel=Channel.EMAIL,
        language=language,
        case=event.case,
        organisation=whom,
    )


def _concerned(event: Event, works_for: str | None) -> Iterator[tuple[int, str | None]]:
    """Whom it concerns, each with the number of its message, which does not depend on who is told in the end."""
    match event:
        case ReferralStopped():
            yield 1, event.recipient if event.was in RECEIVED else None
        case ReferralMade() | ReferralChanged() if works_for != event.recipient:
            yield 1, _of_the_sender(event, works_for)
        case ReferralChanged() | ReferralReturned():
            yield 1, event.facts.organisation
        case EndsTransfer():
            yield from _of_a_transfer(event)
        case (
            ConferenceRecorded(status=ConferenceStatus.PLANNED, participants=asked) | ConferenceChanged(concerns=asked)
        ):
            numbered = enumerate(dict.fromkeys(asked), 1)
            yield from ((number, one) for number, one in numbered if one != event.facts.organisation)


def _of_a_transfer(event: EndsTransfer) -> Iterator[tuple[int, str | None]]:
    """Who was asked to take the case over, unless that answered; who asked; and whose the inquiry was before."""
    match event:
        case TransferAnswered():
            yield 1, event.offered_to if event.answer is TransferAnswer.RECALLED else event.offered_by
            return
        case TransferLapsed():
            yield 1, event.facts.organisation
        case CaseAllocated():
            yield TAKEN, event.taken_from
            if event.organisation == event.offered_to:  # it is told of its new inquiry
                return
    yield UNANSWERED, event.offered_to


def _of_the_sender(event: ReferralMade | ReferralChanged, works_for: str | None) -> str | None:
    """The recipient, of what was sent or taken back; and where nobody knows whose the answer is, who awaits it."""
    if event.status is ReferralStatus.SENT or _is_recalled(event):
        return event.recipient
    return event.facts.organisation if works_for is None and event.status in ANSWERS else None


def _is_recalled(event: ReferralMade | ReferralChanged) -> bool:
    """Whether whoever has the case takes back what its recipient had been shown."""
    match event:
        case ReferralChanged(status=ReferralStatus.DROPPED, was=was):
            return was in RECEIVED
    return False
