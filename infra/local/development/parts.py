"""What the development routes may reach of the running system, and how they read what they are sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from flask import Flask, current_app, request
from pydantic import BaseModel, ConfigDict, ValidationError

from infra.local.functions import Functions
from infra.local.sign_in import Issuer
from shared.bus.dead_letters import DeadLetter
from shared.errors import Invalid, Malformed, WrongMediaType


class Deliveries(Protocol):
    """What is on its way to the functions."""

    def undelivered(self) -> int:
        """How many deliveries there are still to make."""


class DeadLetters(Protocol):
    """What could not be delivered."""

    def listed(self) -> list[DeadLetter]:
        """All of them, oldest first."""

    def replay(self, *, id: int | None = None) -> list[DeadLetter]:
        """Deliver one or all of them again; those that are put back."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The running system."""

    functions: Functions
    deliveries: Deliveries
    dead_letters: DeadLetters
    clock_moved: Callable[[], None]
    issuer: Issuer


def attach(app: Flask, parts: Parts) -> None:
    """Make the parts of the running system known to the pages of this application."""
    app.extensions["kim"] = parts


def parts() -> Parts:
    """The running system behind the request that is now being answered."""
    found: Parts = current_app.extensions["kim"]
    return found


class Body(BaseModel):
    """A JSON object that these routes take. What is not named in it is an error."""

    model_config = ConfigDict(extra="forbid")


B = TypeVar("B", bound=Body)


def body(kind: type[B]) -> B:
    """The body of the request, nothing counting as an empty object. Raises `Malformed`, `Invalid`."""
    sent = request.get_data()
    if sent and not request.is_json:
        raise WrongMediaType(expected="application/json")
    read = request.get_json() if sent else {}
    if not isinstance(read, dict):
        raise Malformed(reason="not a JSON object")
    try:
        return kind.model_validate(read)
    except ValidationError as error:
        raise Invalid(_by_field(error)) from None


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for problem in error.errors():
        found.setdefault(".".join(map(str, problem["loc"])), []).append(problem["msg"])
    return found
