"""Where each byte of an answer comes from: all that is said of a client names its case and its part of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple

OFFERED = "offered"
"""Why a case is offered: for those who have it, and for whom it is offered to."""

NEVER = "never"
"""A part of the file that no release shows to anybody."""

CONFERENCE = "conference"
"""What was asked and agreed on at a conference: for those who take part, and whom all of it is released to."""

MARK = re.compile(r"mark\((\w+),(\d+),(\w+),\d+\)")
NUMBERS = count(1)

FIELDS = {
    "process": ("reference", "phase", "organisation", "case_manager", "opened_at", "closed_at"),
    "identity": ("gender", "age_band"),
    "contact": ("language", "needs_interpreter", "channel", "shared_phone", "city_district", "city_quarter"),
    "residence": ("residence_status", "residence_group"),
    "household": ("single_parent",),
    "assessment": ("topics", "assessments"),
    "plan": ("goals",),
    "referrals": ("referrals",),
    "appointments": ("appointments",),
}
OF_THE_CLIENT = {
    "identity": ("given_name", "family_name", "date_of_birth"),
    "contact": ("phone", "email", "postcode"),
    "household": ("children",),
}
"""To which part a field belongs: written down here once more, apart from the service."""

PART = {name: part for table in (FIELDS, OF_THE_CLIENT) for part, names in table.items() for name in names}

VALUES = ("given_name", "family_name", "date_of_birth", "phone", "email", "postcode")
"""What is known wherever it stands."""


class Origin(NamedTuple):
    """A part of the file of the case of a number; in which action field, where it is of one."""

    part: str
    number: int
    field: str = "general"


def mark(part: str, number: int, field: str = "general") -> str:
    """A text that is nowhere else."""
    return f"mark({part},{number},{field},{next(NUMBERS)})"


def a_client(number: int) -> dict[str, Any]:
    """A person whom nothing but her own data can be mistaken for."""
    return {
        "given_name": f"Vormarke{number}",
        "family_name": f"Nachmarke{number}",
        "date_of_birth": f"1999-07-{10 + number}",
        "phone": f"+4917139200{70 + number}",
        "email": f"marke{number}@example.org",
        "postcode": f"5090{number}",
        "children": 3,
        "message": mark(NEVER, number),
        "referrer_reference": mark(NEVER, number),
        "referral_reason": mark(NEVER, number),
    }


def another_name(number: int) -> str:
    """She marries again and again."""
    return f"Nachmarke{number}-{next(NUMBERS)}"


def origins(text: str, numbers: Iterator[int] | range) -> set[Origin]:
    """Where all that comes from which an answer says."""
    found = {Origin(part, int(number), field) for part, number, field in MARK.findall(text)}
    for number in numbers:
        client = a_client(number)
        found |= {Origin(PART[name], number) for name in VALUES if f'"{client[name]}' in text}
    return found
