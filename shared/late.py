"""Libraries without a wait: what they make or load at their import, and few requests need, comes when it is asked for.

- marshmallow compiles what domains of e-mail addresses look like, for 26 ms. Here the patterns of its validators are
  compiled when something is held against them.
- Google's clients, and some others, load all of themselves with any part: packages that only pass names on. Here a
  name of theirs is loaded when somebody asks for it, as Python does by itself from 3.15 on (PEP 810) where a package
  says so, and some of these do. Whoever asks gets the same object as ever.

Nothing else of them is touched, and no other module sees it.
"""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType, SimpleNamespace
from typing import Any

PATTERNS = "marshmallow.validate"

PASS_NAMES_ON = frozenset(
    {
        "charset_normalizer",
        "cryptography.x509",
        "google.api_core.gapic_v1",
        "google.cloud.firestore_v1",
        "google.cloud.firestore_v1.services.firestore",
        "google.cloud.firestore_v1.types",
        "google.cloud.kms_v1",
        "google.cloud.kms_v1.services.key_management_service",
        "google.pubsub_v1",
        "google.pubsub_v1.services.publisher",
        "phonenumbers",
    }
)
"""Packages whose own code uses none of the names that they pass on: a test reads it."""


class Pattern:
    """A regular expression that is compiled when something is held against it."""

    def __init__(self, *how: Any) -> None:
        self._how = how

    __isabstractmethod__ = False  # a class asks it of whatever stands in it

    def __getattr__(self, name: str) -> Any:
        return getattr(re.compile(*self._how), name)


class Promise:
    """A name that a package passes on. Looking into it while the package is loaded keeps it."""

    def __init__(self, package: str, module: str, name: str) -> None:
        self._promised = package, module, name

    def keep(self) -> Any:
        """What the name stands for."""
        package, module, name = self._promised
        return import_module(f"{module}.{name}") if module == package else getattr(import_module(module), name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.keep(), name)


class _Promises:
    """A module of a package, from which it takes nothing but promises."""

    def __init__(self, package: str, module: str) -> None:
        self._of = package, module

    def __getattr__(self, name: str) -> Promise:
        return Promise(*self._of, name)


class _Patterns(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        _imports_by(module, lambda name, *how: RE if name == "re" else __import__(name, *how))
        super().exec_module(module)


class _Names(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        _imports_by(module, _promising(module.__name__))
        super().exec_module(module)
        _keep_when_asked(module)


class _Finder(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in LOADERS:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = LOADERS[name](spec.loader.name, spec.loader.path)
        return spec


def setup() -> None:
    """Have it come late, wherever these libraries are imported first. A repeat changes nothing."""
    if FINDER not in sys.meta_path:
        sys.meta_path.insert(0, FINDER)


def _imports_by(module: ModuleType, imported: Callable[..., Any]) -> None:
    vars(module)["__builtins__"] = {**vars(builtins), "__import__": imported}


def _promising(package: str) -> Callable[..., Any]:
    def imported(
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        names: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        module = f"{package}.{name}".rstrip(".") if level else name
        if names and level < 2 and f"{module}.".startswith(f"{package}."):
            return _Promises(package, module)
        return __import__(name, globals, locals, names or (), level)

    return imported


def _keep_when_asked(module: ModuleType) -> None:
    names = vars(module)
    promises = {name: names.pop(name) for name, one in [*names.items()] if isinstance(one, Promise)}

    def asked(name: str) -> Any:
        if name not in promises:
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        names[name] = promises[name].keep()
        return names[name]

    names.update(__getattr__=asked, __dir__=lambda: sorted({*names, *promises}))


RE = SimpleNamespace(**{**vars(re), "compile": Pattern})
LOADERS: Mapping[str, type[SourceFileLoader]] = {PATTERNS: _Patterns, **dict.fromkeys(PASS_NAMES_ON, _Names)}
FINDER = _Finder()
