"""What is done in a case: clearing, its phases, contacts, declarations, assessments and its end."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from shared.codes import (
    ActionField,
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
    GoalOutcome,
    LegalDomain,
    Phase,
    Referrer,
    Satisfaction,
    TargetGroup,
    View,
)
from shared.events.cases import AccessEvent, CaseEvent, EndsTransfer


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
