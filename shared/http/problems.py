"""Problem documents (RFC 9457): every refusal in the caller's language, with the id of the request."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, json
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as WerkzeugResponse

from shared import logs, texts
from shared.codes import Code
from shared.errors import Malformed, NotThere, Rejected, TooLarge, Towards, Unauthenticated, WrongMediaType

log = logging.getLogger(__name__)

KNOWN: dict[int, Rejected] = {
    400: Malformed(reason=texts.marked("bad request")),
    404: NotThere(),
    413: TooLarge(),
    415: WrongMediaType(expected="application/json"),
}
"""What Flask itself refuses, in our words."""


class Fault(Rejected):
    """Something broke on our side; nothing of it is shown."""

    status = 500
    code = "fault"
    says = "Something went wrong on our side. Please try again."


class NotAllowedMethod(Rejected):
    """The route is there, and not for this method."""

    status = 405
    code = "method_not_allowed"
    says = "This method is not possible here."


def problem(refusal: Rejected) -> Response:
    """The answer that tells the caller of a refusal."""
    title = texts.text(refusal.says, **_in_words(refusal.details)) if refusal.details else texts.text(refusal.says)
    body = {
        "type": f"urn:kim:problem:{refusal.code}",
        "title": refusal.code,
        "status": refusal.status,
        "detail": title,
        "request_id": logs.request_id.get(),
        **refusal.extra,
    }
    answer = Response(json.dumps(body), refusal.status, content_type="application/problem+json")
    answer.headers.update({"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
    if "retry_after" in refusal.details:
        answer.headers["Retry-After"] = str(refusal.details["retry_after"])
    if isinstance(refusal, Unauthenticated):
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _in_words(details: Mapping[str, object]) -> dict[str, object]:
    """What fills the placeholders, in the reader's language: labels instead of codes, and messages as sentences."""
    return {name: _word(name, value, details) for name, value in details.items()}


def _word(name: str, value: object, details: Mapping[str, object]) -> object:
    match value:
        case Code():
            return texts.label(value)
        case tuple():
            return texts.listed(map(_labelled, value))
        case str() if name == "reason":
            return texts.text(value, **{other: held for other, held in details.items() if other != name})
    return value


def _labelled(one: object) -> str:
    """A code by its label; of those that concern an organisation, first its name."""
    if not isinstance(one, Towards):
        return texts.label(one)
    from shared.municipality import municipality  # for which nobody waits who is refused otherwise

    found = municipality().named(one.organisation)
    name = one.organisation if found is None else found.name
    return f"{name} ({texts.listed(map(texts.label, one.codes))})"


def not_allowed(methods: Iterable[str]) -> Response:
    """The answer to a method that the route does not know, with those that it does."""
    answer = problem(NotAllowedMethod())
    answer.headers["Allow"] = ", ".join(methods)
    return answer


def _by_its_path(answer: Response) -> Response:
    """The way to the same thing by its right path: what stands in front knows its own name and scheme, we do not."""
    if answer.status_code == RequestRedirect.code:
        asked = urlsplit(answer.location or "")
        answer.location = urlunsplit(("", "", f"/{asked.path.lstrip('/')}", asked.query, ""))
        answer.set_data(b"")  # werkzeug says it there too
    return answer


def explain(app: Flask) -> None:
    """Answer every refusal and every fault of this application with a problem document."""
    app.after_request(_by_its_path)

    @app.errorhandler(Rejected)
    def _rejected(refusal: Rejected) -> Response:
        log.info("refused", extra={"status": refusal.status, "code": refusal.code})
        return problem(refusal)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> WerkzeugResponse:
        if error.response is not None or error.code is None or error.code < 400:
            return error.get_response()
        if error.code == 405:
            return not_allowed(getattr(error, "valid_methods", None) or ())
        return problem(KNOWN.get(error.code, KNOWN[400] if error.code < 500 else Fault()))

    @app.errorhandler(Exception)
    def _fault(_error: Exception) -> Response:
        app.log_exception(sys.exc_info())
        return problem(Fault())
