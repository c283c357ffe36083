"""Templates of pages that somebody waits for: compiled ahead in a bundle, read from their sources everywhere else.

Jinja takes longer to compile the form than everything else takes that a first visitor waits for.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import BaseLoader, Environment, FileSystemLoader, ModuleLoader

COMPILED = "compiled"
"""The folder beside the templates in which a bundle has them as Python."""
OPTIONS = {"trim_blocks": True, "lstrip_blocks": True}
"""How these templates are read, ahead as on showing; as pages, all of them are escaped."""


def loader(folder: Path) -> BaseLoader:
    """What gives the templates of a folder."""
    compiled = folder / COMPILED
    return ModuleLoader(compiled) if compiled.is_dir() else FileSystemLoader(folder)


def compiled(folder: Path) -> dict[str, str]:
    """The templates of a folder as Python: a name beside them, and what is to lie there. The same for the same."""
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, **OPTIONS)  # type: ignore[arg-type]
    return {
        f"{COMPILED}/{_file(name)}": _python(environment, folder, name) for name in environment.list_templates(["html"])
    }


def _file(name: str) -> str:
    return str(ModuleLoader.get_module_filename(name))


def _python(environment: Environment, folder: Path, name: str) -> str:
    source = (folder / name).read_text(encoding="utf-8")
    return environment.compile(source, name, name, raw=True, defer_init=True)
