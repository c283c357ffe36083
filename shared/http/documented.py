"""What the OpenAPI document says of a route beside what it takes: every answer, every header, every parameter."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import marshmallow
from flask_smorest import Api
from marshmallow import fields
from werkzeug.routing import BaseConverter

from shared.http.call import JSON
from shared.http.schema import Schema
from shared.policy import Action
from shared.store import NAME

ID = rf"{NAME}(?<!\.ics)"
"""What names a thing in a path. With `.ics` it names a calendar file of the thing, and never the thing itself."""
REFUSALS = (400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 503)
COMES_BACK = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}

ETAG = {"ETag": {"schema": {"type": "string"}, "description": "The version, in quotes."}}
LOCATION = {"Location": {"schema": {"type": "string"}, "description": "Where it is now."}}


def _header(name: str, **schema: Any) -> dict[str, Any]:
    return {"in": "header", "name": name, "required": False, "schema": {"type": "string", **schema}}


IF_MATCH = {
    **_header("If-Match", pattern='^"[0-9]{1,9}"$'),
    "description": "One version, as a strong tag in quotes. Weak tags and lists are refused with 400; `*` names no"
    " version: it is the same as no header.",
}
IF_NONE_MATCH = _header("If-None-Match")
IDEMPOTENCY_KEY = _header("Idempotency-Key", minLength=1, maxLength=255)


class ChangeMeanwhile(marshmallow.Schema):
    """What somebody did after the version that the caller saw."""

    version = fields.Int(required=True)
    type = fields.Str(required=True)
    at = fields.AwareDateTime(required=True)
    by = fields.Str(required=True)


class Problem(marshmallow.Schema):
    """RFC 9457, with the errors of fields and the id of the request."""

    type = fields.Str(required=True)
    title = fields.Str(required=True)
    status = fields.Int(required=True)
    detail = fields.Str(required=True)
    request_id = fields.Str(required=True)
    errors = fields.Dict(keys=fields.Str(), values=fields.List(fields.Str()))
    current_version = fields.Int()
    given_version = fields.Int()
    changes = fields.List(
        fields.Nested(ChangeMeanwhile),
        metadata={
            "description": "With 412, to those who may read the history: what changed since, at most 20, oldest first."
        },
    )
    unmet = fields.List(fields.Str())


class Id(BaseConverter):
    """A part of a path that names a thing: any other text names nothing, and is answered with 404."""

    regex = ID


class DocumentedApi(Api):
    """flask-smorest's document, with problem documents for refusals; it handles no errors itself."""

    ERROR_SCHEMA = Problem
    DEFAULT_ERROR_RESPONSE_NAME = None  # each route names its answers

    def init_app(self, app: Any, **options: Any) -> None:
        """Document this application. Every part of a path is an id, unless it says otherwise."""
        app.url_map.converters["default"] = Id
        super().init_app(app, **options)
        self.register_converter(Id, lambda _: {"type": "string", "pattern": f"^{ID}$"})
        self.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})

    def _register_responses(self) -> None:
        for status in map(HTTPStatus, REFUSALS):
            said = {"application/problem+json": {"schema": Problem}}
            refusal: dict[str, Any] = {"description": status.phrase, "content": said}
            if status in (429, 503):
                refusal["headers"] = COMES_BACK
            self.spec.components.response(status.name, refusal, lazy=True)

    def _register_error_handlers(self) -> None:
        """`shared.http.problems.explain` answers for this application."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What a route asks of the policy, what it takes and what it gives."""

    method: str
    path: str
    action: Action
    takes: type[Schema] | None = None
    reads: str | None = None
    """The media type of a body that is taken as text."""
    query: type[Schema] | None = None
    gives: type[marshmallow.Schema] | None = None
    media: str = JSON
    """The media type of what it gives."""
    page: str | None = None
    """Another media type in which it gives the same."""
    status: int = 200
    changes: bool = False
    """Needs `If-Match`."""
    adds: bool = False
    """May be repeated under an `Idempotency-Key`."""
    versioned: bool = False
    """Gives an `ETag`, and answers `If-None-Match` where it only shows."""
    refusals: tuple[int, ...] = ()
    """Statuses of refusals beside those that follow from the rest."""

    def documented(self) -> dict[str, Any]:
        """The answers and headers of this route, as an OpenAPI operation has them."""
        responses: dict[int, Any] = {code: HTTPStatus(code).name for code in sorted(self._refusals())}
        if self._asks_for_a_version:
            responses[304] = {"description": "You have this version already.", "headers": ETAG}
        parameters = [IF_NONE_MATCH] * self._asks_for_a_version + [IDEMPOTENCY_KEY] * self.adds
        if self._of_something and self.method != "GET":
            parameters.append({**IF_MATCH, "required": self.changes})
        said: dict[str, Any] = {"responses": responses | {self.status: self._given()}}
        if self.reads is not None:
            said["requestBody"] = {"required": True, "content": {self.reads: {"schema": {"type": "string"}}}}
        said |= {"security": []} if self.action is Action.PUBLIC else {}
        return said | ({"parameters": parameters} if parameters else {})

    @property
    def _asks_for_a_version(self) -> bool:
        return self.versioned and self.method == "GET"

    @property
    def _of_something(self) -> bool:
        return "<" in self.path

    def _refusals(self) -> set[int]:
        codes = {400, 405, 503, *self.refusals}
        codes |= set() if self.action is Action.PUBLIC else {401, 403}
        codes |= {413, 415, 422} if self.takes or self.reads else set()
        codes |= {422} if self.query or self.adds else set()
        if self._of_something:
            codes |= {404} if self.method == "GET" else {404, 409, 412}
        return codes | ({428} if self.changes else set())

    def _given(self) -> dict[str, Any]:
        given: dict[str, Any] = {"description": HTTPStatus(self.status).phrase}
        if self.gives is not None or self.media != JSON:
            given["content"] = {self.media: {"schema": self.gives} if self.gives else {}}
        if self.page is not None:
            given["content"][self.page] = {}
        given["headers"] = {
            **(ETAG if self.versioned or self.changes else {}),
            **({**ETAG, **LOCATION} if self.adds and (self._of_something or self.versioned) else {}),
        }
        return given
