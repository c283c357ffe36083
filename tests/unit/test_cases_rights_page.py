"""The page of a subject access: everything that may stand on it is called by a name that a client knows."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

import pytest
from pydantic import BaseModel

import services.cases
from services.cases.domain import case
from services.cases.domain.item import Item
from services.cases.rights import deeds, parts, reading, words
from services.cases.rights.third_parties import Said
from shared import events, texts
from shared.codes import Code, Phase
from shared.events import Arrival, CaseEvent, CaseFacts
from shared.people import Person
from tests.cases import CONTACT, CasesService, a_cases_service
from tests.html import Page

for module in pkgutil.walk_packages(services.cases.__path__, "services.cases."):
    if module.name.endswith(".domain"):
        importlib.import_module(module.name)

HEAD = {"subject", "case", "version", "at", "by", "facts", "person", "arrival"}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def kinds(of: type[Any]) -> Iterator[type[Any]]:
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def told() -> list[type[BaseModel]]:
    """All that is kept of a client, and all that happened to her."""
    states = (one for one in vars(case).values() if isinstance(one, type) and one.__module__ == case.__name__)
    kept = (one for one in states if issubclass(one, BaseModel))
    return [Person, CaseFacts, Arrival, *kept, *kinds(Item), *kinds(CaseEvent)]


def fields() -> set[str]:
    """Every field of it."""
    return {name for kind in told() for name in kind.model_fields} - HEAD | {"version", "at", "by"} | parts.OF_A_FINDING


def test_every_field_has_a_title():
    told = fields() - parts.NOT_TOLD - words.ONLY_FOR_MACHINES

    assert not told - set(words.FIELDS) - set(words.PARTS)


def lists_of(kind: Any) -> Iterator[type[Code]]:
    """The code lists in an annotation."""
    if isinstance(kind, type) and issubclass(kind, Code):
        yield kind
    for inner in get_args(kind):
        yield from lists_of(inner)


def test_every_coded_field_is_read_by_its_own_lists():
    coded = {
        (name, one)
        for kind in told()
        for name, field in kind.model_fields.items()
        for one in lists_of(field.annotation)
    }

    assert len(coded) > 30
    assert not {(name, one) for name, one in coded if one not in reading.OF_A_FIELD.get(name, ())}


def test_everything_that_happens_to_a_case_has_a_sentence():
    types = {kind.__dict__["type"] for kind in kinds(CaseEvent) if "type" in kind.__dict__}

    assert not {one.split(".")[1] for one in types} - set(deeds.HAPPENED)
    assert {f"cases.{name}.v1" for name in deeds.HAPPENED} <= set(events.CATALOGUE)


@pytest.mark.parametrize(("language", "direction"), [("de", "ltr"), ("ar", "rtl")])
def test_the_page_reads_in_the_client_s_language(cases: CasesService, language: str, direction: str):
    id = cases.case_in(Phase.PLANNING, language=language)

    drawn = Page(cases.call("datenschutz", "GET", f"/cases/{id}/subject-access?format=html").text)

    assert (drawn.one("html")["lang"], drawn.one("html")["dir"]) == (language, direction)
    terms = [one.text for one in drawn.all("dt")]
    assert not [one for one in terms if "_" in one or one in words.FIELDS]
    assert not [one.text for one in drawn.all("bdi") if one.text.startswith(("case-", "person-", "goal-"))]


def test_words_that_look_like_a_time_stay_as_they_were_said(cases: CasesService):
    id = cases.case_in(Phase.PLANNING)
    for said in ("2026-11-28T10:00:00 Anruf", "2026-11-28T10:00:00"):
        cases.change("lindenhof-1", id, "POST", "contacts", {**CONTACT, "note": said})

    drawn = Page(cases.call("datenschutz", "GET", f"/cases/{id}/subject-access?format=html").text)

    said = [one.text for one in drawn.all("bdi")]
    assert {"2026-11-28T10:00:00 Anruf", "2026-11-28T10:00:00"} <= set(said)


@pytest.mark.parametrize(
    ("name", "held", "read"),
    [
        ("giver", "client", "Ratsuchende*r"),
        ("view", "client", "Sicht der Ratsuchenden"),
        ("by", "system", "unser Programm, von selbst"),
        ("organisation", "lindenhof", "Lindenhof e. V. (fiktiv)"),
        ("city_quarter", 105, "Deutz"),
        ("language", "ar", "العربية"),
        ("ground", "danger_to_client", "Gefahr für die ratsuchende Person"),
        ("until", "2026-03-02T12:00:00.000000+00:00", "02.03.2026, 13:00 Uhr"),
        ("until", "2026-03-02", "02.03.2026"),
        ("title", Said("2026-03-02"), "2026-03-02"),
        ("recorded_at", "2026-03-02T11:00:00.000000+00:00", "02.03.2026, 12:00 Uhr"),
        ("responsible", "client", "Ratsuchende*r"),
        ("responsible", "case_manager", "Fallmanagement"),
        ("place", "platz-1", "Lindenhof e. V. (fiktiv), Musterplatz 1, 50667 Köln"),
        ("outcomes", {"goal-a1": "achieved"}, "erreicht"),
        ("agreement-0", Said("Prüft die Miete."), "Prüft die Miete."),
        ("topics", Said("work"), "work"),
    ],
)
def test_a_value_reads_as_people_say_it(in_german: None, name: str, held: Any, read: str):
    assert reading.value(held, name) == read


def test_a_day_reads_as_the_client_writes_it_and_a_reference_from_left_to_right(cases: CasesService):
    id = cases.case_in(Phase.PLANNING, language="ar")
    again = cases.case_in(Phase.PLANNING, language="ar")
    reference = cases.get("lindenhof-1", f"/cases/{again}")["reference"]

    page = cases.call("datenschutz", "GET", f"/cases/{id}/subject-access?format=html", Accept_Language="ar").text

    drawn = Page(page)
    born = cases.get("lindenhof-1", f"/cases/{id}")["client"]["date_of_birth"]
    assert f"{date.fromisoformat(born):%d/%m/%Y}" in [one.text for one in drawn.all("bdi")]
    assert not [one.text for one in drawn.all("bdi") if reading.ISO_DAY.match(one.text)]
    assert any(f"\u2066{reference}\u2069" in one.text for one in drawn.all("p"))


def test_several_of_a_kind_have_its_title(in_german: None):
    assert reading.title("agreement-3") == "Vereinbarung"


@pytest.fixture
def in_german() -> Iterator[None]:
    token = texts.language.set("de")
    yield
    texts.language.reset(token)
