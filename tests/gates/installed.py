"""Packages: which are installed here, which modules they bring, which a lock pins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path


def package_of(module: str) -> str:
    """The package that brings a module, or the module that it is a name in. Raises `LookupError`."""
    brought = _brought()
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        if (found := brought.get(".".join(parts[:length]))) is not None:
            return found
    raise LookupError(module)


def pins(requirements: Path) -> dict[str, str]:
    """The packages that a lock pins, with their versions."""
    found = re.findall(r"^([\w.-]+)==([^\s;]+)", requirements.read_text(), re.MULTILINE)
    return {plain(name): version for name, version in found}


@cache
def _brought() -> dict[str, str]:
    return {module: package for package, modules in installed().items() for module in modules}


@cache
def installed() -> dict[str, set[str]]:
    """The modules that each installed package brings."""
    return {plain(one.metadata["Name"]): set(_modules(one)) for one in distributions()}


def _modules(package: Distribution) -> Iterator[str]:
    for file in package.files or ():
        if file.name.endswith((".py", ".so")) and ".." not in file.parts:
            name = ".".join((*file.parts[:-1], file.name.partition(".")[0]))
            yield name.removesuffix(".__init__")


def plain(name: str) -> str:
    """A package's name as the index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
