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


class ResidenceChanged(CaseEvent):
    """Another residence title is the current one."""

    type: ClassVar[str] = "cases.residence-changed.v1"
    status: ResidenceStatus


class DomainEndRecorded(CaseEvent):
    """A legal domain will end for the client on a day: a benefit, school duty."""

    type: ClassVar[str] = "cases.domain-end-recorded.v1"
    legal_domain: LegalDomain
    ends_on: date
