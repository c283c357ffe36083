"""A KIM at which anybody asks for anything, who may be asked for, and what holds of a case whatever happens to it."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from shared.store import Query
from tests import signin
from tests.anybody.model import Known
from tests.anybody.rules import CONFERENCE, REFERRAL, holds
from tests.anybody.watched import Watched, WatchedStore
from tests.cases import a_cases_service
from tests.fakes import MemoryStore

HERS = "the one whose it is"


class Held(RuleBasedStateMachine):
    """A few cases, and what was accepted about them."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        store = WatchedStore()
        self.kim = Watched(self.stack.enter_context(a_cases_service(store, MemoryStore("people"))), store)
        self.accepted: list[tuple[str, int, str]] = []
        self.something_changed = False

    def case(self, number: int) -> Known:
        self.last = self.kim.cases[number % len(self.kim.cases)]
        return self.last

    def user(self, who: str, case: Known) -> Any:
        """Somebody of the staff; the one whose it is, is its case manager, or who would put one in charge."""
        if who != HERS:
            return signin.staff(who)
        return signin.staff(case.manager or (f"{case.organisation}-leitung" if case.organisation else "koordination"))

    def with_the_case_ends_what_is_open(self, case: Known) -> None:
        self.kim.ends(case)
        if case.phase == "closed":
            standing = {one["status"] for what in ("appointments", "conferences") for one in self.beside(case, what)}
            standing |= {one["status"] for one in self.beside(case, "referrals")}
            assert not standing & {"planned", "proposed", "consented", "sent", "accepted"}
            assert all(one["done"] for one in self.beside(case, "follow-ups"))

    def is_in_the_history(self, user: Any, case: Known, what: str, before: int) -> None:
        happened = [(event["by"], event["version"]) for event in self.kim.events(f"cases/{case.id}")]
        assert happened == [(user.id, before + 1)] or (what == "erasure" and not happened), (what, happened)
        self.accepted += [(case.id, before + 1, user.id)] * len(happened)

    def answered_as_holding(self, user: Any, case: Known, status: int, done: int) -> None:
        """It is done, or the rules refuse it, for those whose case it is; for nobody else."""
        assert status in ({done, 409} if holds(user, case) else {403, 404, 428}), (user.id, case, status, done)

    def beside(self, case: Known, what: str) -> list[dict[str, Any]]:
        collection = what.replace("-", "_")
        pages = self.kim.store.query(Query(collection, limit=200))
        return [{**one.body, "id": one.id} for one in pages.items if one.body["case"] == case.id]

    def nothing_goes_where_it_is_not_released(self, case: Known) -> None:
        for held in self.beside(case, "referrals"):
            if held["status"] in {"sent", "accepted", "started"} and not self.kim.lapsed(case, held["recipient"]):
                assert case.covers(REFERRAL, held["recipient"], self.kim.today), held

    def after_a_night_nothing_is_left_that_is_not_released(self, case: Known) -> None:
        """No referral is open, and nobody asked to what lies ahead; but of a restricted case everything stays."""
        if case.restricted:
            return
        for held in self.beside(case, "referrals"):
            if held["status"] in {"sent", "accepted", "started"}:
                assert case.covers(REFERRAL, held["recipient"], self.kim.today), held
        for held in self.beside(case, "conferences"):
            day = date.fromisoformat(held["held_on"])
            if held["status"] == "planned" and day >= self.kim.today:
                others = {*held["participants"]} - {case.organisation}
                assert all(case.covers(CONFERENCE, one, day) for one in others), held
