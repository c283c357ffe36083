"""Where an event function meets its delivery. Returning acknowledges; raising has it delivered again."""

from __future__ import annotations

import logging
from typing import Any

from flask import abort

from shared import bus, logs
from shared.events import Event
from shared.http.problems import problem

log = logging.getLogger(__name__)


def received(cloud_event: Any) -> Event | None:
    """The event that was delivered; None for a type that nobody here knows, which is to be acknowledged.

    What cannot be decoded is answered with 422 and a reason that quotes no value: the bus keeps both with the
    dead letter.
    """
    logs.request_id.set(None)
    try:
        event = bus.decode(cloud_event.data)
    except bus.Undecodable as refusal:
        log.warning("event refused", extra={"reason": refusal.details["reason"]})
        abort(problem(refusal))
    if event is not None:
        logs.request_id.set(event.id)
    return event
