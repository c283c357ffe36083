"""Bodies that no honest program sends, and those that say what could not be: each gets a clear answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.cases.domain import file
from shared.codes import ConsentForm, ConsentKind, ConsentPurpose, Phase
from tests.builders import NOON
from tests.cases import (
    APPOINTMENT,
    ASSESSMENT,
    CONSENT,
    CONTACT,
    GOAL,
    REFERRAL,
    RELEASE,
    CasesService,
    a_cases_service,
)

TOMORROW = (NOON.date() + timedelta(days=1)).isoformat()
TOO_LONG_AGO = (NOON.date() - timedelta(days=367)).isoformat()

DEEP = b'{"reason":' * 20_000 + b"1" + b"}" * 20_000

BAD_BODIES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "half": (b'{"to": "clear', 400),
    "not UTF-8": (b'{"to": "\xff"}', 400),
    "not an object": (b'["clearing"]', 400),
    "a text": (b'"clearing"', 400),
    "null": (b"null", 400),
    "NaN": (b'{"to": NaN}', 400),
    "a name twice": (b'{"to": "clearing", "to": "intake"}', 400),
    "a NUL": (b'{"to": "clearing", "reason": "a\\u0000b"}', 400),
    "half a surrogate pair": (b'{"to": "clearing", "reason": "\\ud800"}', 400),
    "a surrogate as a name": (b'{"to": "clearing", "\\udfff": 1}', 400),
    "too deep": (DEEP, 400),
    "a number of 5,000 digits": (b'{"to": ' + b"9" * 5_000 + b"}", 400),
    "300 KiB": (b'{"to": "clearing", "reason": "' + b"x" * 300 * 1024 + b'"}', 413),
    "a wrong type": (b'{"to": 7}', 422),
    "a list for a code": (b'{"to": []}', 422),
    "an unknown code": (b'{"to": "nirvana"}', 422),
    "an unknown field": (b'{"to": "clearing", "by": "me"}', 422),
    "a field missing": (b"{}", 422),
    "a text too long": (b'{"to": "clearing", "reason": "' + b"x" * 10_001 + b'"}', 422),
    "a control character": (b'{"to": "clearing", "reason": "a\\u0007"}', 422),
    "a blank text that must be given": (b'{"to": "  "}', 422),
}

CM = "lindenhof-1"


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def problem(answer: Any) -> dict[str, Any]:
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == answer.status_code
    assert answer.json["request_id"]
    return answer.json


@pytest.mark.parametrize(("body", "status"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_bad_body_gets_a_clear_answer(cases: CasesService, body: bytes, status: int):
    case = cases.assigned()

    answer = cases.call(CM, "POST", f"/cases/{case}/phase", body, If_Match='"3"', Content_Type="application/json")

    assert answer.status_code == status
    assert problem(answer)["detail"]
    if status == 422:
        assert answer.json["errors"]
    assert cases.version(case) == 3


@pytest.mark.parametrize("type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_of_another_kind_is_refused(cases: CasesService, type: str):
    case = cases.assigned()

    answer = cases.call(CM, "POST", f"/cases/{case}/phase", b'{"to": "clearing"}', If_Match='"3"', Content_Type=type)

    assert (answer.status_code, problem(answer)["title"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("path", "method", "body", "field"),
    [
        ("contacts", "POST", {**CONTACT, "minutes": 0}, "minutes"),
        ("contacts", "POST", {**CONTACT, "minutes": 1441}, "minutes"),
        ("contacts", "POST", {**CONTACT, "minutes": 2.5}, "minutes"),
        ("contacts", "POST", {**CONTACT, "minutes": "20"}, "minutes"),
        ("contacts", "POST", {**CONTACT, "minutes": True}, "minutes"),
        ("contacts", "POST", {**CONTACT, "minutes": 10**400}, "minutes"),
        ("contacts", "POST", {**CONTACT, "held_on": TOMORROW}, "held_on"),
        ("contacts", "POST", {**CONTACT, "held_on": TOO_LONG_AGO}, "held_on"),
        ("contacts", "POST", {**CONTACT, "held_on": "gestern"}, "held_on"),
        ("goals", "POST", {**GOAL, "agreed": 1}, "agreed"),
        ("goals", "POST", {**GOAL, "until": "2026-02-30"}, "until"),
        ("goals", "POST", {**GOAL, "title": ""}, "title"),
        ("assessment/housing", "PUT", {**ASSESSMENT, "urgency": 5}, "urgency"),
        ("assessment/housing", "PUT", {**ASSESSMENT, "view": "mine"}, "view"),
        ("closure", "POST", {"reason": "other", "ended_by": "client", "outcomes": {"x": "achieved"}}, "outcomes"),
        ("closure", "POST", {"reason": "other", "ended_by": "client", "outcomes": {"goal-1": 1}}, "outcomes"),
        ("allocation", "POST", {"organisation": "nirvana"}, "organisation"),
        ("allocation", "POST", {"organisation": "jobcenter"}, "organisation"),
        ("assignment", "POST", {"case_manager": "nobody"}, "case_manager"),
        ("assignment", "POST", {"case_manager": "koordination"}, "case_manager"),
    ],
)
def test_a_wrong_field_is_named(cases: CasesService, path: str, method: str, body: Any, field: str):
    case = cases.assigned()
    who = {"allocation": "koordination", "assignment": "lindenhof-leitung"}.get(path, CM)

    answer = cases.call(who, method, f"/cases/{case}/{path}", body, If_Match='"3"')

    assert answer.status_code == 422
    assert list(problem(answer)["errors"]) == [field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("recipient", "Dr. Müller, Hausarzt"),
        ("text_version", "für Frau Beispiel"),
        ("text_version", "2026-01\n"),
        ("language", "Deutsch"),
        ("valid_until", "morgen"),
        ("declared_on", TOMORROW),
    ],
)
def test_no_name_gets_into_a_declaration(cases: CasesService, field: str, value: str):
    """What a declaration says goes into an event."""
    body = {**RELEASE, field: value}

    answer = cases.call(CM, "POST", f"/cases/{cases.assigned()}/consents", body)

    assert answer.status_code == 422
    assert list(problem(answer)["errors"]) == [field]


def test_a_change_that_says_nothing_is_refused(cases: CasesService):
    case = cases.case_in(Phase.LINKING)

    answer = cases.call(CM, "PATCH", f"/cases/{case}/goals/goal-11", {}, If_Match='"12"')

    assert answer.status_code == 422
    assert cases.version(case) == 12


def test_a_declaration_that_could_have_no_effect_is_refused(cases: CasesService):
    case = cases.assigned()
    path = f"/cases/{case}/consents"

    over = cases.call(CM, "POST", path, {**CONSENT, "valid_until": "2026-03-01"})
    to_nobody = cases.call(CM, "POST", path, {**RELEASE, "recipient": None})

    assert (over.status_code, list(over.json["errors"])) == (422, ["valid_until"])
    assert (to_nobody.status_code, list(to_nobody.json["errors"])) == (422, ["recipient"])
    assert cases.call(CM, "POST", path, {**CONSENT, "valid_until": "2026-03-02"}).status_code == 201


@pytest.mark.parametrize(
    ("language", "says"), [("de", "sieht die Stelle nichts"), ("en", "the recipient sees nothing")]
)
@pytest.mark.parametrize("purpose", [None, "referral", "transfer"])
@pytest.mark.parametrize("direction", ["to_recipient", "both"])
def test_a_release_that_would_show_nothing_is_refused_whatever_it_is_for(
    cases: CasesService, language: str, says: str, purpose: str | None, direction: str
):
    path, of_nothing = f"/cases/{cases.assigned()}/consents", {**RELEASE, "data_categories": [], "direction": direction}

    refused = cases.call(CM, "POST", path, {**of_nothing, "purpose": purpose}, Accept_Language=language)

    assert (refused.status_code, list(refused.json["errors"])) == (422, ["data_categories"])
    assert says in refused.json["errors"]["data_categories"][0]
    assert cases.call(CM, "POST", path, {**of_nothing, "purpose": "recognition"}).status_code == 201


@pytest.mark.parametrize(("purpose", "status"), [("referral", 201), (None, 422)])
def test_that_others_may_tell_us_something_is_released_for_a_purpose(
    cases: CasesService, purpose: str | None, status: int
):
    said = {**RELEASE, "data_categories": [], "direction": "from_recipient", "purpose": purpose}

    assert cases.call(CM, "POST", f"/cases/{cases.assigned()}/consents", said).status_code == status


def test_a_release_of_nothing_that_was_recorded_before_is_read_and_shows_nothing(cases: CasesService):
    case = cases.assigned()
    said: dict[str, Any] = {
        "recipient": "jobcenter",
        "form": ConsentForm.WRITTEN,
        "language": "de",
        "text_version": "1",
    }
    said |= {"valid_until": None, "purpose": ConsentPurpose.REFERRAL, "at": NOON, "by": CM}

    cases.desk.cases.change(case, lambda held: file.give_consent(held, ConsentKind.SECRECY_RELEASE, **said))

    (held,) = cases.get(CM, f"/cases/{case}")["consents"]
    assert (held["purpose"], held["data_categories"]) == ("referral", [])
    assert cases.call("partner-jobcenter", "GET", f"/cases/{case}").status_code == 404


def test_what_needs_her_consent_is_refused_without_it_and_after_its_revocation(cases: CasesService):
    case = cases.assigned()

    def asked() -> dict[str, int]:
        """How it is answered, by what is asked for."""
        wanted = {"assessment/work": ("PUT", ASSESSMENT), "goals": ("POST", GOAL), "referrals": ("POST", REFERRAL)}
        wanted |= {"contacts": ("POST", CONTACT), "appointments": ("POST", APPOINTMENT)}
        answers = {}
        for path, (method, body) in wanted.items():
            answer = cases.call(CM, method, f"/cases/{case}/{path}", body, If_Match=f'"{cases.version(case)}"')
            answers[path] = answer.status_code
            assert answer.status_code != 409 or answer.json["unmet"] == ["processing_consent"]
        return answers

    without = {"assessment/work": 409, "goals": 409, "referrals": 409, "contacts": 201, "appointments": 201}
    assert asked() == without
    consent = cases.change(CM, case, "POST", "consents", CONSENT)["id"]
    assert set(asked().values()) == {200, 201}
    cases.change(CM, case, "POST", f"consents/{consent}/revocation", {})
    assert asked() == without


LEFT_EMPTY: dict[str, tuple[str, dict[str, Any]]] = {
    "a reason": ("phase", {"to": "clearing", "reason": ""}),
    "blanks": ("phase", {"to": "clearing", "reason": " \u00a0"}),
    "an organisation, a day and codes": (
        "consents",
        {**CONSENT, "recipient": "", "valid_until": " ", "purpose": "", "giver": ""},
    ),
}


@pytest.mark.parametrize(("path", "body"), LEFT_EMPTY.values(), ids=LEFT_EMPTY)
def test_a_text_that_is_left_empty_is_the_same_as_not_given(cases: CasesService, path: str, body: Any):
    without = {name: value for name, value in body.items() if value.strip()}
    made = [cases.assigned(), cases.assigned()]

    for case, said in zip(made, (body, without), strict=True):
        cases.change(CM, case, "POST", path, said)

    empty, absent = (cases.get(CM, f"/cases/{case}/history")["items"][-1] for case in made)
    assert (empty["said"], empty.get("words")) == (absent["said"], absent.get("words"))


def test_what_a_change_leaves_empty_goes_where_null_would_take_it_away(cases: CasesService):
    case = cases.assigned()
    said = {"phone": "", "email": "mail@client.example", "channel": "email"}

    cases.change(CM, case, "PATCH", "client", said)

    assert cases.get(CM, f"/cases/{case}")["client"]["phone"] is None
    version = cases.version(case)
    refused = cases.call(CM, "PATCH", f"/cases/{case}/client", {"given_name": " "}, If_Match=f'"{version}"')
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["given_name"])


@pytest.mark.parametrize("query", ["phase=", "topic=%20", "transfer=", "q=", "clearing_result="])
def test_an_empty_filter_is_an_error_and_never_everything(cases: CasesService, query: str):
    cases.assigned()

    assert cases.call(CM, "GET", f"/cases?{query}").status_code == 422
