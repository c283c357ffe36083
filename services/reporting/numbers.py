"""How numbers and days are written, in the reader's language. A hidden number is a point, as in official statistics."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from shared import texts
from shared.clock import BERLIN

HIDDEN = "."
NONE = "–"

Shown = Mapping[str, Any]
Number = int | float | None


def of(count: Shown) -> Number:
    """The number in what is shown of a count."""
    number: Number = count["median"] if "median" in count else count["count"]
    return number


def written(count: Shown, number: Number) -> str:
    """A number for people: grouped by thousands."""
    return _placeholder(count) if number is None else format_decimal(number, locale=_locale())


def plain(count: Shown, number: Number) -> str:
    """A number for a spreadsheet, with the decimal mark that it expects."""
    if number is None:
        return _placeholder(count)
    return format_decimal(number, locale=_locale(), group_separator=False)


def day(on: str) -> str:
    """A calendar day, as ISO has it, for people: in one line."""
    return _long(date.fromisoformat(on))


def days(begins: str, ends: str) -> str:
    """Some days for people, a whole month by its name."""
    first, last = date.fromisoformat(begins), date.fromisoformat(ends)
    if (first.year, first.month) == (last.year, last.month):
        return str(format_date(first, "LLLL yyyy", locale=_locale()))
    return f"{day(begins)} – {day(ends)}"


def moment(at: str) -> str:
    """A time, as documents have it, for people in Germany."""
    here = datetime.fromisoformat(at).astimezone(BERLIN)
    return texts.listed((_long(here.date()), f"{here:%H:%M}"))


def _long(on: date) -> str:
    return str(format_date(on, "long", locale=_locale())).replace(" ", "\u00a0")


def _placeholder(count: Shown) -> str:
    return HIDDEN if count["suppressed"] else NONE


def _locale() -> str:
    language = texts.language.get()
    return "en_GB" if language == "en" else language.partition("-")[0]
