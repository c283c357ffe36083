"""What cases tell when a client's rights are exercised (Articles 17 and 18 GDPR), and of the audit."""

from datetime import date
from typing import ClassVar

from shared.codes import ErasureGround
from shared.events.base import Event
from shared.events.cases import AccessEvent, EndsTransfer


class CaseRestricted(AccessEvent):
    """Processing was restricted, or is free again; under a legal hold nothing may be erased.

    Partners see nothing of a case that is restricted.
    """

    type: ClassVar[str] = "cases.case-restricted.v1"
    restricted: bool
    legal_hold: bool


class CaseErased(EndsTransfer):
    """The person's key is destroyed. What stays of the case is codes."""

    type: ClassVar[str] = "cases.case-erased.v1"
    ground: ErasureGround


class AuditWritten(Event):
    """The nightly audit looked at every log and at the looks of a day."""

    type: ClassVar[str] = "cases.audit-written.v1"
    root: str
    """The root of the last day that was over (`shared.store.seals`): kept elsewhere, it proves that nothing that was
    logged by then was rewritten."""
    sealed_on: date | None = None
    """That day."""
    logs: int
    broken: int
    looks: int
    deviations: int
