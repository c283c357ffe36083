"""Every text that the program says, found in its source, and the catalogues brought in step with it.

`python -m infra.catalogues` adds what is new to the catalogues, untranslated, and drops what is gone.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CATALOGUES = ROOT / "shared" / "catalogues"
ROOMS = ("shared", "services")
LANGUAGES = ("ar", "de", "en")

CODE = "code"
"""The context of the labels of codes, whose message ids are German."""

SPEAKS = frozenset({"text", "marked"})
"""Functions whose first argument is a text."""

NEVER_SHOWN = frozenset({"invalid_utf8", "invalid_awareness", "validator_failed", "too_large", "format"})
"""Messages of marshmallow for what cannot come out of JSON or a form."""

HEADER = 'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'

PLACEHOLDER = re.compile(r"{(\w+)(?::[^{}]+)?}")


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """A text to translate, and where it is said first."""

    context: str
    id: str
    where: str
    library: bool = False
    """True for what marshmallow says: plainer words are put in its place in English too."""

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.id

    def is_for(self, language: str) -> bool:
        """Whether this language needs it: German has its labels already, English its own texts."""
        if self.context == CODE:
            return language != "de"
        return self.library or language != "en"


@cache
def messages() -> tuple[Message, ...]:
    """Every text, once, in the order of the alphabet."""
    found: dict[tuple[str, str], Message] = {}
    for message in (*_from_code(), *_from_pages(), *_from_codes(), *_from_schemas()):
        found.setdefault(message.key, message)
    return tuple(sorted(found.values()))


def placeholders(said: str) -> set[str]:
    """The names in braces: how a day is written there is up to the language."""
    return set(PLACEHOLDER.findall(said))


def file(language: str) -> Path:
    """The catalogue of a language."""
    return CATALOGUES / language / "LC_MESSAGES" / "kim.po"


def translations(language: str) -> dict[tuple[str, str], str]:
    """What the catalogue of a language holds, by context and message id; fuzzy ones not."""
    from babel.messages.pofile import read_po

    if not file(language).exists():
        return {}
    with file(language).open("rb") as opened:
        catalogue = read_po(opened)
    return {(said.context or "", str(said.id)): str(said.string) for said in catalogue if said.id and not said.fuzzy}


def main() -> None:
    """Bring the catalogues in step with the source."""
    wanted = messages()
    for language in LANGUAGES:
        _write(language, [message for message in wanted if message.is_for(language)])


def _write(language: str, wanted: Iterable[Message]) -> None:
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    have = translations(language)
    catalogue = Catalog(language, domain="kim", project="KIM", fuzzy=False, charset="utf-8")
    for message in wanted:
        catalogue.add(
            message.id,
            have.get(message.key, ""),
            locations=[(message.where, None)],  # type: ignore[list-item]
            context=message.context or None,
        )
    file(language).parent.mkdir(parents=True, exist_ok=True)
    with file(language).open("wb") as opened:
        opened.write(HEADER.format(language=language).encode())
        write_po(opened, catalogue, width=110, omit_header=True, include_lineno=False)


def _from_code() -> Iterator[Message]:
    for room in ROOMS:
        for source in sorted((ROOT / room).rglob("*.py")):
            where = str(source.relative_to(ROOT))
            for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
                yield from (Message("", said, where) for said in _said(node))


def _said(node: ast.AST) -> Iterator[str]:
    """The texts in a call of `text` or `marked`, and in the `says` of a refusal."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[ast.Constant(value=str(said)), *_]):
            if name in SPEAKS:
                yield said
        case ast.Assign(targets=[ast.Name(id="says")], value=ast.Constant(value=str(said))):
            yield said
        case ast.AnnAssign(target=ast.Name(id="says"), value=ast.Constant(value=str(said))):
            yield said


def _from_pages() -> Iterator[Message]:
    from babel.messages.extract import extract_from_file

    for page in sorted((ROOT / "services").glob("*/pages/**/*.html")):
        where = str(page.relative_to(ROOT))
        for _, said, _, _ in extract_from_file("jinja2", page, keywords=dict.fromkeys(SPEAKS)):
            yield Message("", said[0] if isinstance(said, tuple) else said, where)


def _from_codes() -> Iterator[Message]:
    from shared import codes

    kinds = [kind for kind in vars(codes).values() if isinstance(kind, type) and issubclass(kind, codes.Code)]
    yield from (Message(CODE, code.label, "shared/codes/") for kind in kinds for code in kind)


def _from_schemas() -> Iterator[Message]:
    """What marshmallow says in the name of our schemas."""
    from shared.http.schema import Schema

    for source in sorted((*ROOT.glob("shared/http/*.py"), *ROOT.glob("services/**/schemas.py"))):
        importlib.import_module(".".join(source.relative_to(ROOT).with_suffix("").parts))
    for said in sorted(set(_in_schemas(Schema))):
        yield Message("", said, "marshmallow", library=True)


def _in_schemas(kind: Any) -> Iterator[str]:
    for inner in kind.__subclasses__():
        schema = inner()
        yield from schema.error_messages.values()
        for field in schema.load_fields.values():
            yield from _in_field(field)
        yield from _in_schemas(inner)


def _in_field(field: Any) -> Iterator[str]:
    yield from (str(said) for key, said in field.error_messages.items() if key not in NEVER_SHOWN)
    for validator in field.validators:
        for name in (
            "error",
            "message",
            "message_all",
            "message_min",
            "message_max",
            "message_equal",
            "default_message",
        ):
            if isinstance(said := getattr(validator, name, None), str):
                yield str(said)
    for inner in (getattr(field, name, None) for name in ("inner", "key_field", "value_field")):
        if inner is not None:
            yield from _in_field(inner)


if __name__ == "__main__":
    main()
