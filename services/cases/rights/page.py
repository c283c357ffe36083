"""The package of a subject access as a page that can be printed: every code by its label, every field by a title."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.cases.rights import words
from shared import clock, codes, texts
from shared.codes import RIGHT_TO_LEFT, Code
from shared.municipality import municipality

HTML = "text/html; charset=utf-8"
PAGES = Path(__file__).parents[1] / "pages"
STYLE = (PAGES / "subject_access.css").read_text(encoding="utf-8")
POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

BY_VALUE: dict[str, Code] = {
    code.value: code
    for kind in vars(codes).values()
    if isinstance(kind, type) and issubclass(kind, Code)
    for code in reversed(kind)
}
"""Every code by its value, for its label."""

OF_A_FIELD: dict[str, type[Code]] = {
    "action_field": codes.ActionField,
    "answer": codes.TransferAnswer,
    "changed": codes.Datum,
    "clearing_result": codes.ClearingResult,
    "closure_reason": codes.ClosureReason,
    "data_categories": codes.DataCategory,
    "ended_by": codes.EndedBy,
    "gender": codes.Gender,
    "giver": codes.ConsentGiver,
    "outcome": codes.GoalOutcome,
    "purpose": codes.ConsentPurpose,
    "referrer": codes.Referrer,
    "relation": codes.HouseholdRelation,
    "residence_status": codes.ResidenceStatus,
    "result": codes.ClearingResult,
    "target_groups": codes.TargetGroup,
    "topics": codes.ActionField,
    "view": codes.View,
    "who": codes.ConsentGiver,
}
"""Which list a field is of, where one value stands in several."""


def drawn(package: dict[str, Any]) -> str:
    """The page."""
    language = package["language"]
    token = texts.language.set(language)
    try:
        direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
        page = _environment().get_template("subject_access.html")
        return page.render(package=package, language=language, direction=direction, style=STYLE, place=municipality())
    finally:
        texts.language.reset(token)


def title(name: str) -> str:
    """How a part or a field is called; a number after a hyphen counts several of it."""
    known = words.PARTS.get(name) or words.FIELDS.get(name.rstrip("-0123456789"))
    return name.replace("_", " ") if known is None else texts.text(known)


def told(held: dict[str, Any]) -> dict[str, Any]:
    """What of it says something on paper."""
    empty: tuple[Any, ...] = (None, [], {}, "")
    return {name: one for name, one in held.items() if one not in empty and name not in words.ONLY_FOR_MACHINES}


def happened(type: str) -> str:
    """What an event was."""
    name = type.split(".")[1]
    return texts.text(words.HAPPENED[name]) if name in words.HAPPENED else name.replace("-", " ")


def looked(look: dict[str, Any]) -> str:
    """What somebody looked at, and why she could."""
    action, reason = look["action"], look["reason"]
    what = texts.text(words.LOOKED[action]) if action in words.LOOKED else action
    declared = "recipient" if reason.startswith("consent-") else reason
    return f"{what}: {texts.text(words.ALLOWED[declared])}" if declared in words.ALLOWED else f"{what}: {reason}"


def value(held: Any, name: str = "") -> str:
    """How a value reads: a code by its label, an organisation by its name, a time as in Berlin."""
    match held:
        case bool():
            return texts.text("yes") if held else texts.text("no")
        case list():
            return ", ".join(value(one, name) for one in held)
        case dict():
            return "; ".join(f"{title(inner)}: {value(one, inner)}" for inner, one in told(held).items())
        case str():
            return _read(held, name)
    return _NUMBERED[name](held) if name in _NUMBERED else str(held)


def _read(said: str, name: str) -> str:
    if name in ("language", "interpreter"):
        return codes.LANGUAGES.get(said, said)
    listed = {code.value: code for code in OF_A_FIELD.get(name, ())}
    if (code := listed.get(said) or BY_VALUE.get(said)) is not None:
        return texts.label(code)
    if said in words.STANDS_FOR:
        return texts.text(words.STANDS_FOR[said])
    if name == "at" or name.endswith("_at"):
        return datetime.fromisoformat(said).astimezone(clock.BERLIN).strftime("%Y-%m-%d %H:%M")
    organisation = municipality().organisation(said)
    return said if organisation is None else organisation.name


_NUMBERED: dict[str, Callable[[int], str]] = {
    "city_district": lambda number: municipality().districts.get(number, str(number)),
    "city_quarter": lambda number: municipality().quarters.get(number, (str(number), 0))[0],
}


@cache
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.globals.update(text=texts.text, title=title, value=value, told=told, happened=happened, looked=looked)
    return made
