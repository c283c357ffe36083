"""Offers as a sheet and back: what is exported can be imported again as it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from services.cases.offers.domain import Offer
from shared.errors import Malformed
from shared.texts import marked

CSV = "text/csv; charset=utf-8"
COLUMNS = (
    *("id", "organisation", "title", "description", "contact", "action_fields", "languages", "target_groups"),
    *("city_district", "barrier_free", "capacity", "free_places", "waiting_days", "withdrawn"),
)
LISTS = frozenset({"action_fields", "languages", "target_groups"})
NUMBERS = frozenset({"city_district", "capacity", "free_places", "waiting_days"})
YES_OR_NO = {"yes": True, "no": False, "true": True, "false": False, "ja": True, "nein": False, "1": True, "0": False}
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
MOST_ROWS = 200


class Row(NamedTuple):
    """A row of what is imported: the line it ends on or its place, the id it names, and what it says."""

    number: int
    id: str | None
    said: dict[str, Any]


def written(offers: Iterable[Offer]) -> bytes:
    """The sheet of these offers, with a byte order mark and semicolons. No cell is read as a formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for offer in offers:
        said = offer.model_dump(mode="json")
        writer.writerow([_safe(_cell(said[name])) for name in COLUMNS])
    return sheet.getvalue().encode("utf-8-sig")


def read(sheet: str) -> list[Row]:
    """The rows of a sheet with our columns, in any order, between semicolons or commas. Raises `Malformed`."""
    head = sheet.partition("\n")[0]
    try:
        lines = list(csv.reader(io.StringIO(sheet, newline=""), delimiter=";" if ";" in head else ",", strict=True))
    except csv.Error:
        raise Malformed(reason=marked("not CSV")) from None
    columns = [name.strip() for name in lines[0]] if lines else []
    if not {"title", "action_fields"} <= set(columns) <= set(COLUMNS) or len(set(columns)) < len(columns):
        raise Malformed(reason=marked("columns other than {columns}"), columns=", ".join(COLUMNS))
    rows = list(_rows(columns, lines[1:]))
    if not 1 <= len(rows) <= MOST_ROWS:
        raise Malformed(reason=marked("not 1 to {most} rows"), most=MOST_ROWS)
    return rows


def _rows(columns: list[str], lines: list[list[str]]) -> Iterator[Row]:
    for number, cells in enumerate(lines, start=1):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            raise Malformed(
                reason=marked("row {row} has {cells} cells and not {columns}"),
                row=number,
                cells=len(cells),
                columns=len(columns),
            )
        said = {name: _value(name, _plain(cell.strip())) for name, cell in zip(columns, cells, strict=True)}
        id = said.pop("id", None)
        yield Row(number, id or None, {name: value for name, value in said.items() if value is not None})


def _value(name: str, cell: str) -> Any:
    """What a cell says. What it cannot mean stays as it is, for the schema to refuse."""
    if name in LISTS:
        return [part.strip() for part in cell.split("|") if part.strip()]
    if not cell:
        return None
    if name in NUMBERS:
        return int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 10 else cell
    return YES_OR_NO.get(cell.lower(), cell) if name in {"barrier_free", "withdrawn"} else cell


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return "|".join(value)
    return str(value)


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(BEGINS_A_FORMULA) else cell


def _plain(cell: str) -> str:
    """What `_safe` made safe, as it was."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(BEGINS_A_FORMULA) else cell
