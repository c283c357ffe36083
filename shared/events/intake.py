"""What intake tells."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared.codes import ActionField, AgeBand, Channel, ConsentForm, Entrance, Gender, Referrer, ResidenceStatus
from shared.events.base import At, Event


class Arrival(BaseModel):
    """How and when a client's first words came in, and what she agreed to with them."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    entrance: Entrance
    received_at: At
    referred_by: str | None = None
    """The office or organisation that referred her."""
    consent_form: ConsentForm | None = None
    consent_language: str | None = None
    consent_text: str | None = None
    """The version of the words that she was shown (`shared.consent_texts`); none where another showed her its own."""


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
    arrival: Arrival | None = None
    """None of what came in before this was told."""
