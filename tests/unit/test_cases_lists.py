"""Lists: whose cases, which of them, in which order, page by page, and how a client is found by her name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from services.cases import lists
from shared import clock
from shared.codes import ActionField, Phase, Role
from tests.builders import NOON
from tests.cases import CONTACT, CasesService, a_cases_service
from tests.signin import somebody

CM, LEAD, CITY = "lindenhof-1", "lindenhof-leitung", "koordination"


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def ids(cases: CasesService, who: Any, query: str = "") -> list[str]:
    return [case["id"] for case in cases.get(who, f"/cases{query}")["items"]]


@pytest.fixture
def three(cases: CasesService) -> dict[str, str]:
    """One case nobody has, one of Lindenhof's, one of Brücke's; a day apart."""
    made = {}
    for name, make in {
        "nobodys": cases.inquiry,
        "ours": lambda: cases.assigned(topics=[ActionField.WORK]),
        "theirs": lambda: cases.assigned("bruecke", "bruecke-1"),
    }.items():
        made[name] = make()
        clock.move(NOON + timedelta(days=len(made)))
    return made


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        (CITY, ["theirs", "ours", "nobodys"]),
        (LEAD, ["ours"]),
        (CM, ["ours"]),
        ("lindenhof-2", []),
        ("bruecke-leitung", ["theirs"]),
        (somebody(Role.TEAM_LEAD, organisation=None), []),
        (somebody(Role.CASE_MANAGER, organisation="lindenhof"), []),
    ],
    ids=["coordinator", "her lead", "herself", "a colleague", "another lead", "a lead of nobody", "a new colleague"],
)
def test_everybody_sees_her_own_cases(cases: CasesService, three: dict[str, str], who: Any, sees: list[str]):
    assert ids(cases, who) == [three[name] for name in sees]


def test_those_who_work_on_a_case_see_the_name(cases: CasesService, three: dict[str, str]):
    (row,) = cases.get(CM, "/cases")["items"]

    assert row["client"] == {"given_name": "Amina", "family_name": "Beispiel"}
    assert "residence_status" not in row


def test_the_coordinator_sees_codes_and_never_a_name(cases: CasesService, three: dict[str, str]):
    answer = cases.call(CITY, "GET", "/cases")

    assert "client" not in answer.json["items"][0]
    assert "Amina" not in answer.text
    assert "Beispiel" not in answer.text


def test_a_coordinator_who_manages_cases_sees_the_names_of_those_only(cases: CasesService, three: dict[str, str]):
    both = somebody(Role.COORDINATOR, Role.CASE_MANAGER, id=CM, organisation="lindenhof")

    rows = cases.get(both, "/cases")["items"]

    assert {row["id"] for row in rows if row["client"]} == {three["ours"]}
    assert len(rows) == 3
    assert ids(cases, both, "?q=Beispiel") == [three["ours"]]
    assert {(look.reason, look.cases) for look in cases.looks()} == {
        ("assigned", (three["ours"],)),
        ("any", (three["theirs"], three["nobodys"])),
    }


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("?phase=inquiry", ["theirs", "ours", "nobodys"]),
        ("?phase=closed", []),
        ("?organisation=unallocated", ["nobodys"]),
        ("?organisation=bruecke", ["theirs"]),
        ("?case_manager=lindenhof-1", ["ours"]),
        ("?case_manager=me", []),
        ("?topic=work", ["ours"]),
        ("?topic=work&organisation=bruecke", []),
        ("?organisation=lindenhof&phase=inquiry&topic=work&case_manager=lindenhof-1", ["ours"]),
        ("?sort=opened_at", ["nobodys", "ours", "theirs"]),
        ("?sort=-opened_at", ["theirs", "ours", "nobodys"]),
    ],
)
def test_a_list_is_filtered_and_sorted(cases: CasesService, three: dict[str, str], query: str, finds: list[str]):
    assert ids(cases, CITY, query) == [three[name] for name in finds]


def test_a_list_by_change_shows_what_moved_last(cases: CasesService):
    first, second = cases.assigned(), cases.assigned()
    clock.move(NOON + timedelta(hours=1))
    cases.change(CM, first, "POST", "contacts", CONTACT)

    assert ids(cases, CM, "?sort=-changed_at") == [first, second]
    assert ids(cases, CM, "?sort=changed_at") == [second, first]


def test_a_case_manager_asks_for_her_own(cases: CasesService, three: dict[str, str]):
    assert ids(cases, CM, "?case_manager=me") == [three["ours"]]


@pytest.mark.parametrize("query", ["?organisation=bruecke", "?case_manager=bruecke-1", "?organisation=unallocated"])
def test_a_filter_never_reaches_further_than_the_policy(cases: CasesService, three: dict[str, str], query: str):
    assert ids(cases, LEAD, query) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?phase=nirvana", "phase"),
        ("?phase=", "phase"),
        ("?organisation=nirvana", "organisation"),
        ("?case_manager=nobody", "case_manager"),
        ("?case_manager=", "case_manager"),
        ("?topic=nirvana", "topic"),
        ("?sort=name", "sort"),
        ("?limit=0", "limit"),
        ("?limit=201", "limit"),
        ("?limit=ten", "limit"),
        ("?limit=1.5", "limit"),
        ("?limit=" + "9" * 5000, "limit"),
        ("?q=", "q"),
        ("?q=" + "x" * 201, "q"),
        ("?q=%00", "q"),
        ("?q=...", "q"),
        ("?page=2", "page"),
        ("?Phase=inquiry", "Phase"),
    ],
)
def test_what_a_list_does_not_know_is_an_error_and_never_everything(cases: CasesService, query: str, field: str):
    answer = cases.call(LEAD, "GET", f"/cases{query}")

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]


def test_a_parameter_stands_once(cases: CasesService):
    assert cases.call(LEAD, "GET", "/cases?phase=inquiry&phase=closed").status_code == 400


@pytest.mark.parametrize(
    "cursor", ["", "garbage", "bnVsbA==", "W10=", "WyIiXQ==", "\u2603", "MQ==", "x" * 1001, "x" * 5000]
)
def test_a_cursor_that_nobody_gave_is_malformed(cases: CasesService, cursor: str):
    refused = cases.call(LEAD, "GET", f"/cases?cursor={cursor}", Accept_Language="de")

    assert (refused.status_code, refused.json["title"]) == (400, "malformed")
    assert refused.json["detail"].startswith("Dieser Cursor ist keiner von dieser Liste.")


def test_a_cursor_belongs_to_its_list(cases: CasesService):
    for _ in range(3):
        cases.assigned()
    cursor = cases.get(CM, "/cases?limit=1")["next"]

    assert cases.call(CM, "GET", f"/cases?limit=1&sort=opened_at&cursor={cursor}").status_code == 400
    assert cases.call("bruecke-1", "GET", f"/cases?limit=1&cursor={cursor}").status_code == 400


@pytest.mark.parametrize("sort", ["-opened_at", "opened_at", "-changed_at", "changed_at"])
def test_pages_show_every_case_once(cases: CasesService, sort: str):
    every = {cases.assigned() for _ in range(7)}
    seen: list[str] = []
    query = f"?limit=3&sort={sort}"
    while True:
        page = cases.get(CM, f"/cases{query}")
        seen += [case["id"] for case in page["items"]]
        if page["next"] is None:
            break
        query = f"?limit=3&sort={sort}&cursor={page['next']}"

    assert len(seen) == 7
    assert set(seen) == every


PEOPLE = {
    "amina": {"given_name": "Amina", "family_name": "Müller", "date_of_birth": date(2003, 5, 17)},
    "yaroslava": {"given_name": "Ярослава", "family_name": "Чумак", "date_of_birth": date(2004, 1, 1)},
    "mohammed": {"given_name": "محمد", "family_name": "کریمی", "date_of_birth": date(2001, 2, 3)},
}


@pytest.mark.parametrize(
    ("q", "finds"),
    [
        ("Amina", "amina"),
        ("amina MÜLLER", "amina"),
        ("Mueller", "amina"),
        ("Miller", "amina"),
        ("Müler Ammina", "amina"),
        ("Jaroslawa", "yaroslava"),
        ("Чумак Ярослава", "yaroslava"),
        ("محمد", "mohammed"),
        ("2003-05-17", "amina"),
        ("17.05.2003", "amina"),
        ("3.2.2001", "mohammed"),
        ("KIM-0000-0002", "yaroslava"),
        ("kim00000002", "yaroslava"),
    ],
)
def test_a_client_is_found_as_people_write_her(cases: CasesService, q: str, finds: str):
    made = {name: cases.assigned(person=person) for name, person in PEOPLE.items()}

    assert ids(cases, CM, f"?q={q}") == [made[finds]]
    assert ids(cases, LEAD, f"?q={q}&sort=opened_at") == [made[finds]]


@pytest.mark.parametrize("q", ["Amina", "17.05.2003", "KIM-0000-0001"])
def test_nobody_finds_a_client_of_others(cases: CasesService, q: str):
    cases.assigned(person=PEOPLE["amina"])

    assert ids(cases, "lindenhof-2", f"?q={q}") == []
    assert ids(cases, "bruecke-leitung", f"?q={q}") == []


def test_a_search_is_narrowed_by_filters(cases: CasesService):
    case = cases.assigned(person=PEOPLE["amina"])

    assert ids(cases, LEAD, "?q=Amina&phase=inquiry&case_manager=lindenhof-1") == [case]
    assert ids(cases, LEAD, "?q=Amina&phase=clearing") == []


def test_a_search_by_name_is_narrowed_by_a_topic(cases: CasesService):
    work, housing = (
        cases.assigned(person=PEOPLE["amina"], topics=[one]) for one in (ActionField.WORK, ActionField.HOUSING)
    )
    cases.assigned(person=PEOPLE["mohammed"], topics=[ActionField.WORK])

    assert ids(cases, CM, "?q=Amina&topic=work") == [work]
    assert ids(cases, CM, "?q=Amina&topic=housing&phase=inquiry&sort=opened_at") == [housing]
    assert ids(cases, CM, "?q=Amina&topic=debts") == []


@pytest.mark.parametrize("sort", ["changed_at", "-changed_at"])
def test_what_is_found_by_name_is_sorted_by_its_last_change_page_by_page(cases: CasesService, sort: str):
    made = [cases.assigned(person=PEOPLE["amina"]) for _ in range(5)]
    cases.assigned(person=PEOPLE["mohammed"])
    changed = [made[at] for at in (3, 0, 4, 2, 1)]
    for hour, case in enumerate(changed, 1):
        clock.move(NOON + timedelta(hours=hour))
        cases.call(CM, "POST", f"/cases/{case}/contacts", CONTACT)

    wanted, after, read = f"/cases?q=Amina&phase=inquiry&limit=2&sort={sort}", "", []
    for _ in range(3):
        page = cases.get(CM, f"{wanted}{after}")
        read += [[one["id"] for one in page["items"]]]
        after = f"&cursor={page['next']}"

    inorder = changed if sort == "changed_at" else changed[::-1]
    assert read == [inorder[:2], inorder[2:4], inorder[4:]]
    assert page["next"] is None


def test_a_name_that_too_many_have_is_not_sorted_by_last_change(cases: CasesService, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lists, "MOST", 2)
    for _ in range(3):
        cases.assigned(person=PEOPLE["amina"])

    refused = cases.call(CM, "GET", "/cases?q=Amina&sort=changed_at")

    assert (refused.status_code, list(refused.json["errors"])) == (422, ["sort"])
    assert len(ids(cases, CM, "?q=Amina&sort=opened_at")) == 3
    assert len(ids(cases, CM, "?sort=changed_at")) == 3


def test_only_what_a_search_with_a_topic_shows_is_a_look(cases: CasesService):
    work = cases.assigned(person=PEOPLE["amina"], topics=[ActionField.WORK])
    cases.assigned(person=PEOPLE["amina"])
    cases.get(CM, "/cases?q=Amina&topic=work")

    assert [look.cases for look in cases.looks()] == [(work,)]


def test_the_coordinator_does_not_search_by_name_and_trying_is_on_record(cases: CasesService):
    answer = cases.call(CITY, "GET", "/cases?q=Amina")

    assert answer.status_code == 403
    assert [(look.by, look.action, look.reason) for look in cases.looks()] == [(CITY, "cases.list", "refused")]


def test_no_name_lies_in_clear_where_it_is_searched(cases: CasesService):
    cases.assigned(person=PEOPLE["amina"])

    assert "Amina" not in cases.kept()
    assert "2003" not in cases.kept()


def test_a_list_is_a_look_at_each_case_of_its_page(cases: CasesService):
    made = [cases.assigned() for _ in range(3)]
    cases.get(CM, "/cases?limit=2")

    (look,) = cases.looks()
    assert (look.by, look.action, look.reason) == (CM, "cases.list", "assigned")
    assert look.cases == (made[2], made[1])


def test_an_empty_list_is_a_look_at_nothing(cases: CasesService):
    cases.case_in(Phase.CLEARING)

    assert ids(cases, LEAD, "?phase=closed") == []
    assert cases.looks() == []
