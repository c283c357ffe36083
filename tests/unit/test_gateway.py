"""Which application answers a path, and what no client may say."""

from __future__ import annotations

import pytest
from flask import Request, Response
from limits.storage import MemoryStorage
from werkzeug.test import Client

from infra.local.gateway import COOKIE, Gateway, Limited, SignedIn


def named(name: str):
    def application(environ, start_response):
        request = Request(environ)
        told = {"name": name, "proxy": request.headers.get("X-Goog-IAP-JWT-Assertion")}
        return Response(repr(told))(environ, start_response)

    return application


@pytest.fixture
def client() -> Client:
    paths = [
        ("/intake/", named("form")),
        ("/intake/challenge", named("challenge")),
        ("/cases", SignedIn(named("cases"))),
    ]
    return Client(Gateway(paths, home="/dev/"))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/intake/", "form"),
        ("/intake", "form"),
        ("/intake/submissions", "form"),
        ("/intake/challenge", "challenge"),
        ("/intake/challenges", "form"),
        ("/cases", "cases"),
        ("/cases/case-1/history", "cases"),
    ],
)
def test_the_longest_path_answers(client, path, name):
    assert f"'name': '{name}'" in client.get(path).text


@pytest.mark.parametrize("path", ["/casesque", "/unknown", "//cases", "/healthz/x"])
def test_other_paths_are_not_there(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_whether_the_whole_is_there_can_be_asked_and_no_more(client):
    asked, told = client.get("/healthz"), client.post("/healthz")

    assert (asked.status_code, asked.json) == (200, {"status": "ok"})
    assert (told.status_code, told.headers["Allow"]) == (405, "GET, HEAD")


def test_the_root_leads_home(client):
    assert client.get("/").headers["Location"] == "/dev/"


def test_what_a_client_says_as_the_proxy_is_not_heard(client):
    for path in ("/intake/", "/cases"):
        assert "'proxy': None" in client.get(path, headers={"X-Goog-IAP-JWT-Assertion": "forged"}).text


def test_the_cookie_becomes_the_proxys_word_for_staff_only(client):
    client.set_cookie(COOKIE, "token")

    assert "'proxy': 'token'" in client.get("/cases").text
    assert "'proxy': None" in client.get("/intake/").text
    assert "'proxy': None" in client.get("/cases", headers={"Authorization": "Bearer mine"}).text


def test_each_address_has_its_own_limit():
    limited = Client(Limited("1/hour", MemoryStorage()).around(named("form")))

    def post(address: str) -> int:
        return limited.post("/", environ_overrides={"REMOTE_ADDR": address}).status_code

    assert [post("10.0.0.1"), post("10.0.0.1"), post("10.0.0.2")] == [200, 429, 200]
    assert [post("2001:db8::1"), post("2001:db8::ffff:1"), post("2001:db8:0:1::1")] == [200, 429, 200]
    assert [post("::ffff:10.0.0.2"), post("::ffff:10.0.0.3"), post("nobody"), post("nobody")] == [429, 200, 200, 429]
