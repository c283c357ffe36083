"""The environment as values. What only one adapter needs stands beside that adapter."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.pack import DEFAULT


class Settings(BaseSettings):
    """What every function reads at its start. Each field is an environment variable `KIM_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="KIM_", frozen=True)

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
    return Settings()
