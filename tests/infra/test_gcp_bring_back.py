"""What was deleted by mistake comes back from a restored database, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from infra.gcp.bring_back import bring_back, main, missing
from shared.store import Delete, Put, Query, Store, pages
from shared.store.catalogue import DATABASES, Database
from shared.store.chains import logs
from shared.store.lines import entries
from tests.cases import CONTACT, CasesService, a_cases_service
from tests.fakes import MemoryStore

CASES = DATABASES["cases"]


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


@pytest.fixture
def case(cases: CasesService) -> str:
    """A case with a note, of which there is a copy."""
    case = cases.assigned()
    cases.change("lindenhof-1", case, "POST", "contacts", {**CONTACT, "note": "x"})
    return case


def everything(store: Store) -> dict[str, Any]:
    names = (f"*/{one.name}" if one.group else one.name for one in CASES.collections)
    return {document.path: document.body for name in names for document in pages(store, Query(name, limit=200))}


def a_copy(store: Store) -> Store:
    copy = MemoryStore("cases")
    copy.commit([Put(path, body) for path, body in everything(store).items()])
    return copy


def deleted(cases: CasesService, case: str) -> None:
    """Somebody deletes a case with all that lies under it."""
    cases.store.commit([Delete(path) for path in everything(cases.store) if path.startswith(f"cases/{case}")])


def test_a_deleted_case_comes_back_with_its_words_and_its_whole_history(cases: CasesService, case: str):
    before, restored = everything(cases.store), a_copy(cases.store)
    deleted(cases, case)

    brought = list(bring_back(CASES, restored, cases.store))

    assert everything(cases.store) == before
    assert {path.split("/")[2] for path in brought if path.count("/") > 1} == {"events", "texts"}
    assert not [log for log in logs(CASES, cases.store) if log.broken is not None]
    assert list(bring_back(CASES, restored, cases.store)) == []


def test_what_has_changed_since_stays_as_it_is(cases: CasesService, case: str):
    restored = a_copy(cases.store)
    cases.change("lindenhof-1", case, "POST", "phase", {"to": "clearing"})

    assert list(bring_back(CASES, restored, cases.store)) == []
    assert len(list(entries(cases.store, f"cases/{case}"))) == cases.version(case)


def test_looking_changes_nothing_and_what_has_expired_is_not_missed(cases: CasesService, case: str):
    cases.call("lindenhof-1", "POST", f"/cases/{case}/contacts", CONTACT, Idempotency_Key="k")
    restored = a_copy(cases.store)
    deleted(cases, case)
    cases.store.commit([Delete(path) for path in everything(restored) if path.startswith("answers/")])
    left = everything(cases.store)

    lost = [document.path for document in missing(CASES, restored, cases.store)]

    assert f"cases/{case}" in lost
    assert not [path for path in lost if path.startswith("answers/")]
    assert everything(cases.store) == left


@pytest.mark.parametrize(("given", "said"), [([], "Missing"), (["--bring-back"], "Brought back")])
def test_the_command_names_each_path(
    cases: CasesService, case: str, given: list[str], said: str, capsys: pytest.CaptureFixture[str]
):
    stores = {"cases": cases.store, "cases-restored": a_copy(cases.store)}
    deleted(cases, case)

    def opened(database: Database) -> Store:
        assert database == replace(CASES, name=database.name)
        return stores[database.name]

    main(["cases", "cases-restored", *given], opened)

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{said}: {len(lines) - 1}"
    assert f"cases/{case}" in lines
    assert (cases.store.get(f"cases/{case}") is not None) == bool(given)


@pytest.mark.parametrize("arguments", [[], ["cases"], ["nothing", "x"], ["cases", "x", "--do"]])
def test_whoever_asks_otherwise_is_told_how(arguments: list[str]):
    with pytest.raises(SystemExit, match="bring_back"):
        main(arguments)
