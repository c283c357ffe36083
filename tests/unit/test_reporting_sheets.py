"""Sheets say what the report shows, in the reader's language, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from services.reporting import numbers, sheets, workbook
from shared import texts

SMALL = {"count": None, "persons": None, "suppressed": True}


def a_count(number: int) -> dict[str, Any]:
    return {"count": number, "persons": number, "suppressed": False}


def a_shown_report(**said: Any) -> dict[str, Any]:
    cells = [
        {"code": "1", "label": "Innenstadt", **a_count(1234)},
        {"code": "2", "label": "=1+1", **SMALL},
        {"code": None, "label": "ohne Angabe", **a_count(0)},
    ]
    tables = [{"by": "district", "label": "City district", "several": False, "cells": cells}]
    new = {"measure": "new", "label": "New cases", "unit": "cases", "total": a_count(1236), "tables": tables}
    median = {"median": 12.5, "persons": 4, "suppressed": False}
    took = {"measure": "duration", "label": "Median duration", "unit": "days", "total": median, "tables": []}
    return {
        "id": "report-monthly_steering-2026-10",
        "title": "Monthly steering report",
        "period": "2026-10",
        "from": "2026-10-01",
        "to": "2026-10-31",
        "written_at": "2026-11-01T04:00:00.000000+00:00",
        "preliminary": False,
        "measures": [new, took],
        **said,
    }


def rows(sheet: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(sheet.decode("utf-8-sig")), delimiter=";"))


@pytest.fixture
def german() -> Iterator[None]:
    was = texts.language.set("de")
    yield
    texts.language.reset(was)


def test_a_sheet_opens_in_a_german_excel():
    sheet = sheets.csv_of(a_shown_report())

    assert sheet.startswith(b"\xef\xbb\xbf")
    assert sheet.endswith(b"\r\n")
    assert {len(row) for row in rows(sheet)} == {7}


def test_each_number_has_its_row_and_a_hidden_one_is_a_point():
    _, total, large, hidden, none, _ = rows(sheets.csv_of(a_shown_report()))

    assert total == ["2026-10", "New cases", "", "", "Total", "1236", "1236"]
    assert large == ["2026-10", "New cases", "City district", "1", "Innenstadt", "1234", "1234"]
    assert hidden[5:] == [".", "."]
    assert none[3:] == ["", "ohne Angabe", "0", "0"]


@pytest.mark.parametrize("cell", ["=1+1", "+49", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_read_as_a_formula(cell: str):
    report = a_shown_report()
    report["measures"][0]["label"] = cell

    assert {row[1] for row in rows(sheets.csv_of(report))[1:5]} == {f"'{cell}"}


@pytest.mark.usefixtures("german")
def test_a_fraction_has_the_mark_that_the_reader_expects():
    assert rows(sheets.csv_of(a_shown_report()))[-1][5] == "12,5"


@pytest.mark.usefixtures("german")
def test_numbers_and_days_are_written_as_the_reader_writes_them():
    assert numbers.written(a_count(1234), 1234) == "1.234"
    assert numbers.days("2026-10-01", "2026-10-31") == "Oktober 2026"
    assert numbers.days("2026-10-01", "2026-12-31") == "1.\u00a0Oktober\u00a02026 – 31.\u00a0Dezember\u00a02026"
    assert numbers.moment("2026-11-01T04:00:00+00:00") == "1.\u00a0November\u00a02026, 05:00"


def test_what_has_no_value_is_not_a_hidden_value():
    assert numbers.written({"count": None, "suppressed": False}, None) == "–"
    assert numbers.written(SMALL, None) == "."


def parts(book: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_workbook_has_an_overview_and_a_sheet_for_each_measure_with_tables():
    names = [
        sheet.get("name")
        for sheet in ElementTree.fromstring(parts(workbook.xlsx_of(a_shown_report()))["xl/workbook.xml"]).iter()
        if sheet.tag.endswith("}sheet")
    ]

    assert names == ["Overview", "New cases"]


def test_a_workbook_holds_numbers_as_numbers_and_no_formula():
    found = parts(workbook.xlsx_of(a_shown_report()))
    sheet = found["xl/worksheets/sheet2.xml"]

    assert "<v>1234</v>" in sheet
    assert "<f>" not in "".join(found.values())
    assert "=1+1" in found["xl/sharedStrings.xml"]


def test_the_same_report_gives_the_same_workbook():
    assert workbook.xlsx_of(a_shown_report()) == workbook.xlsx_of(a_shown_report())


@pytest.mark.parametrize(("language", "turned"), [("ar", True), ("de", False)])
def test_a_workbook_runs_as_its_readers_letters_do(language: str, turned: bool):
    texts.language.set(language)
    found = parts(workbook.xlsx_of(a_shown_report()))

    sheets = [text for name, text in found.items() if name.startswith("xl/worksheets/sheet")]
    assert [('rightToLeft="1"' in sheet) for sheet in sheets] == [turned] * 2


def test_a_preliminary_report_says_so_on_every_sheet():
    words = parts(workbook.xlsx_of(a_shown_report(preliminary=True)))["xl/sharedStrings.xml"]

    assert "Preliminary" in words
