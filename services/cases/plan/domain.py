"""Two versions of a support plan side by side: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from shared.codes import MeasureStatus

Item = Mapping[str, Any]
"""A goal or a measure as it is shown, with its `kind`; a measure names its `goal`."""

NAMES = frozenset({"kind", "id", "goal", "measures"})
"""What an item is known by, and never changes."""
ENDS = frozenset({"outcome", "status", "ended_on"})
"""What says that an item has ended, and how."""


class Comparison(NamedTuple):
    """What happened to a plan from one version to another."""

    added: list[Item]
    changed: list[dict[str, Any]]
    ended: list[Item]


def compare(before: Iterable[Item], after: Iterable[Item]) -> Comparison:
    """Which items were added, which changed in which fields, and which came to their end. Nothing ever goes away."""
    known, now = {one["id"]: one for one in before}, list(after)
    ended = [one for one in now if has_ended(one) and not has_ended(known.get(one["id"], {}))]
    changed = (_changed(known[one["id"]], one, one in ended) for one in now if one["id"] in known)
    return Comparison(
        added=[one for one in now if one["id"] not in known],
        changed=[one for one in changed if one["fields"]],
        ended=ended,
    )


def has_ended(item: Item) -> bool:
    """Whether a goal has its outcome, or a measure is done or dropped."""
    return item.get("outcome") is not None or item.get("status", MeasureStatus.OPEN) != MeasureStatus.OPEN


def _changed(before: Item, after: Item, ended: bool) -> dict[str, Any]:
    known_by = {name: after.get(name) for name in ("kind", "id", "goal")}
    return {**known_by, "fields": list(_differences(before, after, NAMES | ENDS if ended else NAMES))}


def _differences(before: Item, after: Item, but: frozenset[str]) -> Iterator[dict[str, Any]]:
    for name in after.keys() - but:
        if before.get(name) != after[name]:
            yield {"field": name, "before": before.get(name), "after": after[name]}
