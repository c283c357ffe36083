"""Cases that nobody merged with the client's, and whose client may be she: the officer asks before she hands over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.cases.domain.case import Case
from services.cases.store import Desk
from shared import likeness
from shared.codes import Likeness
from shared.people import Person
from shared.store import Body, Query

MOST = 20
"""Cases that one token may bring: more would say that it is a placeholder and nobody's name."""


def perhaps_hers(cases: Iterable[Case], records: Iterable[Person], desk: Desk) -> dict[str, dict[str, Any]]:
    """Cases besides these that are alike by a whole row of criteria (`shared.likeness`), by id, with any organisation.

    One query for each token: usually three or five for each record of a person.
    """
    tokens = {token: row for person in records for token, row in desk.people.alike(person).items()}
    known = {case.id for case in cases}
    found = {id: body for token in tokens for id, body in _with(token, desk).items() if id not in known}
    return {id: _told(id, body, tokens) for id, body in found.items()}


def _with(token: str, desk: Desk) -> dict[str, Body]:
    page = desk.store.query(Query("cases", (("tokens", "contains", token),), ("-opened_at",), MOST))
    return {document.id: document.body for document in page.items}


def _told(id: str, body: Body, tokens: Mapping[str, tuple[Likeness, ...]]) -> dict[str, Any]:
    """No more than is needed to ask for it: it may be about somebody else."""
    met = likeness.criteria(tokens[token] for token in body["tokens"] if token in tokens)
    return {"case": id, "reference": body["reference"], "criteria": [one.value for one in met]}
