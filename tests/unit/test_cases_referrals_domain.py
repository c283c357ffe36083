"""Referrals: where each status leads, what sending needs, when they come back, when they count."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cases.domain import releases
from services.cases.domain.case import Case
from services.cases.domain.consent import Consent
from services.cases.domain.refusals import CaseIsClosed, ReleaseMissing
from services.cases.referrals.domain import linking
from services.cases.referrals.domain.referral import Referral, fold
from services.cases.referrals.domain.statuses import IN_CONTACT
from services.cases.referrals.refusals import NotOpen, NotReachable, ReasonDoesNotFit, Unconfirmed
from shared.codes import ConsentDirection, ConsentForm, ConsentKind, Phase, ReferralReason, ReferralStatus
from shared.errors import Rejected
from tests.builders import NOON, a_case, a_consent

CM = "lindenhof-1"
TODAY = date(2026, 3, 2)
AT: dict[str, Any] = {"on": TODAY, "at": NOON, "by": CM}
S = ReferralStatus
LEADS = {
    S.PROPOSED: {S.CONSENTED, S.SENT, S.DROPPED},
    S.CONSENTED: {S.SENT, S.DROPPED},
    S.SENT: {S.ACCEPTED, S.DECLINED, S.STARTED, S.DROPPED},
    S.ACCEPTED: {S.STARTED, S.DECLINED, S.DROPPED},
    S.STARTED: {S.FINISHED, S.DROPPED},
}
"""Where each status leads, said once more: what is declined, dropped or finished is over."""


def a_release(**said: Any) -> Consent:
    given = {"kind": ConsentKind.SECRECY_RELEASE, "recipient": "jobcenter", "form": ConsentForm.WRITTEN}
    given |= {"data_categories": releases.REFERRAL, **said}
    return Consent(
        **{"id": "consent-1", "language": "de", "text_version": "1", "given_at": NOON, "valid_until": None, **given}
    )


def agreed() -> Case:
    """A case whose client agrees that her data be worked with."""
    return a_case(consents=[a_consent()])


def released(**said: Any) -> Case:
    return agreed().model_copy(update={"consents": (a_consent(), a_release(**said))})


def a_referral(case: Case | None = None, **said: Any) -> Referral:
    given = {
        "recipient": "jobcenter",
        "offer": None,
        "status": S.PROPOSED,
        "waiting_days": None,
        "noted": False,
        **said,
    }
    return linking.make(case or released(), "referral-1", patience=14, **given, **AT)[0]


def changed(held: Referral, case: Case | None = None, **said: Any) -> Referral:
    return linking.change(case or released(), held, said, patience=14, **AT)[0]


@pytest.mark.parametrize("to", list(S))
@pytest.mark.parametrize("status", list(S))
def test_a_referral_goes_on_from_each_status_to_some_and_to_no_other(status: ReferralStatus, to: ReferralStatus):
    held = a_referral().model_copy(update={"status": status, "client_confirmed": True, "recipient_confirmed": True})
    reason = {"reason": ReferralReason.OTHER} if to is S.DECLINED else {}

    if to in LEADS.get(status, set()):
        assert changed(held, status=to, **reason).status is to
    else:
        with pytest.raises(NotReachable):
            changed(held, status=to, **reason)


@pytest.mark.parametrize(
    "case",
    [
        agreed(),
        released(revoked_at=NOON),
        released(valid_until=TODAY - timedelta(days=1)),
        released(recipient="bruecke"),
        released(kind=ConsentKind.PROCESSING),
        released(direction=ConsentDirection.FROM_RECIPIENT),
        released(data_categories=()),
    ],
)
def test_nothing_is_sent_without_a_release_towards_the_recipient(case: Case):
    with pytest.raises(ReleaseMissing) as refused:
        a_referral(case, status=S.SENT)
    with pytest.raises(ReleaseMissing):
        changed(a_referral(case), case, status=S.SENT)

    assert refused.value.extra == {
        "unmet": ["secrecy_release:jobcenter:identity", "secrecy_release:jobcenter:referrals"]
    }


def test_the_category_that_is_missing_is_named():
    with pytest.raises(ReleaseMissing) as refused:
        a_referral(released(data_categories=["identity", "plan"]), status=S.SENT)

    assert refused.value.extra == {"unmet": ["secrecy_release:jobcenter:referrals"]}


def test_two_releases_cover_together_what_one_does_not():
    parts = tuple(a_release(id=f"consent-{one}", data_categories=[one]) for one in releases.REFERRAL)

    assert a_referral(a_case(consents=(a_consent(), *parts)), status=S.SENT).status is S.SENT


@pytest.mark.parametrize(
    ("said", "reason"),
    [({"revoked_at": NOON}, "consent_revoked"), ({"valid_until": TODAY - timedelta(days=1)}, "consent_ended")],
)
def test_it_ends_with_its_release_and_says_how_that_ended(said: dict[str, Any], reason: str):
    sent = a_referral(status=S.SENT)

    stopped = linking.stop(released(**said), sent, **AT)

    assert stopped is not None
    assert (stopped[0].status, stopped[0].reason) == (S.DROPPED, reason)
    assert linking.stop(released(**said), stopped[0], **AT) is None
    assert linking.stop(released(), sent, **AT) is None


def test_what_waits_for_its_first_release_is_not_stopped_for_want_of_it():
    consented = a_referral(agreed(), status=S.CONSENTED)

    assert linking.stop(agreed(), consented, **AT) is None
    assert linking.stop(released(data_categories=["identity"]), consented, **AT) is None
    assert linking.stop(released(revoked_at=NOON), consented, **AT) is not None


@pytest.mark.parametrize("status", list(S))
def test_with_its_case_ends_what_the_client_has_not_started(status: ReferralStatus):
    held = a_referral().model_copy(update={"status": status})

    withdrawn = linking.withdraw(a_case(phase=Phase.CLOSED), held, at=NOON, by="case-a1.9")

    if status in {S.PROPOSED, S.CONSENTED, S.SENT, S.ACCEPTED}:
        assert withdrawn is not None
        assert (withdrawn[0].status, withdrawn[0].reason, withdrawn[0].awaited) == (S.DROPPED, "case_closed", False)
    else:
        assert withdrawn is None


def test_a_closed_case_is_not_referred():
    with pytest.raises(CaseIsClosed):
        a_referral(a_case(phase=Phase.CLOSED))


def test_a_refusal_has_a_reason_that_fits():
    sent = a_referral(status=S.SENT)

    for wrong in ({}, {"reason": ReferralReason.CONSENT_REVOKED}):
        with pytest.raises(ReasonDoesNotFit):
            changed(sent, status=S.DECLINED, **wrong)
    with pytest.raises(ReasonDoesNotFit):
        changed(sent, status=S.ACCEPTED, reason=ReferralReason.OTHER)


def test_it_counts_when_both_sides_confirmed_contact():
    started = changed(a_referral(status=S.SENT), status=S.STARTED)
    with pytest.raises(Unconfirmed) as refused:
        changed(changed(started, confirmed_by="client"), status=S.FINISHED)
    assert refused.value.extra == {"unmet": ["confirmation:recipient"]}

    done = changed(changed(started, confirmed_by="client"), status=S.FINISHED, confirmed_by="recipient")

    assert done.done
    assert not started.done


def test_contact_is_confirmed_only_while_the_recipient_has_it():
    with pytest.raises(NotOpen):
        changed(a_referral(), confirmed_by="client")


def test_it_comes_back_once_and_only_when_it_is_due():
    sent = a_referral(status=S.SENT)
    due: dict[str, Any] = {"on": TODAY + timedelta(days=14), "days": 14, "at": NOON, "by": "job"}
    back = linking.give_back(released(), sent, **due)
    assert back is not None

    assert linking.give_back(released(), sent, **{**due, "on": TODAY + timedelta(days=13)}) is None
    assert linking.give_back(released(), back[0], **due) is None
    assert linking.give_back(released(), changed(sent, status=S.ACCEPTED), **due) is None
    assert (back[0].awaited, back[0].status, back[0].returned_at) == (False, S.SENT, NOON)
    assert changed(back[0], status=S.ACCEPTED).returned_at is None


def test_a_word_on_what_was_sent_sends_nothing_anew():
    sent = a_referral(status=S.SENT)
    later: dict[str, Any] = {"on": TODAY + timedelta(days=5), "at": NOON + timedelta(days=5), "by": CM}

    noted, _ = linking.change(agreed(), sent, {"note": "Nachgefragt."}, patience=14, **later)

    assert (noted.status, noted.sent_at, noted.answer_by) == (S.SENT, sent.sent_at, sent.answer_by)


def test_what_came_back_may_be_sent_once_more():
    sent = a_referral(status=S.SENT)
    with pytest.raises(NotReachable):
        changed(sent, status=S.SENT)
    later: dict[str, Any] = {"on": TODAY + timedelta(days=20), "at": NOON, "by": CM}
    back = linking.give_back(released(), sent, days=14, **later)
    assert back is not None

    again, _ = linking.change(released(), back[0], {"status": S.SENT}, patience=14, **later)

    assert (again.awaited, again.returned_at, again.answer_by) == (True, None, TODAY + timedelta(days=34))


STEPS = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {"status": st.sampled_from(list(S))}, optional={"reason": st.sampled_from(list(ReferralReason))}
        ),
        st.fixed_dictionaries({"confirmed_by": st.sampled_from(["client", "recipient"])}),
        st.fixed_dictionaries({"waiting_days": st.none() | st.integers(0, 90)}),
        st.fixed_dictionaries({"note": st.just("Wort"), "explanation": st.just("Wort")}),
        st.sampled_from(["back", "stop", "withdraw"]),
    ),
    max_size=12,
)


@given(steps=STEPS, released_at_first=st.booleans())
def test_the_state_is_the_fold_of_its_events(steps: list[Any], released_at_first: bool):
    case = released() if released_at_first else agreed()
    said: dict[str, Any] = {"recipient": "jobcenter", "offer": None, "waiting_days": 3, "noted": True, "patience": 1}
    held, first = linking.make(case, "referral-1", status=S.PROPOSED, **said, **AT)
    history = [first]
    for number, step in enumerate(steps):
        on: dict[str, Any] = {"on": TODAY + timedelta(days=number), "at": NOON + timedelta(days=number), "by": CM}
        try:
            if step == "back":
                change = linking.give_back(case, held, days=1, **on)
            elif step == "stop":
                change = linking.stop(agreed(), held, **on)
            elif step == "withdraw":
                change = linking.withdraw(case, held, at=on["at"], by=CM)
            else:
                change = linking.change(case, held, step, patience=1, **on)
        except Rejected:
            continue
        if change is not None:
            held, event = change
            history.append(event)

    assert fold(history) == held
    assert held.status not in IN_CONTACT or released_at_first
    assert held.awaited is (held.status is S.SENT and held.returned_at is None)
