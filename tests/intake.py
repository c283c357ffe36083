"""The intake service at hand: its entry points on fakes, called as Google or a browser would call them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import functions_framework
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from infra import assets
from services.intake import challenges, routes, sending, store
from shared import clock
from shared.keys import MasterKeys
from shared.people import People
from shared.settings import Settings
from shared.store import Query, Store
from tests import signin
from tests.builders import NOON
from tests.fakes import FakeBus, MemoryStore

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
KEYS = MasterKeys("1", {"1": b"k" * 32}, b"s" * 32)
SECRET = "a random text for tests"
COLLECTIONS = ("submissions", "references", "answers", "challenges", "*/events")


def samples(name: str = "submissions") -> list[Any]:
    """The lines of a sample file."""
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def a_form(**changed: Any) -> dict[str, Any]:
    """The fields that a browser sends for somebody who fills in what must be filled in; None leaves one out."""
    form = {
        "token": "a-token-of-the-page-1",
        "given_name": "Amina",
        "family_name": "Beispiel",
        "date_of_birth_day": "17",
        "date_of_birth_month": "5",
        "date_of_birth_year": "2003",
        "topics": ["housing", "work"],
        "message": "",
        "language": "ar",
        "channel": "sms",
        "phone": "0171 3920001",
        "email": "",
        "gender": "",
        "consent_processing": "on",
    }
    return {name: value for name, value in (form | changed).items() if value is not None}


@cache
def entry_point(name: str) -> Flask:
    """A function as functions-framework hosts it."""
    return functions_framework.create_app(name, str(ROOT / "services/intake/main.py"), "http")  # type: ignore[no-any-return]


class IntakeService:
    """One service, its databases and its bus."""

    def __init__(self, intake: Store, people: Store) -> None:
        self.bus = FakeBus()
        self.people_store = people
        self.inbox = store.inbox_of(intake, self.bus, People(people, KEYS))

    def call(self, method: str, path: str, function: str = "intake_web", **said: Any) -> TestResponse:
        """What a function answers."""
        return entry_point(function).test_client().open(path, method=method, buffered=True, **said)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.call("GET", f"/intake/{path}", headers={"Accept": "text/html", **headers})

    def post(self, submission: Any, **headers: str) -> TestResponse:
        """Send JSON; headers with `_` for `-`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.call("POST", "/intake/submissions", json=submission, headers=sent)

    def send(self, form: Any = None, lang: str = "en", **headers: str) -> TestResponse:
        """Send the form, as a browser does."""
        body = urlencode(a_form() if form is None else form, doseq=True) if not isinstance(form, bytes) else form
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html", **headers}
        return self.call("POST", f"/intake/?lang={lang}", data=body, headers=sent)

    def refer(self, who: Any, referral: Any) -> TestResponse:
        headers = {} if who is None else signin.signed_in(who)
        return self.call("POST", "/intake/referrals", "intake_referrals", json=referral, headers=headers)

    def sweep(self) -> Any:
        return self.call("POST", "/", "intake_sweep").json

    def kept(self, collection: str) -> list[Any]:
        """The documents of a collection of the service's own database."""
        return [document.body for document in self.inbox.store.query(Query(collection, limit=1000)).items]

    def everything(self) -> str:
        """All that lies in the service's own database, as text: what is not in it was not written in clear."""
        return json.dumps([self.kept(collection) for collection in COLLECTIONS], ensure_ascii=False)

    def persons(self) -> list[str]:
        """Ids of the persons in the vault who are not erased."""
        found = self.people_store.query(Query("persons", limit=1000)).items
        return [document.id for document in found if document.body["erased_at"] is None]


@contextmanager
def an_intake_service(*, proof: str = "off", intake: Store | None = None) -> Iterator[IntakeService]:
    """A service of its own on a quiet Monday at noon; with `proof` "on" it wants challenges solved."""
    assets.catalogues()
    service = IntakeService(intake or MemoryStore("intake"), MemoryStore("people"))
    with pytest.MonkeyPatch.context() as patch, signin.trusted():
        for room in (routes, sending, store):
            patch.setattr(room, "inbox", lambda: service.inbox)
        for room in (routes, sending):
            patch.setattr(room, "settings", lambda: Settings.model_construct(altcha=proof))
        patch.setenv("KIM_ALTCHA", proof)
        patch.setenv("KIM_CHALLENGE_KEY", SECRET)
        challenges._key.cache_clear()
        clock.move(NOON)
        yield service
    clock.move(None)
    challenges._key.cache_clear()
