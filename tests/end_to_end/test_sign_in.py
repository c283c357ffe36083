"""Signing in to the embedded runtime: by token, by cookie, and by no other way."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from infra.local.process import System
from tests.end_to_end.tiny.talk import token


def desk(system: System, **options: Any) -> requests.Response:
    return requests.get(f"{system.url}/tiny/desk", timeout=10, **options)


def test_who_can_sign_in_is_listed(tiny):
    users = requests.get(f"{tiny.url}/dev/users", timeout=60).json()

    assert {
        "id": "lindenhof-1",
        "name": "Murat Muster",
        "roles": ["case_manager"],
        "organisation": "lindenhof",
    } in users
    roles = [role for user in users for role in user["roles"]]
    assert (roles.count("case_manager"), roles.count("team_lead"), roles.count("partner")) == (6, 3, 2)


def test_a_token_says_who_somebody_is(tiny):
    answer = desk(tiny, headers={"Authorization": f"Bearer {token(tiny)}"})

    assert answer.json() == {"id": "lindenhof-1", "roles": ["case_manager"], "organisation": "lindenhof"}


def test_nobody_gets_a_token_for_somebody_who_is_not_there(tiny):
    answer = requests.post(f"{tiny.url}/dev/token", json={"user": "erika"}, timeout=60)

    assert (answer.status_code, answer.json()["title"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        (b"{", 400, None),
        (b"[]", 400, None),
        (b'{"user": "a", "user": "b"}', 400, None),
        (b'{"user": 1}', 422, "user"),
        (b"", 422, "user"),
        (b'{"user": "lindenhof-1", "roles": []}', 422, "roles"),
        (b" " * 300_000, 413, None),
    ],
)
def test_bad_input_to_the_sign_in_is_a_problem(tiny, sent, status, field):
    answer = requests.post(f"{tiny.url}/dev/token", data=sent, headers={"Content-Type": "application/json"}, timeout=60)

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert field is None or field in answer.json()["errors"]


def test_a_browser_is_signed_in_by_its_cookie(tiny):
    browser = requests.Session()
    signed_in = browser.post(f"{tiny.url}/dev/sign-in", data={"user": "kompass-leitung"}, timeout=60)

    assert "Angemeldet als <strong>Katrin Modell</strong>" in signed_in.text
    assert browser.get(f"{tiny.url}/tiny/desk", timeout=60).json()["id"] == "kompass-leitung"
    (cookie,) = browser.cookies
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Strict"
    browser.post(f"{tiny.url}/dev/sign-out", timeout=60)
    assert browser.get(f"{tiny.url}/tiny/desk", timeout=60).status_code == 401


def test_a_token_counts_more_than_the_cookie(tiny):
    browser = requests.Session()
    browser.post(f"{tiny.url}/dev/sign-in", data={"user": "kompass-leitung"}, timeout=60)

    answer = browser.get(f"{tiny.url}/tiny/desk", headers={"Authorization": f"Bearer {token(tiny)}"}, timeout=60)

    assert answer.json()["id"] == "lindenhof-1"


def test_no_client_can_pretend_to_be_the_proxy(tiny):
    pretended = {"X-Goog-IAP-JWT-Assertion": token(tiny)}

    assert desk(tiny, headers=pretended).status_code == 401
    assert requests.get(f"{tiny.url}/tiny/", headers=pretended, timeout=60).json()["proxy"] is None


def test_a_page_under_another_name_gets_no_token(tiny):
    answer = requests.post(
        f"{tiny.url}/dev/token", json={"user": "lindenhof-1"}, headers={"Host": "evil.example"}, timeout=60
    )

    assert answer.status_code == 400
