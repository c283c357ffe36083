"""Events: no room for personal data, a wire form that stays, and somebody who listens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from infra.topology import FUNCTIONS, Events
from services.cases.domain import history
from shared import events
from shared.bus import message
from shared.codes import Code
from shared.events import CATALOGUE, Event
from tests.gates.examples import an_event
from tests.gates.house import ROOT

SNAPSHOTS = Path(__file__).parents[1] / "contract" / "snapshots"
EVENTS = pytest.mark.parametrize("event", CATALOGUE.values(), ids=lambda event: event.type)

IDS = {
    *("subject", "by", "person", "submission", "case", "cases", "contact", "consent", "goal", "measure", "outcomes"),
    *("organisation", "offered_by", "offered_to", "taken_from", "case_manager", "recipient", "reference"),
    *("provider", "receipt"),
    *("root", "finding", "amendment", "rectification", "other", "counts_as"),
    *(
        "offer",
        "referred_by",
        "responsible",
        "staff",
        "cause",
        "escalation",
        "place",
        "replaces",
        "participants",
        "concerns",
        "who",
    ),
}
"""Texts that name a thing by an id that we drew."""

CODES = {
    "language",
    "languages",
    "consent_language",
    "consent_text",
    "interpreter",
    "text_version",
    "template",
    "action",
    "reason",
    "kind",
    "period",
}
"""Texts from a list that is kept elsewhere: language tags, templates, actions, reasons, kinds of report."""

COARSE = {
    *(
        "version",
        "at",
        "looked_at",
        "agreed_at",
        "agreed_until",
        "due_at",
        "received_at",
        "opened_on",
        "until",
        "valid_until",
        "minutes",
        "urgency",
        "city_district",
        "city_quarter",
    ),
    *("needs_interpreter", "shared_phone", "consent_contact", "single_parent", "same_household", "agreed", "done"),
    *("restricted", "legal_hold", "logs", "broken", "looks", "deviations", "into", "count", "decided_on"),
    *(
        "due_on",
        "left_on",
        "ends_on",
        "held_on",
        "valid_from",
        "starts_at",
        "days",
        "written",
        "invited",
        "episode",
        "health_data",
        "interpreted",
        "informed",
        "reworded",
        "silent",
        "ended_on",
    ),
    *("known", "sealed_on", "confirmed", "voluntary", "recorded", "declared_on"),
    *("waiting_days", "answer_by", "noted", "explained", "client_confirmed", "recipient_confirmed"),
    *("barrier_free", "capacity", "free_places", "withdrawn"),
}
"""Numbers, days and yes or no: too coarse to name anybody."""

FROM_CODE_LISTS = {
    *(
        "phase",
        "to",
        "was",
        "gender",
        "age_band",
        "residence_group",
        "residence_status",
        "target_groups",
        *("group", "satisfaction", "handed_to", "other_service", "legal_domains"),
        "topics",
    ),
    *("action_field", "action_fields", "referrer", "clearing_result", "closure_reason", "result", "channel", "form"),
    *(
        "ended_by",
        "answer",
        "giver",
        "purpose",
        "data_categories",
        "direction",
        "outcome",
        "status",
        "view",
        "kind",
        "reason",
        "facts",
        "rule",
        "legal_domain",
    ),
    *("arrival", "entrance", "consent_form"),
    *("role", "reach", "agreements", "changed", "datum", "resolution", "relation"),
    *("ground", "body", "from_office", "to_office", "from_domain", "to_domain"),
}

MAY_TRAVEL = IDS | CODES | COARSE | FROM_CODE_LISTS


@EVENTS
def test_events_have_no_room_for_personal_data(event: type[Event]):
    assert {name for name, _ in fields(event)} <= MAY_TRAVEL


@EVENTS
def test_a_text_in_an_event_is_an_id_or_a_code(event: type[Event]):
    free = {name for name, field in fields(event) if str in leaves(field.annotation)}

    assert free <= IDS | CODES


@EVENTS
def test_a_date_in_an_event_is_no_birth_date(event: type[Event]):
    assert {name for name, field in fields(event) if date in leaves(field.annotation)} <= COARSE


@EVENTS
def test_an_event_looks_on_the_wire_as_it_always_did(event: type[Event]):
    data, attributes = message(an_event(event))
    said = json.dumps({"attributes": attributes, "data": json.loads(data)}, indent=2) + "\n"
    snapshot = SNAPSHOTS / f"{event.type}.json"
    if os.environ.get("KIM_WRITE_SNAPSHOTS") == "1":  # a new event, or a field that old readers may ignore
        snapshot.write_text(said)

    assert snapshot.read_text() == said


@EVENTS
def test_an_event_is_found_by_its_wire_type(event: type[Event]):
    assert events.kind(event.type) is event
    assert events.kind(event.type.replace(".v1", ".v9")) is None


def test_whatever_a_room_of_events_holds_is_found_by_its_name():
    here = Path(events.__file__).parent
    rooms = {file.stem: import_module(f"shared.events.{file.stem}") for file in here.glob("*.py")}
    held = {name: {one for one, it in vars(rooms[name]).items() if is_ours(it, rooms[name])} for name in rooms}

    assert {name: set(names) for name, names in events.ROOMS.items()} == {
        name: names for name, names in held.items() if name not in ("__init__", "base")
    }
    assert not events.kind("notifications.nobody-knows.v1")


def is_ours(it: object, room: ModuleType) -> bool:
    """Whether it is a class of this room's own for everybody."""
    return isinstance(it, type) and it.__module__ == room.__name__ and not it.__name__.startswith("_")


def test_who_takes_an_inquiry_loads_no_events_of_others():
    said = "import sys, services.cases.inquiries; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    rooms = {one.removeprefix("shared.events.") for one in loaded.split() if one.startswith("shared.events.")}
    assert rooms == {"base", "cases", "intake", "looks"}


def test_what_a_case_becomes_and_what_happens_despite_a_restriction_are_events_that_are_there():
    known = {event.__name__ for event in CATALOGUE.values() if issubclass(event, events.CaseEvent)}

    assert set(history.EVOLVE) <= known
    assert known >= history.DESPITE_RESTRICTION


def test_every_snapshot_is_of_an_event_that_is_there():
    assert {file.stem for file in SNAPSHOTS.glob("*.json")} == set(CATALOGUE)


@EVENTS
def test_an_event_is_named_after_its_service_and_what_happened(event: type[Event]):
    service, what, version = event.type.split(".")

    assert service in {function.service for function in FUNCTIONS}
    assert what.replace("-", "") == event.__name__.lower()
    assert version == "v1"


@EVENTS
def test_every_event_has_a_listener_or_is_for_the_record(event: type[Event]):
    listening = [row.name for row in FUNCTIONS if isinstance(row.on, Events) and event.type.startswith(row.on.prefixes)]

    assert event.for_the_record or listening


def fields(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """The fields of a model and of the models in it."""
    for name, field in model.model_fields.items():
        yield name, field
        for leaf in leaves(field.annotation):
            if isinstance(leaf, type) and issubclass(leaf, BaseModel):
                yield from fields(leaf)


def leaves(annotation: Any) -> set[Any]:
    """The types that an annotation is made of; a code is not a text here, though Python says so."""
    if get_origin(annotation) is None:
        return {Code} if isinstance(annotation, type) and issubclass(annotation, Code) else {annotation}
    return {leaf for part in get_args(annotation) for leaf in leaves(part)}
