"""Routes of a service: each says who may call it, what it takes and what it gives, and is documented by that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any

import marshmallow
from flask import Flask, Response, json, request

from shared.errors import Forbidden
from shared.http import alive
from shared.http.arrival import begin
from shared.http.call import ANONYMOUS, JSON, Answer, Call, call
from shared.http.once import Kept
from shared.http.problems import explain
from shared.http.reading import read
from shared.http.route import Id, Route, View
from shared.http.strict_json import StrictJson
from shared.identity import Actor, authenticate
from shared.policy import POLICY, Action, Hidden, has_role_for
from shared.store import AlreadyThere, Store

LARGEST_BODY = 256 * 1024

Refused = Callable[[Actor, Action, str | None], None]
"""Records that somebody was refused: who, what, and which case where the path names one."""


class Well(marshmallow.Schema):
    """What a function says of itself."""

    status = marshmallow.fields.Str(required=True)


def well(call: Call) -> Answer:
    """Ask whether the function is there. It says so before it loads what its work needs."""
    return Answer(alive.WELL)


class Routes:
    """The routes of one service under its path, in the order in which they are declared."""

    def __init__(
        self, service: str, describes: str, *, store: Callable[[], Store], refused: Refused | None = None
    ) -> None:
        self._service, self._describes, self._store, self._refused = service, describes, store, refused
        self._routes: list[Route] = []

    @property
    def declared(self) -> list[tuple[str, str, Action]]:
        """Method, path and action of all routes so far."""
        return [(route.method, f"/{self._service}{route.path}", route.action) for route in self._routes]

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

    def alive(self, *functions: str) -> None:
        """Functions at these paths below the service's answer for themselves, before any route is loaded."""
        for path in functions:
            self._route("GET", f"{path}/{alive.HEALTH}", Action.PUBLIC, gives=Well)(well)

    def application(self, module: str | None = None, *, pages: Mapping[str, Any] | None = None) -> Flask:
        """The Flask application of the routes that a module declares; that of all has their OpenAPI document too.

        `pages` are operations of what is served beside them, for the document.
        """
        app = Flask(self._service, static_folder=None)
        app.json = StrictJson(app)
        app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
        app.url_map.converters["default"] = Id
        app.before_request(lambda: begin(request))
        explain(app)
        for route in self._routes:
            if module in (None, route.module):
                app.add_url_rule(
                    f"/{self._service}{route.path}", route.endpoint, self._answering(route), methods=[route.method]
                )
        if module is None:
            app.add_url_rule(f"/{self._service}/openapi.json", view_func=self._document(pages or {}))
        return app

    def _document(self, pages: Mapping[str, Any]) -> Callable[[], Response]:
        @cache
        def document() -> str:
            from shared.http import documented

            return json.dumps(documented.document(self._service, self._describes, self._routes, pages), indent=2)

        return lambda: Response(document(), content_type=JSON)

    def _route(self, method: str, path: str, action: Action, **options: Any) -> Callable[[View], View]:
        assert action in POLICY, f"{method} {path}: no row in the policy for {action}"

        def declare(view: View) -> View:
            self._routes.append(Route(method=method, path=path, action=action, view=view, **options))
            return view

        return declare

    def _answering(self, route: Route) -> Callable[..., Any]:
        """Who may call is asked before what was sent is read."""
        return self._guarded(read(self._answered(route.view, route), route), route.action)

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
    response.headers.update({"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
    return response
