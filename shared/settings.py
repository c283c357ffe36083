"""The environment as values. What only one adapter needs stands beside that adapter."""

import json
import logging
import os
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from shared.pack import DEFAULT

log = logging.getLogger(__name__)

T = TypeVar("T")


def variable(field: str) -> str:
    """The environment variable that a field is read from: `KIM_<NAME>`, which is also what an error calls it."""
    return f"KIM_{field.upper()}"


def _read(told: Any) -> Any:
    try:
        return json.loads(told) if isinstance(told, str) else told
    except json.JSONDecodeError as wrong:
        raise ValueError(f"not JSON at line {wrong.lineno}, column {wrong.colno}") from None


def is_here(host: str) -> bool:
    """Whether this host is the machine itself: what goes there in clear is read by nobody on the way."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unheard(url: str) -> str:
    asked = urlsplit(url)
    if asked.scheme != "https" and not (asked.scheme == "http" and is_here(asked.hostname or "")):
        raise ValueError("an address begins with https://, or with http:// where it is on this machine")
    return url


FromJson = Annotated[T, BeforeValidator(_read)]
"""What is more than a word stands in its variable as JSON."""
Address = Annotated[str, AfterValidator(_unheard)]
"""Where another program is asked over HTTP: nobody on the way hears it."""


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
