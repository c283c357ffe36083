"""What the client of a case said of being written to: one wish for each event that says so, and what follows. Pure.

A wish counts for every message that was thought of before it. Which of the two was heard first does not matter.
What she takes back in one case she takes back in all that are merged with it: unless she agreed to it later there.
"""

from collections.abc import Collection, Iterable
from datetime import date, tzinfo
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from services.notifications.domain.message import About, Reason
from shared.codes import Channel, ConsentKind, Datum
from shared.events import (
    At,
    CaseAbsorbed,
    CaseErased,
    CaseMerged,
    CaseSeparated,
    ClientChanged,
    ConsentGiven,
    ConsentRevoked,
    Event,
)

CHANNELS: dict[ConsentKind | None, Channel] = {
    ConsentKind.CONTACT_SMS: Channel.SMS,
    ConsentKind.CONTACT_EMAIL: Channel.EMAIL,
}
"""For which channel a consent is."""

REACHED = frozenset({Datum.CHANNEL, Datum.LANGUAGE, Datum.SHARED_PHONE})
"""What of a client says how she is reached."""

A = TypeVar("A", bound=About)


class Way(BaseModel):
    """How the client is written to from now on, if she agreed to it."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    channel: Channel
    language: str
    shared_phone: bool
    consent_contact: bool
    agreed_at: At | None = None
    agreed_until: date | None = None


class Wish(BaseModel):
    """What she said with this version of her case: no more over a channel, or not for ever, or another way.

    Or which `other` case turned out to be hers as well, or not to be.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    case: str
    version: int
    at: At | None = None
    silences: Channel | None = None
    ends: Channel | None = None
    agreed_until: date | None = None
    """The last day on which she may be written to over the channel that `ends`."""
    way: Way | None = None
    other: str | None = None
    together: bool = False
    erased: bool = False
    """She is nobody any more."""


def wish(event: Event) -> Wish | None:
    """What the client wants after this event, where it is about that."""
    said = _said(event)
    return None if said is None else Wish(case=event.subject, version=event.version, at=event.at, **said)


def _said(event: Event) -> dict[str, object] | None:
    match event:
        case ConsentRevoked(kind=kind) if kind in CHANNELS:
            return {"silences": CHANNELS[kind]}
        case ConsentGiven(kind=kind, agreed_until=until) if kind in CHANNELS and until is not None:
            return {"ends": CHANNELS[kind], "agreed_until": until}
        case ClientChanged() if REACHED & {*event.changed}:
            return {"way": Way(**event.model_dump(include=set(Way.model_fields)))}
        case CaseMerged(other=other) | CaseAbsorbed(other=other):
            return {"other": other, "together": True}
        case CaseSeparated(other=other):
            return {"other": other}
        case CaseErased():
            return {"erased": True}
    return None


def others(wishes: Iterable[Wish], *, together: bool = True) -> frozenset[str]:
    """The cases that by what was said last of each are merged with this one; or those that are not any more."""
    last = {one.other: one.together for one in sorted(wishes, key=_version) if one.other is not None}
    return frozenset(case for case, is_so in last.items() if is_so is together)


def heeded(about: A, wishes: Collection[Wish], zone: tzinfo) -> A | Reason:
    """What a message is about, as the client wants to be told; or why she must not be told at all.

    `wishes` are those of its case, and of cases merged with it what was taken back there. A place that others may
    read is left out. What was taken back stays so for this message, whatever comes later.
    """
    if about.person is None:
        return about
    elsewhere = [one for one in wishes if one.case != about.case]
    if (hindrance := _hindrance(about, elsewhere, zone)) is not None:
        return hindrance
    for one in sorted(wishes, key=_version):
        if one.case != about.case or one.version <= about.known:
            continue
        told = _after(about, one)
        hindrance = told if isinstance(told, Reason) else _hindrance(told, elsewhere, zone)
        if hindrance is not None:
            return hindrance
        assert not isinstance(told, Reason)
        about = told
    return about


def hindered(way: Way) -> Reason | None:
    """Why nothing may be sent this way: she did not agree, or wants to be called."""
    if not way.consent_contact:
        return Reason.NO_CONSENT
    return Reason.CALL_ONLY if way.channel is Channel.CALL else None


def is_over(about: About, on: date) -> bool:
    """Whether the client's consent to be written to has ended by this day."""
    return about.agreed_until is not None and on > about.agreed_until


def _after(about: A, said: Wish) -> A | Reason:
    if said.erased:
        return Reason.PERSON_ERASED
    if said.silences is about.channel:
        return Reason.NO_CONSENT
    if said.way is not None:
        return hindered(said.way) or about.model_copy(update=_told(about, said.way))
    if said.ends is about.channel and said.agreed_until is not None:
        until = min(said.agreed_until, about.agreed_until or said.agreed_until)
        return about.model_copy(update={"agreed_until": until})
    return about


def _hindrance(about: About, elsewhere: Iterable[Wish], zone: tzinfo) -> Reason | None:
    """Why it must not be sent as it is: it is due when she agrees no more, or she took it back in another file."""
    if about.reminds_at is not None and is_over(about, about.reminds_at.astimezone(zone).date()):
        return Reason.CONSENT_ENDS
    taken_back = (one.at for one in elsewhere if one.silences is about.channel)
    if any(about.agreed_at is None or at is None or at > about.agreed_at for at in taken_back):
        return Reason.NO_CONSENT
    return None


def _told(about: About, way: Way) -> dict[str, object]:
    place = None if way.shared_phone else about.place
    agreed = way.model_dump(include={"agreed_at", "agreed_until"})
    return {"channel": way.channel, "language": way.language, "place": place, **agreed}


def _version(said: Wish) -> int:
    return said.version
