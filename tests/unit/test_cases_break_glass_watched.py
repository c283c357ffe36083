"""Who is told that the glass was broken, who reads why, and who reviews it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from services.cases.break_glass import overdue
from services.cases.domain import broken_glass as domain
from services.cases.opened import broken_glass
from shared.codes import BreakGlassGround, Role
from shared.events import BrokenGlassEscalated, GlassBroken
from shared.municipality import municipality
from shared.store import Query
from tests.break_glass import COLLEAGUE, HOUR, LEAD, OFFICER, STRANGER, WEEK, broken, review
from tests.builders import NOON
from tests.cases import BREAK_GLASS, CasesService, a_cases_service
from tests.rights import restrict
from tests.signin import somebody


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


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
        return overdue.escalate(desk=cases.desk, pack=municipality(), at=at, by="night")["unreviewed"]

    assert [night(NOON + WEEK - HOUR), night(NOON + WEEK + HOUR), night(NOON + 2 * WEEK)] == [0, 1, 0]
    assert [one.subject for one in cases.bus.published if isinstance(one, BrokenGlassEscalated)] == [ids[0]]
    (one,) = cases.get(OFFICER, "/cases/break-glass")["items"]
    assert (one["id"], one["escalated"], one["version"]) == (ids[0], True, 2)
    assert review(cases, OFFICER, case, ids[0], 2).status_code == 200
    journal = broken_glass(cases.desk)
    assert domain.fold(journal.history(ids[0])) == journal.get(ids[0])
