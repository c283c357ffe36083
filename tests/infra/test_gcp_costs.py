"""What a month costs: counted operations times list prices, and the guide shows what the arithmetic gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from infra.gcp import costs, prices, work
from infra.gcp.events import filter_of
from infra.topology import BY_NIGHT, EVERY_MINUTE, FUNCTIONS, Events, Schedule
from services.cases import closing, inquiries, radar
from services.cases.audit import handlers as audit
from services.cases.audit import standing
from services.cases.conferences import handlers as conferences
from services.cases.referrals import expired
from services.cases.referrals import handlers as referrals
from services.cases.rights import proving, retention
from services.cases.transfers import handlers as transfers
from shared import clock
from shared.codes import Phase
from shared.events import ContactRecorded
from shared.municipality import municipality
from shared.store import Query, pages, walks
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

    update = work.UPDATE
    assert (update.reads, update.writes, update.events) == (cost.reads + cost.vault_reads, cost.writes, cost.events)
    assert (cost.queries, cost.vault_queries) == (0, 0)


def test_a_look_costs_what_reading_a_case_that_is_worked_on_does(counted: Counted):
    case = counted.service.case_in(Phase.INTAKE)

    cost = counted.cost(lambda: counted.service.get("lindenhof-1", f"/cases/{case}"))

    assert (work.LOOK.reads, work.LOOK.writes) == (cost.reads + cost.vault_reads, cost.writes)
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
    assert (work.PAGE.reads, work.PAGE.writes) == (store.reads + vault.reads - reads, store.writes - writes)


def test_a_submission_costs_what_all_that_follows_does():
    """The key of the call is looked up before, which is one read more."""
    took = submitted()

    assert amounts(work.SUBMISSION) == (took.reads + 1, took.writes, len(took.events), *called(took), *logged(took))


def test_a_message_costs_what_telling_an_organisation_does():
    took = messaged()

    assert amounts(work.MESSAGE) == (took.reads, took.writes, len(took.events), *called(took), *logged(took))


def amounts(of: work.Work) -> tuple[int, ...]:
    return of.reads, of.writes, of.events, of.deliveries, of.facts, of.lines, of.logs


def called(of: Followed) -> tuple[int, int]:
    """How often functions are called by events, and how many of these are facts."""
    return of.deliveries.total(), of.deliveries["reporting_events"]


def logged(of: Followed) -> tuple[int, int]:
    return of.lines, of.logs


def test_updates_looks_and_pages_add_the_lines_that_are_reckoned(counted: Counted):
    case, store = counted.service.assigned(), counted.service.store

    def added(method: str, path: str, said: Any = None) -> int:
        before = sum(1 for _ in pages(store, Query("*/events")))
        counted.service.call("lindenhof-1", method, path, said)
        return sum(1 for _ in pages(store, Query("*/events"))) - before

    assert added("POST", f"/cases/{case}/contacts", {**CONTACT, "note": "x"}) == work.UPDATE.lines
    assert added("GET", f"/cases/{case}") == work.LOOK.lines
    assert added("GET", "/cases") == work.PAGE.lines


@pytest.mark.parametrize("cases", [1, 25])
def test_an_audit_reads_what_is_reckoned_of_what_is_new_however_much_there_is(
    cases: int, monkeypatch: pytest.MonkeyPatch
):
    """But for its share of the walk: a contact, and two looks at the case of it."""
    monkeypatch.setattr(walks, "share", lambda _of, _within: 0)
    with a_cases_service(PaidStore(MemoryStore("cases"))) as service:
        made = [service.case_in(Phase.LINKING) for _ in range(cases)]
        service.get("lindenhof-1", f"/cases/{made[0]}")
        read = [audited(service, day) for day in (0, 1)]
        clock.move(NOON + timedelta(days=2))
        service.call("lindenhof-1", "POST", f"/cases/{made[0]}/contacts", CONTACT)
        for _ in range(2):
            service.get("lindenhof-1", f"/cases/{made[0]}")
        read += [audited(service, day) for day in (2, 2)]
        telling = len(standing.telling(service.store, made[0]))

    stands = costs.STANDS + costs.ROUND
    report = 1 + costs.BESIDE  # of the night before
    assert read[2] == stands - 2 + report + 3 + 2 + 2 * costs.BESIDE + telling, "lines and looks were found"
    assert telling == costs.TELLING
    assert max(read[1] - report, read[3]) <= stands, "a night without news, and the second run of one"


def audited(service: CasesService, day: int) -> int:
    """Documents that the audit reads in the night after a day."""
    store: Any = service.store
    before: int = store.reads
    audit.run(store, service.bus, at=NOON + timedelta(days=day, hours=14))
    return int(store.reads - before)


def test_the_walk_through_all_logs_is_reckoned_as_it_is_paced():
    assert (walks.LEAST, walks.BESIDE, walks.SPARE) == (
        costs.WALKED_AT_LEAST,
        costs.WALKED_BESIDE,
        costs.WALKED_SPARE,
    )
    assert municipality().audit.whole_within_days == costs.WALKED_WITHIN
    runs = Counter(row.on for row in FUNCTIONS if row.name.endswith("_audit"))
    assert runs == {Schedule(BY_NIGHT): costs.AUDITS}
    assert len(BY_NIGHT.split()[0].split(",")) * len(BY_NIGHT.split()[1].split(",")) == costs.RUNS


def test_a_night_of_twice_the_cases_reads_twice_as_much_and_of_a_longer_past_only_a_share(
    monkeypatch: pytest.MonkeyPatch,
):
    assert costs.audited(200_000) == pytest.approx(2 * costs.audited(100_000), rel=0.01)
    year = costs.audited(100_000)
    monkeypatch.setattr(costs, "MONTHS_KEPT", 24)
    assert costs.audited(100_000) < 1.6 * year


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
    expired.stop_expired(desk=desk, at=at, by=by)

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
            lambda: transfers.lapse(desk=desk, at=at, by=by),
            lambda: conferences.lapse(desk=desk, at=at, by=by),
            lambda: expired.stop_expired(desk=desk, at=at + timedelta(days=1), by=by),  # the night after the first
            lambda: referrals.give_back_unanswered(desk=desk, at=at, by=by),
        ),
        "cases_retention": read(lambda: retention.erase_due(desk=desk, at=at)),
        "cases_tidy": read(lambda: inquiries.tidy(desk=desk, at=at)),
    }


def test_every_run_that_does_not_look_every_minute_is_reckoned_with():
    scheduled = {row.name for row in FUNCTIONS if isinstance(row.on, Schedule) and row.on != EVERY_MINUTE}

    assert scheduled == set(costs.QUIET) | RECKONED


RECKONED = {
    "cases_audit",  # audited: what is new, and a share of all there is
    "notifications_audit",  # the same, of messages and of who looked at them
    "reporting_run",  # asks BigQuery once a month
    "reporting_vocabulary",  # asks BigQuery once a night, and reads no document
    "notifications_tidy",  # deletes texts: as many as messages were written
}
"""Runs whose reads grow with what there is, or that read no documents."""


def test_an_update_is_delivered_to_whoever_hears_it():
    filters = [filter_of(row.on) for row in FUNCTIONS if isinstance(row.on, Events)]

    assert work.UPDATE.deliveries == sum(not said or heard(said, ContactRecorded.type) for said in filters)


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
