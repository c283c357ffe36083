"""Libraries without a wait: what they make or load at their import, and few requests need, comes when it is asked for.

- Some compile patterns for what few ask: names in certificates, addresses of cookies, what domains of e-mail look like.
  Here a pattern is compiled when something is held against it.
- pydantic describes its inner schemas for type checkers. Here those descriptions are classes and no more.
- Google's clients, and some others, load all of themselves with any part: packages that only pass names on, clients
  that list every way to send. Here a name of theirs is loaded when somebody asks for it, as Python does by itself from
  3.15 on (PEP 810) where a package says so, and some of these do. Whoever asks gets the same object as ever.
- A few are loaded by others that never look into them. Here they run when somebody does.

Nothing else of them is touched, and no other module sees it. Which these are stands in `shared.libraries`.
"""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import LazyLoader
from types import ModuleType, SimpleNamespace
from typing import Any

from shared.libraries import CALL_NAMES, LIST_NAMES, NEVER_LOOKED_INTO, PASS_NAMES_ON, PATTERNS, SHAPES


class Pattern:
    """A regular expression that is compiled when something is held against it."""

    def __init__(self, *how: Any) -> None:
        self._how = how

    __isabstractmethod__ = False  # a class asks it of whatever stands in it

    def __getattr__(self, name: str) -> Any:
        return getattr(re.compile(*self._how), name)


class Shape(dict[str, Any]):
    """A dictionary whose keys only type checkers read: nobody evaluates them."""

    def __init_subclass__(cls, *, total: bool = True) -> None: ...


class Promise:
    """A name that waits. Looking into it, calling it or going through it keeps it."""

    def __init__(self, package: str, module: str, name: str) -> None:
        self._promised = package, module, name

    def keep(self) -> Any:
        """What the name stands for."""
        package, module, name = self._promised
        return import_module(f"{module}.{name}") if module == package else getattr(import_module(module), name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.keep(), name)

    def __call__(self, *args: Any, **named: Any) -> Any:
        return self.keep()(*args, **named)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.keep())


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


class _Shapes(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        _imports_by(module, _shapeless)
        super().exec_module(module)


class _Calls(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        _imports_by(module, _promising(WAITING[module.__name__]))
        super().exec_module(module)


class _Names(_Calls):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        _keep_when_asked(module)


class _Finder(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in LOADERS:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = LOADERS[name](spec.loader)
        return spec


def setup() -> None:
    """Have it come late, wherever these libraries are imported first. A repeat changes nothing."""
    if FINDER not in sys.meta_path:
        sys.meta_path.insert(0, FINDER)


def _imports_by(module: ModuleType, imported: Callable[..., Any]) -> None:
    vars(module)["__builtins__"] = {**vars(builtins), "__import__": imported}


def _shapeless(name: str, *how: Any) -> Any:
    found = __import__(name, *how)
    return SimpleNamespace(**{**vars(found), "TypedDict": Shape}) if name.startswith("typing") else found


def _promising(waiting: tuple[str, ...]) -> Callable[..., Any]:
    def imported(
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        package = (globals or {})["__package__"]
        module = f"{package}.{name}".rstrip(".") if level else name
        if fromlist and level < 2 and module.startswith(waiting):
            return _Promises(package, module)
        return __import__(name, globals, locals, fromlist or (), level)

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


def _as(kind: type[SourceFileLoader]) -> Callable[[SourceFileLoader], Loader]:
    return lambda loader: kind(loader.name, loader.path)


RE = SimpleNamespace(**{**vars(re), "compile": Pattern})
WAITING: Mapping[str, tuple[str, ...]] = {
    **{package: (package,) for package in PASS_NAMES_ON},
    **LIST_NAMES,
    **CALL_NAMES,
}
LOADERS: Mapping[str, Callable[[SourceFileLoader], Loader]] = {
    **dict.fromkeys(PATTERNS, _as(_Patterns)),
    SHAPES: _as(_Shapes),
    **dict.fromkeys(WAITING, _as(_Names)),
    **dict.fromkeys(CALL_NAMES, _as(_Calls)),
    **dict.fromkeys(NEVER_LOOKED_INTO, LazyLoader),
}
FINDER = _Finder()
