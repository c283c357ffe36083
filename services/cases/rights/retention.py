"""Retention: whose person is to be erased on a day, and why. A look at it is the dry run of the night."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from services.cases.domain.case import Case
from services.cases.domain.keeping import months_after
from services.cases.kept import period, periods, until
from services.cases.persons import hers
from services.cases.rights import erasing
from services.cases.store import Desk
from shared import clock
from shared.codes import ErasureGround, Phase
from shared.http.call import Answer, Call
from shared.municipality import municipality
from shared.policy import Action
from shared.store import Condition, Page, Query, pages

BY = "cases_retention"
ENDS_IN = [one.value for one in (Phase.INQUIRY, Phase.CLEARING, Phase.INTAKE, Phase.CLOSED)]
"""In which phases there may be what was not taken on, and what is closed."""
MOST = 500
"""Persons that are erased in one night."""


class Due(NamedTuple):
    """A case whose period has ended."""

    case: Case
    why: str
    until: date

    def shown(self) -> dict[str, Any]:
        """As it is listed: never with a name."""
        return {
            "case": self.case.id,
            "organisation": self.case.organisation,
            "phase": self.case.phase.value,
            "why": self.why,
            "kept_until": self.until.isoformat(),
            "held": self.case.legal_hold,
        }


def preview(call: Call, wanted: dict[str, Any], *, desk: Desk) -> Answer:
    """What the night of a day would erase, held cases too; a page may hold fewer than its limit."""
    from services.cases.views import record  # for which no night has to wait

    on = wanted["on"] or clock.day(call.at)
    page = desk.store.query(_query(on, wanted["limit"], wanted["cursor"]))
    found = list(_ended(page, on, desk))
    record(call, Action.CASE_RIGHTS_READ, [one.case for one in found], desk)
    return Answer({"items": [one.shown() for one in found], "next": page.next})


def erase_due(*, desk: Desk, at: datetime) -> dict[str, int]:
    """Erase every person whose time has come and whom nothing holds. May be repeated; the proof is not waited for."""
    persons, erased = 0, set[str]()
    for one in _due(clock.day(at), desk):
        if persons < MOST and not one.case.legal_hold and one.case.id not in erased:
            begun = erasing.record(one.case, ErasureGround.RETENTION_ENDED, by=BY, at=at, desk=desk)
            erasing.destroy(begun, at=at, desk=desk)
            persons, erased = persons + 1, erased | {case.id for case in begun}
    return {"persons": persons, "cases": len(erased)}


def _due(on: date, desk: Desk) -> list[Due]:
    """All that is due and stands alone: read before anything changes."""
    page = Page(list(pages(desk.store, _query(on, 200, None))))
    return list(_ended(page, on, desk))


def _query(on: date, limit: int, after: str | None) -> Query:
    """Cases that are closed or not taken on, opened early enough for the shortest period to be over."""
    shortest = min(min(periods(one)) for one in (None, *(each.id for each in municipality().organisations)))
    where: tuple[Condition, ...] = (
        ("erased_at", "==", None),
        ("phase", "in", ENDS_IN),
        ("opened_at", "<", months_after(on, 1 - shortest).isoformat()),
    )
    return Query("cases", where, ("opened_at",), limit, after)


def _ended(page: Page, on: date, desk: Desk) -> Iterator[Due]:
    for document in page.items:
        case = desk.cases.state(document.body)
        ends = period(case)
        if ends is not None and ends[1] <= on and _all_ended(case, on, desk):
            yield Due(case, *ends)


def _all_ended(case: Case, on: date, desk: Desk) -> bool:
    """Whether no other case of the person keeps her. Another one under a legal hold does."""
    others = [one for one in hers(case, desk) if one.id != case.id and one.erased_at is None]
    ends = until(others)
    return not others or (ends is not None and ends <= on)
