"""What cases tell, and the facts that every one of their events carries."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.codes import (
    ActionField,
    AgeBand,
    Channel,
    ClearingResult,
    ClosureReason,
    ConsentDirection,
    ConsentForm,
    ConsentGiver,
    ConsentKind,
    ConsentPurpose,
    ContactChannel,
    DataCategory,
    EndedBy,
    Gender,
    GoalOutcome,
    LegalDomain,
    Phase,
    Referrer,
    ResidenceGroup,
    ResidenceStatus,
    Satisfaction,
    TargetGroup,
    View,
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


class CaseAssigned(AccessEvent):
    """A case manager took charge of the case."""

    type: ClassVar[str] = "cases.case-assigned.v1"
    case_manager: str


class CaseCleared(EndsTransfer):
    """Clearing came to a result. Anything but `accepted` and `waiting_list` closes the case."""

    type: ClassVar[str] = "cases.case-cleared.v1"
    result: ClearingResult
    voluntary: bool | None = None
    """Whether she wants it herself, where it was asked."""
    other_service: Referrer | None = None
    """Which other service is responsible, where one is."""


class LegalDomainsNoted(CaseEvent):
    """In which legal domains the client stands now: all of them."""

    type: ClassVar[str] = "cases.legal-domains-noted.v1"
    legal_domains: tuple[LegalDomain, ...]


class CasePhaseChanged(CaseEvent):
    """The case went on to another phase."""

    type: ClassVar[str] = "cases.case-phase-changed.v1"
    to: Phase


class ContactRecorded(CaseEvent):
    """A counselling contact took place. Its note is sealed and stays with the case."""

    type: ClassVar[str] = "cases.contact-recorded.v1"
    contact: str
    channel: ContactChannel
    minutes: int
    held_on: date | None = None
    """The day of the contact, which may be recorded later; none of those from before this could be said."""


class ContactWithdrawn(CaseEvent):
    """A contact was recorded by mistake: it does not count, and its note is deleted (Art. 5 (1) d GDPR)."""

    type: ClassVar[str] = "cases.contact-withdrawn.v1"
    contact: str
    recorded: int
    """The version of the case that recorded it."""
    held_on: date


class ConsentGiven(AccessEvent):
    """The client declared a consent or a release from secrecy (§ 67b SGB X, Art. 7 GDPR, § 203 StGB)."""

    type: ClassVar[str] = "cases.consent-given.v1"
    consent: str
    kind: ConsentKind
    recipient: str | None = None
    form: ConsentForm
    language: str
    text_version: str
    declared_on: date | None = None
    """The day that stands on the paper, where it was recorded later: it holds from its record on."""
    valid_until: date | None = None
    giver: ConsentGiver = ConsentGiver.CLIENT
    purpose: ConsentPurpose | None = None
    data_categories: tuple[DataCategory, ...] = ()
    """What a release lets its recipient know: nothing, unless it is named."""
    direction: ConsentDirection = ConsentDirection.TO_RECIPIENT
    health_data: bool = False
    interpreted: bool = False
    informed: bool = False
    """Whether she was told what refusing means, and that she can take it back."""
    target_groups: tuple[TargetGroup, ...] = ()
    """The special target groups that she expressly agrees to have recorded."""
    agreed_until: date | None = None
    """Of a consent to be written to: the last day on which she may be, by all that she declared; none without end."""


class ConsentRevoked(EndsTransfer):
    """The client took a declaration back. Acts at once."""

    type: ClassVar[str] = "cases.consent-revoked.v1"
    consent: str
    kind: ConsentKind | None = None


class AssessmentRecorded(AccessEvent):
    """An action field was assessed, in the client's or the professional view."""

    type: ClassVar[str] = "cases.assessment-recorded.v1"
    action_field: ActionField
    view: View
    urgency: int


class CaseClosed(EndsTransfer):
    """The case ended."""

    type: ClassVar[str] = "cases.case-closed.v1"
    reason: ClosureReason
    ended_by: EndedBy
    satisfaction: Satisfaction | None = None
    handed_to: Referrer | None = None
    """To whom the client was handed over, where she was. What was agreed on lies sealed."""
    outcomes: dict[str, GoalOutcome] = Field(default_factory=dict)
