"""In which form numbers are seen: sheets, and pages for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from services.reporting import screens
from shared.http import browsers
from shared.municipality import municipality
from tests.reporting import (
    ID,
    ReportingService,
    a_reporting_service,
)


@pytest.fixture
def written() -> Iterator[ReportingService]:
    with a_reporting_service() as service:
        service.write_october()
        yield service


@pytest.mark.parametrize(
    ("form", "media"),
    [
        ("", "application/json"),
        (".csv", "text/csv; charset=utf-8"),
        (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (".html", "text/html; charset=utf-8"),
    ],
)
def test_a_report_has_four_forms(written: ReportingService, form: str, media: str):
    answer = written.get("koordination", f"reports/{ID}{form}")

    assert answer.status_code == 200
    assert answer.content_type == media
    assert answer.headers["Cache-Control"] == "no-store"


class Page(HTMLParser):
    """The texts and the tags of a page; refuses one that is not closed as it was opened."""

    VOID = frozenset({"meta", "link", "br", "rect", "img"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open, self.tags, self.said = [], [], ""
        self.feed(html)
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said += data


@pytest.mark.parametrize("path", ["", f"reports/{ID}.html"])
def test_a_page_is_whole_and_brings_nothing_foreign(written: ReportingService, path: str):
    answer = written.get("koordination", path)
    page = Page(answer.text)

    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "form-action 'none'", "frame-ancestors 'none'"} < set(policy)
    assert browsers.itself(screens.STYLE) in " ".join(policy)
    assert answer.headers.getlist("Cache-Control") == ["no-store"]
    assert f"<style>{screens.STYLE}</style>" in answer.text
    assert not [attributes for tag, attributes in page.tags if tag in {"script", "img", "link", "iframe"}]
    assert not [attributes for _, attributes in page.tags if "style" in attributes or "onclick" in attributes]
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all(attributes["aria-labelledby"] in ids for _, attributes in page.tags if "aria-labelledby" in attributes)


def test_a_page_speaks_the_readers_language(written: ReportingService):
    german = written.get("koordination", f"reports/{ID}.html", language="de-DE,de;q=0.9").text

    assert '<html lang="de" dir="ltr">' in german
    assert "Oktober 2026" in german
    assert municipality().districts[1] in german


def test_a_page_shows_a_point_for_a_hidden_number_and_says_so_to_those_who_listen(written: ReportingService):
    page = Page(written.get("koordination", f"reports/{ID}.html").text)

    assert ".too small to be shown" in page.said


def test_the_dashboard_lists_the_reports(written: ReportingService):
    said = Page(written.get("koordination", "").text).said

    assert "Monthly steering report 2026-10" in said
    assert "November 2026" in said


def test_the_dashboard_of_a_team_lead_is_her_organisations(written: ReportingService):
    said = Page(written.get("lindenhof-leitung", "").text).said

    assert "Lindenhof" in said
    assert "Monthly steering report" not in said


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("who", "path", "status", "said"),
    [
        ("lindenhof-1", "", 403, "Sie dürfen das nicht."),
        ("koordination", "reports/nothing.html", 404, "Hier ist nichts."),
        ("koordination", "?from=<b>", 422, "from: Dieses Feld kennen wir nicht."),
    ],
)
def test_a_refusal_is_a_page_to_whoever_reads_pages(
    written: ReportingService, who: str, path: str, status: int, said: str
):
    answer = written.get(who, path, "de", BROWSER)

    page = Page(answer.text)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert said in page.said
    assert dict(page.tags)["html"]["lang"] == "de"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers.getlist("Cache-Control") == ["no-store"]
    assert written.get(who, path, "de").mimetype == "application/problem+json", "a program reads what it always read"
