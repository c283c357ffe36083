"""Anybody asks for anything, in any order: whatever it is, a few things always hold.

The log gives the state. No case goes where the rules forbid. Nobody's change is lost. A partner sees no byte beyond the
releases in force, and nobody else what is not hers. Every look is on record, and so is every refusal. Nothing breaks.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from shared import clock
from shared.municipality import municipality
from tests import signin
from tests.anybody import asked, logged
from tests.anybody.held import HERS, Held
from tests.anybody.marks import NEVER, Origin, a_client, mark
from tests.anybody.model import Known, happen
from tests.anybody.rules import CONFERENCE, REFERRAL, WITHOUT_VERSION, expected, may_break, refusal

MOST_CASES = 3
PARTNERS = ["partner-jobcenter", "partner-jobcenter", "partner-auslaenderbehoerde"]
STAFF = [one.id for one in municipality().staff]
USERS = st.sampled_from([*STAFF, *PARTNERS * 3, "lindenhof-1", "lindenhof-1", "lindenhof-leitung"])
WHO = st.sampled_from([*STAFF, *[HERS] * 3 * len(STAFF)])
STEPS = st.integers(0, 18)
Said = dict[str, Any]
Beside = tuple[str, Said]
BESIDE = st.lists(asked.ADDITIONS, min_size=1, max_size=3)
NUMBERS = st.integers(0, MOST_CASES - 1)
SEEN = st.sampled_from(["now", "now", "now", "now", "old", "none"])


class Anybody(Held):
    """People of every role and organisation, at a few cases."""

    @initialize(steps=STEPS, said=asked.RELEASES, beside=BESIDE)
    def a_first_inquiry(self, steps: int, said: Said, beside: list[Beside]) -> None:
        self.somebody_sends_a_form(steps, said, beside)

    @precondition(lambda self: len(self.kim.cases) < MOST_CASES)
    @rule(steps=STEPS, said=asked.RELEASES, beside=BESIDE)
    def somebody_sends_a_form(self, steps: int, said: Said, beside: list[Beside]) -> None:
        """And the usual is done about it, so many steps far, and something beside."""
        number = len(self.kim.cases)
        coded = {"topics": ["debts", "health"], "city_quarter": 907, "residence_status": "toleration"}
        self.kim.cases.append(Known(number, self.kim.service.inquiry(a_client(number), **coded)))
        self.the_case_goes_on(number, steps)
        self.somebody_is_in_a_hurry(number, HERS, "phase")
        self.the_client_releases(number, said)
        for addition in beside:
            self.anybody_adds_beside(HERS, number, addition)

    @rule(who=WHO, number=NUMBERS, seen=SEEN, command=asked.COMMANDS)
    def anybody_commands(self, who: str, number: int, seen: str, command: Beside) -> None:
        case = self.case(number)
        self.commands(self.user(who, case), case, command[0], asked.worded(*command, case), seen)

    @rule(number=NUMBERS, which=NUMBERS, who=st.sampled_from(["leitung", "1"]))
    def two_cases_turn_out_to_be_of_one_person(self, number: int, which: int, who: str) -> None:
        case = self.case(number)
        user = signin.staff(f"{case.organisation or 'lindenhof'}-{who}")
        self.commands(user, case, "merge", {"which": which}, "now")

    @rule(number=NUMBERS, who=WHO)
    def and_of_two_after_all(self, number: int, who: str) -> None:
        merged = [one for one in self.kim.cases if one.into is not None]
        case = merged[number % len(merged)] if merged else self.case(number)
        self.commands(self.user(who, case), case, "separation", {}, "now")

    @rule(number=NUMBERS, steps=st.integers(1, 4))
    def the_case_goes_on(self, number: int, steps: int) -> None:
        """The next steps on the usual way, each by whoever takes it."""
        case = self.case(number)
        for _ in range(steps):
            who, what, said = asked.usual(case, self.kim.today)
            self.commands(self.user(who, case), case, what, asked.worded(what, said, case), "now")

    @rule(number=NUMBERS, who=WHO, what=st.sampled_from(["phase", "closure"]))
    def somebody_is_in_a_hurry(self, number: int, who: str, what: str) -> None:
        """And asks for the next phase, or the end, before everything is there that it needs."""
        case = self.case(number)
        said = {"to": asked.following(case)} if what == "phase" else asked.worded("closure", asked.CLOSING, case)
        self.commands(self.user(who, case), case, what, said, "now")

    @rule(number=NUMBERS)
    def the_next_step_comes_too_late(self, number: int) -> None:
        """Somebody else was there since she looked."""
        case = self.case(number)
        who, what, said = asked.usual(case, self.kim.today)
        self.commands(self.user(who, case), case, what, asked.worded(what, said, case), "old")

    @rule(number=NUMBERS, said=asked.RELEASES)
    def the_client_releases(self, number: int, said: Said) -> None:
        case = self.case(number)
        self.commands(self.user(HERS, case), case, "consents", said, "now")

    @rule(number=NUMBERS, which=asked.IDS)
    def the_client_takes_a_declaration_back(self, number: int, which: int) -> None:
        case = self.case(number)
        said = asked.worded("consents/revocation", {"which": which}, case)
        self.commands(self.user(HERS, case), case, "consents/revocation", said, "now")

    @rule(number=NUMBERS, said=asked.RELEASES, answer=asked.ANSWERS)
    def the_client_is_referred_and_takes_it_back(self, number: int, said: Said, answer: dict[str, Any]) -> None:
        case = self.case(number)
        self.the_client_releases(number, asked.PROCESSING)
        self.the_client_releases(number, {**said, "data_categories": list(asked.USUAL), "valid_until": None})
        before = self.beside(case, "referrals")
        self.anybody_adds_beside(HERS, number, ("referrals", {"recipient": said["recipient"], "status": "sent"}))
        there = self.beside(case, "referrals")
        for which in [which for which, held in enumerate(there) if held not in before]:
            self.whoever_got_a_referral_answers(number, which, answer)
        self.partners_see_what_is_released_to_them_and_no_more()
        given = [which for which, one in enumerate(case.consents.values()) if one["to"] == said["recipient"]]
        for which in given:
            self.the_client_takes_a_declaration_back(number, which)
        for which, held in enumerate(there):
            if (who := f"partner-{held['recipient']}") in STAFF:
                self.anybody_reads_a_referral(who, number, which)

    @rule(number=NUMBERS, who=USERS, what=st.sampled_from(asked.READS))
    def a_special_group_is_noted_and_its_consent_taken_back(self, number: int, who: str, what: str) -> None:
        case = self.case(number)
        for command, said in (
            ("target-groups", {"group": "lsbti", "confirmed": True}),
            ("consents", asked.EXPRESSLY),
            ("target-groups", {"group": "lsbti", "confirmed": True}),
        ):
            self.commands(self.user(HERS, case), case, command, said, "now")
        self.anybody_reads(who, number, what)
        self.anybody_lists(who, "/cases")
        for which, one in enumerate(case.consents.values()):
            if one["groups"]:
                self.the_client_takes_a_declaration_back(number, which)

    @rule(number=NUMBERS, command=asked.RIGHTS)
    def the_privacy_officer_acts(self, number: int, command: Beside) -> None:
        self.commands(signin.staff("datenschutz"), self.case(number), *command, "now")

    @rule(who=WHO, number=NUMBERS, addition=asked.ADDITIONS)
    def anybody_adds_beside(self, who: str, number: int, addition: Beside) -> None:
        case, (what, said) = self.case(number), addition
        user, body = self.user(who, case), asked.worded(what, said, case)
        answer = self.kim.call(user, "POST", f"/cases/{case.id}/{what}", body)
        self.answered_as_holding(user, case, answer.status_code, 201)
        if answer.status_code != 201:
            return
        self.accepted.append((answer.json["id"], 1, user.id))
        self.something_changed = True
        if body.get("status") == "sent":
            assert case.covers(REFERRAL, body["recipient"], self.kim.today)
        if what == "referrals":
            assert any(one["type"] == "processing" for one in case.in_force(self.kim.today))
        if what == "conferences":
            others = {one["organisation"] for one in body["participants"]} - {case.organisation}
            assert all(case.covers(CONFERENCE, one, self.kim.today) for one in others)
            assert any(one["type"] == "processing" for one in case.in_force(self.kim.today))
        self.nothing_goes_where_it_is_not_released(case)

    @rule(who=WHO, number=NUMBERS)
    def anybody_raises_a_finding(self, who: str, number: int) -> None:
        case = self.case(number)
        user, said = (
            self.user(who, case),
            {"title": "Zwei Ämter warten", "from_office": "school", "to_office": "school"},
        )
        answer = self.kim.call(user, "POST", "/cases/findings", {"case": case.id, **said})
        self.answered_as_holding(user, case, answer.status_code, 201)

    @rule(who=WHO, number=NUMBERS, which=st.integers(0, 20), seen=SEEN, change=asked.CHANGES)
    def anybody_changes_beside(self, who: str, number: int, which: int, seen: str, change: Beside) -> None:
        case, (what, said) = self.case(number), change
        there = self.beside(case, what)
        if not there:
            return
        held, user = there[which % len(there)], self.user(who, case)
        version = held["version"] - (seen == "old")
        headers = {} if seen == "none" else {"If_Match": f'"{version}"'}
        path = f"/cases/{case.id}/{what}/{held['id']}"
        answer = self.kim.call(user, "PATCH", path, asked.worded(what, said, case), **headers)
        if what == "referrals" and "partner" in user.roles:
            assert answer.status_code not in {200, 409, 412} or case.covers(REFERRAL, user.organisation, self.kim.today)
        else:
            self.answered_as_holding(user, case, answer.status_code, {"none": 428, "old": 412}.get(seen, 200))
        if answer.status_code == 200:
            assert (seen, answer.json["version"]) == ("now", held["version"] + 1)
            self.accepted.append((held["id"], answer.json["version"], user.id))
            self.something_changed = True
        self.nothing_goes_where_it_is_not_released(case)

    @rule(who=USERS, number=NUMBERS, what=st.sampled_from(asked.READS))
    def anybody_reads(self, who: str, number: int, what: str) -> None:
        case, user = self.case(number), signin.staff(who)
        refused = refusal(user, what, case, clock.now(), reads=True)
        answer = self.kim.call(user, "GET", f"/cases/{case.id}{'/' if what else ''}{what}")
        assert answer.status_code == (refused or 200), (who, what, case, answer.text)
        assert refused is None or self.kim.was_refused(user, case)

    @rule(who=USERS, number=NUMBERS, ground=asked.GROUNDS, what=st.sampled_from(asked.READS), later=st.booleans())
    def anybody_breaks_the_glass(self, who: str, number: int, ground: str, what: str, later: bool) -> None:
        """And reads, as far as that goes; she changes nothing, finds nothing more in a list, and has an hour."""
        case, user = self.case(number), signin.staff(who)
        wanted = may_break(user, case, clock.now())
        said = {"ground": ground, "reason": mark(NEVER, case.number)}
        answer = self.kim.call(user, "POST", f"/cases/{case.id}/break-glass", said)
        assert answer.status_code == wanted, (who, case, answer.text)
        if wanted == 201:
            case.opened[user.id] = datetime.fromisoformat(answer.json["until"])
            self.accepted.append((answer.json["id"], 1, user.id))
        for path in dict.fromkeys(("", what)):
            self.anybody_reads(who, number, path)
        self.anybody_adds_beside(who, number, ("follow-ups", {"due_on": "2026-03-20"}))
        self.anybody_lists(who, f"/cases?q=Vormarke{case.number}")
        if later:
            clock.move(clock.now() + timedelta(minutes=61))
            self.anybody_reads(who, number, what)

    @rule(who=USERS, number=NUMBERS, which=st.integers(0, 20))
    def anybody_reviews_it(self, who: str, number: int, which: int) -> None:
        case, user = self.case(number), signin.staff(who)
        there = self.beside(case, "break-glass")
        if not there:
            return
        held = there[which % len(there)]
        path, match = f"/cases/{case.id}/break-glass/{held['id']}/review", f'"{held["version"]}"'
        answer = self.kim.call(user, "POST", path, {"result": "justified"}, If_Match=match)
        watches = refusal(user, "break-glass", case, clock.now()) is None and held["broken_by"] != user.id
        assert answer.status_code in ({200 if held["awaits_review"] else 409} if watches else {403, 404})
        if answer.status_code == 200:
            self.accepted.append((held["id"], answer.json["version"], user.id))

    @rule(who=USERS, path=st.sampled_from(asked.LISTS))
    def anybody_lists(self, who: str, path: str) -> None:
        self.kim.call(signin.staff(who), "GET", path)

    @rule(who=USERS, number=NUMBERS, which=st.integers(0, 20))
    def anybody_reads_a_referral(self, who: str, number: int, which: int) -> None:
        case, user = self.case(number), signin.staff(who)
        there = self.beside(case, "referrals")
        if there:
            self.kim.call(user, "GET", f"/cases/{case.id}/referrals/{there[which % len(there)]['id']}")

    @rule(number=NUMBERS, which=st.integers(0, 20), change=asked.ANSWERS)
    def whoever_got_a_referral_answers(self, number: int, which: int, change: Said) -> None:
        case = self.case(number)
        if there := self.beside(case, "referrals"):
            who = f"partner-{there[which % len(there)]['recipient']}"
            self.anybody_changes_beside(who if who in STAFF else HERS, number, which, "now", ("referrals", change))

    @rule(days=st.sampled_from([1, 1, 2, 15, 40]))
    def days_pass(self, days: int) -> None:
        """And the nights between them."""
        clock.move(clock.now() + timedelta(days=days))
        self.kim.nights()
        for case in self.kim.cases:
            self.after_a_night_nothing_is_left_that_is_not_released(case)
        self.something_changed = True

    @invariant()
    def partners_see_what_is_released_to_them_and_no_more(self) -> None:
        """At once: in the file, the list, the search and among what was sent to them."""
        if not self.something_changed:
            return
        self.something_changed = False
        for who in ("partner-jobcenter", "partner-auslaenderbehoerde"):
            self.anybody_reads(who, self.last.number, "")
        jobcenter = signin.staff("partner-jobcenter")
        for path in ("/cases", "/cases/referrals/incoming"):
            self.kim.call(jobcenter, "GET", path)
        found = self.kim.call(jobcenter, "GET", f"/cases?q=Vormarke{self.last.number}").json
        named = {
            one.id for one in self.kim.cases if one.shows(Origin("identity", one.number), "jobcenter", self.kim.today)
        }
        assert {row["id"] for row in found["items"]} <= named

    def teardown(self) -> None:
        with self.stack:
            if sys.exc_info()[0] is None:  # or it would hide what was found
                logged.everything_is_in_the_log(self.kim, self.accepted)
                self.kim.every_look_was_allowed()

    def commands(self, user: Any, case: Known, what: str, said: Said, seen: str) -> None:
        """Ask for it, and be answered as the rules say."""
        now = self.kim.service.version(case.id)
        if what == "merge":
            other = self.kim.cases[said["which"] % len(self.kim.cases)]
            said = {"other": other, "into": other.id}
        wanted = expected(user, what, said, seen, case, clock.now())
        method, path, body = asked.request(what, said)
        named = seen != "none" and what not in WITHOUT_VERSION
        headers = {"If_Match": f'"{now - (seen == "old")}"'} if named else {}
        answer = self.kim.call(user, method, f"/cases/{case.id}/{path}", body, **headers)
        assert answer.status_code == wanted, (user.id, what, said, seen, wanted, case, answer.status_code, answer.text)
        if wanted in {403, 404} and refusal(user, what, case, clock.now()):
            assert self.kim.was_refused(user, case)
        if answer.status_code < 300:
            happen(what, said, answer.json.get("id", ""), case)
            self.is_in_the_history(user, case, what, now)
            self.something_changed = True
            self.with_the_case_ends_what_is_open(case)
        for one in self.kim.cases:
            self.kim.is_as_known(one)
        if what == "erasure":  # whoever reads it, nothing of her is left
            self.anybody_reads(self.user(HERS, case).id, case.number, "")
            self.anybody_reads("datenschutz", case.number, "subject-access")
        if what == "consents/revocation":
            self.nothing_goes_where_it_is_not_released(case)


TestAnybody = Anybody.TestCase
TestAnybody.settings = settings(max_examples=30, stateful_step_count=40, suppress_health_check=list(HealthCheck))
