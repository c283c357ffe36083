"""What `/dev/` offers: sign-in without a password, the outbox in place of the phone, jobs, clock and bus.

Only in the embedded runtime, never deployed.
"""

from __future__ import annotations

from flask import Flask, request

from infra.local.development import controls, outbox, people
from infra.local.development.parts import Parts, attach
from shared.http.arrival import begin
from shared.http.problems import explain
from shared.http.strict_json import StrictJson

LARGEST_BODY = 256 * 1024


def application(parts: Parts, hosts: list[str]) -> Flask:
    """The Flask application behind `/dev/`. Answers only to these host names: a page elsewhere must not get a token."""
    app = Flask(__name__, template_folder="../pages", static_folder="../pages/static", static_url_path="/dev/static")
    app.json = StrictJson(app)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, TRUSTED_HOSTS=hosts)
    app.before_request(lambda: begin(request))
    explain(app)
    attach(app, parts)
    for room in (people, outbox, controls):
        app.register_blueprint(room.blueprint, url_prefix="/dev")
    return app
