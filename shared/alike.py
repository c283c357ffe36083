"""Whether two words are one name, as they are heard: in another spelling, or in another script.

More is compared than the consonants under which an index is searched (`shared.search`): see `shared.heard`.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import NamedTuple

from shared.latin import latin
from shared.search import sound

VOWELS = re.compile("[aeiouyjvw]+")
LONG = str.maketrans({"ا": "a", "أ": "a", "آ": "a", "إ": "i", "ع": "a", "ى": "a", "ة": "a", "ه": "-h", "ح": "-h"})
"""What stands for a vowel in Arabic letters, and is lost in transliteration; and an h that stands by itself."""

SIMPLE = str.maketrans("yjw", "iiv")
"""Letters that spellings of one vowel change for one another."""

SOFT = re.compile("^(?:dsch|dzh|dj)(?=[aeiou])")
"""One sound before a vowel, which others write j."""
DIPHTHONG = re.compile("a(?=[ijy])")
"""The a of Maier, which others write as an e."""
GLIDE = re.compile("[jy](?=[aeiou])")
"""A consonant, though the search drops it with the vowels: it begins Yusuf and Yousef."""

CLASSES = ("ae", "eiyj", "ouvw")
"""Vowels that are written for one another."""

ABJADS = frozenset({"ARABIC", "HEBREW"})
"""Scripts that write no short vowels."""


class Heard(NamedTuple):
    """What is compared of a word."""

    letters: str
    """In Latin letters, lower case."""
    sound: str
    """Its consonants, as they are heard."""
    vowels: tuple[str, ...]
    """Those that stand together together."""
    leads: bool
    ends: bool
    """Whether it begins, and ends, with a vowel."""
    script: str
    named: bool
    """Whether it begins with a capital, where the script has them."""


def hear(written: str) -> Heard:
    """What is compared of a word in any script."""
    plain = unicodedata.normalize("NFKC", written)
    written = latin(re.sub("ه$", "ة", plain).translate(LONG))
    letters = re.sub("[^a-z]", "", written)
    spoken = SOFT.sub("j", letters.rstrip("h"))
    return Heard(
        letters,
        "" if VOWELS.fullmatch(spoken) else sound(re.sub("[^a-z-]", "", written)).replace("-", ""),
        tuple(VOWELS.findall(spoken)),
        VOWELS.match(spoken) is not None,
        VOWELS.search(spoken[-1:]) is not None,
        script_of(plain),
        not plain[:1].islower(),
    )


def script_of(word: str) -> str:
    """The script of its first letter, as Unicode calls it."""
    return unicodedata.name(word[:1] or " ", "").partition(" ")[0]


def alike(said: Heard, name: Heard) -> bool:
    """Whether a word that sounds the same is this name, and neither too short to tell nor no name by its letter."""
    if said.sound != name.sound or not said.named:
        return False
    if not {said.script, name.script} & ABJADS:
        return _with_vowels(said, name)
    if (said.leads, said.ends) != (name.leads, name.ends):
        return False
    return len(said.sound) > 2 or (said.script != name.script and _without_vowels(said, name))


def _with_vowels(said: Heard, name: Heard) -> bool:
    """Where it begins with a vowel, that is what languages change first: Olena, Alena, Yelena."""
    if said.leads != name.leads:
        return False
    if len(said.vowels) != len(name.vowels):
        return _with_one_more(*sorted((said, name), key=lambda one: len(one.vowels)))
    if len(said.sound) < 2:
        return _plain(said.letters) == _plain(name.letters)
    glides = all(GLIDE.match(SOFT.sub("j", one.letters)) for one in (said, name))
    return len(said.sound) + glides > 2 or all(map(_spelt_alike, said.vowels[said.leads :], name.vowels[name.leads :]))


def _with_one_more(shorter: Heard, longer: Heard) -> bool:
    """Whether a name of three consonants is spoken with one vowel more between them, and else alike: Fatma, Fatima."""
    if len(shorter.sound) < 3 or len(shorter.vowels) < 2 or len(longer.vowels) - len(shorter.vowels) > 1:
        return False
    pairs = ((one.vowels[0], one.vowels[-1]) for one in (shorter, longer))
    return shorter.ends == longer.ends and all(map(_spelt_alike, *pairs))


def _spelt_alike(one: str, other: str) -> bool:
    """Whether vowels that stand together are as many, and each may be written for the other: Maier, Meyer."""
    mine, theirs = (_simple(DIPHTHONG.sub("e", re.sub("o+u|oo", "u", each))) for each in (one, other))
    return len(mine) == len(theirs) and all(map(_compatible, mine, theirs))


def _without_vowels(said: Heard, name: Heard) -> bool:
    """A vowel that is written must be spoken; in a name of one consonant every vowel is both, and one comes last."""
    letters, voice = sorted((said, name), key=lambda one: one.script not in ABJADS)
    if voice.script in ABJADS:
        return _is_spoken(_long(letters), _long(voice), said)
    as_e = voice._replace(vowels=tuple(DIPHTHONG.sub("e", group) for group in voice.vowels))
    return any(_is_spoken(_long(letters), _long(one), said) for one in (voice, as_e))


def _is_spoken(written: list[str], spoken: list[str], said: Heard) -> bool:
    if len(said.sound) < 2:
        return said.ends and len(written) == len(spoken) and all(map(_compatible, written, spoken))
    rest = iter(spoken)
    return all(any(_compatible(one, other) for other in rest) for one in written)


def _long(one: Heard) -> list[str]:
    """Its vowels one by one, those together that are written for one another once. An alif may only carry the next."""
    first, *others = one.vowels or ("",)
    if one.script in ABJADS and one.leads and len(first) > 1:
        first = first[1:]
    return [
        vowel for group in (first, *others) for before, vowel in pairwise(f" {group}") if not _compatible(before, vowel)
    ]


def _compatible(one: str, other: str) -> bool:
    return any(set(one) & set(some) and set(other) & set(some) for some in CLASSES)


def _plain(letters: str) -> str:
    """A name of one consonant, but for what spellings change: Leila and Layla, Aisha and Aischa, Noah and Noa."""
    return _simple(DIPHTHONG.sub("e", letters.replace("sch", "sh")).rstrip("h"))


def _simple(letters: str) -> str:
    return re.sub(r"(.)\1+", r"\1", letters.translate(SIMPLE))


def same(name: Heard, own: Heard) -> bool:
    """Whether somebody has a name of somebody else's too: by its letters, or in another script."""
    return name.letters == own.letters or (name.script != own.script and alike(name._replace(named=True), own))
