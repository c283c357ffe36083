"""What the facts are asked in their engine's own words: the text by its name, and the values that are bound to it.

Ibis takes half a second to load and more to write what a report needs. So a bundle holds what its functions start with,
written ahead by the same expressions (`services.reporting.writing`); all else is written when it is first asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from services.reporting.domain.asked import Asked
from services.reporting.domain.measures import Dimension
from services.reporting.facts import EACH_ONCE, Facts, Rows, Statement

WRITTEN = Path(__file__).with_name("written")
"""The folder in which a bundle has them."""

By = tuple[Dimension, ...]


def ask(facts: Facts, names: Iterable[str], asked: Asked) -> list[Rows]:
    """What each of these expressions gives of what is asked, in their order."""
    return facts.run([statement(facts, name, asked) for name in names])


def statement(facts: Facts, name: str, asked: Asked) -> Statement:
    """The statement of this name, with the values that stand in it."""
    text = _text(type(facts), name, asked.by, asked.organisation is not None)
    values = {"begins": asked.days.begins, "ends": asked.days.ends, "organisation": asked.organisation}
    bound = {one: value for one, value in values.items() if f"{facts.binds}{one}" in text}
    return Statement(text, bound, EACH_ONCE if name == EACH_ONCE else None)


def file_of(dialect: str, by: By, of_one: bool) -> str:
    """The file of what is broken down so, of one organisation's cases or of all."""
    return f"{'-'.join((dialect, *by))}.{'one' if of_one else 'all'}.json"


@lru_cache(maxsize=128)
def _text(facts: type[Facts], name: str, by: By, of_one: bool) -> str:
    ahead = _ahead(file_of(facts.dialect, by, of_one))
    if name in ahead:
        return ahead[name]
    from services.reporting import writing  # only what nobody wrote ahead waits for Ibis

    return writing.write(facts, name, by, of_one)


@lru_cache(maxsize=8)
def _ahead(file: str) -> dict[str, str]:
    there = WRITTEN / file
    held: dict[str, str] = json.loads(there.read_text(encoding="utf-8")) if there.exists() else {}
    return held
