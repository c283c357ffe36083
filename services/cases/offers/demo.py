"""The offers of the municipality's pack, put into the catalogue once. Opens nothing but the journal it is given."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from services.cases.offers import domain
from services.cases.offers.domain import Offer
from shared import pack
from shared.bus import Bus
from shared.codes import ActionField, TargetGroup
from shared.settings import settings
from shared.store import Store
from shared.store.journal import Journal

LISTS: dict[str, TypeAdapter[Any]] = {
    "action_fields": TypeAdapter(tuple[ActionField, ...]),
    "target_groups": TypeAdapter(tuple[TargetGroup, ...]),
}


def load(store: Store, bus: Bus, *, at: datetime) -> int:
    """List the pack's offers; how many were new. A repeat finds the last of them there, by one read."""
    journal, offers = Journal(store, bus, "offers", Offer), pack.offers(settings().municipality)
    if not offers or journal.find(_id(offers[-1]["id"])) is not None:
        return 0
    return sum(journal.open(*domain.list_offer(_id(one["id"]), _said(one), at=at, by="pack")) for one in offers)


def _id(name: str) -> str:
    return f"offer-{hashlib.sha256(f'pack {name}'.encode()).hexdigest()[:32]}"


def _said(one: dict[str, Any]) -> dict[str, Any]:
    lists = {name: kind.validate_python(one[name]) for name, kind in LISTS.items() if name in one}
    return {**{name: value for name, value in one.items() if name != "id"}, **lists}
