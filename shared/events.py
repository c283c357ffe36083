"""The event contracts: what happened, in ids and codes. No field here has room for personal data.

CloudEvents: `type` is `<service>.<noun>-<past participle>.v<n>`, `id` is `<subject>.<version>`.
A breaking change is a new class with the next `v`; readers ignore fields they do not know.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, PlainSerializer

from shared.codes import (
    ActionField,
    AgeBand,
    Channel,
    ClearingResult,
    ClosureReason,
    ConsentForm,
    ConsentKind,
    ContactChannel,
    EndedBy,
    Gender,
    GoalOutcome,
    MessageStatus,
    Phase,
    Referrer,
    ResidenceGroup,
    ResidenceStatus,
    TargetGroup,
    View,
)


def stamp(at: datetime) -> str:
    """A time as text, as `At` writes it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


At = Annotated[AwareDatetime, PlainSerializer(stamp, return_type=str, when_used="json")]
"""A time as every document and event writes it: UTC in fixed length, so that text order is time order."""

CATALOGUE: dict[str, type[Event]] = {}
"""Every event there is, by its wire type."""


class Event(BaseModel):
    """Something that happened to one subject, as its version `version`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    for_the_record: ClassVar[bool] = False
    """True where the event is kept as history only and never published."""
    found_by: ClassVar[tuple[str, ...]] = ()
    """Fields by which log entries of this event are looked up across subjects."""

    subject: str
    version: int
    at: At
    by: str
    """Who caused it: a staff id, `client`, or the id of the event or job that led to it."""

    @property
    def id(self) -> str:
        """Derived, so that a repeat is recognised without a table of seen ids."""
        return f"{self.subject}.{self.version}"

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        if "type" in cls.__dict__:
            CATALOGUE[cls.type] = cls


class CaseFacts(BaseModel):
    """A coded, coarse snapshot of a case: all that reporting will ever know of it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

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
    referrer: Referrer
    language: str
    clearing_result: ClearingResult | None = None
    closure_reason: ClosureReason | None = None


class SubmissionReceived(Event):
    """A client sent the intake form."""

    type: ClassVar[str] = "intake.submission-received.v1"
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
    gender: Gender
    age_band: AgeBand
    single_parent: bool
    referrer: Referrer


class CaseEvent(Event):
    """Something that happened to a case, with what reporting may know of it afterwards."""

    facts: CaseFacts


class CaseOpened(CaseEvent):
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


class CaseAllocated(CaseEvent):
    """The coordinator handed the inquiry to an organisation."""

    type: ClassVar[str] = "cases.case-allocated.v1"
    organisation: str


class CaseAssigned(CaseEvent):
    """A case manager took charge of the case."""

    type: ClassVar[str] = "cases.case-assigned.v1"
    case_manager: str


class CaseCleared(CaseEvent):
    """Clearing came to a result. Anything but `accepted` and `waiting_list` closes the case."""

    type: ClassVar[str] = "cases.case-cleared.v1"
    result: ClearingResult


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


class ConsentGiven(CaseEvent):
    """The client declared a consent or a release from secrecy (§ 67b SGB X, Art. 7 GDPR, § 203 StGB)."""

    type: ClassVar[str] = "cases.consent-given.v1"
    consent: str
    kind: ConsentKind
    recipient: str | None = None
    form: ConsentForm
    language: str
    text_version: str
    valid_until: date | None = None


class ConsentRevoked(CaseEvent):
    """The client took a declaration back. Acts at once."""

    type: ClassVar[str] = "cases.consent-revoked.v1"
    consent: str


class AssessmentRecorded(CaseEvent):
    """An action field was assessed, in the client's or the professional view."""

    type: ClassVar[str] = "cases.assessment-recorded.v1"
    action_field: ActionField
    view: View
    urgency: int


class GoalSet(CaseEvent):
    """A goal entered the support plan."""

    type: ClassVar[str] = "cases.goal-set.v1"
    goal: str
    action_field: ActionField
    agreed: bool
    until: date | None = None


class GoalChanged(CaseEvent):
    """A goal was agreed by the client, moved, or came to its outcome."""

    type: ClassVar[str] = "cases.goal-changed.v1"
    goal: str
    agreed: bool
    until: date | None = None
    outcome: GoalOutcome | None = None


class CaseClosed(CaseEvent):
    """The case ended."""

    type: ClassVar[str] = "cases.case-closed.v1"
    reason: ClosureReason
    ended_by: EndedBy
    outcomes: dict[str, GoalOutcome] = {}


class CasesLookedAt(Event):
    """Somebody was shown personal data of cases, or was refused. The subject is the log of her looks."""

    type: ClassVar[str] = "cases.cases-looked-at.v1"
    for_the_record: ClassVar[bool] = True
    found_by: ClassVar[tuple[str, ...]] = ("cases",)
    cases: tuple[str, ...]
    action: str
    reason: str
    """By which relation she may look, or `refused`."""


class MessageEvent(Event):
    """Something that happened to a message to a client or to an organisation."""

    person: str | None = None
    """The client it is for, or"""
    organisation: str | None = None
    """the organisation it is for."""
    case: str | None = None
    template: str
    channel: Channel
    language: str
    status: MessageStatus


class MessagePlanned(MessageEvent):
    """A message waits for the end of the quiet hours."""

    type: ClassVar[str] = "notifications.message-planned.v1"
    for_the_record: ClassVar[bool] = True
    due_at: At


class MessageQueued(MessageEvent):
    """A message is due and waits for its provider; told again when it has waited too long."""

    type: ClassVar[str] = "notifications.message-queued.v1"


class MessageClaimed(MessageEvent):
    """A sender took the message in hand. Kept for the record: nobody needs to hear of it."""

    type: ClassVar[str] = "notifications.message-claimed.v1"
    for_the_record: ClassVar[bool] = True
    until: At


class MessageReleased(MessageEvent):
    """The provider could not take the message now; another try may begin at once."""

    type: ClassVar[str] = "notifications.message-released.v1"
    for_the_record: ClassVar[bool] = True
    provider: str
    reason: str


class MessageSent(MessageEvent):
    """The provider took the message; `receipt` is what the provider calls it."""

    type: ClassVar[str] = "notifications.message-sent.v1"
    provider: str
    receipt: str


class MessageDelivered(MessageEvent):
    """The provider says that the message arrived."""

    type: ClassVar[str] = "notifications.message-delivered.v1"
    provider: str


class MessageFailed(MessageEvent):
    """The provider refused the message for good, or nobody could take it for too long."""

    type: ClassVar[str] = "notifications.message-failed.v1"
    provider: str | None = None
    reason: str


class MessageWithheld(MessageEvent):
    """The message must not or cannot be sent: no consent, no address, the person is erased."""

    type: ClassVar[str] = "notifications.message-withheld.v1"
    reason: str


class ReportWritten(Event):
    """A report is ready to be read."""

    type: ClassVar[str] = "reporting.report-written.v1"
    kind: str
    period: str
