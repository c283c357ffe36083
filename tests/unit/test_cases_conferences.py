"""Case conferences: only with consent and with a release from secrecy for every organisation that takes part."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cases.conferences import domain, handlers
from services.cases.conferences.domain import NotReleased
from services.cases.domain import releases
from services.cases.domain.refusals import CaseIsClosed
from shared import clock
from shared.codes import ConferenceStatus, ConsentKind, Phase
from shared.errors import Rejected
from shared.events import Agreement
from tests.builders import NOON, a_case, a_consent
from tests.cases import CONFERENCE, CONSENT, RELEASE, CasesService, a_cases_service
from tests.conferences import AGREED, CM, confer, consented, patch, shown

TODAY = NOON.date()
ORGANISATIONS = ("jobcenter", "auslaenderbehoerde", "bruecke")


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def held(consents: list[Any], participants: list[str], **case: Any) -> domain.Conference:
    said: dict[str, Any] = {"held_on": TODAY, "agreements": [Agreement(who="client")], "on": TODAY, "at": NOON}
    about = a_case(consents=consents, **case)
    return domain.record(about, "conference-1", participants=participants, by=CM, **said)[0]


def release(organisation: str, **said: Any) -> Any:
    shows = {"data_categories": releases.CONFERENCE}
    return a_consent(kind=ConsentKind.SECRECY_RELEASE, recipient=organisation, **{**shows, **said})


@given(
    processing=st.booleans(),
    released=st.sets(st.sampled_from(ORGANISATIONS)),
    revoked=st.sets(st.sampled_from(ORGANISATIONS)),
    ended=st.sets(st.sampled_from(ORGANISATIONS)),
    partly=st.sets(st.sampled_from(ORGANISATIONS)),
    invited=st.lists(st.sampled_from(("lindenhof", *ORGANISATIONS)), min_size=1, unique=True),
)
def test_exactly_what_is_missing_is_named(
    processing: bool,
    released: set[str],
    revoked: set[str],
    ended: set[str],
    partly: set[str],
    invited: list[str],
):
    consents = [a_consent()] * processing
    for one in released:
        over = {"revoked_at": NOON} if one in revoked else {}
        over |= {"valid_until": TODAY - timedelta(days=1)} if one in ended else {}
        over |= {"data_categories": ["identity", "residence"]} if one in partly else {}
        consents.append(release(one, **over))
    missing = ["consent_processing"] * (not processing)
    for one in invited:
        shown = {"identity"} if one in partly else {"identity", "plan"}
        needed = [] if one == "lindenhof" else ["identity", "plan"]
        lacking = [name for name in needed if name not in shown or one not in released - revoked - ended]
        missing += [f"secrecy_release:{one}:{name}" for name in lacking]

    if not missing:
        assert held(consents, invited).participants == tuple(invited)
        return
    with pytest.raises(NotReleased) as refused:
        held(consents, invited)
    assert refused.value.extra == {"unmet": missing}


def test_consent_to_processing_is_no_release_from_secrecy():
    with pytest.raises(NotReleased):
        held([a_consent(), a_consent(recipient="jobcenter")], ["jobcenter"])


def test_there_is_no_conference_about_a_closed_case():
    with pytest.raises(CaseIsClosed):
        held([a_consent()], ["lindenhof"], phase=Phase.CLOSED)


def test_it_is_refused_with_the_names_of_who_is_missing(cases: CasesService):
    case = cases.assigned()
    participants = [*CONFERENCE["participants"], {"organisation": "bruecke", "function": "Sprachkurs"}]

    answer = confer(cases, case, participants=participants)

    assert answer.status_code == 409
    towards = [f"secrecy_release:{one}:{name}" for one in ("jobcenter", "bruecke") for name in ("identity", "plan")]
    assert answer.json["unmet"] == ["consent_processing", *towards]


def test_it_is_recorded_with_question_participants_and_agreements(cases: CasesService):
    case = consented(cases, "jobcenter")
    id = confer(cases, case).json["id"]

    (row,) = cases.get("lindenhof-leitung", f"/cases/{case}/conferences")["items"]

    assert (row["id"], row["question"], row["recorded_by"]) == (id, CONFERENCE["question"], CM)
    assert row["participants"] == CONFERENCE["participants"]
    assert row["agreements"] == [{"until": None, **one} for one in CONFERENCE["agreements"]]
    words = ("Wohnung weiter", "Leistungssach", "Mietvertrag")
    assert not [word for word in words if word in cases.kept()]
    journal = handlers.conferences(cases.desk)
    assert domain.fold(journal.history(id)) == journal.get(id)


def test_a_release_taken_back_ends_conferences_at_once(cases: CasesService):
    case = consented(cases, "jobcenter")
    assert confer(cases, case).status_code == 201
    (found,) = [one for one in cases.desk.cases.get(case).consents if one.recipient == "jobcenter"]

    cases.call(CM, "POST", f"/cases/{case}/consents/{found.id}/revocation", {})

    assert confer(cases, case).json["unmet"] == [
        "secrecy_release:jobcenter:identity",
        "secrecy_release:jobcenter:plan",
    ]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"participants": []}, "participants"),
        ({"participants": [CONFERENCE["participants"][0]] * 2, "agreements": []}, "participants"),
        ({"participants": [{"organisation": "nirvana", "function": "x"}], "agreements": []}, "participants"),
        ({"agreements": [{"who": "bruecke", "what": "x"}]}, "agreements"),
        ({"question": " "}, "question"),
    ],
)
def test_a_conference_that_cannot_be_is_an_error(cases: CasesService, said: Any, field: str):
    answer = confer(cases, consented(cases, "jobcenter"), **said)

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_adding_one_never_waits_and_happens_once_under_a_key(cases: CasesService):
    case = consented(cases, "jobcenter")
    path = f"/cases/{case}/conferences"

    answers = [cases.call(CM, "POST", path, CONFERENCE, Idempotency_Key="k") for _ in range(2)]

    assert {answer.json["id"] for answer in answers} == {answers[0].json["id"]}
    assert len(cases.get(CM, path)["items"]) == 1


# ---- what becomes of it


@pytest.fixture
def planned(cases: CasesService) -> tuple[str, str]:
    """A case, and the path of a conference about it that is planned for Thursday."""
    case = consented(cases, "jobcenter")
    return case, confer(cases, case, agreements=[]).headers["Location"]


def test_a_day_to_come_is_planned_and_one_that_was_is_held(cases: CasesService):
    case = consented(cases, "jobcenter")
    for day in ("2026-03-01", "2026-03-02", "2026-03-03"):
        assert confer(cases, case, held_on=day).status_code == 201

    rows = cases.get(CM, f"/cases/{case}/conferences")["items"]

    assert [row["status"] for row in rows] == ["held", "held", "planned"]


@pytest.mark.parametrize(("language", "day"), [("de", "09.03.2026"), ("en", "09 March 2026"), ("ar", "09/03/2026")])
def test_a_day_that_does_not_fit_is_written_as_its_reader_does(
    cases: CasesService, planned: tuple[str, str], language: str, day: str
):
    body = {"held_on": "2026-03-09", "status": "held"}
    refused = cases.call(CM, "PATCH", planned[1], body, If_Match='"1"', Accept_Language=language)

    assert (refused.status_code, day in refused.json["detail"]) == (409, True)


def test_it_is_planned_moved_and_held_and_then_says_what_was_agreed_on(cases: CasesService, planned: tuple[str, str]):
    case, path = planned
    moved = patch(cases, path, held_on="2026-03-09")
    assert (moved.status_code, moved.json["held_on"], moved.json["status"]) == (200, "2026-03-09", "planned")
    assert patch(cases, path, 2, status="held").json["title"] == "day_does_not_fit"
    clock.move(NOON + timedelta(days=7))

    assert patch(cases, path, 2, status="held", agreements=AGREED).status_code == 200
    assert patch(cases, path, 3, agreements=[*AGREED, {"who": "jobcenter", "what": "Wartet."}]).status_code == 200

    row = shown(cases, case)
    assert (row["status"], row["version"], row["question"]) == ("held", 4, CONFERENCE["question"])
    assert row["agreements"] == [*AGREED, {"who": "jobcenter", "what": "Wartet.", "until": None}]
    assert row["participants"] == CONFERENCE["participants"]
    assert "Kündigung" not in cases.kept()
    journal = handlers.conferences(cases.desk)
    assert domain.fold(journal.history(row["id"])) == journal.get(row["id"])


def test_agreements_after_its_day_say_that_it_was_held(cases: CasesService, planned: tuple[str, str]):
    case, path = planned
    clock.move(NOON + timedelta(days=4))

    patch(cases, path, agreements=AGREED)

    assert shown(cases, case)["status"] == "held"


def test_a_cancelled_one_says_why_and_stays_so(cases: CasesService, planned: tuple[str, str]):
    case, path = planned
    assert patch(cases, path, status="cancelled", reason="Die Sachbearbeiterin ist krank.").status_code == 200

    assert (shown(cases, case)["status"], shown(cases, case)["reason"]) == (
        "cancelled",
        "Die Sachbearbeiterin ist krank.",
    )
    for said in ({"status": "held"}, {"held_on": "2026-03-09"}, {"status": "cancelled"}, {"agreements": AGREED}):
        assert patch(cases, path, 2, **said).json["title"] == "conference_is_over"
    assert "krank" not in cases.kept()


def test_what_was_held_is_not_cancelled(cases: CasesService):
    path = confer(cases, consented(cases, "jobcenter"), held_on="2026-03-02").headers["Location"]

    assert patch(cases, path, status="cancelled").json["title"] == "conference_is_over"


def test_it_is_held_only_while_everybody_is_released(cases: CasesService, planned: tuple[str, str]):
    case, path = planned
    (found,) = [one for one in cases.desk.cases.get(case).consents if one.recipient == "jobcenter"]
    cases.call(CM, "POST", f"/cases/{case}/consents/{found.id}/revocation", {})
    clock.move(NOON + timedelta(days=3))

    refused = patch(cases, path, status="held")

    missing = ["secrecy_release:jobcenter:identity", "secrecy_release:jobcenter:plan"]
    assert (refused.status_code, refused.json["unmet"]) == (409, missing)
    assert patch(cases, path, held_on="2026-03-20").json["unmet"] == missing
    assert patch(cases, path, status="cancelled").status_code == 200


def test_a_release_has_to_last_until_the_day_of_the_conference(cases: CasesService):
    case = cases.assigned()
    for consent in (CONSENT, {**RELEASE, "valid_until": "2026-03-04"}):
        assert cases.call(CM, "POST", f"/cases/{case}/consents", consent).status_code == 201

    assert confer(cases, case, held_on="2026-03-04").status_code == 201
    assert confer(cases, case, held_on="2026-03-05").status_code == 409


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "_schema"),
        ({"status": "planned"}, "status"),
        ({"status": "cancelled", "held_on": "2026-03-09"}, "status"),
        ({"reason": "x"}, "reason"),
        ({"agreements": [{"who": "bruecke", "what": "x"}]}, "agreements"),
        ({"participants": []}, "participants"),
        ({"participants": [CONFERENCE["participants"][0]] * 2}, "participants"),
        ({"participants": [{"organisation": "nirvana", "function": "x"}]}, "participants"),
        ({"participants": [{"organisation": "jobcenter"}]}, "participants"),
        ({"status": "cancelled", "participants": CONFERENCE["participants"]}, "status"),
    ],
)
def test_a_change_that_cannot_be_is_an_error(cases: CasesService, planned: tuple[str, str], said: Any, field: str):
    answer = patch(cases, planned[1], **said)

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_who_is_late_is_told_what_changed_meanwhile(cases: CasesService, planned: tuple[str, str]):
    _, path = planned
    cases.call("lindenhof-leitung", "PATCH", path, {"held_on": "2026-03-10"}, If_Match='"1"')

    late = patch(cases, path, status="cancelled")

    assert late.status_code == 412
    told = [(one["type"], one["by"]) for one in late.json["changes"]]
    assert told == [("cases.conference-changed.v1", "lindenhof-leitung")]
    assert cases.call(CM, "PATCH", path, {"status": "cancelled"}).status_code == 428


STEPS = st.lists(
    st.one_of(
        st.just("cancel"),
        st.fixed_dictionaries(
            {},
            optional={
                "held_on": st.integers(-3, 6).map(lambda days: TODAY + timedelta(days=days)),
                "status": st.just(ConferenceStatus.HELD),
                "agreements": st.just([Agreement(who="client")]),
                "participants": st.lists(st.sampled_from(["jobcenter", "bruecke"]), min_size=1, unique=True),
            },
        ),
    ),
    max_size=8,
)


@given(steps=STEPS, first=st.integers(-2, 4))
def test_the_state_is_the_fold_of_its_events(steps: list[Any], first: int):
    case = a_case(consents=[a_consent(), release("jobcenter"), release("bruecke")])
    said: dict[str, Any] = {"participants": ["jobcenter"], "agreements": [], "on": TODAY, "at": NOON, "by": CM}
    now, event = domain.record(case, "conference-1", held_on=TODAY + timedelta(days=first), **said)
    history: list[Any] = [event]
    for number, step in enumerate(steps):
        by: dict[str, Any] = {"at": NOON + timedelta(days=number), "by": CM}
        try:
            if step == "cancel":
                now, event = domain.cancel(case, now, **by)
            else:
                now, event = domain.change(case, now, **step, on=TODAY + timedelta(days=number), **by)
        except Rejected:
            continue
        history.append(event)

    assert domain.fold(history) == now
    assert [one.version for one in history] == list(range(1, now.version + 1))
