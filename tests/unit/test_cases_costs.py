"""What each piece of case work costs: reads, queries, commits and writes, counted. An event more is money."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shared.codes import Phase
from tests.actions import COMMANDS, READS, Action, a_case
from tests.cases import APPOINTMENT, CONFERENCE, CONTACT, FOLLOW_UP, MEMBER, REFERRAL
from tests.costs import Cost, Counted, a_counted_service

CM = "lindenhof-1"
DEAR = {"erase", "import offers", "import from elsewhere"}
"""What searches every store, or takes in a whole catalogue."""


@pytest.fixture
def counted() -> Iterator[Counted]:
    with a_counted_service() as service:
        yield service


@pytest.mark.parametrize("action", [one for one in COMMANDS if one.name not in DEAR], ids=lambda action: action.name)
def test_a_command_costs_a_handful(counted: Counted, action: Action):
    cost = counted.cost(action.ready(counted.service))

    assert cost.reads + cost.queries + cost.vault_reads + cost.vault_queries <= 5
    assert cost.writes <= 3 + 2 * cost.events
    assert cost.commits in {2, cost.events + 1}, "what led to a subject is marked together"


@pytest.mark.parametrize("action", READS, ids=lambda action: action.name)
def test_a_read_is_recorded_and_costs_a_handful(counted: Counted, action: Action):
    cost = counted.cost(action.ready(counted.service))

    assert cost.reads + cost.queries + cost.vault_reads + cost.vault_queries <= 5
    assert (cost.commits, cost.writes) in {(1, 2), (0, 0)}


def test_a_change_is_one_read_two_writes_one_event_and_one_mark(counted: Counted):
    case = counted.service.assigned()

    cost = counted.cost(
        lambda: counted.service.call(CM, "POST", f"/cases/{case}/phase", {"to": "clearing"}, If_Match='"3"')
    )

    assert cost == Cost(reads=1, commits=2, writes=3, events=1)


def test_words_cost_one_read_of_the_vault_and_one_write_more(counted: Counted):
    case = counted.service.assigned()

    contact = counted.cost(lambda: counted.service.call(CM, "POST", f"/cases/{case}/contacts", CONTACT))
    with_note = counted.cost(
        lambda: counted.service.call(CM, "POST", f"/cases/{case}/contacts", {**CONTACT, "note": "x"})
    )

    assert contact == Cost(reads=1, commits=2, writes=3, events=1)
    assert with_note == Cost(reads=1, commits=2, writes=4, vault_reads=1, events=1)


def test_an_idempotency_key_costs_one_read_and_one_write_and_its_repeat_one_read(counted: Counted):
    case = counted.service.assigned()

    def add() -> Any:
        return counted.service.call(CM, "POST", f"/cases/{case}/contacts", CONTACT, Idempotency_Key="k1")

    assert counted.cost(add) == Cost(reads=2, commits=2, writes=4, events=1)
    assert counted.cost(add) == Cost(reads=1)


def test_a_refusal_costs_one_read_a_query_for_what_she_opened_and_its_record(counted: Counted):
    case = counted.service.assigned()

    cost = counted.cost(lambda: counted.service.call("bruecke-1", "POST", f"/cases/{case}/contacts", CONTACT))

    assert cost == Cost(reads=1, queries=1, commits=1, writes=2)


def test_reading_a_case_is_one_read_and_its_record_and_the_client(counted: Counted):
    case = counted.service.case_in(Phase.INTAKE)

    cost = counted.cost(lambda: counted.service.get(CM, f"/cases/{case}"))

    assert cost == Cost(reads=1, commits=1, writes=2, vault_reads=1)


def test_reading_a_whole_file_is_one_query_for_all_its_words(counted: Counted):
    case = counted.service.case_in(Phase.EVALUATION)

    cost = counted.cost(lambda: counted.service.get(CM, f"/cases/{case}"))

    assert cost == Cost(reads=1, queries=1, commits=1, writes=2, vault_reads=2)


def test_the_coordinator_costs_the_vault_nothing(counted: Counted):
    case = counted.service.case_in(Phase.EVALUATION)

    assert counted.cost(lambda: counted.service.get("koordination", f"/cases/{case}")) == Cost(
        reads=1, commits=1, writes=2
    )
    assert counted.cost(lambda: counted.service.get("koordination", "/cases")) == Cost(queries=1, commits=1, writes=2)


@pytest.mark.parametrize("rows", [5, 50])
def test_a_page_of_a_list_is_one_query_and_one_for_all_names(counted: Counted, rows: int):
    for _ in range(rows):
        counted.service.assigned()

    cost = counted.cost(lambda: counted.service.get(CM, "/cases"))

    assert cost == Cost(queries=1, commits=1, writes=2, vault_queries=1)


@pytest.mark.parametrize(
    ("noun", "said"),
    [
        ("appointments", APPOINTMENT),
        ("follow-ups", FOLLOW_UP),
        ("household", MEMBER),
        ("referrals", REFERRAL),
        ("conferences", CONFERENCE),
    ],
)
def test_a_page_of_what_lies_beside_a_case_costs_the_same_however_long_it_is(counted: Counted, noun: str, said: Any):
    case = a_case(counted.service, "released")
    for _ in range(5):
        assert counted.service.call(CM, "POST", f"/cases/{case}/{noun}", said).status_code == 201

    cost = counted.cost(lambda: counted.service.get(CM, f"/cases/{case}/{noun}"))

    assert cost == Cost(reads=1, queries=2, commits=1, writes=2, vault_reads=1)


def test_what_is_due_across_cases_costs_the_same_however_much_it_is(counted: Counted):
    for _ in range(5):
        counted.service.call(CM, "POST", f"/cases/{counted.service.assigned()}/follow-ups", FOLLOW_UP)

    cost = counted.cost(lambda: counted.service.get(CM, "/cases/follow-ups"))

    assert cost == Cost(queries=3, commits=1, writes=2, vault_queries=2)


def test_a_page_of_contacts_is_two_queries(counted: Counted):
    case = counted.service.assigned()
    for _ in range(3):
        counted.service.change(CM, case, "POST", "contacts", {**CONTACT, "note": "x"})

    cost = counted.cost(lambda: counted.service.get(CM, f"/cases/{case}/contacts"))

    assert cost == Cost(reads=1, queries=2, commits=1, writes=2, vault_reads=1)


def test_a_new_inquiry_is_two_writes_one_event_and_one_mark(counted: Counted):
    cost = counted.cost(counted.service.inquiry)

    assert cost == Cost(commits=2, writes=3, vault_reads=1, events=1)
