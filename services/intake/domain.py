"""What a submission is, and what is told when one is received. Codes and ids only: persons are in the vault."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.codes import ActionField, AgeBand, Channel, ConsentForm, Entrance, Gender, Referrer, ResidenceStatus
from shared.events import Arrival, At, SubmissionReceived
from shared.references import reference


class Answers(BaseModel):
    """What a client answered, in codes."""

    model_config = ConfigDict(frozen=True, defer_build=True)

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


class Origin(BaseModel):
    """Where a submission comes from: the client herself, or an office or organisation with her consent."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    referrer: Referrer = Referrer.SELF
    organisation: str | None = None
    consent_form: ConsentForm = ConsentForm.ELECTRONIC
    consent_language: str
    """The language in which the consent was shown or given."""
    by: str = "client"
    """Who sent it: `client`, or a staff id."""

    @property
    def entrance(self) -> Entrance:
        """The form, or a referral by an organisation."""
        return Entrance.FORM if self.organisation is None else Entrance.REFERRAL


class Submission(BaseModel):
    """A submission as it was received. It never changes; its case does."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    version: Literal[1] = 1
    person: str
    reference: str
    received_at: At
    answers: Answers
    origin: Origin
    consent_text: str | None
    """The version of what she was shown here; none where the organisation that refers her showed her its own words."""

    @property
    def arrival(self) -> Arrival:
        """What is told of how it came."""
        return Arrival(
            entrance=self.origin.entrance,
            received_at=self.received_at,
            referred_by=self.origin.organisation,
            consent_form=self.origin.consent_form,
            consent_language=self.origin.consent_language,
            consent_text=self.consent_text,
        )


def receive(
    hex: str, drawn: int, answers: Answers, origin: Origin, *, consent_text: str, at: datetime
) -> tuple[Submission, SubmissionReceived]:
    """A submission from her answers. `hex` names it, its person and later its case; `drawn` its reference.

    `consent_text` is the version of what our form says now.
    """
    submission = Submission(
        id=f"submission-{hex}",
        person=f"person-{hex}",
        reference=reference(drawn),
        received_at=at,
        answers=answers,
        origin=origin,
        consent_text=consent_text if origin.entrance is Entrance.FORM else None,
    )
    event = SubmissionReceived(
        subject=submission.id,
        version=submission.version,
        at=at,
        by=origin.by,
        person=submission.person,
        reference=submission.reference,
        referrer=origin.referrer,
        arrival=submission.arrival,
        **answers.model_dump(),
    )
    return submission, event
