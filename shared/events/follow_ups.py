"""What cases tell of follow-ups."""

from datetime import date
from typing import ClassVar

from shared.codes import FollowUpRule, LegalDomain
from shared.events.cases import CaseEvent


class FollowUpSet(CaseEvent):
    """Somebody is to look at the case again on a day; a rule says why, unless a person does."""

    type: ClassVar[str] = "cases.follow-up-set.v1"
    responsible: str | None = None
    organisation: str | None = None
    due_on: date
    rule: FollowUpRule | None = None
    cause: str | None = None
    """What the rule found: a residence title, the end of a legal domain, an untouched follow-up."""
    days: int | None = None
    """How many days before the end the rule reminds, or for how many it was untouched."""
    ends_on: date | None = None
    legal_domain: LegalDomain | None = None


class FollowUpChanged(CaseEvent):
    """A follow-up was moved, handed on, reworded or done."""

    type: ClassVar[str] = "cases.follow-up-changed.v1"
    responsible: str | None = None
    organisation: str | None = None
    due_on: date
    done: bool
    written: int
    """The version under which its words lie."""


class FollowUpEscalated(CaseEvent):
    """Nobody touched a follow-up of the radar for too long: the team lead has one of her own now."""

    type: ClassVar[str] = "cases.follow-up-escalated.v1"
    escalation: str
