"""The audit: removed and altered lines are found, and named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.local import audit as verify_audit
from services.cases.audit import handlers
from shared import clock
from shared.codes import Phase
from shared.events import AuditWritten
from shared.policy import Action
from shared.store import Delete, Put, Store
from shared.store.catalogue import DATABASES
from shared.store.chains import logs
from shared.store.sqlite import SqliteStore
from tests.builders import NOON
from tests.cases import CasesService, a_cases_service

LATER = NOON + timedelta(hours=14)
FOLLOW_UP = {"title": "Anruf", "due_on": "2026-03-09"}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


@pytest.fixture
def follow_up(cases: CasesService) -> str:
    """The path of something with a log beside a case."""
    answer = cases.call("lindenhof-1", "POST", f"/cases/{cases.assigned()}/follow-ups", FOLLOW_UP)
    return f"follow_ups/{answer.json['id']}"


def run(cases: CasesService, hours: int = 14) -> dict[str, int]:
    return handlers.run(cases.store, cases.bus, at=NOON + timedelta(hours=hours))


def newest(cases: CasesService) -> dict[str, Any]:
    report: dict[str, Any] = cases.get("datenschutz", "/cases/audit")["items"][0]
    return report


def broken(store: Store) -> set[tuple[str, int | None]]:
    return {(log.path, log.broken) for log in logs(DATABASES["cases"], store) if log.broken is not None}


def cut_off(store: Store, path: str) -> None:
    """Take away the last line of a log, and have its subject say that the one before it is the last."""
    subject = store.get(path)
    assert subject is not None
    before = store.get(f"{path}/events/{subject['version'] - 1}")
    assert before is not None
    cut = {**subject, "version": before["version"], "head": before["hash"]}
    store.commit([Delete(f"{path}/events/{subject['version']}"), Put(path, cut)])


def look(cases: CasesService, by: str, case: str, why: str, action: Action = Action.CASE_READ) -> None:
    cases.desk.looks.record(_actor(by), action, [case], why=why, at=clock.now())


def _actor(id: str) -> Any:
    from shared.identity import Actor

    return Actor(id=id, roles=frozenset())


# ---- chains


def test_whole_logs_are_whole(cases: CasesService, follow_up: str):
    cases.get("lindenhof-1", f"/cases/{cases.case_in(Phase.CLOSED)}")

    assert broken(cases.store) == set()
    assert {log.path.partition("/")[0] for log in logs(DATABASES["cases"], cases.store)} >= {
        "cases",
        "looks",
        "follow_ups",
    }


def test_an_altered_line_is_named(cases: CasesService):
    case = cases.assigned()
    entry = cases.store.get(f"cases/{case}/events/2")
    assert entry is not None
    cases.store.commit([Put(f"cases/{case}/events/2", {**entry, "event": {**entry["event"], "by": "somebody"}})])

    assert broken(cases.store) == {(f"cases/{case}", 2)}


def test_a_tail_that_was_cut_off_is_named(cases: CasesService):
    case = cases.assigned()
    cases.store.commit([Delete(f"cases/{case}/events/3")])

    assert broken(cases.store) == {(f"cases/{case}", 3)}


def test_a_line_beside_a_case_that_was_removed_is_named(cases: CasesService, follow_up: str):
    cases.store.commit([Delete(f"{follow_up}/events/1")])

    assert broken(cases.store) == {(follow_up, 1)}


def test_a_log_without_its_subject_is_named(cases: CasesService, follow_up: str):
    cases.store.commit([Delete(follow_up)])

    assert broken(cases.store) == {(follow_up, 1)}


def test_a_look_that_was_removed_is_named(cases: CasesService):
    cases.get("lindenhof-1", f"/cases/{cases.assigned()}")
    (chain,) = [log.path for log in logs(DATABASES["cases"], cases.store) if log.path.startswith("looks/")]
    cases.store.commit([Delete(f"{chain}/events/1")])

    assert broken(cases.store) == {(chain, 1)}


def test_verify_audit_names_what_was_done_to_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def opened(name: str) -> SqliteStore:
        return SqliteStore(DATABASES[name], tmp_path / f"{name}.db")

    monkeypatch.setattr(verify_audit, "connect", opened)
    with a_cases_service(opened("cases"), opened("people")) as cases:
        case = cases.assigned()
        assert verify_audit.main([]) == 0
        whole = capsys.readouterr().out
        opened("cases").commit([Delete(f"cases/{case}/events/3")])
        assert verify_audit.main([]) == 1

    said = capsys.readouterr().out
    assert f"cases: cases/{case}: the log is broken at version 3" in said
    assert "1 broken" in said
    assert "0 broken" in whole


# ---- the report


def test_the_root_of_a_day_is_told_and_another_day_has_another(cases: CasesService):
    case = cases.assigned()
    run(cases)
    clock.move(NOON + timedelta(days=1))
    cases.change("lindenhof-1", case, "POST", "phase", {"to": "clearing"})
    run(cases, 38)

    told = [event for event in cases.bus.published if isinstance(event, AuditWritten)]
    assert [str(one.sealed_on) for one in told] == ["2026-03-02", "2026-03-03"]
    assert told[1].root == newest(cases)["root"]
    assert told[0].root != told[1].root


def test_a_case_that_vanished_with_its_log_is_named(cases: CasesService):
    case = cases.inquiry()
    run(cases, 14)
    cases.store.commit([Delete(f"cases/{case}"), Delete(f"cases/{case}/events/1")])

    run(cases, 38)

    assert newest(cases)["broken"] == [{"log": f"cases/{case}", "version": 1}]


def test_the_night_names_what_was_cut_off_where_the_chain_holds_all_the_same(cases: CasesService):
    case = cases.assigned()
    run(cases)
    cut_off(cases.store, f"cases/{case}")
    assert broken(cases.store) == set()

    run(cases, 38)

    assert newest(cases)["broken"] == [{"log": f"cases/{case}", "version": 3}]


def test_the_audit_is_the_privacy_officers(cases: CasesService):
    run(cases)

    assert [cases.call(who, "GET", "/cases/audit").status_code for who in ("datenschutz", "lindenhof-leitung")] == [
        200,
        403,
    ]


def test_whoever_watches_the_log_reads_of_a_broken_history_and_of_a_look_that_was_not_allowed(
    cases: CasesService, caplog: pytest.LogCaptureFixture
):
    case = cases.assigned()
    run(cases)
    assert not told(caplog)

    clock.move(NOON + timedelta(hours=20))
    look(cases, "lindenhof-2", case, "assigned")
    cases.store.commit([Delete(f"cases/{case}/events/2")])
    run(cases, 38)

    (line,) = told(caplog)
    assert (line.levelname, line.broken, line.deviations) == ("ERROR", 1, 1)


def told(caplog: pytest.LogCaptureFixture) -> list[Any]:
    return [line for line in caplog.records if line.message == "audit deviates"]
