"""The form of a submission: every sample passes, every reject is named by its field, in plain sentences."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from marshmallow import ValidationError, fields

from shared import clock, texts
from shared.answers import coded, personal
from shared.codes import ActionField, AgeBand, Channel, Gender, ResidenceStatus
from shared.forms import ReferralForm, SubmissionForm
from shared.http.schema import Several, translated

DATA = Path(__file__).parents[1] / "data"
SUBMISSIONS = [json.loads(line) for line in (DATA / "submissions.jsonl").read_text().splitlines()]
REJECTS = [json.loads(line) for line in (DATA / "rejects.jsonl").read_text().splitlines()]


def errors(given: object, schema: type[SubmissionForm] = SubmissionForm) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        schema().load(given)
    return translated(refused.value.messages_dict)


def a_form(**changed: object) -> dict[str, object]:
    return {**SUBMISSIONS[0], **changed}


@pytest.mark.parametrize("given", SUBMISSIONS, ids=range(len(SUBMISSIONS)))
def test_every_sample_is_a_submission(given):
    read = SubmissionForm().load(given)

    assert read["phone"] is None or read["phone"].startswith("+49")
    assert isinstance(read["channel"], Channel)


@pytest.mark.parametrize("reject", REJECTS, ids=[f"{n}-{reject['field']}" for n, reject in enumerate(REJECTS)])
def test_a_reject_is_refused_for_exactly_its_field(reject):
    assert list(errors(reject["submission"])) == [reject["field"]]


@pytest.mark.parametrize("field", ["needs_interpreter", "shared_phone", "single_parent", "consent_contact"])
@pytest.mark.parametrize("value", ["true", "on", 1, 0, 1.0, [], {}])
def test_a_yes_or_no_is_nothing_that_only_looks_like_it(field, value):
    assert list(errors(a_form(**{field: value}))) == [field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("given_name", 7),
        *(("given_name", f"a{steers}b") for steers in "\0\x07\x1b\x7f\x80\x9b"),
        ("message", "a\x9b31mb"),
        ("given_name", ["Ada"]),
        ("date_of_birth", "20010203"),
        ("date_of_birth", "2001-W05-6"),
        ("date_of_birth", "2001-02-03T00:00:00"),
        ("date_of_birth", 20010203),
        ("date_of_birth", "٢٠٠١-٠٢-٠٣"),
        ("language", 3),
        ("phone", 1760406905),
        ("phone", "0" * 300),
        ("phone", "0800 REICHSTAG"),
        ("email", "a@b@example.org, c@example.org"),
        ("email", "jürgen@example.org"),
        *(("email", f'"a{steers}b"@example.org') for steers in "\x01\x0b\x0c\x1c\x1f\x7f"),
        ("email", "a@" + "b" * 250 + ".de"),
        ("channel", ["sms"]),
        ("channel", {"sms": 1}),
        ("children", "2"),
        ("children", True),
        ("children", 1.5),
        ("children", 10**400),
        ("city_quarter", True),
        ("city_quarter", "0204"),
        ("city_quarter", 204.0),
        ("city_quarter", "٢٠٤"),
        ("postcode", 50733),
        ("postcode", "٥٠٧٣٣"),
        ("topics", ["work", "work"]),
        ("topics", ["work"] * 60_000),
        ("topics", ["work", ["work"]]),
        ("topics", [None]),
        ("topics", None),
        ("message", {"text": "…"}),
        ("consent_processing", "true"),
        ("consent_processing", None),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_for_its_field(field, value):
    given = a_form(email="a@example.org") | {field: value}

    assert list(errors(given)) == [field]


def test_a_list_that_is_too_long_is_refused_before_anything_in_it_is_read():
    read: list[object] = []

    class Noted(fields.Field[object]):
        def _deserialize(self, value: object, *_: object, **__: object) -> object:
            read.append(value)
            return value

    two = Several(Noted(), 2)

    assert two.deserialize(["a", "b"]) == ["a", "b"]
    with pytest.raises(ValidationError, match="Please give at most 2 entries"):
        two.deserialize(["c"] * 3)
    assert read == ["a", "b"]
    assert errors(a_form(topics=["x"] * 16))["topics"] == ["Please give at most 15 entries."]


def test_whoever_gives_no_way_to_reach_her_is_asked_for_the_one_she_chose():
    given = {name: value for name, value in a_form().items() if name not in ("phone", "email")}

    assert list(errors(given | {"channel": "sms"})) == ["phone"]
    assert list(errors(given | {"channel": "email"})) == ["email"]


def test_blank_and_null_are_the_same_as_nothing():
    read = SubmissionForm().load(a_form(message="", postcode=None, gender="", email=None, children=None))

    assert (read["message"], read["postcode"], read["email"], read["children"]) == (None, None, None, 0)
    assert read["gender"] is Gender.UNDISCLOSED


def test_names_keep_their_script_and_lose_what_is_not_theirs():
    read = SubmissionForm().load(a_form(given_name="  Ngu\u0079e\u0302\u0303n \n Thị ", family_name="👩🏽‍🎓"))

    assert read["given_name"] == "Nguyễn Thị"
    assert read["family_name"] == "👩🏽‍🎓"


@pytest.mark.parametrize("name", ["\u200b", " \ufeff\u2060 ", "\u200e\u00a0\u200f"])
def test_what_nobody_can_see_is_no_name(name: str):
    assert errors(a_form(given_name=name)) == {"given_name": ["Please fill this in."]}


def test_letters_are_read_as_they_were_written():
    assert errors(a_form(given_name="Ali\u202eilA")) == {"given_name": ["Please remove control characters."]}
    assert SubmissionForm().load(a_form(given_name="می\u200cنا"))["given_name"] == "می\u200cنا", "as Persian writes it"


def test_an_international_domain_is_kept_as_mail_servers_know_it():
    read = SubmissionForm().load(a_form(email="post@bücher.example"))

    assert read["email"] == "post@xn--bcher-kva.example"


def test_a_quarter_is_its_number_however_it_is_written():
    assert SubmissionForm().load(a_form(city_quarter=204))["city_quarter"] == 204
    assert SubmissionForm().load(a_form(city_quarter="204"))["city_quarter"] == 204


def test_a_child_born_today_is_not_from_the_future():
    try:
        clock.move(datetime(2026, 3, 1, 23, 30, tzinfo=UTC))  # past midnight in Germany
        read = SubmissionForm().load(a_form(date_of_birth="2026-03-02"))
    finally:
        clock.move(None)

    assert coded(read, read["date_of_birth"])["age_band"] is AgeBand.UNDER_18


def test_what_travels_holds_nothing_personal():
    read = ReferralForm().load(a_form(consent_form="written", reason="…", referrer_reference="77"))

    kept, travels = personal(read), coded(read, clock.day(datetime.now(UTC)))

    assert not set(kept) & set(travels)
    assert kept["referral_reason"] == "…"
    assert travels["residence_status"] is ResidenceStatus.ASYLUM_PROCEDURE
    assert travels["topics"] == [ActionField.TRAINING, ActionField.WORK]
    assert {"given_name", "reason", "date_of_birth", "message"}.isdisjoint(travels)


def test_a_referral_says_in_which_form_the_client_agreed():
    assert list(errors(a_form(), ReferralForm)) == ["consent_form"]


def test_each_field_has_its_sentences_in_the_readers_language():
    token = texts.language.set("de")
    try:
        said = errors({"topics": ["weather", "sports"], "nickname": "Bobby"})
    finally:
        texts.language.reset(token)

    assert all(isinstance(sentence, str) for sentences in said.values() for sentence in sentences)
    assert len(said["topics"]) == 1
    assert said["nickname"] == ["Dieses Feld kennen wir nicht."]
    assert said["given_name"] == ["Bitte füllen Sie dieses Feld aus."]
    assert said["consent_processing"][0].startswith("Wir brauchen Ihre Einwilligung")
