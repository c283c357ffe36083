"""Possible duplicates: two persons are alike by criteria that are written down, and by nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.codes import Likeness
from shared.likeness import ALIKE, criteria, tokens

KEY = b"k" * 32
BORN = date(2003, 5, 17)
AMINA = ("Amina", "Müller", BORN, "+4917139200001", "amina@example.org")
OTHER = ("Oleksandr", "Kovalchuk", date(1999, 1, 1), "+4917139200002", "oleksandr@example.org")

Whom = tuple[str, str, date, str | None, str | None]


def tokens_of(whom: Whom, key: bytes = KEY) -> dict[str, tuple[Likeness, ...]]:
    given_name, family_name, born, phone, email = whom
    return tokens(key, given_name=given_name, family_name=family_name, born=born, phone=phone, email=email)


def alike(one: Whom, other: Whom) -> list[str]:
    mine, theirs = tokens_of(one), tokens_of(other)
    assert criteria(mine[token] for token in mine.keys() & theirs.keys()) == criteria(
        theirs[token] for token in mine.keys() & theirs.keys()
    )
    return [met.value for met in criteria(mine[token] for token in mine.keys() & theirs.keys())]


def with_only(same: set[Likeness]) -> Whom:
    """Somebody who has these traits of Amina's, and otherwise those of somebody else."""
    name, born, phone, email = (one in same for one in Likeness)
    return (
        *(AMINA[:2] if name else OTHER[:2]),
        AMINA[2] if born else OTHER[2],
        AMINA[3] if phone else OTHER[3],
        AMINA[4] if email else OTHER[4],
    )


@pytest.mark.parametrize("length", range(len(Likeness) + 1))
def test_the_table_says_who_is_alike_and_all_criteria_that_are_met_are_named(length: int):
    for same in combinations(Likeness, length):
        met = any(set(row) <= set(same) for row in ALIKE)

        assert alike(AMINA, with_only(set(same))) == ([one.value for one in same] if met else [])


@pytest.mark.parametrize(
    "names",
    [
        ("Amina", "Mueller"),
        ("Ammina", "Müler"),
        ("Müller", "Amina"),
        ("أمينة", "Müller"),
        ("Аміна", "Мюллер"),
        ("Amina Sophie", "Müller"),
    ],
)
def test_a_name_is_alike_misspelt_turned_round_and_in_another_script(names: tuple[str, str]):
    assert alike(AMINA, (*names, BORN, None, None)) == ["name", "date_of_birth"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Abd al-Rahman", "al-Masri"), ("عبدالرحمن", "المصري")),
        (("Abdulrahman", "Masri"), ("Abd al-Rahman", "al-Masri")),
        (("Ярослава", "Чумак"), ("Jaroslawa", "Tschumak")),
        (("محمد", "کریمی"), ("Mohammed", "Karimi")),
    ],
)
def test_names_of_several_words_and_scripts_are_alike(one: tuple[str, str], other: tuple[str, str]):
    assert alike((*one, BORN, None, None), (*other, BORN, None, None)) == ["name", "date_of_birth"]


@pytest.mark.parametrize("names", [("Amina", "Schneider"), ("Leila", "Müller"), ("Amina", "Amina")])
def test_one_name_alone_is_not_the_name(names: tuple[str, str]):
    assert alike(AMINA, (*names, BORN, None, None)) == []


def test_another_address_in_other_letters_is_the_same():
    assert alike(AMINA, (*OTHER[:2], BORN, None, " Amina@Example.ORG ")) == ["date_of_birth", "email"]


def test_brothers_and_sisters_with_one_phone_are_not_alike():
    sister = ("Leila", "Müller", BORN + timedelta(days=700), *AMINA[3:])

    assert alike(AMINA, sister) == []


def test_whoever_gave_neither_phone_nor_address_is_not_like_everybody_else_who_did():
    nobody = (*OTHER[:3], None, None)

    assert alike((*AMINA[:3], None, None), nobody) == []


@given(st.text(min_size=1, max_size=100), st.text(min_size=1, max_size=100), st.booleans(), st.booleans())
def test_anybody_is_like_herself_and_costs_a_bounded_number_of_tokens(given: str, family: str, phone: bool, mail: bool):
    whom = (given, family, BORN, AMINA[3] if phone else None, AMINA[4] if mail else None)

    assert len(tokens_of(whom)) <= 29
    assert alike(whom, (family, given, *whom[2:])) == alike(whom, whom)
    assert phone <= (len(alike(whom, whom)) > 1)


def test_nothing_lies_in_clear_in_a_token_and_another_key_gives_others():
    mine = tokens_of(AMINA)

    assert all(len(token) == 24 and set(token) <= set("0123456789abcdef") for token in mine)
    assert not mine.keys() & tokens_of(AMINA, b"o" * 32).keys()
    assert len(mine) == 5
