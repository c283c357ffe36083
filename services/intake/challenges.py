"""Proof of work (ALTCHA, protocol 2): a sender's browser computes for a moment, and nobody is tracked.

Every form waits for a challenge, so giving one out loads nothing but what makes it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from shared import clock, key_files, texts
from shared.errors import Invalid

if TYPE_CHECKING:
    from shared.store import Create

ALGORITHM = "PBKDF2/SHA-256"
COST = 2_000
"""Iterations of one guess."""
FEWEST, MOST = 300, 900
"""Guesses until the solution: a second or two on an old phone."""
VALID = timedelta(minutes=20)
"""In real time, whatever the domain's clock says: a browser has no other."""

MISSING = texts.marked("Please confirm that you are not a robot.")
EXPIRED = texts.marked("The confirmation is too old. Please confirm again that you are not a robot.")
USED = texts.marked("This confirmation was used before. Please confirm again that you are not a robot.")


def fresh(*, at: datetime) -> dict[str, Any]:
    """A new challenge as the widget reads it. `at` is the real time."""
    import altcha

    secret, of_solutions = _secrets()
    challenge: dict[str, Any] = altcha.create_challenge(
        ALGORITHM,
        COST,
        counter=FEWEST + secrets.randbelow(MOST - FEWEST),
        expires_at=at + VALID,
        hmac_secret=secret,
        hmac_key_secret=of_solutions,
    ).to_dict()
    return challenge


def solved(payload: str | None) -> Create:
    """The write that uses up the challenge solved in the field `altcha`: it counts once.

    Raises `Invalid` when the solution is missing, wrong or too old.
    """
    import altcha

    from shared.store import Create

    secret, of_solutions = _secrets()
    try:
        read = altcha.Payload.from_base64(payload or "")
        verdict = altcha.verify_solution(read, secret, hmac_key_secret=of_solutions)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise refused(MISSING) from None
    if verdict.expired:
        raise refused(EXPIRED)
    if not verdict.verified:
        raise refused(MISSING)
    signed = read.challenge.parameters
    until = datetime.fromtimestamp(signed.expires_at or 0, UTC)
    return Create(f"challenges/{hashlib.sha256(signed.nonce.encode()).hexdigest()}", {"expires_at": clock.stamp(until)})


def refused(said: str) -> Invalid:
    """The refusal of a solution, in words of ours."""
    return Invalid({"altcha": [texts.text(said)]})


def _secrets() -> tuple[bytes, bytes]:
    """One key signs the challenges, another their solutions."""
    return hmac.digest(_key(), b"challenge", "sha256"), hmac.digest(_key(), b"solution", "sha256")


@cache
def _key() -> bytes:
    """`KIM_CHALLENGE_KEY`, a random text that only this service knows, read raw; without it there is a key file."""
    if given := os.environ.get("KIM_CHALLENGE_KEY"):
        return given.encode()
    return key_files.held(key_files.folder() / "challenge.key", lambda: secrets.token_bytes(32))
