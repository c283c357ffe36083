"""The topology: every entry point is on the map and the other way round, and hears what it listens to."""

from __future__ import annotations

import ast
from itertools import combinations
from pathlib import Path

import pytest

from infra import topology
from infra.topology import FUNCTIONS, Events, Function, Http, Schedule
from shared import events
from shared.events import CATALOGUE
from tests.gates.house import dotted, functions, sources

KINDS = {"functions_framework.http": (Http, Schedule), "functions_framework.cloud_event": (Events,)}
MAINS = {file.parts[1]: file for file in sources("services") if file.name == "main.py"}
EVERY_FUNCTION = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
LISTENERS = pytest.mark.parametrize(
    "function", [one for one in FUNCTIONS if isinstance(one.on, Events)], ids=lambda function: function.name
)


def test_every_entry_point_is_on_the_map_and_the_other_way_round():
    found = {(service, one.name) for service, file in MAINS.items() for one in functions(file) if kinds(one)}

    assert found == {(function.service, function.name) for function in FUNCTIONS}


@EVERY_FUNCTION
def test_an_entry_point_is_of_the_kind_that_its_trigger_calls(function: Function):
    assert isinstance(function.on, kinds(entry_point(function)))


@EVERY_FUNCTION
def test_an_entry_point_is_named_after_its_service(function: Function):
    assert function.name.startswith(f"{function.service}_")


def test_a_main_holds_entry_points_and_private_helpers_only():
    others = {f"{file}:{one.name}" for file in MAINS.values() for one in functions(file) if not kinds(one)}

    assert not {name for name in others if not name.partition(":")[2].startswith("_")}


@LISTENERS
def test_a_listener_hears_something(function: Function):
    assert isinstance(function.on, Events)
    for prefix in function.on.prefixes:
        assert [type_ for type_, event in CATALOGUE.items() if type_.startswith(prefix) and not event.for_the_record]


@LISTENERS
def test_what_a_listener_waits_for_reaches_it(function: Function):
    """An event that a `match` names has one of the prefixes and is published."""
    assert isinstance(function.on, Events)
    for name in awaited(entry_point(function)):
        event = getattr(events, name)
        kinds = [one for one in CATALOGUE.values() if issubclass(one, event)]
        assert kinds
        assert all(one.type.startswith(function.on.prefixes) for one in kinds if not one.for_the_record)


@LISTENERS
def test_a_listener_that_names_what_it_waits_for_is_called_with_nothing_else(function: Function):
    """Embedded, each delivery more is felt by whoever waits for an answer at that moment."""
    assert isinstance(function.on, Events)
    named = tuple(getattr(events, name) for name in awaited(entry_point(function)))
    told = [one for one in CATALOGUE.values() if one.type.startswith(function.on.prefixes) and not one.for_the_record]

    assert not named or all(issubclass(one, named) for one in told)


@LISTENERS
def test_a_subscription_gives_up_into_the_dead_letters(function: Function):
    """Embedded, one number holds for every subscription; the cloud's resources are tested with their program."""
    assert 2 <= topology.ATTEMPTS <= 100
    assert 0 < topology.FIRST_PAUSE <= topology.LONGEST_PAUSE <= 600
    assert function.timeout <= 600  # Pub/Sub waits no longer for an answer


def test_no_two_functions_answer_the_same_path():
    paths = [function.on.path for function in FUNCTIONS if isinstance(function.on, Http)]

    assert len(paths) == len(set(paths))
    assert not [pair for pair in combinations(paths, 2) if pair[0].rstrip("/") == pair[1].rstrip("/")]


def kinds(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[type, ...]:
    """The triggers that may call this function: none when it is no entry point."""
    return next((KINDS[dotted(one)] for one in function.decorator_list if dotted(one) in KINDS), ())


def entry_point(function: Function) -> ast.FunctionDef | ast.AsyncFunctionDef:
    file: Path = MAINS[function.service]
    return next(one for one in functions(file) if one.name == function.name)


def awaited(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The classes of events that the `match` statements of a function name."""
    return {
        dotted(node.cls).rpartition(".")[2]
        for node in ast.walk(function)
        if isinstance(node, ast.MatchClass) and hasattr(events, dotted(node.cls).rpartition(".")[2])
    }
