"""marshmallow without a wait: at its import it compiles what domains of e-mail addresses look like, for 26 ms.

Few first requests bring an e-mail address, and every form waited for it. Here its patterns are compiled when something
is held against them. Nothing else of marshmallow is touched, and no other module sees it.
"""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType, SimpleNamespace
from typing import Any

WHERE = "marshmallow.validate"


class Pattern:
    """A regular expression that is compiled when something is held against it."""

    def __init__(self, *how: Any) -> None:
        self._how = how

    __isabstractmethod__ = False  # a class asks it of whatever stands in it

    def __getattr__(self, name: str) -> Any:
        return getattr(re.compile(*self._how), name)


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        vars(module)["__builtins__"] = {**vars(builtins), "__import__": _imported}
        super().exec_module(module)


class _Finder(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name == WHERE else None
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def _imported(name: str, *how: Any) -> Any:
    return RE if name == "re" else __import__(name, *how)


RE = SimpleNamespace(**{**vars(re), "compile": Pattern})
FINDER = _Finder()


def setup() -> None:
    """Have patterns compiled late, wherever marshmallow is imported first. A repeat changes nothing."""
    if FINDER not in sys.meta_path:
        sys.meta_path.insert(0, FINDER)
