"""Routes of a service: each says who may call it, what it takes and what it gives, and is documented by that."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import marshmallow
from flask import Flask, Response, json, request
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser

from shared.errors import Forbidden, Invalid, Malformed, WrongMediaType
from shared.http.arrival import begin
from shared.http.call import ANONYMOUS, JSON, Answer, call
from shared.http.documented import DocumentedApi, Route
from shared.http.once import Kept
from shared.http.problems import explain
from shared.http.schema import translated
from shared.http.strict_json import StrictJson, clean
from shared.identity import Actor, authenticate
from shared.policy import POLICY, Action, Hidden, has_role_for
from shared.store import AlreadyThere, Store
from shared.texts import marked

LARGEST_BODY = 256 * 1024

View = Callable[..., Answer]
Refused = Callable[[Actor, Action, str | None], None]
"""Records that somebody was refused: who, what, and which case where the path names one."""


class _Parser(FlaskParser):
    """webargs, refusing in our way. Unknown query parameters are an error too."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": marshmallow.RAISE, "query": marshmallow.RAISE}  # noqa: RUF012 - as declared there

    def use_args(self, argmap: Any, *args: Any, **kwargs: Any) -> Any:
        made = cache(argmap)  # a schema is made at its first request, and serves all later ones
        return super().use_args(lambda _: made(), *args, **kwargs)

    def load_querystring(self, req: Any, schema: Any) -> Any:
        if any(len(values) > 1 for values in req.args.listvalues()):
            raise Malformed(reason=marked("a query parameter stands twice"))
        return super().load_querystring(req, schema)

    def load_json(self, req: Any, schema: Any) -> Any:
        if not req.is_json:
            raise WrongMediaType(expected="application/json")
        read = req.get_json()
        if not isinstance(read, dict):
            raise Malformed(reason=marked("not a JSON object"))
        return read

    def handle_error(self, error: marshmallow.ValidationError, *_: Any, **__: Any) -> Any:
        raise Invalid(translated(next(iter(error.messages_dict.values()))))


class _Blueprint(Blueprint):
    ARGUMENTS_PARSER = _Parser()


