"""JSON as RFC 8259 means it and no looser: no duplicate keys, no NaN, no NUL, no unpaired surrogates."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from flask.json.provider import DefaultJSONProvider

from shared.errors import Malformed
from shared.texts import marked


class StrictJson(DefaultJSONProvider):
    """Flask's JSON, reading strictly. Refuses with `Malformed`, whose reason never quotes the body."""

    ensure_ascii = False
    sort_keys = False

    def loads(self, s: str | bytes, **_: Any) -> Any:
        try:
            text = s.decode() if isinstance(s, bytes) else s
            read = json.loads(text, object_pairs_hook=_unique, parse_constant=_constant)
        except RecursionError:
            raise Malformed(reason=marked("nested too deeply")) from None
        except UnicodeDecodeError:
            raise Malformed(reason=marked("not UTF-8")) from None
        except json.JSONDecodeError as error:
            raise Malformed(
                reason=marked("not JSON at line {line}, column {column}"), line=error.lineno, column=error.colno
            ) from None
        except ValueError:  # int() refuses numbers of thousands of digits
            raise Malformed(reason=marked("a number is too long")) from None
        if "\\" in text:  # only an escape can smuggle in what UTF-8 cannot hold
            clean(read)
        elif "\0" in text:
            raise Malformed(reason=marked("a NUL character"))
        return read


def clean(value: Any) -> None:
    """Refuse NUL and unpaired surrogates in any text of a JSON value or a form. Raises `Malformed`."""
    match value:
        case str():
            if "\0" in value:
                raise Malformed(reason=marked("a NUL character"))
            if any("\ud800" <= letter <= "\udfff" for letter in value):
                raise Malformed(reason=marked("an unpaired surrogate"))
        case dict():
            for name, held in value.items():
                clean(name)
                clean(held)
        case list():
            for held in value:
                clean(held)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        raise Malformed(reason=marked("a name stands twice in one object"))
    return read


def _constant(_name: str) -> NoReturn:
    raise Malformed(reason=marked("NaN and Infinity are not JSON"))
