"""Which package answers which path, so that a function loads what it is asked for and nothing else."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from flask import Flask

from services.cases import table

BESIDE = {
    "appointments": ("appointments",),
    "assessments": ("assessment",),
    "audit": ("audit",),
    "break_glass": ("break-glass",),
    "client": ("client",),
    "conferences": ("conferences",),
    "directory": ("directory", "codes"),
    "duplicates": ("duplicates",),
    "findings": ("findings",),
    "follow_ups": ("follow-ups",),
    "household": ("household",),
    "merging": ("merge", "separation"),
    "offers": ("offers", "offers.csv"),
    "plan": ("plan", "goals"),
    "rectifications": ("rectifications",),
    "referrals": ("referrals",),
    "residence": ("residence", "domain-ends"),
    "rights": ("subject-access", "restriction", "erasure", "erasures", "retention"),
    "target_groups": ("target-groups",),
    "transfers": ("reopening", "transfer"),
}
"""What lies beside a case: each a package with routes of its own, and the words that lead to it, below `/cases` or
below a case."""

CASE = "services.cases.routes"
"""The routes of the case itself."""
REGISTER = "services.cases.register.routes"
"""Those of all cases."""
DOCUMENT = "/cases/openapi.json"

MODULES = {noun: f"services.cases.{noun}.routes" for noun in BESIDE}
LEADS_TO = {word: MODULES[noun] for noun, words in BESIDE.items() for word in words}


def answering(path: str) -> str:
    """The module whose routes answer this path."""
    below = path.split("/")[2:4]
    return next((LEADS_TO[word] for word in below if word in LEADS_TO), CASE if any(below) else REGISTER)


def application(path: str) -> Flask:
    """The application that answers this path, made at its first request; the document's is that of all routes."""
    return whole() if path == DOCUMENT else _of(answering(path))


@cache
def whole() -> Flask:
    """The application of all routes of the service."""
    for module in (REGISTER, CASE, *MODULES.values()):
        import_module(module)
    return table.routes.application()


@cache
def _of(module: str) -> Flask:
    import_module(module)
    return table.routes.application(module)
