"""The source of this house, as the gates read it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
ROOMS = ("shared", "services", "infra", "tests")


def sources(*rooms: str) -> list[Path]:
    """The Python files of these rooms; of all rooms when none is named. Paths are relative to the house."""
    return sorted(file.relative_to(ROOT) for room in rooms or ROOMS for file in (ROOT / room).rglob("*.py"))


@cache
def tree(file: Path) -> ast.Module:
    """A source file, parsed."""
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


@cache
def graph() -> grimp.ImportGraph:
    """Who imports whom, outside libraries included."""
    return grimp.build_graph("shared", "services", "infra", include_external_packages=True, cache_dir=None)


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function in a source file, methods and inner ones too."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def dotted(node: ast.AST) -> str:
    """A name with its dots (`clock.now`), empty for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{dotted(value)}.{name}"
        case _:
            return ""
