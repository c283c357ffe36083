"""The HTTP interface of notifications: who sees which messages, and what a receipt does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.notifications import receipts, store
from services.notifications.receipts import Receipt
from services.notifications.routes import application
from shared.codes import Role
from shared.errors import Busy
from shared.events import LookedAt, MessagesLookedAt
from shared.identity import Actor
from shared.store import Query
from shared.store.chains import verify
from shared.store.lines import event_of
from shared.store.outbox import sweep
from tests.builders import NOON, a_case_allocated, a_case_assigned, a_submission_received
from tests.unit.test_notifications_handlers import Service

ACTORS = {
    "her case manager": Actor(id="lindenhof-1", roles=frozenset({Role.CASE_MANAGER}), organisation="lindenhof"),
    "her team lead": Actor(id="lindenhof-leitung", roles=frozenset({Role.TEAM_LEAD}), organisation="lindenhof"),
    "a colleague": Actor(id="lindenhof-2", roles=frozenset({Role.CASE_MANAGER}), organisation="lindenhof"),
    "another team lead": Actor(id="kompass-leitung", roles=frozenset({Role.TEAM_LEAD}), organisation="kompass"),
    "the coordinator": Actor(id="koordination", roles=frozenset({Role.COORDINATOR}), organisation="stadt"),
    "the privacy officer": Actor(id="datenschutz", roles=frozenset({Role.PRIVACY_OFFICER}), organisation="stadt"),
    "a partner": Actor(id="partner", roles=frozenset({Role.PARTNER}), organisation="jobcenter"),
}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    """A service whose case a1 is with Lindenhof, with two messages sent about it."""
    service = Service()
    monkeypatch.setattr(store, "messages", lambda: service.messages)
    monkeypatch.setattr(store, "holders", lambda: service.holders)
    monkeypatch.setattr(store, "looks", lambda: service.looks)
    for event in (a_submission_received(channel="email"), a_case_allocated(), a_case_assigned()):
        service.hear(event)
    for told in service.queued():
        service.send(told)
    return service


@pytest.fixture
def client(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    monkeypatch.setattr("shared.http.routes.authenticate", lambda headers: ACTORS[headers["X-Who"]])
    with application().test_client() as client:
        yield client


def asked(client: FlaskClient, who: str, query: str = "case=case-a1") -> Any:
    return client.get(f"/notifications/messages?{query}", headers={"X-Who": who})


@pytest.mark.parametrize("who", ["her case manager", "her team lead"])
def test_whoever_may_see_the_case_sees_its_messages(client: FlaskClient, who: str):
    answer = asked(client, who)

    assert answer.status_code == 200
    assert {(item["template"], item["status"]) for item in answer.json["items"]} == {
        ("new_inquiry", "sent"),
        ("confirmation", "sent"),
    }
    assert answer.json["next"] is None


@pytest.mark.parametrize(
    ("who", "status"),
    [("a colleague", 404), ("another team lead", 404), ("the coordinator", 403), ("a partner", 403)],
)
def test_nobody_else_does(client: FlaskClient, who: str, status: int):
    assert asked(client, who).status_code == status


def test_a_case_that_nobody_heard_of_is_not_there(client: FlaskClient):
    assert asked(client, "her team lead", "case=case-zz").status_code == 404


def test_neither_address_nor_text_is_shown(client: FlaskClient):
    shown = asked(client, "her case manager").text

    for secret in ("amina@example.org", "Amina", "Nachricht", "person-a1", "eingang@"):
        assert secret not in shown


def test_messages_come_in_pages(client: FlaskClient):
    first = asked(client, "her case manager", "case=case-a1&limit=1").json
    second = asked(client, "her case manager", f"case=case-a1&limit=1&cursor={first['next']}").json

    assert len(first["items"]) == len(second["items"]) == 1
    assert first["items"] != second["items"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("case=", 422),
        ("case=case-a1&limit=0", 422),
        ("case=case-a1&limit=201", 422),
        ("case=case-a1&q=x", 422),
        ("case=case-a1&cursor=x", 400),
    ],
)
def test_what_cannot_be_asked_is_refused(client: FlaskClient, query: str, status: int):
    answer = asked(client, "her team lead", query)

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("receipt", "status"),
    [
        (Receipt("r-1", "message-submission-a1.1-1", "delivered"), "delivered"),
        (Receipt("r-1", "message-submission-a1.1-1", "failed", "bounce_permanent"), "failed"),
        (Receipt("r-1", "message-unknown.1-1", "delivered"), "sent"),
    ],
)
def test_a_receipt_moves_its_message_on(
    client: FlaskClient, service: Service, monkeypatch: pytest.MonkeyPatch, receipt: Receipt, status: str
):
    monkeypatch.setattr(receipts, "read", lambda *_, **__: receipt)
    for _ in range(2):
        answer = client.post("/notifications/receipts/sns", data="{}", content_type="text/plain")
        assert answer.status_code == 204

    message = service.messages.get("message-submission-a1.1-1")
    assert message.status == status
    assert message.version == (3 if status == "sent" else 4)


def test_what_nobody_signed_is_refused(client: FlaskClient):
    answer = client.post("/notifications/receipts/sns", data="{}", content_type="text/plain")

    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"


def test_receipts_of_an_unknown_provider_lead_nowhere(client: FlaskClient):
    assert client.post("/notifications/receipts/pigeon", data="{}").status_code == 404


def test_the_interface_describes_itself(client: FlaskClient):
    paths = client.get("/notifications/openapi.json").json["paths"]

    assert set(paths) == {
        "/notifications/messages",
        "/notifications/receipts/{provider}",
        "/notifications/subject-access",
        *(f"/notifications{below}/healthz" for below in ("", "/receipts")),
    }
    assert "429" in paths["/notifications/receipts/{provider}"]["post"]["responses"]
    assert "429" not in paths["/notifications/messages"]["get"]["responses"]


def looks(service: Service) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Every look on record, oldest first."""
    found = [event_of(line.body) for line in service.store.query(Query("*/events", limit=100)).items]
    seen = sorted((one for one in found if isinstance(one, LookedAt)), key=lambda one: one.version)
    return [(one.by, one.action, one.reason, one.cases) for one in seen]


def test_every_look_is_on_record_and_so_is_every_refusal(client: FlaskClient, service: Service):
    for who in ("her case manager", "her team lead", "a colleague", "the coordinator"):
        asked(client, who)

    assert looks(service) == [
        ("lindenhof-1", "notifications.read", "assigned", ("case-a1",)),
        ("lindenhof-leitung", "notifications.read", "organisation", ("case-a1",)),
        ("lindenhof-2", "notifications.read", "refused", ("case-a1",)),
        ("koordination", "notifications.read", "refused", ("case-a1",)),
    ]


def test_looks_are_told_and_hold_as_a_chain(client: FlaskClient, service: Service):
    for _ in range(3):
        asked(client, "her case manager")

    told = [event for event in service.bus.published if isinstance(event, MessagesLookedAt)]
    (chain,) = {event.subject for event in told}
    assert [event.version for event in told] == [1, 2, 3]
    assert verify(service.store, f"looks/{chain}") is None


def test_nothing_is_shown_that_is_not_on_record(client: FlaskClient, service: Service, monkeypatch: pytest.MonkeyPatch):
    def too_busy(*_: Any, **__: Any) -> None:
        raise Busy()

    monkeypatch.setattr(service.looks, "record", too_busy)
    answer = asked(client, "her case manager")

    assert answer.status_code == 503
    assert "confirmation" not in answer.text


def test_a_look_that_cannot_be_told_now_is_told_by_the_sweep(client: FlaskClient, service: Service):
    service.bus.down = True
    assert asked(client, "her case manager").status_code == 200
    service.bus.down = False

    assert sweep(service.store, service.bus) == 1
    assert isinstance(service.bus.published[-1], MessagesLookedAt)


@pytest.mark.parametrize("said", ["Amina", "case-Amina", "case-", "case-a1%20Amina", "../case-a1"])
def test_of_what_is_no_case_nothing_is_written_down(client: FlaskClient, service: Service, said: str):
    assert asked(client, "a partner", f"case={said}").status_code == 403

    assert looks(service) == [("partner", "notifications.read", "refused", ())]


def test_where_the_bus_reads_the_log_a_look_is_told_by_that_and_not_twice(client: FlaskClient, service: Service):
    rings: list[bool] = []
    service.bus.published.clear()
    service.bus.wake = lambda: rings.append(True)

    asked(client, "her case manager")

    assert (rings, service.bus.published) == ([True], [])
    assert sweep(service.store, service.bus) == 0


# ---- for the client herself


def for_her(client: FlaskClient, who: str = "the privacy officer", case: str = "case-a1") -> Any:
    return client.get(f"/notifications/subject-access?case={case}", headers={"X-Who": who})


def test_the_privacy_officer_reads_for_her_what_was_sent_to_her(
    client: FlaskClient, service: Service, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shared.clock.now", lambda: NOON)
    (told,) = for_her(client).json["items"]

    (sent,) = [said for address, said, _ in service.provider.handed if address == "amina@example.org"]
    assert (told["subject"], told["body"]) == (sent.subject, sent.body)
    assert (told["channel"], told["status"]) == ("email", "sent")
    assert looks(service) == [("datenschutz", "notifications.rights-read", "any", ("case-a1",))]


def test_a_text_is_told_for_as_long_as_texts_are_kept(client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    def asked_on(at: datetime) -> list[bool]:
        monkeypatch.setattr("shared.clock.now", lambda: at)
        return [one["body"] is not None for one in for_her(client).json["items"]]

    assert asked_on(NOON + timedelta(days=89)) == [True]
    assert asked_on(NOON + timedelta(days=91)) == [False]


def test_a_message_without_words_has_no_text(client: FlaskClient, service: Service):
    service.hear(a_submission_received(subject="submission-b2", person="person-b2", channel="call"))

    (told,) = for_her(client, case="case-b2").json["items"]

    assert (told["channel"], told["status"], told["subject"], told["body"]) == ("call", "withheld", None, None)


@pytest.mark.parametrize("who", [who for who in ACTORS if who != "the privacy officer"])
def test_nobody_else_reads_what_was_sent_to_her(client: FlaskClient, service: Service, who: str):
    assert for_her(client, who).status_code == 403
    assert looks(service) == [(ACTORS[who].id, "notifications.rights-read", "refused", ("case-a1",))]


@pytest.mark.parametrize("case", ["", "Amina", "case-Amina", "case-a1%0A"])
def test_whoever_may_ask_for_any_case_can_name_nothing_else(client: FlaskClient, service: Service, case: str):
    assert for_her(client, case=case).status_code == 422
    assert looks(service) == []
