"""Writes the expressions down as an engine's statements, with names in place of days and organisation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

import ibis

from services.reporting import cooperation, indicators
from services.reporting.columns import texts
from services.reporting.domain.asked import Asked
from services.reporting.domain.measures import Dimension
from services.reporting.domain.periods import Period
from services.reporting.facts import EACH_ONCE, Facts, sql

Expression = Callable[[ibis.Table, Asked], ibis.Table]

INDICATORS: tuple[Expression, ...] = (
    *(indicators.of_cases, indicators.of_work, indicators.of_goals, indicators.of_messages, indicators.durations),
    *(cooperation.of_referrals, cooperation.of_conferences, cooperation.of_first_appointments, cooperation.of_findings),
    *(cooperation.waits, cooperation.until_first_appointments),
)
NAMED = {one.__name__: one for one in INDICATORS}

PLACES: Mapping[str, date | str] = {
    "begins": date(1601, 2, 3),
    "ends": date(1602, 3, 4),
    "organisation": "whose cases count",
}
"""What stands in an expression where a value is to be bound, by its name."""


def write(facts: type[Facts], name: str, by: tuple[Dimension, ...], of_one: bool) -> str:
    """The statement of an expression for this engine."""
    text = sql(expression(facts, name, _asked(by, of_one)), facts.dialect)
    for place, value in PLACES.items():
        text = text.replace(_literal(value, facts.dialect), f"{facts.binds}{place}")
    return text


def expression(facts: type[Facts], name: str, asked: Asked) -> ibis.Table:
    """The expression of this name over the rows of these facts: each person once, whatever merged."""
    rows = facts.table()
    if name == texts.__name__:
        return texts(rows)
    once = indicators.as_one(rows, asked)
    if name == EACH_ONCE:
        return once
    return NAMED[name](ibis.table(once.schema(), name=EACH_ONCE) if facts.keeps else once, asked)


def _asked(by: tuple[Dimension, ...], of_one: bool) -> Asked:
    days = Period(PLACES["begins"], PLACES["ends"])  # type: ignore[arg-type]
    return Asked(days, by, str(PLACES["organisation"]) if of_one else None)


def _literal(value: date | str, dialect: str) -> str:
    """A value as the engine reads it in a statement."""
    alone = sql(ibis.literal(value).name("it").as_table(), dialect)
    found = re.fullmatch(r"SELECT\s+(.+) AS .it.", alone)
    assert found is not None, alone
    return found[1]
