"""What can be set of the embedded runtime, beside what every function reads (`shared.settings`)."""

from __future__ import annotations

import os
from ipaddress import ip_address
from typing import Annotated, Literal, Self

from limits import parse
from pydantic import AfterValidator, Field, model_validator

from shared.settings import Environment, is_here


def _address(said: str) -> str:
    """An address as a server names whoever is connected to it."""
    try:
        return str(ip_address(said))
    except ValueError:
        raise ValueError("an IP address, such as 127.0.0.1") from None


def _limit(said: str) -> str:
    try:
        parse(said)
    except ValueError:
        raise ValueError("so many in a time, such as 30/minute") from None
    return said


class RuntimeSettings(Environment):
    """Each field is an environment variable `KIM_<NAME>`."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    """0 takes a free one."""
    threads: int = Field(default=8, ge=1)
    """Requests answered at the same time. One thread works on one complete request: slow clients cost none. With
    one interpreter lock more of them only queue; these are enough to wait for the disk together."""
    servers: int = Field(default_factory=lambda: min(4, os.cpu_count() or 1), ge=1, le=64)
    """Processes that answer requests: one for each processor, and four at most. Each takes some 60 MB."""
    dispatchers: int = Field(default=2, ge=1)
    """Deliveries at the same time, one of each subscription: few, so that requests come first."""
    post_limit: Annotated[str, AfterValidator(_limit)] = "30/minute"
    """POSTs to public paths from one address. In the cloud this is Cloud Armor's."""
    proxy: Annotated[str, AfterValidator(_address)] | None = None
    """The proxy in front, whose `X-Forwarded-For` says who asks: otherwise all that come through it are one address.
    Nobody else is believed."""
    schedules: Literal["on", "off"] = "on"
    """Off for tests that decide themselves when a scheduled function runs (`/dev/jobs/`)."""
    development: Literal["on", "off"] = "on"
    """Sign-in without a password, outbox and controls under `/dev/`. Never on where others can reach it."""

    @model_validator(mode="after")
    def _meant(self) -> Self:
        """That everybody in the network may sign in as anybody is nothing that comes of itself."""
        if not is_here(self.host) and "development" not in self.model_fields_set:
            raise ValueError(
                "others can reach KIM_HOST: say KIM_DEVELOPMENT=off, or =on if they may sign in as anybody"
            )
        return self
