"""A report as a workbook: an overview, and a sheet for each measure that is broken down."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import xlsxwriter

from services.reporting import numbers
from shared import texts
from shared.codes import RIGHT_TO_LEFT
from shared.texts import text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

AS_TEXT = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
LONGEST_NAME = 31
"""Characters that a sheet's name may have."""

Body = dict[str, Any]


def xlsx_of(report: Body) -> bytes:
    """The workbook. The same report gives the same bytes."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, AS_TEXT) as book:
        written = datetime.fromisoformat(report["written_at"]).replace(tzinfo=None)
        book.set_properties({"title": f"{report['title']} {report['period']}", "created": written})
        sheets = _Sheets(book)
        sheets.overview(report)
        for measure in report["measures"]:
            if measure["tables"]:
                sheets.measure(report, measure)
    return file.getvalue()


class _Sheets:
    """Writes sheets of one workbook in one look."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._title = book.add_format({"bold": True, "font_size": 14})
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._number = book.add_format({"num_format": "#,##0.##", "align": "right"})
        self._whole = book.add_format({"num_format": "#,##0", "align": "right"})

    def overview(self, report: Body) -> None:
        """What report it is, and the totals."""
        sheet = self._begun(text("Overview"), report, report["title"])
        self._headings(sheet, 5, text("Measure"))
        for row, measure in enumerate(report["measures"], 6):
            self._line(sheet, row, measure["label"], measure["total"])
        sheet.write_string(row + 2, 0, text("A point stands for a number that is too small to be shown."))

    def measure(self, report: Body, measure: Body) -> None:
        """One measure: its total, then one table below the other."""
        sheet = self._begun(measure["label"], report, measure["label"])
        self._headings(sheet, 5, text("Total"))
        self._line(sheet, 6, measure["label"], measure["total"])
        row = 8
        for table in measure["tables"]:
            self._headings(sheet, row, table["label"])
            for row, cell in enumerate(table["cells"], row + 1):  # noqa: B020 - goes on below the table
                self._line(sheet, row, cell["label"], cell)
            row += 2

    def _begun(self, name: str, report: Body, title: str) -> Any:
        sheet = self._book.add_worksheet(name[:LONGEST_NAME])
        if texts.language.get() in RIGHT_TO_LEFT:
            sheet.right_to_left()
        sheet.set_column(0, 0, 48)
        sheet.set_column(1, 2, 14)
        sheet.write_string(0, 0, title, self._title)
        sheet.write_string(1, 0, numbers.days(report["from"], report["to"]))
        sheet.write_string(2, 0, text("Written on {moment}", moment=numbers.moment(report["written_at"])))
        if report["preliminary"]:
            sheet.write_string(3, 0, text("Preliminary: the period was not over yet."))
        return sheet

    def _headings(self, sheet: Any, row: int, first: str) -> None:
        for column, heading in enumerate((first, text("Number"), text("Persons"))):
            sheet.write_string(row, column, heading, self._head)

    def _line(self, sheet: Any, row: int, name: str, count: Body) -> None:
        sheet.write_string(row, 0, name)
        for column, number in enumerate((numbers.of(count), count["persons"]), 1):
            if number is None:
                sheet.write_string(row, column, numbers.written(count, None), self._whole)
            else:
                sheet.write_number(row, column, number, self._number if number % 1 else self._whole)
