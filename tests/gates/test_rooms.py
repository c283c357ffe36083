"""Rooms: the import contracts hold, the domain knows next to nothing, each outside library has one home."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from importlinter.cli import lint_imports

from infra.topology import FUNCTIONS, Opens
from services.cases.rights import proving
from shared.store.catalogue import DATABASES
from tests.gates.house import ROOT, graph

OURS = ("shared", "services", "infra")
SERVICES = sorted({function.service for function in FUNCTIONS})

WITHOUT_FORMS = (
    *("services.intake", "services.notifications", "services.cases", "services.cases.audit", "services.cases.client"),
    *("services.cases.referrals", "services.cases.residence"),
)
"""Whose handlers serve events and schedules too: reading forms takes a tenth of a cold start."""

DOMAIN = re.compile(r"services(\.\w+)*\.(domain|refusals)(\.|$)")

DOMAIN_MAY_IMPORT = {"pydantic", "shared.codes", "shared.errors", "shared.events", "shared.references"}

STANDARD_TYPES = {
    *("__future__", "collections", "dataclasses", "datetime", "enum", "functools", "itertools", "typing", "re"),
}

HOMES = {
    "altcha": r"services\.intake\.\w+",
    "anyascii": r"shared\.latin",
    "boto3": r"services\.notifications\.senders.*",
    "botocore": r"services\.notifications\.senders.*",
    "cryptography": r"shared\.(keys|people|person|needles)|services\.notifications\.receipts|infra\.local\..*",
    "duckdb": r"services\.reporting\.\w+",
    "flask_smorest": r"shared\.http\.\w+",
    "functions_framework": r"services\.\w+\.main|shared\.functions|infra\.local\..*",
    "google": r"shared\.(kms|store\.firestore|bus\.pubsub)|services\.reporting\.\w+|infra\.(gcp|local\.cloud)\.\w+",
    "icalendar": r"services\.cases\.appointments\.calendar",
    "ibis": r"services\.reporting\.\w+",
    "joserfc": r"shared\.tokens|infra\.local\..*",
    "phonenumbers": r"services\.\w+\.\w+|shared\.http\.\w+",
    "sqlite3": r"shared\.(database_files|(store|bus)\.\w+)|infra\.local\..*",
    "webargs": r"shared\.http\.\w+",
    "xlsxwriter": r"services\.reporting\.\w+",
}
"""Libraries that reach outside or are heavy, and the rooms that may import them."""


def test_the_import_contracts_hold(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("logging.config.dictConfig", lambda _: None)  # it would silence every log of this process
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_logo=True) == 0


@pytest.mark.parametrize("library", HOMES)
def test_an_outside_library_has_one_home(library: str):
    guests = graph().find_modules_that_directly_import(library) if library in graph().modules else set()

    assert not {guest for guest in guests if not re.fullmatch(HOMES[library], guest)}


@pytest.mark.parametrize("module", [one for one in graph().modules if DOMAIN.match(one)])
def test_the_domain_knows_types_events_codes_and_refusals(module: str):
    known = {one for one in imports(module) if not DOMAIN.match(one)}

    assert known <= DOMAIN_MAY_IMPORT | STANDARD_TYPES


def test_only_what_carries_personal_data_opens_the_vault():
    """Reporting is not among them: neither its functions by the topology nor its code by any import."""
    may = {function.service for function in FUNCTIONS if Opens.PEOPLE in function.opens}
    can = {service for service in SERVICES if reaches(service, "shared.people") or reaches(service, "shared.keys")}

    assert can == may
    assert "reporting" not in may


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_opens_its_own_database_and_no_other(service: str):
    databases = {Opens.INTAKE, Opens.CASES, Opens.NOTIFICATIONS, Opens.REPORTING}
    opened = {one for function in FUNCTIONS if function.service == service for one in function.opens}

    assert opened & databases == {Opens(service)}


def test_databases_of_others_are_searched_by_one_function_and_for_everybody_who_was_erased():
    (row,) = [function for function in FUNCTIONS if function.searches]

    searched = {one for one in (*row.opens, *row.searches) if one in DATABASES}
    assert searched == {Opens(name) for name in proving.SEARCHED}
    assert set(DATABASES) - searched == {"facts"}


def test_who_hears_an_event_or_works_by_night_loads_nothing_that_reads_forms():
    said = f"import sys; from {' import handlers; from '.join(WITHOUT_FORMS)} import handlers; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert not {"marshmallow", "phonenumbers"} & set(loaded.split())


def imports(module: str) -> set[str]:
    """What a module imports directly: ours by module, everything else by its top name."""
    found = graph().find_modules_directly_imported_by(module)
    return {one if one.startswith(OURS) else one.partition(".")[0] for one in found}


def reaches(service: str, module: str) -> bool:
    """Whether any chain of imports leads from the service to the module."""
    return bool(graph().find_shortest_chains(f"services.{service}", module, as_packages=True))
