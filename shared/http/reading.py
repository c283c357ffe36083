"""How a route reads what was sent: its body by a schema or as text, its query by a schema."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import marshmallow
from flask import Response, request
from webargs.flaskparser import FlaskParser

from shared.errors import Invalid, Malformed, WrongMediaType
from shared.http.route import Route
from shared.http.schema import Query, translated
from shared.http.strict_json import clean
from shared.texts import marked


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


PARSER, NOTHING = _Parser(), Query()


def read(view: Callable[..., Response], route: Route) -> Callable[..., Any]:
    """The view, given what was sent as its route says. Refuses with `Invalid`, `Malformed` and `WrongMediaType`."""
    if route.reads is not None:
        view = _with_text(view, route.reads)
    if route.takes is not None:
        view = PARSER.use_args(route.takes, location="json")(view)
    if route.query is not None:
        view = PARSER.use_args(route.query, location="query")(view)
    return _without_query(view) if route.asks_for_all else view


def _without_query(view: Callable[..., Response]) -> Callable[..., Response]:
    """The view, where nothing can be chosen: whoever thinks that something was must not be shown everything."""

    @wraps(view)
    def asked(*args: Any, **path: Any) -> Response:
        PARSER.parse(NOTHING, request, location="query")
        return view(*args, **path)

    return asked


def _with_text(view: Callable[..., Response], media: str) -> Callable[..., Response]:
    """The view, given the body as the text that it is. Refuses with `WrongMediaType` and `Malformed`."""

    @wraps(view)
    def given(*args: Any, **path: Any) -> Response:
        if request.mimetype != media:
            raise WrongMediaType(expected=media)
        try:
            said = request.get_data().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Malformed(reason=marked("not UTF-8")) from None
        clean(said)
        return view(*args, said, **path)

    return given
