"""The state of something beside a case: codes and ids only, as of the case itself."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Item(BaseModel):
    """What lies beside a case, a subject of its own."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    version: int
    case: str
