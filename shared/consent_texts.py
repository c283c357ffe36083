"""What clients agree to with the form, word for word, by the version under which it is kept."""

from __future__ import annotations

from collections.abc import Mapping

from shared import texts

CURRENT = "intake-1"
"""What the form shows now. A new wording is a new version, beside the old ones: somebody agreed to each."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "intake-1": {
        "consent_processing": texts.marked(
            "I agree that you use my data to advise me, also what I tell you about my health, religion or origin."
        ),
        "consent_contact": texts.marked("You may write to me, for example about appointments"),
    },
}
"""By version, what stands at each box that can be ticked."""


def shown(version: str, language: str) -> dict[str, str]:
    """The words of a version as they stood on the form in this language; none of a version that is not ours."""
    return {box: texts.text_in(language, words) for box, words in WORDS.get(version, {}).items()}
