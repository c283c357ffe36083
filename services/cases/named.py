"""Who is named because of a case beside its client: those whom she lives with, and staff. Never to be shown."""

from __future__ import annotations

from services.cases.domain.case import Case
from services.cases.store import Desk
from shared.municipality import municipality
from shared.store import Query, pages


def household(case: Case, desk: Desk) -> set[str]:
    """Every name under which somebody was ever noted whom the client lives with, and those of linked cases' clients.

    A query for all of them, and two reads for each; none once the client is erased.
    """
    query = Query("household", (("case", "==", case.id),), ("added_at",), 200)
    said = [words for member in pages(desk.store, query) for words in desk.ever_said(case, beside=member.path).values()]
    own = {words["own_case"] for words in said if "own_case" in words}
    linked = [found for found in map(desk.cases.find, sorted(own)) if found is not None]
    clients = desk.clients(linked).values()
    return {words["name"] for words in said if "name" in words} | {
        f"{one.given_name} {one.family_name}" for one in clients
    }


def staff(case: Case, desk: Desk) -> set[str]:
    """The names of staff whom the history of a case and of what lies beside it names. A query for each page of it."""
    history = pages(desk.store, Query("*/events", (("case", "==", case.id),), ("at",), 200))
    ids = {value for line in history for value in line.body["event"].values() if isinstance(value, str)}
    return {member.name for member in municipality().staff if member.id in ids}
