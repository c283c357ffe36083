"""What waits inside a library changes nothing that it says: with what comes late it answers as without."""

from __future__ import annotations

import ast
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module

import pytest

from shared.libraries import CALL_NAMES, LIST_NAMES, NEVER_LOOKED_INTO, PATTERNS, SHAPES

BEGIN = """
import sys
from importlib import import_module
from shared import late
if sys.argv[1] == "late":
    late.setup()
"""
PATTERNS_ASKED = {
    "cryptography.x509.name": "print(module.Name.from_rfc4514_string('CN=Jara,O=Köln,2.5.4.5=\\\\#0c0141'))",
    "fractions": "print(module.Fraction(' -3/4 '), module.Fraction('1.5e2'))",
    "http.cookiejar": "print(module.http2time('Wed, 09 Feb 1994 22:23:32 GMT'), module.http2time('9 Feb 94'))",
    "marshmallow.validate": "print(module.Email()('jara@example.org'), module.URL()('https://kim.example/?a=b'))",
    "urllib3.util.url": "print(*map(module.parse_url, ('HTTP://[fe80::1%25a]:80/a b?c#d', '//1.2.3.4', 'köln.de')))",
}
SHAPED = """
from datetime import date
from enum import StrEnum
from typing import Annotated
from typing_extensions import TypedDict
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
class Code(StrEnum):
    A = "a"
class Inner(TypedDict, total=False):
    number: int
class Model(BaseModel):
    code: Code
    on: date | None = None
    few: tuple[Annotated[str, Field(max_length=3)], ...] = ()
    inner: dict[str, Inner] = {}
print(Model(code="a", on="2026-03-02", few=["abc"], inner={"x": {"number": "7"}}), Model.model_json_schema())
try:
    Model.model_validate({"code": "b", "few": ["abcd"], "inner": {"x": {"number": "y"}}})
except ValidationError as error:
    print(error)
print(TypeAdapter(Inner).validate_python({}))
"""
LISTED = """
from google.cloud.firestore_v1.services.firestore.client import FirestoreClient
from google.pubsub_v1 import PublisherClient
from google.cloud.kms_v1 import KeyManagementServiceClient
import phonenumbers
from phonenumbers.phonenumbermatcher import Leniency, PhoneNumberMatcher
for client in (FirestoreClient, PublisherClient, KeyManagementServiceClient):
    assert isinstance(client.get_transport_class(), type), "the way that we go is there"
    for way in ("grpc_asyncio", "rest"):
        one = client.get_transport_class(way)
        print(way, one.keep() if isinstance(one, late.Promise) else one)
rest = PublisherClient(transport="rest", credentials=import_module("google.auth.credentials").AnonymousCredentials())
print(rest.transport.kind, type(rest.transport))
text = "Rufen Sie 0201 / 12 34 56 7 oder 030 123456 an."
print(*PhoneNumberMatcher(text, "DE", leniency=Leniency.STRICT_GROUPING))
print(phonenumbers.format_number(phonenumbers.parse("0221 12345", "DE"), phonenumbers.PhoneNumberFormat.E164))
"""
CALLED = """
from google.auth.credentials import AnonymousCredentials
from google.cloud.firestore_v1.client import Client
writer = Client(project="kim-test", credentials=AnonymousCredentials()).bulk_writer()
print(type(writer), type(writer).__mro__)
"""
LOOKED_INTO = """
from importlib.util import _LazyModule
from shared.libraries import NEVER_LOOKED_INTO
def waits(name):
    return object.__getattribute__(sys.modules[name], "__class__") is _LazyModule
from google.cloud.firestore_v1.client import Client
from google.pubsub_v1 import PublisherClient
if sys.argv[1] == "late":
    assert all(map(waits, NEVER_LOOKED_INTO)), "somebody looks into it now"
for name in sorted(NEVER_LOOKED_INTO):
    module = import_module(name)
    print(name, sorted(set(dir(module)) - {"__builtins__"}))
    assert not waits(name)
"""


