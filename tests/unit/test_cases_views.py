"""What staff see of a case, and that it is on record before they see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shared import clock
from shared.codes import Phase
from shared.errors import Busy
from shared.looks import Looks
from shared.store.lines import broken_link, entries
from tests.cases import APPOINTMENT, CLOSURE, CONSENT, CONTACT, GOAL, CasesService, a_cases_service

CM, LEAD, CITY, PRIVACY = "lindenhof-1", "lindenhof-leitung", "koordination", "datenschutz"
NOTE = "Sie schläft seit Wochen bei wechselnden Bekannten."


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def test_the_file_shows_the_client_and_what_was_written(cases: CasesService):
    case = cases.case_in(Phase.LINKING, person={"message": "Ich brauche eine Wohnung."})

    file = cases.get(CM, f"/cases/{case}")

    assert file["client"]["phone"] == "+4917139200001"
    assert file["client"]["message"] == "Ich brauche eine Wohnung."
    assert file["goals"][0]["title"] == "Eigene Wohnung"
    assert file["assessments"][0]["situation"] == "Wohnt bei Bekannten."
    assert file["assessments"][0]["resources"] is None
    assert file["consents"][0]["type"] == "processing"


def test_the_coordinator_reads_codes_only(cases: CasesService):
    case = cases.case_in(Phase.LINKING)

    codes = cases.get(CITY, f"/cases/{case}")

    assert codes["phase"] == "linking"
    assert codes["residence_group"] == "toleration"
    assert not {"client", "goals", "assessments", "consents", "residence_status", "city_quarter"} & codes.keys()
    assert cases.looks()[-1].action == "cases.read-codes"


def test_a_note_is_read_by_those_who_work_on_the_case(cases: CasesService):
    case = cases.assigned()
    cases.change(CM, case, "POST", "contacts", {**CONTACT, "note": NOTE})
    cases.change(CM, case, "POST", "contacts", {**CONTACT, "channel": "meeting"})

    newest, oldest = cases.get(LEAD, f"/cases/{case}/contacts")["items"]

    assert (newest["id"], newest["channel"], newest["note"]) == ("contact-5", "meeting", None)
    assert (oldest["id"], oldest["by"], oldest["minutes"], oldest["note"]) == ("contact-4", CM, 20, NOTE)


def test_nothing_of_a_note_lies_in_clear(cases: CasesService):
    case = cases.assigned()
    cases.change(CM, case, "POST", "contacts", {**CONTACT, "note": NOTE})
    cases.call(CM, "POST", f"/cases/{case}/contacts", {**CONTACT, "note": NOTE}, Idempotency_Key="k1")

    kept = cases.kept()

    assert not [word for word in NOTE.split() if len(word) > 3 and word in kept]


def test_contacts_come_page_by_page(cases: CasesService):
    case = cases.assigned()
    for _ in range(5):
        cases.change(CM, case, "POST", "contacts", {**CONTACT, "note": NOTE})

    first = cases.get(CM, f"/cases/{case}/contacts?limit=3")
    rest = cases.get(CM, f"/cases/{case}/contacts?limit=3&cursor={first['next']}")

    assert [contact["id"] for contact in first["items"] + rest["items"]] == [f"contact-{n}" for n in range(8, 3, -1)]
    assert rest["next"] is None


def test_the_history_says_what_happened_in_codes(cases: CasesService):
    case = cases.assigned()

    happened = cases.get(PRIVACY, f"/cases/{case}/history")["items"]

    assert [one["type"] for one in happened] == [
        "cases.case-opened.v1",
        "cases.case-allocated.v1",
        "cases.case-assigned.v1",
    ]
    assert [one["by"] for one in happened] == [f"submission-{case[5:]}.1", CITY, LEAD]
    assert happened[1]["said"] == {"organisation": "lindenhof", "offered_to": None, "taken_from": None}
    assert not {"person", "facts"} & happened[0]["said"].keys()


def test_the_history_says_in_words_what_was_said_to_those_who_may_read_the_case(cases: CasesService):
    case = cases.assigned()
    cases.change(CM, case, "POST", "phase", {"to": "clearing", "reason": "Sie hat angerufen."})
    cases.change(CM, case, "POST", "clearing", {"result": "accepted", "reason": "Mehrere Stellen."})
    cases.call(CM, "POST", f"/cases/{case}/appointments", {**APPOINTMENT, "purpose": "Zweckmarke"})
    consent = cases.change(CM, case, "POST", "consents", CONSENT)["id"]
    cases.change(CM, case, "POST", f"consents/{consent}/revocation", {"reason": "Sie will nicht mehr."})
    cases.change(CM, case, "POST", "closure", {**CLOSURE, "note": "Sie meldet sich wieder."})
    cases.change(CM, case, "POST", "reopening", {"reason": "Sie kam wieder."})

    def words(who: str) -> list[dict[str, str]]:
        return [one["words"] for one in cases.get(who, f"/cases/{case}/history")["items"] if one.get("words")]

    said = [
        {"reason": "Sie hat angerufen."},
        {"reason": "Mehrere Stellen."},
        {"reason": "Sie will nicht mehr."},
        {"note": "Sie meldet sich wieder."},
        {"reason": "Sie kam wieder."},
    ]
    assert words(CM) == words(LEAD) == said
    assert words(PRIVACY) == []
    assert (cases.looks()[-1].by, cases.looks()[-1].action) == (PRIVACY, "cases.history")
    assert {one.by for one in cases.looks() if one.action == "cases.history"} == {CM, LEAD, PRIVACY}


def test_accesses_say_who_looked_when_and_why_newest_first(cases: CasesService):
    case = cases.assigned()
    cases.get(CM, f"/cases/{case}")
    cases.get(CITY, "/cases")
    cases.call("bruecke-1", "GET", f"/cases/{case}")
    cases.call("partner-jobcenter", "GET", f"/cases/{case}/contacts")

    seen = cases.get(PRIVACY, f"/cases/{case}/accesses")["items"]

    assert [(one["by"], one["action"], one["reason"]) for one in seen] == [
        (PRIVACY, "cases.accesses", "any"),
        ("partner-jobcenter", "cases.read", "refused"),
        ("bruecke-1", "cases.read-codes", "refused"),
        (CITY, "cases.list", "any"),
        (CM, "cases.read", "assigned"),
    ]
    assert all(one["at"] for one in seen)


def test_accesses_of_one_case_come_page_by_page(cases: CasesService):
    case, other = cases.assigned(), cases.assigned()
    for _ in range(4):
        cases.get(CM, f"/cases/{case}")
        cases.get(CM, f"/cases/{other}")

    first = cases.get(LEAD, f"/cases/{case}/accesses?limit=3")
    rest = cases.get(LEAD, f"/cases/{case}/accesses?limit=200&cursor={first['next']}")

    seen = [one["by"] for one in first["items"] + rest["items"]]
    assert seen == [LEAD, CM, CM, CM, CM]


READS = ["", "/contacts", "/history", "/accesses"]


@pytest.mark.parametrize("path", READS)
def test_a_look_is_on_record_with_its_reason(cases: CasesService, path: str):
    case = cases.assigned()

    cases.get(LEAD, f"/cases/{case}{path}")

    (look,) = cases.looks()
    assert (look.by, look.cases, look.reason) == (LEAD, (case,), "organisation")


@pytest.mark.parametrize("path", [*READS, None])
def test_nothing_is_shown_that_cannot_be_put_on_record(cases: CasesService, path: str | None, monkeypatch: Any):
    case = cases.case_in(Phase.LINKING)

    def too_busy(*_: object, **__: object) -> None:
        raise Busy()

    monkeypatch.setattr(Looks, "record", too_busy)
    answer = cases.call(LEAD, "GET", "/cases" if path is None else f"/cases/{case}{path}")

    assert (answer.status_code, answer.json["title"]) == (503, "busy")
    assert answer.headers["Retry-After"] == "2"
    assert case not in answer.text


def test_a_look_is_on_record_before_anything_is_fetched_to_be_shown(cases: CasesService, monkeypatch: Any):
    case = cases.case_in(Phase.LINKING)
    order: list[str] = []
    record, find, words = cases.desk.looks.record, cases.desk.people.find, type(cases.desk).words
    monkeypatch.setattr(cases.desk.looks, "record", lambda *a, **k: (order.append("recorded"), record(*a, **k))[1])
    monkeypatch.setattr(cases.desk.people, "find", lambda *a: (order.append("client"), find(*a))[1])
    monkeypatch.setattr(type(cases.desk), "words", lambda *a: (order.append("words"), words(*a))[1])

    cases.get(CM, f"/cases/{case}")

    assert order[0] == "recorded"
    assert set(order) == {"recorded", "client", "words"}


def test_looks_form_one_chain(cases: CasesService):
    case = cases.assigned()
    for _ in range(5):
        cases.get(CM, f"/cases/{case}")

    (subject,) = {look.subject for look in cases.looks()}
    assert broken_link(entries(cases.store, f"looks/{subject}")) is None
    assert [look.version for look in cases.looks()] == [1, 2, 3, 4, 5]


def test_after_a_commit_whose_answer_was_lost_looks_go_on_in_a_new_chain(cases: CasesService, monkeypatch: Any):
    case = cases.assigned()
    commit = cases.store.commit

    def lost(writes: Any, **given: Any) -> None:
        commit(writes, **given)
        raise Busy()

    with monkeypatch.context() as patch:
        patch.setattr(cases.store, "commit", lost)
        assert cases.call(CM, "GET", f"/cases/{case}").status_code == 503
    assert cases.call(CM, "GET", f"/cases/{case}").status_code == 200

    looks = cases.looks()
    assert len(looks) == 2
    assert {look.version for look in looks} == {1}


def test_of_an_erased_client_the_codes_stay(cases: CasesService):
    case = cases.case_in(Phase.LINKING)
    cases.change(CM, case, "POST", "contacts", {**CONTACT, "note": NOTE})
    cases.desk.people.erase(cases.desk.cases.get(case).person, at=clock.now())

    file = cases.get(CM, f"/cases/{case}")

    assert (file["client"], file["goals"][0]["title"], file["assessments"][0]["situation"]) == (None, None, None)
    assert (file["phase"], file["goals"][0]["action_field"]) == ("linking", "housing")
    assert cases.get(CM, "/cases")["items"][0]["client"] is None
    assert cases.get(CM, f"/cases/{case}/contacts")["items"][0]["note"] is None


def test_nothing_is_written_about_an_erased_client(cases: CasesService):
    case = cases.case_in(Phase.LINKING)
    cases.desk.people.erase(cases.desk.cases.get(case).person, at=clock.now())

    for path, body in (("contacts", {**CONTACT, "note": NOTE}), ("goals", GOAL)):
        answer = cases.call(CM, "POST", f"/cases/{case}/{path}", body)
        assert (answer.status_code, answer.json["title"]) == (409, "person_erased")
    assert cases.call(CM, "POST", f"/cases/{case}/contacts", CONTACT).status_code == 201
    assert cases.version(case) == 13
