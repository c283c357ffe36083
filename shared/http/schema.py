"""marshmallow, set up for this house: messages in the reader's language, unknown fields refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import marshmallow
from marshmallow import fields, validate

from shared import texts


class _Said(str):
    """A message that is translated when its placeholders are filled, which is when it is shown."""

    def format(self, *_: object, **values: object) -> str:
        return texts.text(str(self)).format(**values)


class _Messages(dict[str, Any]):
    """marshmallow reads some messages unformatted: those are translated on reading."""

    def __getitem__(self, key: str) -> Any:
        message = super().__getitem__(key)
        return _Said(message) if isinstance(message, str) else message


ENTRIES = {
    "message_min": texts.marked("Please give at least {min} entries."),
    "message_max": texts.marked("Please give at most {max} entries."),
    "message_all": texts.marked("Please give {min} to {max} entries."),
}
"""What is said of a list that is too short or too long: `validate.Length` speaks of characters."""


INVISIBLE = {"Zs", "Cf"}
"""Blanks, and what steers other letters: alone it says nothing. Between letters some languages need it."""

NO_TEXTS = (fields.Boolean, fields.Number, fields.List, fields.Dict, fields.Nested)
"""What nobody writes as a text: an empty one in its place is an error."""


def is_blank(value: object) -> bool:
    """Whether it is a text in which nobody would see anything."""
    return isinstance(value, str) and all(unicodedata.category(letter) in INVISIBLE for letter in value.strip())


class Schema(marshmallow.Schema):
    """What all our schemas are made of. Unknown fields are an error; texts are stripped of outer blanks.

    A text that was left empty (a form sends it as "") is none, where there may be none: it counts as not given, and
    where a change takes away by null, as null. Where there must be one it is refused.
    """

    class Meta:
        """Unknown fields are an error."""

        unknown = marshmallow.RAISE  # said here, the OpenAPI document says it too

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for key, message in self.error_messages.items():
            self.error_messages[key] = _Late(message)

    @marshmallow.pre_load
    def _left_empty_is_not_given(self, given: Any, **_: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        read = {name: self._filled_in(name, value) for name, value in given.items()}
        return {name: value for name, value in read.items() if value is not marshmallow.missing}

    def _filled_in(self, name: str, value: Any) -> Any:
        """What this value says for its field: itself, null, or nothing."""
        field = self.load_fields.get(name)
        if field is None or field.required or isinstance(field, NO_TEXTS) or not is_blank(value):
            return value
        if field.load_default is not marshmallow.missing or getattr(field, "optional", False):
            return marshmallow.missing
        return None if field.allow_none else value

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.error_messages = _Messages(field_obj.error_messages)
        of_a_list = isinstance(field_obj, fields.List)
        for validator in field_obj.validators:
            if of_a_list and isinstance(validator, validate.Length):
                vars(validator).update(ENTRIES)
            for name in vars(validator) | vars(type(validator)):
                message = getattr(validator, name, None)
                if name.startswith(("message", "default_message", "error")) and isinstance(message, str):
                    setattr(validator, name, _Said(message))
        for inner in ("inner", "key_field", "value_field"):
            if isinstance(held := getattr(field_obj, inner, None), fields.Field):
                self.on_bind_field(field_name, held)


class Query(Schema):
    """What is asked for. A filter that is empty is an error, never everything (CONTRACT)."""

    def _filled_in(self, name: str, value: Any) -> Any:
        return value


class _Late(str):
    """A message of the schema itself, which marshmallow hands on as it is: translated by `translated`."""


TURNING = "\u202d\u202e"
"""What has letters read in another order than they were written, until it is taken back."""


class Text(fields.String):
    """A text of one to `most` characters without control characters, stripped; what nobody sees counts as missing.

    `optional` is one of a change that may come without: left empty, it does.
    """

    default_error_messages = {  # noqa: RUF012 - as marshmallow declares it
        "blank": texts.marked("Please fill this in."),
        "control": texts.marked("Please remove control characters."),
    }

    def __init__(self, most: int, *, optional: bool = False, **options: Any) -> None:
        super().__init__(validate=validate.Length(max=most), **options)
        self.optional = optional

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        read: str = super()._deserialize(value, attr, data, **kwargs).strip()
        if is_blank(read):
            raise self.make_error("blank")
        if any(letter in TURNING or _steers(letter) for letter in read):
            raise self.make_error("control")
        return read


def _steers(letter: str) -> bool:
    """Whether it is for machines: old ones had two sets of such letters (C0 and C1), and terminals still obey them."""
    return unicodedata.category(letter) == "Cc" and letter not in "\n\r\t"


class Line(Text):
    """A text of one line: every run of blanks and line breaks in it becomes one blank (NFC)."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        return " ".join(unicodedata.normalize("NFC", super()._deserialize(value, attr, data, **kwargs)).split())


class Several(fields.List[Any]):
    """A list of so many entries at most. A longer one is refused before anything in it is read."""

    def __init__(self, inner: fields.Field[Any], most: int, **options: Any) -> None:
        said = {**options.pop("metadata", {}), "maxItems": most}
        super().__init__(inner, metadata=said, **options)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        if isinstance(value, list) and len(value) > self.most:
            raise marshmallow.ValidationError(texts.text(ENTRIES["message_max"], max=self.most))
        read: list[Any] = super()._deserialize(value, attr, data, **kwargs)
        return read


class YesNo(fields.Boolean):
    """True or false and nothing that only looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def translated(errors: Mapping[Any, Any]) -> dict[str, list[str]]:
    """The sentences of a `ValidationError` for each field, all in the reader's language, none of them twice."""
    return {str(name): list(dict.fromkeys(_sentences(held))) for name, held in errors.items()}


def _sentences(held: Any) -> Iterator[str]:
    match held:
        case _Late():
            yield texts.text(str(held))
        case str():
            yield held
        case dict():
            for inner in held.values():
                yield from _sentences(inner)
        case _:
            for inner in held:
                yield from _sentences(inner)
