"""What each action costs the store, the vault and the bus. Marks (of what was told) are counted apart."""

from __future__ import annotations

from collections.abc import Iterator

from services.cases import nouns
from services.cases.table import routes
from tests.actions import COMMANDS, READS
from tests.costs import a_counted_service


def measure() -> Iterator[str]:
    """Lines that tell what was counted."""
    with a_counted_service() as counted:
        yield f"{'open a case':<26}{counted.cost(counted.service.inquiry)}"
    for action in (*COMMANDS, *READS):
        with a_counted_service() as counted:
            yield f"{action.name:<26}{counted.cost(action.ready(counted.service))}"
    if missing := uncounted():
        yield f"not counted: {', '.join(missing)}"


def uncounted() -> list[str]:
    """Commands of the interface that have no row in the table."""
    nouns.whole()  # it brings the routes of all that lies beside a case
    rows = {(one.method, _anonymous(one.route)) for one in COMMANDS}
    declared = ((method, _anonymous(path.removeprefix("/cases"))) for method, path, _ in routes.declared)
    return [f"{method} {path}" for method, path in declared if method != "GET" and (method, path) not in rows]


def _anonymous(route: str) -> str:
    """The route whatever its names are."""
    return "/".join("<>" if part.startswith("<") else part for part in route.split("/"))
