"""Can they be read? Reports, development pages, a client's own data: on a small screen, and from right to left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from infra.local.client import Caller
from infra.local.process import a_system
from tests.browser.seen import overflow, violations

pytestmark = pytest.mark.browser

FORM = json.loads(Path("tests/data/submissions.jsonl").read_text(encoding="utf-8").splitlines()[0])


@pytest.fixture(scope="module")
def places() -> Iterator[dict[str, tuple[str, str | None]]]:
    """Addresses of a running system, each with who reads there."""
    with a_system(KIM_ALTCHA="off") as system:
        case = Caller(system.url, "lindenhof-1").add("/cases", {**FORM, "language": "ar"})["id"]
        report = Caller(system.url).add("/dev/jobs/reporting_run", {"kind": "monthly_steering"})["id"]
        yield {
            "dashboard": (f"{system.url}/reporting/", "koordination"),
            "report": (f"{system.url}/reporting/reports/{report}.html", "koordination"),
            "own data": (f"{system.url}/cases/{case}/subject-access?format=html", "datenschutz"),
            "start": (f"{system.url}/dev/", None),
            "outbox": (f"{system.url}/dev/outbox", None),
            "dead letters": (f"{system.url}/dev/dead-letters", None),
        }


@pytest.mark.parametrize("language", ["de", "ar"])
@pytest.mark.parametrize("place", ["dashboard", "report", "own data", "start", "outbox", "dead letters"])
def test_a_page_is_read_by_anybody_on_a_small_screen(
    browser: Browser, axe: str, places: dict[str, tuple[str, str | None]], place: str, language: str
):
    address, who = places[place]
    headers = {"Accept-Language": language}
    if who is not None:
        headers["Authorization"] = Caller(address.partition("/reporting")[0].partition("/cases")[0], who).authorization
    window = browser.new_context(viewport={"width": 360, "height": 700}).new_page()
    window.set_extra_http_headers(headers)

    window.goto(address)

    assert overflow(window) == 0
    assert violations(window, axe) == []
    window.set_viewport_size({"width": 320, "height": 256})  # four times as large as usual (WCAG 2.1, 1.4.10)
    assert overflow(window) == 0
    window.context.close()


def test_a_client_s_data_prints_from_right_to_left_on_paper(
    browser: Browser, places: dict[str, tuple[str, str | None]]
):
    address, who = places["own data"]
    window = browser.new_context().new_page()
    window.set_extra_http_headers({"Authorization": Caller(address.partition("/cases")[0], who).authorization})

    window.goto(address)
    window.emulate_media(media="print")

    assert window.evaluate("document.dir") == "rtl"
    assert window.pdf(format="A4").startswith(b"%PDF")
    window.context.close()
