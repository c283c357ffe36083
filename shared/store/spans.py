"""Following logs on through a span of time: each from where it was found sound, up to what its subject says.

A night is one span after another, so that a kill costs one of them (`shared.store.nights`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice, takewhile
from typing import NamedTuple

from shared import clock
from shared.store import Body, Condition, Query, Store, heads, pages
from shared.store.chains import Line, entries_after
from shared.store.flaws import LATE, Flaw, judged
from shared.store.heads import Head
from shared.store.lines import FIRST, is_sound

AT_ONCE = 100
"""Logs that are looked up and kept together."""
MOST = 5_000
"""Lines of a span, or a few more: all that are of one moment belong to one."""


class Span(NamedTuple):
    """A part of a night: the lines from `begins` on and before `ends`, as stamps."""

    since: date | None
    """The last day that was sealed before this night."""
    begins: str
    ends: str
    over: str
    """When the day ends that is sealed."""

    @property
    def name(self) -> str:
        """By which heads say that it moved them."""
        return f"from {self.begins}"


class Fresh(NamedTuple):
    """What is kept of a new line until its log is looked at."""

    version: int
    hash: str
    previous: str
    at: str
    sound: bool


def span(
    store: Store, since: date | None, begins: str, ends: str | None, over: str
) -> tuple[Span, dict[str, list[Fresh]]]:
    """The span that begins there, and its lines by their logs; where it ends it says itself, unless that is known."""
    lines: list[tuple[str, Fresh]] = []
    for line in _lines(store, begins, ends or over):
        lines.append(line)
        if ends is None and len(lines) >= MOST and lines[0][1].at < line[1].at:  # of that moment there may be more
            ends = line[1].at
            break
    ends = ends or over
    fresh: dict[str, list[Fresh]] = {}
    for path, one in lines:
        if one.at < ends:
            fresh.setdefault(path, []).append(one)
    return Span(since, begins, ends, over), fresh


class Followed(NamedTuple):
    """A log that went on: what is wrong with it, and its last line then and now, where there is another now."""

    path: str
    flaw: Flaw | None
    before: Line | None
    line: Line | None


def _lines(store: Store, begins: str, ends: str) -> Iterator[tuple[str, Fresh]]:
    """The lines between these times with their logs, oldest first, published or not."""
    where: tuple[Condition, ...] = (("published", "in", [False, True]), ("at", "<", ends), ("at", ">=", begins))
    for line in pages(store, Query("*/events", where, ("at",), 500)):
        yield line.path.rpartition("/events/")[0], _fresh(line.body)


def _fresh(line: Body) -> Fresh:
    return Fresh(line["version"], line["hash"], line["previous"], line["at"], is_sound(line))


def followed(store: Store, fresh: Mapping[str, list[Fresh]], span: Span) -> Iterator[Followed]:
    """Each of these logs, followed on; where it holds its head is kept anew. A repeat begins where it began."""
    paths = sorted(fresh)
    for begins in range(0, len(paths), AT_ONCE):
        some = paths[begins : begins + AT_ONCE]
        known, subjects = heads.known(store, some), store.get_many(some)
        befores = {path: head.at(span.name, span.since) for path, head in known.items()}
        found = [_on(store, path, befores.get(path), subjects.get(path), fresh[path], span) for path in some]
        moved = [Head(one.path, one.line, span.name, one.before) for one in found if one.line is not None]
        store.commit([heads.kept(head) for head in moved])
        yield from found


def _on(
    store: Store,
    path: str,
    before: Line | None,
    subject: Body | None,
    fresh: list[Fresh],
    span: Span,
) -> Followed:
    lines = _whole(store, path, before, subject, sorted(set(fresh)), span)
    wrong = None
    if lines is None:  # something is wrong, or times went back within the log: it is read from its beginning
        wrong, whole = judged(store, path, before, None if span.since is None else clock.end_of(span.since))
        lines = _sound(whole, before, wrong)
    new = list(takewhile(lambda line: line.at < span.ends, lines))
    return Followed(path, wrong, before, Line(new[-1].version, new[-1].hash) if new else None)


def _sound(whole: list[Body], before: Line | None, wrong: Flaw | None) -> list[Fresh]:
    """The lines after the one that was sealed last, up to what is wrong: of those the day speaks all the same."""
    last = Line(0, FIRST) if before is None else before
    if last.version and (len(whole) < last.version or whole[last.version - 1]["hash"] != last.hash):
        return []
    ends = None if wrong is None or wrong.how == LATE else max(wrong.version - 1, last.version)
    return [_fresh(line) for line in whole[last.version : ends]]


def _whole(
    store: Store, path: str, before: Line | None, subject: Body | None, fresh: list[Fresh], span: Span
) -> list[Fresh] | None:
    """The lines after the one that was sealed last, when they hold up to what the subject says.

    Where the next one belongs to a later span of this night, up to that one: the rest is looked at then.
    """
    begins = before or Line(0, FIRST)
    last = fresh[-1] if fresh else begins
    if subject is None or "head" not in subject or not _hold(begins, fresh):
        return None
    if subject["head"] == last.hash:
        return fresh
    after = (_fresh(line) for line in entries_after(store, path, last.version))
    further = list(islice(after, 1))
    if fresh and further and span.ends <= further[0].at < span.over and _hold(begins, [*fresh, *further]):
        return fresh
    further += after
    lines = [*fresh, *further]
    reached = subject["head"] in {line.hash for line in further}
    return lines if reached and _hold(begins, lines) else None


def _hold(begins: Line, lines: Sequence[Fresh]) -> bool:
    """Whether each line follows the one before it, the first that one which was sealed."""
    before = ((begins.version, begins.hash), *((line.version, line.hash) for line in lines))
    return all(
        line.sound and (line.version - 1, line.previous) == last for line, last in zip(lines, before, strict=False)
    )
