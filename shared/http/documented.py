"""What the OpenAPI document says of routes beside what they take: every answer, every header, every parameter.

It is loaded for whoever asks for the document: no other request waits for flask-smorest and apispec.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any

import marshmallow
from flask import Flask
from flask_smorest import Api, Blueprint
from marshmallow import fields

from shared.http import call
from shared.http.call import JSON
from shared.http.route import ID, Id, Route
from shared.policy import Action

REFUSALS = (400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 503)
COMES_BACK = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}

LEFT_EMPTY = (
    "In a JSON body a text may be left empty where there may be none: empty, or with nothing but blanks in it, it is"
    " the same as not given, and in a change that takes away by null the same as null. Where there must be one it is"
    " refused, and an empty filter in a query never means everything."
)

ETAG = {"ETag": {"schema": {"type": "string"}, "description": "The version, in quotes."}}
LOCATION = {"Location": {"schema": {"type": "string"}, "description": "Where it is now."}}


def _header(name: str, **schema: Any) -> dict[str, Any]:
    return {"in": "header", "name": name, "required": False, "schema": {"type": "string", **schema}}


IF_MATCH = {
    **_header("If-Match", pattern=f"^{call.ETAG}$"),
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
    reachable = fields.List(fields.Str(), metadata={"description": "The phases to which the case can go."})


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


def document(service: str, describes: str, routes: Iterable[Route], pages: Mapping[str, Any]) -> dict[str, Any]:
    """The OpenAPI document of these routes, and of `pages`, which are operations by path."""
    app = Flask(service, static_folder=None)
    app.config.update(API_TITLE=f"KIM: {service}", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    api = DocumentedApi(app, spec_kwargs={"security": [{"bearer": []}], "info": {"description": LEFT_EMPTY}})
    blueprint = Blueprint(service, service, url_prefix=f"/{service}", description=describes)
    for route in routes:
        blueprint.route(route.path, methods=[route.method])(_documented(route, blueprint))
    api.register_blueprint(blueprint)
    api.spec.options["paths"] = pages
    said: dict[str, Any] = api.spec.to_dict()
    return said


def _documented(route: Route, blueprint: Blueprint) -> Callable[..., None]:
    """Stands for the view, whose words it has, and is never called."""

    @wraps(route.view)
    def view(*_: Any, **__: Any) -> None: ...

    documented: Callable[..., None] = blueprint.doc(**_operation(route))(view)
    if route.takes is not None:
        documented = blueprint.arguments(route.takes, location="json")(documented)
    if route.query is not None:
        documented = blueprint.arguments(route.query, location="query")(documented)
    return documented


def _operation(route: Route) -> dict[str, Any]:
    """The answers and headers of this route, as an OpenAPI operation has them."""
    responses: dict[int, Any] = {code: HTTPStatus(code).name for code in sorted(_refusals(route))}
    if route.asks_for_a_version:
        responses[304] = {"description": "You have this version already.", "headers": ETAG}
    parameters = [IF_NONE_MATCH] * route.asks_for_a_version + [IDEMPOTENCY_KEY] * route.adds
    if route.of_something and route.method != "GET":
        parameters.append({**IF_MATCH, "required": route.changes})
    said: dict[str, Any] = {"responses": responses | {route.status: _given(route)}}
    if route.reads is not None:
        said["requestBody"] = {"required": True, "content": {route.reads: {"schema": {"type": "string"}}}}
    said |= {"security": []} if route.action is Action.PUBLIC else {}
    return said | ({"parameters": parameters} if parameters else {})


def _refusals(route: Route) -> set[int]:
    codes = {400, 405, 503, *route.refusals}
    codes |= {429} if route.action is Action.PUBLIC else {401, 403}
    codes |= {413, 415, 422} if route.takes or route.reads else set()
    codes |= {422} if route.query or route.adds or route.asks_for_all else set()
    if route.of_something:
        codes |= {404} if route.method == "GET" else {404, 409, 412}
    return codes | ({428} if route.changes else set())


def _given(route: Route) -> dict[str, Any]:
    given: dict[str, Any] = {"description": HTTPStatus(route.status).phrase}
    if route.gives is not None or route.media != JSON:
        given["content"] = {route.media: {"schema": route.gives} if route.gives else {}}
    if route.page is not None:
        given["content"][route.page] = {}
    given["headers"] = {
        **(ETAG if route.versioned or route.changes else {}),
        **({**ETAG, **LOCATION} if route.adds and (route.of_something or route.versioned) else {}),
    }
    return given
