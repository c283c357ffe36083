"""What a month costs: counted operations times list prices, and the guide shows what the arithmetic gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from infra.gcp import costs, prices
from infra.gcp.events import filter_of
from infra.topology import EVERY_MINUTE, FUNCTIONS, Events, Schedule
from services.cases import closing, inquiries, radar
from services.cases.referrals import handlers as referrals
from services.cases.rights import proving, retention
from shared.events import ContactRecorded
from shared.municipality import municipality
from tests.builders import NOON
from tests.cases import CONTACT, CasesService, a_cases_service
from tests.costs import Counted, a_counted_service
from tests.fakes import MemoryStore
from tests.infra.deployed import ROOT, koeln
from tests.infra.test_gcp_events import heard
from tests.submission import Followed, PaidStore, messaged, submitted

GUIDE = (ROOT / "infra" / "gcp" / "README.md").read_text(encoding="utf-8")


def test_a_month_without_cases_costs_what_stands_and_what_sweeps():
    nothing = costs.month(0)

    assert (nothing.people, nothing.deliveries, nothing.writes) == (0, 0, 0)
    assert nothing.sweeps == 43_800 * sum(row.on == EVERY_MINUTE for row in FUNCTIONS)
    assert 40 < sum(costs.bill(0).values()) < 60


@pytest.fixture
def counted() -> Iterator[Counted]:
    with a_counted_service() as service:
        yield service


def test_an_update_costs_what_a_contact_with_a_note_does(counted: Counted):
    case = counted.service.assigned()
    said = {**CONTACT, "note": "x"}

    cost = counted.cost(lambda: counted.service.call("lindenhof-1", "POST", f"/cases/{case}/contacts", said))

    work = costs.UPDATE
    assert (work.reads, work.writes, work.events) == (cost.reads + cost.vault_reads, cost.writes, cost.events)
    assert (cost.queries, cost.vault_queries) == (0, 0)


def test_a_look_costs_what_reading_a_case_does(counted: Counted):
    case = counted.service.assigned()

    cost = counted.cost(lambda: counted.service.get("lindenhof-1", f"/cases/{case}"))

    assert (costs.LOOK.reads, costs.LOOK.writes) == (cost.reads + cost.vault_reads, cost.writes)
    assert (cost.queries, cost.vault_queries) == (0, 0)


def test_a_page_costs_what_a_list_of_fifty_does():
    """Of a query each document is a read."""
    store, vault = PaidStore(MemoryStore("cases")), PaidStore(MemoryStore("people"))
    with a_cases_service(store, vault) as service:
        for _ in range(50):
            service.assigned()
        reads, writes = store.reads + vault.reads, store.writes
        rows = service.get("lindenhof-1", "/cases")["items"]

    assert len(rows) == 50
    assert (costs.PAGE.reads, costs.PAGE.writes) == (store.reads + vault.reads - reads, store.writes - writes)


def test_a_submission_costs_what_all_that_follows_does():
    """The key of the call is looked up before, which is one read more."""
    took = submitted()

    assert amounts(costs.SUBMISSION) == (took.reads + 1, took.writes, len(took.events), *called(took))


def test_a_message_costs_what_telling_an_organisation_does():
    took = messaged()

    assert amounts(costs.MESSAGE) == (took.reads, took.writes, len(took.events), *called(took))


def amounts(work: costs.Work) -> tuple[int, ...]:
    return work.reads, work.writes, work.events, work.deliveries, work.facts


def called(of: Followed) -> tuple[int, int]:
    """How often functions are called by events, and how many of these are facts."""
    return of.deliveries.total(), of.deliveries["reporting_events"]


@pytest.mark.parametrize("cases", [5, 25])
def test_a_run_that_finds_nothing_due_reads_what_is_reckoned_however_many_cases_there_are(cases: int):
    with a_cases_service(PaidStore(MemoryStore("cases")), PaidStore(MemoryStore("people"))) as service:
        for _ in range(cases):
            service.assigned()
        assert quiet_runs(service) == {name: reads for name, reads in costs.QUIET.items() if name != "intake_tidy"}


def quiet_runs(service: CasesService) -> dict[str, int]:
    """The documents that each run of cases reads that night."""
    at, by, desk = NOON + timedelta(hours=14), "night", service.desk
    stores: Any = (service.store, service.vault)

    def read(*runs: Callable[[], object]) -> int:
        before = sum(store.reads for store in stores)
        for run in runs:
            run()
        return int(sum(store.reads for store in stores) - before)

    return {
        "cases_radar": read(
            lambda: radar.scan(desk=desk, pack=municipality(), at=at), lambda: closing.sweep(desk=desk, at=at, by=by)
        ),
        "cases_referrals": read(
            lambda: referrals.stop_expired(desk=desk, at=at, by=by),
            lambda: referrals.give_back_unanswered(desk=desk, at=at, by=by),
        ),
        "cases_retention": read(lambda: retention.erase_due(desk=desk, at=at)),
        "cases_tidy": read(lambda: inquiries.tidy(desk=desk, at=at)),
    }


def test_every_run_that_does_not_look_every_minute_is_reckoned_with():
    scheduled = {row.name for row in FUNCTIONS if isinstance(row.on, Schedule) and row.on != EVERY_MINUTE}

    assert scheduled == set(costs.QUIET) | RECKONED


RECKONED = {
    "cases_audit",  # AUDITED, of everything that is kept
    "notifications_audit",  # the same, of the record of looks at messages
    "reporting_run",  # asks BigQuery once a month
    "notifications_tidy",  # deletes texts: as many as messages were written
}
"""Runs whose reads grow with what there is, or that read no documents."""


def test_an_update_is_delivered_to_whoever_hears_it():
    filters = [filter_of(row.on) for row in FUNCTIONS if isinstance(row.on, Events)]

    assert costs.UPDATE.deliveries == sum(not said or heard(said, ContactRecorded.type) for said in filters)


def test_twice_the_cases_cost_twice_the_work_and_nothing_more_of_what_stands():
    one, two, three = (sum(costs.bill(size).values()) for size in (100_000, 200_000, 300_000))

    assert two - one == pytest.approx(three - two, rel=0.05)


def test_a_case_of_a_large_city_costs_cents():
    assert sum(costs.bill(5_000).values()) / 5_000 < 0.05


def test_what_stands_is_what_the_program_builds():
    policies = koeln().every("compute.SecurityPolicy")

    assert len(policies) == costs.POLICIES
    assert sum(len(policy.inputs["rules"]) for policy in policies) == costs.RULES
    assert len(koeln().every("secretmanager.Secret")) == costs.SECRETS_KEPT
    assert len(koeln().every("monitoring.AlertPolicy")) == costs.ALERTS
    assert len(koeln().every("cloudscheduler.Job")) == sum(isinstance(row.on, Schedule) for row in FUNCTIONS)


def test_the_search_for_who_was_erased_is_reckoned_as_it_is_paced():
    assert (proving.A_DAY, proving.LONGEST_REST.days) == (costs.SEARCHED_A_DAY, costs.SEARCHED_WITHIN)
    assert costs.searched(10_000) == pytest.approx(10_000 * 30.4, rel=0.01)
    assert costs.searched(7_000_000) == pytest.approx(30_400_000, rel=0.01)


def test_every_price_says_where_it_was_read_and_whether_that_is_sure():
    for name, price in prices.EVERY.items():
        assert price.each > 0, name
        assert price.confirmed != any(word in price.source for word in ("memory", "another region", "several")), name


def test_the_guide_shows_what_is_reckoned_and_every_price():
    assert "\n".join(costs.table()) in costs.written(GUIDE)
    assert costs.written(GUIDE) == GUIDE, "python -m infra.gcp.costs --write"


def test_the_guide_says_when_prices_were_read():
    assert prices.READ_ON in GUIDE
