"""What is settled as a request arrives: its id, and the language in which it is answered."""

from __future__ import annotations

import random
import re

from flask import Request

from shared import logs, texts
from shared.errors import TooMany

REQUEST_ID = re.compile(r"[A-Za-z0-9._/;=-]{1,128}")

TURNED_AWAY = "kim.retry_after"
"""Where a gateway notes in the environment that it lets nothing in before so many seconds. No header can set it."""

CUT_OFF = "kim.cut_off"
"""Where a server notes that it did not read the body to its end, because that is too large. No header can set it."""


def let_in(request: Request) -> None:
    """Raises `TooMany` for what a gateway has turned away, and left to the application to say so."""
    if (seconds := request.environ.get(TURNED_AWAY)) is not None:
        raise TooMany(retry_after=seconds)


def begin(request: Request) -> None:
    """Set the id and the language of the request that is now being answered."""
    given = request.headers.get("X-Request-Id", "")
    logs.request_id.set(given if REQUEST_ID.fullmatch(given) else f"{random.getrandbits(64):016x}")
    wanted = [tag for tag, _ in request.accept_languages]
    texts.language.set(texts.choose(wanted, texts.translated()))
