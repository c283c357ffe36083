"""What intake tells."""

from __future__ import annotations

from typing import ClassVar

from shared.codes import ActionField, AgeBand, Channel, Gender, Referrer, ResidenceStatus
from shared.events.base import Event


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
