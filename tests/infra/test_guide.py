"""The guide: what it tells people to do is what the program and the Makefile do."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import yaml

from tests.gates.house import ROOT, sources
from tests.gates.installed import pins
from tests.gates.test_requirements import packages
from tests.infra.deployed import koeln

GUIDE = (ROOT / "infra" / "gcp" / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_step_before_pulumi_installs_what_the_program_imports():
    said = re.search(r"```\nmake (\w+)\n```\n\n\*\*\d+\. The stack", GUIDE)
    assert said is not None
    needed = {package for file in sources("infra/gcp") for package in packages(file)}

    assert {"pulumi", "pulumi-gcp", "pulumi-command", "pulumi-random"} <= needed
    assert needed <= {package for lock in installs(said[1]) for package in pins(ROOT / lock)}


def test_pulumi_uses_the_environment_that_make_sets_up():
    options = yaml.safe_load((ROOT / "infra" / "gcp" / "Pulumi.yaml").read_text())["runtime"]["options"]

    assert (ROOT / "infra" / "gcp" / options["virtualenv"]).absolute().parts[-3:] == ("..", "..", made("VENV"))


def made(variable: str) -> str:
    """The value of a variable of the Makefile."""
    found = re.search(rf"^{variable} := (.*)$", MAKEFILE, re.MULTILINE)
    assert found is not None, variable
    return re.sub(r"\$\((\w+)\)", lambda inner: made(inner[1]), found[1])


def installs(target: str) -> Iterator[str]:
    """The locks that are installed when a target is made, and all that it needs."""
    head = re.search(rf"^(?:{re.escape(target)}|\$\({variable_of(target)}\)):(.*?)(?:##.*)?$", MAKEFILE, re.MULTILINE)
    for needed in head[1].split() if head else ():
        name = re.sub(r"\$\((\w+)\)", lambda inner: made(inner[1]), needed)
        if name.endswith(".txt"):
            yield name
        else:
            yield from installs(name)


def variable_of(value: str) -> str:
    """The variable of the Makefile that holds this value; nothing that could be there, where none does."""
    named = (name for name in re.findall(r"^(\w+) :=", MAKEFILE, re.MULTILINE) if made(name) == value)
    return next(named, "-")


def test_the_guide_says_roughly_how_much_is_built():
    said = re.search(r"about (\d+) resources", GUIDE)
    assert said is not None

    assert abs(len(koeln().resources) - int(said[1])) <= 25


@pytest.mark.parametrize("module", sorted(set(re.findall(r"python -m (infra\.[\w.]+)", GUIDE))))
def test_every_command_of_the_guide_is_there(module: str):
    assert (ROOT / module.replace(".", "/")).with_suffix(".py").exists()
