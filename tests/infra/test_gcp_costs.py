"""What a month costs: counted operations times list prices, and the guide shows what the arithmetic gives."""

from __future__ import annotations

import pytest

from infra.gcp import costs, prices
from infra.gcp.events import filter_of
from infra.topology import EVERY_MINUTE, FUNCTIONS, Events, Schedule
from services.cases.rights import proving
from shared.events import ContactRecorded
from tests.infra.deployed import ROOT, koeln
from tests.infra.test_gcp_events import heard

GUIDE = (ROOT / "infra" / "gcp" / "README.md").read_text(encoding="utf-8")


def test_a_month_without_cases_costs_what_stands_and_what_sweeps():
    nothing = costs.month(0)

    assert (nothing.people, nothing.deliveries, nothing.writes) == (0, 0, 0)
    assert nothing.sweeps == 43_800 * sum(row.on == EVERY_MINUTE for row in FUNCTIONS)
    assert 40 < sum(costs.bill(0).values()) < 60


def test_an_update_costs_what_the_tests_of_cases_count():
    """`test_words_cost_one_read_of_the_vault_and_one_write_more`; of a query each document is a read."""
    assert (costs.UPDATE.reads, costs.UPDATE.writes, costs.UPDATE.events) == (1 + 1, 4, 1)
    assert (costs.LOOK.reads, costs.LOOK.writes) == (1 + 1, 2)
    assert (costs.PAGE.reads, costs.PAGE.writes) == (50 + 50, 2)


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
