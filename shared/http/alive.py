"""What a function says of itself: that it is there. Neither a route nor a library is loaded for it."""

from __future__ import annotations

import json

from flask import Request
from werkzeug import Response

HEALTH = "healthz"
"""Where it says so, below its path."""
WELL = {"status": "ok"}
METHODS = ("GET", "HEAD")


def asked(request: Request, path: str) -> bool:
    """Whether this is the question to the function at `path`."""
    return request.path == f"{path}/{HEALTH}"


def answer(request: Request) -> Response:
    """The answer, which is the same for everybody."""
    if request.method in METHODS:
        return Response(json.dumps(WELL), content_type="application/json", headers={"Cache-Control": "no-store"})
    from shared.http.arrival import begin
    from shared.http.problems import not_allowed

    begin(request)
    return not_allowed(METHODS)
