"""The words that clients agreed to: kept by version, in every language in which they were shown."""

from __future__ import annotations

import pytest

from infra import assets
from shared import consent_texts, texts

SHOWN = {
    "intake-1": {
        "en": (
            "I agree that you use my data to advise me, also what I tell you about my health, religion or origin.",
            "You may write to me, for example about appointments",
        ),
        "de": (
            "Ich bin einverstanden, dass Sie meine Daten nutzen, um mich zu beraten, auch was ich über Gesundheit, "
            "Religion oder Herkunft mitteile.",
            "Sie dürfen mir schreiben, zum Beispiel wegen Terminen",
        ),
        "ar": (
            "أوافق على أن تستخدموا بياناتي لتقديم المشورة لي، بما في ذلك ما أذكره عن صحتي أو ديني أو أصلي.",
            "يمكنكم مراسلتي، مثلاً بخصوص المواعيد",
        ),
    }
}
"""Somebody agreed to each: another wording, and another translation, is a new version beside these."""


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    assets.catalogues()


def test_every_version_is_kept_in_every_language():
    assert SHOWN.keys() == consent_texts.WORDS.keys()
    assert all(shown.keys() == set(texts.translated()) for shown in SHOWN.values())


@pytest.mark.parametrize(("version", "language"), [(one, each) for one, shown in SHOWN.items() for each in shown])
def test_what_somebody_agreed_to_never_changes(version: str, language: str):
    said = consent_texts.shown(version, language)

    assert (said["consent_processing"], said["consent_contact"]) == SHOWN[version][language]


def test_of_a_version_that_is_not_ours_no_words_are_shown():
    assert consent_texts.shown("2026-01", "de") == {}
