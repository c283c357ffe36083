"""A case over HTTP: which URL asks for what, who may ask, and what goes in and out."""

from __future__ import annotations

from typing import Any

from flask import Flask

from services.cases import handlers, nouns, schemas, shown, views
from services.cases.table import desk, routes
from shared.http.call import Answer, Call
from shared.http.paging import PageQuery, pages_of
from shared.policy import Action

Command = dict[str, Any]


@routes.get("/<case_id>", Action.CASE_READ_CODES, gives=shown.CaseView, versioned=True)
def read_case(call: Call, case_id: str) -> Answer:
    """Read a case."""
    return views.read_case(call, case_id, desk=desk())


@routes.change(
    "POST",
    "/<case_id>/allocation",
    Action.CASE_ALLOCATE,
    takes=schemas.AllocationCommand,
    gives=shown.CaseCodes,
)
def allocate(call: Call, command: Command, case_id: str) -> Answer:
    """Hand the inquiry to an organisation."""
    return views.changed(handlers.allocate(call, case_id, command["organisation"], desk=desk()))


@routes.change(
    "POST",
    "/<case_id>/assignment",
    Action.CASE_ASSIGN,
    takes=schemas.AssignmentCommand,
    gives=shown.CaseCodes,
)
def assign(call: Call, command: Command, case_id: str) -> Answer:
    """Put a case manager in charge."""
    return views.assigned(handlers.assign(call, case_id, command["case_manager"], desk=desk()), desk=desk())


@routes.change("POST", "/<case_id>/clearing", Action.CASE_WORK, takes=schemas.ClearingCommand, gives=shown.CaseCodes)
def clear(call: Call, command: Command, case_id: str) -> Answer:
    """Record the result of clearing."""
    return views.changed(handlers.clear(call, case_id, command, desk=desk()))


@routes.change("POST", "/<case_id>/phase", Action.CASE_WORK, takes=schemas.PhaseCommand, gives=shown.CaseCodes)
def enter_phase(call: Call, command: Command, case_id: str) -> Answer:
    """Go on to another phase."""
    return views.changed(handlers.enter_phase(call, case_id, command, desk=desk()))


@routes.change(
    "PUT", "/<case_id>/legal-domains", Action.CASE_WORK, takes=schemas.LegalDomainsCommand, gives=shown.CaseCodes
)
def note_legal_domains(call: Call, command: Command, case_id: str) -> Answer:
    """Note in which legal domains the client stands."""
    return views.changed(handlers.note_legal_domains(call, case_id, command, desk=desk()))


@routes.change("POST", "/<case_id>/closure", Action.CASE_WORK, takes=schemas.ClosureCommand, gives=shown.CaseCodes)
def close(call: Call, command: Command, case_id: str) -> Answer:
    """Close the case."""
    return views.changed(handlers.close(call, case_id, command, desk=desk()))


@routes.add("/<case_id>/contacts", Action.CASE_WORK, takes=schemas.ContactCommand, gives=shown.AddedView)
def record_contact(call: Call, command: Command, case_id: str) -> Answer:
    """Record a counselling contact."""
    return handlers.record_contact(call, case_id, command, desk=desk())


@routes.act(
    "/<case_id>/contacts/<contact>/withdrawal",
    Action.CASE_WORK,
    takes=schemas.WithdrawalCommand,
    gives=shown.CaseCodes,
)
def withdraw_contact(call: Call, command: Command, case_id: str, contact: str) -> Answer:
    """Take out a contact that was recorded by mistake. Its note is deleted; never has to wait for a version."""
    return views.changed(handlers.withdraw_contact(call, case_id, contact, command, desk=desk()))


@routes.get("/<case_id>/contacts", Action.CASE_READ, query=PageQuery, gives=pages_of(shown.ContactView))
def list_contacts(call: Call, wanted: Command, case_id: str) -> Answer:
    """List the counselling contacts."""
    return views.list_contacts(call, case_id, wanted, desk=desk())


@routes.add("/<case_id>/consents", Action.CASE_WORK, takes=schemas.ConsentCommand, gives=shown.AddedView)
def give_consent(call: Call, command: Command, case_id: str) -> Answer:
    """Record a consent or a release from secrecy."""
    return handlers.give_consent(call, case_id, command, desk=desk())


@routes.act(
    "/<case_id>/consents/<consent>/revocation",
    Action.CASE_WORK,
    takes=schemas.RevocationCommand,
    gives=shown.CaseCodes,
)
def revoke_consent(call: Call, command: Command, case_id: str, consent: str) -> Answer:
    """Take a consent back. Acts at once, and never has to wait for a version."""
    from services.cases.referrals import handlers as referrals  # for which no other work on a case has to wait

    changed = handlers.revoke_consent(call, case_id, consent, command, desk=desk())
    referrals.stop_unreleased(case_id, desk=desk(), at=call.at, by=f"{case_id}.{changed.version}")
    return views.changed(changed)


@routes.get("/<case_id>/history", Action.CASE_HISTORY, query=PageQuery, gives=pages_of(shown.HistoryView))
def history(call: Call, wanted: Command, case_id: str) -> Answer:
    """Read what happened."""
    return views.history(call, case_id, wanted, desk=desk())


@routes.get("/<case_id>/accesses", Action.CASE_ACCESSES, query=PageQuery, gives=pages_of(shown.AccessView))
def accesses(call: Call, wanted: Command, case_id: str) -> Answer:
    """Read who looked."""
    return views.accesses(call, case_id, wanted, desk=desk())


def application() -> Flask:
    """The Flask application of all routes of the service, with what lies beside a case."""
    return nouns.whole()
