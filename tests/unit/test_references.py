"""References: drawn, said on the phone, and wrong ones found."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import search
from shared.references import CHECK, CROCKFORD, REFERENCES, is_reference, reference

DRAWN = st.integers(0, REFERENCES - 1)


@given(DRAWN)
def test_a_reference_is_recognised_and_can_be_searched_for(drawn):
    written = reference(drawn)

    assert re.fullmatch(r"KIM-.{4}-.{4}", written)
    assert is_reference(written)
    assert search.REFERENCE.fullmatch(written)


@given(DRAWN, st.integers(0, 6), st.sampled_from(CROCKFORD))
def test_one_wrong_symbol_is_found(drawn, place, symbol):
    plain = list(reference(drawn).replace("-", "")[3:])
    wrong = [*plain[:place], symbol, *plain[place + 1 :]]

    assert wrong == plain or not is_reference(f"KIM-{''.join(wrong[:4])}-{''.join(wrong[4:])}")


@given(DRAWN, st.integers(0, 5))
def test_two_swapped_symbols_are_found(drawn, place):
    plain = list(reference(drawn).replace("-", "")[3:])
    swapped = [*plain]
    swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]

    assert swapped == plain or not is_reference(f"KIM-{''.join(swapped[:4])}-{''.join(swapped[4:])}")


@pytest.mark.parametrize(
    "written", ["", "KIM", "KIM-0000-000", "kim-0000-0000", "KIM-0000-0001", "KIM-00O0-0000", "🙂" * 8]
)
def test_what_only_looks_like_a_reference_is_none(written):
    assert not is_reference(written)


def test_the_check_symbols_are_crockfords():
    assert CHECK == "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U"
    assert reference(36) == "KIM-0000-014U"
