"""Which message follows from which event: one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.notifications.domain.message import Reason, Template, Wanted
from shared.codes import Channel, Referrer, Role
from shared.events import (
    AppointmentCancelled,
    AppointmentEvent,
    AppointmentMade,
    AppointmentMoved,
    AuditWritten,
    BrokenGlassEscalated,
    CaseAllocated,
    Event,
    GlassBroken,
    LogSealed,
    Reach,
    SubmissionReceived,
    TransferOffered,
)

Languages = Mapping[str, str]
"""The language of each organisation, by its id."""

REMINDER = 2
"""The number of a reminder among the messages of an event: the first tells of the appointment itself."""

APPOINTMENTS: dict[type[Event], Template] = {
    AppointmentMade: Template.APPOINTMENT_MADE,
    AppointmentMoved: Template.APPOINTMENT_MOVED,
    AppointmentCancelled: Template.APPOINTMENT_CANCELLED,
}

OTHERWISE = "de"
"""The language for an organisation that the municipality does not list (any more)."""


def confirmation(event: SubmissionReceived, _languages: Languages) -> Wanted:
    """Confirm to the client that her submission arrived.

    Exactly one for every submission: where none may be sent, it is withheld, so that the record says why.
    With `call` there is nothing to send; counsellors call. It names nothing that a second reader of a shared
    phone could not know already, so the same neutral text serves there. As the answer to a form that she has
    just sent herself it does not wait for the end of the quiet hours; after a referral by somebody else it does.
    """
    return Wanted(
        cause=event.id,
        template=Template.CONFIRMATION,
        channel=event.channel,
        language=event.language,
        case=event.subject.replace("submission-", "case-", 1),
        person=event.person,
        withheld=_hindrance(event),
        waits=event.channel is Channel.SMS and event.referrer is not Referrer.SELF,
    )


def new_inquiry(event: CaseAllocated | TransferOffered, languages: Languages) -> Wanted:
    """Tell the organisation, at its functional mailbox, that an inquiry waits, or a case that is offered to it.

    Nothing of whom or what.
    """
    return Wanted(
        cause=event.id,
        template=Template.NEW_INQUIRY,
        channel=Channel.EMAIL,
        language=languages.get(event.organisation, OTHERWISE),
        case=event.subject,
        organisation=event.organisation,
    )


def to_privacy_officer(event: GlassBroken | BrokenGlassEscalated, _languages: Languages) -> Wanted:
    """Tell the privacy officer at once that somebody broke the glass, or again that nobody has reviewed it.

    Nothing of whom, by whom or what: she signs in to read it.
    """
    return Wanted(
        cause=event.id,
        template=Template.TO_LOOK_AT,
        channel=Channel.EMAIL,
        language=OTHERWISE,
        case=event.case,
        role=Role.PRIVACY_OFFICER,
    )


def to_colleagues(event: Event, languages: Languages) -> Wanted | None:
    """Tell the same to the team lead of the organisation that has the case, at its functional mailbox."""
    if not isinstance(event, GlassBroken | BrokenGlassEscalated) or event.facts.organisation is None:
        return None
    whom = {"role": None, "organisation": event.facts.organisation, "number": 2}
    language = languages.get(event.facts.organisation, OTHERWISE)
    return to_privacy_officer(event, languages).model_copy(update={**whom, "language": language})


def appointment(event: AppointmentEvent, _languages: Languages) -> Wanted:
    """Tell the client when and where, or that she need not come. Date, time and a plain address, nothing else.

    On a phone that others read the address is left out, and so it is where nothing takes place.
    """
    without_place = event.reach.shared_phone or isinstance(event, AppointmentCancelled)
    return Wanted(
        cause=event.id,
        template=APPOINTMENTS[type(event)],
        channel=event.reach.channel,
        language=event.reach.language,
        case=event.case,
        person=event.facts.person,
        starts_at=event.starts_at,
        place=None if without_place else event.place,
        known=event.reach.known,
        agreed_at=event.reach.agreed_at,
        agreed_until=event.reach.agreed_until,
        withheld=_hindrance(event.reach),
        waits=event.reach.channel is Channel.SMS,
    )


def reminder(event: Event) -> Wanted | None:
    """Remind the client a day before, unless she was told of the appointment later than that or may not be told."""
    if not isinstance(event, AppointmentMade | AppointmentMoved) or _hindrance(event.reach):
        return None
    said = {"number": REMINDER, "template": Template.APPOINTMENT_REMINDER}
    told = appointment(event, {}).model_copy(update=said)
    if told.reminds_at is None or told.reminds_at <= event.at:
        return None
    return told.model_copy(update={"due_at": told.reminds_at})


def void(event: Event) -> tuple[Wanted, ...]:
    """What must not be sent any more, news and reminder: of the time that was, before this moved or cancelled it."""
    if not isinstance(event, AppointmentMoved | AppointmentCancelled):
        return ()
    told = appointment(event, {}).model_copy(update={"cause": event.replaces, "withheld": Reason.SUPERSEDED})
    first = event.replaces.endswith(".1")
    news = {"template": Template.APPOINTMENT_MADE if first else Template.APPOINTMENT_MOVED}
    reminder = {"template": Template.APPOINTMENT_REMINDER, "number": REMINDER}
    return told.model_copy(update=news), told.model_copy(update=reminder)


def sealed(event: AuditWritten | LogSealed, _languages: Languages) -> Wanted:
    """Tell the privacy officer the root of a day, for her to keep elsewhere, and how much was found."""
    of_cases = isinstance(event, AuditWritten)
    return Wanted(
        cause=event.id,
        template=Template.CASES_SEALED if of_cases else Template.MESSAGES_SEALED,
        channel=Channel.EMAIL,
        language=OTHERWISE,
        role=Role.PRIVACY_OFFICER,
        root=event.root,
        sealed_on=event.sealed_on,
        count=event.broken + (event.deviations if isinstance(event, AuditWritten) else 0),
    )


RULES: dict[type[Event], Callable[[Any, Languages], Wanted]] = {
    SubmissionReceived: confirmation,
    CaseAllocated: new_inquiry,
    TransferOffered: new_inquiry,
    AuditWritten: sealed,
    LogSealed: sealed,
    GlassBroken: to_privacy_officer,
    BrokenGlassEscalated: to_privacy_officer,
    **dict.fromkeys(APPOINTMENTS, appointment),
}


def wanted(event: Event, languages: Languages, *, works_for: str | None = None) -> Wanted | None:
    """The message that this event calls for, if any. `works_for` is the organisation of who caused it."""
    rule = RULES.get(type(event))
    if rule is None or _needs_no_telling(event, works_for):
        return None
    if isinstance(event, AuditWritten) and event.sealed_on is None:  # written before days were sealed
        return None
    return rule(event, languages)


def _needs_no_telling(event: Event, works_for: str | None) -> bool:
    """Whether nobody is there to be told, or nobody who does not know: an inquiry that its organisation took itself."""
    match event:
        case AppointmentCancelled():
            return event.silent
        case CaseAllocated():
            return event.organisation == works_for
    return False


def _hindrance(reach: SubmissionReceived | Reach) -> Reason | None:
    if not reach.consent_contact:
        return Reason.NO_CONSENT
    return Reason.CALL_ONLY if reach.channel is Channel.CALL else None
