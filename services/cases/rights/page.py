"""The package of a subject access as a page that can be printed: every code by its label, every field by a title."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared import codes, texts
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

TITLES = {
    "master_data": texts.marked("Name and contact"),
    "file": texts.marked("Your case"),
    "consents": texts.marked("Declarations that you made"),
    "assessments": texts.marked("Your situation, field by field"),
    "goals": texts.marked("Your goals"),
    "measures": texts.marked("What is done for your goals"),
    "rectifications": texts.marked("What you say is wrong"),
    "history": texts.marked("What happened"),
    "looks": texts.marked("Who looked at your data"),
    "given_name": texts.marked("First name"),
    "family_name": texts.marked("Family name"),
    "date_of_birth": texts.marked("Date of birth"),
    "phone": texts.marked("Phone number"),
    "email": texts.marked("E-mail address"),
    "message": texts.marked("Your message"),
    "at": texts.marked("When"),
    "by": texts.marked("By whom"),
    "reason": texts.marked("Why"),
    "datum": texts.marked("What it is about"),
    "disputed": texts.marked("Still disputed"),
    "statement": texts.marked("What you say to it"),
    "resolution": texts.marked("How it ended"),
    "note": texts.marked("Note"),
    "title": texts.marked("Title"),
    "situation": texts.marked("Situation"),
    "resources": texts.marked("What helps you"),
    "organisation": texts.marked("Organisation"),
    "residence_status": texts.marked("Residence status"),
    "topics": texts.marked("Topics"),
    "language": texts.marked("Language"),
    "due_on": texts.marked("Due on"),
    "until": texts.marked("Until"),
}
"""Names of parts and fields as a client reads them. What has no title here shows the name of the field."""

BY_VALUE: dict[str, Code] = {
    code.value: code
    for kind in vars(codes).values()
    if isinstance(kind, type) and issubclass(kind, Code)
    for code in reversed(kind)
}
"""Every code by its value, for its label."""


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
    """How a field or a part is called."""
    return texts.text(TITLES[name]) if name in TITLES else name.replace("_", " ")


def value(held: Any) -> str:
    """How a value reads: a code by its label."""
    match held:
        case bool():
            return texts.text("yes") if held else texts.text("no")
        case list():
            return ", ".join(map(value, held))
        case dict():
            return "; ".join(f"{title(name)}: {value(inner)}" for name, inner in held.items())
        case str() if held in BY_VALUE:
            return texts.label(BY_VALUE[held])
    return str(held)


@cache
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.globals.update(text=texts.text, title=title, value=value)
    return made
