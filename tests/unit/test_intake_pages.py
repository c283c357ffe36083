"""The pages: readable for everybody, in three languages, with nothing from strangers."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from urllib.parse import urlencode

import pytest

from services.intake.domain import reference
from services.intake.screens import TITLES
from shared import consent_texts
from shared.codes import LANGUAGES
from tests.html import Page
from tests.intake import ROOT, an_intake_service

UI = ("de", "en", "ar")
INSTEAD = {"de": "Lesen Sie sie auf Deutsch.", "en": "Read it in English.", "ar": "اقرأها بالعربية."}


PAGES = ("", "privacy", "accessibility", f"receipt?reference={reference(7)}", "nowhere")


EVERY_PAGE = pytest.mark.parametrize(("page", "language"), list(product(PAGES, UI)))


HEAVY = (
    "pydantic",
    "cryptography",
    "joserfc",
    "marshmallow",
    "webargs",
    "flask_smorest",
    "google.api_core",
    "phonenumbers",
    "altcha",
)


@pytest.fixture
def service():
    with an_intake_service() as running:
        yield running


def page_of(service, page: str, language: str) -> Page:
    return Page(service.get(f"{page}{'&' if '?' in page else '?'}lang={language}").text)


@EVERY_PAGE
def test_a_page_says_its_language_and_direction(service, page, language):
    html = page_of(service, page, language).one("html")

    assert (html["lang"], html["dir"]) == (language, "rtl" if language == "ar" else "ltr")


@EVERY_PAGE
def test_a_page_can_be_read_in_the_other_languages(service, page, language):
    links = [link for link in page_of(service, page, language).all("a") if "hreflang" in link]

    assert [(link["hreflang"], link.text) for link in links] == [(code, LANGUAGES[code]) for code in UI]
    assert [link["hreflang"] for link in links if "aria-current" in link] == [language]
    assert all(f"lang={link['hreflang']}" in link["href"] for link in links)


@EVERY_PAGE
@pytest.mark.parametrize("missed", ["tr", "de-x-leicht", "DE-X-LEICHT", "xx", "<b>"])
def test_a_page_that_is_not_there_in_a_language_says_so_in_each_that_it_has(service, page, language, missed):
    asked = f"{page}{'&' if '?' in page else '?'}{urlencode({'lang': missed})}"
    read = Page(service.get(asked, **{"Accept-Language": language}).text)

    shown = read.one("html")["lang"]
    links = [link for link in read.all("a") if "hreflang" in link and "dir" in link and link.text in INSTEAD.values()]
    assert shown == ("de" if missed.lower().startswith("de") else language)
    assert {link["lang"]: link.text for link in links} == {one: INSTEAD[one] for one in UI if one != shown}
    assert all(f"lang={link['lang']}" in link["href"] for link in links)


@EVERY_PAGE
def test_a_page_that_is_there_says_nothing_of_it(service, page, language):
    for asked in (language, f"{language}-DE", language.upper(), ""):
        said = service.get(f"{page}{'&' if '?' in page else '?'}lang={asked}", **{"Accept-Language": language})
        assert not any(sentence in said.text for sentence in INSTEAD.values())


@pytest.mark.parametrize("name", ["a" * 300, "a/" * 3000, "..%2fform.html", "%2e%2e/form.html", "%00", "vendor"])
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_only_files_that_are_there_are_given_out(service, name: str, encoding: str):
    assert service.get(f"static/{name}", **{"Accept-Encoding": encoding}).status_code == 404


def test_the_number_to_call_is_a_link_in_one_line_without_javascript_too(service, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KIM_ALTCHA", "on")
    for language in UI:
        read = page_of(service, "", language)
        numbers = [link for link in read.all("a") if link.attributes.get("href", "").startswith("tel:")]

        assert [(link["dir"], "number" in link["class"]) for link in numbers] == [("ltr", True)] * 2


@EVERY_PAGE
def test_a_page_leads_to_data_protection_accessibility_and_feedback(service, page, language):
    targets = {link["href"] for link in page_of(service, page, language).all("a")}

    assert {
        f"/intake/privacy?lang={language}",
        f"/intake/accessibility?lang={language}",
        f"/intake/accessibility?lang={language}#feedback",
    } <= targets


@EVERY_PAGE
def test_a_page_takes_nothing_from_strangers_and_runs_nothing_inline(service, page, language):
    answer = service.get(f"{page}{'&' if '?' in page else '?'}lang={language}")
    read = Page(answer.text)
    loaded = [element[name] for element in read.elements for name in ("src", "action") if name in element]
    loaded += [link["href"] for link in read.all("link")]

    assert loaded
    assert all(address.startswith("/intake/") for address in loaded)
    assert all("src" in script and not script.text.strip() for script in read.all("script"))
    assert not read.all("style")
    assert not [
        element
        for element in read.elements
        if any(name == "style" or name.startswith("on") for name in element.attributes)
    ]
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "Set-Cookie" not in answer.headers


@EVERY_PAGE
def test_what_a_page_names_is_there(service, page, language):
    read = page_of(service, page, language)
    ids = [element["id"] for element in read.elements if "id" in element]
    named = [
        id
        for element in read.elements
        for attribute in ("for", "aria-labelledby", "aria-describedby")
        for id in element.attributes.get(attribute, "").split()
    ]
    named += [link["href"][1:] for link in read.all("a") if link["href"].startswith("#")]

    assert len(ids) == len(set(ids))
    assert set(named) <= set(ids)
    assert len(read.all("h1")) == 1


@pytest.mark.parametrize("form", [None, {}], ids=["untouched", "refused"])
def test_every_field_of_the_form_has_a_label(service, form):
    read = page_of(service, "", "de") if form is None else Page(service.send(form).text)
    fields = [field for field in read.all("input", "select", "textarea") if field.attributes.get("type") != "hidden"]
    labels = {label["for"]: label.text.strip() for label in read.all("label")}

    assert fields
    assert all(labels[field["id"]] for field in fields)
    assert read.all("fieldset")
    assert len(read.all("legend")) == len(read.all("fieldset"))


def test_the_form_offers_every_language_by_its_own_name(service):
    offered = [
        (option["value"], option.text) for option in page_of(service, "", "de").all("option") if "lang" in option
    ]

    assert dict(offered) == LANGUAGES


@pytest.mark.parametrize(
    ("lang", "accepted", "shown"),
    [
        ("ar", "de", "ar"),
        ("ar-SY", "de", "ar"),
        ("tr", "de-AT,en;q=0.5", "de"),
        ("tr", "uk", "en"),
        ("", "ar;q=0.9", "ar"),
        ("<script>", "", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_then_the_browsers_then_english(service, lang, accepted, shown):
    read = Page(
        service.call("GET", "/intake/", query_string={"lang": lang}, headers={"Accept-Language": accepted}).text
    )

    assert read.one("html")["lang"] == shown


@pytest.mark.parametrize("host", ["kim.stadt.example", "elsewhere.example"])
def test_the_way_to_the_right_path_names_neither_scheme_nor_host(service, host):
    answer = service.call("GET", "/intake?lang=de", headers={"Host": host})

    assert (answer.status_code, answer.headers["Location"]) == (308, "/intake/?lang=de")
    assert host not in answer.text


def test_a_reader_of_pages_gets_a_page_and_a_program_a_problem(service):
    assert service.get("nowhere").mimetype == "text/html"
    assert service.call("GET", "/intake/nowhere").mimetype == "application/problem+json"
    refused = service.call("DELETE", "/intake/", headers={"Accept": "text/html"})
    assert (refused.status_code, refused.mimetype) == (405, "text/html")
    assert "POST" in refused.headers["Allow"]


def test_a_page_is_kept_by_nobody_and_a_style_for_good(service):
    page = service.get("")
    style = Page(page.text).all("link", rel="stylesheet")[-1]["href"]

    assert page.headers["Cache-Control"] == "no-store"
    answer = service.get(style.removeprefix("/intake/"))
    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "immutable" not in service.get("static/intake.css").headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["../frame.html", "%2e%2e/frame.html", "..%2fframe.html", "vendor", ".", "nothing.css?v=1"]
)
def test_only_static_files_are_given_out(service, path):
    assert service.get(f"static/{path}").status_code == 404


def test_without_proof_of_work_the_form_needs_no_script(service):
    assert "altcha" not in service.get("").text
    with an_intake_service(proof="on") as proving:
        read = page_of(proving, "", "de")
        assert read.one("altcha-widget")["challenge"] == "/intake/challenge"
        assert "+49 221" in read.one("noscript").text


@pytest.mark.parametrize(
    ("function", "path", "needs"),
    [("intake_web", "/intake/?lang=de", ""), ("intake_challenge", "/intake/challenge", "altcha")],
)
def test_the_form_and_its_challenge_load_nothing_that_they_do_not_need(function: str, path: str, needs: str):
    script = (
        "import sys, functions_framework\n"
        f"app = functions_framework.create_app({function!r}, 'services/intake/main.py', 'http')\n"
        f"assert app.test_client().get({path!r}).status_code == 200\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "KIM_ALTCHA": "on", "KIM_CHALLENGE_KEY": "only this service knows it"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert loaded.stdout.strip() == needs


def test_the_form_shows_the_words_that_are_kept_by_their_version():
    words = consent_texts.WORDS[consent_texts.CURRENT]

    assert {name: TITLES[name] for name in ("consent_processing", "consent_contact")} == words
