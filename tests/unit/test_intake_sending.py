"""A form that is sent: taken in once, or shown again with what is wrong and the answers kept."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from limits.storage import MemoryStorage
from werkzeug.test import Client, TestResponse

from infra.local.gateway import Limited
from tests.html import Page
from tests.intake import a_form, an_intake_service, entry_point

FORM = "application/x-www-form-urlencoded"
UNREADABLE = {
    "de": "Ein Teil dessen, was Sie gesendet haben, konnte nicht gelesen werden. Ihre Antworten sind noch da.",
    "en": "A part of what you sent could not be read. Your answers are still here.",
    "ar": "تعذّرت قراءة جزء مما أرسلته. إجاباتك ما زالت هنا.",
}
WAIT = {
    "de": "Bitte versuchen Sie es in {} Sekunden noch einmal.",
    "en": "Please try again in {} seconds.",
    "ar": "يرجى المحاولة مرة أخرى بعد {} ثانية.",
}


@pytest.fixture
def service():
    with an_intake_service() as running:
        yield running


def test_a_sent_form_leads_to_a_receipt_that_names_nobody(service):
    answer = service.send(lang="ar")

    assert answer.status_code == 303
    assert re.fullmatch(r"/intake/receipt\?lang=ar&reference=KIM-[^&]+", answer.location)
    receipt = Page(service.get(answer.location.removeprefix("/intake/")).text)
    (submission,) = service.kept("submissions")
    assert receipt.one("strong").text == submission["reference"]
    assert submission["origin"]["consent_language"] == "ar"
    assert "Amina" not in answer.location + service.everything()


@pytest.mark.parametrize("written", ["KIM-0000-0001", "<script>", "KIM-0000-0000-0000", ""])
def test_a_receipt_shows_no_reference_that_was_not_given(service, written):
    answer = service.call("GET", "/intake/receipt", query_string={"reference": written})

    assert answer.status_code == 200
    assert not Page(answer.text).all("strong")
    assert "<script>" not in answer.text.replace('<script type="module"', "")


def test_a_refused_form_keeps_the_answers_and_says_what_is_wrong(service):
    answer = service.send(
        a_form(
            given_name='<b>"A"', message="</textarea>x", phone="12", city_quarter="204", shared_phone="on", channel=None
        ),
        "de",
    )
    read = Page(answer.text)

    assert answer.status_code == 422
    assert (read.value("given_name"), read.value("message"), read.value("phone")) == ('<b>"A"', "</textarea>x", "12")
    assert read.value("date_of_birth_year") == "2003"
    assert read.value("token") == "a-token-of-the-page-1"
    assert "checked" in read.one("input", id="shared_phone")
    assert "checked" in read.one("input", id="topics-housing")
    assert "checked" not in read.one("input", id="topics-debts")
    assert "selected" in read.one("option", value="204")
    assert "open" in read.one("details")
    summary = read.one(id="errors")
    assert summary["role"] == "alert"
    assert {"Bitte prüfen Sie die Telefonnummer.", "Telefonnummer"} <= set(re.split(r"[:\n]\s*", summary.text))
    assert read.one("input", id="phone")["aria-invalid"] == "true"
    assert "phone-error" in read.one("input", id="phone")["aria-describedby"].split()
    assert read.one("title").text.startswith("Fehler: ")
    assert not service.persons()


def test_an_empty_form_names_every_field_that_must_be_filled_in(service):
    targets = [link["href"] for link in Page(service.send({}).text).all("a") if link["href"].startswith("#")]

    assert targets == [
        "#content",
        "#given_name",
        "#family_name",
        "#date_of_birth_day",
        "#topics-language",
        "#language",
        "#channel-sms",
        "#consent_processing",
    ]


@pytest.mark.parametrize("name", ["nickname", "__class__", "given_name.x", "<i>"])
def test_a_field_that_is_not_ours_is_named(service, name):
    answer = service.send(a_form(**{name: "x"}))

    assert answer.status_code == 422
    assert "We do not know this field." in answer.text
    assert "<i>" not in answer.text


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("31", "2", "2001"), "Please check day, month and year."),
        (("1", "1", "3001"), "This day is still to come."),
        (("1", "1", "1850"), "Please check the year."),
        (("x", "1", "2001"), "Please check day, month and year."),
        (("1", "", "2001"), "Please check day, month and year."),
        (("", "", ""), "Please fill this in."),
    ],
)
def test_a_date_of_birth_that_is_none_is_named(service, parts, said):
    day, month, year = parts
    answer = service.send(a_form(date_of_birth_day=day, date_of_birth_month=month, date_of_birth_year=year))

    assert said in Page(answer.text).one(id="date_of_birth-error").text


def test_a_double_click_is_one_submission(service):
    first, second = service.send(), service.send()

    assert first.location == second.location
    assert len(service.kept("submissions")) == 1


def test_changed_answers_under_an_old_token_are_asked_about(service):
    service.send()
    answer = service.send(a_form(given_name="Amal"))
    token = Page(answer.text).value("token")

    assert answer.status_code == 422
    assert "already received" in answer.text
    assert token != "a-token-of-the-page-1"
    assert service.send(a_form(given_name="Amal", token=token)).status_code == 303
    assert len(service.kept("submissions")) == 2


@pytest.mark.parametrize("token", [None, "short", "ä" * 20])
def test_a_form_without_a_token_of_ours_is_taken_in_all_the_same(service, token):
    assert service.send(a_form(token=token)).status_code == 303


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"given_name=%FF%FE", 400),
        (b"given_name=%ED%A0%80", 400),
        (b"given_name=\xff", 400),
        (b"given_name=a%00b", 400),
        (b"%00=1", 400),
        (b"given_name=a&given_name=b", 400),
        (b"&".join(b"a%d=1" % n for n in range(300)), 400),
        (b"message=" + b"x" * 300 * 1024, 413),
        (b"", 422),
        (b"&&=;%", 422),
    ],
    ids=range(10),
)
def test_a_broken_form_is_refused_with_a_page(service, body, status):
    answer = service.send(body)

    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert Page(answer.text).one("h1")
    assert not service.persons()


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "text/plain", ""])
def test_a_form_of_another_kind_is_refused_with_a_page(service, kind):
    answer = service.call("POST", "/intake/", query_string={"lang": "ar"}, data=b"{}", content_type=kind)

    assert (answer.status_code, answer.mimetype) == (415, "text/html")
    assert (Page(answer.text).one("html")["lang"], Page(answer.text).one("html")["dir"]) == ("ar", "rtl")
    assert "تعذّرت قراءة جزء مما أرسلته." in answer.text


@pytest.mark.parametrize(
    ("kind", "accepted", "status"),
    [
        ("application/json", "*/*", 415),
        ("application/x-www-form-urlencoded", "application/json", 400),
        ("application/x-www-form-urlencoded", "application/problem+json", 400),
    ],
)
def test_a_program_is_told_in_a_problem_document(service, kind, accepted, status):
    answer = service.call(
        "POST", "/intake/", data=b"a=1&a=2", content_type=kind, headers={"Accept": accepted, "Accept-Language": "de"}
    )

    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    if status == 400:
        assert answer.json["detail"] == "Die Anfrage konnte nicht gelesen werden: ein Feld steht zweimal da."


@pytest.mark.parametrize("accepted", ["text/html", "*/*", None])
@pytest.mark.parametrize(("language", "said"), list(UNREADABLE.items()))
def test_what_can_be_read_of_a_broken_form_stands_there_again(service, language, said, accepted):
    body = (
        b"given_name=Amina&message=a%00b%FFc&phone=1&phone=0171&topics=work&topics=housing&token=a-token-of-the-page-1"
    )
    headers = {} if accepted is None else {"Accept": accepted}
    answer = service.call("POST", f"/intake/?lang={language}", data=body, content_type=FORM, headers=headers)
    read = Page(answer.text)

    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert said in read.one(id="errors").text
    assert (read.value("given_name"), read.value("message"), read.value("phone")) == ("Amina", "ab\ufffdc", "0171")
    assert all("checked" in read.one("input", id=f"topics-{topic}") for topic in ("work", "housing"))
    assert read.value("token") == "a-token-of-the-page-1"


@pytest.mark.parametrize(("language", "said"), list(WAIT.items()))
def test_who_has_sent_too_often_keeps_her_answers_and_knows_when_to_send_them(service, language, said):
    """Only the gateway turns away, and it leaves it to the page to say so."""

    def send(address: str) -> TestResponse:
        return limited.post(
            f"/intake/?lang={language}",
            data=urlencode(a_form(message="Guten Tag", token=f"token-of-one-page-{address}"), doseq=True),
            content_type=FORM,
            environ_overrides={"REMOTE_ADDR": address},
        )

    limited = Client(Limited("1/hour", MemoryStorage()).around(entry_point("intake_web")))
    assert send("10.0.0.1").status_code == 303
    answer = send("10.0.0.1")
    read = Page(answer.text)

    assert (answer.status_code, answer.mimetype) == (429, "text/html")
    assert 3500 < int(answer.headers["Retry-After"]) <= 3600
    assert said.format(answer.headers["Retry-After"]) in read.one(id="errors").text
    assert (read.one("html")["lang"], read.value("message")) == (language, "Guten Tag")
    assert len(service.kept("submissions")) == 1
    assert send("10.0.0.2").status_code == 303


def test_a_program_that_has_sent_too_often_is_told_in_a_problem_document(service):
    limited = Client(Limited("1/hour", MemoryStorage()).around(entry_point("intake_web")))
    answers = [
        limited.post(path, json={}, headers={"Accept": "application/json"})
        for path in ("/intake/submissions", "/intake/submissions", "/intake/")
    ]

    assert [answer.status_code for answer in answers] == [422, 429, 429]
    assert all(answer.mimetype == "application/problem+json" for answer in answers)
    assert all(int(answer.headers["Retry-After"]) > 3500 for answer in answers[1:])


def test_nobody_is_turned_away_by_what_a_client_says(service):
    assert service.send(**{"Kim.retry_after": "60", "Kim-Retry-After": "60"}).status_code == 303
