"""Possible duplicates: shown to who may see both, else a word of it at most, and that only under a release."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cases.audit import handlers as audit
from shared import clock
from shared.codes import Phase, Role
from tests.builders import NOON
from tests.cases import CONSENT, INQUIRY, CasesService, a_cases_service
from tests.fakes import CountingStore, MemoryStore
from tests.rights import erase
from tests.signin import somebody

CM, COLLEAGUE, LEAD = "lindenhof-1", "lindenhof-2", "lindenhof-leitung"
THERE, CITY, PARTNER = "bruecke-leitung", "koordination", "partner-jobcenter"
AMINA = {"given_name": "Amina", "family_name": "Müller", "date_of_birth": date(2003, 5, 17)}
AGAIN = {"given_name": "أمينة", "family_name": "Mueller", "date_of_birth": date(2003, 5, 17), "phone": None}
RELEASE = {**CONSENT, "type": "secrecy_release", "purpose": "recognition", "informed": True}
NOTHING = {"items": [], "known_to_colleagues": False, "known_to_another_organisation": False}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def duplicates(cases: CasesService, who: Any, case: str) -> Any:
    return cases.get(who, f"/cases/{case}/duplicates")


def found(cases: CasesService, who: Any, case: str) -> list[str]:
    return [one["case"] for one in duplicates(cases, who, case)["items"]]


def theirs(cases: CasesService, **person: Any) -> str:
    """A case of another organisation, past its intake."""
    return cases.assigned("bruecke", "bruecke-1", person={**AMINA, **person})


def release(cases: CasesService, case: str, who: str = "bruecke-1", **said: Any) -> str:
    return str(cases.change(who, case, "POST", "consents", {**RELEASE, **said})["id"])


def test_who_may_see_both_is_told_which_and_why_from_either_side(cases: CasesService):
    first, second = cases.assigned(person=AMINA), cases.assigned(person=AGAIN)

    (seen,) = duplicates(cases, CM, second)["items"]

    assert seen == {
        "case": first,
        "reference": "KIM-0000-0001",
        "phase": "inquiry",
        "organisation": "lindenhof",
        "merged_into": None,
        "criteria": ["name", "date_of_birth", "email"],
    }
    assert found(cases, LEAD, first) == [second]


def test_whatever_way_a_case_is_opened_its_duplicates_are_found(cases: CasesService):
    sent = cases.assigned(person={**AMINA, "given_name": "Yaroslava", "family_name": "Chumak", "email": None})
    taken = cases.call(CM, "POST", "/cases", {**INQUIRY, "date_of_birth": "2003-05-17"}).json["id"]

    assert found(cases, CM, taken) == [sent]
    assert found(cases, CM, sent) == [taken]


def test_the_newest_come_first_and_a_case_is_no_duplicate_of_itself(cases: CasesService):
    made = []
    for day in range(3):
        clock.move(NOON + timedelta(days=day))
        made.append(cases.assigned(person=AMINA))

    assert found(cases, CM, made[1]) == [made[2], made[0]]


@pytest.mark.parametrize(
    "person",
    [
        {**AMINA, "date_of_birth": date(2003, 5, 18), "phone": None, "email": None},
        {"given_name": "Leila", "family_name": "Müller", "date_of_birth": date(2001, 1, 1)},
    ],
    ids=["the name alone", "a sister with the same phone and address"],
)
def test_what_meets_no_row_of_the_table_is_nobody(cases: CasesService, person: dict[str, Any]):
    first = cases.assigned(person=AMINA)
    cases.assigned(person=person)

    assert duplicates(cases, CM, first) == NOTHING


def test_a_case_manager_learns_nothing_of_a_colleagues_case_and_their_lead_all(cases: CasesService):
    hers, colleagues = cases.assigned(person=AMINA), cases.assigned(to=COLLEAGUE, person=AGAIN)

    assert duplicates(cases, CM, hers) == NOTHING
    assert found(cases, LEAD, hers) == [colleagues]
    release(cases, colleagues, COLLEAGUE)
    assert duplicates(cases, CM, hers) == {**NOTHING, "known_to_colleagues": True}


def test_without_a_release_there_is_nothing_of_another_organisation(cases: CasesService):
    ours, _ = cases.assigned(person=AMINA), theirs(cases)

    assert duplicates(cases, LEAD, ours) == NOTHING


@pytest.mark.parametrize("recipient", [None, "lindenhof"])
def test_a_release_lets_know_that_she_is_known_and_not_a_word_more(cases: CasesService, recipient: str | None):
    ours, others = cases.assigned(person=AMINA), theirs(cases)
    release(cases, others, recipient=recipient)

    for who in (CM, LEAD):
        assert duplicates(cases, who, ours) == {**NOTHING, "known_to_another_organisation": True}
        assert cases.call(who, "GET", f"/cases/{others}").status_code == 404
    assert duplicates(cases, THERE, others) == NOTHING, "she has not allowed it there"


@pytest.mark.parametrize(
    "said",
    [
        {"recipient": "kompass"},
        {"recipient": "lindenhof", "direction": "from_recipient"},
        {"purpose": "transfer", "recipient": "lindenhof", "data_categories": ["process", "identity"]},
        {"type": "processing"},
    ],
    ids=["somebody else", "the other way", "another purpose", "no release"],
)
def test_another_release_lets_nobody_know(cases: CasesService, said: dict[str, Any]):
    ours, others = cases.assigned(person=AMINA), theirs(cases)
    release(cases, others, **said)

    assert duplicates(cases, LEAD, ours) == NOTHING


def test_a_release_that_is_over_lets_nobody_know(cases: CasesService):
    ours, others = cases.assigned(person=AMINA), theirs(cases)
    release(cases, others, valid_until="2026-03-02")
    assert duplicates(cases, LEAD, ours)["known_to_another_organisation"]

    clock.move(NOON + timedelta(days=1))

    assert duplicates(cases, LEAD, ours) == NOTHING


def test_a_release_that_is_taken_back_acts_at_once(cases: CasesService):
    ours, others = cases.assigned(person=AMINA), theirs(cases)
    given_release = release(cases, others)
    cases.change("bruecke-1", others, "POST", f"consents/{given_release}/revocation", {})

    assert duplicates(cases, LEAD, ours) == NOTHING


def test_nobody_is_told_of_a_case_that_is_only_kept(cases: CasesService):
    ours, others = cases.assigned(person=AMINA), theirs(cases)
    release(cases, others)
    cases.change("datenschutz", others, "POST", "restriction", {"restricted": True})

    assert duplicates(cases, LEAD, ours) == NOTHING


def test_whoever_was_erased_is_alike_nobody(cases: CasesService):
    first, second = cases.case_in(Phase.CLOSED, person=AMINA), cases.assigned(person=AMINA)
    assert erase(cases, first).status_code == 200

    assert duplicates(cases, LEAD, second) == NOTHING
    assert duplicates(cases, LEAD, first) == NOTHING


def test_a_release_needs_a_client_who_was_told(cases: CasesService):
    case = cases.assigned()

    answer = cases.call(CM, "POST", f"/cases/{case}/consents", {**RELEASE, "informed": False})

    assert list(answer.json["errors"]) == ["informed"]


@pytest.mark.parametrize("who", [CITY, PARTNER, "datenschutz", "bruecke-leitung", COLLEAGUE])
def test_duplicates_are_for_those_who_work_on_the_case(cases: CasesService, who: str):
    case = cases.assigned(person=AMINA)

    assert cases.call(who, "GET", f"/cases/{case}/duplicates").status_code in {403, 404}
    assert cases.looks()[-1].reason == "refused"


def test_a_look_at_duplicates_is_a_look_at_each_of_them(cases: CasesService):
    first, second, others = cases.assigned(person=AMINA), cases.assigned(person=AGAIN), theirs(cases)
    consent = release(cases, others)

    duplicates(cases, LEAD, first)

    read, known = cases.looks()
    assert (read.by, read.action, read.reason, read.cases) == (LEAD, "cases.read", "organisation", (first, second))
    assert (known.by, known.action, known.reason, known.cases) == (LEAD, "cases.recognise", consent, (others,))
    assert audit.run(cases.store, cases.bus, at=clock.now() + timedelta(hours=12))["deviations"] == 0


def test_a_lead_of_nobody_finds_nothing(cases: CasesService):
    cases.assigned(person=AMINA)
    hers = cases.assigned(person=AMINA)
    lead = somebody(Role.TEAM_LEAD, Role.CASE_MANAGER, id=CM, organisation=None)

    assert duplicates(cases, lead, hers)["items"] == []


@pytest.mark.parametrize(("person", "queries"), [({}, 10), ({"phone": None}, 6), ({"email": None, "phone": None}, 2)])
def test_asking_for_duplicates_is_two_queries_for_each_token(person: dict[str, Any], queries: int):
    store, vault = CountingStore(MemoryStore("cases")), CountingStore(MemoryStore("people"))
    with a_cases_service(store, vault) as cases:
        case = cases.assigned(person={**AMINA, **person})
        for _ in range(5):
            cases.assigned(person={**AMINA, **person})
        before = (store.reads, store.queries, store.commits, vault.reads, vault.queries)
        duplicates(cases, CM, case)
        after = (store.reads, store.queries, store.commits, vault.reads, vault.queries)

    assert [b - a for a, b in zip(before, after, strict=True)] == [1, queries, 1, 1, 0]


class WatchedStore(CountingStore):
    """A store that remembers which cases any query brought."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self.brought: set[str] = set()

    def query(self, query: Any) -> Any:
        page = super().query(query)
        self.brought |= {document.id for document in page.items}
        return page


