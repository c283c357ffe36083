"""What cases tell of structural findings: what in the system hinders, and what became of it. Never of whom."""

from datetime import date
from typing import ClassVar

from shared.codes import ActionField, DecisionBody, FindingStatus, LegalDomain, Referrer
from shared.events.base import Event


class FindingRaised(Event):
    """A case showed what hinders between two offices. The title lies with the finding."""

    type: ClassVar[str] = "cases.finding-raised.v1"
    organisation: str | None = None
    from_office: Referrer
    to_office: Referrer
    action_field: ActionField | None = None
    from_domain: LegalDomain | None = None
    to_domain: LegalDomain | None = None


class FindingBundled(Event):
    """It says the same as another one, or another one as it: so many cases now stand behind this one."""

    type: ClassVar[str] = "cases.finding-bundled.v1"
    finding: str
    """The other one."""
    into: bool
    """Whether this one went into the other."""
    count: int


class FindingDecided(Event):
    """A body brought it to a status, on a day."""

    type: ClassVar[str] = "cases.finding-decided.v1"
    status: FindingStatus
    body: DecisionBody
    decided_on: date
