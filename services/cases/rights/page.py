"""The package of a subject access as a page that can be printed: every code by its label, every field by a title."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.cases.rights import deeds, reading
from services.cases.rights.third_parties import REMOVED
from shared import texts
from shared.codes import RIGHT_TO_LEFT, Likeness
from shared.http import browsers

HTML = "text/html; charset=utf-8"
PAGES = Path(__file__).parents[1] / "pages"
STYLE = (PAGES / "subject_access.css").read_text(encoding="utf-8")
HEADERS = browsers.headers({"style-src": browsers.itself(STYLE)})

REASONS = {"consent-": "recipient", "break-glass-": "break-glass"}
"""How the ids begin by which somebody looked, and what each is called."""


def drawn(package: dict[str, Any]) -> str:
    """The page, in the client's language; what is to be checked first, in the language of who asks."""
    checks, asking, language = list(_to_check(package)), texts.language.get(), package["language"]
    token = texts.language.set(language)
    try:
        page = _environment().get_template("subject_access.html")
        return page.render(package=package, language=language, checks=checks, asking=asking, style=STYLE)
    finally:
        texts.language.reset(token)


def direction(language: str) -> str:
    """How the letters of a language run."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def _to_check(package: dict[str, Any]) -> Iterator[str]:
    removed = [place["times"] for held in (package, *package["others"]) for place in held["removed"]]
    if removed:
        number = sum(removed)
        yield texts.text("Names of other people that were taken out: {number}. Please check each mark.", number=number)
    for perhaps in package["perhaps_hers"]:
        met = texts.listed(texts.label(one) for one in Likeness if one in perhaps["criteria"])
        yield texts.text(
            "There may be another file about this person, {reference}: the same by {criteria}.",
            reference=_held(perhaps["reference"]),
            criteria=met,
        )


def _held(reference: str) -> str:
    """A reference that runs from left to right in a sentence that does not (UAX #9)."""
    return f"\u2066{reference}\u2069" if direction(texts.language.get()) == "rtl" else reference


def happened(type: str) -> str:
    """What an event was."""
    name = type.split(".")[1]
    return texts.text(deeds.HAPPENED[name]) if name in deeds.HAPPENED else name.replace("-", " ")


def looked(look: dict[str, Any]) -> str:
    """What somebody looked at, and why she could."""
    action, reason = look["action"], look["reason"]
    what = texts.text(deeds.LOOKED[action]) if action in deeds.LOOKED else action
    why = next((named for begins, named in REASONS.items() if reason.startswith(begins)), reason)
    return f"{what}: {texts.text(deeds.ALLOWED[why])}" if why in deeds.ALLOWED else f"{what}: {reason}"


def changes(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first row, and of each other one what is new in it."""
    new = ({name: one for name, one in row.items() if one != before[name]} for before, row in pairwise(rows))
    return [*rows[:1], *new]


@cache
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.globals.update(text=texts.text, title=reading.title, value=reading.value, told=reading.told)
    made.globals.update(happened=happened, looked=looked, direction=direction, changes=changes)
    made.globals["removed"] = REMOVED
    return made
