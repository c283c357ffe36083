"""Structural findings outlive their clients: their titles name nobody whom the case knows, in no script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cases import FINDING, MEMBER, CasesService, a_cases_service


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


NAMES = [
    *("محمد السيد wartet", "Frau Alsayed", "Sayed wartet", "Mohamed wird nicht bedient", "Herr Al Sayed wartet"),
    *("MOHAMMED wartet auf zwei Ämter", "Muhammad darf nicht arbeiten"),
]
NUMBERS = [
    *("Bitte 0176 04069030 anrufen", "Geboren 01.01.2005", "Bei person-00000001 hakt es", "Siehe KIM-7XRT-0Q2M"),
    *("Fragen an a.b@example.org", "Siehe {case}", "Siehe {reference}"),
]
NOBODY = [
    *("Zwei Ämter warten aufeinander", "§§ 60a, 104c AufenthG und SGB II", "Seit 2024/2025 fehlen 300 Plätze"),
    *("Die KIM-Koordination erfährt nichts", "Stadt und Jobcenter streiten seit 2026 über das Geld der Kinder"),
]


def titled(cases: CasesService, title: str, **person: Any) -> Any:
    case = cases.assigned(person=person)
    said = title.format(case=case, reference=cases.desk.cases.get(case).reference)
    return cases.call("lindenhof-1", "POST", "/cases/findings", {**FINDING, "case": case, "title": said})


@pytest.mark.parametrize("title", NAMES)
@pytest.mark.parametrize("name", [("Mohammed", "Al-Sayed"), ("محمد", "السيد")])
def test_a_title_names_nobody_in_any_script_or_spelling(cases: CasesService, title: str, name: tuple[str, str]):
    answer = titled(cases, title, given_name=name[0], family_name=name[1])

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["title"]


@pytest.mark.parametrize(
    "title", ["Olena wartet", "Олена чекає", "Familie Rahimi wartet", "رحیمی wartet", "Oleh fehlt"]
)
def test_a_title_names_nobody_whom_she_lives_with_or_lived_with(cases: CasesService, title: str):
    case = cases.assigned()
    member = cases.call("lindenhof-1", "POST", f"/cases/{case}/household", {**MEMBER, "name": "Oleh Rahimi"}).json["id"]
    path, now = f"/cases/{case}/household/{member}", {"name": "Olena Rahimi"}
    assert cases.call("lindenhof-1", "PATCH", path, now, If_Match='"1"').status_code == 200

    answer = cases.call("lindenhof-1", "POST", "/cases/findings", {**FINDING, "case": case, "title": title})

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["title"])


def test_a_title_does_not_name_the_client_of_a_case_that_is_linked(cases: CasesService):
    case, other = cases.assigned(), cases.assigned(person={"given_name": "Oleksandr", "family_name": "Koval"})
    said = {**MEMBER, "own_case": other}
    assert cases.call("lindenhof-1", "POST", f"/cases/{case}/household", said).status_code == 201

    title = {**FINDING, "case": case, "title": "Олександр wartet"}
    assert cases.call("lindenhof-1", "POST", "/cases/findings", title).status_code == 422


@pytest.mark.parametrize("title", ["Frau Muster fehlt die Zeit", "Lena wartet", "Лена чекає", "Renate verteilt nichts"])
def test_a_title_names_no_staff_of_the_case(cases: CasesService, title: str):
    answer = titled(cases, title)

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["title"])


def test_who_has_nothing_to_do_with_the_case_is_a_word_like_any_other(cases: CasesService):
    assert titled(cases, "Für das Modell fehlt eine Probe").status_code == 201


@pytest.mark.parametrize("title", NUMBERS)
def test_a_title_holds_no_number_that_leads_to_somebody(cases: CasesService, title: str):
    assert titled(cases, title).status_code == 422


@pytest.mark.parametrize("title", NOBODY)
@pytest.mark.parametrize("name", [("Mohammed", "Al-Sayed"), ("An", "van der Berg"), ("محمد", "السيد")])
def test_what_names_nobody_is_taken(cases: CasesService, title: str, name: tuple[str, str]):
    answer = titled(cases, title, given_name=name[0], family_name=name[1])

    assert answer.status_code == 201, answer.text
