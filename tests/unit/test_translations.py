"""Every text is there in every language, none is left over, and all keep their placeholders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from infra import assets
from infra.catalogues import LANGUAGES, Message, messages, placeholders, translations
from shared import texts
from shared.codes import ActionField

EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    assets.catalogues()


@contextmanager
def reading(language: str) -> Iterator[None]:
    token = texts.language.set(language)
    yield
    texts.language.reset(token)


def wanted(language: str) -> list[Message]:
    return [message for message in messages() if message.is_for(language)]


@EVERY_LANGUAGE
def test_no_translation_is_missing(language):
    have = translations(language)

    assert not [message.id for message in wanted(language) if not have.get(message.key)]


@EVERY_LANGUAGE
def test_no_translation_is_stale(language):
    assert not set(translations(language)) - {message.key for message in wanted(language)}


@EVERY_LANGUAGE
def test_a_translation_keeps_its_placeholders(language):
    changed = [
        said
        for (_, said), translation in translations(language).items()
        if placeholders(said) != placeholders(translation)
    ]

    assert not changed


@EVERY_LANGUAGE
def test_a_translation_is_not_the_english_left_standing(language):
    left = {
        said for (context, said), translation in translations(language).items() if said == translation and not context
    }

    assert left <= {"Code", "Name", "Phase"}


def test_the_languages_of_the_pages_are_the_translated_ones():
    assert texts.translated() == ("ar", "de", "en")


def test_a_text_is_said_in_the_readers_language():
    with reading("ar"):
        assert (texts.text("Send"), texts.label(ActionField.HOUSING)) == ("إرسال", "السكن")


def test_officials_see_their_own_labels_and_english_readers_english_ones():
    with reading("en"):
        assert texts.label(ActionField.HOUSING) == "Housing"
    with reading("de"):
        assert texts.label(ActionField.HOUSING) == "Wohnen"


@pytest.mark.parametrize(
    ("tag", "chosen"),
    [
        *(("de", "de"), ("de-CH-1996", "de"), ("DE-x-leicht", "de"), ("fr", "en"), ("", "en"), ("-", "en")),
        *(("de" + "-a" * 16 + "b", "de"), ("de" + "-a" * 17, "en")),  # a letter more, and it is no language's
    ],
)
def test_a_language_is_chosen_by_a_tag_that_can_be_one(tag: str, chosen: str):
    assert texts.choose([tag], ["de", "ar"], "en") == chosen
