"""Breaking the glass: a case that is not hers can be read in an emergency, for a while, and others know at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.cases.break_glass import handlers
from services.cases.domain import broken_glass as domain
from services.cases.domain.refusals import CaseIsErased
from services.cases.opened import broken_glass
from shared import clock
from shared.codes import BreakGlassGround, Phase, Role
from shared.events import BrokenGlassEscalated, GlassBroken
from shared.municipality import municipality
from shared.store import Query
from tests.builders import NOON, a_case
from tests.cases import BREAK_GLASS, CONTACT, CasesService, a_cases_service
from tests.rights import NAME, NOTE, a_file, erase, restrict
from tests.signin import somebody

COLLEAGUE, STRANGER, OFFICER, LEAD = "lindenhof-2", "bruecke-1", "datenschutz", "lindenhof-leitung"
HOUR, WEEK = timedelta(minutes=60), timedelta(days=7)


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def breaks(cases: CasesService, who: Any, case: str, **said: Any) -> Any:
    return cases.call(who, "POST", f"/cases/{case}/break-glass", {**BREAK_GLASS, **said})


def broken(cases: CasesService, who: Any, case: str) -> str:
    """The id of a glass that she broke."""
    answer = breaks(cases, who, case)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def reads(cases: CasesService, who: Any, case: str, path: str = "") -> int:
    return cases.call(who, "GET", f"/cases/{case}{path}").status_code


def review(cases: CasesService, who: Any, case: str, id: str, version: int = 1, **said: Any) -> Any:
    path = f"/cases/{case}/break-glass/{id}/review"
    return cases.call(who, "POST", path, {"result": "justified", **said}, If_Match=f'"{version}"')


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


# ---- what is kept of it


def test_the_reason_is_sealed_and_the_event_says_codes(cases: CasesService):
    case = cases.assigned()
    broken(cases, STRANGER, case)

    states = str([one.body for one in cases.store.query(Query("break_glass", limit=10)).items])
    assert not [text for text in (cases.kept(), states) if "Fenster" in text]
    (event,) = [one for one in cases.bus.published if isinstance(one, GlassBroken)]
    said = event.model_dump(include={"case", "by", "ground", "organisation"})
    assert said == {
        "case": case,
        "by": STRANGER,
        "ground": BreakGlassGround.DANGER_TO_CLIENT,
        "organisation": "bruecke",
    }
    assert event.until - event.at == HOUR


def test_the_case_manager_sees_it_in_the_history_and_her_version_stays_hers(cases: CasesService):
    case = cases.assigned()
    version = cases.version(case)
    id = broken(cases, STRANGER, case)

    last = cases.get("lindenhof-1", f"/cases/{case}/history")["items"][-1]

    assert (last["subject"], last["type"], last["by"]) == (id, GlassBroken.type, STRANGER)
    assert "Fenster" not in str(last)
    assert cases.version(case) == version


def test_the_client_is_told_of_it_when_she_asks_and_not_who_it_was(cases: CasesService):
    case = cases.assigned()
    broken(cases, STRANGER, case)

    (one,) = cases.get(OFFICER, f"/cases/{case}/subject-access")["beside"]["break_glass"]

    assert (one["ground"], one["reason"], one["broken_by"]) == (
        "danger_to_client",
        BREAK_GLASS["reason"],
        "case_manager",
    )
    printed = cases.call(OFFICER, "GET", f"/cases/{case}/subject-access?format=html").text
    assert "in einem Notfall" in printed
    assert STRANGER not in printed


# ---- review


def test_who_watches_reads_the_reason_and_reviews_it_once(cases: CasesService):
    case = cases.assigned()
    id = broken(cases, STRANGER, case)
    (waits,) = cases.get(OFFICER, "/cases/break-glass")["items"]
    assert (waits["id"], waits["case"], waits["broken_by"], "reason" in waits) == (id, case, STRANGER, False)
    assert cases.get(LEAD, "/cases/break-glass")["items"] == [waits]

    answer = review(cases, LEAD, case, id, result="unjustified", note="Es war Zeit, zu fragen.")

    assert (answer.status_code, answer.json["result"], answer.json["reviewed_by"]) == (200, "unjustified", LEAD)
    (one,) = cases.get(OFFICER, f"/cases/{case}/break-glass")["items"]
    assert (one["reason"], one["note"]) == (BREAK_GLASS["reason"], "Es war Zeit, zu fragen.")
    assert "Es war Zeit" not in cases.kept()
    assert cases.get(OFFICER, "/cases/break-glass")["items"] == []
    assert review(cases, OFFICER, case, id, 2).json["type"].endswith("already_reviewed")
    journal = broken_glass(cases.desk)
    assert domain.fold(journal.history(id)) == journal.get(id)


def test_a_review_needs_the_version_that_was_seen(cases: CasesService):
    case = cases.assigned()
    id = broken(cases, STRANGER, case)

    path = f"/cases/{case}/break-glass/{id}/review"
    assert cases.call(OFFICER, "POST", path, {"result": "justified"}).status_code == 428
    assert review(cases, OFFICER, case, id, 7).status_code == 412
    assert review(cases, OFFICER, cases.assigned(), id).status_code == 404


def test_nobody_reviews_her_own(cases: CasesService):
    both = somebody(Role.CASE_MANAGER, Role.PRIVACY_OFFICER, id="both", organisation="bruecke")
    case = cases.assigned()
    id = broken(cases, both, case)

    assert review(cases, both, case, id).status_code == 403
    assert cases.looks()[-1].reason == "refused"
    assert review(cases, OFFICER, case, id).status_code == 200


@pytest.mark.parametrize("who", ["lindenhof-1", STRANGER, "bruecke-leitung", "koordination", "partner-jobcenter"])
def test_nobody_else_watches(cases: CasesService, who: str):
    case = cases.assigned()
    id = broken(cases, STRANGER, case)

    assert review(cases, who, case, id).status_code in {403, 404}
    assert cases.call(who, "GET", f"/cases/{case}/break-glass").status_code in {403, 404}
    listed = cases.call(who, "GET", "/cases/break-glass")
    assert listed.status_code == 403 or listed.json["items"] == []


def test_a_team_lead_is_not_told_of_a_case_that_went_away(cases: CasesService):
    case = cases.inquiry()
    cases.change("koordination", case, "POST", "allocation", {"organisation": "lindenhof"})
    broken(cases, STRANGER, case)
    cases.change("koordination", case, "POST", "allocation", {"organisation": "kompass"})

    assert cases.get(LEAD, "/cases/break-glass")["items"] == []
    assert len(cases.get(OFFICER, "/cases/break-glass")["items"]) == 1


def test_it_is_reviewed_even_when_the_case_is_restricted(cases: CasesService):
    case = cases.assigned()
    id = broken(cases, STRANGER, case)
    restrict(cases, case, restricted=True)

    assert review(cases, OFFICER, case, id, note="In Ordnung.").status_code == 200


def test_what_nobody_reviews_in_time_is_told_once_more(cases: CasesService):
    case = cases.assigned()
    ids = [broken(cases, who, case) for who in (STRANGER, COLLEAGUE)]
    review(cases, OFFICER, case, ids[1])

    def night(at: Any) -> int:
        return handlers.escalate_overdue(desk=cases.desk, pack=municipality(), at=at, by="night")["unreviewed"]

    assert [night(NOON + WEEK - HOUR), night(NOON + WEEK + HOUR), night(NOON + 2 * WEEK)] == [0, 1, 0]
    assert [one.subject for one in cases.bus.published if isinstance(one, BrokenGlassEscalated)] == [ids[0]]
    (one,) = cases.get(OFFICER, "/cases/break-glass")["items"]
    assert (one["id"], one["escalated"], one["version"]) == (ids[0], True, 2)
    assert review(cases, OFFICER, case, ids[0], 2).status_code == 200
    journal = broken_glass(cases.desk)
    assert domain.fold(journal.history(ids[0])) == journal.get(ids[0])


def test_under_it_nothing_is_written_and_nobody_else_is_let_in(cases: CasesService):
    case = cases.assigned()
    broken(cases, STRANGER, case)
    version = cases.version(case)

    assert cases.call(STRANGER, "POST", f"/cases/{case}/contacts", CONTACT).status_code == 404
    assert reads(cases, STRANGER, case, "/history") == 404
    assert reads(cases, STRANGER, case, "/duplicates") == 404
    assert cases.version(case) == version
