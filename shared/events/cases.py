"""How cases begin and whose they are, and the facts that every one of their events carries."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator

from shared.codes import (
    ActionField,
    AgeBand,
    Channel,
    ClearingResult,
    ClosureReason,
    Gender,
    LegalDomain,
    Phase,
    Referrer,
    ResidenceGroup,
    ResidenceStatus,
    TargetGroup,
)
from shared.events.base import Event
from shared.events.intake import Arrival


class CaseFacts(BaseModel):
    """A coded, coarse snapshot of a case: all that reporting will ever know of it."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    person: str
    phase: Phase
    opened_on: date
    organisation: str | None = None
    city_district: int | None = None
    gender: Gender = Gender.UNDISCLOSED
    age_band: AgeBand
    residence_group: ResidenceGroup
    target_groups: tuple[TargetGroup, ...] = ()
    action_fields: tuple[ActionField, ...] = ()
    legal_domains: tuple[LegalDomain, ...] = ()
    referrer: Referrer
    language: str
    clearing_result: ClearingResult | None = None
    closure_reason: ClosureReason | None = None
    counts_as: str | None = None
    """The person as whom the client counts, where the case was merged into one of another record of her."""


class CaseEvent(Event):
    """Something that happened to a case or beside it, with what reporting may know of the case afterwards."""

    found_by: ClassVar[Mapping[str, str]] = {"case": "case"}
    case: str
    """The case: the subject itself, unless the event is about something that lies beside it."""
    facts: CaseFacts

    @model_validator(mode="before")
    @classmethod
    def _of_itself(cls, said: Any) -> Any:
        return {"case": said["subject"], **said} if isinstance(said, dict) and "subject" in said else said


class AccessEvent(CaseEvent):
    """What may change who may see a case: of many cases at once, the nightly audit reads these and no others."""

    found_by: ClassVar[Mapping[str, str]] = {"case": "case", "access_to": "case"}


class EndsTransfer(AccessEvent):
    """What may end that the case is offered to another organisation, by an answer or without one."""

    offered_to: str | None = None
    """The organisation that had been asked to take the case over, and need not answer any more."""


class CaseOpened(AccessEvent):
    """A submission became an inquiry."""

    type: ClassVar[str] = "cases.case-opened.v1"
    submission: str
    person: str
    reference: str
    language: str
    needs_interpreter: bool
    channel: Channel
    shared_phone: bool
    consent_contact: bool
    topics: tuple[ActionField, ...]
    residence_status: ResidenceStatus
    city_quarter: int | None = None
    city_district: int | None = None
    gender: Gender
    age_band: AgeBand
    single_parent: bool
    target_groups: tuple[TargetGroup, ...]
    referrer: Referrer
    arrival: Arrival | None = None


class CaseAllocated(EndsTransfer):
    """The coordinator handed the inquiry to an organisation."""

    type: ClassVar[str] = "cases.case-allocated.v1"
    organisation: str
    taken_from: str | None = None
    """The organisation that had it until now, and had been told of a new inquiry."""


class CaseAssigned(AccessEvent):
    """A case manager took charge of the case."""

    type: ClassVar[str] = "cases.case-assigned.v1"
    case_manager: str
