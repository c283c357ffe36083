"""The pages of the intake. Showing one needs Flask and Jinja and nothing else: nobody waits for the rest to load."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, jsonify, redirect, request, send_from_directory
from werkzeug import Response as WerkzeugResponse

from services.intake import screens
from shared import clock, texts
from shared.errors import Invalid, KeyReused, WrongMediaType
from shared.http import templates
from shared.http.arrival import begin
from shared.http.problems import explain
from shared.references import is_reference

FORM = "application/x-www-form-urlencoded"
PROBLEM = "application/problem+json"
LARGEST_BODY = 256 * 1024
FOR_GOOD = "public, max-age=31536000, immutable"

SENT_BEFORE = texts.marked(
    "We have already received this form from you. If you press the button again, we receive your changed answers too."
)

pages = Blueprint("pages", __name__, url_prefix="/intake")


@pages.get("/")
def form() -> Response:
    """Show the form."""
    return screens.form()


@pages.post("/")
def send() -> WerkzeugResponse:
    """Take the form in: on to the receipt, or the page again with what is wrong and the answers kept."""
    if request.mimetype != FORM:
        raise WrongMediaType(expected=FORM)
    from services.intake import schemas, sending

    read = schemas.pairs(request.get_data())
    answers = schemas.answers(read)
    try:
        reference = sending.send(read, at=clock.now())
    except Invalid as refusal:
        return screens.form(answers=answers, errors=refusal.errors, token=answers.get("token"), status=422)
    except KeyReused:
        return screens.form(answers=answers, errors={"form": [texts.text(SENT_BEFORE)]}, status=422)
    receipt = urlencode({"lang": texts.language.get(), "reference": reference})
    return redirect(f"/intake/receipt?{receipt}", 303)


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
    small = request.accept_encodings["gzip"] > 0 and (screens.STATIC / f"{name}.gz").is_file()
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
    begin(request)
    texts.language.set(texts.choose([request.args.get("lang", "")], texts.translated(), texts.language.get()))


def _for_people(answer: Response) -> Response:
    """A refusal as a page, to whoever reads pages."""
    wanted = request.accept_mimetypes.best_match(["application/json", "text/html"])
    if answer.mimetype != PROBLEM or wanted != "text/html":
        return answer
    page = screens.shown("problem.html", answer.status_code, said=answer.get_json()["detail"])
    page.headers.extend({name: answer.headers[name] for name in ("Allow", "Retry-After") if name in answer.headers})
    return page
