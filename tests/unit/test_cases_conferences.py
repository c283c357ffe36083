"""Case conferences: only with consent and with a release from secrecy for every organisation that takes part."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cases.conferences import domain, handlers
from services.cases.conferences.domain import NotReleased
from services.cases.domain import releases
from services.cases.domain.refusals import CaseIsClosed
from shared.codes import ConsentKind, Phase
from shared.events import Agreement
from tests.builders import NOON, a_case, a_consent
from tests.cases import CONFERENCE, CONSENT, RELEASE, CasesService, a_cases_service

CM = "lindenhof-1"
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


def confer(cases: CasesService, case: str, **said: Any) -> Any:
    return cases.call(CM, "POST", f"/cases/{case}/conferences", {**CONFERENCE, **said})


def consented(cases: CasesService, *organisations: str) -> str:
    case = cases.assigned()
    for consent in (CONSENT, *({**RELEASE, "recipient": one} for one in organisations)):
        assert cases.call(CM, "POST", f"/cases/{case}/consents", consent).status_code == 201
    return case


@settings(deadline=None)
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
