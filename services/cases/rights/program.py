"""What is ours in a document, by its form alone: codes and ids where events have them, names of fields, paths.

A client may be called like one of them: Work, Case, Self. Where only a code stands, nothing is left of her.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from shared.events import CATALOGUE

CODE = re.compile(r"[a-z0-9]+(?:[_.-][a-z0-9]+)*")
"""How codes, ids, types of events and names of fields are written; whatever people write has a capital or a space."""

BESIDE = frozenset(
    {
        *(
            "access_to",
            "code",
            "consent_text",
            "database",
            "found",
            "how",
            "id",
            "log",
            "path",
            "persons",
            "places",
            "shown_to",
        ),
        *("type", "values", "what"),
    }
)
"""Fields of documents that no event has, and that hold codes and ids too; so do those that say by whom."""


def is_code(field: str | None, text: str) -> bool:
    """Whether this text is ours where it stands: the value of a field, the name of one, or a path (both without)."""
    if field is not None and field not in _fields() and not field.endswith("_by"):
        return False
    return all(CODE.fullmatch(part) for part in re.split(r"[/*]+", text) if part)


@cache
def _fields() -> frozenset[str]:
    """Every field of every event: in none of them is room for personal data (`tests/gates/test_events.py`)."""
    return BESIDE | {name for kind in CATALOGUE.values() for name in _of(kind)}


def _of(kind: type[BaseModel]) -> Iterator[str]:
    for name, field in kind.model_fields.items():
        yield name
        for inner in _models(field.annotation):
            yield from _of(inner)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