def answers(program: str, when: str) -> str:
    """What a process of its own prints; where there is an emulator, clients would ask for its way and no other."""
    said = {name: value for name, value in os.environ.items() if not name.endswith("_EMULATOR_HOST")}
    command = [sys.executable, "-c", BEGIN + program, when]
    ran = subprocess.run(command, env=said, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(import_module(module)))


def uses(names: set[str], within: ast.Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Where one of these names is read, and what it stands in there."""
    for parent in ast.walk(within):
        for child in ast.iter_child_nodes(parent):
            if isinstance(child, ast.Name) and child.id in names and isinstance(child.ctx, ast.Load):
                yield child, parent


def waiting(module: str, of: tuple[str, ...]) -> set[str]:
    """The names that a module takes from those that wait."""
    package = import_module(module).__package__
    return {
        one.name
        for node in ast.walk(tree(module))
        if isinstance(node, ast.ImportFrom)
        and (f"{package}.{node.module}" if node.level else node.module or "").startswith(of)
        for one in node.names
    }


@pytest.mark.parametrize("module", sorted(PATTERNS))
def test_patterns_judge_as_ever_and_wait_until_then(module: str):
    begin = f"module = import_module({module!r})\n"
    kept = "[one for of in (vars(module), *map(vars, filter(lambda one: isinstance(one, type), vars(module).values())))"
    late = f"assert {kept} for one in of.values() if isinstance(one, late.Pattern)]\n"

    assert answers(begin + late + PATTERNS_ASKED[module], "late") == answers(begin + PATTERNS_ASKED[module], "ever")


@pytest.mark.parametrize("module", sorted(PATTERNS))
def test_of_a_pattern_that_waits_nothing_is_asked_but_its_methods(module: str):
    """`re.sub` and its like take a text or a pattern that is one, so nothing may hand one on."""
    source = tree(module)
    compiled = [
        target.id
        for node in ast.walk(source)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func) == "re.compile"
        for target in node.targets
        if isinstance(target, ast.Name)
    ]

    assert compiled
    assert all(isinstance(parent, ast.Attribute) for _, parent in uses(set(compiled), source))


def test_models_are_built_as_ever_without_the_shapes_that_only_type_checkers_read():
    late = f"assert import_module({SHAPES!r}).IntSchema.__mro__[1] is late.Shape\n"

    assert answers(late + SHAPED, "late") == answers(SHAPED, "ever")


def test_what_stands_in_a_list_is_the_same_once_it_is_taken_from_there():
    assert answers(LISTED, "late") == answers(LISTED, "ever")


@pytest.mark.parametrize("module", sorted(LIST_NAMES))
def test_a_name_that_waits_in_a_list_stands_nowhere_else(module: str):
    names = waiting(module, LIST_NAMES[module])

    assert names
    assert all(isinstance(parent, ast.Assign | ast.Dict) for _, parent in uses(names, tree(module)))


def test_a_name_that_is_called_seldom_comes_with_its_first_call():
    assert answers(CALLED, "late") == answers(CALLED, "ever")


@pytest.mark.parametrize("module", sorted(CALL_NAMES))
def test_a_name_that_waits_to_be_called_is_only_called(module: str):
    """Annotations are texts there, which nobody evaluates."""
    source, names = tree(module), waiting(module, CALL_NAMES[module])
    ast.fix_missing_locations(Unannotated().visit(source))

    assert any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in source.body)
    assert names
    assert all(isinstance(parent, ast.Call) and parent.func is name for name, parent in uses(names, source))


class Unannotated(ast.NodeTransformer):
    """Takes the annotations out of functions."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        for argument in (*node.args.args, *node.args.kwonlyargs):
            argument.annotation = None
        return node


def test_modules_that_nobody_looks_into_wait_and_are_the_same_to_whoever_does():
    assert answers(LOOKED_INTO, "late") == answers(LOOKED_INTO, "ever")
    assert NEVER_LOOKED_INTO
