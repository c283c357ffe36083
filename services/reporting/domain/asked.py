"""What an indicator is asked about, and by which names it answers."""

from __future__ import annotations

from dataclasses import dataclass

from services.reporting.domain.measures import Dimension, Measure
from services.reporting.domain.periods import Period

TOTAL = "="
"""The place of the total; those of cells are `dimension=code`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which days are asked about, by what to break down beside the total, and whose cases count (None: all)."""

    days: Period
    by: tuple[Dimension, ...] = ()
    organisation: str | None = None


def persons(measure: Measure) -> str:
    """The name of the column that counts the persons behind a measure."""
    return f"{measure}_persons"
