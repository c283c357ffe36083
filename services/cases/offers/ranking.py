"""Which offers fit, by criteria that are stated and no others: pure. There is no score that nobody sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from services.cases.offers.domain import Offer

CRITERIA: dict[str, Callable[[Offer, Any], bool]] = {
    "action_field": lambda offer, field: field in offer.action_fields,
    "language": lambda offer, language: language in offer.languages,
    "city_district": lambda offer, district: offer.city_district in (None, district),
    "target_group": lambda offer, group: not offer.target_groups or group in offer.target_groups,
    "barrier_free": lambda offer, wanted: offer.barrier_free is wanted,
    "free_places": lambda offer, wanted: offer.free_places is not None and (offer.free_places > 0) is wanted,
    "waiting_days": lambda offer, most: offer.waiting_days is not None and offer.waiting_days <= most,
}
"""What can be asked of an offer, and when it fits. What an offer does not say fits nothing; an offer for the whole
city fits every district, and one that names no target group is for everybody."""


class Fit(NamedTuple):
    """An offer, and which of the criteria it fits and which not."""

    offer: Offer
    matched: tuple[str, ...]
    unmatched: tuple[str, ...]


def rank(offers: Iterable[Offer], wanted: Mapping[str, Any], *, every: bool = False) -> list[Fit]:
    """The offers that fit at least one criterion (`every`: all of them), all offers where none is stated.

    First those that fit more criteria; then by waiting time, shortest first and unknown last; then by organisation
    and id. Nothing else counts.
    """
    stated = {name: value for name, value in wanted.items() if name in CRITERIA and value is not None}
    fits = [_fit(offer, stated) for offer in offers]
    least = len(stated) if every else min(1, len(stated))
    return sorted((fit for fit in fits if len(fit.matched) >= least), key=_place)


def _fit(offer: Offer, stated: Mapping[str, Any]) -> Fit:
    matched = tuple(name for name, value in stated.items() if CRITERIA[name](offer, value))
    return Fit(offer, matched, tuple(name for name in stated if name not in matched))


def _place(fit: Fit) -> tuple[int, bool, int, str, str]:
    waiting = fit.offer.waiting_days
    return -len(fit.matched), waiting is None, waiting or 0, fit.offer.organisation, fit.offer.id
