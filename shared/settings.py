"""The environment as values. What only one adapter needs stands beside that adapter."""

import json
import logging
import os
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from shared.pack import DEFAULT

log = logging.getLogger(__name__)

T = TypeVar("T")


def variable(field: str) -> str:
    """The environment variable that a field is read from: `KIM_<NAME>`, which is also what an error calls it."""
    return f"KIM_{field.upper()}"


def _read(told: Any) -> Any:
    return json.loads(told) if isinstance(told, str) else told


FromJson = Annotated[T, BeforeValidator(_read)]
"""What is more than a word stands in its variable as JSON."""


class Environment(BaseModel):
    """What somebody is told by the environment: each field by its `variable`. Errors quote no value."""

    model_config = ConfigDict(
        frozen=True,
        defer_build=True,
        extra="forbid",
        alias_generator=variable,
        validate_by_name=True,
        hide_input_in_errors=True,
    )

    @classmethod
    def read(cls) -> Self:
        """What this process is told. Raises `ValidationError` for what is missing or wrong, and the log says which."""
        told = {name: os.environ[name] for name in map(variable, cls.model_fields) if name in os.environ}
        try:
            return cls.model_validate(told)
        except ValidationError as wrong:  # a fault is logged without its words: they might hold what is nobody's
            named = sorted({str(one["loc"][0]) for one in wrong.errors() if one["loc"]})
            log.error("settings cannot work", extra={"variables": named})
            raise


def in_words(wrong: ValidationError) -> str:
    """What is wrong, each variable by its name, in one line for whoever starts something."""
    named = ((".".join(map(str, one["loc"])), one["msg"].removeprefix("Value error, ")) for one in wrong.errors())
    return "; ".join(": ".join(filter(None, one)) for one in named)


class Settings(Environment):
    """What every function reads at its start."""

    backend: Literal["embedded", "google"] = "embedded"
    data: Path = Path(".data")
    """Where the embedded runtime keeps its files."""
    municipality: str = DEFAULT
    project: str = "kim-local"
    """The Google Cloud project; any name will do for the emulators."""
    prefix: str = ""
    """In front of every database's name in the cloud: municipalities may share a project."""
    topic: str = "kim-events"
    region: str = "europe-west3"
    """Where Google's services are asked: Frankfurt."""
    altcha: Literal["on", "off"] = "on"


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings.read()
