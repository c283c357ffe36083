"""What the Pulumi program asks for, as `tests.infra.engine` saw it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "infra" / "gcp" / "Pulumi.koeln.yaml"
SECRETS = {"smtpPassword": "s", "workforceSecret": "w", "awsAccessKeyId": "a", "awsSecretAccessKey": "k"}

NEIGHBOUR = {
    "kim:prefix": "bonn",
    "kim:domain": "kim.bonn.example",
    "kim:workforce": None,
    "kim:messages": {"email": "outbox", "sms": "outbox"},
    "kim:warm": 1,
}
"""Another municipality, at worst in the same project and with the same pack."""


@dataclass(frozen=True)
class Resource:
    """One resource."""

    type: str
    """As Pulumi calls it, without the provider and its folders: `pubsub.Subscription`."""
    name: str
    """Its name in the program."""
    inputs: dict[str, Any]
    protected: bool
    waits_for: frozenset[str]
    """The URNs of what must be there before it."""
    urn: str


@dataclass(frozen=True)
class Deployment:
    """Everything the program asked for, in order."""

    resources: tuple[Resource, ...]

    def every(self, type: str) -> list[Resource]:
        """All resources of a type, of which there is one at least: what holds of none proves nothing."""
        found = [one for one in self.resources if one.type == type]
        assert found, type
        return found

    def the(self, type: str, name: str) -> Resource:
        """The resource of this type and name in the program."""
        return next(one for one in self.resources if (one.type, one.name) == (type, name))

    def texts(self) -> Iterator[tuple[Resource, str, str]]:
        """Every text in every input, with the key under which it stands."""
        for one in self.resources:
            yield from ((one, key, text) for key, text in texts(one.inputs))


@cache
def deployed() -> dict[str, Deployment]:
    """The example stack; the same before anything is there; and a neighbour with the least settings."""
    stacks = {"koeln": settings(), "preview": settings(), "neighbour": settings(**NEIGHBOUR)}
    given = json.dumps({"stacks": stacks, "previews": ["preview"]})
    ran = subprocess.run(
        [sys.executable, "-m", "tests.infra.engine"],
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-4000:]
    return {name: Deployment(tuple(map(_resource, asked))) for name, asked in json.loads(ran.stdout).items()}


def koeln() -> Deployment:
    """The example stack."""
    return deployed()["koeln"]


def settings(**changed: Any) -> dict[str, str]:
    """The settings of the example stack, as Pulumi hands them to the program; None takes one away."""
    held = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))["config"] | changed
    held |= {f"kim:{name}": value for name, value in SECRETS.items()}
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in held.items()
        if value is not None
    }


def _resource(asked: dict[str, Any]) -> Resource:
    return Resource(**{**asked, "type": _short(asked["type"]), "waits_for": frozenset(asked["waits_for"])})


def texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a value, with the key under which it stands."""
    match value:
        case str():
            yield key, value
        case dict():
            for name, inner in value.items():
                yield from texts(inner, name)
        case list():
            for inner in value:
                yield from texts(inner, key)


def _short(type: str) -> str:
    package, module, name = type.split(":")
    return ".".join([*([] if package == "gcp" else [package]), module.partition("/")[0], name])
