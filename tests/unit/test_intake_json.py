"""The JSON entrance: what is right is taken in once, what is wrong is named, what is broken breaks nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.codes import Role
from tests import signin
from tests.intake import an_intake_service, samples

SAMPLE = samples()[0]
REFERRAL = {**SAMPLE, "referrer_reference": "JC 4711", "reason": "Braucht Unterstützung.", "consent_form": "written"}
REJECTS = samples("rejects")


@pytest.fixture
def service():
    with an_intake_service() as running:
        yield running


def test_a_submission_is_accepted_with_a_reference(service):
    answer = service.post(SAMPLE)

    assert answer.status_code == 202
    assert set(answer.json) == {"reference", "received_at"}
    assert len(service.bus.published) == 1


@pytest.mark.parametrize("reject", REJECTS, ids=[f"{n}-{reject['field']}" for n, reject in enumerate(REJECTS)])
def test_a_reject_names_its_field_and_leaves_nothing(service, reject):
    answer = service.post(reject["submission"], Accept_Language="ar")

    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert list(answer.json["errors"]) == [reject["field"]]
    assert all(isinstance(sentence, str) for sentence in answer.json["errors"][reject["field"]])
    assert service.everything() == "[[], [], [], [], []]"
    assert not service.persons()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b'"text"', 400),
        (b'{"given_name": NaN}', 400),
        (b'{"given_name": "a", "given_name": "b"}', 400),
        (b'{"given_name": "a\\u0000b"}', 400),
        (b'{"given_name": "a\0b"}', 400),
        (b'{"given_name": "\\ud800"}', 400),
        (b'{"\\ud800": 1}', 400),
        (b'{"given_name": "\xed\xa0\x80"}', 400),
        (b'{"given_name": "\xff"}', 400),
        (b'{"message": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
        (b'{"message": ' + b'{"a":' * 20_000 + b"1" + b"}" * 20_000 + b"}", 400),
        (b'{"children": 1' + b"0" * 5000 + b"}", 400),
        (b'{"children": 1e999}', 422),
        (b'{"message": "' + b"x" * 300 * 1024 + b'"}', 413),
    ],
    ids=range(18),
)
def test_a_broken_body_is_refused_and_nothing_is_kept(service, body, status):
    answer = service.call("POST", "/intake/submissions", data=body, content_type="application/json")

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert not service.persons()
    assert not service.kept("submissions")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json"]
)
def test_another_kind_of_body_is_refused(service, kind):
    answer = service.call("POST", "/intake/submissions", data=json.dumps(SAMPLE), content_type=kind)

    assert answer.status_code == 415


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from([*SAMPLE, "altcha", "nickname"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
            max_leaves=5,
        ),
        max_size=5,
    )
)
def test_whatever_json_is_sent_nothing_breaks(service, changed):
    answer = service.post({**SAMPLE, **changed})

    assert answer.status_code in {202, 400, 422}


def test_the_same_key_and_body_give_the_same_answer(service):
    first = service.post(SAMPLE, Idempotency_Key="k1")
    again = service.post(SAMPLE, Idempotency_Key="k1")
    other = service.post(samples()[1], Idempotency_Key="k1")

    assert first.json == again.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.status_code == 422
    assert len(service.kept("submissions")) == 1


def test_sentences_are_in_the_language_that_is_asked_for(service):
    said = {
        language: service.post({}, Accept_Language=language).json["errors"]["given_name"][0]
        for language in ("de-DE,de;q=0.9", "ar", "en-GB", "fr")
    }

    assert said == {
        "de-DE,de;q=0.9": "Bitte füllen Sie dieses Feld aus.",
        "ar": "يرجى ملء هذا الحقل.",
        "en-GB": "Please fill this in.",
        "fr": "Please fill this in.",
    }


def test_without_proof_of_work_its_field_is_ignored(service):
    assert service.post({**SAMPLE, "altcha": "anything"}).status_code == 202


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_another_method_is_refused(service, method):
    answer = service.call(method, "/intake/submissions")

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_partner_refers_a_client(service):
    answer = service.refer("partner-jobcenter", REFERRAL)

    assert answer.status_code == 202
    (event,) = service.bus.published
    person = service.inbox.people.find(event.person)
    assert (person.referral_reason, person.referrer_reference) == ("Braucht Unterstützung.", "JC 4711")
    assert (event.referrer, event.by) == ("jobcenter", "partner-jobcenter")
    assert "Unterstützung" not in service.everything()


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("lindenhof-1", 403), ("koordination", 403)])
def test_nobody_else_refers_a_client(service, who, status):
    assert service.refer(who, REFERRAL).status_code == status
    assert not service.persons()


def test_a_partner_of_no_known_organisation_refers_nobody(service):
    assert service.refer(signin.somebody(Role.PARTNER, organisation="nowhere"), REFERRAL).status_code == 403


def test_a_referral_needs_the_clients_consent(service):
    answer = service.refer("partner-jobcenter", SAMPLE)

    assert list(answer.json["errors"]) == ["consent_form"]


def test_the_openapi_document_is_complete(service):
    document = service.call("GET", "/intake/openapi.json").json

    assert document["openapi"].startswith("3.1")
    assert {
        (path, method) for path, held in document["paths"].items() for method in held if method != "parameters"
    } == {
        ("/intake/", "get"),
        ("/intake/", "post"),
        ("/intake/receipt", "get"),
        ("/intake/privacy", "get"),
        ("/intake/accessibility", "get"),
        ("/intake/challenge", "get"),
        *((f"/intake{below}/healthz", "get") for below in ("", "/challenge", "/referrals")),
        ("/intake/submissions", "post"),
        ("/intake/referrals", "post"),
    }
    assert {"202", "400", "413", "415", "422", "429"} <= set(
        document["paths"]["/intake/submissions"]["post"]["responses"]
    )


def test_a_sweep_with_nothing_to_do_says_so(service):
    assert service.sweep() == {"published": 0}
