"""Asks the facts for every indicator and lays the answers out by measure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from services.reporting.domain.asked import TOTAL, Asked, persons
from services.reporting.domain.measures import MEDIANS, OF_NOBODY, Dimension, Measure, has
from services.reporting.domain.report import NOTHING, Cell, Count, Counted, Table
from services.reporting.domain.statistics import median
from services.reporting.facts import EACH_ONCE, Facts, Rows
from services.reporting.statements import ask

Places = dict[str, Count]
"""Counts by where they stand: the total, or `dimension=code`."""

OF_ANYONE = (
    *("of_cases", "of_work", "of_goals"),
    *("of_referrals", "of_conferences", "of_first_appointments", "of_findings"),
)
OF_THE_CITY = (*OF_ANYONE, "of_messages")

OF_DAYS = {
    Measure.DURATION: ("durations", Measure.CLOSED),
    Measure.WAITING: ("waits", Measure.ANSWERED),
    Measure.TO_FIRST_APPOINTMENT: ("until_first_appointments", Measure.FIRST_APPOINTMENTS),
}
"""Medians: what gives their frequencies, and the measure that counts the same persons."""


def count(facts: Facts, asked: Asked) -> tuple[Counted, ...]:
    """Every measure that the facts allow, with a table for each of the dimensions that it has."""
    sums = OF_THE_CITY if asked.organisation is None else OF_ANYONE
    first = [EACH_ONCE] if facts.keeps else []
    answers = ask(facts, [*first, *sums, *(days for days, _ in OF_DAYS.values())], asked)[len(first) :]
    found = _summed(row for rows in answers[: len(sums)] for row in rows)
    for (measure, (_, same)), rows in zip(OF_DAYS.items(), answers[len(sums) :], strict=True):
        found[measure] = _medians(rows, found[same])
    if asked.organisation is not None:
        del found[Measure.MESSAGES]  # they belong to no organisation
    return tuple(_counted(measure, places, asked) for measure, places in found.items())


def _summed(rows: Iterable[Mapping[str, Any]]) -> dict[Measure, Places]:
    found: dict[Measure, Places] = {measure: {} for measure in Measure}
    for row in rows:
        for measure in Measure:
            if measure in row:
                behind = None if measure in OF_NOBODY else row[persons(measure)]
                found[measure][row["place"]] = Count(count=row[measure], persons=behind)
    return found


def _medians(rows: Rows, same: Mapping[str, Count]) -> Places:
    frequencies: dict[str, dict[int, int]] = defaultdict(dict)
    for row in rows:
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
