"""The cloud's shape against the emulators: cold starts from bundles, imports, one instance's load, operations.

A page or a health check needs no client library of Google's. A first write is measured against a bare function that
loads those libraries, writes one document and tells of it; of a function that asks the facts, against one that asks
their engine one thing as well, which is DuckDB beside the emulators. A report asks it twelve.
The packages are those of this environment.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from infra import topology
from infra.local.client import Caller
from infra.local.functions import SIGNATURES
from infra.topology import FUNCTIONS, Http, Schedule
from shared.bus import message, push_body
from shared.codes import Phase
from shared.events import SubmissionReceived
from shared.references import REFERENCES, reference
from tests.actions import COMMANDS, READS
from tests.cases import INQUIRY
from tests.costs import a_counted_service, a_service_on_firestore
from tests.end_to_end.clouds import Cloud, a_cloud, told
from tests.end_to_end.shuffled import port_of
from tests.end_to_end.shuffled import told as events_told
from tests.performance import imports, starts
from tests.performance.cold import PAGES
from tests.performance.load import Next, load
from tests.performance.starts import Asked

FIRST_WRITES = 1.2
"""What a first write may take of what a bare function takes with the same client libraries."""
ASK_THE_FACTS = frozenset({"reporting_run", "reporting_vocabulary"})
NO_EMULATORS = "no gcloud on the path: the emulators cannot be started, and nothing is measured here"


def measure() -> Iterator[str]:
    """Lines that tell what was measured."""
    if shutil.which("gcloud") is None:
        yield NO_EMULATORS
        return
    with tempfile.TemporaryDirectory() as folder, a_cloud(Path(folder), KIM_SCHEDULES="off") as cloud:
        bundles = starts.unpacked(Path(folder, "bundles"))
        environment = told(cloud.folder)
        yield from _without_clients(bundles, environment)
        yield from _first_writes(cloud, bundles, environment)
        yield from _imported(bundles, environment)
        yield from _one_instance(cloud)
        with mock.patch.dict(os.environ, environment):
            yield from _operations()


def _without_clients(bundles: Path, environment: dict[str, str]) -> Iterator[str]:
    for row in FUNCTIONS:
        if isinstance(row.on, Http):
            bare, took = starts.in_turns(starts.bare(), starts.of(row, bundles, starts.first(row), environment))
            yield f"{row.name:<24}{took}   bare {bare}   {took.under(PAGES, bare)}"


def _first_writes(cloud: Cloud, bundles: Path, environment: dict[str, str]) -> Iterator[str]:
    topic = "projects/kim-local/topics/kim-events"
    needed = {**environment, "BARE_TOPIC": topic, "BARE_FACTS": str(bundles / "bare.duckdb")}
    for name, asked in _writes(cloud).items():
        ours = starts.of(topology.function(name), bundles, asked, {**environment, "KIM_ALTCHA": "off"})
        bare = starts.bare("bare_facts" if name in ASK_THE_FACTS else "bare_clients", **needed)
        clients, took = starts.in_turns(bare, ours)
        yield f"{name:<24}{took}   bare with clients {clients}   {took.under(FIRST_WRITES, clients)}"


def _writes(cloud: Cloud) -> dict[str, Asked]:
    """First requests that write, or look for what there is to write."""
    Caller(cloud.url).add("/intake/submissions", INQUIRY)
    cloud.wait_until_quiet()
    (event,) = (one for one in events_told(cloud, "intake") if isinstance(one, SubmissionReceived))
    manager = {"Authorization": Caller(cloud.url, "lindenhof-1").authorization}
    heard = Asked("POST", "/", lambda: push_body(*message(_another(event)), "1", "bench"))
    return {
        "intake_web": Asked("POST", "/intake/submissions", INQUIRY),
        "cases_web": Asked("POST", "/cases", INQUIRY, manager),
        **dict.fromkeys(("cases_events", "notifications_events", "reporting_events"), heard),
        **{row.name: Asked("POST", "/", {}) for row in FUNCTIONS if isinstance(row.on, Schedule)},
    }


def _another(event: SubmissionReceived) -> SubmissionReceived:
    """The same person's next submission: of one that was heard before there would be nothing to write."""
    return event.model_copy(
        update={"subject": f"submission-{uuid.uuid4().hex}", "reference": reference(secrets.randbelow(REFERENCES))}
    )


def _imported(bundles: Path, environment: dict[str, str]) -> Iterator[str]:
    platform = imports.bare()
    yield f"{'imports of the platform':<24}{len(platform):4} modules {sum(platform.values()) / 1000:5.0f} ms"
    for row in FUNCTIONS:
        kind, folder = SIGNATURES[type(row.on)], bundles / row.service
        loaded = imports.path_of(folder, row.name, kind, starts.first(row), environment)
        yield f"{row.name:<24}{imports.told(loaded, platform)}"


def _one_instance(cloud: Cloud) -> Iterator[str]:
    manager = Caller(cloud.url, "lindenhof-1")
    cases = [manager.add("/cases", INQUIRY)["id"] for _ in range(8)]
    headers = {"Authorization": manager.authorization}
    contact = {"channel": "phone", "minutes": 5}
    loads: dict[str, Next] = {
        "read a case": lambda number, *_: ("GET", f"/cases/{cases[number]}", None, headers),
        "record a contact": lambda number, *_: ("POST", f"/cases/{cases[number]}/contacts", contact, headers),
    }
    for name, following in loads.items():
        result = load(port_of(cloud, "cases_web"), following)
        figures = f"p50 {result.quantile(0.5):6.1f} ms   p95 {result.quantile(0.95):6.1f} ms"
        yield f"one cases_web, 8 connections, {name}: {result.rate:5.0f}/s   {figures}"


def _operations() -> Iterator[str]:
    """Those whose case takes a few steps only: the emulator is slow."""
    some = [action for action in (*COMMANDS, *READS) if not isinstance(action.stage, Phase)]
    others = []
    for action in some:
        with a_counted_service() as embedded:
            here = embedded.cost(action.ready(embedded.service))
        with a_service_on_firestore() as counted:
            there = counted.cost(action.ready(counted.service))
        if here != there:
            others.append(f"{action.name}: {there}, embedded {here}")
    yield f"operations on Firestore's wire: {len(some) - len(others)} of {len(some)} actions as embedded"
    yield from others
