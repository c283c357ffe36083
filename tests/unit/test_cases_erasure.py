"""Erasing a person: her key is gone at once, and what is left of her is looked for everywhere, and certified."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from infra.local import erasure
from services.cases.rights import proving
from shared.codes import Phase
from shared.settings import Settings
from shared.store import Document, Put
from shared.store.catalogue import DATABASES
from shared.store.sqlite import SqliteStore
from shared.store.traces import Sought, search
from tests.cases import CONTACT, CasesService, a_cases_service
from tests.fakes import MemoryStore
from tests.rights import NOTE, a_file, a_second_case, certificate, erase, everywhere, restrict
from tests.rights import search as find


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


WORDS = ("Zsuzsannamark", "Quellwasserov", "Sehnsuchtswort an Sie", NOTE, "Eigene Wohnung")


def test_erasing_destroys_the_key_at_once_and_proves_it_later(cases: CasesService):
    case = a_file(cases)

    erased = erase(cases, case)

    assert (erased.status_code, erased.json["state"], erased.json["by"]) == (200, "searching", "datenschutz")
    assert {one["what"] for one in erased.json["destroyed"]} == {"key", "identity_and_contact", "search_tokens"}
    assert [one["complete"] for one in erased.json["searched"]] == [False] * 6
    assert cases.desk.people.find(cases.desk.cases.get(case).person) is None
    assert cases.store.get(f"cases/{case}")["tokens"] == []  # type: ignore[index]

    assert find(cases)["certified"] == 1

    proof = certificate(cases, case)
    assert (proof["state"], proof["negative"]) == ("certified", True)
    assert proof["at"] <= proof["destroyed_at"] < proof["certified_at"]
    assert {one["database"] for one in proof["searched"] if one["complete"]} == set(proving.SEARCHED)
    assert set(proof["not_opened"]) == set(DATABASES) - set(proving.SEARCHED) == {"facts"}
    assert proof["searched_for"] >= len(WORDS)
    assert all(one["documents"] for one in proof["searched"] if one["database"] in ("cases", "people"))


def test_the_words_that_are_looked_for_are_sealed_and_gone_with_the_certificate(cases: CasesService):
    case = a_file(cases)
    person = cases.desk.cases.get(case).person
    erase(cases, case)

    assert set(WORDS) <= set(cases.desk.people.needles.find(person))
    for name, store in (("cases", cases.store), ("people", cases.vault)):
        assert search(DATABASES[name], store, WORDS).found == ()

    find(cases)

    assert cases.vault.get(f"needles/{person}") is None
    assert person not in json.dumps(cases.store.get(proving.CURRENT))


@pytest.mark.parametrize("database", proving.SEARCHED)
def test_a_search_finds_a_word_that_was_left_in_clear_wherever_it_stands(cases: CasesService, database: str):
    case, other = a_file(cases), a_file(cases, person={"family_name": "Andersberg", "given_name": "Xenia"})
    stores = everywhere(cases)
    collection = DATABASES[database].collections[-1]
    path = f"cases/case-1/{collection.name}/left" if collection.group else f"{collection.name}/left"
    ordered = dict.fromkeys(collection.ordered, "1")
    stores[database].commit([Put(path, {**ordered, "nickname": "die QUELLWASSEROV"})])
    erase(cases, case)
    erase(cases, other)

    find(cases, stores)
    find(cases, stores, later=proving.TOLD_WITHIN)

    proof = certificate(cases, case)
    assert proof["negative"] is False
    assert {one["database"]: one["found"] for one in proof["searched"] if one["found"]} == {database: [path]}
    assert "quellwasserov" not in json.dumps(proof).lower()
    assert certificate(cases, other)["negative"] is True


def test_what_is_asked_of_an_erasure_is_for_the_privacy_officer_and_on_record(cases: CasesService):
    case = a_file(cases)
    assert cases.call("datenschutz", "GET", f"/cases/{case}/erasure").status_code == 404
    erase(cases, case)

    assert cases.call("lindenhof-leitung", "GET", f"/cases/{case}/erasure").status_code == 403
    assert cases.call("lindenhof-leitung", "GET", "/cases/erasures").status_code == 403
    waiting = cases.get("datenschutz", "/cases/erasures")["items"]
    find(cases)
    certified = cases.get("datenschutz", "/cases/erasures?certified=true")["items"]

    assert [(one["case"], one["state"]) for one in (*waiting, *certified)] == [(case, "searching"), (case, "certified")]
    assert cases.get("datenschutz", "/cases/erasures")["items"] == []
    looks = [(look.by, look.action, look.reason) for look in cases.looks() if case in look.cases]
    assert looks[-2:] == [("datenschutz", "cases.rights-read", "any")] * 2


@pytest.mark.parametrize("database", DATABASES)
def test_every_database_of_the_catalogue_can_be_searched(database: str):
    assert search(DATABASES[database], MemoryStore(database), ["Quellwasserov"]).complete


def test_a_search_that_broke_off_proves_nothing(cases: CasesService):
    a_file(cases)

    assert not search(DATABASES["cases"], cases.store, ["Quellwasserov"], most=2).complete


def test_an_operator_searches_every_database_and_the_bytes_of_every_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    stores = {name: SqliteStore(database, tmp_path / f"{name}.db") for name, database in DATABASES.items()}
    monkeypatch.setattr(erasure, "connect", stores.__getitem__)
    monkeypatch.setattr(erasure, "settings", lambda: Settings(data=tmp_path))

    def verified(words: str = "Quellwasserov\n\nZsuzsannamark\n") -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(words))
        return erasure.main()

    assert verified() == 2, "nothing is there"
    with a_cases_service(stores["cases"], stores["people"]) as cases:
        case = a_file(cases)
        erase(cases, case)
        find(cases, stores)
        assert certificate(cases, case)["negative"] is True
    assert verified() == 0
    assert verified("\n") == 2, "nothing was asked"
    stores["intake"].commit([Put("submissions/one", {"left": "Frau Quellwasserov"})])
    assert verified() == 1

    said = capsys.readouterr().out
    assert "submissions/one" in said
    assert "intake.db" in said
    assert "Quellwasserov" not in said


@pytest.mark.parametrize("word", ["Quellwasserov", "Çağrımüller", "Ça\u0306lar", "سميرة", 'O"Brien'])
def test_a_word_is_found_in_the_bytes_of_a_file_however_it_is_written_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str
):
    monkeypatch.setattr(erasure, "settings", lambda: Settings(data=tmp_path))
    monkeypatch.setattr(erasure, "PIECE", 7)
    store = SqliteStore(DATABASES["intake"], tmp_path / "intake.db")
    assert erasure.in_files([word]) == []

    store.commit([Put("submissions/one", {"left": unicodedata.normalize("NFC", word)})])

    assert set(erasure.in_files([word])) & {"intake.db", "intake.db-wal"}


def test_after_erasure_every_view_still_works(cases: CasesService):
    case = a_file(cases)
    erase(cases, case)

    assert cases.get("lindenhof-1", f"/cases/{case}")["client"] is None
    assert cases.get("lindenhof-1", "/cases")["items"][0]["client"] is None
    assert cases.get("lindenhof-1", f"/cases/{case}/contacts")["items"][0]["note"] is None
    assert cases.get("lindenhof-1", f"/cases/{case}/history")["items"]
    assert cases.get("lindenhof-1", "/cases?q=Quellwasserov")["items"] == []
    assert cases.get("datenschutz", f"/cases/{case}/subject-access")["master_data"] is None
    assert cases.call("datenschutz", "GET", f"/cases/{case}/subject-access?format=html").status_code == 200


def test_an_erased_case_takes_nothing_new(cases: CasesService):
    case = a_file(cases, Phase.CLOSED)
    assert erase(cases, case, "requested").status_code == 200

    assert restrict(cases, case) == 409
    assert cases.call("lindenhof-1", "POST", f"/cases/{case}/contacts", CONTACT).status_code == 409


def test_a_repeat_changes_nothing(cases: CasesService):
    case = a_file(cases)

    assert erase(cases, case).json == erase(cases, case).json
    find(cases)
    assert erase(cases, case).json == certificate(cases, case)
    assert find(cases) == {"documents": 0, "certified": 0}


def test_an_open_case_is_erased_on_withdrawal_only(cases: CasesService):
    case = a_file(cases)

    assert erase(cases, case, "requested").status_code == 409
    assert erase(cases, case, "retention_ended").status_code == 409
    assert cases.get("lindenhof-1", f"/cases/{case}")["client"] is not None


def test_a_legal_hold_keeps_from_erasure(cases: CasesService):
    case = a_file(cases, Phase.CLOSED)
    restrict(cases, case, legal_hold=True)

    assert erase(cases, case, "requested").status_code == 409
    restrict(cases, case, restricted=False, legal_hold=False)
    assert erase(cases, case, "requested").status_code == 200


def test_a_person_goes_with_all_her_cases_or_not_at_all(cases: CasesService):
    one = a_file(cases, Phase.CLOSED)
    other = a_second_case(cases, one)

    assert erase(cases, one, "requested").status_code == 409
    assert cases.desk.cases.get(one).erased_at is None
    assert erase(cases, one).status_code == 200
    assert cases.desk.cases.get(other).erased_at is not None


# ---- what is found in a text


@pytest.mark.parametrize(
    ("word", "text", "stands"),
    [
        ("Quellwasserov", "Frau QUELLWASSEROV rief an.", True),
        ("Quellwasserov", "Quellwasserova", False),
        ("Quellwasserov", "vonQuellwasserov", False),
        ("+4917612345678", "Tel.+4917612345678!", True),
        ("+4917612345678", "0+4917612345678", False),
        ("+4917612345678", "4917612345678", False),
        ("Wohnt bei Bekannten.", "Sie sagt: Wohnt bei Bekannten. Seit Mai.", True),
        ("Wohnt bei Bekannten", "Wohnt bei Bekannt", False),
        ("bei bei Bekannten", "bei bei bei Bekannten", True),
        ("Чумак", "ЧУМАК, Ярослава", True),
        ("Łukasz", "łukasz", True),
        ("Li", "Li", True),
        ("Li", "Frau Li", False),
        ("!!!!!", "!!!!!", True),
        (" ", " ", False),
    ],
)
def test_a_word_is_found_where_it_stands_whole(word: str, text: str, stands: bool):
    sought = Sought([("amina", word), ("somebody else", "Andersberg")])

    assert sought.in_(Document("cases/one", {"nested": [{"text": text}]})).remains == ({"amina"} if stands else set())


@given(word=st.text("ab+ .é1", min_size=4, max_size=6), text=st.text("ab+ .é1", max_size=14))
def test_many_words_are_found_as_one_alone_would_be(word: str, text: str):
    folded = word.strip()
    assume(len(folded) >= 4 and re.search(r"\w", folded))
    alone = re.search(rf"(?<!\w){re.escape(folded)}(?!\w)", text)

    found = Sought([("her", word), ("other", "ab1b"), ("other", "a+++")]).in_(Document("x/y", {"": text})).remains

    assert ("her" in found) == (alone is not None)
