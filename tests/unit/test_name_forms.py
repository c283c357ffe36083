"""A name that another authority writes otherwise is one name: to who searches, as a duplicate, and in texts."""

from __future__ import annotations

import json
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from shared import likeness, search
from shared.heard import Names
from shared.latin import words
from shared.name_forms import ROWS, forms
from shared.search import sought, sound, token, tokens

KEY = b"a search key"
SUBMISSIONS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "submissions.jsonl").read_text(encoding="utf-8").splitlines()
]
FORMS = [row.split() for row in ROWS.strip().splitlines()]
ROW = pytest.mark.parametrize("row", FORMS, ids=lambda row: row[0])


def kept(given_name: str, family_name: str = "Beispiel") -> list[str]:
    return tokens(KEY, names=(given_name, family_name), born=date(2003, 5, 17), reference="KIM-ABCD-EFG1")


def alike(given_name: str) -> set[str]:
    traits = {"family_name": "Beispiel", "born": date(2003, 5, 17), "phone": None, "email": None}
    return set(likeness.tokens(KEY, given_name=given_name, **traits))


def left(text: str, third: str, *own: str) -> str:
    """A text without the names of a third person."""
    for begins, ends in reversed(list(Names([third], own).spans(text))):
        text = f"{text[:begins]}…{text[ends:]}"
    return text


@ROW
def test_whoever_seeks_one_form_finds_every_other(row: list[str]):
    for one, other in product(row, row):
        assert sought(KEY, one) in kept(other), (one, other)
        assert sought(KEY, f"{one} Beispiel") in kept(other), (one, other)


@ROW
def test_forms_of_one_name_and_one_birth_date_are_a_possible_duplicate(row: list[str]):
    for one, other in product(row, row):
        assert alike(one) & alike(other), (one, other)


@ROW
def test_in_a_text_every_form_of_a_third_persons_name_goes(row: list[str]):
    for one, other in product(row, row):
        assert left(f"Gestern kam {other}.", one) == "Gestern kam ….", (one, other)


def test_no_form_is_of_two_names():
    plain = ["".join(words(form)) for row in FORMS for form in {"".join(words(one)): one for one in row}.values()]

    assert sorted(plain) == sorted(set(plain))


def test_her_own_name_stays_in_every_form_of_it_that_is_hers():
    assert left("Mehmet kam mit Mohamed und Murat.", "Mohamed", "Mehmet") == "Mehmet kam mit … und Murat."
    assert left("Mehmet kam mit Murat.", "Mehmet", "Mehmet") == "Mehmet kam mit Murat."


@pytest.mark.parametrize("word", ["Cemil", "Kemal", "Gomes", "Alexandra", "Mahmut"])
def test_what_only_sounds_like_a_form_is_another_name_in_a_text(word: str):
    assert left(f"Mit {word} kam sie.", "Djamal") == left(f"Mit {word} kam sie.", "Ihor") == f"Mit {word} kam sie."


def test_a_word_that_is_a_form_is_one_only_with_a_capital():
    assert left("Er sagte reza, nicht Reza.", "Rıza") == "Er sagte reza, nicht …."


@pytest.mark.parametrize(
    ("query", "stored"),
    [("Hnatiuk", "Гнатюк"), ("Gnatiuk", "Гнатюк"), ("Hryhorenko", "Григоренко"), ("Hanna", "Ганна")],
)
def test_a_name_in_cyrillic_is_found_as_either_country_writes_it(query: str, stored: str):
    assert sought(KEY, query) in kept("Beispiel", stored)


def test_two_names_of_one_origin_stay_two():
    assert sought(KEY, "Hanna") not in kept("Anna")
    assert sought(KEY, "David") in kept("Davut"), "these sound alike"
    assert left("Mit David kam sie.", "Davut") == "Mit David kam sie."


@pytest.mark.parametrize("person", SUBMISSIONS, ids=lambda one: one["given_name"])
def test_whoever_was_kept_before_there_were_forms_is_found_as_before(person: dict[str, str]):
    """A search asks for what is heard of the text as it is, and everything that was kept is kept still."""
    names = (person["given_name"], person["family_name"])
    before = {token(KEY, f"name:{sound(word)}") for name in names for word in words(name)}

    assert before <= set(kept(*names))
    for word in words(names[0]):
        assert sought(KEY, word) == token(KEY, f"name:{sound(word)}")


def test_forms_bring_few_others(monkeypatch: pytest.MonkeyPatch):
    """Of 250 samples each is sought by her given name, and by both."""

    def brought() -> tuple[int, int]:
        held = [set(kept(one["given_name"], one["family_name"])) for one in SUBMISSIONS]
        given = [sought(KEY, one["given_name"]) for one in SUBMISSIONS]
        both = [sought(KEY, f"{one['given_name']} {one['family_name']}") for one in SUBMISSIONS]
        return tuple(sum(one in tokens for one in wanted for tokens in held) for wanted in (given, both))  # type: ignore[return-value]

    with_forms = brought()
    monkeypatch.setattr(search, "forms", lambda _name: ())
    monkeypatch.setattr(search, "UKRAINIAN", {})

    assert all(now <= 1.02 * before for now, before in zip(with_forms, brought(), strict=True))


def test_what_stands_in_no_row_has_no_forms():
    assert forms("Beispiel") == forms("") == ()
