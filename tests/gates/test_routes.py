"""Routes: each says who may call it, nobody else gets in, and GET asks for nothing but a look."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

import pytest
from flask import Flask

from infra.topology import FUNCTIONS, Function, Http
from services.cases import nouns
from shared.http.alive import HEALTH
from shared.http.routes import Routes
from shared.policy import POLICY, Action

LOOKS = {
    *(Action.PUBLIC, Action.CASES_LIST, Action.CASE_READ, Action.CASE_READ_CODES, Action.CASE_HISTORY),
    *(Action.CASE_ACCESSES, Action.MESSAGES_READ, Action.MESSAGES_RIGHTS_READ, Action.REPORTS_READ),
    *(Action.OFFERS_READ, Action.REFERRAL_READ, Action.REFERRALS_INCOMING),
    *(
        Action.CASE_RIGHTS_READ,
        Action.CASES_AUDIT,
        Action.FINDINGS_READ,
        Action.DIRECTORY_READ,
        Action.CONFERENCES_READ,
    ),
    *(Action.CASE_DUPLICATES, Action.BREAK_GLASS_READ),
}
"""What may be asked by GET."""

SERVICES = sorted({function.service for function in FUNCTIONS})
UNDECLARED = {"openapi.json"}
"""What is served beside our routes: the document of the interface."""


def application(service: str) -> Flask:
    made: Flask = importlib.import_module(f"services.{service}.routes").application()
    return made


def routes() -> Iterator[tuple[str, Routes]]:
    for service in SERVICES:
        application(service)  # now every module of routes has declared its own
        for one in vars(importlib.import_module(f"services.{service}.routes")).values():
            if isinstance(one, Routes):
                yield service, one


DECLARED = [(service, *route) for service, one in routes() for route in one.declared]
EVERY_ROUTE = pytest.mark.parametrize(
    ("service", "method", "path", "action"), DECLARED, ids=[f"{method} {path}" for _, method, path, _ in DECLARED]
)


@EVERY_ROUTE
def test_a_route_declares_who_may_call_it(service: str, method: str, path: str, action: Action):
    assert POLICY[action] or action is Action.PUBLIC


@EVERY_ROUTE
def test_get_asks_for_nothing_but_a_look(service: str, method: str, path: str, action: Action):
    assert method != "GET" or action in LOOKS


@EVERY_ROUTE
def test_a_route_lies_where_a_function_answers(service: str, method: str, path: str, action: Action):
    answering = [one.on for one in FUNCTIONS if one.service == service and isinstance(one.on, Http)]

    assert [on for on in answering if path.startswith(on.path.rstrip("/"))]
    public = {"public", "providers"} & {on.callers for on in answering}
    assert action is not Action.PUBLIC or public or path.endswith(f"/{HEALTH}")


@pytest.mark.parametrize("row", [row for row in FUNCTIONS if isinstance(row.on, Http)], ids=lambda row: row.name)
def test_every_function_that_is_called_over_http_says_in_the_document_that_it_is_there(row: Function):
    assert isinstance(row.on, Http)
    assert (row.service, "GET", f"{row.on.path.rstrip('/')}/{HEALTH}", Action.PUBLIC) in DECLARED


@pytest.mark.parametrize(
    ("method", "path"),
    [(method, path) for service, method, path, _ in DECLARED if service == "cases" and not path.endswith(HEALTH)],
)
def test_what_answers_alone_for_a_noun_is_what_answers_in_the_whole(method: str, path: str):
    """A function loads the noun that a path names, and no other: the path must name the one whose route it is."""
    concrete = re.sub(r"<(?:\w+:)?\w+>", "some-1", path)
    alone, whole = (one.url_map.bind("") for one in (nouns.application(concrete), nouns.whole()))

    assert alone.match(concrete, method) == whole.match(concrete, method)


def test_each_noun_is_answered_by_its_own_application():
    assert len({nouns.application(f"/cases/{words[0]}") for words in nouns.BESIDE.values()}) == len(nouns.BESIDE)


@EVERY_ROUTE
def test_nobody_gets_in_without_signing_in(service: str, method: str, path: str, action: Action):
    if action is Action.PUBLIC:
        return
    answer = application(service).test_client().open(path.replace("<", "").replace(">", ""), method=method)

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("service", SERVICES)
def test_an_application_answers_no_undeclared_route(service: str):
    declared = {(method, path) for one, method, path, _ in DECLARED if one == service}
    answered = {
        (method, rule.rule)
        for rule in application(service).url_map.iter_rules()
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS") and rule.endpoint != "static"
    }

    assert {path.rpartition("/")[2] for _, path in answered - declared} <= UNDECLARED
    assert declared <= answered


@pytest.mark.parametrize("action", Action, ids=str)
def test_every_action_has_a_row_in_the_policy(action: Action):
    assert action in POLICY
