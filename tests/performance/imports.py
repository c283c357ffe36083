"""What each function imports before its first answer, beyond what the platform does: measured by the interpreter."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.performance.starts import BARE, Asked

LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|( *)(\S+)$")
PROGRAM = """
import json, sys
from functions_framework import create_app
target, kind, method, path, body = json.loads(sys.argv[1])
client = create_app(target, "main.py", kind).test_client()
answer = client.open(path, method=method, **({} if body is None else {"json": body}))
assert answer.status_code < 300, answer.text
"""
SHOWN = 5


def path_of(folder: Path, target: str, kind: str, asked: Asked, environment: Mapping[str, str]) -> dict[str, int]:
    """Modules that are loaded until the first answer, each with its own microseconds."""
    said = json.dumps([target, kind, asked.method, asked.path, asked.body])
    ran = subprocess.run(
        [sys.executable, "-I", "-X", "importtime", "-c", PROGRAM, said],
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return {found[4]: int(found[1]) for line in ran.stderr.splitlines() if (found := LINE.match(line))}


def bare() -> dict[str, int]:
    """What the platform loads."""
    return path_of(BARE, "bare", "http", Asked("POST", "/", {}), {})


def told(loaded: Mapping[str, int], platform: Mapping[str, int]) -> str:
    """How many modules and milliseconds more than the platform, and the packages that take most of it."""
    more = {name: took for name, took in loaded.items() if name not in platform}
    packages: dict[str, int] = {}
    for name, took in more.items():
        package = ".".join(name.split(".")[: 2 if name.startswith(("google.", "services.")) else 1])
        packages[package] = packages.get(package, 0) + took
    most = sorted(packages.items(), key=lambda one: -one[1])[:SHOWN]
    named = ", ".join(f"{name} {took / 1000:.0f}" for name, took in most)
    return f"{len(more):4} modules {sum(more.values()) / 1000:5.0f} ms   {named}"
