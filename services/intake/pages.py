"""The pages of the intake. Showing one needs Flask and Jinja and nothing else: nobody waits for the rest to load."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, jsonify, redirect, request, send_from_directory
from werkzeug import Response as WerkzeugResponse

from services.intake import screens
from shared import clock, texts
from shared.errors import Busy, Invalid, KeyReused, Malformed, Rejected, TooMany, WrongMediaType
from shared.http import arrival, templates
from shared.http.problems import explain
from shared.references import is_reference

FORM = "application/x-www-form-urlencoded"
PROBLEM = "application/problem+json"
JSON = ("application/json", PROBLEM)
LARGEST_BODY = 256 * 1024
FOR_GOOD = "public, max-age=31536000, immutable"

SENT_BEFORE = texts.marked(
    "We have already received this form from you. If you press the button again, we receive your changed answers too."
)

UNREADABLE = texts.marked("A part of what you sent could not be read.")
STILL_HERE = texts.marked("Your answers are still here. Please look at them, and press the button again.")

pages = Blueprint("pages", __name__, url_prefix="/intake")


@pages.get("/")
def form() -> Response:
    """Show the form."""
    return screens.form()


@pages.post("/")
def send() -> WerkzeugResponse:
    """Take the form in: on to the receipt, or the page again with what is wrong and the answers kept."""
    try:
        reference = _sent()
    except Invalid as refusal:
        return _again(refusal, refusal.errors)
    except KeyReused as refusal:
        return _again(refusal, {"form": [texts.text(SENT_BEFORE)]})
    except (Malformed, TooMany, Busy) as refusal:
        if _by_a_program():
            raise
        return _again(refusal, {"form": [_in_plain_words(refusal), texts.text(STILL_HERE)]})
    receipt = urlencode({"lang": texts.language.get(), "reference": reference})
    return redirect(f"/intake/receipt?{receipt}", 303)


def _sent() -> str:
    """The reference of what was sent. Raises what refuses it."""
    arrival.let_in(request)
    if request.mimetype != FORM:
        raise WrongMediaType(expected=FORM)
    from services.intake import schemas, sending

    return sending.send(schemas.pairs(request.get_data()), at=clock.now())


def _again(refusal: Rejected, errors: Mapping[str, object]) -> Response:
    """The form with what was answered, and what is wrong. A token that was used up is not given back."""
    from services.intake import schemas

    answers = schemas.answers(schemas.legible(request.get_data()))
    token = None if isinstance(refusal, KeyReused) else answers.get("token")
    page = screens.form(answers=answers, errors=errors, token=token, status=refusal.status)
    if "retry_after" in refusal.details:
        page.headers["Retry-After"] = str(refusal.details["retry_after"])
    return page


def _in_plain_words(refusal: Rejected) -> str:
    """What a client can make something of: what is wrong with a body is for programs."""
    return texts.text(UNREADABLE) if isinstance(refusal, Malformed) else texts.text(refusal.says, **refusal.details)


@pages.get("/receipt")
def receipt() -> Response:
    """Say what happens next."""
    reference = request.args.get("reference", "")
    return screens.shown("receipt.html", reference=reference if is_reference(reference) else None)


@pages.get("/privacy")
def privacy() -> Response:
    """Inform about data protection (Art. 13 GDPR)."""
    return screens.shown("privacy.html")


@pages.get("/accessibility")
def accessibility() -> Response:
    """Declare how accessible these pages are, and how to give feedback."""
    return screens.shown("accessibility.html")


@pages.get("/challenge")
def challenge() -> Response:
    """Give a challenge to the widget of the form."""
    from services.intake import challenges

    answer = jsonify(challenges.fresh(at=datetime.now(UTC)))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.get("/static/<path:name>")
def static(name: str) -> Response:
    """Styles, scripts and letters; compressed where a compressed copy lies beside them."""
    small = request.accept_encodings["gzip"] > 0 and os.path.isfile(screens.STATIC / f"{name}.gz")
    answer = send_from_directory(screens.STATIC, f"{name}.gz" if small else name, mimetype=screens.media_type(name))
    if small:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if "v" in request.args and answer.status_code < 400:
        answer.headers["Cache-Control"] = FOR_GOOD
    return answer


def application() -> Flask:
    """The application of these pages."""
    app = Flask("intake", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.jinja_options = dict(templates.OPTIONS)
    app.jinja_env.loader = templates.loader(screens.FOLDER)
    explain(app)
    app.before_request(_arrive)
    app.after_request(_for_people)
    app.register_blueprint(pages)
    return app


def _arrive() -> None:
    """The language is the one asked for in the address, then that of the browser, then English."""
    arrival.begin(request)
    texts.language.set(texts.choose([request.args.get("lang", "")], texts.translated(), texts.language.get()))


def _for_people(answer: Response) -> Response:
    """A refusal as a page, to whoever reads pages."""
    if answer.mimetype != PROBLEM or _by_a_program():
        return answer
    said = texts.text(UNREADABLE) if answer.status_code == WrongMediaType.status else answer.get_json()["detail"]
    page = screens.shown("problem.html", answer.status_code, said=said, sent=request.method == "POST")
    page.headers.extend({name: answer.headers[name] for name in ("Allow", "Retry-After") if name in answer.headers})
    return page


def _by_a_program() -> bool:
    """Whether a program asks: it says that it reads or sends JSON. What is posted as a form is read by a person."""
    if request.mimetype == "application/json":
        return True
    if request.method == "POST" and not request.accept_mimetypes:
        return False
    offered = ("text/html", *JSON) if request.method == "POST" else (*JSON, "text/html")
    return request.accept_mimetypes.best_match(offered) != "text/html"
