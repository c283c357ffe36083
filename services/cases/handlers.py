"""What happens to cases: each handler is a sentence of the process, allowed by the policy on the case it changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from services.cases.changing import add, change
from services.cases.domain import file, opening, process
from services.cases.domain.case import Case
from services.cases.domain.history import Change
from services.cases.store import Desk, Words
from shared import clock
from shared.codes import ClosureReason, EndedBy, Phase, Role
from shared.errors import Invalid
from shared.events import ContactWithdrawn, Event, SubmissionReceived
from shared.http.call import Answer, Call
from shared.municipality import municipality
from shared.policy import Action
from shared.store import Delete, Write
from shared.texts import text

LATEST = timedelta(days=366)
"""After so long a contact is not recorded any more: who names an earlier day mistook the year *(assumed)*."""


def open_case(received: SubmissionReceived, *, desk: Desk, at: datetime) -> bool:
    """Open the case of a submission; False when it is open already."""
    person = desk.people.find(received.person)
    tokens = [] if person is None else desk.people.tokens(person, received.reference)
    district = municipality().district(received.city_quarter)
    bounds = municipality().target_group
    case, event = opening.open_case(received, district=district, bounds=bounds, on=clock.day(at), at=at)
    return desk.cases.open(case, event, extra={"tokens": tokens})


def allocate(call: Call, case_id: str, organisation: str, *, desk: Desk) -> Case:
    """The coordinator hands an inquiry to an organisation."""
    found = municipality().organisation(organisation)
    if found is None or found.kind != "provider":
        raise Invalid({"organisation": [text("There is no such organisation.")]})
    return change(
        call, case_id, Action.CASE_ALLOCATE, lambda case: process.allocate(case, organisation, **_by(call)), desk
    )


def assign(call: Call, case_id: str, case_manager: str, *, desk: Desk) -> Case:
    """The team lead puts a case manager in charge."""
    member = municipality().member(case_manager)
    if member is None or not {Role.CASE_MANAGER, Role.TEAM_LEAD} & set(member.roles):
        raise Invalid({"case_manager": [text("There is no such case manager.")]})

    def decide(case: Case) -> Change:
        return process.assign(case, member.id, works_for=member.organisation, **_by(call))

    return change(call, case_id, Action.CASE_ASSIGN, decide, desk)


def clear(call: Call, case_id: str, command: dict[str, Any], *, desk: Desk) -> Case:
    """Clearing came to a result."""

    def decide(case: Case) -> Change:
        found = {name: command[name] for name in ("voluntary", "other_service")}
        return process.clear(case, command["result"], **found, **_by(call))

    return change(call, case_id, Action.CASE_WORK, decide, desk, _words(command, "reason"))


def enter_phase(call: Call, case_id: str, command: dict[str, Any], *, desk: Desk) -> Case:
    """The case goes on to another phase."""
    to: Phase = command["to"]

    def decide(case: Case) -> Change:
        return process.enter_phase(case, to, on=clock.day(call.at), **_by(call))

    return change(call, case_id, Action.CASE_WORK, decide, desk, _words(command, "reason"))


def close(call: Call, case_id: str, command: dict[str, Any], *, desk: Desk) -> Case:
    """The case ends, with a reason, who ended it and an outcome for every goal."""
    reason: ClosureReason = command["reason"]
    ended_by: EndedBy = command["ended_by"]

    def decide(case: Case) -> Change:
        said = {name: command[name] for name in ("outcomes", "satisfaction", "handed_to")}
        return process.close(case, reason, ended_by=ended_by, **said, **_by(call))

    return change(call, case_id, Action.CASE_WORK, decide, desk, _words(command, "note", "handover"))


def note_legal_domains(call: Call, case_id: str, command: dict[str, Any], *, desk: Desk) -> Case:
    """Somebody notes in which legal domains the client stands."""

    def decide(case: Case) -> Change:
        return process.note_legal_domains(case, command["legal_domains"], **_by(call))

    return change(call, case_id, Action.CASE_WORK, decide, desk)


def revoke_consent(call: Call, case_id: str, consent: str, command: dict[str, Any], *, desk: Desk) -> Case:
    """The client takes a declaration back."""

    def decide(case: Case) -> Change:
        return file.revoke_consent(case, consent, **_by(call))

    return change(call, case_id, Action.CASE_WORK, decide, desk, _words(command, "reason"))


def record_contact(call: Call, case_id: str, command: dict[str, Any], *, desk: Desk) -> Answer:
    """A counselling contact took place, today or up to a year ago; its note is sealed."""
    today = clock.day(call.at)
    held_on = command["held_on"] or today
    if held_on > today:
        raise Invalid({"held_on": [text("This day is still to come. Please record it when it is there.")]})
    if held_on < today - LATEST:
        raise Invalid({"held_on": [text("Please check the year.")]})

    def decide(case: Case) -> Change:
        return file.record_contact(case, command["channel"], command["minutes"], held_on=held_on, **_by(call))

    return add(call, case_id, "contact", decide, desk, _words(command, "note"))


def withdraw_contact(call: Call, case_id: str, contact: str, command: dict[str, Any], *, desk: Desk) -> Case:
    """A contact was recorded by mistake: its note is deleted with it. One read more. Raises `NotThere`."""

    def decide(case: Case) -> Change:  # a line of the log that is read here never changes
        return file.withdraw_contact(case, desk.contact(case_id, contact), **_by(call))

    def unsaid(case: Case, event: Event) -> Iterable[Write]:
        assert isinstance(event, ContactWithdrawn)
        yield Delete(f"{desk.cases.path(case.id)}/texts/{event.recorded}")

    return change(call, case_id, Action.CASE_WORK, decide, desk, _words(command, "reason"), unsaid)


def give_consent(call: Call, case_id: str, command: dict[str, Any], *, desk: Desk) -> Answer:
    """The client declares a consent or a release from secrecy, towards us or towards an organisation."""
    recipient = command["recipient"]
    if recipient is not None and municipality().named(recipient) is None:
        raise Invalid({"recipient": [text("There is no such organisation.")]})
    today = clock.day(call.at)
    if command["valid_until"] is not None and command["valid_until"] < today:
        raise Invalid({"valid_until": [text("This day is over.")]})
    if command["declared_on"] is not None and command["declared_on"] > today:
        raise Invalid({"declared_on": [text("This day is still to come. Please record it when it is there.")]})
    said = {name: value for name, value in command.items() if name != "type"}

    def decide(case: Case) -> Change:
        return file.give_consent(case, command["type"], **said, **_by(call))

    return add(call, case_id, "consent", decide, desk)


def _by(call: Call) -> dict[str, Any]:
    return {"at": call.at, "by": call.actor.id}


def _words(command: dict[str, Any], *names: str) -> Words:
    return {name: command[name] for name in names if command.get(name)}
