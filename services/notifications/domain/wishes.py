"""What the client of a case said of being written to: one wish for each event that says so, and what follows. Pure.

A wish counts for every message that was thought of before it. Which of the two was heard first does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from services.notifications.domain.message import About, Reason
from shared.codes import Channel, ConsentKind, Datum
from shared.events import ClientChanged, ConsentRevoked, Event

SILENCES: dict[ConsentKind | None, Channel] = {
    ConsentKind.CONTACT_SMS: Channel.SMS,
    ConsentKind.CONTACT_EMAIL: Channel.EMAIL,
}

REACHED = frozenset({Datum.CHANNEL, Datum.LANGUAGE, Datum.SHARED_PHONE})
"""What of a client says how she is reached."""

A = TypeVar("A", bound=About)


class Way(BaseModel):
    """How the client is written to from now on, if she agreed to it."""

    model_config = ConfigDict(frozen=True)

    channel: Channel
    language: str
    shared_phone: bool
    consent_contact: bool


class Wish(BaseModel):
    """What she said with this version of her case: no more over a channel, or another way."""

    model_config = ConfigDict(frozen=True)

    case: str
    version: int
    silences: Channel | None = None
    way: Way | None = None


def wish(event: Event) -> Wish | None:
    """What the client wants after this event, where it is about that."""
    match event:
        case ConsentRevoked(case=case, version=version, kind=kind) if kind in SILENCES:
            return Wish(case=case, version=version, silences=SILENCES[kind])
        case ClientChanged(case=case, version=version) if REACHED & {*event.changed}:
            return Wish(case=case, version=version, way=Way(**event.model_dump(include=set(Way.model_fields))))
    return None


def heeded(about: A, wishes: Iterable[Wish]) -> A | Reason:
    """What a message is about, as the client wants to be told; or why she must not be told at all.

    A place that others may read is left out. What was taken back stays so for this message, whatever comes later.
    """
    for one in sorted(wishes, key=lambda one: one.version):
        if about.person is None or one.version <= about.known:
            continue
        if one.silences is about.channel:
            return Reason.NO_CONSENT
        if one.way is not None:
            if (hindrance := hindered(one.way)) is not None:
                return hindrance
            about = about.model_copy(update=_told(about, one.way))
    return about


def hindered(way: Way) -> Reason | None:
    """Why nothing may be sent this way: she did not agree, or wants to be called."""
    if not way.consent_contact:
        return Reason.NO_CONSENT
    return Reason.CALL_ONLY if way.channel is Channel.CALL else None


def _told(about: About, way: Way) -> dict[str, object]:
    place = None if way.shared_phone else about.place
    return {"channel": way.channel, "language": way.language, "place": place}
