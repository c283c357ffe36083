"""What a submission is, and what is told when one is received. Codes and ids only: persons are in the vault."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.codes import ActionField, AgeBand, Channel, ConsentForm, Gender, Referrer, ResidenceStatus
from shared.events import At, SubmissionReceived

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is read as a digit or makes a word."""

CHECK = f"{CROCKFORD}*~$=U"
"""Check symbols: the number modulo 37, which finds every wrong and every swapped symbol."""

REFERENCE = 32**7
"""How many references there are."""

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
    hex: str, reference: str, answers: Answers, origin: Origin, *, at: datetime
) -> tuple[Submission, SubmissionReceived]:
    """A submission from what a client answered. The same `hex` names it, its person, and later its case."""
    submission = Submission(
        id=f"submission-{hex}",
        person=f"person-{hex}",
        reference=reference,
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
        reference=reference,
        referrer=origin.referrer,
        **answers.model_dump(),
    )
    return submission, event


def reference(drawn: int) -> str:
    """The reference of a number drawn at random below `REFERENCE`: `KIM-XXXX-XXXX`, the last a check symbol."""
    symbols = "".join(CROCKFORD[drawn // 32**place % 32] for place in reversed(range(7))) + CHECK[drawn % 37]
    return f"KIM-{symbols[:4]}-{symbols[4:]}"


def is_reference(written: str) -> bool:
    """Whether this is a reference that could have been given: its check symbol fits."""
    plain = written.removeprefix("KIM-").replace("-", "")
    if len(plain) != 8 or not set(plain[:7]) <= set(CROCKFORD):
        return False
    drawn = sum(CROCKFORD.index(symbol) * 32**place for place, symbol in enumerate(reversed(plain[:7])))
    return reference(drawn) == written
