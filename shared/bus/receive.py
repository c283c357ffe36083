"""Where an event function meets its delivery. Returning acknowledges; raising has it delivered again."""

from __future__ import annotations

import logging
from typing import Any

from flask import abort, request

from shared import bus, logs
from shared.bus.push import pusher, verify_push
from shared.errors import Rejected
from shared.events import Event
from shared.http.problems import problem

log = logging.getLogger(__name__)


def received(cloud_event: Any) -> Event | None:
    """The event that was delivered; None for a type that nobody here knows, which is to be acknowledged.

    What cannot be decoded is answered with 422 and a reason that quotes no value: the bus keeps both with the
    dead letter. Where `KIM_PUSH` says who may push, anybody else is answered with 401.
    """
    logs.request_id.set(None)
    try:
        if (expected := pusher()) is not None:
            verify_push(request.headers, expected)
        event = bus.decode(cloud_event.data)
    except Rejected as refusal:
        log.warning("event refused", extra={"code": refusal.code, **refusal.details})
        abort(problem(refusal))
    if event is not None:
        logs.request_id.set(event.id)
    return event
