"""The refusals of the system. Each says in plain words why, and never holds personal data.

`says` is a message id (English) with placeholders; whoever shows it translates it first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple


class Towards(NamedTuple):
    """Codes that concern an organisation, as a detail of a refusal: shown by its name and their labels."""

    organisation: str
    codes: tuple[object, ...]


class Rejected(Exception):
    """What was asked is understood and refused by the rules: 409 at the HTTP edge."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "rejected"
    says: ClassVar[str] = "The rules do not allow this now."

    def __init__(self, **details: object) -> None:
        """`details` fill the placeholders of `says` and go into the answer: ids and codes only."""
        super().__init__(self.code)
        self.details = details

    @property
    def extra(self) -> Mapping[str, object]:
        """Members that the problem document carries beside the standard ones (RFC 9457, section 3.2)."""
        return {}


class Malformed(Rejected):
    """The request cannot be read at all."""

    status = 400
    code = "malformed"
    says = "The request could not be read: {reason}."


class NoSuchPlace(Malformed):
    """The cursor is none that this list gave out."""

    says = "The cursor is none of this list. Please begin with its first page."


class Unauthenticated(Rejected):
    """Nobody is signed in, or the token does not hold."""

    status = 401
    code = "unauthenticated"
    says = "Please sign in."


class Forbidden(Rejected):
    """Somebody is signed in, and is not allowed to do this."""

    status = 403
    code = "forbidden"
    says = "You are not allowed to do this."


class NotThere(Rejected):
    """There is no such thing, or it is not the caller's to know of."""

    status = 404
    code = "not_found"
    says = "There is nothing here."


class Stale(Rejected):
    """The caller looked at an older version than the one that is there."""

    status = 412
    code = "stale"
    says = "Somebody changed this meanwhile. Please look at version {current} first."

    def __init__(self, *, current: int, given: int, changes: Sequence[Mapping[str, object]] | None = None) -> None:
        """`changes` is what happened since, for those who may know it."""
        super().__init__(current=current, given=given)
        self.current, self.given, self._changes = current, given, changes

    @property
    def extra(self) -> Mapping[str, object]:
        versions = {"current_version": self.current, "given_version": self.given}
        return versions if self._changes is None else {**versions, "changes": self._changes}


class TooLarge(Rejected):
    """The body is larger than any honest request."""

    status = 413
    code = "too_large"
    says = "The request is too large."


class WrongMediaType(Rejected):
    """The body is in a format that is not read here."""

    status = 415
    code = "unsupported_media_type"
    says = "Please send {expected}."


class Invalid(Rejected):
    """Fields are missing or wrong. `errors` maps a field to sentences already in the caller's language."""

    status = 422
    code = "invalid"
    says = "Please check the fields."

    def __init__(self, errors: Mapping[str, object]) -> None:
        super().__init__()
        self.errors = errors

    @property
    def extra(self) -> Mapping[str, object]:
        return {"errors": self.errors}


class KeyReused(Rejected):
    """An Idempotency-Key came back with another request."""

    status = 422
    code = "idempotency_key_reused"
    says = "This Idempotency-Key was used for another request."


class VersionMissing(Rejected):
    """A change needs to say which version it is a change of (RFC 6585, section 3)."""

    status = 428
    code = "if_match_missing"
    says = "Please send If-Match with the version that you changed."


class TooMany(Rejected):
    """Too many requests; `retry_after` seconds from now there will be room."""

    status = 429
    code = "too_many_requests"
    says = "Too many requests. Please try again in {retry_after} seconds."

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(retry_after=retry_after)


class Busy(Rejected):
    """Too many writers met, or a backend does not answer; again in `retry_after` seconds."""

    status = 503
    code = "busy"
    says = "This is taking too long. Please try again in {retry_after} seconds."

    def __init__(self, *, retry_after: int = 2) -> None:
        super().__init__(retry_after=retry_after)
