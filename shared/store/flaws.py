"""What is wrong with a log: told from its lines, its subject, and the line up to which it was once found sound."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from shared.events import stamp
from shared.store import Body, Store, seals
from shared.store.chains import Line
from shared.store.lines import FIRST, broken_link, entries

LATE = "added later"
"""What came after its day was sealed. The chain may hold: then it is sealed by the next night."""

ANEW = "written anew"
"""Lines and all hashes after them: the chain holds, and is another."""


class Flaw(NamedTuple):
    """The first version at which a log is not as it was, and how."""

    version: int
    how: str


def flaw(subject: Body | None, lines: Sequence[Body], known: Line | None, until: datetime | None) -> Flaw | None:
    """The first flaw of a log whose last line before `until`, the end of the last sealed day, was `known`."""
    if known is not None and not lines:
        return Flaw(1, "removed")
    if (broken := broken_link(lines)) is not None:
        return Flaw(broken, "altered")
    if subject is None or "head" not in subject:
        return Flaw(1, "the log has lost its subject")
    if subject["head"] != (lines[-1]["hash"] if lines else FIRST):
        return Flaw(len(lines) + 1, "cut off")
    return None if known is None and until is None else _since(lines, known, until)


def judged(store: Store, path: str, known: Line | None, until: datetime | None) -> tuple[Flaw | None, list[Body]]:
    """The same of a log that is read whole, while others may write to it; and its lines."""
    while True:
        subject, lines = store.get(path), list(entries(store, path))
        found = flaw(subject, lines, known, until)
        if found is not None and found.how == ANEW:
            found = Flaw(seals.first_other(store, path), ANEW)
        if found is None or store.get(path) == subject:  # nobody wrote between the two reads
            return found, lines


def _since(lines: Sequence[Body], known: Line | None, until: datetime | None) -> Flaw | None:
    version = 0 if known is None else known.version
    if len(lines) < version:
        return Flaw(len(lines) + 1, "cut off")
    if known is not None and lines[version - 1]["hash"] != known.hash:
        return Flaw(version, ANEW)
    late = until is not None and len(lines) > version and lines[version]["at"] < stamp(until)
    return Flaw(version + 1, LATE) if late else None
