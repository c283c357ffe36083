"""Clients who are called like a code of ours: a code is no remains of them, and what is left of them is found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.cases.rights import proving
from services.cases.rights.program import is_code
from shared import codes
from shared.codes import Code, Phase
from shared.events import CATALOGUE
from shared.municipality import municipality
from shared.store import Put, Query, pages
from shared.store.catalogue import DATABASES
from shared.store.traces import Sought, places
from tests.cases import (
    APPOINTMENT,
    DISPUTE,
    DOMAIN_END,
    FOLLOW_UP,
    MEMBER,
    REFERRAL,
    RELEASE,
    TITLE,
    CasesService,
    a_cases_service,
)
from tests.fakes import MemoryStore
from tests.rights import a_file, certificate, erase, everywhere, search

BESIDE = {
    "consents": RELEASE,
    "appointments": APPOINTMENT,
    "household": MEMBER,
    "referrals": REFERRAL,
    "residence": TITLE,
    "domain-ends": DOMAIN_END,
    "rectifications": DISPUTE,
    "follow-ups": FOLLOW_UP,
}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def a_whole_file(cases: CasesService) -> str:
    case = a_file(cases)
    for path, said in BESIDE.items():
        assert cases.call("lindenhof-1", "POST", f"/cases/{case}/{path}", said).status_code == 201, path
    return case


def every_code() -> set[str]:
    """Whatever the program itself writes: codes, words of types and names, and who and what the pack names."""
    kinds = [kind for kind in vars(codes).values() if isinstance(kind, type) and issubclass(kind, Code)]
    types = {word for type in CATALOGUE for word in type.replace("-", ".").split(".")}
    pack = {one.id for one in (*municipality().organisations, *municipality().staff)}
    names = {part for database in DATABASES.values() for one in database.collections for part in one.name.split("_")}
    return {code.value for kind in kinds for code in kind} | types | pack | names | {"person", "system", "client"}


def test_wherever_a_code_stands_it_is_known_as_ours(cases: CasesService):
    case = a_whole_file(cases)
    erase(cases, case)
    search(cases)
    sought = Sought((word, word) for word in every_code())
    opened = {"cases": cases.store, "people": cases.vault}
    every = [
        one for name, store in opened.items() for place in places(DATABASES[name]) for one in pages(store, Query(place))
    ]

    traces = [sought.in_(document, is_code) for document in every]

    assert not set().union(*(one.remains for one in traces))
    assert len(set().union(*(one.codes for one in traces))) > 40


@pytest.mark.parametrize("name", ["Work", "Self", "Case", "Person", "Lindenhof", "Opened", "SGB2"])
def test_whoever_is_called_like_a_code_is_certified_as_gone(cases: CasesService, name: str):
    case = a_file(cases, person={"given_name": name, "family_name": "Quellwasserov"})
    a_whole_file(cases)
    erase(cases, case)
    search(cases)

    proof = certificate(cases, case)

    assert (proof["negative"], [one["found"] for one in proof["searched"]]) == (True, [[]] * len(proof["searched"]))


def test_the_certificate_says_in_how_many_documents_a_code_is_one_of_her_words(cases: CasesService):
    case = a_file(cases, person={"given_name": "Lindenhof"})
    cases.assigned(), cases.assigned("bruecke", "bruecke-1")
    erase(cases, case)
    search(cases)

    counted = {one["database"]: one["codes"] for one in certificate(cases, case)["searched"]}

    assert counted["cases"] > 4
    assert {number for database, number in counted.items() if database != "cases"} == {0}


@pytest.mark.parametrize(
    "left", [{"note": "Frau Work wartet"}, {"nickname": "work"}, {"by": "Work"}, {"by": "frau work"}]
)
def test_what_is_left_of_her_is_found_all_the_same(cases: CasesService, left: dict[str, str]):
    case = cases.case_in(Phase.LINKING, person={"given_name": "Work", "family_name": "Quellwasserov"})
    stores = everywhere(cases)
    stores["intake"].commit([Put("submissions/one", {**left, "topics": ["work"]})])
    erase(cases, case)
    search(cases, stores)

    proof = certificate(cases, case)

    assert proof["negative"] is False
    assert {one["database"]: one["found"] for one in proof["searched"] if one["found"]} == {
        "intake": ["submissions/one"]
    }


def test_a_code_says_nothing_of_a_birth_date_a_phone_or_an_address():
    assert not is_code("date_of_birth", "2003-05-17")
    assert not is_code("by", "+4917139200001")
    assert not is_code(None, "claims/amina@example.org")


# ---- the facts


def a_vocabulary(complete: bool = True, **columns: list[str]) -> MemoryStore:
    """The reports' database, where the texts of the facts were written down."""
    store = MemoryStore("reporting")
    held = {"language": ["de", "uk"], "action_fields": ["work"], **columns}
    said = [Put(f"vocabulary/{name}", {"values": values}) for name, values in held.items()]
    store.commit([*said, Put(proving.VOCABULARY, {"at": "2026-03-02T03:15:00.000000+00:00", "complete": complete})])
    return store


def test_the_facts_are_searched_by_their_texts_and_the_certificate_says_of_when_they_are(cases: CasesService):
    case = a_file(cases, person={"given_name": "Work"})
    erase(cases, case)
    search(cases, everywhere(cases, reporting=a_vocabulary()))

    proof = certificate(cases, case)

    assert (proof["negative"], proof["facts_as_of"]) == (True, "2026-03-02T03:15:00.000000+00:00")
    assert proof["not_opened"] == []


def test_what_is_left_of_her_in_the_facts_is_found(cases: CasesService):
    case = a_file(cases)
    erase(cases, case)
    search(cases, everywhere(cases, reporting=a_vocabulary(organisation=["lindenhof", "bei Quellwasserov"])))

    proof = certificate(cases, case)

    assert proof["negative"] is False
    assert [one["found"] for one in proof["searched"] if one["found"]] == [["vocabulary/organisation"]]


def test_of_facts_whose_texts_were_not_all_written_down_nothing_is_said(cases: CasesService):
    case = a_file(cases)
    erase(cases, case)
    search(cases, everywhere(cases, reporting=a_vocabulary(complete=False)))

    proof = certificate(cases, case)

    assert (proof["facts_as_of"], proof["not_opened"]) == (None, ["facts"])
