"""Bundles: each holds its service and what is shared, is the same bytes twice, and runs alone."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from infra import bundles, topology
from infra.topology import FUNCTIONS, Events, Function, Opens
from services.intake import pages, screens
from shared.bus import message, push_body
from shared.events import CATALOGUE
from shared.http.templates import COMPILED
from tests.gates.examples import an_event
from tests.infra.bundled import Call, Seen, harmless, installed, run_alone

(PAGES,) = bundles.DRAWN["intake"]
EVERY_SERVICE = pytest.mark.parametrize("service", sorted({function.service for function in FUNCTIONS}))

OPENED_BY = {
    **{f"{one}.db": one for one in (Opens.INTAKE, Opens.CASES, Opens.NOTIFICATIONS, Opens.REPORTING, Opens.OUTBOX)},
    "people.db": Opens.PEOPLE,
    "master.key": Opens.PEOPLE,
    "bus.db": Opens.PUBLISH,
    "facts.duckdb": Opens.FACTS,
    "facts.db": Opens.FACTS,
    "facts.turn": Opens.FACTS,
    "challenge.key": Opens.CHALLENGE_KEY,
}
"""What a file in the folder of data says of who made it."""


@EVERY_SERVICE
def test_a_bundle_holds_its_service_and_what_is_shared(service: str):
    held = set(bundles.contents(service))

    assert {"main.py", "requirements.txt", f"services/{service}/routes.py", "shared/__init__.py"} <= held
    assert "shared/municipality/koeln/municipality.toml" in held
    assert [name for name in held if name.endswith(".mo")], "no catalogue is compiled: make assets"
    assert {name.split("/")[0] for name in held} == {"main.py", "requirements.txt", "services", "shared"}
    assert {name.split("/")[1] for name in held if name.startswith("services/")} == {"__init__.py", service}


@EVERY_SERVICE
def test_a_bundle_holds_nothing_that_it_does_not_need(service: str):
    held = bundles.contents(service)

    assert not [
        name for name in held if re.search(r"__pycache__|\.(po|pot|pyc|in|zip)$|(^|/)(\.|test|node_modules)", name)
    ]


def test_the_same_source_gives_the_same_bytes(tmp_path: Path):
    function = FUNCTIONS[0]
    first = bundles.pack(function, tmp_path / "first")
    (tmp_path / "first").chmod(0o700)  # nothing of the surroundings goes in
    second = bundles.pack(function, tmp_path / "second")

    assert first.read_bytes() == second.read_bytes()


def test_a_bundle_of_reporting_holds_its_statements_in_the_words_of_both_engines(tmp_path: Path):
    with zipfile.ZipFile(bundles.pack(topology.function("reporting_run"), tmp_path)) as archive:
        held = [name for name in archive.namelist() if name.startswith("services/reporting/written/")]

    assert {name.split("/")[-1].split(".")[0].split("-")[0] for name in held} == {"bigquery", "duckdb"}


@pytest.mark.parametrize("language", ["de", "en", "ar"])
@pytest.mark.parametrize("page", ["", "receipt?reference=KIM-0000-000", "privacy", "accessibility", "nowhere"])
def test_a_page_of_a_bundle_is_the_page_of_its_source(
    page: str, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name, content in bundles.made("intake").items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: "token")
    monkeypatch.setattr("secrets.token_hex", lambda _: "request")
    path = f"/intake/{page}{'&' if '?' in page else '?'}lang={language}"
    source = pages.application()
    monkeypatch.setattr(screens, "FOLDER", tmp_path / PAGES)
    bundled = pages.application()

    shown = [app.test_client().get(path, headers={"Accept": "text/html"}) for app in (source, bundled)]

    assert (tmp_path / PAGES / COMPILED).is_dir()
    assert not list((tmp_path / PAGES).glob("*.html"))
    assert shown[0].data == shown[1].data
    assert b"<html" in shown[0].data


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """functions-framework in an environment of each service, which has what its lock pins and nothing else."""
    return cache(lambda service: installed(service, tmp_path_factory.mktemp(service) / "environment"))


@pytest.fixture(scope="module", params=FUNCTIONS, ids=lambda function: function.name)
def called(
    request: pytest.FixtureRequest, commands: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Function, Seen]:
    """Each function, started alone: called with something harmless first, then with every event that it listens to."""
    function: Function = request.param
    calls = [harmless(function), *heard(function)]
    return function, run_alone(function, commands(function.service), tmp_path_factory.mktemp("alone"), calls)


def test_a_bundle_runs_alone_with_what_it_requires(called: tuple[Function, Seen]):
    _, seen = called

    assert seen.statuses[0] in (200, 400, 401)
    assert not re.findall(r"ModuleNotFoundError|ImportError", seen.said)


def test_a_function_opens_what_the_topology_says_and_nothing_else(called: tuple[Function, Seen]):
    function, seen = called

    assert {OPENED_BY[name] for name in seen.opened} <= {*function.opens, *function.searches}


def heard(function: Function) -> list[Call]:
    """A delivery of every event that the function listens to."""
    prefixes = function.on.prefixes if isinstance(function.on, Events) else ()
    told = [message(an_event(kind)) for type_, kind in CATALOGUE.items() if type_.startswith(tuple(prefixes))]
    return [("POST", "/", push_body(data, attributes, "1", "test")) for data, attributes in told]
