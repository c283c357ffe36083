"""The outbox is searched like any store: of whom a text was for is hers, and what another was sent is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from services.cases.rights import proving
from shared.store import Delete, Put
from tests.cases import CasesService, a_cases_service
from tests.fakes import MemoryStore
from tests.rights import a_file, certificate, erase, everywhere, search

HOUR = timedelta(hours=1)
PHONE = "+4917139200001"


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def an_outbox(*texts: dict[str, str | None]) -> MemoryStore:
    outbox = MemoryStore("outbox")
    said = {"to": PHONE, "body": "Beratung: Montag, 3. August", "sent_at": "2026-03-02T12:00:00.000000+00:00"}
    outbox.commit([Put(f"outbox/m-{number}", {**said, **text}) for number, text in enumerate(texts)])
    return outbox


def person(cases: CasesService, case: str) -> str:
    return cases.desk.cases.get(case).person


def test_a_certificate_waits_for_the_outbox_to_be_emptied_and_is_negative_then(cases: CasesService):
    case, other = a_file(cases), a_file(cases, person={"given_name": "Xenia", "phone": None})
    outbox = an_outbox({"person": person(cases, case), "to": "an address that she had before"})
    erase(cases, case)
    erase(cases, other)
    stores = everywhere(cases, outbox=outbox)

    assert search(cases, stores)["certified"] == 1
    assert certificate(cases, other)["negative"] is True
    assert certificate(cases, case)["state"] == "searching"
    assert search(cases, stores, later=HOUR)["certified"] == 0
    outbox.commit([Delete("outbox/m-0")])

    assert search(cases, stores, later=2 * HOUR)["certified"] == 1
    assert certificate(cases, case)["negative"] is True
    assert cases.vault.get(f"needles/{person(cases, case)}") is None


def test_what_is_still_shown_after_a_day_is_named(cases: CasesService):
    case = a_file(cases)
    outbox = an_outbox({"person": person(cases, case)})
    erase(cases, case)

    search(cases, everywhere(cases, outbox=outbox))
    search(cases, everywhere(cases, outbox=outbox), later=proving.TOLD_WITHIN)

    proof = certificate(cases, case)
    assert proof["negative"] is False
    assert [one["found"] for one in proof["searched"] if one["found"]] == [["outbox/m-0"]]


@pytest.mark.parametrize("whose", ["person-of-a-household-member", None])
def test_what_somebody_else_was_sent_is_not_hers_though_her_words_stand_there(cases: CasesService, whose: str | None):
    case = a_file(cases, person={"given_name": "August", "phone": PHONE})
    erase(cases, case)

    search(cases, everywhere(cases, outbox=an_outbox({"person": whose})))

    proof = certificate(cases, case)
    (of_outbox,) = [one for one in proof["searched"] if one["database"] == "outbox"]
    assert proof["negative"] is True
    assert (of_outbox["documents"], of_outbox["codes"], of_outbox["found"]) == (1, 1, [])


def test_of_a_text_that_does_not_say_for_whom_it_was_her_words_tell(cases: CasesService):
    case = a_file(cases, person={"phone": PHONE})
    erase(cases, case)

    search(cases, everywhere(cases, outbox=an_outbox({})), later=proving.TOLD_WITHIN)

    assert certificate(cases, case)["negative"] is False


def test_where_providers_carry_everything_no_outbox_holds_anything(cases: CasesService):
    case = a_file(cases)
    stores = everywhere(cases)
    del stores["outbox"]
    erase(cases, case)

    search(cases, stores)

    proof = certificate(cases, case)
    assert (proof["negative"], proof["searched"][-1]["documents"]) == (True, 0)


def test_a_kill_between_two_certificates_forgets_nobody(cases: CasesService, monkeypatch: pytest.MonkeyPatch):
    case, other = a_file(cases), a_file(cases, person={"given_name": "Xenia", "phone": None})
    stores = everywhere(cases, outbox=an_outbox({"person": person(cases, case)}))
    erase(cases, case)
    erase(cases, other)
    with monkeypatch.context() as patch:
        patch.setattr(proving, "_end", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            search(cases, stores)

    search(cases, stores, later=HOUR)
    assert certificate(cases, case)["state"] == "searching"
    stores["outbox"].commit([Delete("outbox/m-0")])
    search(cases, stores, later=2 * HOUR)

    assert certificate(cases, case)["negative"] is True
