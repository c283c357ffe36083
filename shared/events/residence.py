"""What cases tell of residence titles and of legal domains that end."""

from datetime import date
from typing import ClassVar

from shared.codes import LegalDomain, ResidenceStatus
from shared.events.cases import CaseEvent


class ResidenceRecorded(CaseEvent):
    """A residence title was recorded, from a day and until one."""

    type: ClassVar[str] = "cases.residence-recorded.v1"
    status: ResidenceStatus
    valid_from: date
    valid_until: date | None = None


class ResidenceWithdrawn(CaseEvent):
    """A residence title was recorded by mistake: it counts no more (Art. 5 (1) d GDPR)."""

    type: ClassVar[str] = "cases.residence-withdrawn.v1"


class ResidenceChanged(CaseEvent):
    """Another residence title is the current one."""

    type: ClassVar[str] = "cases.residence-changed.v1"
    status: ResidenceStatus


class DomainEndRecorded(CaseEvent):
    """A legal domain will end for the client on a day: a benefit, school duty."""

    type: ClassVar[str] = "cases.domain-end-recorded.v1"
    legal_domain: LegalDomain
    ends_on: date


class DomainEndWithdrawn(CaseEvent):
    """The end of a legal domain was recorded by mistake: nobody is reminded of it any more."""

    type: ClassVar[str] = "cases.domain-end-withdrawn.v1"
