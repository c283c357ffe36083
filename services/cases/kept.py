"""Retention periods as the municipality and the organisation of a case say them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from services.cases.domain.case import Case
from services.cases.domain.keeping import Periods, kept_until
from shared.municipality import municipality


def period(case: Case) -> tuple[str, date] | None:
    """Why and until when the person of a case is kept; None while it is worked on."""
    return kept_until(case, periods(case.organisation))


def until(cases: Iterable[Case]) -> date | None:
    """The day on which the person of these cases is erased: when the last of their periods ends.

    None while one of them is worked on or under a legal hold. What was erased already keeps nobody.
    """
    ends = [None if one.legal_hold else period(one) for one in cases if one.erased_at is None]
    days = [end[1] for end in ends if end is not None]
    return max(days) if days and len(days) == len(ends) else None


def periods(organisation: str | None) -> Periods:
    """As the organisation says it, and as everybody does where it says nothing."""
    given, usual = municipality().organisation(organisation or ""), municipality().retention

    def months(name: str) -> int:
        own: int | None = getattr(given, name, None)
        usually: int = getattr(usual, name)
        return usually if own is None else own

    return Periods(*(months(f"{name}_months") for name in Periods._fields))
