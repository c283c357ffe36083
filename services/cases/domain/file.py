"""What is kept in the file of a case: contacts, consents, assessments. Words about them lie sealed apart."""

from __future__ import annotations

from datetime import date, datetime

from services.cases.domain.case import Case
from services.cases.domain.history import Change, changed, day_of
from services.cases.domain.reach import ends
from services.cases.domain.refusals import AlreadyWithdrawn, ConsentNotInForce
from shared.codes import (
    ActionField,
    ConsentDirection,
    ConsentForm,
    ConsentGiver,
    ConsentKind,
    ConsentPurpose,
    ContactChannel,
    DataCategory,
    TargetGroup,
    View,
)
from shared.errors import NotThere
from shared.events import AssessmentRecorded, ConsentGiven, ConsentRevoked, ContactRecorded, ContactWithdrawn


def item_id(case: Case, noun: str) -> str:
    """The id of the next thing added to the case: named after the version that adds it."""
    return f"{noun}-{case.version + 1}"


def record_contact(
    case: Case, channel: ContactChannel, minutes: int, *, held_on: date, at: datetime, by: str
) -> Change:
    """Record a counselling contact of so many minutes on a day, today or before."""
    case.must_be_open()
    said = {"channel": channel, "minutes": minutes, "held_on": held_on}
    return changed(case, ContactRecorded, at=at, by=by, contact=item_id(case, "contact"), **said)


def withdraw_contact(case: Case, recorded: ContactRecorded, *, at: datetime, by: str) -> Change:
    """Take out a contact that was recorded by mistake, in any phase: what never was, or was with somebody else.

    Raises `AlreadyWithdrawn`.
    """
    if recorded.contact in case.contacts_withdrawn:
        raise AlreadyWithdrawn()
    said = {"contact": recorded.contact, "recorded": recorded.version, "held_on": day_of(recorded)}
    return changed(case, ContactWithdrawn, at=at, by=by, **said)


def give_consent(
    case: Case,
    kind: ConsentKind,
    *,
    recipient: str | None,
    form: ConsentForm,
    language: str,
    text_version: str,
    valid_until: date | None,
    declared_on: date | None = None,
    giver: ConsentGiver = ConsentGiver.CLIENT,
    purpose: ConsentPurpose | None = None,
    data_categories: tuple[DataCategory, ...] = (),
    direction: ConsentDirection = ConsentDirection.TO_RECIPIENT,
    health_data: bool = False,
    interpreted: bool = False,
    informed: bool = False,
    target_groups: tuple[TargetGroup, ...] = (),
    at: datetime,
    by: str,
) -> Change:
    """Record what the client declared, in which language and with which text before her, today or on a day before.

    It holds from its record on: what happened before is not allowed by it.
    """
    case.must_be_open()
    said: dict[str, object] = {"recipient": recipient, "form": form, "language": language, "valid_until": valid_until}
    said |= {"giver": giver, "purpose": purpose, "data_categories": data_categories, "direction": direction}
    said |= {"health_data": health_data, "interpreted": interpreted, "informed": informed}
    said |= {"target_groups": target_groups, "agreed_until": ends(case, kind, valid_until), "declared_on": declared_on}
    consent = item_id(case, "consent")
    return changed(case, ConsentGiven, at=at, by=by, consent=consent, kind=kind, text_version=text_version, **said)


def revoke_consent(case: Case, consent: str, *, at: datetime, by: str) -> Change:
    """Take a declaration back, in any phase and even of a closed case (Art. 7 (3) GDPR). Acts at once."""
    found = next((one for one in case.consents if one.id == consent), None)
    if found is None:
        raise NotThere()
    if found.revoked_at is not None:
        raise ConsentNotInForce()
    return changed(case, ConsentRevoked, at=at, by=by, consent=consent, kind=found.kind)


def assess(case: Case, action_field: ActionField, view: View, urgency: int, *, at: datetime, by: str) -> Change:
    """Record how things stand in an action field, with an urgency from 0 to 4. Replaces that view of it."""
    case.must_be_open()
    return changed(case, AssessmentRecorded, at=at, by=by, action_field=action_field, view=view, urgency=urgency)
