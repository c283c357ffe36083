"""What is told of looks: who was shown personal data, or was refused."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from shared.events.base import At, Event


class LookedAt(Event):
    """Somebody was shown personal data of cases, or was refused. The subject is the log of her looks."""

    found_by: ClassVar[Mapping[str, str]] = {"cases": "cases"}
    cases: tuple[str, ...]
    action: str
    reason: str
    """By which relation she may look, or `refused`."""


class CasesLookedAt(LookedAt):
    """A look at cases. The record is that of the service that shows the record of all: nobody need be told."""

    type: ClassVar[str] = "cases.cases-looked-at.v1"
    for_the_record: ClassVar[bool] = True
    looked_at: At | None = None
    """When it happened, where another service showed it: `at` is when that was heard here."""

    @property
    def moment(self) -> datetime:
        """When somebody was shown something."""
        return self.looked_at or self.at


class MessagesLookedAt(LookedAt):
    """A look at the messages about cases."""

    type: ClassVar[str] = "notifications.messages-looked-at.v1"