def test_what_nobody_may_know_of_is_not_even_read():
    """It makes no answer longer, and none slower."""
    store = WatchedStore(MemoryStore("cases"))
    with a_cases_service(store) as cases:
        ours, hidden, released = cases.assigned(person=AMINA), theirs(cases), theirs(cases)
        release(cases, released)
        store.brought.clear()
        duplicates(cases, LEAD, ours)

        assert store.brought == {ours, released}
        assert hidden not in store.brought


HOLDS = st.sampled_from([("lindenhof", CM), ("lindenhof", COLLEAGUE), ("bruecke", "bruecke-1")])
PART = {"data_categories": ["process"], "recipient": "kompass"}
SAID = st.fixed_dictionaries(
    {
        "recipient": st.sampled_from([None, "lindenhof", "bruecke", "kompass"]),
        "purpose": st.sampled_from(["recognition", "recognition", "transfer", "referral"]),
        "direction": st.sampled_from(["to_recipient", "both", "from_recipient"]),
        "valid_until": st.sampled_from([None, "2026-03-02", "2026-03-03"]),
        "revoked": st.booleans(),
    }
).map(lambda said: said if said["purpose"] == "recognition" else {**said, **PART})


@settings(max_examples=40)
@given(HOLDS, st.lists(SAID, max_size=3), st.sampled_from([CM, LEAD, THERE]))
def test_nobody_learns_more_than_the_policy_and_the_releases_say(holds: Any, releases: list[Any], who: str):
    with a_cases_service() as cases:
        organisation, manager = holds
        other = cases.assigned(organisation, manager, person=AMINA)
        hers = theirs(cases) if who == THERE else cases.assigned(person=AMINA)
        told = False
        for said in releases:
            sent = {name: value for name, value in said.items() if name != "revoked"}
            given_release = release(cases, other, manager, **sent)
            if said["revoked"]:
                cases.change(manager, other, "POST", f"consents/{given_release}/revocation", {})
            told |= (
                (said["recipient"] in (None, who.partition("-")[0]))
                and said["purpose"] == "recognition"
                and said["direction"] != "from_recipient"
                and said["valid_until"] != "2026-03-02"
                and not said["revoked"]
            )
        clock.move(NOON + timedelta(days=1))
        readable = cases.call(who, "GET", f"/cases/{other}").status_code == 200
        ours = organisation == who.partition("-")[0]

        seen = duplicates(cases, who, hers)

        assert [one["case"] for one in seen["items"]] == ([other] if readable else [])
        assert seen["known_to_colleagues"] is (told and ours and not readable)
        assert seen["known_to_another_organisation"] is (told and not ours and not readable)
