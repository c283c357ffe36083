"""A report: counts of one period, as they were when it was written. Pure.

It holds what was counted, small counts too. It lies in reporting's own database and is never served: whoever is
shown a report sees what `disclosure` leaves of it, for her audience. Kept this way, one report serves the
administration (from 3 on) and the public (from 5 on), and a threshold can be raised afterwards.
"""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from services.reporting.domain.measures import IN_TABLES, Dimension, Measure
from services.reporting.domain.periods import Kind, Period, named
from shared.events import At, ReportWritten

SHOWN = 12
"""Earlier versions that a report holds: the first, and the last of the others. The rest lies beside it."""

NOT_STATED = ""
"""The code of what is not known or not stated."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class Count(_Value):
    """A count, and how many persons are behind it. Persons and cases are counted apart."""

    count: int | float | None
    """None where it may not be shown, or where there is nothing of which to take a median."""
    persons: int | None
    suppressed: bool = False


SUPPRESSED = Count(count=None, persons=None, suppressed=True)
NOTHING = Count(count=0, persons=0)


class Cell(Count):
    """The count of one code of a dimension."""

    code: str


class Table(_Value):
    """One measure by one dimension. What is not among the cells is zero."""

    by: Dimension
    cells: tuple[Cell, ...]


class Counted(_Value):
    """One measure: its total, and its tables."""

    measure: Measure
    total: Count
    tables: tuple[Table, ...] = ()


class Writing(_Value):
    """An earlier version of the report, by its totals."""

    version: int
    at: At
    totals: tuple[Counted, ...]


class Wanted(_Value):
    """Which report: there is one of a kind for a period of all cases, and one for each organisation's."""

    kind: Kind
    period: str
    """The name of a period that reports of this kind have."""
    organisation: str | None = None

    @property
    def id(self) -> str:
        """Named after what it is of: the same kind, period and organisation are one report."""
        return "-".join(part for part in ("report", self.kind, self.period, self.organisation) if part)

    @property
    def days(self) -> Period:
        """The days of its period."""
        found = named(self.kind, self.period)
        assert found is not None, self.period
        return found


class Report(Wanted):
    """The state of a report."""

    version: int
    written_at: At
    preliminary: bool
    """Written before its period was over."""
    measures: tuple[Counted, ...]
    earlier: tuple[Writing, ...] = ()

    @property
    def case_manager(self) -> None:
        """A report is nobody's case (`shared.policy.Held`)."""


Written = tuple[Report, ReportWritten]


def write(wanted: Wanted, measures: tuple[Counted, ...], *, by: str, at: datetime, on: date) -> Written:
    """A new report. `on` is the calendar day in Germany `at` that time."""
    report = Report(
        **wanted.model_dump(),
        version=1,
        written_at=at,
        preliminary=on <= wanted.days.ends,
        measures=tuple(one if one.measure in IN_TABLES else _total(one) for one in measures),
    )
    return report, _told(report, by=by)


def rewrite(report: Report, anew: Report, *, by: str) -> Written | None:
    """The report with the numbers of now, its former totals among the earlier ones; None when nothing has changed.

    Events may arrive after a report was written, so that numbers grow.
    """
    if (anew.measures, anew.preliminary) == (report.measures, report.preliminary):
        return None
    former = Writing(version=report.version, at=report.written_at, totals=tuple(map(_total, report.measures)))
    first, *others = (*report.earlier, former)
    earlier = (first, *others[-(SHOWN - 1) :])
    changed = anew.model_copy(update={"version": report.version + 1, "earlier": earlier})
    return changed, _told(changed, by=by)


def left_out(before: Report, after: Report) -> tuple[Writing, ...]:
    """The earlier versions that the report does not hold any more, and that are to lie beside it."""
    held = {one.version for one in after.earlier}
    return tuple(one for one in before.earlier if one.version not in held)


def _total(counted: Counted) -> Counted:
    return counted.model_copy(update={"tables": ()})


def _told(report: Report, *, by: str) -> ReportWritten:
    return ReportWritten(
        subject=report.id,
        version=report.version,
        at=report.written_at,
        by=by,
        kind=report.kind,
        period=report.period,
    )
