"""Whatever staff do to a case, in whatever order: its state is what its events make, and events hold no words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.cases.domain.history import fold
from shared.codes import (
    LANGUAGES,
    ActionField,
    ClearingResult,
    ClosureReason,
    Code,
    ConsentForm,
    ConsentKind,
    ContactChannel,
    Datum,
    EndedBy,
    GoalOutcome,
    MeasureStatus,
    Phase,
    Resolution,
    View,
)
from shared.municipality import municipality
from shared.store.lines import broken_link, entries
from tests.cases import WAY, CasesService, a_cases_service

SECRET = "Ḡeheimnis"
STAFF = ["koordination", "datenschutz", "lindenhof-leitung", "lindenhof-1", "lindenhof-2", "bruecke-leitung"]
ANSWERS = {200, 201, 403, 404, 409, 412, 422, 428}

words = st.sampled_from([None, f"{SECRET} über ihre Lage"])
days = st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)).map(str)
items = st.integers(1, 20)


def one_of(kind: type[Code]) -> st.SearchStrategy[str]:
    return st.sampled_from([code.value for code in kind])


def command(method: str, path: str | st.SearchStrategy[str], **body: Any) -> st.SearchStrategy[Any]:
    strategies = {
        name: given if isinstance(given, st.SearchStrategy) else st.just(given) for name, given in body.items()
    }
    where = st.just(path) if isinstance(path, str) else path
    return st.tuples(st.just(method), where, st.fixed_dictionaries(strategies))


COMMANDS = st.one_of(
    command("POST", "allocation", organisation=st.sampled_from(["lindenhof", "bruecke", SECRET])),
    command("POST", "assignment", case_manager=st.sampled_from(["lindenhof-1", "lindenhof-2", "bruecke-1"])),
    command("POST", "clearing", result=one_of(ClearingResult), reason=words),
    command("POST", "phase", to=one_of(Phase), reason=words),
    command("POST", "contacts", channel=one_of(ContactChannel), minutes=st.integers(0, 90), note=words),
    command("POST", items.map("contacts/contact-{}/withdrawal".format), reason=words),
    command(
        "POST",
        "consents",
        type=one_of(ConsentKind),
        recipient=st.sampled_from([None, "jobcenter", SECRET]),
        form=one_of(ConsentForm),
        language=st.sampled_from([*LANGUAGES, SECRET]),
        text_version=st.sampled_from(["2026-01", SECRET]),
        valid_until=days,
    ),
    command("POST", items.map("consents/consent-{}/revocation".format), reason=words),
    command(
        "PUT",
        one_of(ActionField).map("assessment/{}".format),
        situation=st.just(SECRET),
        resources=words,
        urgency=st.integers(-1, 5),
        view=one_of(View),
    ),
    command("POST", "goals", action_field=one_of(ActionField), title=SECRET, agreed=st.booleans(), until=days),
    command(
        "PATCH",
        "client",
        family_name=st.sampled_from(["Čumak", SECRET]),
        language=st.sampled_from([*LANGUAGES, SECRET]),
        single_parent=st.booleans(),
        city_quarter=st.sampled_from([None, 204, 907]),
    ),
    command("POST", "rectifications", datum=one_of(Datum), statement=words),
    command("PATCH", items.map("rectifications/rectification-{}".format), statement=st.just(SECRET)),
    command("PATCH", items.map("rectifications/rectification-{}".format), resolution=one_of(Resolution), note=words),
    command("PATCH", items.map("goals/goal-{}".format), agreed=st.booleans(), outcome=one_of(GoalOutcome)),
    command("PATCH", items.map("goals/goal-{}".format), title=st.just(SECRET), reached_when=st.just(SECRET)),
    command(
        "POST",
        items.map("goals/goal-{}/measures".format),
        what=SECRET,
        responsible=st.sampled_from(["client", "case_manager", "jobcenter", SECRET]),
        agreed=st.booleans(),
        until=days,
    ),
    command(
        "PATCH",
        st.tuples(items, items).map(lambda both: "goals/goal-{}/measures/measure-{}".format(*both)),
        what=st.just(SECRET),
        status=one_of(MeasureStatus),
    ),
    command(
        "POST",
        "closure",
        reason=one_of(ClosureReason),
        ended_by=one_of(EndedBy),
        outcomes=st.dictionaries(items.map("goal-{}".format), one_of(GoalOutcome), max_size=2),
        note=words,
    ),
)
STALENESS = st.sampled_from([0, 0, 0, 0, 1, -1])
STEP = st.tuples(st.sampled_from(STAFF), STALENESS, COMMANDS)
ONWARD = [
    ("koordination", 0, ("POST", "allocation", {"organisation": "lindenhof"})),
    ("lindenhof-leitung", 0, ("POST", "assignment", {"case_manager": "lindenhof-1"})),
    *(("lindenhof-1", 0, step) for step in WAY),
]
"""The way to the evaluation, so that chance does not have to find it."""


@settings(max_examples=40)
@given(st.integers(0, len(ONWARD)), st.lists(STEP, max_size=12))
@example(len(ONWARD), [("lindenhof-1", 0, ("POST", "phase", {"to": "closed"}))])
def test_a_case_is_what_its_events_make_it(onward: int, steps: list[Any]):
    with a_cases_service() as service:
        case = service.inquiry({"family_name": SECRET})
        for who, stale, (method, path, body) in [*ONWARD[:onward], *steps]:
            version = service.version(case) + stale
            answer = service.call(who, method, f"/cases/{case}/{path}", body, If_Match=f'"{version}"')
            assert answer.status_code in ANSWERS, answer.text
            if answer.status_code < 300 and path != "client":  # what is so already is no change
                assert service.version(case) == version + 1
        check(service, case)


def check(service: CasesService, case: str) -> None:
    logged = list(entries(service.store, f"cases/{case}"))
    history = service.desk.cases.history(case)
    state = service.desk.cases.get(case)

    assert fold(history) == state
    assert [entry["version"] for entry in logged] == list(range(1, state.version + 1))
    assert broken_link(logged) is None
    assert service.bus.published == history
    assert SECRET not in service.kept()
    for entry in logged:
        assert all(map(is_id_or_code, texts(entry["event"])))


CODED = {code.value for kind in Code.__subclasses__() for code in kind} | set(LANGUAGES)
KNOWN = CODED | {one.id for one in (*municipality().staff, *municipality().organisations)} | {"2026-01"}
DRAWN = re.compile(
    r"(submission|case|person|contact|consent|goal|measure|amendment|rectification)-[0-9a-f]+(\.\d+)?|KIM-\w{4}-\w{4}|\d{4}-\d\d-\d\d(T[\d:.+]+)?"
)


def is_id_or_code(text: str) -> bool:
    return text in KNOWN or DRAWN.fullmatch(text) is not None


def texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from texts(list(value.values()))
        case list():
            for held in value:
                yield from texts(held)
