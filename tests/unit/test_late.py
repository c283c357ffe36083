"""What comes late is what always came: patterns judge as ever, and packages pass on the same names."""

from __future__ import annotations

import ast
import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from types import CodeType

import pytest
from marshmallow import validate

from shared.late import Pattern
from shared.libraries import PASS_NAMES_ON

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


PASSED_ON = """
import json, sys
from importlib import import_module
from shared import late
if sys.argv[1] == "late":
    late.setup()
def said(one):
    return [type(one).__name__, *(str(getattr(one, name, "")) for name in ("__module__", "__qualname__", "__name__"))]
for package, names in json.loads(sys.argv[2]).items():
    module = import_module(package)
    for name in names:
        one = getattr(module, name)
        assert one is getattr(module, name) is vars(module)[name] and type(one) is not late.Promise
        print(package, name, *said(one))
    left = [name for name, one in vars(module).items() if isinstance(one, dict) and name != "__builtins__"
            for inner in one.values() if type(inner) is late.Promise]
    assert not left, (package, left)
"""
FEW = """
import sys
from shared import late
late.setup()
from google.cloud.firestore_v1.client import Client
from google.pubsub_v1 import PublisherClient
unasked = ("google.cloud.firestore_v1.async_client", "google.pubsub_v1.services.subscriber.client")
assert not any(name in sys.modules for name in unasked), "loaded though nobody asked"
import google.pubsub_v1
from google.cloud import firestore_v1
assert "AsyncClient" in dir(firestore_v1) and not hasattr(firestore_v1, "NothingOfThisName")
assert firestore_v1.AsyncClient is sys.modules[unasked[0]].AsyncClient
assert google.pubsub_v1.SubscriberClient is sys.modules[unasked[1]].SubscriberClient
try:
    from google.pubsub_v1 import NothingOfThisName
except ImportError as error:
    print(error)
"""


def source(package: str) -> str:
    return inspect.getsource(import_module(package))


def passed_on(package: str) -> list[str]:
    """Names that a package has of its own modules."""
    return [
        one.asname or one.name
        for node in ast.walk(ast.parse(source(package)))
        if isinstance(node, ast.ImportFrom) and (node.level == 1 or (node.module or "").startswith(package))
        for one in node.names
    ]


def within(code: CodeType) -> Iterator[CodeType]:
    """The functions and classes in a piece of code."""
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from (one, *within(one))


def run(program: str, *arguments: str) -> str:
    ran = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_packages_pass_on_the_same_names_when_they_are_asked():
    names = json.dumps({package: passed_on(package) for package in sorted(PASS_NAMES_ON)})

    late, ever = (run(PASSED_ON, when, names) for when in ("late", "ever"))

    assert late == ever
    assert len(late.splitlines()) > 10 * len(PASS_NAMES_ON)


@pytest.mark.parametrize("package", sorted(PASS_NAMES_ON))
def test_a_package_uses_none_of_the_names_that_it_passes_on(package: str):
    """A function in it would look for a name that is not there yet, and `try` would catch nothing."""
    names = set(passed_on(package))

    used = [name for one in within(compile(source(package), package, "exec")) for name in one.co_names]

    assert names
    assert not names & set(used)
    tried = [node for one in ast.walk(ast.parse(source(package))) if isinstance(one, ast.Try) for node in ast.walk(one)]
    assert not [one for one in tried if isinstance(one, ast.ImportFrom)]


def test_what_nobody_asks_for_is_not_loaded_and_comes_when_somebody_does():
    assert run(FEW).startswith("cannot import name 'NothingOfThisName' from 'google.pubsub_v1'")
