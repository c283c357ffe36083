"""The cases service at hand: the application on fakes, and staff who call it as they would over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from werkzeug.test import TestResponse

from services.cases import handlers, nouns, routes, table
from services.cases.store import desk_on
from shared import clock
from shared.codes import DataCategory, Phase
from shared.events import CasesLookedAt
from shared.keys import MasterKeys
from shared.municipality import Staff
from shared.people import People
from shared.store import Query, Store
from shared.store.lines import entries, event_of
from tests import signin
from tests.builders import NOON, a_person, a_submission_received
from tests.fakes import FakeBus, MemoryStore

KEYS = MasterKeys("1", {"1": b"k" * 32}, b"s" * 32)
INQUIRY = {
    "given_name": "Ярослава",
    "family_name": "Чумак",
    "date_of_birth": "2005-01-01",
    "language": "uk",
    "phone": "0176 04069030",
    "channel": "sms",
    "topics": ["work", "language"],
    "city_quarter": 204,
    "residence_status": "temporary_protection",
    "message": "Шукаю роботу.",
    "consent_processing": True,
}
CONSENT = {"type": "processing", "form": "written", "language": "de", "text_version": "2026-01"}
GOAL = {"action_field": "housing", "title": "Eigene Wohnung", "agreed": True}
MEASURE = {"what": "Wohngeldantrag ausfüllen", "responsible": "case_manager", "agreed": True}
ASSESSMENT = {"situation": "Wohnt bei Bekannten.", "urgency": 3, "view": "client"}
CLOSURE = {"reason": "goals_achieved", "ended_by": "mutual"}
FINDING = {"title": "Zwei Ämter warten aufeinander", "from_office": "jobcenter", "to_office": "immigration_office"}
CONTACT = {"channel": "phone", "minutes": 20}
APPOINTMENT = {"starts_at": "2026-03-09T10:00:00+01:00", "place": "platz-1", "purpose": "Erstgespräch"}
DOMAIN_END = {"legal_domain": "schulg", "ends_on": "2026-07-31"}
TITLE = {"status": "toleration", "valid_from": "2026-01-01", "valid_until": "2026-12-31"}
RELEASE: dict[str, Any] = {
    **CONSENT,
    "type": "secrecy_release",
    "recipient": "jobcenter",
    "data_categories": ["identity", "referrals", "plan"],
    "informed": True,
}
"""Covers what a referral and a conference pass on."""
WHOLE = {**RELEASE, "recipient": "bruecke", "data_categories": [one.value for one in DataCategory if one != "health"]}
"""Covers what a transfer passes on of a case in which nothing is of health."""
REFERRAL = {"recipient": "jobcenter", "note": "Bitte um einen Termin am Vormittag."}
OFFER = {"title": "Sprachcafé", "action_fields": ["language"], "languages": ["de", "uk"], "capacity": 20}
OFFERS = "title;action_fields;waiting_days\r\nNähwerkstatt;work|participation;7\r\n"
HSDS = {"contents": [{"id": "s-1", "name": "Hilfe", "attributes": [{"taxonomy_term": {"code": "debts"}}]}]}
CONFERENCE: dict[str, Any] = {
    "held_on": "2026-03-05",
    "participants": [
        {"organisation": "lindenhof", "function": "Fallmanagement"},
        {"organisation": "jobcenter", "function": "Leistungssachbearbeitung"},
    ],
    "question": "Wie geht es mit der Wohnung weiter?",
    "agreements": [
        {"who": "jobcenter", "what": "Prüft die Mietübernahme.", "until": "2026-03-19"},
        {"who": "client", "what": "Bringt den Mietvertrag mit."},
    ],
}
DISPUTE = {"datum": "date_of_birth", "statement": "Ich bin älter, als hier steht."}
MEMBER = {"relation": "child", "age_band": "under_18", "name": "Kindermarke"}
BREAK_GLASS = {"ground": "danger_to_client", "reason": "Sie steht am Fenster, und niemand sonst ist da."}
FOLLOW_UP = {"title": "Nach dem Kurs fragen", "due_on": "2026-03-09"}

WAY: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("POST", "phase", {"to": "clearing"}),
    ("POST", "clearing", {"result": "accepted"}),
    ("POST", "phase", {"to": "intake"}),
    ("POST", "consents", CONSENT),
    ("POST", "phase", {"to": "assessment"}),
    ("PUT", "assessment/housing", ASSESSMENT),
    ("POST", "phase", {"to": "planning"}),
    ("POST", "goals", GOAL),
    ("POST", "phase", {"to": "linking"}),
    ("POST", "phase", {"to": "monitoring"}),
    ("POST", "phase", {"to": "evaluation"}),
)
"""What a case manager does from the inquiry to the evaluation."""


class CasesService:
    """One service, its databases and its bus."""

    def __init__(self, store: Store, people: Store) -> None:
        self.store, self.vault, self.bus = store, people, FakeBus()
        self.desk = desk_on(store, self.bus, People(people, KEYS))
        self._numbers = count(1)

    def call(self, who: Staff | str | None, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """What the service answers; a header `If_Match` is sent as `If-Match`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        signed = {} if who is None else signin.signed_in(who)
        said = {"data": body} if isinstance(body, bytes | str) else {} if body is None else {"json": body}
        answering = nouns.application(path.partition("?")[0])  # it finds its desk anew with every request
        return answering.test_client().open(path, method=method, headers={**signed, **sent}, **said)  # type: ignore[arg-type]

    def get(self, who: Staff | str, path: str, **headers: str) -> Any:
        """The body of a 200."""
        answer = self.call(who, "GET", path, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json

    def change(self, who: Staff | str, case: str, method: str, path: str, body: Any = None) -> Any:
        """The body after a change of the version that is there now."""
        version = self.desk.cases.get(case).version
        answer = self.call(who, method, f"/cases/{case}/{path}", body, If_Match=f'"{version}"')
        assert answer.status_code in {200, 201}, answer.text
        return answer.json

    def inquiry(self, person: dict[str, Any] | None = None, **given: Any) -> str:
        """A new inquiry, as a submission makes it; the id of its case."""
        hex = f"{next(self._numbers):032x}"
        who = {"subject": f"submission-{hex}", "person": f"person-{hex}", "reference": f"KIM-{hex[-8:-4]}-{hex[-4:]}"}
        received = a_submission_received(**{**who, **given})
        self.desk.people.keep(received.person, a_person(**(person or {})), subject=received.subject, at=clock.now())
        assert handlers.open_case(received, desk=self.desk, at=clock.now())
        return f"case-{hex}"

    def assigned(self, organisation: str = "lindenhof", to: str = "lindenhof-1", **inquiry: Any) -> str:
        """An inquiry with an organisation and in the hands of a case manager."""
        case = self.inquiry(**inquiry)
        self.change("koordination", case, "POST", "allocation", {"organisation": organisation})
        self.change(f"{organisation}-leitung", case, "POST", "assignment", {"case_manager": to})
        return case

    def consented(self, organisation: str = "lindenhof", to: str = "lindenhof-1", **inquiry: Any) -> str:
        """The same, and its client agrees that her data be worked with."""
        case = self.assigned(organisation, to, **inquiry)
        self.change(to, case, "POST", "consents", CONSENT)
        return case

    def case_in(self, phase: Phase, **inquiry: Any) -> str:
        """A case of lindenhof-1, taken as far as this phase on the usual way."""
        case = self.assigned(**inquiry)
        for method, path, body in WAY:
            if self.desk.cases.get(case).phase is phase:
                return case
            self.change("lindenhof-1", case, method, path, body)
        if phase is Phase.CLOSED:
            outcomes = {goal.id: "achieved" for goal in self.desk.cases.get(case).goals}
            self.change("lindenhof-1", case, "POST", "closure", {**CLOSURE, "outcomes": outcomes})
        assert self.desk.cases.get(case).phase is phase
        return case

    def version(self, case: str) -> int:
        return self.desk.cases.get(case).version

    def looks(self) -> list[CasesLookedAt]:
        """Every look on record, of each process oldest first."""
        logged = [
            event_of(entry)
            for head in self.store.query(Query("looks", limit=1000)).items
            for entry in entries(self.store, head.path)
        ]
        return [event for event in logged if isinstance(event, CasesLookedAt)]

    def kept(self) -> str:
        """Every document of the service's own database, as text: whatever is not in it was not written in clear."""
        collections = ("cases", "*/events", "*/texts", "answers", "looks")
        pages = [self.store.query(Query(collection, limit=100_000)) for collection in collections]
        return json.dumps([document.body for page in pages for document in page.items], ensure_ascii=False)


@contextmanager
def a_cases_service(store: Store | None = None, people: Store | None = None) -> Iterator[CasesService]:
    """A service of its own on a quiet Monday at noon; in memory, where no stores are given."""
    service = CasesService(store or MemoryStore("cases"), people or MemoryStore("people"))
    with pytest.MonkeyPatch.context() as patch, signin.trusted():
        for module in (table, routes):
            patch.setattr(module, "desk", lambda: service.desk)
        clock.move(NOON)
        yield service
    clock.move(None)
