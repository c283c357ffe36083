"""Runs in a process of its own: the Pulumi program, with stand-ins for the engine and for Google.

    python -m tests.infra.engine

Standard input: the settings of stacks by name, as JSON, and which of them are previews of something new. Standard
output: the resources that the program asked for, for each. One process for all: importing Google's resources takes
longer than anything else here.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pulumi
from pulumi.runtime import mocks, rpc

from infra.topology import FUNCTIONS

PROGRAM = Path(__file__).parents[2] / "infra" / "gcp"
NUMBER = "123456789012"
UNKNOWN = "(unknown)"


class Google(mocks.Mocks):
    """Answers what Google would: ids, addresses of accounts, the project's number."""

    def __init__(self, new: bool) -> None:
        self._new = new

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        known = dict(args.inputs)
        if args.typ == "gcp:serviceaccount/account:Account":
            email = f"{known['accountId']}@{known['project']}.iam.gserviceaccount.com"
            known |= {"email": email, "member": f"serviceAccount:{email}"}
        if self._new:
            return None, known
        known |= {"generatedId": 7700 + len(args.name), "address": "192.0.2.1", "base64": "cmFuZG9t", "stdout": "{}"}
        known |= {"uptimeCheckId": f"{args.name}-7700"}
        return f"{args.typ.rpartition(':')[2]}/{known.get('name', args.name)}", known

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        agent = f"agent@{NUMBER}.iam.gserviceaccount.com"
        return {"number": NUMBER, "emailAddress": agent, "email": agent, "serviceAccountId": agent}


class Engine(mocks.MockMonitor):
    """Keeps what was asked for, and refuses what the real engine would: two resources of one type and name."""

    def __init__(self, *, new: bool) -> None:
        super().__init__(Google(new))
        self.asked: list[dict[str, Any]] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the engine's own name
        if request.type == "pulumi:pulumi:Stack":
            return super().RegisterResource(request)
        assert (request.type, request.name) not in {(one["type"], one["name"]) for one in self.asked}, request.name
        one = {"type": request.type, "name": request.name, "protected": request.protect}
        one["inputs"] = _in_clear(rpc.deserialize_properties(request.object, keep_unknowns=True))
        one["waits_for"] = sorted(request.dependencies)
        self.asked.append(one)
        answer = super().RegisterResource(request)
        one["urn"] = answer.urn
        return answer


def run(config: dict[str, str], *, new: bool) -> list[dict[str, Any]]:
    """What the program asks for with these settings; when all is `new`, before anything is there."""
    engine = Engine(new=new)
    mocks.set_mocks(engine.mocks, project="kim", stack="test", preview=new, monitor=engine)
    pulumi.runtime.set_all_config(config)
    pulumi.runtime.test(lambda: runpy.run_path(".", run_name="__main__"))()
    return engine.asked


def _in_clear(value: Any) -> Any:
    """The value without the wrapping of secrets."""
    if rpc.is_rpc_secret(value):
        return _in_clear(rpc.unwrap_rpc_secret(value))
    if isinstance(value, dict):
        return {name: _in_clear(inner) for name, inner in value.items()}
    return [_in_clear(inner) for inner in value] if isinstance(value, list) else value


def _bundles(folder: Path) -> Path:
    for row in FUNCTIONS:
        with zipfile.ZipFile(folder / f"{row.name}.zip", "w") as bundle:
            bundle.writestr("main.py", row.name)
    return folder


if __name__ == "__main__":
    given = json.load(sys.stdin)
    os.chdir(PROGRAM)  # as Pulumi starts it
    with tempfile.TemporaryDirectory() as folder, patch("infra.bundles.BUNDLES", _bundles(Path(folder))):
        made = {name: run(config, new=name in given["previews"]) for name, config in given["stacks"].items()}
    sys.stdout.write(json.dumps(made, default=lambda _: UNKNOWN))
