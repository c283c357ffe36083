"""A service whose every request is watched: what was answered, what was written, and what may never happen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from werkzeug.test import TestResponse

from services.cases import closing, radar
from services.cases.audit import handlers as audit
from services.cases.break_glass import overdue
from services.cases.conferences import handlers as conferences
from services.cases.domain.case import Case
from services.cases.domain.history import fold
from services.cases.referrals import expired
from services.cases.referrals import handlers as referrals
from services.cases.transfers import handlers as transfers
from shared import clock
from shared.municipality import Staff, municipality
from shared.store import Create, Put, Query, Write
from tests.anybody.marks import FIELDS, OF_THE_CLIENT, PART, Origin, origins
from tests.anybody.model import SPECIAL, Known
from tests.anybody.rules import REFERRAL, holds, may_see
from tests.cases import CasesService
from tests.fakes import MemoryStore


class WatchedStore(MemoryStore):
    """A database that remembers what was written since it was last asked."""

    def __init__(self) -> None:
        super().__init__("cases")
        self.written: list[Create | Put] = []

    def commit(self, writes: Sequence[Write], *, durably: bool = True) -> None:
        super().commit(writes, durably=durably)
        self.written += [one for one in writes if isinstance(one, Create | Put)]


class Watched:
    """The service and the cases that it must hold."""

    def __init__(self, service: CasesService, store: WatchedStore) -> None:
        self.service, self.store = service, store
        self.cases: list[Known] = []

    @property
    def today(self) -> date:
        return clock.day(clock.now())

    def call(self, user: Staff, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """What is answered, after everything was checked that holds for every answer."""
        self.store.written.clear()
        answer = self.service.call(user, method, path, body, **headers)
        said = f"{user.id} {method} {path} {body} {headers}: {answer.status_code} {answer.text[:500]}"
        assert answer.status_code < 500, said
        self._nobody_sees_more_than_she_may(user, path, answer, said)
        self._every_look_is_recorded(user, method, path, answer, said)
        if answer.status_code >= 300 or method == "GET":
            assert not [one.path for one in self.store.written if not one.path.startswith("looks/")], said
        return answer

    def was_refused(self, user: Staff, case: Known) -> bool:
        """Whether it is on record that the last request was refused."""
        looks = (one.body["event"] for one in self.store.written if "event" in one.body)
        return any((one["by"], one["reason"], one["cases"]) == (user.id, "refused", [case.id]) for one in looks)

    def events(self, path: str) -> list[dict[str, Any]]:
        """What the last request had happen under a path."""
        created = (one for one in self.store.written if isinstance(one, Create))
        logged = (one.body for one in created if one.path.startswith(f"{path}/events/"))
        return [entry["event"] for entry in logged]

    def _nobody_sees_more_than_she_may(self, user: Staff, path: str, answer: TestResponse, said: str) -> None:
        text = answer.text + str(dict(answer.headers))
        for origin in origins(text, range(len(self.cases))):
            assert may_see(user, origin, self.cases[origin.number], path.partition("?")[0], clock.now()), (origin, said)
        self._special_groups_stand_in_the_file_alone(user, path, answer, said)
        if user.roles and {*user.roles} == {"partner"} and answer.status_code == 200 and answer.is_json:
            for row in answer.json.get("items", [answer.json]):
                self._no_field_is_too_much(user, row, said)

    def _special_groups_stand_in_the_file_alone(self, user: Staff, path: str, answer: TestResponse, said: str) -> None:
        if answer.status_code >= 300 or not any(f'"{group}"' in answer.text for group in SPECIAL):
            return
        (case,) = [one for one in self.cases if path.startswith(f"/cases/{one.id}")]
        reads = holds(user, case) or case.open_to(user.id, clock.now()) or "privacy_officer" in user.roles
        assert reads, said
        assert path.partition(case.id)[2] in {"", "/history", "/subject-access"}, said

    def _no_field_is_too_much(self, user: Staff, row: dict[str, Any], said: str) -> None:
        case = next((one for one in self.cases if one.id in (row.get("id"), row.get("case"))), None)
        if case is None:
            return
        if row.get("case") == case.id:  # a referral
            assert case.showing(user.organisation, self.today), said
            assert case.covers(REFERRAL, user.organisation, self.today), said
        assert not {"merged", "merged_into"} & row.keys(), said
        named = {name for name, value in row.items() if name in PART and value is not None}
        named |= {name for name, value in (row.get("client") or {}).items() if value is not None}
        of_the_file = {part for table in (FIELDS, OF_THE_CLIENT) for part in table}
        assert {PART.get(name) for name in named} <= of_the_file, said
        for name in named:
            assert case.shows(Origin(PART[name], case.number), user.organisation, self.today), (name, said)

    def _every_look_is_recorded(self, user: Staff, method: str, path: str, answer: TestResponse, said: str) -> None:
        looks = [
            one.body["event"] for one in self.store.written if one.path.startswith("looks/") and "event" in one.body
        ]
        assert all(one["by"] == user.id for one in looks), said
        seen = {id for one in looks if one["reason"] != "refused" for id in one["cases"]}
        if answer.status_code < 300:
            pointed = {id for one in self.cases if one.id in seen for id in one.met}
            shown = {self.cases[origin.number].id for origin in origins(answer.text, range(len(self.cases)))}
            if method == "GET" and "/findings" not in path:
                named = {one.id for one in self.cases if one.id in answer.text} - pointed
                shown |= named | {one.id for one in self.cases if one.id in path}
            assert shown <= seen, said
        if answer.status_code == 403:
            assert [one for one in looks if one["reason"] == "refused"], said

    def is_as_known(self, case: Known) -> None:
        """The case is what the rules make of what was asked, and what its log makes of it."""
        held = self.service.desk.cases.get(case.id)
        now = (held.phase.value, held.organisation, held.case_manager, held.episode, held.offered_to, held.restricted)
        assert now == (case.phase, case.organisation, case.manager, case.episode, case.offered, case.restricted)
        assert {one.id: one.outcome for one in held.goals} == case.goals
        assert {one.id: one.status for one in held.measures} == {id: one["status"] for id, one in case.measures.items()}
        assert (held.erased_at is not None, held.legal_hold) == (case.erased, case.held)
        self._groups_are_as_known(case, held)
        assert (held.merged_into, held.merged) == (case.merged_into, tuple(one.id for one in case.merged))
        assert fold(self.service.desk.cases.history(case.id)) == held

    def _groups_are_as_known(self, case: Known, held: Case) -> None:
        """What somebody decided on holds, and a special target group stands only where its consent does."""
        assert ({*held.confirmed_groups}, {*held.rejected_groups}) == (case.confirmed, case.ruled_out)
        assert case.confirmed <= {*held.target_groups}
        assert not case.ruled_out & {*held.target_groups}
        assert all(case.may_record(one, self.today) for one in held.target_groups)
        assert held.legal_domains == case.domains

    def lapsed(self, case: Known, organisation: str) -> bool:
        """Whether a release ran out, and only the night stops what went there under it."""
        towards = (one for one in case.consents.values() if one["to"] == organisation and not one["revoked"])
        return any(one["until"] is not None and one["until"] < self.today for one in towards)

    def ends(self, case: Known) -> None:
        """What the end of a case ends, whenever it is told."""
        told = [closing.settle(case.id, desk=self.service.desk, at=clock.now(), by=case.id) for _ in range(2)]
        assert not any(told[1].values())
        assert not any(told[0].values()) or case.phase == "closed"

    def every_look_was_allowed(self) -> None:
        """Whoever looked at whatever: the audit of the night finds her reason in force at that moment."""
        service = self.service
        found = audit.run(service.store, service.bus, at=clock.now() + timedelta(days=1))
        assert found["deviations"] == found["broken"] == 0, service.store.query(Query("audits")).items[0].body

    def nights(self) -> None:
        """What runs by night."""
        desk, at = self.service.desk, clock.now()
        radar.scan(desk=desk, pack=municipality(), at=at)
        referrals.give_back_unanswered(desk=desk, at=at, by="cases_referrals")
        expired.stop_expired(desk=desk, at=at, by="cases_referrals")
        transfers.lapse(desk=desk, at=at, by="cases_referrals")
        conferences.lapse(desk=desk, at=at, by="cases_referrals")
        for case in self.cases:
            case.night_passes(self.today)
        overdue.escalate(desk=desk, pack=municipality(), at=at, by=radar.BY)
