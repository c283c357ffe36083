"""Cases that were merged are found by whatever is known of either, and can be taken apart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.cases.domain.history import fold
from shared.codes import Phase
from tests.cases import (
    CONTACT,
    WHOLE,
    CasesService,
    a_cases_service,
)
from tests.merging import AGAIN, AMINA, CM, LEAD, merge, merged, refusal, separate, settle, two_cases


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def search(cases: CasesService, q: str, who: str = CM) -> list[str]:
    return [row["id"] for row in cases.get(who, f"/cases?q={q}")["items"]]


def test_search_finds_one_by_whatever_is_known_of_either(cases: CasesService):
    case, into = two_cases(cases)
    assert set(search(cases, "17.5.2003")) == {case, into}
    merge(cases, case, into)

    reference = cases.desk.cases.get(case).reference
    for q in ("17.5.2003", "Amina", "Quellwasserov", reference, "Müller"):
        assert search(cases, q) == [into], q
    assert [row["id"] for row in cases.get(CM, "/cases?q=Quellwasserov&phase=closed")["items"]] == [case]
    separate(cases, case)
    assert search(cases, "Quellwasserov") == [case]


def test_a_case_that_went_elsewhere_is_not_led_to(cases: CasesService):
    case, into = merged(cases)
    cases.change(CM, into, "POST", "consents", {**WHOLE, "recipient": "bruecke"})
    cases.change(LEAD, into, "POST", "transfer", {"organisation": "bruecke"})
    cases.change("bruecke-leitung", into, "POST", "transfer/answer", {"answer": "accepted"})

    assert search(cases, "Amina", LEAD) == [case]
    assert search(cases, "Amina", "bruecke-leitung") == [into]
    assert cases.call("bruecke-leitung", "GET", f"/cases/{case}").status_code == 404
    assert separate(cases, case, LEAD).status_code == 200
    assert cases.desk.cases.get(into).merged == ()


def test_what_was_merged_is_no_possible_duplicate_any_more(cases: CasesService):
    def duplicates(of: str) -> list[tuple[str, str | None]]:
        items = cases.get(CM, f"/cases/{of}/duplicates")["items"]
        return [(one["case"], one["merged_into"]) for one in items]

    case, into = cases.assigned(person=AMINA), cases.assigned(person=AMINA)
    third = cases.assigned(person=AMINA)
    assert {one for one, _ in duplicates(into)} == {case, third}
    merge(cases, case, into)

    assert duplicates(into) == [(third, None)]
    assert duplicates(case) == [(third, None)]
    assert duplicates(third) == [(into, None)]


@pytest.mark.parametrize("phase", [Phase.INQUIRY, Phase.CLEARING, Phase.PLANNING, Phase.MONITORING])
def test_two_people_after_all_are_as_they_were_before(cases: CasesService, phase: Phase):
    pair = two_cases(cases, phase)
    before = [cases.desk.cases.get(one) for one in pair]
    merge(cases, *pair)

    codes = separate(cases, pair[0], reason="Zwei Schwestern.").json

    after = [cases.desk.cases.get(one) for one in pair]
    moved = {"version", "changed_at"}
    assert [one.model_dump(exclude=moved) for one in after] == [one.model_dump(exclude=moved) for one in before]
    assert (codes["phase"], codes["merged_into"]) == (phase.value, None)
    for one in pair:
        assert fold(cases.desk.cases.history(one)) == cases.desk.cases.get(one)
        assert cases.get(CM, f"/cases/{one}/history")["items"][-1]["type"] == "cases.case-separated.v1"
    assert "Schwestern" not in cases.kept()
    assert not any(settle(cases, pair[0]).values())
    assert cases.call(CM, "POST", f"/cases/{pair[0]}/contacts", CONTACT).status_code == 201


def test_only_what_was_merged_is_separated(cases: CasesService):
    case, into = merged(cases)

    assert refusal(separate(cases, into)) == (409, "not_merged")
    assert separate(cases, case, "lindenhof-2").status_code == 404
    assert separate(cases, case).status_code == 200
    assert refusal(separate(cases, case)) == (409, "not_merged")
    assert merge(cases, into, case).status_code == 200, "the other way round"


def test_names_alone_never_merge_anything(cases: CasesService):
    """Possible duplicates are shown, and a person decides."""
    one, other = cases.assigned(person=AGAIN), cases.assigned(person=AGAIN)

    assert cases.get(CM, f"/cases/{one}/duplicates")["items"][0]["case"] == other
    assert [cases.desk.cases.get(case).pointing_to for case in (one, other)] == [(), ()]
