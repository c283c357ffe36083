"""What is worked out of counts. Pure."""

from __future__ import annotations

from collections.abc import Mapping


def median(frequencies: Mapping[int, int]) -> float | None:
    """The median of values that were seen so many times each; None of nothing."""
    seen = sum(frequencies.values())
    if not seen:
        return None
    middle = {(seen - 1) // 2, seen // 2}
    found, passed = [], 0
    for value, times in sorted(frequencies.items()):
        found += [value for place in middle if passed <= place < passed + times]
        passed += times
    return sum(found) / len(found)
