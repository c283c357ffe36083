"""Subject access: what a client sent first, as it was received, and which other files may be hers."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from services.cases import handlers
from services.intake import handlers as intake
from services.intake.domain import Origin
from services.intake.store import inbox_of
from shared.codes import ConsentForm, Phase, Referrer
from shared.forms import ReferralForm, SubmissionForm
from tests.builders import NOON
from tests.cases import INQUIRY, CasesService, a_cases_service
from tests.fakes import FakeBus, MemoryStore
from tests.html import Page
from tests.merging import merge
from tests.rights import erase

FORM = {**INQUIRY, "consent_contact": True, "email": "quelle@example.org"}
AGREED = "أوافق على أن تستخدموا بياناتي لتقديم المشورة لي، بما في ذلك ما أذكره عن صحتي أو ديني أو أصلي."
REFERRED = Origin(
    referrer=Referrer.JOBCENTER,
    organisation="jobcenter",
    consent_form=ConsentForm.WRITTEN,
    consent_language="uk",
    by="partner-jobcenter",
)
TWIN = {"given_name": "Yaroslava", "family_name": "Quellwasserov"}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def sent(cases: CasesService, form: dict[str, Any], origin: Origin) -> str:
    """The case that a form becomes, sent through the intake as it is."""
    told = FakeBus()
    inbox = inbox_of(MemoryStore("intake"), told, cases.desk.people)
    read = (ReferralForm if origin.organisation else SubmissionForm)().load(form)
    intake.take_in(read, origin, inbox=inbox, at=NOON, chance=Random(7))
    (event,) = told.published
    assert handlers.open_case(event, desk=cases.desk, at=NOON)
    return event.subject.replace("submission", "case")


def package(cases: CasesService, case: str) -> Any:
    return cases.get("datenschutz", f"/cases/{case}/subject-access")


def page(cases: CasesService, case: str, **headers: str) -> Page:
    return Page(cases.call("datenschutz", "GET", f"/cases/{case}/subject-access?format=html", **headers).text)


# ---- what was received


def test_she_reads_what_she_sent_and_the_words_that_she_agreed_to(cases: CasesService):
    case = sent(cases, FORM, Origin(consent_language="ar"))

    told = package(cases, case)["received"]

    assert (told["entrance"], told["received_at"]) == ("form", "2026-03-02T11:00:00.000000+00:00")
    assert (told["consent_text"], told["consent_form"], told["consent_language"]) == ("intake-1", "electronic", "ar")
    assert told["words"]["consent_processing"] == AGREED
    codes = ("language", "channel", "topics", "city_quarter", "residence_status", "consent_contact")
    assert [told[one] for one in codes] == ["uk", "sms", ["work", "language"], 204, "temporary_protection", True]
    assert [told[one] for one in ("given_name", "message")] == [FORM["given_name"], FORM["message"]]
    assert told["replaced"] == []


def test_the_page_says_it_in_the_words_that_stood_there_then(cases: CasesService):
    case = sent(cases, FORM, Origin(consent_language="ar"))

    said = [one.text for one in page(cases, case).all("bdi")]

    assert any(AGREED in one for one in said)
    assert {"Formular der Ratsuchenden", "العربية"} <= set(said)


def test_of_a_referral_she_reads_who_sent_it_and_no_words_that_we_never_showed(cases: CasesService):
    said = {**FORM, "consent_form": "written", "reason": "Lena Muster bittet um Hilfe.", "referrer_reference": "AZ 17"}
    case = sent(cases, said, REFERRED)

    told = package(cases, case)["received"]

    assert [told[one] for one in ("entrance", "referred_by", "referrer")] == ["referral", "jobcenter", "jobcenter"]
    assert (told["consent_text"], told["consent_form"], "words" in told) == (None, "written", False)
    assert (told["referral_reason"], told["referrer_reference"]) == ("[…] bittet um Hilfe.", "AZ 17")
    assert "Jobcenter" in {one.text for one in page(cases, case).all("bdi")}


def test_what_was_written_about_her_by_others_is_shown_to_the_officer_for_a_check(cases: CasesService):
    case = sent(cases, {**FORM, "consent_form": "written", "reason": "Lena Muster bittet um Hilfe."}, REFERRED)

    assert package(cases, case)["removed"] == [
        {"part": "master_data", "version": 1, "field": "referral_reason", "times": 1}
    ]


def test_of_an_inquiry_that_staff_took_she_reads_that_they_did(cases: CasesService):
    case = cases.call("lindenhof-1", "POST", "/cases", INQUIRY).json["id"]

    told = package(cases, case)["received"]

    assert (told["entrance"], told["referred_by"], told["consent_text"]) == ("staff", None, None)
    assert told["message"] == INQUIRY["message"]


def test_what_she_changed_since_is_named_and_shown_as_it_is_now_only(cases: CasesService):
    case = sent(cases, FORM, Origin(consent_language="de"))
    cases.change("koordination", case, "POST", "allocation", {"organisation": "lindenhof"})
    cases.change("lindenhof-leitung", case, "POST", "assignment", {"case_manager": "lindenhof-1"})
    cases.change("lindenhof-1", case, "PATCH", "client", {"phone": "0171 3920001", "language": "en"})

    told = package(cases, case)

    assert told["received"]["replaced"] == ["phone"]
    assert "phone" not in told["received"]
    assert told["master_data"]["phone"] == "+491713920001"
    assert (told["received"]["language"], told["file"]["language"]) == ("uk", "en")


def test_of_what_came_in_before_this_was_told_her_answers_are_there(cases: CasesService):
    told = package(cases, cases.inquiry())["received"]

    assert "entrance" not in told
    assert told["channel"] == "sms"


def test_of_an_erased_client_the_codes_and_the_version_are_left(cases: CasesService):
    case = sent(cases, FORM, Origin(consent_language="de"))
    assert erase(cases, case).status_code == 200

    told = package(cases, case)["received"]

    assert (told["consent_text"], told["entrance"]) == ("intake-1", "form")
    assert not {"given_name", "message", "phone"} & told.keys()


# ---- which other files may be hers


def test_the_officer_learns_of_files_that_may_be_hers_with_whatever_organisation(cases: CasesService):
    case = cases.case_in(Phase.PLANNING, person={**TWIN, "phone": None, "email": None})
    other = cases.assigned("bruecke", "bruecke-1", person={"given_name": "Ярослава", "family_name": "Quellwasserov"})
    cases.assigned("bruecke", "bruecke-1", person={"given_name": "Anders", "date_of_birth": "1990-01-01"})

    told = package(cases, case)

    assert [(one["case"], one["criteria"]) for one in told["perhaps_hers"]] == [(other, ["name", "date_of_birth"])]
    assert told["perhaps_hers"][0]["reference"] == cases.desk.cases.get(other).reference
    assert other not in {one["case"] for one in (told, *told["others"])}
    look = cases.looks()[-1]
    assert (look.by, look.action, list(look.cases)) == ("datenschutz", "cases.rights-read", [other])


def test_the_page_tells_the_officer_of_them_in_her_language(cases: CasesService):
    case = cases.case_in(Phase.PLANNING, person=TWIN)
    other = cases.assigned(person=TWIN)

    drawn = page(cases, case, Accept_Language="de")

    (check,) = (one.text for one in drawn.all("p") if one.attributes.get("class") == "check")
    reference = cases.desk.cases.get(other).reference
    assert check.startswith(f"Vielleicht gibt es zu dieser Person eine weitere Akte, {reference}: gleich nach Name")


def test_what_was_merged_is_hers_and_not_perhaps(cases: CasesService):
    case, into = cases.case_in(Phase.PLANNING, person=TWIN), cases.case_in(Phase.PLANNING, person=TWIN)
    assert merge(cases, case, into).status_code == 200

    told = package(cases, case)

    assert (told["perhaps_hers"], [one["case"] for one in told["others"]]) == ([], [into])
