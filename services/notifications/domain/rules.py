"""Which message follows from which event, and who may see what was sent: one table each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.notifications.domain.message import Reason, Template, Wanted
from shared.codes import Channel, Referrer
from shared.events import CaseAllocated, CaseAssigned, CaseOpened, Event, SubmissionReceived

Languages = Mapping[str, str]
"""The language of each organisation, by its id."""

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


def new_inquiry(event: CaseAllocated, languages: Languages) -> Wanted:
    """Tell the organisation, at its functional mailbox, that an inquiry waits. Nothing of whom or what."""
    return Wanted(
        cause=event.id,
        template=Template.NEW_INQUIRY,
        channel=Channel.EMAIL,
        language=languages.get(event.organisation, OTHERWISE),
        case=event.subject,
        organisation=event.organisation,
    )


RULES: dict[type[Event], Callable[[Any, Languages], Wanted]] = {
    SubmissionReceived: confirmation,
    CaseAllocated: new_inquiry,
}


def wanted(event: Event, languages: Languages) -> Wanted | None:
    """The message that this event calls for, if any."""
    rule = RULES.get(type(event))
    return None if rule is None else rule(event, languages)


class Holder(BaseModel):
    """Who had a case from its version `version` on: all that is needed to say who may see its messages."""

    model_config = ConfigDict(frozen=True)

    case: str
    version: int = 0
    organisation: str | None = None
    case_manager: str | None = None


def holder(event: Event) -> Holder | None:
    """Who has the case after this event, where the event is about that."""
    match event:
        case CaseOpened(subject=case, version=version, facts=facts) if facts.organisation is not None:
            return Holder(case=case, version=version, organisation=facts.organisation)
        case CaseAllocated(subject=case, version=version, organisation=organisation):
            return Holder(case=case, version=version, organisation=organisation)
        case CaseAssigned(subject=case, version=version, facts=facts, case_manager=manager):
            return Holder(case=case, version=version, organisation=facts.organisation, case_manager=manager)
    return None


def _hindrance(event: SubmissionReceived) -> Reason | None:
    if not event.consent_contact:
        return Reason.NO_CONSENT
    return Reason.CALL_ONLY if event.channel is Channel.CALL else None
