"""What a route is: who may ask, what it takes and what it gives. Answering and documenting both build from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import marshmallow
from werkzeug.routing import BaseConverter

from shared.http.call import JSON, Answer
from shared.http.schema import Query, Schema
from shared.policy import Action
from shared.store import NAME

ID = rf"{NAME}[*~$=]?(?<!\.ics)"
"""What names a thing in a path; a client's reference may end in a check symbol. With `.ics` it names a calendar file of
the thing, and never the thing itself."""

View = Callable[..., Answer]


class Id(BaseConverter):
    """A part of a path that names a thing: any other text names nothing, and is answered with 404."""

    regex = ID


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What a route asks of the policy, what it takes and what it gives."""

    method: str
    path: str
    action: Action
    view: View
    takes: type[Schema] | None = None
    reads: str | None = None
    """The media type of a body that is taken as text."""
    query: type[Query] | None = None
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

    @property
    def asks_for_a_version(self) -> bool:
        """Whether it answers with an `ETag`, and `If-None-Match` is heeded."""
        return self.versioned and self.method == "GET"

    @property
    def asks_for_all(self) -> bool:
        """Whether staff read it and can choose nothing of it. Public links grow longer as they are passed on."""
        return self.method == "GET" and self.query is None and self.action is not Action.PUBLIC

    @property
    def of_something(self) -> bool:
        """Whether it is about one thing that may not be there."""
        return "<" in self.path

    @property
    def module(self) -> str:
        """Where it is declared."""
        return self.view.__module__

    @property
    def endpoint(self) -> str:
        """A name that no other route has."""
        return f"{self.method} {self.path}"
