"""Breaking the glass: a case that is not hers can be read in an emergency, for a while."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.cases.break_glass import handlers
from services.cases.domain import broken_glass as domain
from services.cases.domain.refusals import CaseIsErased
from shared import clock
from shared.codes import BreakGlassGround, Phase, Role
from shared.municipality import municipality
from shared.references import reference
from tests.break_glass import COLLEAGUE, HOUR, LEAD, OFFICER, STRANGER, breaks, broken, reads
from tests.builders import NOON, a_case
from tests.cases import BREAK_GLASS, CONTACT, CasesService, a_cases_service
from tests.rights import NAME, NOTE, a_file, erase, restrict
from tests.signin import somebody


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


# ---- reading


@pytest.mark.parametrize("who", [COLLEAGUE, STRANGER, "bruecke-leitung"])
def test_a_colleague_of_any_provider_reads_the_file_and_each_look_names_what_she_broke(cases: CasesService, who: str):
    case = a_file(cases)
    assert reads(cases, who, case) == 404

    id = broken(cases, who, case)

    file = cases.get(who, f"/cases/{case}")
    notes = cases.get(who, f"/cases/{case}/contacts")["items"]
    assert (file["client"]["family_name"], notes[0]["note"]) == (NAME["family_name"], NOTE)
    seen = [one for one in cases.get(OFFICER, f"/cases/{case}/accesses")["items"] if one["by"] == who]
    assert [(one["action"], one["reason"]) for one in seen] == [
        ("cases.read", id),
        ("cases.read", id),
        ("cases.read-codes", "refused"),
    ]


def test_her_time_ends_with_the_next_request(cases: CasesService):
    case = cases.assigned()
    until = datetime.fromisoformat(breaks(cases, STRANGER, case).json["until"])
    assert timedelta(0) <= until - (NOON + HOUR) < timedelta(minutes=1)

    clock.move(until - timedelta(minutes=1))
    assert reads(cases, STRANGER, case) == 200
    clock.move(until)
    assert reads(cases, STRANGER, case) == 404
    assert reads(cases, STRANGER, case, "/contacts") == 404
    assert cases.looks()[-1].reason == "refused"


def test_it_opens_one_case_for_her_alone(cases: CasesService):
    one, other = cases.assigned(person=NAME), cases.assigned(person=NAME)

    broken(cases, STRANGER, one)

    assert (reads(cases, STRANGER, other), reads(cases, "bruecke-2", one)) == (404, 404)
    for query in ("", "?q=Quellwasserov"):
        assert cases.get(STRANGER, f"/cases{query}")["items"] == []


@pytest.mark.parametrize("drawn", range(37))
def test_whatever_its_check_symbol_a_reference_leads_to_her(cases: CasesService, drawn: int):
    case = cases.assigned(reference=reference(drawn))

    assert breaks(cases, STRANGER, reference(drawn)).json["case"] == case


def test_the_client_is_found_by_the_reference_that_she_carries(cases: CasesService):
    case = cases.assigned()

    answer = breaks(cases, STRANGER, cases.desk.cases.get(case).reference)

    assert (answer.status_code, answer.json["case"]) == (201, case)
    assert answer.headers["Location"] == f"/cases/{case}/break-glass/{answer.json['id']}"
    assert reads(cases, STRANGER, case) == 200
    assert breaks(cases, STRANGER, "KIM-9999-9999").status_code == 404
    assert breaks(cases, STRANGER, "Quellwasserov").status_code == 404


# ---- who may


@pytest.mark.parametrize("who", ["partner-jobcenter", "partner-auslaenderbehoerde", "koordination", OFFICER])
def test_no_partner_no_office_and_nobody_but_counsellors_ever(cases: CasesService, who: str):
    case = cases.assigned()

    assert breaks(cases, who, case).status_code == 403
    assert (cases.looks()[-1].by, cases.looks()[-1].reason) == (who, "refused")


@pytest.mark.parametrize("organisation", ["auslaenderbehoerde", "jobcenter", "nirvana", None])
def test_an_office_does_not_whatever_its_people_are_called(cases: CasesService, organisation: str | None):
    disguised = somebody(Role.CASE_MANAGER, Role.TEAM_LEAD, organisation=organisation)

    assert {breaks(cases, disguised, case).status_code for case in (cases.assigned(), "case-0")} == {403}


@pytest.mark.parametrize(("across", "status"), [(True, 201), (False, 404)])
def test_whether_it_opens_the_cases_of_other_providers_is_the_municipality_s_to_say(
    cases: CasesService, monkeypatch: pytest.MonkeyPatch, across: bool, status: int
):
    said = municipality().break_glass.model_copy(update={"across_providers": across})
    elsewhere = municipality().model_copy(update={"break_glass": said})
    monkeypatch.setattr(handlers, "municipality", lambda: elsewhere)

    assert breaks(cases, STRANGER, cases.assigned()).status_code == status
    assert breaks(cases, COLLEAGUE, cases.assigned()).status_code == 201


@pytest.mark.parametrize("who", ["lindenhof-1", LEAD])
def test_whoever_may_read_it_breaks_nothing(cases: CasesService, who: str):
    assert breaks(cases, who, cases.assigned()).json["type"].endswith("nothing_to_break")


def test_what_is_open_is_not_opened_twice_and_can_be_opened_anew(cases: CasesService):
    case = cases.assigned()
    broken(cases, STRANGER, case)

    assert breaks(cases, STRANGER, case).status_code == 409
    clock.move(clock.now() + HOUR)
    assert breaks(cases, STRANGER, case).status_code == 201


def test_a_repeat_with_its_key_breaks_it_once(cases: CasesService):
    case = cases.assigned()
    path = f"/cases/{case}/break-glass"

    answers = [cases.call(STRANGER, "POST", path, BREAK_GLASS, Idempotency_Key="k1") for _ in range(2)]

    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert len(cases.get(OFFICER, "/cases/break-glass")["items"]) == 1


@pytest.mark.parametrize("said", [{"reason": None}, {"reason": " "}, {"ground": "curiosity"}])
def test_it_needs_a_ground_and_a_reason(cases: CasesService, said: dict[str, Any]):
    assert breaks(cases, STRANGER, cases.assigned(), **said).status_code == 422


def test_a_closed_case_opens_too_and_one_that_is_restricted(cases: CasesService):
    closed, restricted = cases.case_in(Phase.CLOSED), cases.assigned()
    assert restrict(cases, restricted, restricted=True) == 200

    for case in (closed, restricted):
        broken(cases, STRANGER, case)
        assert reads(cases, STRANGER, case) == 200


def test_of_whom_was_erased_there_is_nothing_to_open(cases: CasesService):
    case = a_file(cases)
    assert erase(cases, case).status_code == 200

    assert breaks(cases, STRANGER, case).json["type"].endswith("case_is_erased")
    with pytest.raises(CaseIsErased):
        domain.break_glass(
            a_case(erased_at=NOON),
            "break-glass-1",
            BreakGlassGround.CLIENT_ASKS,
            works_for="bruecke",
            minutes=60,
            at=NOON,
            by=STRANGER,
        )


def test_under_it_nothing_is_written_and_nobody_else_is_let_in(cases: CasesService):
    case = cases.assigned()
    broken(cases, STRANGER, case)
    version = cases.version(case)

    assert cases.call(STRANGER, "POST", f"/cases/{case}/contacts", CONTACT).status_code == 403
    assert reads(cases, STRANGER, case, "/history") == 403
    assert reads(cases, STRANGER, case, "/duplicates") == 403
    assert cases.version(case) == version
