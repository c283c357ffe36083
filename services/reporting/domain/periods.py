"""Kinds of reports and the periods they cover. Days are calendar days in Germany."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """Which report it is."""

    MONTHLY_STEERING = "monthly_steering"
    QUARTERLY_STEERING = "quarterly_steering"
    ANNUAL_FUNDING = "annual_funding"


@dataclass(frozen=True, slots=True)
class Shape:
    """How a kind of report names its periods, and how many months one has."""

    pattern: re.Pattern[str]
    example: str
    written: str
    months: int


SHAPES = {
    Kind.MONTHLY_STEERING: Shape(re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII), "2026-10", "{year}-{nth:02}", 1),
    Kind.QUARTERLY_STEERING: Shape(re.compile(r"(20\d\d)-Q([1-4])", re.ASCII), "2026-Q3", "{year}-Q{nth}", 3),
    Kind.ANNUAL_FUNDING: Shape(re.compile(r"(20\d\d)", re.ASCII), "2026", "{year}", 12),
}


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `begins` to `ends`, both included."""

    begins: date
    ends: date


def named(kind: Kind, name: str) -> Period | None:
    """The period of this name (`2026-10`, `2026-Q3`, `2026`), or None when a report of this kind has none such."""
    shape = SHAPES[kind]
    found = shape.pattern.fullmatch(name)
    if found is None:
        return None
    year, *nth = map(int, found.groups())
    first = (nth[0] - 1) * shape.months if nth else 0
    return Period(date(year, first + 1, 1), _month(year, first + shape.months) - timedelta(days=1))


def last_complete(kind: Kind, on: date) -> str:
    """The name of the last period that was over before this day."""
    shape = SHAPES[kind]
    nth = (on.month - 1) // shape.months
    year, nth = (on.year, nth) if nth else (on.year - 1, 12 // shape.months)
    return shape.written.format(year=year, nth=nth)


def whole_months(begins: date, ends: date, on: date) -> bool:
    """Whether these days are whole months, the last of them perhaps the one that `on` lies in.

    Counts of freely chosen days would tell single cases: those up to the 14th from those up to the 15th.
    """
    return begins.day == 1 and begins <= ends and (ends >= on or (ends + timedelta(days=1)).day == 1)


def this_month(on: date) -> Period:
    """The month that this day lies in, up to the day."""
    return Period(on.replace(day=1), on)


def _month(year: int, months: int) -> date:
    """The first day of the month that is `months` months after the January of a year."""
    return date(year + months // 12, months % 12 + 1, 1)
