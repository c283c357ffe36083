"""One call: who asks, when, in which language, against which version, under which idempotency key."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Request

from shared import clock, texts
from shared.errors import Malformed, VersionMissing
from shared.http.once import Once
from shared.identity import Actor

ANONYMOUS = Actor(id="anonymous", roles=frozenset())
JSON = "application/json"
ETAG = r'"(0|[1-9][0-9]{0,8})"'
"""One version as a strong tag, written as we write it: `"07"` is no tag of ours."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler may know of the request beside its content."""

    actor: Actor
    at: datetime
    language: str
    expected: int | None = None
    """The version that the caller saw (`If-Match`), where one is needed or given."""
    once: Once | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a body, and where it stands."""

    body: Any
    """What JSON can hold; text or bytes of another `media` type."""
    status: int = 200
    version: int | None = None
    location: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    media: str = JSON


def call(request: Request, actor: Actor, *, changes: bool, adds: bool) -> Call:
    """The call in a request. Raises `VersionMissing` where a change names no version."""
    return Call(
        actor=actor,
        at=clock.now(),
        language=texts.language.get(),
        expected=_expected(request.headers.get("If-Match"), needed=changes),
        once=_once(request, actor) if adds else None,
    )


def _expected(header: str | None, *, needed: bool) -> int | None:
    if header is None or header.strip() == "*":
        if needed:
            raise VersionMissing()
        return None
    found = re.fullmatch(ETAG, header.strip())
    if found is None:
        raise Malformed(reason=texts.marked('If-Match is not one version, such as "7"'))
    return int(found.group(1))


def _once(request: Request, actor: Actor) -> Once | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 1 <= len(key) <= 255:
        raise Malformed(reason=texts.marked("Idempotency-Key is empty or longer than 255 characters"))
    name = hashlib.sha256(f"{actor.id}\n{request.path}\n{key}".encode()).hexdigest()
    return Once(name=name, fingerprint=hashlib.sha256(request.get_data()).hexdigest())
