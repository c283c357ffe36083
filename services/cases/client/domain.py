"""What changes of a case when the client changes: pure. Names and addresses are none of its business."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from services.cases.domain.case import Case
from services.cases.domain.history import Change, changed
from services.cases.domain.reach import agreement
from services.cases.domain.suggesting import Bounds, groups_of
from shared.codes import AgeBand, Datum
from shared.events import ClientChanged

CODED = (
    "language",
    "needs_interpreter",
    "channel",
    "shared_phone",
    "gender",
    "city_quarter",
    "single_parent",
)
"""What is said of a client in codes: it lies with the case, and everything else in the vault."""


def change(
    case: Case,
    said: Mapping[str, Any],
    *,
    district: int | None,
    bounds: Bounds,
    amendment: str | None,
    on: date,
    at: datetime,
    by: str,
) -> Change:
    """Note what changed of the client, with her codes as they are then. Even of a closed case: a right has no end.

    `district` is that of the quarter, `bounds` are the programme's, `amendment` what waits in the vault, `on` today.
    The age band is that of the day on which the case was opened, and target groups that follow from codes are
    suggested anew.
    """
    codes = {name: said.get(name, getattr(case, name)) for name in CODED}
    born = said.get("date_of_birth")
    age_band = case.age_band if born is None else AgeBand.on(case.opened_on, born)
    groups = groups_of(case.model_copy(update={**codes, "age_band": age_band}), bounds)
    known = {"amendment": amendment, "city_district": district, "age_band": age_band, "target_groups": groups}
    known |= agreement(case, codes["channel"], on)._asdict()
    data = tuple(Datum[name.upper()] for name in said)
    return changed(case, ClientChanged, at=at, by=by, changed=data, **known, **codes)
