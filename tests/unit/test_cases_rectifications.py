"""What a client disputes stays with a marker and her words, wherever it is shown, until it is settled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from services.cases.domain.history import fold
from services.cases.domain.refusals import CaseIsErased
from services.cases.rectifications import domain
from shared.codes import DataCategory, Datum, Phase, Resolution
from shared.errors import NotThere
from tests.builders import NOON, a_case
from tests.cases import CONSENT, DISPUTE, CasesService, a_cases_service

CM, OFFICER, PARTNER = "lindenhof-1", "datenschutz", "partner-jobcenter"
BY: dict[str, Any] = {"at": NOON, "by": CM}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def dispute(cases: CasesService, case: str, who: str = CM, **said: Any) -> str:
    answer = cases.call(who, "POST", f"/cases/{case}/rectifications", {**DISPUTE, **said})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def end(cases: CasesService, case: str, id: str, who: str = CM, **said: Any) -> Any:
    version = f'"{cases.version(case)}"'
    return cases.call(who, "PATCH", f"/cases/{case}/rectifications/{id}", said, If_Match=version)


# ---- the rules


def test_a_dispute_lasts_until_it_is_settled_and_says_how():
    disputed, _ = domain.dispute(a_case(), Datum.PHONE, **BY)
    (marker,) = disputed.rectifications

    restated, _ = domain.change(disputed, marker.id, stated=True, **BY)
    settled, _ = domain.change(restated, marker.id, stated=False, resolution=Resolution.CORRECTED, **BY)

    assert (marker.datum, marker.disputed, marker.disputed_at) == (Datum.PHONE, True, NOON)
    assert restated.rectifications[0].written == restated.version
    (after,) = settled.rectifications
    assert (after.disputed, after.resolution, after.resolved_at) == (False, Resolution.CORRECTED, NOON)
    assert (after.written, after.resolved) == (restated.version, settled.version)
    with pytest.raises(domain.DisputeEnded):
        domain.change(settled, marker.id, stated=True, **BY)
    with pytest.raises(NotThere):
        domain.change(settled, "rectification-0", stated=True, **BY)


@pytest.mark.parametrize("given", [{"phase": Phase.CLOSED}, {"restricted": True}])
def test_the_right_holds_for_a_closed_and_for_a_restricted_case(given: dict[str, Any]):
    assert domain.dispute(a_case(**given), Datum.OTHER, **BY)[0].rectifications[0].disputed


def test_nothing_is_left_to_dispute_of_an_erased_case():
    with pytest.raises(CaseIsErased):
        domain.dispute(a_case(erased_at=NOON), Datum.OTHER, **BY)


# ---- over HTTP


def test_the_marker_stands_beside_the_datum_which_stays(cases: CasesService):
    case = cases.assigned()
    before = cases.get(CM, f"/cases/{case}")["client"]
    id = dispute(cases, case)

    file = cases.get(CM, f"/cases/{case}")

    assert file["client"] == before
    assert file["rectifications"] == [
        {
            "id": id,
            "datum": "date_of_birth",
            "disputed": True,
            "disputed_at": file["rectifications"][0]["disputed_at"],
            "disputed_by": CM,
            "statement": DISPUTE["statement"],
            "resolution": None,
            "resolved_at": None,
            "note": None,
        }
    ]


def test_it_ends_with_a_resolution_and_a_note(cases: CasesService):
    case = cases.assigned()
    id = dispute(cases, case)

    answers = [
        end(cases, case, id, statement="Die Urkunde kommt noch."),
        end(cases, case, id, resolution="confirmed", note="Urkunde lag vor."),
        end(cases, case, id, statement="Doch nicht."),
    ]

    (shown,) = cases.get(CM, f"/cases/{case}/rectifications")["items"]
    assert [one.status_code for one in answers] == [200, 200, 409]
    assert (shown["statement"], shown["note"]) == ("Die Urkunde kommt noch.", "Urkunde lag vor.")
    assert (shown["disputed"], shown["resolution"]) == (False, "confirmed")
    assert fold(cases.desk.cases.history(case)) == cases.desk.cases.get(case)


@pytest.mark.parametrize(
    ("said", "field"), [({}, "_schema"), ({"note": "x"}, "resolution"), ({"resolution": "x"}, "resolution")]
)
def test_an_end_without_a_resolution_is_none(cases: CasesService, said: dict[str, Any], field: str):
    case = cases.assigned()
    id = dispute(cases, case)

    answer = end(cases, case, id, **said)

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_the_privacy_officer_records_and_settles_disputes_too(cases: CasesService):
    case = cases.case_in(Phase.CLOSED)
    cases.change(OFFICER, case, "POST", "restriction", {"restricted": True})
    id = dispute(cases, case, OFFICER)

    read = cases.call(OFFICER, "GET", f"/cases/{case}/rectifications")
    ended = end(cases, case, id, OFFICER, resolution="withdrawn")

    assert (read.status_code, read.headers["ETag"], ended.status_code) == (200, f'"{cases.version(case) - 1}"', 200)
    assert cases.looks()[-1].by == OFFICER


def test_history_names_the_datum_and_subject_access_has_her_words(cases: CasesService):
    case = cases.assigned()
    id = dispute(cases, case)
    end(cases, case, id, resolution="withdrawn", note="Im Gespräch mit Mira Muster geklärt.")

    said = [one["said"] for one in cases.get(CM, f"/cases/{case}/history")["items"]][-2:]
    package = cases.get(OFFICER, f"/cases/{case}/subject-access")
    page = cases.call(OFFICER, "GET", f"/cases/{case}/subject-access?format=html").text

    assert said[0] == {"rectification": id, "datum": "date_of_birth"}
    assert (said[1]["rectification"], said[1]["resolution"]) == (id, "withdrawn")
    (told,) = package["rectifications"]
    assert (told["statement"], told["disputed_by"]) == (DISPUTE["statement"], "case_manager")
    assert "älter, als hier steht" in page
    assert "älter" not in cases.kept()


def test_no_release_shows_a_partner_what_is_disputed(cases: CasesService):
    case = cases.case_in(Phase.INTAKE)
    dispute(cases, case)
    every = {"data_categories": [one.value for one in DataCategory], "health_data": True, "informed": True}
    cases.change(
        CM, case, "POST", "consents", {**CONSENT, "type": "secrecy_release", "recipient": "jobcenter", **every}
    )

    read = cases.call(PARTNER, "GET", f"/cases/{case}")

    assert read.status_code == 200
    assert "rectification" not in read.text
    assert "älter" not in read.text
    assert cases.call(PARTNER, "GET", f"/cases/{case}/rectifications").status_code == 403


def test_erasure_takes_the_words_with_it(cases: CasesService):
    case = cases.case_in(Phase.CLOSED)
    dispute(cases, case)
    cases.change(OFFICER, case, "POST", "erasure", {"reason": "requested"})

    (left,) = cases.get(OFFICER, f"/cases/{case}/rectifications")["items"]

    assert (left["datum"], left["statement"]) == ("date_of_birth", None)
