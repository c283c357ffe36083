"""Asks the facts for every indicator and lays the answers out by measure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import lru_cache

import ibis

from services.reporting import cooperation, indicators
from services.reporting.domain.measures import MEDIANS, OF_NOBODY, Dimension, Measure, has
from services.reporting.domain.report import NOTHING, Cell, Count, Counted, Table
from services.reporting.domain.statistics import median
from services.reporting.facts import Facts, sql
from services.reporting.indicators import TOTAL, Asked

Places = dict[str, Count]
"""Counts by where they stand: the total, or `dimension=code`."""

Indicator = Callable[[ibis.Table, Asked], ibis.Table]

OF_ANYONE: tuple[Indicator, ...] = (
    *(indicators.of_cases, indicators.of_work, indicators.of_goals),
    *(cooperation.of_referrals, cooperation.of_conferences, cooperation.of_first_appointments, cooperation.of_findings),
)
OF_THE_CITY: tuple[Indicator, ...] = (*OF_ANYONE, indicators.of_messages)

OF_DAYS: dict[Measure, tuple[Indicator, Measure]] = {
    Measure.DURATION: (indicators.durations, Measure.CLOSED),
    Measure.WAITING: (cooperation.waits, Measure.ANSWERED),
    Measure.TO_FIRST_APPOINTMENT: (cooperation.until_first_appointments, Measure.FIRST_APPOINTMENTS),
}
"""Medians: what gives their frequencies, and the measure that counts the same persons."""


def count(facts: Facts, asked: Asked) -> tuple[Counted, ...]:
    """Every measure that the facts allow, with a table for each of the dimensions that it has."""
    found: dict[Measure, Places] = {measure: {} for measure in Measure}
    for indicator in OF_THE_CITY if asked.organisation is None else OF_ANYONE:
        for row in facts.run(_statement(type(facts), indicator, asked)):
            for measure in Measure:
                if measure in row:
                    persons = row[indicators.persons(measure)]
                    of = None if measure in OF_NOBODY else persons
                    found[measure][row["place"]] = Count(count=row[measure], persons=of)
    for measure, (days, same) in OF_DAYS.items():
        found[measure] = _medians(facts, asked, days, found[same])
    if asked.organisation is not None:
        del found[Measure.MESSAGES]  # they belong to no organisation
    return tuple(_counted(measure, places, asked) for measure, places in found.items())


@lru_cache(maxsize=64)
def _statement(facts: type[Facts], indicator: Indicator, asked: Asked) -> str:
    """Writing a statement takes longer than a small municipality's engine needs to answer it."""
    return sql(indicator(indicators.as_one(facts.table(), asked), asked), facts.dialect)


def _medians(facts: Facts, asked: Asked, indicator: Indicator, same: Mapping[str, Count]) -> Places:
    frequencies: dict[str, dict[int, int]] = defaultdict(dict)
    for row in facts.run(_statement(type(facts), indicator, asked)):
        frequencies[row["place"]][row["took"]] = row["cases"]
    return {place: Count(count=median(seen), persons=same[place].persons) for place, seen in frequencies.items()}


def _counted(measure: Measure, places: Places, asked: Asked) -> Counted:
    nothing = Count(count=None, persons=0) if measure in MEDIANS else NOTHING
    nothing = nothing.model_copy(update={"persons": None}) if measure in OF_NOBODY else nothing
    tables = tuple(_table(by, places) for by in asked.by if has(measure, by))
    return Counted(measure=measure, total=places.get(TOTAL, nothing), tables=tables)


def _table(by: Dimension, places: Places) -> Table:
    found = ((place.partition("=")[2], count) for place, count in places.items() if place.startswith(f"{by}="))
    cells = (Cell(code=code, **dict(count)) for code, count in found if count.persons or count.count)
    return Table(by=by, cells=tuple(sorted(cells, key=lambda cell: cell.code)))
