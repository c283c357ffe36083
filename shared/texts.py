"""Texts in the reader's language, from the gettext catalogues beside this file. English is the source."""

from __future__ import annotations

import gettext as catalogues
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from pathlib import Path

CATALOGUES = Path(__file__).parent / "catalogues"
SOURCE = "en"
LONGEST_TAG = 35
"""Letters of the longest tag that has a meaning of its own (RFC 5646, section 4.4.1)."""
COMMA = {"ar": "، ", "fa": "، "}
"""Of the languages that have one of their own."""

language: ContextVar[str] = ContextVar("language", default=SOURCE)
"""The language of whoever is being answered now."""


@cache
def translated() -> tuple[str, ...]:
    """The languages into which everything that a page or an error says is translated."""
    return tuple(sorted(file.parents[1].name for file in CATALOGUES.glob("*/LC_MESSAGES/kim.mo")))


@cache
def _catalogue(code: str) -> catalogues.NullTranslations:
    return catalogues.translation("kim", CATALOGUES, languages=[code], fallback=True)


def text(said: str, /, **values: object) -> str:
    """A message in the current language, its placeholders filled."""
    translation = _catalogue(language.get()).gettext(said) if said else said
    return translation.format(**values) if values else translation


def listed(words: Iterable[str]) -> str:
    """Words one after the other, with the comma of the current language."""
    return COMMA.get(language.get(), ", ").join(words)


def day(on: date) -> str:
    """A calendar day as the reader writes it."""
    return text("{on:%d %B %Y}", on=on)


def moment(at: datetime) -> str:
    """A day and a time of it, as the reader writes them, in the zone that `at` has."""
    return text("{at:%d %B %Y, %H:%M}", at=at)


def text_in(code: str, said: str) -> str:
    """A message in the language of this tag, whoever is being answered."""
    return _catalogue(code).gettext(said)


def label(code: object, /) -> str:
    """The label of a code in the current language; German is how officials know it."""
    named = str(getattr(code, "label", code))
    return _catalogue(language.get()).pgettext("code", named)


def marked(said: str) -> str:
    """Mark a message for the catalogues where it is translated only later, on showing."""
    return said


def choose(wanted: Iterable[str], offered: Iterable[str], otherwise: str = SOURCE) -> str:
    """The first wanted language that is offered, by its tag or its primary part (RFC 4647, lookup).

    Tags come from whoever asks. One that is too long for any language is none: each of its parts would be tried.
    """
    have = {code.lower(): code for code in offered}
    for tag in wanted:
        parts = tag.lower().split("-") if len(tag) <= LONGEST_TAG else ()
        for length in range(len(parts), 0, -1):
            if (found := have.get("-".join(parts[:length]))) is not None:
                return found
    return otherwise
