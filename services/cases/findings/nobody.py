"""Whether a text leads to a person: by her name, heard in any script, or by a number. It is compared, never kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from shared.heard import WORD, Names, joined
from shared.latin import words
from shared.search import sound

YEARS = re.compile(r"(?<![\d./-])20\d\d(?:\s?[/-]\s?20\d\d)?(?![./-]?\d)")
"""A year, or from one to another, leads to nobody."""

LEADS = (
    re.compile(r"\d(?:[\s./()+-]*\d){4,}"),
    re.compile(r"\b[a-z]+-[0-9a-f]{8,}\b|\b[0-9a-f]{12,}\b", re.IGNORECASE),
    re.compile(r"\bKIM-?(?=[0-9A-Z-]*\d)[0-9A-Z]{4}-?[0-9A-Z]{4}", re.IGNORECASE),
    re.compile(r"\S@\S"),
)
"""Phone numbers and birth dates, ids, references, addresses. Paragraphs of a law have no five digits in a row."""

PARTICLES = frozenset(
    {
        *("al", "am", "an", "as", "bin", "da", "de", "den", "der", "di", "die", "do", "du", "el", "es", "im", "in"),
        *("la", "le", "so", "um", "van", "von", "zu", "zur"),
    }
)
"""Parts of names that are words of a language too: by themselves they name nobody."""

SHORTEST = 3
"""Letters, as they are heard or without vowels, by which a name is known; a shorter one only by all of its letters."""

JOINED = 3
"""As many words are written as one by some, such as `Abd al-Rahman`."""


def leads_to_somebody(text: str, *known: str) -> bool:
    """Whether a number, an id or an address stands in it, or what is `known` of the case, however it is set."""
    rest = YEARS.sub("", text)
    return any(one.search(rest) for one in LEADS) or any(_bare(one) in _bare(text) for one in known)


def named(text: str, names: Iterable[str]) -> str | None:
    """The word or words of a text that are, or sound like, a part of one of these names; None where none are."""
    whole = list(names)
    known = {form for name in whole for _, form in _forms(name)}
    return next((said for said, form in _forms(text) if form in known), None) or _heard_in(text, whole)


def _heard_in(text: str, names: Iterable[str]) -> str | None:
    """The word of a text that is heard as one of these names where their consonants alone do not say it."""
    parts = {part for name in names for part in (*WORD.findall(name), *joined(name))}
    wanted = Names((part for part in parts if part.casefold() not in PARTICLES), fewest=SHORTEST)
    return next((text[begins:ends] for begins, ends in wanted.spans(text)), None)


def _bare(text: str) -> str:
    return re.sub(r"[\s-]", "", text).upper()


def _forms(text: str) -> Iterator[tuple[str, str]]:
    """Every word, and every few in a row, with each form by which it is known."""
    written = re.findall(r"[^\W\d_]+", text)
    for length in range(1, JOINED + 1):
        for start in range(len(written) - length + 1):
            said = written[start : start + length]
            latin = words("".join(said))
            if {one.casefold() for one in said} <= PARTICLES:
                continue
            for word in {"".join(latin), *latin} - PARTICLES:
                yield from ((" ".join(said), form) for form in _heard(word))


def _heard(latin: str) -> Iterator[str]:
    without_vowels = re.sub("[aeiou]", "", latin)
    if len(latin) > 1:
        yield f"written {latin}"
    if len(without_vowels) >= SHORTEST:
        yield f"consonants {without_vowels}"
    if len(heard := sound(latin)) >= SHORTEST:
        yield f"heard {heard}"
