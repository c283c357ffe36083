"""The check of looks on every store: page by page, on in the next run, and each deviation told once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.cases.audit import handlers, rounds
from shared import clock
from shared.identity import Actor
from shared.policy import Action
from shared.store import Store
from tests.builders import NOON
from tests.cases import a_cases_service

NIGHT = NOON + timedelta(hours=14)
SOMEBODY_ELSE = Actor(id="lindenhof-2", roles=frozenset())


def test_looks_are_checked_page_by_page_over_several_runs(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rounds, "PAGE", 3)
    monkeypatch.setattr(rounds, "PATIENCE", -1.0)
    with a_cases_service(store) as cases:
        made = [cases.assigned() for _ in range(3)]
        for case in made:
            cases.get("lindenhof-1", f"/cases/{case}")
            cases.desk.looks.record(SOMEBODY_ELSE, Action.CASE_READ, made, why="assigned", at=clock.now())
        runs = [handlers.run(store, cases.bus, at=NIGHT) for _ in range(4)]
        clock.move(NIGHT + timedelta(days=1))
        runs.append(handlers.run(store, cases.bus, at=clock.now()))
        reports = cases.get("datenschutz", "/cases/audit")["items"]

    assert [run["looks"] for run in runs] == [3, 3, 0, 0, 0]
    assert sum(run["deviations"] for run in runs) == 9
    named = [(one["look"], one["case"]) for report in reports for one in report["deviations"]]
    assert len(named) == len(set(named)) == 9
    assert {one["why"] for report in reports for one in report["deviations"]} == {"reason_did_not_hold"}
