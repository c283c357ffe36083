"""What stands on the pages of reporting, drawn by Jinja. Each page holds its own style, so that it can be kept."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.reporting import numbers
from shared import texts
from shared.codes import RIGHT_TO_LEFT
from shared.http import browsers
from shared.municipality import municipality

HTML = "text/html; charset=utf-8"
FOLDER = Path(__file__).parent / "pages"
STYLE = (FOLDER / "reporting.css").read_text(encoding="utf-8")

HEADERS = browsers.headers({"style-src": browsers.itself(STYLE), "img-src": "data:"})

Body = dict[str, Any]


def report(body: Body) -> str:
    """The page of a report."""
    return _drawn("report.html", report=body, organisation=body["organisation"])


def dashboard(body: Body, rows: list[Body], *, organisation: str | None) -> str:
    """The page with the key figures of this month and the reports that are there."""
    totals = {measure["measure"]: measure for measure in body["measures"]}
    return _drawn("dashboard.html", counted=body, measures=totals, reports=rows, organisation=organisation)


def refusal(said: Body) -> str:
    """The page that says a refusal, where a person reads it."""
    return _drawn("problem.html", organisation=None, said={"errors": None, **said})


def _drawn(page: str, *, organisation: str | None, **values: Any) -> str:
    language = texts.language.get()
    named = None if organisation is None else municipality().organisation(organisation)
    return (
        _environment()
        .get_template(page)
        .render(
            language=language,
            direction="rtl" if language in RIGHT_TO_LEFT else "ltr",
            place=municipality(),
            of=None if named is None else named.name,
            style=STYLE,
            **values,
        )
    )


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.globals.update(text=texts.text, numbers=numbers, share=share)
    return made


def share(cell: Body, cells: list[Body]) -> float | None:
    """How long the bar of a number is, in percent of the longest; None where there is none to be seen."""
    number, longest = numbers.of(cell), max((numbers.of(one) or 0 for one in cells), default=0)
    return round(100 * number / longest, 1) if number and longest else None
