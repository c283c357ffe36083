"""Personal data stays where it belongs: a whole case is worked, then everything that was written is searched."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from infra.local import casework
from infra.local.client import Caller, Refusal
from infra.local.process import System
from shared.codes import Role
from tests.gates.test_routes import DECLARED

MARKS = ("Zsuzsannamark", "Quellwasserov", "2004-02-29", "17604069999", "zq.mark@", "Sehnsuchtswort", "Vermerkwort")
"""Parts of a name, a birth date, a number, an address, a message and a note that occur nowhere else."""

FORM = {
    "given_name": "Zsuzsannamark",
    "family_name": "Quellwasserov",
    "date_of_birth": "2004-02-29",
    "language": "de",
    "needs_interpreter": False,
    "phone": "+49 176 04069999",
    "email": "zq.mark@example.org",
    "channel": "sms",
    "shared_phone": False,
    "single_parent": False,
    "children": 0,
    "topics": ["housing"],
    "city_quarter": "101",
    "message": "Sehnsuchtswort",
    "consent_processing": True,
    "consent_contact": True,
}
WRONG = {**FORM, "phone": "17604069999 Quellwasserov", "Zsuzsannamark": "zq.mark@example.org"}

KNOWS_PERSONS = {"outbox.db"}
"""The outbox stands in for a phone: it is what was sent, and development only."""


@dataclass(frozen=True)
class Done:
    """What a system left behind, and what its databases held around a round of looking."""

    data: Path
    log: str
    before: dict[str, set[str]]
    after: dict[str, set[str]]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    system = System(tmp_path_factory.mktemp("kim") / "data", {"KIM_ALTCHA": "off", "KIM_POST_LIMIT": "1000/minute"})
    system.data.mkdir()
    system.start()
    try:
        case = work(system.url)
        before = held(system.data)
        look(system.url, case)
        after = held(system.data)
    finally:
        system.stop()
    return Done(system.data, Path(f"{system.data}.log").read_text(encoding="utf-8"), before, after)


def test_no_log_line_holds_a_value_from_the_vault(done: Done):
    assert [line for line in done.log.splitlines() if any(mark in line for mark in MARKS)] == []


def test_a_log_line_is_json_with_a_constant_message(done: Done):
    lines = [json.loads(line) for line in done.log.splitlines() if line.startswith("{")]

    assert lines
    assert all({"severity", "logger", "message", "time"} <= set(line) for line in lines)
    assert "Traceback" not in done.log


def test_nothing_on_disk_names_anybody_but_the_outbox(done: Done):
    written = {file.name: file.read_bytes() for file in done.data.rglob("*") if file.is_file()}

    assert {"cases.db", "people.db", "bus.db"} <= set(written)
    named = {name for name, content in written.items() if any(mark.encode() in content for mark in MARKS)}
    assert {name.removesuffix("-wal") for name in named} <= KNOWS_PERSONS


def test_get_changes_nothing_but_the_record_of_looks(done: Done):
    assert {table: done.after[table] ^ rows for table, rows in done.before.items() if done.after[table] != rows} == {}


def work(url: str) -> str:
    """One case from the form to its closure, with attempts that are refused; the case's id."""
    public, coordinator = Caller(url), Caller(url, "koordination")
    for sent in (WRONG, {**FORM, "consent_processing": False}):
        with pytest.raises(Refusal, match="422"):
            public.add("/intake/submissions", sent)
    malformed = json.dumps(FORM)[:-1].encode()
    assert (
        requests.post(
            f"{url}/intake/submissions", malformed, headers={"Content-Type": "application/json"}, timeout=60
        ).status_code
        == 400
    )
    public.add("/intake/submissions", FORM)
    settle(public)
    case = coordinator.every("/cases")[0]
    organisation = casework.organisations()[0].id
    lead = Caller(url, casework.staff(organisation, Role.TEAM_LEAD)[0])
    manager = casework.staff(organisation, Role.CASE_MANAGER)[0]
    case = coordinator.change("POST", case, "allocation", {"organisation": organisation})
    case = lead.change("POST", case, "assignment", {"case_manager": manager})
    hers = Caller(url, manager)
    for step in (*casework.WAY[:5], noted, *casework.WAY[5:]):
        case = step(hers, case)
    assert hers.get("/cases?q=Quellwasserov")["items"]
    public.add("/dev/jobs/reporting_run", {})
    settle(public)
    return str(case["id"])


def noted(manager: Caller, case: casework.Case) -> casework.Case:
    """A contact with a note, as it is sealed."""
    said = {"channel": "phone", "minutes": 5, "note": "Vermerkwort"}
    return {**case, "version": manager.add(f"/cases/{case['id']}/contacts", said)["version"]}


def look(url: str, case: str) -> None:
    """Ask every GET route, as the public and as one person of each role."""
    organisation = casework.organisations()[0].id
    manager = casework.staff(organisation, Role.CASE_MANAGER)[0]
    near = sorted(
        Caller(url).get("/dev/users"), key=lambda one: (one["organisation"] == organisation, one["id"] == manager)
    )
    one_of_each = {",".join(one["roles"]): Caller(url, one["id"]) for one in near}
    people = [{}, *({"Authorization": one.authorization} for one in one_of_each.values())]
    known = {"case_id": case, "report_id": Caller(url, "koordination").get("/reporting/reports")["items"][0]["id"]}
    shown = []
    for service, path in [(one, path) for one, method, path, _ in DECLARED if method == "GET"]:
        asked = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: known.get(found[1], "none"), path)
        asked += f"?case={case}" if service == "notifications" else ""
        answers = {requests.get(f"{url}{asked}", headers=one, timeout=60).status_code for one in people}
        assert max(answers) < 500, asked
        shown.append(200 in answers)  # not where nothing is, as with appointments that nobody made
    assert sum(shown) > len(shown) / 2


def settle(caller: Caller) -> None:
    """Wait until everything that happened has been heard."""
    ends = time.monotonic() + 120
    while caller.get("/dev/bus.json")["undelivered"]:
        assert time.monotonic() < ends
        time.sleep(0.1)


def held(data: Path) -> dict[str, set[str]]:
    """Every row of every service's database, by table, the record of looks left out."""
    return {
        f"{file.name}:{table}": rows
        for file in sorted(data.glob("*.db"))
        if file.name not in ("bus.db", "facts.db")  # when schedules ran; facts that wait until somebody counts
        for table, rows in tables(file)
    }


def tables(file: Path) -> Iterator[tuple[str, set[str]]]:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        rows = {str(row) for row in connection.execute(f'SELECT * FROM "{table}"')}
        yield table, {row for row in rows if "looks-" not in row}
    connection.close()
