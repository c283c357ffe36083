"""marshmallow's patterns are compiled when something is held against them, and say the same as ever."""

from __future__ import annotations

import subprocess
import sys

import pytest
from marshmallow import validate

from shared.late import Pattern

ALONE = """
import re, sys
from shared import late
late.setup()
late.setup()
assert sys.meta_path.count(late.FINDER) == 1
compiled, really = [], re._compiler.compile
re._compiler.compile = lambda *how: (compiled.append(how[0]), really(*how))[1]
from marshmallow import ValidationError, fields, validate
domain = validate.Email.DOMAIN_REGEX
assert isinstance(domain, late.Pattern)
assert domain._how[0] not in compiled, "compiled at its import"
def read(field, value):
    try:
        return field.deserialize(value)
    except ValidationError:
        return None
for value in sys.argv[1:]:
    print(read(fields.Email(), value), read(fields.Url(), value))
assert isinstance(re.compile("a"), re.Pattern), "nobody else is touched"
assert len([one for one in compiled if one == domain.pattern]) == 1, "and once only"
"""
VALUES = ("jara@example.org", "jara@кёльн.de", "jara@example", "jara", "@", "https://kim.example/a?b", "http://", "ftp")


def read(validator: validate.Validator, value: str) -> str | None:
    try:
        return str(validator(value))
    except validate.ValidationError:
        return None


def test_they_judge_as_ever_and_are_compiled_at_the_first_judgement():
    ran = subprocess.run([sys.executable, "-c", ALONE, *VALUES], capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr
    expected = [f"{read(validate.Email(), value)} {read(validate.URL(), value)}" for value in VALUES]
    assert ran.stdout.splitlines() == expected


@pytest.mark.parametrize(("text", "found"), [("A1", True), ("b", False)])
def test_a_pattern_is_asked_like_any_other(text: str, found: bool):
    assert (Pattern("[a]1", 2).fullmatch(text) is not None) is found
