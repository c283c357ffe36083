"""The kind of which every code is: a value with the label that officials know it by."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """A code with the label officials know it by. Labels are the message ids of their translations."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        code = str.__new__(cls, value)
        code._value_ = value
        code.label = label
        return code
