"""What every function does as it starts, whatever calls it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import functions_framework
from werkzeug import Response

from shared import logs
from shared.errors import Busy
from shared.http import alive

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from flask import Request

log = logging.getLogger(__name__)


def setup() -> None:
    """Have the log of this function written, and whatever calls it while it is busy told to come back.

    For the top of a `main.py`, which functions-framework loads once for each application.
    """
    logs.setup()
    functions_framework.errorhandler(Busy)(_come_back)


def answer(request: Request, path: str, application: Callable[[], WSGIApplication]) -> Response:
    """What the application answers. That the function at `path` is there it says before anything is loaded."""
    return alive.answer(request) if alive.asked(request, path) else Response.from_app(application(), request.environ)


def _come_back(busy: Busy) -> Response:
    """503 with Retry-After, to an event as to a schedule: a backend that is away is no crash of ours."""
    from shared.http.problems import problem

    log.warning("busy")
    return problem(busy)
