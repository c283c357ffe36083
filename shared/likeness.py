"""Who may be somebody we know already: stated criteria, found by keyed tokens, and never a hidden score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import product

from shared import search
from shared.codes import Likeness
from shared.latin import words
from shared.name_forms import forms

ALIKE: tuple[tuple[Likeness, ...], ...] = (
    (Likeness.NAME, Likeness.DATE_OF_BIRTH),
    (Likeness.NAME, Likeness.PHONE),
    (Likeness.NAME, Likeness.EMAIL),
    (Likeness.DATE_OF_BIRTH, Likeness.PHONE),
    (Likeness.DATE_OF_BIRTH, Likeness.EMAIL),
)
"""What makes two persons a possible duplicate: all criteria of one row. There is nothing else, and no weight.

Each row has a person's own trait, for families share a phone and an address; and none is enough by itself: names are
common, and so is the first of January as a birth date. Twins who share a phone come out alike: people tell them apart.
"""

Traits = dict[Likeness, list[str]]


def tokens(
    key: bytes, *, given_name: str, family_name: str, born: date, phone: str | None, email: str | None
) -> dict[str, tuple[Likeness, ...]]:
    """The keyed tokens that everybody has who is alike, each with the criteria that it stands for.

    At most twenty-nine, and usually six or ten.
    """
    traits: Traits = {
        Likeness.NAME: list(_names(given_name, family_name)),
        Likeness.DATE_OF_BIRTH: [born.isoformat()],
        Likeness.PHONE: [] if phone is None else [phone],
        Likeness.EMAIL: [] if email is None else [email.strip().casefold()],
    }
    return {search.token(key, term): row for row in ALIKE for term in _terms(row, traits)}


def criteria(rows: Iterable[Iterable[Likeness]]) -> list[Likeness]:
    """The criteria that these rows met, each once, in the order of their list."""
    met = {one for row in rows for one in row}
    return [one for one in Likeness if one in met]


def _terms(row: tuple[Likeness, ...], traits: Traits) -> Iterator[str]:
    for values in product(*(traits[one] for one in row)):
        yield f"alike:{'|'.join(f'{one}:{value}' for one, value in zip(row, values, strict=True))}"


def _names(given: str, family: str) -> Iterator[str]:
    """What is heard of a given name and a family name together, whichever of them is said first."""
    pairs = {tuple(sorted(pair)) for pair in product(_heard(given), _heard(family))}
    return (" ".join(pair) for pair in sorted(pairs))


def _heard(name: str) -> set[str]:
    """The whole name as one word, and its weightiest word: people leave out the others, and run them together.

    Of that one also the first of its forms, which all of them have in common.
    """
    said = words(name)
    if not said:
        return set()
    weightiest = min(said, key=lambda word: (-len(search.sound(word)), search.sound(word)))
    common = (word for form in forms(weightiest)[:1] for word in words(form))
    return {search.sound(word) for word in ("".join(said), weightiest, *common)}
