"""Can she use it? The form by keyboard, on a small screen, from right to left, with mistakes, without a mouse."""

from __future__ import annotations

from itertools import product

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.seen import overflow, violations

pytestmark = pytest.mark.browser

PAGES = ("", "privacy", "accessibility", "receipt?reference=KIM-0000-0000")
LABELS = {
    "de": {"given_name": "Vorname", "phone": "Telefonnummer", "send": "Absenden", "thanks": "Danke"},
    "ar": {"given_name": "الاسم الأول", "phone": "رقم الهاتف", "send": "إرسال", "thanks": "شكراً لك"},
}
NAMES = {"de": ("Amina", "Beispiel"), "ar": ("أمينة", "المثال")}
MOST_STOPS = 60
WHITE, BLACK = "rgb(255, 255, 255)", "rgb(0, 0, 0)"
OF_HER_OWN = {"light": (WHITE, BLACK), "dark": (BLACK, WHITE)}
"""Paper and ink, where Chromium takes colours for the reader's own."""


def visit(page: Page, path: str, language: str) -> None:
    page.goto(f"/intake/{path}{'&' if '?' in path else '?'}lang={language}")


def tab_to(page: Page, id: str) -> None:
    """Go on with the Tab key until this field has the focus."""
    for _ in range(MOST_STOPS):
        if page.evaluate("document.activeElement.id") == id:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {id}")


def fill_in(page: Page, language: str) -> None:
    """Fill in what must be filled in, with the keyboard alone."""
    given, family = NAMES[language]
    typed = {
        "given_name": given,
        "family_name": family,
        "date_of_birth_day": "17",
        "date_of_birth_month": "5",
        "date_of_birth_year": "2003",
    }
    for id, text in typed.items():
        tab_to(page, id)
        page.keyboard.type(text)
    tab_to(page, "topics-housing")
    page.keyboard.press("Space")
    tab_to(page, "language")
    page.keyboard.type("Türk")
    tab_to(page, "channel-sms")
    page.keyboard.press("Space")
    tab_to(page, "phone")
    page.keyboard.type("0171 3920001")
    tab_to(page, "consent_processing")
    page.keyboard.press("Space")


@pytest.mark.parametrize("language", ["de", "ar"])
def test_a_client_sends_the_form_with_the_keyboard_alone(page, language):
    visit(page, "", language)
    fill_in(page, language)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text(LABELS[language]["thanks"])
    assert page.locator("strong").inner_text().startswith("KIM-")
    assert NAMES[language][0] not in page.url


def test_who_goes_back_after_mistakes_and_a_receipt_finds_the_form(page):
    visit(page, "", "de")
    page.get_by_role("button", name=LABELS["de"]["send"]).click()
    expect(page.locator("#errors")).to_be_focused()
    fill_in(page, "de")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(LABELS["de"]["thanks"])

    page.go_back()

    expect(page.locator("#errors")).to_have_count(0)
    expect(page.locator("form")).to_be_visible()


def test_the_first_stop_of_the_keyboard_leads_to_the_content(page):
    visit(page, "", "de")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    expect(page.locator("a.skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.locator("#given_name")).to_be_focused()


@pytest.mark.parametrize("language", ["de", "ar"])
def test_mistakes_are_listed_where_the_reader_is_led_and_lead_to_their_fields(page, language):
    visit(page, "", language)
    page.get_by_label(LABELS[language]["phone"]).fill("12")
    page.get_by_role("button", name=LABELS[language]["send"]).click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert page.get_by_label(LABELS[language]["phone"]).input_value() == "12"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label(LABELS[language]["given_name"])).to_be_focused()
    fill_in(page, language)
    page.locator("#phone").fill("0171 3920001")
    page.get_by_role("button", name=LABELS[language]["send"]).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(LABELS[language]["thanks"])


def test_pressing_twice_is_no_mistake(page):
    visit(page, "", "de")
    fill_in(page, "de")
    page.get_by_role("button", name="Absenden").dblclick()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Danke")


@pytest.mark.parametrize(("path", "language"), list(product(PAGES, ("de", "ar", "en"))))
def test_axe_finds_nothing(page, axe, path, language):
    visit(page, path, language)

    assert not violations(page, axe)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_form_with_mistakes(page, axe, scheme):
    page.emulate_media(color_scheme=scheme)
    visit(page, "", "ar")
    page.get_by_role("button", name=LABELS["ar"]["send"]).click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.locator("summary").click()

    assert not violations(page, axe)


@pytest.mark.parametrize(("path", "language", "width"), list(product(PAGES, ("de", "ar"), (320, 360))))
def test_a_small_screen_never_scrolls_sideways(page, path, language, width):
    page.set_viewport_size({"width": width, "height": 700})
    visit(page, path, language)
    if path == "":
        page.locator("summary").click()
        page.get_by_role("button", name=LABELS[language]["send"]).click()
        expect(page.get_by_role("alert")).to_be_focused()

    assert overflow(page) <= 0


def test_large_letters_need_no_sideways_scrolling(page):
    page.set_viewport_size({"width": 640, "height": 700})
    visit(page, "", "de")
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert overflow(page) <= 0


def test_from_right_to_left_the_page_is_a_mirror(page):
    visit(page, "", "ar")
    box, words = (
        page.locator("#topics-housing").bounding_box(),
        page.locator("label[for=topics-housing]").bounding_box(),
    )

    assert box is not None
    assert words is not None
    assert box["x"] > words["x"]
    assert page.locator("#phone").evaluate("field => getComputedStyle(field).direction") == "ltr"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_colours_of_her_own_she_sees_what_she_chose_and_where_she_is(page, scheme):
    paper, ink = OF_HER_OWN[scheme]
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    visit(page, "", "de")
    for id in ("topics-housing", "channel-sms", "consent_processing"):
        page.locator(f"#{id}").check()

        assert seen(page, id, "", "border-top-width") == "2px"
        assert seen(page, id, "", "outline-style") != "none"
        assert seen(page, id, "", "outline-color") not in (paper, "rgba(0, 0, 0, 0)")
    assert seen(page, "channel-sms", "::before", "background-color") == ink
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.languages [aria-current]')).outlineStyle") == "solid"
    )


def seen(page: Page, id: str, part: str, what: str) -> str:
    """How something is drawn."""
    drawn: str = page.locator(f"#{id}").evaluate(
        "(it, [part, what]) => getComputedStyle(it, part || null).getPropertyValue(what)", [part, what]
    )
    return drawn


def test_without_scripts_the_page_says_whom_to_call(browser: Browser, site: str):
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    visit(page, "", "de")

    expect(page.locator(".kern-alert--info")).to_contain_text("+49 221 39200000")
    context.close()
