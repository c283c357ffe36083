"""How the client may be told, today: by which channel, in which language, and whether she agreed to it. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from services.cases.domain.case import Case
from services.cases.domain.consent import Consent
from shared import events
from shared.codes import Channel, ConsentKind

CONSENTS = {Channel.SMS: ConsentKind.CONTACT_SMS, Channel.EMAIL: ConsentKind.CONTACT_EMAIL}


class Agreement(NamedTuple):
    """Whether the client agrees to be written to over a channel; where she does, since when and until which day."""

    consent_contact: bool
    agreed_at: datetime | None = None
    agreed_until: date | None = None
    """None where she named no end."""


def reach(case: Case, on: date) -> events.Reach:
    """How she is reached, and by which version of her case."""
    said = {"language": case.language, "channel": case.channel, "shared_phone": case.shared_phone}
    return events.Reach(**said, **agreement(case, case.channel, on)._asdict(), known=case.version)


def agreement(case: Case, channel: Channel, on: date) -> Agreement:
    """What she declared for a channel, or else said in the form. Of several declarations the longest holds."""
    declared = [one for one in case.consents if one.kind is CONSENTS.get(channel)]
    if not declared:
        return Agreement(True, case.opened_at) if case.consent_contact else Agreement(False)
    held = [one for one in declared if one.in_force(on)]
    if not held:
        return Agreement(False)
    return Agreement(True, max(one.given_at for one in held), _longest(held))


def consents(case: Case, channel: Channel, on: date) -> bool:
    """Whether she agreed to be written to over a channel."""
    return agreement(case, channel, on).consent_contact


def ends(case: Case, kind: ConsentKind, valid_until: date | None) -> date | None:
    """The last day on which she may be written to, once she declares this too; None without end, or of another kind."""
    if kind not in CONSENTS.values() or valid_until is None:
        return None
    declared = [one for one in case.consents if one.kind is kind and one.revoked_at is None]
    longest = _longest(declared) if declared else valid_until
    return None if longest is None else max(longest, valid_until)


def _longest(held: list[Consent]) -> date | None:
    days = [one.valid_until for one in held if one.valid_until is not None]
    return max(days) if len(days) == len(held) else None
