"""Taking a submission in: the vault first, then one commit; nothing twice, nothing lost, nobody kept for nothing."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from services.intake import handlers
from services.intake.domain import Origin
from shared.errors import Forbidden, Invalid
from shared.events import SubmissionReceived
from shared.forms import SubmissionForm
from shared.http.once import Once
from shared.identity import Actor
from shared.store import AlreadyThere, Create
from shared.store.lines import broken_link, entries
from shared.store.outbox import sweep
from tests.builders import NOON, a_person
from tests.intake import IntakeService, a_form, an_intake_service, samples

SAMPLE = samples()[0]
ONCE = Once("key", "fingerprint")
USED = Create("challenges/abc", {"expires_at": "2026-03-02T12:00:00.000000+00:00"})


@pytest.fixture
def service():
    with an_intake_service() as running:
        yield running


def take_in(service: IntakeService, **given):
    form = SubmissionForm().load(given.pop("form", SAMPLE))
    options = {"at": NOON, "chance": Random(7), **given}
    return handlers.take_in(form, Origin(consent_language="en"), inbox=service.inbox, **options)


def test_a_submission_is_kept_told_and_answered(service):
    answer = take_in(service)

    (submission,) = service.kept("submissions")
    (event,) = service.bus.published
    assert isinstance(event, SubmissionReceived)
    assert answer == {"reference": submission["reference"], "received_at": "2026-03-02T11:00:00.000000+00:00"}
    assert (event.subject, event.reference) == (submission["id"], submission["reference"])
    assert broken_link(entries(service.inbox.store, f"submissions/{submission['id']}")) is None


def test_who_it_is_lies_in_the_vault_and_nowhere_else(service):
    take_in(service)

    (event,) = service.bus.published
    person = service.inbox.people.find(event.person)
    assert (person.given_name, person.family_name) == (SAMPLE["given_name"], SAMPLE["family_name"])
    clear = service.everything() + event.model_dump_json()
    for field in ("given_name", "family_name", "date_of_birth", "postcode"):
        assert str(getattr(person, field)) not in clear
    assert person.phone not in clear


def test_a_reference_that_somebody_has_is_drawn_again(service):
    first = take_in(service, chance=Random(7))
    claimed = len(service.kept("references"))
    second = take_in(service, chance=_Repeating(7))

    assert first["reference"] != second["reference"]
    assert len(service.kept("references")) == claimed + 1
    assert len(service.kept("submissions")) == 2


class _Repeating(Random):
    """Draws the reference of `Random(7)` first, for another id."""

    def getrandbits(self, k: int) -> int:
        return super().getrandbits(k) ^ 1 if k == 128 else super().getrandbits(k)


def test_two_requests_of_one_key_at_the_same_moment_have_one_effect(service):
    take_in(service, once=ONCE, used=USED)

    with pytest.raises(AlreadyThere) as met:
        take_in(service, once=ONCE, used=USED, chance=Random(8))

    assert met.value.path == ONCE.path
    assert len(service.kept("submissions")) == len(service.bus.published) == 1


def test_a_challenge_counts_once(service):
    take_in(service, used=USED)

    with pytest.raises(Invalid) as refused:
        take_in(service, used=USED, chance=Random(8), once=Once("another", "fingerprint"))

    assert list(refused.value.errors) == ["altcha"]
    assert len(service.kept("submissions")) == 1


def test_what_a_crash_left_unpublished_is_swept_up(service):
    service.bus.down = True
    take_in(service)
    service.bus.down = False

    assert sweep(service.inbox.store, service.bus) == 1
    assert sweep(service.inbox.store, service.bus) == 0
    assert len(service.bus.published) == 1


def test_a_person_whose_submission_was_never_written_is_forgotten_after_a_day(service):
    people = service.inbox.people
    take_in(service)
    people.keep("person-lost", a_person(), subject="submission-lost", at=NOON)
    people.keep("person-of-another-service", a_person(), subject="case-lost", at=NOON)

    assert handlers.tidy(inbox=service.inbox, at=NOON + timedelta(hours=23))["forgotten"] == 0
    assert handlers.tidy(inbox=service.inbox, at=NOON + timedelta(hours=25))["forgotten"] == 1
    assert handlers.tidy(inbox=service.inbox, at=NOON + timedelta(hours=26))["forgotten"] == 0
    assert people.find("person-lost") is None
    assert len(service.persons()) == 2


@pytest.mark.parametrize(
    ("member", "organisation", "referrer"),
    [
        ("p1", "jobcenter", "jobcenter"),
        ("p2", "auslaenderbehoerde", "immigration_office"),
        ("p3", "kompass", "provider"),
    ],
)
def test_a_referral_is_counted_as_its_organisations(service, member, organisation, referrer):
    actor = Actor(id=member, roles=frozenset({"partner"}), organisation=organisation)
    form = {**SubmissionForm().load(SAMPLE), "reason": "…", "referrer_reference": "77", "consent_form": "written"}

    handlers.refer(form, actor, inbox=service.inbox, at=NOON, chance=Random(7))

    (event,) = service.bus.published
    (submission,) = service.kept("submissions")
    assert (event.referrer, event.by) == (referrer, member)
    assert submission["origin"]["organisation"] == organisation
    assert service.inbox.people.find(event.person).referrer_reference == "77"


def test_somebody_of_no_organisation_refers_nobody(service):
    actor = Actor(id="p1", roles=frozenset({"partner"}), organisation="nowhere")

    with pytest.raises(Forbidden):
        handlers.refer(SubmissionForm().load(SAMPLE), actor, inbox=service.inbox, at=NOON, chance=Random(7))
    assert not service.persons()


def test_a_form_of_the_page_is_the_same_as_its_json():
    from services.intake.schemas import Submission, from_form

    form = a_form(topics=None, needs_interpreter="on", children="٢", postcode="٥٠٦٦٧", city_quarter="204")
    pairs = [*form.items(), ("topics", "housing"), ("topics", "work")]

    read = Submission().load(from_form(pairs))

    assert read["date_of_birth"].isoformat() == "2003-05-17"
    assert (read["children"], read["postcode"], read["city_quarter"]) == (2, "50667", 204)
    assert (read["needs_interpreter"], read["shared_phone"]) == (True, False)
    assert [topic.value for topic in read["topics"]] == ["housing", "work"]
