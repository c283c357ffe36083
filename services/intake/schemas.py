"""Where submissions are read, from JSON and from the form, and receipts are cut."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

import marshmallow
from marshmallow import fields

from shared.errors import Malformed
from shared.forms import ReferralForm, SubmissionForm
from shared.http.once import Once
from shared.http.strict_json import clean
from shared.texts import marked

TICKED = ("needs_interpreter", "shared_phone", "single_parent", "consent_processing", "consent_contact")
"""Boxes of the form: ticked they are `on`, otherwise they are not sent."""

DATE_PARTS = ("date_of_birth_year", "date_of_birth_month", "date_of_birth_day")
MOST_FIELDS = 200
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")

Pairs = list[tuple[str, str]]


class Submission(SubmissionForm):
    """A submission by a client, with her solved challenge."""

    altcha = fields.Str(load_default=None)


class Referral(ReferralForm):
    """A referral by an office or organisation."""


class Receipt(marshmallow.Schema):
    """What somebody gets for a submission."""

    reference = fields.Str(required=True)
    received_at = fields.DateTime(required=True)


class Challenge(marshmallow.Schema):
    """An ALTCHA challenge, protocol 2."""

    parameters = fields.Dict(required=True)
    signature = fields.Str(required=True)


def pairs(body: bytes) -> Pairs:
    """The fields of a form-encoded body, strictly UTF-8. Raises `Malformed`."""
    try:
        read = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError:
        raise Malformed(reason=marked("not UTF-8")) from None
    except ValueError:
        raise Malformed(reason=marked("too many fields")) from None
    clean([list(pair) for pair in read])
    twice = [name for name, count in Counter(name for name, _ in read).items() if count > 1 and name != "topics"]
    if twice:
        raise Malformed(reason=marked("a field stands twice"))
    return read


def legible(body: bytes) -> Pairs:
    """As much of a form-encoded body as can be shown again, whatever is wrong with it."""
    first = b"&".join(body.split(b"&", MOST_FIELDS)[:MOST_FIELDS])
    read = parse_qsl(first.decode(errors="replace"), keep_blank_values=True)
    return [(name, value.replace("\0", "")) for name, value in read]


def from_form(read: Pairs) -> dict[str, Any]:
    """The same fields as a JSON submission has, from those of the form. What cannot be read stays as it is."""
    given: dict[str, Any] = {name: value.strip() for name, value in read if value.strip() and name not in DATE_PARTS}
    given.pop("token", None)
    given |= {name: True for name in TICKED if given.get(name) == "on"}
    given["topics"] = [value for name, value in read if name == "topics"]
    if "date_of_birth" not in given and (born := _born(dict(read))):
        given["date_of_birth"] = born
    for name in ("city_quarter", "postcode", "children"):
        if name in given:
            given[name] = _latin(given[name])
    if given.get("children", "").isdecimal():
        given["children"] = int(given["children"][:9])
    return given


def once(read: Pairs) -> Once | None:
    """The idempotency key hidden in the form; None when there is none that we could have given."""
    token = dict(read).get("token", "")
    if not TOKEN.fullmatch(token):
        return None
    said = json.dumps(sorted(pair for pair in read if pair[0] not in ("token", "altcha")))
    return Once(
        name=hashlib.sha256(f"form\n{token}".encode()).hexdigest(),
        fingerprint=hashlib.sha256(said.encode()).hexdigest(),
    )


def _born(read: dict[str, str]) -> str:
    """Year, month and day as one ISO date; what is no number stays and is refused as a date."""
    parts = [_latin(read.get(name, "").strip()) for name in DATE_PARTS]
    if not any(parts):
        return ""
    return "-".join(part.zfill(width) for part, width in zip(parts, (4, 2, 2), strict=True))


def _latin(written: str) -> str:
    """Digits of any script as 0 to 9: an Arabic keyboard writes others."""
    return "".join(str(int(letter)) if letter.isdecimal() else letter for letter in written)


def answers(read: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What was given, by the name of its field on the page, to be shown again."""
    shown: dict[str, Any] = dict(read)
    shown["topics"] = [value for name, value in read if name == "topics"]
    return shown
