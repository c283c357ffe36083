"""The system is killed over and over under load. Nothing accepted is lost, nothing is doubled."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from pathlib import Path
from typing import Any

import requests

from infra.local import casework
from infra.local.client import Caller, Refusal
from infra.local.process import System
from shared.codes import Role
from tests.end_to_end import ledger

KILLS = 20
SEED = 20261122
LONGEST = 300.0
"""Seconds after which the test gives up."""
FORMS = [json.loads(line) for line in Path("tests/data/submissions.jsonl").read_text(encoding="utf-8").splitlines()]


def test_twenty_kills_under_load_lose_nothing_and_double_nothing(tmp_path: Path):
    system = System(tmp_path / "data", {"KIM_ALTCHA": "off", "KIM_SERVERS": "2"})
    system.data.mkdir()
    system.start()
    load = Load(system.url)
    try:
        load.start()
        _kill_over_and_over(system, random.Random(SEED))
        load.finish()
        _wait_until_quiet(system, expected=len(FORMS))
    finally:
        load.stop()
        if system.process.poll() is None:
            assert system.stop() == 0

    assert len(load.accepted) == len(FORMS)
    ledger.nothing_is_lost_or_doubled(ledger.read(system.data), load.accepted)


def _kill_over_and_over(system: System, chance: random.Random) -> None:
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.1, 1.5))
        system.stop(signal.SIGKILL)
        system.start()


def _wait_until_quiet(system: System, *, expected: int) -> None:
    """Until every case is there, nothing waits for delivery, and the outbox has stopped growing."""
    caller = Caller(system.url, "koordination")
    ends, before = time.monotonic() + 90, (-1, -1)
    while time.monotonic() < ends:
        caller.call("POST", "/dev/jobs/notifications_sweep")
        now = (len(caller.every("/cases?sort=opened_at")), len(caller.get("/dev/outbox.json")))
        waiting = caller.get("/dev/bus.json")["undelivered"]
        if now == before and now[0] == expected and waiting == 0:
            return
        before = now
        time.sleep(1)
    raise TimeoutError(f"not quiet: {before}, waiting: {waiting}")


class Load:
    """Clients who send their form until it is accepted, and staff who allocate and assign what arrives."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.accepted: set[str] = set()
        self._over = threading.Event()
        self._sender = threading.Thread(target=self._send)
        self._staff = threading.Thread(target=self._work)

    def start(self) -> None:
        self._sender.start()
        self._staff.start()

    def finish(self) -> None:
        """Let the clients finish, then the staff."""
        self._sender.join(LONGEST)
        assert not self._sender.is_alive()
        self.stop()

    def stop(self) -> None:
        self._over.set()
        for thread in (self._sender, self._staff):
            if thread.is_alive():
                thread.join(60)

    def _send(self) -> None:
        for number, form in enumerate(FORMS):
            if self._over.is_set():
                return
            answer = self._until_answered(form, f"form-{number}")
            self.accepted.add(answer["reference"])
            time.sleep(0.05)

    def _until_answered(self, form: dict[str, Any], key: str) -> dict[str, Any]:
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            try:
                return Caller(self._url).add("/intake/submissions", form, Idempotency_Key=key)
            except requests.RequestException:
                time.sleep(0.1)
            except Refusal as refusal:
                if refusal.status != 503:
                    raise
                time.sleep(0.1)
        raise TimeoutError(key)

    def _work(self) -> None:
        while not self._over.is_set():
            try:
                self._allocate_and_assign()
            except requests.RequestException:
                time.sleep(0.1)
            except Refusal as refusal:
                if refusal.status not in {409, 412, 503}:
                    raise

    def _allocate_and_assign(self) -> None:
        coordinator = Caller(self._url, "koordination")
        for number, case in enumerate(coordinator.get("/cases?organisation=unallocated&limit=20")["items"]):
            organisation = casework.responsible(case, number)
            case = coordinator.change("POST", case, "allocation", {"organisation": organisation})
            lead = Caller(self._url, casework.staff(organisation, Role.TEAM_LEAD)[0])
            manager = casework.staff(organisation, Role.CASE_MANAGER)[0]
            lead.change("POST", case, "assignment", {"case_manager": manager})
        time.sleep(0.1)
