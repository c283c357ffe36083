"""Fields that clients and staff fill in alike: phone, e-mail, postcode, quarter, date of birth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields

from shared import clock, pack, texts
from shared.codes import Code
from shared.http.days import YEAR

OLDEST = 120
"""Years. Older than anybody who ever applied."""

ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
POSTCODE = re.compile(r"[0-9]{5}")
QUARTER = re.compile(r"[0-9]{3}")
HOME = "DE"
"""Where a phone number without a country code is at home."""

LONGEST_EMAIL = 254
"""Letters (RFC 5321, section 4.5.3.1.3)."""

PHONE = texts.marked("Please check the phone number.")
EMAIL = texts.marked("Please check the e-mail address.")

Data = Mapping[str, Any] | None


def code(kind: type[Code], **options: Any) -> fields.Enum[Code]:
    """A code of a list, by its value."""
    return fields.Enum(kind, by_value=True, **options)


class Phone(fields.String):
    """A phone number as people write it, read as E.164."""

    def _deserialize(self, value: Any, attr: str | None, data: Data, **kwargs: Any) -> str:
        import phonenumbers  # a page without input must not wait for its tables

        written = super()._deserialize(value, attr, data, **kwargs)
        try:
            number = phonenumbers.parse(written, HOME)
        except phonenumbers.NumberParseException:
            raise _refusal(PHONE) from None
        if any(letter.isalpha() for letter in written) or not phonenumbers.is_valid_number(number):
            raise _refusal(PHONE)
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


class Email(fields.Email):
    """An e-mail address that any mail server takes: its domain in ASCII (RFC 5890), and nothing that steers."""

    def _deserialize(self, value: Any, attr: str | None, data: Data, **kwargs: Any) -> str:
        written: str = super()._deserialize(value, attr, data, **kwargs).strip()
        if len(written) > LONGEST_EMAIL or not written.isprintable():
            raise _refusal(EMAIL)
        name, at, domain = written.rpartition("@")
        try:
            read = f"{name}{at}{domain.encode('idna').decode()}"
        except UnicodeError:
            raise _refusal(EMAIL) from None
        if not read.isascii() or len(read) > LONGEST_EMAIL:
            raise _refusal(EMAIL)
        return read


class Postcode(fields.String):
    """A German postcode."""

    def _deserialize(self, value: Any, attr: str | None, data: Data, **kwargs: Any) -> str:
        read: str = super()._deserialize(value, attr, data, **kwargs).strip()
        if not POSTCODE.fullmatch(read):
            raise _refusal(texts.marked("A postcode has five digits."))
        return read


class Quarter(fields.Field[int]):
    """The three-digit number of a quarter of this city, as text or as a number."""

    def _deserialize(self, value: Any, attr: str | None, data: Data, **kwargs: Any) -> int:
        written = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
        if not QUARTER.fullmatch(written) or int(written) not in pack.here()["quarters"]:
            raise _refusal(texts.marked("Please choose a quarter from the list."))
        return int(written)


class BirthDate(fields.Date):
    """A date of birth: there is such a day, it is not to come, and at most 120 years ago."""

    def _deserialize(self, value: Any, attr: str | None, data: Data, **kwargs: Any) -> date:
        if not (isinstance(value, str) and ISO_DATE.fullmatch(value)):
            raise _refusal(texts.marked("Please check day, month and year."))
        born: date = super()._deserialize(value, attr, data, **kwargs)
        today = clock.day(clock.now())
        if born > today:
            raise _refusal(texts.marked("This day is still to come. Please check the year."))
        if today.year - born.year > OLDEST:
            raise _refusal(YEAR)
        return born


def _refusal(said: str) -> ValidationError:
    return ValidationError(texts.text(said))
