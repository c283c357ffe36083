"""Inquiries that staff take: opened in their organisation, once, and nothing half done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from services.cases import inquiries
from services.cases.domain.history import fold
from services.cases.register import routes
from shared import clock
from shared.codes import Phase, Referrer, Role
from shared.errors import Busy
from shared.references import is_reference
from shared.store import Query
from shared.store.lines import broken_link, entries
from shared.store.outbox import sweep
from tests.builders import NOON
from tests.cases import INQUIRY, CasesService, a_cases_service
from tests.signin import somebody

CM, LEAD = "lindenhof-1", "lindenhof-leitung"


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def take(cases: CasesService, who: Any = CM, form: Any = INQUIRY, **headers: str) -> Any:
    return cases.call(who, "POST", "/cases", form, **headers)


def persons(cases: CasesService) -> list[dict[str, Any]]:
    return [one.body for one in cases.vault.query(Query("persons", order=("kept_at",))).items]


def test_a_case_manager_takes_an_inquiry_and_has_it(cases: CasesService):
    answer = take(cases)

    case = cases.get(CM, f"/cases/{answer.json['id']}")
    assert answer.status_code == 201
    assert is_reference(answer.json["reference"])
    assert (answer.headers["Location"], answer.headers["ETag"]) == (f"/cases/{case['id']}", '"3"')
    assert (case["phase"], case["organisation"], case["case_manager"]) == (Phase.INQUIRY, "lindenhof", CM)
    assert (case["client"]["family_name"], case["client"]["phone"]) == ("Чумак", "+4917604069030")
    assert (case["client"]["message"], case["referrer"]) == ("Шукаю роботу.", Referrer.PROVIDER)
    assert (case["city_district"], case["age_band"], case["topics"]) == (2, "21_24", ["work", "language"])


def test_a_team_lead_takes_an_inquiry_for_her_organisation(cases: CasesService):
    case = cases.get(LEAD, f"/cases/{take(cases, LEAD).json['id']}")

    assert (case["organisation"], case["case_manager"], case["version"]) == ("lindenhof", None, 2)


def test_it_is_opened_allocated_and_assigned_in_one_commit(cases: CasesService):
    case = take(cases).json["id"]

    history = cases.desk.cases.history(case)
    assert [event.type for event in history] == [
        "cases.case-opened.v1",
        "cases.case-allocated.v1",
        "cases.case-assigned.v1",
    ]
    assert {event.by for event in history} == {CM}
    assert cases.bus.published == history
    assert fold(history) == cases.desk.cases.get(case)
    assert broken_link(entries(cases.store, f"cases/{case}")) is None
    assert history[0].submission == f"submission-{case.removeprefix('case-')}"  # type: ignore[attr-defined]


def test_what_the_client_says_stays_in_the_vault(cases: CasesService):
    take(cases)

    assert not [word for word in ("Чумак", "Шукаю", "4069030", "2005") if word in cases.kept()]


@pytest.mark.parametrize("q", ["Chumak", "Чумак Ярослава", "01.01.2005", "reference"])
def test_it_is_found(cases: CasesService, q: str):
    opened = take(cases).json

    found = cases.get(CM, f"/cases?q={q.replace('reference', opened['reference'])}")["items"]

    assert [case["id"] for case in found] == [opened["id"]]


@pytest.mark.parametrize(
    "who",
    [
        "koordination",
        "datenschutz",
        "partner-jobcenter",
        somebody(Role.CASE_MANAGER, organisation=None),
        somebody(Role.TEAM_LEAD, organisation="jobcenter"),
        somebody(Role.CASE_MANAGER, organisation="nirvana"),
    ],
    ids=["coordinator", "privacy officer", "partner", "of nobody", "of an office", "of an unknown"],
)
def test_only_staff_of_a_provider_take_inquiries_and_refusals_are_on_record(cases: CasesService, who: Any):
    assert take(cases, who).status_code == 403
    assert [(look.action, look.reason, look.cases) for look in cases.looks()] == [("cases.open", "refused", ())]
    assert persons(cases) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"consent_processing": False}, "consent_processing"),
        ({"phone": None}, "phone"),
        ({"topics": []}, "topics"),
        ({"altcha": "x"}, "altcha"),
        ({"organisation": "bruecke"}, "organisation"),
    ],
)
def test_it_is_read_as_the_form_is(cases: CasesService, changed: dict[str, Any], field: str):
    answer = take(cases, form={**INQUIRY, **changed})

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    assert persons(cases) == []


def test_the_same_key_opens_one_case(cases: CasesService):
    first, again = (take(cases, Idempotency_Key="k1") for _ in range(2))

    assert (again.status_code, again.json) == (201, first.json)
    assert (again.headers["Location"], again.headers["ETag"]) == (first.headers["Location"], first.headers["ETag"])
    assert take(cases, form={**INQUIRY, "children": 2}, Idempotency_Key="k1").status_code == 422
    assert len(persons(cases)) == 1


def test_the_same_key_at_the_same_moment_opens_one_case(cases: CasesService):
    with ThreadPoolExecutor(6) as hands:
        answers = list(hands.map(lambda _: take(cases, Idempotency_Key="k1"), range(6)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert len(cases.get("koordination", "/cases")["items"]) == 1


def test_when_the_case_cannot_be_written_the_person_is_forgotten_after_a_day(cases: CasesService, monkeypatch: Any):
    def too_busy(*_: object, **__: object) -> None:
        raise Busy()

    with monkeypatch.context() as patch:
        patch.setattr(cases.store, "commit", too_busy)
        assert take(cases).status_code == 503
    take(cases)
    (lost, kept) = persons(cases)
    assert re.fullmatch("case-[0-9a-f]{32}", lost["subject"])

    assert inquiries.tidy(desk=cases.desk, at=NOON + timedelta(hours=23))["forgotten"] == 0
    assert inquiries.tidy(desk=cases.desk, at=NOON + timedelta(hours=25))["forgotten"] == 1
    assert inquiries.tidy(desk=cases.desk, at=NOON + timedelta(hours=26))["forgotten"] == 0
    after = {one["subject"]: one["key"] for one in persons(cases)}
    assert after[lost["subject"]] is None
    assert after[kept["subject"]] is not None


def test_the_sweep_leaves_persons_of_the_intake_alone(cases: CasesService):
    cases.inquiry()

    assert inquiries.tidy(desk=cases.desk, at=clock.now() + timedelta(days=2)) == {"forgotten": 0, "expired": 0}


def test_the_sweep_tells_what_a_crash_left_untold_in_its_order(cases: CasesService):
    cases.bus.down = True
    case = take(cases).json["id"]
    cases.bus.down = False

    assert sweep(cases.store, cases.bus) == 3
    assert [event.id for event in cases.bus.published] == [f"{case}.{version}" for version in (1, 2, 3)]


def test_a_reference_that_a_case_has_is_not_drawn_again(cases: CasesService):
    class Unlucky(Random):
        drawn = iter([7, 7, 8])

        def randrange(self, *_: int) -> int:
            return next(self.drawn)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routes, "CHANCE", Unlucky())
        first, second = (take(cases).json["reference"] for _ in range(2))

    assert first == "KIM-0000-0077"
    assert second == "KIM-0000-0088"
