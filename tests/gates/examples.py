"""One example of any event, made from its fields: a new field shows in its snapshot by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

from shared.events import Event

KNOWN = {"language": "de", "city_quarter": 101}
"""Fields whose values are looked up by whoever hears the event."""

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def an_event(kind: type[Event]) -> Event:
    """An event with every field given, those that may be absent too."""
    event: Event = _a_model(kind)
    return event


def _a_model(model: type[BaseModel]) -> Any:
    return model(**{name: _a(field.annotation, name) for name, field in model.model_fields.items()})


def _a(kind: Any, name: str) -> Any:
    """A value of this type: texts say which field they are, codes are the first of their list."""
    if name in KNOWN:
        return KNOWN[name]
    parts = [part for part in get_args(kind) if part not in (type(None), ...)]
    if get_origin(kind) is tuple:
        return (_a(parts[0], name),)
    if get_origin(kind) is dict:
        return {_a(parts[0], name): _a(parts[1], name)}
    if parts:
        return _a(parts[0], name)
    if issubclass(kind, Enum):
        return next(iter(kind))
    if issubclass(kind, BaseModel):
        return _a_model(kind)
    return {str: f"{name}-1", int: 1, bool: True, AwareDatetime: AT, date: AT.date()}[kind]
