"""What a client sent with the form, as it was received: what she agreed to, her answers, and how it came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.cases.rights.third_parties import Removal, Said
from shared import consent_texts
from shared.events import Arrival, CaseOpened, ClientChanged, Event

CODED = {
    *("language", "needs_interpreter", "channel", "shared_phone", "consent_contact", "topics", "residence_status"),
    *("city_quarter", "gender", "age_band", "single_parent", "referrer"),
}
"""Answers in codes, which the first event of her case has as they came."""


def received(happened: Iterable[Event], master_data: Mapping[str, Any] | None, removal: Removal) -> dict[str, Any]:
    """What the first of these events and the vault have of it; of what was changed since, only that it was.

    The vault keeps nobody's old address: what took its place stands with her master data.
    """
    opened, *later = (event for event in happened if isinstance(event, CaseOpened | ClientChanged))
    assert isinstance(opened, CaseOpened)
    replaced = {datum.value for event in later if isinstance(event, ClientChanged) for datum in event.changed}
    return {
        **({} if opened.arrival is None else _arrival(opened.arrival, removal)),
        **removal.codes(opened.model_dump(mode="json", include=CODED)),
        **{name: said for name, said in (master_data or {}).items() if name not in replaced},
        "replaced": sorted(replaced - CODED),
    }


def _arrival(arrival: Arrival, removal: Removal) -> dict[str, Any]:
    told: dict[str, Any] = removal.codes(arrival.model_dump(mode="json"))
    if arrival.consent_text is None or arrival.consent_language is None:
        return told
    words = consent_texts.shown(arrival.consent_text, arrival.consent_language)
    return {**told, "words": {box: Said(said) for box, said in words.items()}}
