"""What every function does as it starts, whatever calls it."""

from __future__ import annotations

import gc
import json
import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import functions_framework
from werkzeug import Response

from shared import late, logs
from shared.errors import Busy
from shared.http import alive

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from flask import Flask, Request

log = logging.getLogger(__name__)

ROOM = 150_000
"""Objects that a function may make before anybody looks which of them can go: more than a first write loads."""
ORDINARY = gc.get_threshold()


def setup() -> None:
    """Have the log of this function written, and whatever calls it while it is busy told to come back.

    For the top of a `main.py`, which functions-framework loads once for each application. Raises `ValueError` where it
    is told wrongly whom to trust, as far as that is seen without what a page or a health check must not wait for:
    whoever deploys it should see that, and not whoever calls it first.
    """
    logs.setup()
    late.setup()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # it would ask every package that is installed
    _make_room()
    _check()
    functions_framework.errorhandler(Busy)(_come_back)


def started_as(name: str) -> bool:
    """Whether this process, or this application in it, is that function: for what only one of a `main.py` needs."""
    return os.environ.get("FUNCTION_TARGET") == name


def is_told(variable: str) -> bool:
    """Whether this is said in the environment: what is not need not be read, nor loaded what reads it."""
    return variable in os.environ


def answer(request: Request, path: str, application: Callable[[], Flask]) -> Response:
    """What the application answers. That the function at `path` is there it says before anything is loaded."""
    return alive.answer(request) if alive.asked(request, path) else _answered(application(), request.environ)


def _answered(application: Flask, environ: WSGIEnvironment) -> Response:
    """Its answer as it is: written out, it would only be read and written anew. It answers faults by itself."""
    with application.request_context(environ):
        answer = application.full_dispatch_request()
    if (length := answer.calculate_content_length()) is not None:
        answer.content_length = length
        # functions-framework would read the request to its end before an answer that is whole: it is read already.
        answer.response = answer.iter_encoded()
    return answer


def _check() -> None:
    """Of issuers, whether it is JSON: the rest is checked with the first token. Whoever hears events, which are no
    pages, checks at once who may push them."""
    try:
        json.loads(os.environ.get("KIM_ISSUERS", "[]"))
    except json.JSONDecodeError as wrong:
        raise ValueError(f"KIM_ISSUERS: not JSON at line {wrong.lineno}, column {wrong.colno}") from None
    if is_told("KIM_PUSH"):
        from shared.bus.push import PushSettings

        PushSettings.read()


def _make_room() -> None:
    """Have what is loaded left alone: all of it stays, and to look for garbage in it was a tenth of a cold start.

    The first look is as late as `ROOM` says, and from then on it is as ever.
    """
    if _looked not in gc.callbacks:
        gc.set_threshold(ROOM, *ORDINARY[1:])
        gc.callbacks.append(_looked)


def _looked(phase: str, _: dict[str, int]) -> None:
    if phase == "stop":
        gc.callbacks.remove(_looked)
        gc.set_threshold(*ORDINARY)


def _come_back(busy: Busy) -> Response:
    """503 with Retry-After, to an event as to a schedule: a backend that is away is no crash of ours."""
    from shared.http.problems import problem

    log.warning("busy")
    return problem(busy)
