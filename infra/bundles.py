"""One archive per function, ready to deploy: its service, what is shared, its pinned requirements.

The service's `main.py` lies at the root, where Cloud Run functions look for it. The same source gives the same
bytes, so that a deployment changes only what changed.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path

from infra.topology import FUNCTIONS, Function
from shared.http.templates import compiled

ROOT = Path(__file__).parent.parent
BUNDLES = ROOT / "build" / "bundles"

BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The time that every file in an archive has: the earliest that the format knows."""

LEFT_BEHIND = ("*.po", "*.pot", "*.pyc", "requirements.*")
"""Sources of what is compiled, and requirements of other services."""

DRAWN = {"intake": ("services/intake/pages",)}
"""Folders whose templates are compiled ahead: clients wait for these pages."""
WRITTEN = {"reporting": "services.reporting.ahead"}
"""What writes statements ahead: Ibis takes longer than a function may to start."""


def contents(service: str) -> dict[str, Path]:
    """What a bundle of this service holds: names in the archive and the files they come from, in order."""
    room = ROOT / "services" / service
    kept = {
        "main.py": room / "main.py",
        "requirements.txt": room / "requirements.txt",
        "services/__init__.py": ROOT / "services" / "__init__.py",
    }
    for file in _files(room, ROOT / "shared"):
        kept.setdefault(file.relative_to(ROOT).as_posix(), file)
    del kept[f"services/{service}/main.py"]  # at the root already, and nobody imports it
    return dict(sorted(kept.items()))


def pack(function: Function, into: Path) -> Path:
    """Write the archive of this function; the same source gives the same bytes."""
    into.mkdir(parents=True, exist_ok=True)
    archive = into / f"{function.name}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bundle:
        files = {name: file.read_bytes() for name, file in contents(function.service).items()}
        for name, content in sorted({**files, **made(function.service)}.items()):
            entry = zipfile.ZipInfo(name, BEGINNING)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            bundle.writestr(entry, content, zipfile.ZIP_DEFLATED, compresslevel=9)
    return archive


@cache
def made(service: str) -> dict[str, bytes]:
    """What a bundle of this service holds that has no file of its own: its pages as Python, its statements as SQL."""
    drawn = {f"{one}/{name}": text.encode() for one in DRAWN.get(service, ()) for name, text in _compiled(one)}
    return drawn | {f"services/{service}/{name}": text for name, text in _written(WRITTEN.get(service))}


def _compiled(folder: str) -> Iterable[tuple[str, str]]:
    return compiled(ROOT / folder).items()


def _written(module: str | None) -> Iterable[tuple[str, bytes]]:
    return () if module is None else import_module(module).written().items()


def _files(*folders: Path) -> Iterable[Path]:
    for folder in folders:
        for file in folder.rglob("*"):
            if file.is_file() and not any(map(file.match, LEFT_BEHIND)):
                yield file


def main() -> None:
    """Write all archives into `build/bundles/`."""
    for function in FUNCTIONS:
        archive = pack(function, BUNDLES)
        print(f"{archive.relative_to(ROOT)}  {archive.stat().st_size / 1024:,.0f} KiB")


if __name__ == "__main__":
    main()
