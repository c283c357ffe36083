"""The municipality's pack as its files say it, unchecked: for a page that must not wait for the checked model."""

from __future__ import annotations

import csv
import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

DEFAULT = "koeln"


@cache
def read(name: str) -> dict[str, Any]:
    """What the pack of this name holds: its table, `quarters` and `districts`. Raises `FileNotFoundError`."""
    folder = Path(__file__).parent / "municipality" / name
    with (folder / "city_quarters.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        **tomllib.loads((folder / "municipality.toml").read_text(encoding="utf-8")),
        "quarters": {int(row["quarter"]): (row["quarter_name"], int(row["district"])) for row in rows},
        "districts": {int(row["district"]): row["district_name"] for row in rows},
    }


def here() -> dict[str, Any]:
    """What the pack of this process holds, by `KIM_MUNICIPALITY`, read raw: settings are checked as well."""
    return read(os.environ.get("KIM_MUNICIPALITY", DEFAULT))


@cache
def offers(name: str) -> tuple[dict[str, Any], ...]:
    """The offers that the pack of this name brings for the catalogue; none where it has no such file."""
    file = Path(__file__).parent / "municipality" / name / "offers.toml"
    return tuple(tomllib.loads(file.read_text(encoding="utf-8"))["offers"]) if file.exists() else ()
