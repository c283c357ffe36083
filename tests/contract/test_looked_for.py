"""What runs by night or by the hour finds what it looks for on every store, and goes on where it was."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from services.cases.conferences import handlers as conferences
from services.cases.referrals import expired
from services.cases.transfers import handlers as transfers
from services.reporting.domain import report as domain
from services.reporting.domain.periods import Kind
from services.reporting.domain.report import Count, Counted, Measure, Report, Wanted
from services.reporting.store import Reports
from shared import clock, orphans
from shared.store import Store
from tests.builders import NOON, a_person
from tests.cases import RELEASE, WHOLE, a_cases_service
from tests.conferences import confer, consented
from tests.contract.stores import a_store
from tests.fakes import FakeBus
from tests.referrals import refer
from tests.vault import a_vault

WANTED = Wanted(kind=Kind.MONTHLY_STEERING, period="2026-01")


def test_every_offer_whose_release_has_run_out_is_found_page_by_page(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(transfers, "PAGE", 1)
    with a_cases_service(store) as cases:
        for to, until in (("bruecke", "2026-03-03"), ("kompass", "2026-03-03"), ("bruecke", None)):
            case = cases.consented()
            cases.change("lindenhof-1", case, "POST", "consents", {**WHOLE, "recipient": to, "valid_until": until})
            cases.change("lindenhof-leitung", case, "POST", "transfer", {"organisation": to})
        clock.move(NOON + timedelta(days=2))

        ended = [transfers.lapse(desk=cases.desk, at=clock.now(), by="cases_referrals")["lapsed"] for _ in range(2)]

    assert ended == [2, 0]


def test_every_referral_whose_release_has_run_out_is_found_page_by_page(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(expired, "PAGE", 1)
    with a_cases_service(store) as cases:
        for until in ("2026-03-03", "2026-03-20", "2026-03-03", None):
            case = cases.consented()
            cases.change("lindenhof-1", case, "POST", "consents", {**RELEASE, "valid_until": until})
            refer(cases, case, status="sent")
        stopped = []
        for day in (1, 2, 2, 19, 20):
            clock.move(NOON + timedelta(days=day))
            stopped.append(expired.stop_expired(desk=cases.desk, at=clock.now(), by="cases_referrals")["stopped"])

    assert stopped == [0, 2, 0, 1, 0]


def test_who_is_not_released_any_more_is_found_in_every_conference_that_lies_ahead(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(conferences, "PAGE", 1)
    with a_cases_service(store) as cases:
        made = []
        for day in ("2026-03-03", "2026-03-05", "2026-03-06"):
            case = consented(cases, "jobcenter")
            made.append(confer(cases, case, held_on=day, agreements=[]).headers["Location"])
            (release,) = [one for one in cases.desk.cases.get(case).consents if one.recipient]
            cases.change("lindenhof-1", case, "POST", f"consents/{release.id}/revocation", {})
        clock.move(NOON + timedelta(days=2))

        taken_out = [
            conferences.lapse(desk=cases.desk, at=clock.now(), by="cases_referrals")["uninvited"] for _ in range(2)
        ]

        held = [conferences.conferences(cases.desk).get(path.rpartition("/")[2]) for path in made]
        assert taken_out == [2, 0]
        assert [len(one.participants) for one in held] == [2, 1, 1]


def test_orphans_are_looked_for_behind_the_last_that_was_seen(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(orphans, "PAGE", 2)
    monkeypatch.setattr(orphans, "MOST", 1)
    people = a_vault(a_store(kind, tmp_path, "people"))
    for number in range(5):
        people.keep(f"person-{number}", a_person(), subject=f"submission-{number}", at=NOON)
    seen: list[str] = []

    for _ in range(4):
        people.forget_orphans("submission-", lambda one: not seen.append(one), at=NOON + timedelta(days=30))

    assert seen == [f"submission-{number}" for number in range(5)]


def test_what_leaves_a_report_lies_beside_it(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(domain, "SHOWN", 2)
    reports = Reports(a_store(kind, tmp_path, "reporting"), FakeBus())
    for number in range(1, 6):
        write(reports, number)
    report = reports.get(WANTED.id)

    assert [one.version for one in report.earlier] == [1, 4]
    assert [reports.earlier(report, str(one)).totals[0].total.count for one in range(1, 5)] == [1, 2, 3, 4]


def write(reports: Reports, count: int) -> Report:
    counted = (Counted(measure=Measure.NEW, total=Count(count=count, persons=count)),)
    anew, told = domain.write(WANTED, counted, by="night", at=NOON, on=clock.day(NOON))
    seen = reports.version(WANTED.id)
    return reports.write((anew, told), lambda found: domain.rewrite(found, anew, by="night"), seen=seen)
