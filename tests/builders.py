"""Builders of data: each gives one ordinary thing, and takes what the test is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.cases.domain.case import Case
from services.cases.domain.consent import Consent
from services.cases.domain.opening import open_case
from services.cases.domain.support_plan import Goal
from shared.codes import (
    ActionField,
    AgeBand,
    BreakGlassGround,
    Channel,
    ConsentForm,
    ConsentKind,
    Gender,
    Phase,
    Referrer,
    ResidenceGroup,
    ResidenceStatus,
)
from shared.events import (
    AppointmentEvent,
    CaseAllocated,
    CaseAssigned,
    CaseEvent,
    CaseFacts,
    ClientChanged,
    GlassBroken,
    ReferralMade,
    SubmissionReceived,
)
from shared.municipality import TargetGroupBounds
from shared.people import Person

BOUNDS = TargetGroupBounds(youngest=18, oldest=27)
"""The ages of the programme."""

NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
"""A Monday, twelve o'clock in Berlin."""


def a_person(**given: Any) -> Person:
    """Somebody who can be reached by phone and by e-mail."""
    return Person.model_validate(
        {
            "given_name": "Amina",
            "family_name": "Beispiel",
            "date_of_birth": date(2003, 5, 17),
            "phone": "+4917139200001",
            "email": "amina@example.org",
            **given,
        }
    )


def a_submission_received(**given: Any) -> SubmissionReceived:
    """A client sent the form, and wants to be reached by text message in German."""
    return SubmissionReceived.model_validate(
        {
            "subject": "submission-a1",
            "version": 1,
            "at": NOON,
            "by": "client",
            "person": "person-a1",
            "reference": "KIM-ABCD-EFGH",
            "language": "de",
            "needs_interpreter": False,
            "channel": Channel.SMS,
            "shared_phone": False,
            "consent_contact": True,
            "topics": [ActionField.HOUSING],
            "residence_status": ResidenceStatus.TOLERATION,
            "gender": Gender.FEMALE,
            "age_band": AgeBand.FROM_21,
            "single_parent": False,
            "referrer": Referrer.SELF,
            **given,
        }
    )


def case_facts(**given: Any) -> CaseFacts:
    """What reporting may know of a new inquiry."""
    return CaseFacts.model_validate(
        {
            "person": "person-a1",
            "phase": Phase.INQUIRY,
            "opened_on": NOON.date(),
            "age_band": AgeBand.FROM_21,
            "residence_group": ResidenceGroup.TOLERATION,
            "referrer": Referrer.SELF,
            "language": "de",
            **given,
        }
    )


def a_case(**given: Any) -> Case:
    """A case of Lindenhof in the hands of lindenhof-1, still an inquiry."""
    case, _ = open_case(a_submission_received(), district=1, bounds=BOUNDS, on=NOON.date(), at=NOON)
    return Case.model_validate(
        {**case.model_dump(), "version": 3, "organisation": "lindenhof", "case_manager": "lindenhof-1", **given}
    )


def a_consent(**given: Any) -> Consent:
    """Consent to processing, in writing, without an end."""
    return Consent.model_validate(
        {
            "id": "consent-4",
            "kind": ConsentKind.PROCESSING,
            "recipient": None,
            "form": ConsentForm.WRITTEN,
            "language": "de",
            "text_version": "2026-01",
            "given_at": NOON,
            "valid_until": None,
            **given,
        }
    )


def a_goal(**given: Any) -> Goal:
    """A goal that the client agreed to, without an outcome yet."""
    return Goal.model_validate(
        {
            "id": "goal-5",
            "action_field": ActionField.HOUSING,
            "agreed": True,
            "until": None,
            "written": 5,
            **given,
        }
    )


def a_case_allocated(**given: Any) -> CaseAllocated:
    """The coordinator handed the inquiry to Lindenhof."""
    organisation = given.get("organisation", "lindenhof")
    return CaseAllocated.model_validate(
        {
            "subject": "case-a1",
            "version": 2,
            "at": NOON,
            "by": "koordination",
            "organisation": organisation,
            "facts": case_facts(organisation=organisation),
            **given,
        }
    )


def a_glass_broken(**given: Any) -> GlassBroken:
    """Somebody of Brücke opened a case of Lindenhof for an hour."""
    return GlassBroken.model_validate(
        {
            "subject": "break-glass-b1",
            "case": "case-a1",
            "version": 1,
            "at": NOON,
            "by": "bruecke-1",
            "ground": BreakGlassGround.DANGER_TO_CLIENT,
            "organisation": "bruecke",
            "until": NOON + timedelta(hours=1),
            "facts": case_facts(organisation="lindenhof"),
            **given,
        }
    )


def a_referral(kind: type[CaseEvent] = ReferralMade, **given: Any) -> CaseEvent:
    """Something about a referral of Lindenhof's client to the Jobcenter, by her case manager."""
    said = {"status": "sent", "answer_by": NOON.date(), "days": 14, **given}
    return kind.model_validate(
        {
            "subject": "referral-a1",
            "case": "case-a1",
            "version": 1,
            "at": NOON,
            "by": "lindenhof-1",
            "recipient": "jobcenter",
            "facts": case_facts(organisation="lindenhof"),
            **{name: value for name, value in said.items() if name in {*kind.model_fields}},
        }
    )


def a_case_assigned(**given: Any) -> CaseAssigned:
    """Lindenhof's team lead put a case manager in charge."""
    return CaseAssigned.model_validate(
        {
            "subject": "case-a1",
            "version": 3,
            "at": NOON,
            "by": "lindenhof-leitung",
            "case_manager": "lindenhof-1",
            "facts": case_facts(organisation="lindenhof"),
            **given,
        }
    )


def a_client_changed(*changed: str, **given: Any) -> ClientChanged:
    """The client of Lindenhof's case says something else of herself; otherwise she is as she was."""
    return ClientChanged.model_validate(
        {
            "subject": "case-a1",
            "version": 4,
            "at": NOON,
            "by": "lindenhof-1",
            "facts": case_facts(organisation="lindenhof"),
            "changed": changed or tuple({*given} - {"version", "consent_contact", "agreed_at", "agreed_until"}),
            "language": "de",
            "needs_interpreter": False,
            "channel": Channel.SMS,
            "shared_phone": False,
            "gender": Gender.FEMALE,
            "age_band": AgeBand.FROM_21,
            "single_parent": False,
            "target_groups": [],
            **given,
        }
    )


def an_appointment_event(kind: type[AppointmentEvent], **given: Any) -> AppointmentEvent:
    """Something about an appointment at Lindenhof's place; the client is reached by text message in German."""
    reach = {"language": "de", "channel": Channel.SMS, "shared_phone": False, "consent_contact": True}
    return kind.model_validate(
        {
            "subject": "appointment-a1",
            "version": 1,
            "at": NOON,
            "by": "lindenhof-1",
            "case": "case-a1",
            "facts": case_facts(organisation="lindenhof"),
            "staff": "lindenhof-1",
            "channel": "meeting",
            "starts_at": NOON,
            "minutes": 60,
            "place": "platz-1",
            "written": 1,
            **given,
            "reach": {**reach, **given.get("reach", {})},
        }
    )
