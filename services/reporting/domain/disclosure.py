"""Disclosure control: which counts are too small to show, and which others would give them away. Pure.

The rule is that of the Federal Employment Agency's statistics (§ 16 BStatG, § 281 Abs. 3 SGB III; "Statistische
Geheimhaltung: Rechtliche Grundlagen und fachliche Regelungen"): at least three persons behind each number, more
where the risk is higher, primary and complementary suppression, zeros are shown.

What is protected: whoever sees everything of one report (or of one answer), and knows that a suppressed count in
a table with other numbers is at least 1, can neither tell it nor that it is below the threshold.

What is not: a difference between two answers. Months overlap (active + new - closed leads to the next month's
active; a quarter less two months is the third), the organisations' reports add up to that of all, and a report
written again differs by the events that came late. Who may see several of them is bound by the rule not to
calculate; what goes out in public is one report for one period. A number may also be so lopsided that it tells
of all who are counted ("all new cases are in one district"): zeros and full cells are shown, as the Agency does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.reporting.domain.measures import MEDIANS, SENSITIVE, SEVERAL, Dimension, Measure
from services.reporting.domain.report import SUPPRESSED, Cell, Count, Counted, Table


@dataclass(frozen=True, slots=True)
class Least:
    """How many persons must be behind a number that is shown, usually and where Art. 9 data are a dimension."""

    usually: int
    sensitive: int

    def of(self, by: Dimension) -> int:
        """The least number of persons that is shown in tables by this dimension."""
        return max(self.usually, self.sensitive) if by in SENSITIVE else self.usually


ALSO = {
    Measure.ACTIVE_IN_PERIOD: (Measure.ACTIVE, Measure.CLOSED),
    Measure.DURATION: (Measure.CLOSED,),
    Measure.WAITING: (Measure.ANSWERED,),
    Measure.TO_FIRST_APPOINTMENT: (Measure.FIRST_APPOINTMENTS,),
    Measure.CONTACTS: (Measure.CONTACT_MINUTES,),
    Measure.CONTACT_MINUTES: (Measure.CONTACTS,),
}
"""Measures hidden wherever one of these is: they add up with it, or have the same persons behind them."""


def protect(measures: Sequence[Counted], least: Least) -> tuple[Counted, ...]:
    """The measures with null for every count that may not be shown, and for those that would give it away."""
    hidden = {one.measure: _hidden(one, least) for one in measures}
    for one in measures:
        for other in ALSO.get(one.measure, ()):
            hidden[one.measure] |= hidden.get(other, frozenset())
    return tuple(_without(one, hidden[one.measure]) for one in measures)


Place = tuple[Dimension, str] | None
"""Where a count stands: a code of a dimension, or None for the total."""


def _hidden(counted: Counted, least: Least) -> frozenset[Place]:
    places: set[Place] = {None} if small(counted.total, least.usually) else set()
    for table in counted.tables:
        places |= {(table.by, cell.code) for cell in hidden_cells(table, counted, least.of(table.by))}
    return frozenset(places)


def hidden_cells(table: Table, counted: Counted, least: int) -> Sequence[Cell]:
    """The cells of a table that must not be shown, where its total is shown unless it is small itself.

    The smallest go first: with the same cells, who needs more is shown no cell that who needs less is not shown.
    Zeros are hidden only with the whole table, when the total is too small to be spread over the table at all.
    """
    total = counted.total
    if small(total, least):
        return table.cells
    if counted.measure in MEDIANS:
        return [cell for cell in table.cells if small(cell, least)]
    ranked = sorted((cell for cell in table.cells if cell.persons), key=lambda cell: (cell.persons, cell.count))
    first = sum(small(cell, least) for cell in ranked)
    if first == 0:
        return ()
    safe = _covered if table.by in SEVERAL else _added_up
    for number in range(first, len(ranked) + 1):
        if safe(ranked, number, total, least):
            return ranked[:number]
    return table.cells


def small(count: Count, least: int) -> bool:
    """Whether there are persons behind a number, and too few (primary suppression)."""
    return count.persons is not None and 0 < count.persons < least


def _added_up(ranked: Sequence[Cell], number: int, _total: Count, least: int) -> bool:
    """Whether the first cells are safe where all add up to the total: at most the rest, when the others are 1."""
    rest = sum(cell.count or 0 for cell in ranked[:number])
    return number > 1 and rest - (number - 1) >= least


def _covered(ranked: Sequence[Cell], number: int, total: Count, _least: int) -> bool:
    """Whether the first cells are safe where each case is in at least one cell: up to the total, and from 1 on.

    A single hidden cell must hold every case that the shown ones leave over.
    """
    return number > 1 or (total.count or 0) - sum(cell.count or 0 for cell in ranked[number:]) <= 1


def _without(counted: Counted, hidden: frozenset[Place]) -> Counted:
    tables = tuple(
        table.model_copy(update={"cells": tuple(_shown(cell, (table.by, cell.code) in hidden) for cell in table.cells)})
        for table in counted.tables
    )
    total = SUPPRESSED if None in hidden else counted.total
    return counted.model_copy(update={"total": total, "tables": tables})


def _shown(cell: Cell, hidden: bool) -> Cell:
    return cell.model_copy(update=SUPPRESSED.model_dump()) if hidden else cell
