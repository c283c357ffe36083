"""Entry points of the intake service."""

from __future__ import annotations

from functools import cache

import functions_framework
from flask import Flask, Request
from werkzeug import Response

from shared import clock, functions

functions.setup()

JSON = ("/intake/submissions", "/intake/openapi.json")


@functions_framework.http
def intake_web(request: Request) -> Response:
    """Answer clients: with pages, and with JSON, for which no page has to wait."""
    return functions.answer(request, "/intake", lambda: _interface() if request.path in JSON else _pages())


@functions_framework.http
def intake_challenge(request: Request) -> Response:
    """Give out challenges."""
    return functions.answer(request, "/intake/challenge", _pages)


@functions_framework.http
def intake_referrals(request: Request) -> Response:
    """Answer partners who refer a client."""
    return functions.answer(request, "/intake/referrals", _interface)


@functions_framework.http
def intake_sweep(_: Request) -> dict[str, int]:
    """Publish what a crash left behind."""
    from shared import bus
    from shared.store import connect
    from shared.store.outbox import sweep

    return {"published": sweep(connect("intake"), bus.connect())}


@functions_framework.http
def intake_tidy(_: Request) -> dict[str, int]:
    """Forget whom and what no submission needs."""
    from services.intake import handlers
    from services.intake.store import inbox

    return handlers.tidy(inbox=inbox(), at=clock.now())


@cache
def _pages() -> Flask:
    from services.intake.pages import application

    return application()


@cache
def _interface() -> Flask:
    from services.intake.routes import application

    return application()
