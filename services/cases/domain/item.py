"""The state of something beside a case: codes and ids only, as of the case itself."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.cases.domain.case import Case


class Item(BaseModel):
    """What lies beside a case, a subject of its own."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    id: str
    version: int
    case: str


def begins(case: Case, id: str, at: datetime, by: str) -> dict[str, Any]:
    """What the first event of something beside a case says of where it belongs."""
    return _head(case, id, 1, at, by)


def goes_on(case: Case, held: Item, at: datetime, by: str) -> dict[str, Any]:
    """What its next event says of that."""
    return _head(case, held.id, held.version + 1, at, by)


def _head(case: Case, id: str, version: int, at: datetime, by: str) -> dict[str, Any]:
    return {"subject": id, "version": version, "at": at, "by": by, "case": case.id, "facts": case.facts}
