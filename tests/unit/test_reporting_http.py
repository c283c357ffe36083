"""Who may see which numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from services.reporting.domain.measures import Dimension
from shared import clock
from shared.codes import Channel, ContactChannel, MessageStatus, Role
from shared.events import ContactRecorded, GoalChanged, GoalSet, MessageSent, ReferralChanged, ReferralMade
from tests import signin
from tests.reporting import (
    ID,
    NOVEMBER,
    OCTOBER,
    OCTOBER_REPORT,
    ReportingService,
    a_case_event,
    a_closing,
    a_reporting_service,
    noon,
)


@pytest.fixture
def reporting() -> Iterator[ReportingService]:
    with a_reporting_service() as service:
        yield service


@pytest.fixture
def written(reporting: ReportingService) -> ReportingService:
    reporting.write_october()
    return reporting


def cells(body: Any, measure: str, by: str) -> dict[str | None, int | None]:
    (found,) = (one for one in body["measures"] if one["measure"] == measure)
    (table,) = (one for one in found["tables"] if one["by"] == by)
    return {cell["code"]: cell["count"] for cell in table["cells"]}


def total(body: Any, measure: str) -> Any:
    return next(one["total"] for one in body["measures"] if one["measure"] == measure)


def test_a_report_counts_and_hides_small_numbers(written: ReportingService):
    body = written.get("koordination", f"reports/{ID}").json

    assert total(body, "new") == {"count": 12, "persons": 12, "suppressed": False}
    assert cells(body, "new", "district") == {"1": 6, "4": None, "5": None, **dict.fromkeys("236789", 0)}
    assert cells(body, "new", "phase")["assessment"] == 12
    assert (body["from"], body["to"], body["preliminary"], body["threshold"]) == ("2026-10-01", "2026-10-31", False, 3)


def test_the_public_is_shown_less_of_the_same_report(written: ReportingService):
    body = written.get("koordination", f"reports/{ID}?audience=public").json

    assert body["threshold"] == 5
    assert cells(body, "new", "district")["1"] == 6
    assert cells(body, "new", "district")["4"] is None


def test_small_numbers_are_kept_where_nobody_is_served_from(written: ReportingService):
    kept = written.store.get(f"reports/{ID}")
    assert kept is not None

    answers = [written.get("koordination", f"reports/{ID}{form}").text for form in ("", ".csv", ".html")]

    assert '"count": 2,' in re.sub(r"\s+", " ", str(kept).replace("'", '"'))
    assert not any(re.search(r'"count":\s*[12]\b|;[12];[12]\r|>[12]</td>', answer) for answer in answers)


def test_a_report_written_again_keeps_its_former_totals(written: ReportingService):
    clock.move(noon(date(2026, 11, 25)))
    written.open_cases(3, city_district=1)
    written.post("koordination", OCTOBER_REPORT)
    body = written.get("koordination", f"reports/{ID}").json

    assert body["version"] == 2
    assert total(body, "new")["count"] == 15
    assert [(one["version"], total(one, "new")["count"]) for one in body["earlier"]] == [(1, 12)]


def test_a_report_written_again_without_news_stays_as_it_is(written: ReportingService):
    written.post("koordination", OCTOBER_REPORT)

    assert written.get("koordination", f"reports/{ID}").json["version"] == 1
    assert len(written.bus.published) == 1


def test_a_report_of_a_running_month_is_preliminary(reporting: ReportingService):
    reporting.post("koordination", {**OCTOBER_REPORT, "period": "2026-11"})

    assert reporting.get("koordination", "reports").json["items"][0]["preliminary"] is True


def test_the_same_key_has_a_report_written_once_and_refuses_another(reporting: ReportingService):
    first = reporting.post("koordination", OCTOBER_REPORT, Idempotency_Key="k1")
    again = reporting.post("koordination", OCTOBER_REPORT, Idempotency_Key="k1")
    other = reporting.post("koordination", {**OCTOBER_REPORT, "period": "2026-09"}, Idempotency_Key="k1")

    assert first.json == again.json == {"id": ID, **OCTOBER_REPORT}
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "weekly", "period": "2026-10"}, "kind"),
        ({"kind": "monthly_steering", "period": "2026-Q3"}, "period"),
        ({"kind": "monthly_steering", "period": "2027-01"}, "period"),
        ({"kind": "monthly_steering"}, "period"),
        ({**OCTOBER_REPORT, "organisation": "jobcenter"}, "organisation"),
        ({**OCTOBER_REPORT, "quarter": 101}, "quarter"),
    ],
)
def test_a_report_that_cannot_be_is_refused_by_field(reporting: ReportingService, body: Any, field: str):
    answer = reporting.post("koordination", body)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]


@pytest.mark.parametrize(("kind", "period"), [("quarterly_steering", "2026-Q4"), ("annual_funding", "2026")])
def test_quarters_and_years_are_reported_too(written: ReportingService, kind: str, period: str):
    report = written.post("koordination", {"kind": kind, "period": period}).json["id"]
    body = written.get("koordination", f"reports/{report}").json

    assert total(body, "new")["count"] == 12
    assert cells(body, "new", "organisation") == {"lindenhof": 6, "bruecke": 6, "kompass": 0}


@pytest.mark.parametrize("path", ["", "reports", f"reports/{ID}", f"reports/{ID}.csv", "indicators"])
@pytest.mark.parametrize("who", ["lindenhof-1", "partner-jobcenter", "datenschutz"])
def test_only_coordinators_and_team_leads_see_numbers(reporting: ReportingService, who: str, path: str):
    assert reporting.get(who, path).status_code == 403


def test_a_team_lead_sees_the_reports_of_her_organisation_only(written: ReportingService):
    own = written.post("lindenhof-leitung", OCTOBER_REPORT).json["id"]

    assert own == f"{ID}-lindenhof"
    assert [one["id"] for one in written.get("lindenhof-leitung", "reports").json["items"]] == [own]
    assert total(written.get("lindenhof-leitung", f"reports/{own}").json, "new")["count"] == 6
    for other in (ID, f"{ID}-bruecke"):
        for form in ("", ".csv", ".xlsx", ".html"):
            assert written.get("lindenhof-leitung", f"reports/{other}{form}").status_code == 404
    assert written.get("bruecke-leitung", f"reports/{own}").status_code == 404


def test_a_team_lead_has_no_report_written_about_others(written: ReportingService):
    assert written.post("lindenhof-leitung", {**OCTOBER_REPORT, "organisation": "bruecke"}).status_code == 403
    assert written.get("lindenhof-leitung", "indicators?organisation=bruecke").status_code == 403


def test_a_team_lead_of_nobody_sees_nothing(written: ReportingService):
    lost = signin.somebody(Role.TEAM_LEAD)

    assert {written.get(lost, path).status_code for path in ("", "reports", "indicators")} == {403}
    assert written.get(lost, f"reports/{ID}").status_code == 404


def test_a_team_leads_indicators_are_her_organisations(written: ReportingService):
    query = "indicators?from=2026-10-01&to=2026-10-31&by=organisation"
    body = written.get("lindenhof-leitung", query).json

    assert body["organisation"] == "lindenhof"
    assert cells(body, "new", "organisation") == {"lindenhof": 6, "bruecke": 0, "kompass": 0}
    assert "messages" not in {one["measure"] for one in body["measures"]}


def test_indicators_are_of_this_month_where_nothing_else_is_asked(written: ReportingService):
    body = written.get("koordination", "indicators").json

    assert (body["from"], body["to"], body["by"]) == ("2026-11-01", "2026-11-20", None)
    assert (total(body, "new")["count"], total(body, "active")["count"]) == (0, 12)


@pytest.mark.parametrize("by", Dimension)
def test_indicators_can_be_asked_by_every_dimension(written: ReportingService, by: Dimension):
    body = written.get("koordination", f"indicators?from=2026-10-01&to=2026-10-31&by={by}").json

    assert {table["by"] for one in body["measures"] for table in one["tables"]} == {by.value}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("by=quarter", "by"),
        ("by=city_district", "by"),
        ("from=yesterday", "from"),
        ("from=2026-10-02&to=2026-10-31", "from"),
        ("from=2026-10-01&to=2026-10-15", "from"),
        ("audience=everybody", "audience"),
        ("organisation=nobody", "organisation"),
        ("district=1", "district"),
    ],
)
def test_an_unknown_filter_is_an_error_and_not_everything(reporting: ReportingService, query: str, field: str):
    answer = reporting.get("koordination", f"indicators?{query}")

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]


def test_the_first_page_is_of_this_month_and_says_so_to_whoever_asks_for_another(reporting: ReportingService):
    answer = reporting.get("koordination", "?from=2026-01-01&to=2026-01-31")

    assert (answer.status_code, set(answer.json["errors"])) == (422, {"from", "to"})


def test_every_measure_is_counted(reporting: ReportingService):
    cases = reporting.open_cases(3, on=OCTOBER)
    for case in cases:
        contact = {"contact": "contact-2", "channel": ContactChannel.PHONE, "minutes": 20}
        goal = {"goal": "goal-3", "agreed": True}
        reporting.hear(
            a_case_event(ContactRecorded, case=case, version=2, **contact),
            a_case_event(GoalSet, case=case, version=3, action_field="work", **goal),
            a_case_event(GoalChanged, case=case, version=4, outcome="achieved", **goal),
            a_closing(case=case, version=5, on=date(2026, 10, 25), opened_on=OCTOBER),
            a_message(case),
        )
        refer(reporting, case, "accepted")
    body = reporting.get("koordination", "indicators?from=2026-10-01&to=2026-10-31").json
    counts = {one["measure"]: one["total"].get("count", one["total"].get("median")) for one in body["measures"]}

    assert counts == {
        "new": 3,
        "active": 0,
        "closed": 3,
        "active_in_period": 3,
        "short_consultations": 0,
        "signposted": 0,
        "duration": 10.0,
        "contacts": 3,
        "contact_minutes": 60,
        "goals_set": 3,
        "goals_reached": 3,
        "referrals": 3,
        "referrals_answered": 3,
        "waiting": 6.0,
        "conferences": 0,
        "first_appointments": 0,
        "to_first_appointment": None,
        "findings": 0,
        "messages": 3,
    }


def test_referrals_by_status_are_hidden_where_few_persons_are_behind_them(reporting: ReportingService):
    for number, case in enumerate(reporting.open_cases(12, on=OCTOBER)):
        refer(reporting, case, "accepted" if number < 2 else "declined" if number < 7 else "finished")

    body = reporting.get("koordination", "indicators?from=2026-10-01&to=2026-10-31&by=referral_status").json
    public = reporting.get("koordination", "indicators?from=2026-10-01&to=2026-10-31&audience=public").json

    found = cells(body, "referrals", "referral_status")
    assert [name for name, number in found.items() if number is None] == ["accepted", "declined"]
    assert (found["finished"], found["proposed"]) == (5, 0)
    assert total(body, "referrals")["count"] == 12
    assert total(public, "referrals_answered")["count"] == 7
    assert total(body, "waiting")["median"] == 6


def refer(reporting: ReportingService, case: str, status: str) -> None:
    """A referral that was sent, and stands so six days later."""
    about = {"case": case, "subject": f"referral-{case}", "recipient": "jobcenter", "answer_by": "2026-11-01"}
    reporting.hear(
        a_case_event(ReferralMade, **about, status="sent"),
        a_case_event(ReferralChanged, **about, version=2, status=status, on=OCTOBER + timedelta(days=6)),
    )


def a_message(case: str) -> MessageSent:
    return MessageSent(
        subject=f"message-{case}.1-1",
        version=3,
        at=noon(OCTOBER),
        by="notifications_send",
        person=f"person-{case}",
        template="confirmation",
        channel=Channel.SMS,
        language="ar",
        status=MessageStatus.SENT,
        provider="outbox",
        receipt="1",
    )


def test_what_is_unknown_is_not_there(written: ReportingService):
    for path in ("reports/report-x", "reports/report-x.csv", f"reports/{ID}.pdf", "reports/.csv", "nothing"):
        assert written.get("koordination", path).status_code == 404


def test_a_list_goes_on_page_by_page(reporting: ReportingService):
    for month in (1, 2, 3):
        clock.move(noon(NOVEMBER.replace(day=month)))
        reporting.post("koordination", {**OCTOBER_REPORT, "period": f"2026-0{month}"})
    first = reporting.get("koordination", "reports?limit=2").json
    rest = reporting.get("koordination", f"reports?limit=2&cursor={first['next']}").json

    assert [one["period"] for one in first["items"] + rest["items"]] == ["2026-03", "2026-02", "2026-01"]
    assert rest["next"] is None
