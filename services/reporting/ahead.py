"""The statements that a bundle holds: with them its functions start, and load no Ibis."""

from __future__ import annotations

import json

from services.reporting.bigquery import BigQueryFacts
from services.reporting.columns import texts
from services.reporting.domain.measures import ON_DASHBOARD, TABLES
from services.reporting.domain.periods import Kind
from services.reporting.duck import DuckFacts
from services.reporting.facts import EACH_ONCE, Facts
from services.reporting.statements import WRITTEN, By, file_of
from services.reporting.writing import NAMED, write

ENGINES: tuple[type[Facts], ...] = (BigQueryFacts, DuckFacts)
VOCABULARY: By = ()
BROKEN_DOWN: tuple[tuple[By, bool], ...] = (
    (VOCABULARY, False),
    (TABLES[Kind.MONTHLY_STEERING], False),
    (ON_DASHBOARD, False),
    (ON_DASHBOARD, True),
)
"""By what, and whether of one organisation's cases: the vocabulary, the scheduled report, and the page of figures."""


def written() -> dict[str, bytes]:
    """Names beside this module, and what is to lie there. The same for the same source."""
    return {
        f"{WRITTEN.name}/{file_of(facts.dialect, by, of_one)}": json.dumps(_all(facts, by, of_one)).encode()
        for facts in ENGINES
        for by, of_one in BROKEN_DOWN
    }


def _all(facts: type[Facts], by: By, of_one: bool) -> dict[str, str]:
    counted = [EACH_ONCE, *NAMED] if facts.keeps else [*NAMED]
    return {name: write(facts, name, by, of_one) for name in ([texts.__name__] if by == VOCABULARY else counted)}
