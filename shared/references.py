"""References that clients can say on the phone: `KIM-XXXX-XXXX`, drawn at random, the last symbol a check."""

from __future__ import annotations

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is read as a digit or makes a word."""

CHECK = f"{CROCKFORD}*~$=U"
"""Check symbols: the number modulo 37, which finds every wrong and every swapped symbol."""

REFERENCES = 32**7
"""How many references there are."""


def reference(drawn: int) -> str:
    """The reference of a number drawn at random below `REFERENCES`: `KIM-XXXX-XXXX`, the last a check symbol."""
    symbols = "".join(CROCKFORD[drawn // 32**place % 32] for place in reversed(range(7))) + CHECK[drawn % 37]
    return f"KIM-{symbols[:4]}-{symbols[4:]}"


def is_reference(written: str) -> bool:
    """Whether this is a reference that could have been given: its check symbol fits."""
    plain = written.removeprefix("KIM-").replace("-", "")
    if len(plain) != 8 or not set(plain[:7]) <= set(CROCKFORD):
        return False
    drawn = sum(CROCKFORD.index(symbol) * 32**place for place, symbol in enumerate(reversed(plain[:7])))
    return reference(drawn) == written
