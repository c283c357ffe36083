"""Entry points of the notifications service."""

from __future__ import annotations

from functools import cache
from typing import Any

import functions_framework
from cloudevents.http import CloudEvent
from flask import Flask, Request
from werkzeug import Response

from shared import clock, functions

functions.setup()

if functions.started_as("notifications_send"):
    from services.notifications import senders

    senders.check()  # rather than with the first message that somebody waits for

if functions.started_as("notifications_receipts") and functions.is_told("KIM_SNS_TOPICS"):
    from services.notifications import receipts

    receipts.topics()  # rather than with the first receipt, whose sender comes back a few times and then no more


@functions_framework.http
def notifications_web(request: Request) -> Response:
    """Answer staff."""
    return functions.answer(request, "/notifications", _application)


@functions_framework.http
def notifications_receipts(request: Request) -> Response:
    """Take delivery receipts from providers, who sign them."""
    return functions.answer(request, "/notifications/receipts", _application)


@functions_framework.cloud_event
def notifications_events(cloud_event: CloudEvent) -> None:
    """Plan the messages that events call for. Returning acknowledges; raising has it delivered again."""
    from shared.bus.receive import received

    event = received(cloud_event)
    if event is not None:  # what nobody knows is acknowledged before anything else is loaded
        from services.notifications import handlers, store
        from shared.municipality import municipality
        from shared.unsent import outbox

        handlers.hear(
            event,
            messages=store.messages(),
            holders=store.holders(),
            wishes=store.wishes(),
            outbox=outbox(),
            pack=municipality(),
            at=clock.now(),
        )


@functions_framework.cloud_event
def notifications_send(cloud_event: CloudEvent) -> None:
    """Send the message that is due."""
    from services.notifications import handlers, senders, store
    from shared.bus.receive import received
    from shared.events import MessageQueued
    from shared.municipality import municipality
    from shared.people import connect_people
    from shared.unsent import outbox

    match received(cloud_event):
        case MessageQueued() as event:
            handlers.send(
                event,
                messages=store.messages(),
                wishes=store.wishes(),
                people=connect_people(),
                providers=senders.connect(),
                outbox=outbox(),
                pack=municipality(),
                at=clock.now(),
            )


@functions_framework.http
def notifications_sweep(_: Request) -> dict[str, Any]:
    """Queue what is due, and publish what a crash left behind."""
    from services.notifications import handlers, store
    from shared import bus
    from shared.store import connect
    from shared.store.outbox import sweep

    return {
        "queued": handlers.take_up(messages=store.messages(), at=clock.now()),
        "published": sweep(connect("notifications"), bus.connect()),
    }


@functions_framework.http
def notifications_audit(_: Request) -> dict[str, int]:
    """Check every chain of our own logs, seal the day that is over, and tell of it."""
    from services.notifications import sealing
    from shared import bus
    from shared.store import connect

    return sealing.run(connect("notifications"), bus.connect(), at=clock.now())


@functions_framework.http
def notifications_tidy(request: Request) -> Any:
    """Delete message texts that had their time; with `{"preview": day}`, only say how many will have it by then."""
    from services.notifications import retention, schemas
    from shared.errors import Rejected
    from shared.http.problems import problem
    from shared.municipality import municipality
    from shared.unsent import outbox

    try:
        preview = schemas.retention_command(request.get_data())
    except Rejected as refusal:
        return problem(refusal)
    at = clock.now() if preview is None else clock.end_of(preview)
    days = municipality().retention.message_text_days
    return retention.texts(outbox(), days=days, at=at, dry_run=preview is not None)


@cache
def _application() -> Flask:
    from services.notifications.routes import application

    return application()
