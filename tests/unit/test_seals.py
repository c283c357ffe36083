"""The root of a day: it can be computed again at any time, and what was done to a log since then is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest

from infra.local import audit
from services.cases.audit import handlers
from services.cases.rights import erasing
from shared import clock
from shared.codes import ErasureGround
from shared.store import Delete, Put, Store, seals, spans
from shared.store.catalogue import DATABASES
from shared.store.chains import logs
from shared.store.lines import FIRST, entry_of, event_of
from shared.store.nights import at, night
from tests.builders import NOON
from tests.cases import CasesService, a_cases_service
from tests.fakes import MemoryStore

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
NIGHT = NOON + timedelta(hours=16)
"""Half past three of Tuesday, and a little."""

Said = Callable[..., tuple[int, str]]


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


@pytest.fixture
def verified(cases: CasesService, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """What `make verify-audit` answers and says."""
    stores: dict[str, Store] = {name: MemoryStore(name) for name in DATABASES} | {"cases": cases.store}
    monkeypatch.setattr(audit, "connect", stores.__getitem__)

    def run(*arguments: str) -> tuple[int, str]:
        return audit.main(list(arguments)), capsys.readouterr().out

    return run


def sealed(cases: CasesService) -> str:
    """The root of Monday, as the officer is told it in the night."""
    handlers.run(cases.store, cases.bus, at=NIGHT)
    clock.move(NIGHT)
    root: str = cases.get("datenschutz", "/cases/audit")["items"][0]["root"]
    return root


def rewrite(store: Store, path: str, version: int) -> None:
    """Say in a line that somebody else did it, and hash everything anew: no chain shows that."""
    subject = store.get(path)
    assert subject is not None
    head = FIRST
    for number in range(1, subject["version"] + 1):
        entry = store.get(f"{path}/events/{number}")
        assert entry is not None
        event = event_of(entry)
        anew = entry_of(event.model_copy(update={"by": "somebody"}) if number == version else event, head)
        store.commit([Put(f"{path}/events/{number}", {**anew, "published": True})])
        head = anew["hash"]
    store.commit([Put(path, {**subject, "head": head})])


def test_of_a_folder_without_logs_verify_audit_does_not_say_that_all_is_well(cases: CasesService, verified: Said):
    status, told = verified()
    assert (status, "no log here" in told, "0 broken" in told) == (2, True, False)

    cases.assigned()
    assert verified()[0] == 0


def test_the_root_that_was_told_is_the_one_that_verify_audit_prints(cases: CasesService, verified: Said):
    cases.assigned()
    root = sealed(cases)

    assert f"root of cases at the end of {MONDAY}: {root}" in verified(f"{MONDAY}", root)[1]


def test_a_root_holds_whatever_is_appended_after_its_day_and_whoever_is_erased(cases: CasesService, verified: Said):
    case = cases.assigned()
    root = sealed(cases)
    clock.move(NOON + timedelta(days=1))
    cases.change("lindenhof-1", case, "POST", "phase", {"to": "clearing"})
    cases.assigned()
    erasing.erase(
        cases.desk.cases.get(case), ErasureGround.CONSENT_WITHDRAWN, by="datenschutz", at=clock.now(), desk=cases.desk
    )

    answer, said = verified(f"{MONDAY}", root)

    assert answer == 0
    assert f"the root of {MONDAY} holds: cases" in said
    clock.move(NIGHT + timedelta(days=1))
    assert verified(f"{TUESDAY}", root)[0] == 1, "of another day it is another"


def test_without_arguments_yesterday_is_shown(cases: CasesService, verified: Said):
    cases.assigned()
    root = sealed(cases)
    clock.move(NIGHT)

    assert f"root of cases at the end of {MONDAY}: {root}" in verified()[1]


def test_a_log_that_vanished_is_named(cases: CasesService, verified: Said):
    case, _ = cases.inquiry(), cases.assigned()
    root = sealed(cases)
    cases.store.commit([Delete(f"cases/{case}"), Delete(f"cases/{case}/events/1")])

    answer, said = verified(f"{MONDAY}", root)

    assert answer == 1
    assert f"cases: cases/{case}: removed, from version 1 on" in said
    assert "the nights of cases list what led to it" in said


def test_a_line_that_was_cut_off_is_named_though_the_chain_holds(cases: CasesService, verified: Said):
    case = cases.assigned()
    root = sealed(cases)
    before = cases.store.get(f"cases/{case}/events/2")
    subject = cases.store.get(f"cases/{case}")
    assert before is not None
    assert subject is not None
    cut = {**subject, "version": 2, "head": before["hash"]}
    cases.store.commit([Delete(f"cases/{case}/events/3"), Put(f"cases/{case}", cut)])

    answer, said = verified(f"{MONDAY}", root)

    assert (answer, "0 broken" in said) == (1, True)
    assert f"cases: cases/{case}: cut off, from version 3 on" in said


def test_a_line_that_was_written_anew_with_all_after_it_is_named(cases: CasesService, verified: Said):
    case = cases.assigned()
    sealed(cases)
    clock.move(NOON + timedelta(days=1))
    cases.change("lindenhof-1", case, "POST", "phase", {"to": "clearing"})
    handlers.run(cases.store, cases.bus, at=NIGHT + timedelta(days=1))
    clock.move(NIGHT + timedelta(days=1))
    root = cases.get("datenschutz", "/cases/audit")["items"][0]["root"]
    rewrite(cases.store, f"cases/{case}", 4)

    answer, said = verified(f"{TUESDAY}", root)

    assert (answer, "0 broken" in said) == (1, True)
    assert f"cases: cases/{case}: altered, from version 4 on" in said


def test_a_line_that_says_an_earlier_day_is_named(cases: CasesService, verified: Said):
    there = cases.assigned()
    root = sealed(cases)
    clock.move(NOON + timedelta(hours=1))
    late = cases.inquiry()
    cases.change("lindenhof-1", there, "POST", "phase", {"to": "clearing"})
    clock.move(NIGHT)

    answer, said = verified(f"{MONDAY}", root)

    assert answer == 1
    assert f"cases: cases/{late}: added later, from version 1 on" in said
    assert f"cases: cases/{there}: added later, from version 4 on" in said


def test_a_list_that_was_altered_with_the_logs_does_not_lead_to_the_root(cases: CasesService, verified: Said):
    case = cases.assigned()
    root = sealed(cases)
    rewrite(cases.store, f"cases/{case}", 2)
    seals.enlist(cases.store, MONDAY, at(list(logs(DATABASES["cases"], cases.store, (clock.end_of(MONDAY),))), 0))

    answer, said = verified(f"{MONDAY}", root)

    assert answer == 1
    assert "no list of the nights leads to it" in said


def test_a_root_that_is_none_is_refused_and_so_is_half_a_question(cases: CasesService, verified: Said):
    clock.move(NIGHT)

    assert verified(f"{MONDAY}", "0" * 64)[0] == 1
    for asked in ((f"{MONDAY}",), ("yesterday", "0" * 64), (f"{TUESDAY}", "0" * 64)):
        assert verified(*asked)[0] == 2, "a day that is over, and its root"


@pytest.mark.parametrize("done", range(5))
def test_a_night_that_was_broken_off_is_done_again_and_no_other(
    cases: CasesService, monkeypatch: pytest.MonkeyPatch, done: int
):
    """Killed before any of its commits: the next run seals what the logs say, and finds nothing wrong."""
    monkeypatch.setattr(seals, "AT_ONCE", 2)
    monkeypatch.setattr(spans, "AT_ONCE", 3)
    for _ in range(4):
        cases.assigned()
    commit, commits = cases.store.commit, iter(range(100))

    def dies(writes: list[Put]) -> None:
        if next(commits) == done:
            raise KeyboardInterrupt
        commit(writes)

    with monkeypatch.context() as patch:
        patch.setattr(cases.store, "commit", dies)
        with pytest.raises(KeyboardInterrupt):
            night(cases.store, None, MONDAY)

    first = night(cases.store, None, MONDAY)
    assert night(cases.store, None, MONDAY) == first
    assert seals.root(seals.listed(cases.store, MONDAY)) == first.of.root
    assert first.of.root == seals.root(at(list(logs(DATABASES["cases"], cases.store, (clock.end_of(MONDAY),))), 0))
    assert first.broken == {}


def test_what_a_night_lists_is_what_the_day_added(cases: CasesService):
    case = cases.assigned()
    night(cases.store, None, MONDAY)
    clock.move(NOON + timedelta(days=1))
    cases.change("lindenhof-1", case, "POST", "phase", {"to": "clearing"})
    night(cases.store, MONDAY, TUESDAY)

    listed = cases.store.get(f"seals/{TUESDAY}.0")
    assert listed is not None
    assert [line.split()[:2] for line in listed["lines"].splitlines()] == [[f"cases/{case}", "4"]]


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_day_ends_at_midnight_in_germany_in_summer_and_winter(day: date):
    assert clock.day(clock.end_of(day)) == day + timedelta(days=1)
    assert clock.day(clock.end_of(day) - timedelta(microseconds=1)) == day
