"""What `/dev/` offers: sign-in without a password, the outbox in place of the phone, jobs, clock and bus.

Only in the embedded runtime, never deployed.
"""

from __future__ import annotations

from flask import Flask, Response, request

from infra.local.development import controls, outbox, people
from infra.local.development.parts import Parts, attach
from shared.errors import Forbidden
from shared.http import browsers
from shared.http.arrival import begin
from shared.http.problems import explain
from shared.http.strict_json import StrictJson

LARGEST_BODY = 256 * 1024
HEADERS = browsers.headers({"style-src": "'self'", "img-src": "data:", "form-action": "'self'"})
OURSELVES = ("same-origin", "none")
"""Where a request comes from, by a browser's word (`Sec-Fetch-Site`): our own page, or whoever sits before it."""


def application(parts: Parts, hosts: list[str]) -> Flask:
    """The Flask application behind `/dev/`. Answers only to these host names: a page elsewhere must not get a token."""
    app = Flask(__name__, template_folder="../pages", static_folder="../pages/static", static_url_path="/dev/static")
    app.json = StrictJson(app)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, TRUSTED_HOSTS=hosts)
    app.before_request(_arrive)
    app.after_request(_guard)
    explain(app)
    attach(app, parts)
    for room in (people, outbox, controls):
        app.register_blueprint(room.blueprint, url_prefix="/dev")
    return app


def _arrive() -> None:
    """Raises `Forbidden` where a page elsewhere would turn something here. Programs do not say where they are."""
    begin(request)
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "none") not in OURSELVES:
        raise Forbidden()


def _guard(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer
