"""Retention of message texts: ninety days, wherever a text is kept; a dry run says what will be due."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from functions_framework import create_app
from werkzeug.test import TestResponse

from services.notifications.domain.message import Rendered
from services.notifications.senders.outbox import Outbox
from shared import clock, unsent
from shared.codes import Channel
from shared.municipality import municipality
from shared.settings import Settings
from shared.store import Query, Store
from shared.store.catalogue import DATABASES
from shared.store.sqlite import SqliteStore
from tests.builders import NOON
from tests.fakes import MemoryStore

DAYS = timedelta(days=municipality().retention.message_text_days)
MAIN = Path(__file__).parents[2] / "services/notifications/main.py"
SECOND = timedelta(seconds=1)


@pytest.fixture
def outbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryStore]:
    kept = MemoryStore("outbox")
    monkeypatch.setattr(unsent, "connect", lambda name: {"outbox": kept}[name])
    yield kept
    clock.move(None)


def sent(store: Store, id: str, at: datetime = NOON, body: str = "Ihr Termin: Montag") -> None:
    Outbox(store).send("+4917139200001", Rendered(Channel.SMS, "de", body), id, at=at)


def kept(store: Store) -> list[str]:
    return [one.id for one in store.query(Query("outbox", order=("sent_at",), limit=1000)).items]


def night(at: datetime, **asked: str) -> dict[str, int]:
    """What the function answers when its schedule comes round."""
    clock.move(at)
    answer = ask(asked)
    assert answer.status_code == 200
    done: dict[str, int] = answer.json
    return done


def ask(asked: dict[str, str]) -> TestResponse:
    return create_app("notifications_tidy", str(MAIN), "http").test_client().post("/", data=json.dumps(asked))


def test_the_municipality_keeps_texts_for_ninety_days():
    assert timedelta(days=90) == DAYS


def test_a_text_is_deleted_when_its_time_is_over_and_not_before(outbox: MemoryStore):
    sent(outbox, "m-1")
    sent(outbox, "m-2", NOON + SECOND)

    assert night(NOON + DAYS - SECOND) == {"due": 0, "deleted": 0}
    assert night(NOON + DAYS) == {"due": 1, "deleted": 1}
    assert kept(outbox) == ["m-2"]
    assert night(NOON + DAYS) == {"due": 0, "deleted": 0}


def test_however_many_there_are_all_of_them_go(outbox: MemoryStore):
    for number in range(450):
        sent(outbox, f"m-{number:03}", NOON + timedelta(minutes=number))

    assert night(NOON + DAYS + timedelta(days=1)) == {"due": 450, "deleted": 450}
    assert kept(outbox) == []


def test_a_dry_run_says_what_is_due_by_the_end_of_a_day_and_deletes_nothing(outbox: MemoryStore):
    for number in range(210):
        sent(outbox, f"m-{number:03}")
    on = (NOON + DAYS).date()

    assert night(NOON, preview=on.isoformat()) == {"due": 210, "deleted": 0}
    assert night(NOON, preview=(on - timedelta(days=1)).isoformat()) == {"due": 0, "deleted": 0}
    assert len(kept(outbox)) == 210


@pytest.mark.parametrize("asked", [{"preview": "soon"}, {"dry_run": "yes"}])
def test_what_cannot_be_asked_deletes_nothing(outbox: MemoryStore, asked: dict[str, str]):
    sent(outbox, "m-1")
    clock.move(NOON + DAYS)

    answer = ask(asked)

    assert answer.status_code == 422
    assert kept(outbox) == ["m-1"]


def test_where_a_provider_carries_messages_in_the_cloud_there_is_no_outbox_to_look_into(
    outbox: MemoryStore, monkeypatch: pytest.MonkeyPatch
):
    google = Settings(backend="google", project="kim-koeln")
    monkeypatch.setattr(unsent, "settings", lambda: google)
    assert unsent.outbox() is outbox

    monkeypatch.setenv("KIM_EMAIL", "ses")
    monkeypatch.setenv("KIM_SMS", "sns")

    assert unsent.outbox() is None
    assert night(NOON) == {"due": 0, "deleted": 0}


def test_of_a_deleted_text_nothing_stays_in_the_bytes_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = SqliteStore(DATABASES["outbox"], tmp_path / "outbox.db")
    monkeypatch.setattr(unsent, "connect", lambda _: store)
    sent(store, "m-1", body="Quellwasserweg 7")

    assert night(NOON + DAYS)["deleted"] == 1
    store.close()
    clock.move(None)

    assert not [file for file in tmp_path.iterdir() if b"Quellwasserweg" in file.read_bytes()]