class Routes:
    """The routes of one service under its path, in the order in which they are declared."""

    def __init__(
        self, service: str, describes: str, *, store: Callable[[], Store], refused: Refused | None = None
    ) -> None:
        self._service, self._store, self._refused = service, store, refused
        self._blueprint = _Blueprint(service, service, url_prefix=f"/{service}", description=describes)
        self.declared: list[tuple[str, str, Action]] = []

    def get(self, path: str, action: Action, **options: Any) -> Callable[[View], View]:
        """A route that shows and changes nothing but the record of who looked."""
        return self._route("GET", path, action, **options)

    def add(self, path: str, action: Action, **options: Any) -> Callable[[View], View]:
        """A POST that adds: never collides, and may be repeated under an `Idempotency-Key`."""
        return self._route("POST", path, action, adds=True, status=options.pop("status", 201), **options)

    def change(self, method: str, path: str, action: Action, **options: Any) -> Callable[[View], View]:
        """A request that changes what is there: needs `If-Match`."""
        return self._route(method, path, action, changes=True, **options)

    def act(self, path: str, action: Action, **options: Any) -> Callable[[View], View]:
        """A POST that takes effect whatever the version is; where `If-Match` is sent, it is obeyed."""
        return self._route("POST", path, action, **options)

    def application(self, **config: Any) -> Flask:
        """The Flask application that answers these routes and serves their OpenAPI document."""
        app = Flask(self._service)
        app.json = StrictJson(app)
        app.config.update(
            MAX_CONTENT_LENGTH=LARGEST_BODY,
            API_TITLE=f"KIM: {self._service}",
            API_VERSION="1",
            OPENAPI_VERSION="3.1.0",
            OPENAPI_URL_PREFIX=f"/{self._service}",
            OPENAPI_JSON_PATH="openapi.json",
            **config,
        )
        app.before_request(lambda: begin(request))
        explain(app)
        DocumentedApi(app, spec_kwargs={"security": [{"bearer": []}]}).register_blueprint(self._blueprint)
        return app

    def _route(self, method: str, path: str, action: Action, **options: Any) -> Callable[[View], View]:
        assert action in POLICY, f"{method} {path}: no row in the policy for {action}"
        self.declared.append((method, f"/{self._service}{path}", action))
        route = Route(method=method, path=path, action=action, **options)

        def declare(view: View) -> View:
            read = self._read(self._answered(view, route), route)
            documented = self._blueprint.doc(**route.documented())(read)
            # Who may call is asked before what was sent is read.
            guarded = self._guarded(documented, action)
            self._blueprint.route(path, methods=[method])(guarded)
            return view

        return declare

    def _guarded(self, view: View, action: Action) -> View:
        @wraps(view)
        def guarded(*args: Any, **path: Any) -> Any:
            actor = ANONYMOUS if action is Action.PUBLIC else authenticate(request.headers)
            try:
                if action is not Action.PUBLIC and not has_role_for(actor, action):
                    raise Forbidden()
                request.environ["kim.actor"] = actor
                return view(*args, **path)
            except (Forbidden, Hidden):
                if self._refused is not None:
                    self._refused(actor, action, path.get("case_id"))
                raise

        return guarded

    def _answered(self, view: View, route: Route) -> Callable[..., Response]:
        @wraps(view)
        def answered(*args: Any, **path: Any) -> Response:
            this = call(request, request.environ["kim.actor"], changes=route.changes, adds=route.adds)
            if this.once is None:
                return rendered(view(this, *args, **path))
            return rendered(self._one_answer(this.once.kept, lambda: view(this, *args, **path)))

        return answered

    def _one_answer(self, kept: Callable[[Store], Kept | None], effect: Callable[[], Answer]) -> Answer:
        """The answer kept before, or that of the effect; of two at the same moment, one has the effect."""
        for _ in range(2):
            if (before := kept(self._store())) is not None:
                replayed = {"Idempotent-Replayed": "true"}
                return Answer(before.body, before.status, before.version, before.location, replayed)
            try:
                return effect()
            except AlreadyThere as there:
                if not there.path.startswith("answers/"):
                    raise
        raise AssertionError("an answer was there and is gone")

    def _read(self, view: Any, route: Route) -> Any:
        if route.reads is not None:
            view = _with_text(view, route.reads)
        if route.takes is not None:
            view = self._blueprint.arguments(route.takes, location="json")(view)
        if route.query is not None:
            view = self._blueprint.arguments(route.query, location="query")(view)
        return view


def _with_text(view: Callable[..., Response], media: str) -> Callable[..., Response]:
    """The view, given the body as the text that it is. Refuses with `WrongMediaType` and `Malformed`."""

    @wraps(view)
    def read(*args: Any, **path: Any) -> Response:
        if request.mimetype != media:
            raise WrongMediaType(expected=media)
        try:
            said = request.get_data().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Malformed(reason=marked("not UTF-8")) from None
        clean(said)
        return view(*args, said, **path)

    return read


def rendered(answer: Answer) -> Response:
    """The response of an answer: JSON, with the version as its strong ETag."""
    etag = None if answer.version is None else f'"{answer.version}"'
    if etag is not None and request.method == "GET" and request.if_none_match.contains_weak(str(answer.version)):
        response = Response(status=304)
    else:
        body = answer.body if answer.body is None or answer.media != JSON else json.dumps(answer.body)
        response = Response(body, answer.status, content_type=answer.media)
    if etag is not None:
        response.headers["ETag"] = etag
    if answer.location is not None:
        response.headers["Location"] = answer.location
    response.headers.extend(answer.headers)
    response.headers["Cache-Control"] = "no-store"
    return response
