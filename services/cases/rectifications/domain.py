"""Disputes about data in a file: pure. The datum stays; the marker says that it is disputed, and how that ended."""

from __future__ import annotations

from datetime import datetime

from services.cases.domain.case import Case, Rectification
from services.cases.domain.file import item_id
from services.cases.domain.history import Change, changed
from shared.codes import Datum, Resolution
from shared.errors import NotThere, Rejected
from shared.events import RectificationChanged, RectificationRequested


class DisputeEnded(Rejected):
    """The dispute was settled. A new one may be begun."""

    code = "dispute_ended"
    says = "This dispute has ended. Please record a new one."


def dispute(case: Case, datum: Datum, *, at: datetime, by: str) -> Change:
    """Mark a datum as disputed by the client: of an open case or a closed one, and while processing is restricted."""
    return changed(
        case, RectificationRequested, at=at, by=by, rectification=item_id(case, "rectification"), datum=datum
    )


def change(case: Case, id: str, *, stated: bool, resolution: Resolution | None = None, at: datetime, by: str) -> Change:
    """The client says more to a dispute, or it ends: the datum was corrected, proved right, or is disputed no more.

    Nobody ends it by deciding who is right: what can neither be confirmed nor refuted stays disputed.
    """
    held = _held(case, id)
    if not held.disputed:
        raise DisputeEnded()
    written = case.version + 1 if stated else held.written
    return changed(case, RectificationChanged, at=at, by=by, rectification=id, written=written, resolution=resolution)


def _held(case: Case, id: str) -> Rectification:
    found = next((one for one in case.rectifications if one.id == id), None)
    if found is None:
        raise NotThere()
    return found
