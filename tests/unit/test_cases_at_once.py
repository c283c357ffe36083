"""Many hands on one case at the same moment: nothing is lost, and whoever comes second is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from services.cases.domain.history import fold
from shared.codes import ActionField
from shared.store.catalogue import DATABASES
from shared.store.lines import broken_link, entries
from shared.store.sqlite import SqliteStore
from tests.cases import ASSESSMENT, CONTACT, GOAL, CasesService, a_cases_service

HANDS, TIMES = 10, 6
CM = "lindenhof-1"


@pytest.fixture
def cases(tmp_path: Path) -> Iterator[CasesService]:
    stores = {name: SqliteStore(DATABASES[name], tmp_path / f"{name}.db") for name in ("cases", "people")}
    with a_cases_service(stores["cases"], stores["people"]) as service:
        yield service
    for store in stores.values():
        store.close()


def check(cases: CasesService, case: str, *, version: int) -> None:
    history = cases.desk.cases.history(case)
    assert [event.version for event in history] == list(range(1, version + 1))
    assert fold(history) == cases.desk.cases.get(case)
    assert broken_link(entries(cases.store, f"cases/{case}")) is None
    assert sorted(event.version for event in cases.bus.published) == list(range(1, version + 1))


def test_additions_by_many_hands_never_collide(cases: CasesService):
    case = cases.consented()

    def add(number: int) -> Any:
        path, body = (("contacts", {**CONTACT, "note": "x"}), ("goals", GOAL))[number % 2]
        return cases.call(CM, "POST", f"/cases/{case}/{path}", body)

    with ThreadPoolExecutor(HANDS) as hands:
        answers = list(hands.map(add, range(HANDS * TIMES)))

    assert Counter(answer.status_code for answer in answers) == {201: HANDS * TIMES}
    assert len({answer.json["id"] for answer in answers}) == HANDS * TIMES
    assert cases.desk.cases.get(case).contacts == HANDS * TIMES // 2
    check(cases, case, version=4 + HANDS * TIMES)


def test_changes_by_many_hands_succeed_or_are_told_and_none_is_lost(cases: CasesService):
    case = cases.consented()
    fields = list(ActionField)[:HANDS]

    def assess(field: ActionField) -> list[int]:
        """Read, change, and on a conflict read again, as a person would."""
        statuses = []
        for _ in range(TIMES):
            etag = cases.call(CM, "GET", f"/cases/{case}").headers["ETag"]
            answer = cases.call(CM, "PUT", f"/cases/{case}/assessment/{field}", ASSESSMENT, If_Match=etag)
            statuses.append(answer.status_code)
        return statuses

    with ThreadPoolExecutor(HANDS) as hands:
        counted = Counter(status for statuses in hands.map(assess, fields) for status in statuses)

    assert set(counted) <= {200, 412, 503}
    assert counted[200]
    check(cases, case, version=4 + counted[200])
    assert len([look for look in cases.looks() if look.action == "cases.read"]) == HANDS * TIMES
