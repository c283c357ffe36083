"""Open Referral HSDS 3 services as offers: the one place that knows what of it means what here.

| HSDS service | offer |
|---|---|
| `id` | the id is derived from it, so that importing again changes the same offer |
| `name`, `description` | `title`, `description` |
| `organization.name`, `organization.id` | `organisation`, by our name or id of it; otherwise the importer's own |
| `status` | anything but `active` is withdrawn |
| `email`, `phones[].number`, `url` | `contact`; named persons (`contacts`) are never read |
| `attributes[].taxonomy_term`: `code`, else `name` | `action_fields` and `target_groups`, by our codes or `TERMS` |
| `languages[].code`, else `name` | `languages`, by our tags or their primary part; others are passed over |
| `service_areas[].name` | `city_district`, where exactly one names a district; otherwise the whole city |
| `service_at_locations[].location.accessibility` | `barrier_free`, where there is any |
| `capacities[]`: `maximum`, `available` | `capacity`, `free_places`, summed |
| `wait_time` (of HSDS 2, deprecated): a number of days or weeks | `waiting_days` |
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.cases.offers.sheets import Row
from shared.codes import LANGUAGES, ActionField, TargetGroup
from shared.municipality import municipality

TERMS = {
    "employment": ActionField.WORK,
    "jobs": ActionField.WORK,
    "vocational training": ActionField.TRAINING,
    "school": ActionField.EDUCATION,
    "shelter": ActionField.HOUSING,
    "mental health": ActionField.HEALTH,
    "counselling": ActionField.HEALTH,
    "childcare": ActionField.FAMILY,
    "immigration": ActionField.RESIDENCE,
    "legal": ActionField.AUTHORITIES,
    "money": ActionField.BENEFITS,
    "debt": ActionField.DEBTS,
    "community": ActionField.PARTICIPATION,
    "young adults": TargetGroup.YOUNG_ADULT,
    "disabled": TargetGroup.DISABILITY,
    "single parents": TargetGroup.SINGLE_PARENT,
}
"""Common terms of other taxonomies, and what they mean here (assumed)."""

WAITING = re.compile(r"(\d{1,3})\s*(day|week)", re.IGNORECASE)


def rows(services: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The rows that these services are. What cannot be understood is left for the schema to refuse, by its row."""
    return [Row(number, None, _said(service)) for number, service in enumerate(services, start=1)]


def _said(service: Mapping[str, Any]) -> dict[str, Any]:
    terms = [_term(one) for one in _objects(service, "attributes")]
    capacities = _objects(service, "capacities")
    said = {
        "source": service.get("id"),
        "organisation": _organisation(_object(service, "organization")),
        "title": service.get("name"),
        "description": service.get("description"),
        "contact": ", ".join(_contact(service)) or None,
        "action_fields": _codes(ActionField, terms),
        "target_groups": _codes(TargetGroup, terms),
        "languages": list(dict.fromkeys(_languages(service))),
        "city_district": _district(service),
        "barrier_free": _barrier_free(service),
        "capacity": _sum(capacities, "maximum"),
        "free_places": _sum(capacities, "available"),
        "waiting_days": _waiting(service.get("wait_time")),
        "withdrawn": service.get("status", "active") != "active",
    }
    return {name: value for name, value in said.items() if value is not None}


def _term(attribute: Mapping[str, Any]) -> str:
    term = _object(attribute, "taxonomy_term")
    return str(term.get("code") or term.get("name") or "").strip().lower()


def _codes(kind: type[ActionField] | type[TargetGroup], terms: list[str]) -> list[str]:
    known: dict[str, str] = {one.value: one.value for one in kind}
    known |= {term: means.value for term, means in TERMS.items() if isinstance(means, kind)}
    return list(dict.fromkeys(known[term] for term in terms if term in known))


def _organisation(said: Mapping[str, Any]) -> str | None:
    """Our id of the organisation; its own name where we know none such, to be refused by it."""
    if not said:
        return None
    wanted = {str(said.get("id", "")), str(said.get("name", ""))}
    ours = next(
        (one.id for one in municipality().everybody if {one.id, one.name} & wanted),
        None,
    )
    return ours or str(said.get("name") or said.get("id") or "")[:128] or None


def _contact(service: Mapping[str, Any]) -> Iterator[str]:
    yield from (str(service[name]) for name in ("email",) if service.get(name))
    yield from (str(phone["number"]) for phone in _objects(service, "phones") if phone.get("number"))
    yield from (str(service[name]) for name in ("url",) if service.get(name))


def _languages(service: Mapping[str, Any]) -> Iterator[str]:
    for one in _objects(service, "languages"):
        tag = str(one.get("code") or one.get("name") or "").strip().lower()
        if found := next((code for code in (tag, tag.partition("-")[0]) if code in LANGUAGES), None):
            yield found


def _district(service: Mapping[str, Any]) -> int | None:
    named = {str(area.get("name", "")).strip() for area in _objects(service, "service_areas")}
    found = [number for number, name in municipality().districts.items() if name in named]
    return found[0] if len(found) == 1 else None


def _barrier_free(service: Mapping[str, Any]) -> bool | None:
    places = [_object(one, "location") for one in _objects(service, "service_at_locations")]
    return True if any(_objects(place, "accessibility") for place in places) else None


def _sum(capacities: list[Mapping[str, Any]], name: str) -> int | None:
    numbers = [int(one[name]) for one in capacities if _counts(one.get(name))]
    return sum(numbers) if numbers else None


def _counts(said: Any) -> bool:
    """Whether this is a number of places: `1e999` is JSON, and nothing that can be counted."""
    return isinstance(said, int) or (isinstance(said, float) and math.isfinite(said))


def _waiting(said: Any) -> int | None:
    found = WAITING.search(said) if isinstance(said, str) else None
    return None if found is None else int(found[1]) * (7 if found[2].lower() == "week" else 1)


def _objects(held: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = held.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _object(held: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = held.get(name)
    return found if isinstance(found, dict) else {}
