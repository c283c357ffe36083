"""Entry points of the cases service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import functions_framework
from cloudevents.http import CloudEvent
from flask import Flask, Request
from werkzeug import Response

from shared import clock, functions

if TYPE_CHECKING:
    from services.cases.store import Desk

functions.setup()


@functions_framework.http
def cases_web(request: Request) -> Response:
    """Answer staff."""
    return functions.answer(request, "/cases", lambda: _application(request.path))


@functions_framework.cloud_event
def cases_events(cloud_event: CloudEvent) -> None:
    """Listen to intake, and to ourselves. Returning acknowledges the event; raising has it delivered again."""
    from shared import events
    from shared.bus.receive import received

    match received(cloud_event):  # what is none of ours is acknowledged before anything else is loaded
        case events.SubmissionReceived() as event:
            from services.cases import handlers

            handlers.open_case(event, desk=_desk(), at=clock.now())
        case events.CaseAssigned() | events.TransferAnswered() as event:
            from services.cases import handing_on

            handing_on.settle(event.case, desk=_desk(), at=clock.now(), by=event.id)
        case events.AppointmentMade() | events.AppointmentMoved() | events.FollowUpSet() as event:
            from services.cases import added

            added.settle(event, desk=_desk(), at=clock.now())
        case events.CaseClosed() | events.CaseCleared() | events.CaseErased() | events.CaseMerged() as event:
            from services.cases import closing

            closing.settle(event.case, desk=_desk(), at=clock.now(), by=event.id)
        case events.ClientChanged() as event:
            from services.cases.client import handlers as client

            client.settle(event, desk=_desk())
        case events.ConsentRevoked() as event:
            from services.cases import revoking

            revoking.settle(event.case, desk=_desk(), at=clock.now(), by=event.id)
        case events.ResidenceRecorded() | events.ResidenceWithdrawn() as event:
            from services.cases.residence import handlers as residence

            residence.settle(event.case, desk=_desk(), at=clock.now(), by=event.id)


@functions_framework.cloud_event
def cases_looks(cloud_event: CloudEvent) -> None:
    """Take down who was shown the messages about a case: the record of looks is one, whoever showed what."""
    from shared import bus
    from shared.bus.receive import received
    from shared.events import CasesLookedAt, MessagesLookedAt
    from shared.looks import Looks
    from shared.store import connect

    match received(cloud_event):
        case MessagesLookedAt() as event:
            Looks(connect("cases"), bus.connect(), CasesLookedAt).hear(event, at=clock.now())


@functions_framework.http
def cases_sweep(_: Request) -> dict[str, int]:
    """Publish what a crash left behind, and list the offers that the municipality's pack brings."""
    from services.cases.offers import demo
    from shared import bus
    from shared.store import connect
    from shared.store.outbox import sweep

    store, publisher = connect("cases"), bus.connect()
    return {"published": sweep(store, publisher), "offers": demo.load(store, publisher, at=clock.now())}


@functions_framework.http
def cases_tidy(_: Request) -> dict[str, int]:
    """Forget whom and what no case needs."""
    from services.cases import inquiries

    return inquiries.tidy(desk=_desk(), at=clock.now())


@functions_framework.http
def cases_retention(_: Request) -> dict[str, int]:
    """Erase the persons whose time has come."""
    from services.cases.rights import retention

    return retention.erase_due(desk=_desk(), at=clock.now())


@functions_framework.http
def cases_erasures(_: Request) -> dict[str, int]:
    """Finish erasures that a crash broke off, and look through every database for what is left of who was erased."""
    from services.cases.rights import proving
    from services.cases.store import desk
    from shared.store import connect
    from shared.unsent import outbox

    stores = {name: connect(name) for name in proving.SEARCHED if name != proving.OUTBOX}
    if (shown := outbox()) is not None:
        stores[proving.OUTBOX] = shown
    return proving.go_on(stores, desk=desk(), at=clock.now())


@functions_framework.http
def cases_audit(_: Request) -> dict[str, int]:
    """Check every chain, and every look of the day against what was in force when it happened."""
    from services.cases.audit import handlers
    from shared import bus
    from shared.store import connect

    return handlers.run(connect("cases"), bus.connect(), at=clock.now())


@functions_framework.http
def cases_radar(_: Request) -> dict[str, int]:
    """Follow up what ends soon, tell what nobody has touched or reviewed, and end what is open of closed cases."""
    from services.cases import closing, radar
    from services.cases.break_glass import overdue
    from shared.municipality import municipality

    at = clock.now()
    found = radar.scan(desk=_desk(), pack=municipality(), at=at)
    found |= overdue.escalate(desk=_desk(), pack=municipality(), at=at, by=radar.BY)
    return {**found, **closing.sweep(desk=_desk(), at=at, by=radar.BY)}


@functions_framework.http
def cases_referrals(_: Request) -> dict[str, int]:
    """End whatever is with others whose release has run out, and give back what nobody answered."""
    from services.cases.conferences import handlers as conferences
    from services.cases.referrals import expired
    from services.cases.referrals import handlers as referrals
    from services.cases.transfers import handlers as transfers

    at, by = clock.now(), "cases_referrals"
    return {
        **transfers.lapse(desk=_desk(), at=at, by=by),
        **conferences.lapse(desk=_desk(), at=at, by=by),
        **expired.stop_expired(desk=_desk(), at=at, by=by),
        **referrals.give_back_unanswered(desk=_desk(), at=at, by=by),
    }


def _desk() -> Desk:
    from services.cases.store import desk

    return desk()


def _application(path: str) -> Flask:
    from services.cases.nouns import application

    return application(path)
