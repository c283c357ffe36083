"""What cases tell of what a client says of herself: that it changed, and that it is disputed."""

from datetime import date
from typing import ClassVar

from shared.codes import AgeBand, Channel, Datum, Gender, Resolution, TargetGroup
from shared.events.base import At
from shared.events.cases import CaseEvent


class ClientChanged(CaseEvent):
    """Master data or contact of the client changed: what it was about, and all codes of her as they stand now."""

    type: ClassVar[str] = "cases.client-changed.v1"
    changed: tuple[Datum, ...]
    amendment: str | None = None
    """What waits in the vault and counts from now on; none where only codes changed."""
    language: str
    needs_interpreter: bool
    channel: Channel
    shared_phone: bool
    consent_contact: bool = True
    """Whether she agreed to be written to over this channel,"""
    agreed_at: At | None = None
    """since when, and"""
    agreed_until: date | None = None
    """until which day, if that ends."""
    city_quarter: int | None = None
    city_district: int | None = None
    gender: Gender
    age_band: AgeBand
    single_parent: bool
    target_groups: tuple[TargetGroup, ...]


class TargetGroupDecided(CaseEvent):
    """Somebody confirmed or named a target group of the client, or ruled it out."""

    type: ClassVar[str] = "cases.target-group-decided.v1"
    group: TargetGroup
    confirmed: bool
    target_groups: tuple[TargetGroup, ...]
    """All of them, as they stand now."""


class RectificationRequested(CaseEvent):
    """The client disputes a datum (Art. 16 GDPR). It stays, marked; what she says to it is sealed."""

    type: ClassVar[str] = "cases.rectification-requested.v1"
    rectification: str
    datum: Datum


class RectificationChanged(CaseEvent):
    """The client said more to what she disputes, or the dispute ended."""

    type: ClassVar[str] = "cases.rectification-changed.v1"
    rectification: str
    written: int
    """The version under which her statement lies."""
    resolution: Resolution | None = None
