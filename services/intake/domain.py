"""What a submission is, and what is told when one is received. Codes and ids only: persons are in the vault."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.codes import ActionField, AgeBand, Channel, ConsentForm, Gender, Referrer, ResidenceStatus
from shared.events import At, SubmissionReceived
from shared.references import reference

CONSENT_TEXT = "intake-1"
"""The version of what a client agrees to with the form. A new wording is a new version."""


class Answers(BaseModel):
    """What a client answered, in codes."""

    model_config = ConfigDict(frozen=True)

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

    model_config = ConfigDict(frozen=True)

    referrer: Referrer = Referrer.SELF
    organisation: str | None = None
    consent_form: ConsentForm = ConsentForm.ELECTRONIC
    consent_language: str
    """The language in which the consent was shown or given."""
    by: str = "client"
    """Who sent it: `client`, or a staff id."""


class Submission(BaseModel):
    """A submission as it was received. It never changes; its case does."""

    model_config = ConfigDict(frozen=True)

    id: str
    version: Literal[1] = 1
    person: str
    reference: str
    received_at: At
    answers: Answers
    origin: Origin
    consent_text: str = CONSENT_TEXT


def receive(
    hex: str, drawn: int, answers: Answers, origin: Origin, *, at: datetime
) -> tuple[Submission, SubmissionReceived]:
    """A submission from her answers. `hex` names it, its person and later its case; `drawn` its reference."""
    submission = Submission(
        id=f"submission-{hex}",
        person=f"person-{hex}",
        reference=reference(drawn),
        received_at=at,
        answers=answers,
        origin=origin,
    )
    event = SubmissionReceived(
        subject=submission.id,
        version=submission.version,
        at=at,
        by=origin.by,
        person=submission.person,
        reference=submission.reference,
        referrer=origin.referrer,
        **answers.model_dump(),
    )
    return submission, event
