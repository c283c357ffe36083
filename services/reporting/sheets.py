"""Reports as sheets: a tidy CSV that a German Excel opens by itself, and a workbook. Says nothing that is not shown."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from services.reporting import numbers
from shared.texts import text

CSV = "text/csv; charset=utf-8"

BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Body = dict[str, Any]


def csv_of(report: Body) -> bytes:
    """One row for each number, with a byte order mark and semicolons. No cell is read as a formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        (text("Period"), text("Measure"), text("By"), text("Code"), text("Name"), text("Number"), text("Persons"))
    )
    for row in _rows(report):
        writer.writerow([_safe(cell) for cell in row])
    return sheet.getvalue().encode("utf-8-sig")


def _rows(report: Body) -> Iterator[tuple[str, ...]]:
    for measure in report["measures"]:
        start = (report["period"], measure["label"])
        yield *start, "", "", text("Total"), *_written(measure["total"])
        for table in measure["tables"]:
            for cell in table["cells"]:
                yield *start, table["label"], cell["code"] or "", cell["label"], *_written(cell)


def _written(count: Body) -> tuple[str, str]:
    return numbers.plain(count, numbers.of(count)), numbers.plain(count, count["persons"])


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(BEGINS_A_FORMULA) else cell
