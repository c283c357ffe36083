"""Names are found misspelt and in another script, and nothing of them lies in clear in an index."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.latin import words
from shared.search import sought, sound, tokens

KEY = b"k" * 32
SUBMISSIONS = [
    json.loads(line) for line in (Path(__file__).parents[1] / "data" / "submissions.jsonl").read_text().splitlines()
]


def tokens_of(given_name: str, family_name: str) -> list[str]:
    return tokens(KEY, names=(given_name, family_name), born=date(2003, 5, 17), reference="KIM-ABCD-EFG1")


def finds(query: str, given_name: str, family_name: str) -> bool:
    return sought(KEY, query) in tokens_of(given_name, family_name)


@pytest.mark.parametrize(
    "spellings",
    [
        "Müller Mueller Muller",
        "Yılmaz Yilmaz YILMAZ yılmaz Jilmas",
        "Öztürk Ozturk Oeztuerk",
        "Meyer Maier Meier Mayr",
        "Schmidt Schmitt",
        "Stephan Stefan",
        "Çetin Cetin Tschetin",
        "Mohammed Muhamad Mohamed Muhammad محمد محمّد Мухаммад",
        "Ahmad Ahmed Achmed احمد أحمد",
        "Hussein Hossein Hüseyin Husain حسين",
        "Fatima Fatemeh فاطمه فاطمة",
        "Rahim Raheem Rahimi رحیم رحيم رحیمی",
        "Zahra Sahra زهرا زهراء",
        "Suhail Soheil سهيل سهیل",
        "Shirin Schirin شیرین",
        "Mahdi Mehdi مهدی مهدي",
        "Yousef Yusuf Jusuf یوسف يوسف",
        "Khaled Halid خالد",
        "Jamila Dschamila جميلة",
        "Abdulrahman عبدالرحمن",
        "Aqili Aghili عقیلی",
        "Шевченко Shevchenko Schewtschenko",
        "Ковальчук Kovalchuk Kowaltschuk",
        "Ярослава Yaroslava Jaroslawa",
        "Юлія Yuliia Julia Yulia",
        "Елена Olena Yelena Олена",
        "Popović Popovic Popovich",
        "Tesfay ተስፋይ",
        "Γιώργος Giorgos",
    ],
)
def test_spellings_of_one_name_sound_alike(spellings: str):
    first, *others = spellings.split()

    for other in others:
        assert finds(other, first, "Beispiel"), other
        assert finds(first, other, "Beispiel"), other


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ганна", "Hanna"), ("Serhiienko", "Sergienko"), ("John", "Jon"), ("Achim", "Chaim")],
)
def test_what_does_not_sound_alike_to_us_is_known(one: str, other: str):
    """The limits, kept honest: whoever mends one moves it to the test above."""
    assert not finds(one, other, "Beispiel")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ahmad", "Mohammed"), ("Weber", "Bauer"), ("Öztürk", "Özdemir"), ("Kovalenko", "Kovalchuk"), ("Anna", "Hanna")],
)
def test_different_names_stay_apart(one: str, other: str):
    assert not finds(one, other, "Beispiel")


@pytest.mark.parametrize("query", ["Amina", "Beispiel", "Beispiel Amina", "amina  BEISPIEL", "Beispiel, Amina"])
def test_a_person_is_found_by_either_name_and_by_both(query: str):
    assert finds(query, "Amina", "Beispiel")


def test_both_names_must_fit():
    assert not finds("Amina Schneider", "Amina", "Beispiel")


@pytest.mark.parametrize("query", ["al-Masri", "Al Masri", "المصري", "Abd al-Rahman al-Masri", "Abdulrahman Masri"])
def test_the_arabic_article_may_stand_apart(query: str):
    assert finds(query, "Abd al-Rahman", "al-Masri")


def test_a_persian_name_that_begins_like_the_article_is_found_as_one_word():
    assert finds("Elnaz", "الناز", "Beispiel")


@pytest.mark.parametrize("query", ["2003-05-17", "17.05.2003", "17.5.2003", " 17.5.2003 "])
def test_a_birth_date_is_found_as_people_write_it(query: str):
    assert finds(query, "Amina", "Beispiel")


@pytest.mark.parametrize("query", ["KIM-ABCD-EFG1", "kim-abcd-efg1", "KIMABCDEFG1", "KIM-ABCD-EFGI", "kim-abcd-efgl"])
def test_a_reference_is_found_as_people_write_it(query: str):
    assert finds(query, "Amina", "Beispiel")


@pytest.mark.parametrize("query", ["", "  ", "123", "?!", "🙂🙂"])
def test_where_there_is_nothing_to_search_for_nothing_is_sought(query: str):
    found = sought(KEY, query)

    assert found is None or found not in tokens_of("Amina", "Beispiel")


@pytest.mark.parametrize("person", SUBMISSIONS, ids=range(len(SUBMISSIONS)))
def test_every_sample_is_found_by_its_names_and_their_transliteration(person: dict[str, Any]):
    names = person["given_name"], person["family_name"]

    for name in names:
        assert finds(name, *names)
        assert finds(" ".join(words(name)), *names)
    assert finds(" ".join(names), *names)
    assert finds(" ".join(reversed(names)), *names)


def test_a_name_of_the_samples_brings_few_others():
    """What a search in a city costs in reading: a full name finds the person and hardly anybody else."""
    held = [set(tokens_of(person["given_name"], person["family_name"])) for person in SUBMISSIONS]
    wanted = [sought(KEY, f"{person['given_name']} {person['family_name']}") for person in SUBMISSIONS]

    hits = sum(token in tokens for token in wanted for tokens in held)

    assert hits <= 1.3 * len(SUBMISSIONS)


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
@example("محمد", "الحسین")
@example("ß" * 40, "'")
def test_any_name_in_any_script_is_found_by_itself(given_name: str, family_name: str):
    query = f"{given_name} {family_name}"
    token = sought(KEY, query)

    assert token is None or finds(query, given_name, family_name)


@given(st.text(max_size=60))
def test_a_sound_is_short_and_plain(name: str):
    for word in words(name):
        assert sound(word).isascii()
        assert 0 < len(sound(word)) <= 2 * len(word)


def test_no_clear_name_lies_in_a_token():
    for person in SUBMISSIONS:
        for token in tokens_of(person["given_name"], person["family_name"]):
            assert len(token) == 24
            assert set(token) <= set("0123456789abcdef")


def test_another_key_gives_other_tokens():
    mine, other = (tokens(key, names=("Amina",), born=date(2003, 5, 17), reference="K") for key in (KEY, b"o" * 32))

    assert not set(mine) & set(other)
