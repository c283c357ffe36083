"""Where reports lie: the database `reporting`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from services.reporting.domain.report import Report, Writing, Written, left_out
from shared import bus
from shared.errors import NotThere
from shared.events import Event
from shared.store import Condition, Create, Document, Page, Query, Store, Write, connect
from shared.store.journal import Journal


class Reports:
    """All reports, each with its history."""

    def __init__(self, store: Store, told: bus.Bus) -> None:
        self.store = store
        self._journal = Journal(store, told, "reports", Report)

    def get(self, id: str) -> Report:
        """The report. Raises `NotThere`."""
        return self._journal.get(id)

    def version(self, id: str) -> int:
        """The version of the report that is there; 0 where none is."""
        found = self._journal.find(id)
        return 0 if found is None else found.version

    def write(self, anew: Written, changed: Callable[[Report], Written | None], *, seen: int) -> Report:
        """Write a new report, or what `changed` makes of the one that is there.

        `seen` is the version that was there before anything was counted. Raises `Stale` where it is another by now:
        its numbers may be newer.
        """
        report, event = anew
        if seen == 0 and self._journal.open(report, event):
            return report
        before: list[Report] = []

        def decide(found: Report) -> Written | None:
            before[:] = [found]
            return changed(found)

        def beside(after: Report, _: Event) -> Iterable[Write]:
            for one in left_out(before[0], after):
                yield Create(self._beside(after.id, str(one.version)), one.model_dump(mode="json"))

        return self._journal.change(report.id, decide, expected=seen, also=beside)

    def earlier(self, report: Report, version: str) -> Writing:
        """An earlier version of the report, whether it holds it still or not. Raises `NotThere`."""
        held = next((one for one in report.earlier if str(one.version) == version), None)
        if held is not None:
            return held
        body = self.store.get(self._beside(report.id, version)) if version.isdecimal() else None
        if body is None:
            raise NotThere()
        return Writing.model_validate(body)

    def _beside(self, id: str, version: str) -> str:
        return f"{self._journal.path(id)}/writings/{version}"

    def newest(self, *, of: str | None, limit: int, after: str | None = None) -> Page:
        """Reports, the last written first: all of them, or those of one organisation."""
        where: tuple[Condition, ...] = () if of is None else (("organisation", "==", of),)
        return self.store.query(Query("reports", where=where, order=("-written_at",), limit=limit, after=after))

    def state(self, found: Document) -> Report:
        """The report in a document of a page."""
        return self._journal.state(found.body)


@cache
def reports() -> Reports:
    """The reports of this process, opened once."""
    return Reports(connect("reporting"), bus.connect())
