"""What is told of looks: who was shown personal data, or was refused."""

from __future__ import annotations

from typing import ClassVar

from shared.events.base import Event


class LookedAt(Event):
    """Somebody was shown personal data of cases, or was refused. The subject is the log of her looks."""

    found_by: ClassVar[tuple[str, ...]] = ("cases",)
    cases: tuple[str, ...]
    action: str
    reason: str
    """By which relation she may look, or `refused`."""


class CasesLookedAt(LookedAt):
    """A look at cases. The record is that of the service that shows the record of all: nobody need be told."""

    type: ClassVar[str] = "cases.cases-looked-at.v1"
    for_the_record: ClassVar[bool] = True


class MessagesLookedAt(LookedAt):
    """A look at the messages about cases."""

    type: ClassVar[str] = "notifications.messages-looked-at.v1"
