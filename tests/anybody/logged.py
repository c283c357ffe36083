"""What happened must be in the logs, and the logs must give everything as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from services.cases.appointments import domain as appointments
from services.cases.conferences import domain as conferences
from services.cases.domain import broken_glass
from services.cases.findings import domain as findings
from services.cases.follow_ups import domain as follow_ups
from services.cases.household import domain as household
from services.cases.referrals.domain import referral as referrals
from services.cases.residence import domain as residence
from shared.store import Query
from shared.store.lines import broken_link, entries, event_of
from tests.anybody.watched import Watched

FOLDS: dict[str, Callable[[Any], Any]] = {
    "appointments": appointments.fold,
    "break_glass": broken_glass.fold,
    "conferences": conferences.fold,
    "domain_ends": residence.fold,
    "findings": findings.fold,
    "follow_ups": follow_ups.fold,
    "household": household.fold,
    "referrals": referrals.fold,
    "residence": residence.fold,
}
"""How a log gives the state of what lies beside a case."""


def everything_is_in_the_log(kim: Watched, accepted: Iterable[tuple[str, int, str]]) -> None:
    """The log gives the state of everything, its chain is whole, and no change that was accepted is missing."""
    for case in kim.cases:
        kim.is_as_known(case)
    logged = set()
    for collection in ("cases", *FOLDS):
        for document in kim.store.query(Query(collection, limit=500)).items:
            log = list(entries(kim.store, document.path))
            assert broken_link(log) is None
            history = [event_of(one) for one in log]
            logged |= {(document.id, one.version, one.by) for one in history}
            if collection in FOLDS:
                held = FOLDS[collection](history)
                assert held == type(held).model_validate(document.body)
    assert set(accepted) <= logged
