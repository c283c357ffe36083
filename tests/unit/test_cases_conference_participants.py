"""Others may take part in a planned conference: who joins is released first, who goes sees it no longer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.cases.conferences import domain, handlers
from shared import clock
from tests.builders import NOON
from tests.cases import CONFERENCE, RELEASE, CasesService, a_cases_service
from tests.conferences import AGREED, CM, confer, consented, patch, shown


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


@pytest.fixture
def planned(cases: CasesService) -> tuple[str, str]:
    """A case, and the path of a conference about it that is planned for Thursday."""
    case = consented(cases, "jobcenter")
    return case, confer(cases, case, agreements=[]).headers["Location"]


BRIDGE = {"organisation": "bruecke", "function": "Sprachkurs"}
OURS, JOBCENTER = CONFERENCE["participants"]
WHO = ("client", "jobcenter", "kompass")


def seen_by(cases: CasesService, who: str, case: str) -> Any:
    """The conferences that a partner sees in what is released of the case."""
    answer = cases.call(who, "GET", f"/cases/{case}")
    return answer.json["conferences"] if answer.status_code == 200 else answer.status_code


def test_who_is_released_may_join_and_who_goes_sees_it_no_longer(cases: CasesService):
    case = consented(cases, "jobcenter", "kompass")
    held_by = {"who": "jobcenter", "what": "Prüft die Miete."}
    path = confer(cases, case, agreements=[held_by]).headers["Location"]
    kompass = {"organisation": "kompass", "function": "Beratung"}
    assert [one["status"] for one in seen_by(cases, "partner-jobcenter", case)] == ["planned"]

    joined = patch(cases, path, participants=[kompass, OURS])

    assert (joined.status_code, joined.json["version"]) == (200, 2)
    row = shown(cases, case)
    assert row["participants"] == [kompass, OURS]
    assert row["agreements"] == [{**held_by, "until": None}]
    assert (row["question"], row["held_on"]) == (CONFERENCE["question"], "2026-03-05")
    assert seen_by(cases, "partner-jobcenter", case) == []
    assert "Beratung" not in cases.kept()
    assert patch(cases, path, 1, participants=[OURS]).status_code == 412
    journal = handlers.conferences(cases.desk)
    assert domain.fold(journal.history(row["id"])) == journal.get(row["id"])


def test_a_partner_sees_a_conference_only_with_all_that_it_tells(cases: CasesService):
    case = consented(cases, "jobcenter")
    confer(cases, case)
    (all_of_it,) = [one for one in cases.desk.cases.get(case).consents if one.recipient == "jobcenter"]
    narrow = {**RELEASE, "data_categories": ["plan", "process"]}
    cases.call(CM, "POST", f"/cases/{case}/consents", narrow)
    assert len(seen_by(cases, "partner-jobcenter", case)) == 1

    cases.call(CM, "POST", f"/cases/{case}/consents/{all_of_it.id}/revocation", {})

    assert seen_by(cases, "partner-jobcenter", case) == []


def test_nobody_joins_without_consent_and_release(cases: CasesService, planned: tuple[str, str]):
    case, path = planned

    refused = patch(cases, path, participants=[OURS, JOBCENTER, BRIDGE])

    missing = ["secrecy_release:bruecke:identity", "secrecy_release:bruecke:plan"]
    assert (refused.status_code, refused.json["unmet"]) == (409, missing)
    assert shown(cases, case)["participants"] == CONFERENCE["participants"]
    (processing,) = [one for one in cases.desk.cases.get(case).consents if one.recipient is None]
    cases.call(CM, "POST", f"/cases/{case}/consents/{processing.id}/revocation", {})
    assert patch(cases, path, participants=[OURS, JOBCENTER, BRIDGE]).json["unmet"] == ["consent_processing", *missing]


def test_whoever_is_not_released_any_more_can_leave_and_others_too(cases: CasesService):
    case = consented(cases, "jobcenter", "bruecke")
    path = confer(cases, case, participants=[OURS, JOBCENTER, BRIDGE], agreements=[]).headers["Location"]
    (found,) = [one for one in cases.desk.cases.get(case).consents if one.recipient == "jobcenter"]
    cases.call(CM, "POST", f"/cases/{case}/consents/{found.id}/revocation", {})

    assert patch(cases, path, participants=[OURS, JOBCENTER]).status_code == 200
    assert patch(cases, path, 2, participants=[OURS, JOBCENTER], held_on="2026-03-06").status_code == 409
    assert patch(cases, path, 2, participants=[OURS], held_on="2026-03-06").status_code == 200


def test_who_took_part_stays_once_it_was_held_or_cancelled(cases: CasesService, planned: tuple[str, str]):
    case, path = planned
    clock.move(NOON + timedelta(days=4))
    assert patch(cases, path, participants=[OURS], status="held", agreements=AGREED).status_code == 200

    assert patch(cases, path, 2, participants=[OURS, JOBCENTER]).json["title"] == "conference_is_over"

    assert shown(cases, case)["participants"] == [OURS]
    assert shown(cases, case)["agreements"] == AGREED


def test_who_joins_agrees_to_something_and_who_goes_does_not(cases: CasesService):
    case = consented(cases, "jobcenter", "bruecke")
    path = confer(cases, case, agreements=[]).headers["Location"]
    said = {"participants": [OURS, BRIDGE], "agreements": [{"who": "bruecke", "what": "Hält einen Platz frei."}]}

    gone = {"agreements": [{"who": "jobcenter", "what": "x"}]}
    assert list(patch(cases, path, **{**said, **gone}).json["errors"]) == ["agreements"]
    assert patch(cases, path, **said).status_code == 200


def test_who_takes_part_reads_what_was_asked_and_agreed_on_and_of_others_nothing(cases: CasesService):
    case = consented(cases, "jobcenter", "kompass")
    kompass = {"organisation": "kompass", "function": "Beratung"}
    agreed = [{"who": who, "what": f"Das macht {number}.", "until": None} for number, who in enumerate(WHO)]
    confer(cases, case, participants=[OURS, JOBCENTER, kompass], agreements=agreed)

    (row,) = cases.get("partner-jobcenter", f"/cases/{case}/conferences")["items"]

    assert row == {
        "id": row["id"],
        "held_on": "2026-03-05",
        "status": "planned",
        "question": CONFERENCE["question"],
        "agreements": [{**one, "who": who} for one, who in zip(agreed, ["client", "jobcenter", None], strict=True)],
    }
    look = cases.get("lindenhof-leitung", f"/cases/{case}/accesses")["items"][1]
    assert (look["by"], look["action"]) == ("partner-jobcenter", "cases.conferences-read")
    assert look["reason"].startswith("consent-")


def test_it_is_over_with_the_release_and_nobody_else_reads_it(cases: CasesService):
    case = consented(cases, "jobcenter", "auslaenderbehoerde")
    confer(cases, case)
    path, (consent,) = f"/cases/{case}/conferences", released(cases, case, "jobcenter")

    assert cases.get("partner-auslaenderbehoerde", path)["items"] == []
    assert cases.call("bruecke-leitung", "GET", path).status_code == 404
    assert cases.call("koordination", "GET", path).status_code == 403
    cases.call(CM, "POST", f"/cases/{case}/consents/{consent}/revocation", {})
    assert cases.call("partner-jobcenter", "GET", path).status_code == 404


def released(cases: CasesService, case: str, organisation: str) -> list[str]:
    return [one.id for one in cases.desk.cases.get(case).consents if one.recipient == organisation]
