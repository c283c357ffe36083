"""Entry points of the reporting service."""

from __future__ import annotations

from functools import cache
from typing import Any

import functions_framework
from cloudevents.http import CloudEvent
from flask import Flask, Request
from werkzeug import Response

from shared import clock, functions

functions.setup()


@functions_framework.http
def reporting_web(request: Request) -> Response:
    """Answer the coordinator and team leads."""
    return functions.answer(request, "/reporting", _application)


@functions_framework.cloud_event
def reporting_events(cloud_event: CloudEvent) -> None:
    """Listen to everything. Returning acknowledges the event; raising has it delivered again."""
    from services.reporting import facts, handlers
    from shared.bus.receive import received

    event = received(cloud_event)
    if event is not None:
        handlers.record(event, facts=facts.connect())


@functions_framework.http
def reporting_run(request: Request) -> Any:
    """Write the report that is due, or the one that is asked for. A repeat finds it written."""
    from services.reporting import facts, handlers
    from services.reporting.store import reports
    from shared.errors import Rejected
    from shared.http.problems import problem

    try:
        wanted = _wanted(request.get_data()) or handlers.DUE
        return handlers.run(wanted, facts=facts.connect(), reports=reports(), at=clock.now())
    except Rejected as refusal:
        return problem(refusal)


@functions_framework.http
def reporting_sweep(_: Request) -> dict[str, int]:
    """Publish what a crash left behind, and bring the facts to where they are asked."""
    from services.reporting import facts
    from shared import bus
    from shared.store import connect
    from shared.store.outbox import sweep

    return {"published": sweep(connect("reporting"), bus.connect()), "settled": facts.connect().settle()}


@functions_framework.http
def reporting_vocabulary(_: Request) -> dict[str, int]:
    """Write down which texts stand in the facts, to be searched for what is left of who was erased."""
    from services.reporting import facts, vocabulary
    from shared.store import connect

    return vocabulary.write(facts.connect(), connect("reporting"), at=clock.now())


def _wanted(body: bytes) -> dict[str, Any] | None:
    """What a call asks for; nothing, as the schedule's own calls do, is read without marshmallow."""
    if body in (b"", b"{}"):
        return None
    from services.reporting import schemas

    return schemas.run_command(body)


@cache
def _application() -> Flask:
    from services.reporting.routes import application

    return application()
