"""One client from her form to the end of her case, and what everybody who has to do with it sees on the way.

Amal Haddad lives in the Altstadt. Renate coordinates for the city. Lena leads the team of Lindenhof, where Murat is
case manager and Olga his colleague; Samira works for another organisation. Jutta is at the Jobcenter, Anton at the
immigration office, and Dieter is the privacy officer. All of them are invented.
"""

from __future__ import annotations

import re

import requests

from tests.end_to_end.town import AMAL, FORM, TO_KOMPASS, TO_THE_JOBCENTER, Town, a_town, refused
from tests.html import Page

REVEALING = ("Amal", "Haddad", "أمل", "KIM", "Lindenhof", "Jobcenter", "Duldung", "سكن", "شقة", "2003", "Murat", "http")
"""What nobody may read on a lock screen."""


def test_amal_from_her_form_to_the_end_of_her_case():
    with a_town("2026-03-02T09:00:00+01:00") as town:
        amal_sends_the_form(town)
        renate_hands_the_inquiry_to_lindenhof(town)
        lena_puts_murat_in_charge(town)
        murat_invites_amal(town)
        amal_is_reminded_the_day_before(town)
        murat_and_amal_find_out_what_this_is_about(town)
        they_agree_on_a_plan(town)
        amal_stands_before_samira_in_the_evening(town)
        amal_releases_murat_from_secrecy_towards_the_jobcenter(town)
        jobcenter, kompass = murat_refers_amal_twice(town)
        jutta_sees_what_amal_released_and_nothing_else(town, jobcenter)
        they_hold_a_case_conference(town)
        jutta_and_amal_confirm_that_it_came_to_something(town, jobcenter)
        kompass_does_not_answer(town, kompass)
        the_radar_sees_her_title_end(town)
        murat_says_what_stands_in_the_way_of_many(town)
        amal_takes_her_release_back(town)
        they_look_back_and_close(town)
        amal_is_told_everything_that_is_kept_about_her(town)
        everybody_who_looked_is_on_record(town)
        the_privacy_officer_keeps_the_root_of_every_day(town)


def amal_sends_the_form(town: Town) -> None:
    """On her phone, in Arabic; she is answered at once, with words that are harmless on a lock screen."""
    receipt = requests.post(f"{town.url}/intake/?lang=ar", data=FORM, timeout=60)

    (town.reference,) = set(re.findall(r"KIM-[0-9A-Z]{4}-[0-9A-Z*~$=]{4}", receipt.text))
    assert Page(receipt.text).one("html")["dir"] == "rtl"
    (told,) = town.outbox(AMAL)
    assert not [word for word in REVEALING if word in told]


def renate_hands_the_inquiry_to_lindenhof(town: Town) -> None:
    """She sees topics and district, and no name; Lindenhof's mailbox learns that an inquiry waits."""
    (inquiry,) = town.renate.get("/cases?organisation=unallocated")["items"]
    town.case = inquiry["id"]
    assert (inquiry["topics"], inquiry["city_district"]) == (["housing", "language"], 1)
    assert not [word for word in ("Amal", "Haddad", "3920077", "شقة") if word in str(town.renate.get(town.of()))]

    town.change(town.renate, "allocation", organisation="lindenhof")

    (mail,) = town.outbox("eingang@lindenhof.example")
    assert "Amal" not in mail
    assert town.reference not in mail


def lena_puts_murat_in_charge(town: Town) -> None:
    """From then on the case is his: no colleague, and nobody elsewhere, knows that it is there."""
    (inquiry,) = town.lena.get("/cases?phase=inquiry")["items"]
    assert inquiry["client"] == {"given_name": "Amal", "family_name": "Haddad"}

    town.change(town.lena, "assignment", case_manager="lindenhof-1")

    assert [row["id"] for row in town.murat.get("/cases?case_manager=me")["items"]] == [town.case]
    assert town.file()["client"]["message"] == "أبحث عن شقة."
    assert [refused(who, town.of()) for who in (town.olga, town.samira, town.jutta, town.anton)] == [404] * 4


def murat_invites_amal(town: Town) -> None:
    """She gets day, time and a plain address; mediation into Arabic is arranged."""
    invited = town.add(
        town.murat, "appointments", starts_at="2026-03-09T10:00:00+01:00", place="platz-1", purpose="Erstgespräch"
    )

    (appointment,) = town.items("appointments")
    assert (appointment["id"], appointment["interpreter"]) == (invited, "ar")
    told = town.outbox(AMAL)[-1]
    assert "10:00" in told
    assert "Musterplatz 1" in told
    assert not [word for word in (*REVEALING, "Erstgespräch") if word in told]
    assert "SUMMARY:Appointment\n" in town.murat.text(town.of(f"appointments/{invited}.ics")).replace("\r", "")


def amal_is_reminded_the_day_before(town: Town) -> None:
    """Once."""
    town.it_is("2026-03-08T10:30:00+01:00")
    town.at_night("notifications_sweep")
    town.at_night("notifications_sweep")

    _, invited, reminded = town.outbox(AMAL)
    assert "10:00" in reminded
    assert reminded != invited


def murat_and_amal_find_out_what_this_is_about(town: Town) -> None:
    """She comes, they talk; without her consent the assessment does not begin."""
    town.it_is("2026-03-09T11:15:00+01:00")
    (appointment,) = town.items("appointments")
    town.amend(town.murat, f"appointments/{appointment['id']}", status="kept")
    note = "Wohnt bei Bekannten. Beim nächsten Mal vertritt mich Olga Muster."
    town.add(town.murat, "contacts", channel="meeting", minutes=60, note=note)
    town.change(town.murat, "phase", to="clearing")
    town.change(town.murat, "clearing", result="accepted", reason="Komplexer Bedarf.")
    town.change(town.murat, "phase", to="intake")

    early = town.problem(town.murat, "POST", town.of("phase"), {"to": "assessment"}, seen=town.file()["version"])
    assert (early["status"], early["unmet"]) == (409, ["consent_processing"])

    processing = {"form": "written", "language": "ar", "text_version": "2026-01", "interpreted": True}
    town.add(town.murat, "consents", type="processing", **processing)
    town.add(town.murat, "residence", status="toleration", valid_from="2026-01-01", valid_until="2026-06-30")
    assert town.change(town.murat, "phase", to="assessment")["phase"] == "assessment"


def they_agree_on_a_plan(town: Town) -> None:
    """Two fields, her view and his; what they agree on goes into the plan."""
    said = {"urgency": 4, "situation": "Schläft auf dem Sofa.", "resources": "Hat Freunde in Köln."}
    town.change(town.murat, "assessment/housing", "PUT", view="client", **said)
    town.change(town.murat, "assessment/health", "PUT", view="professional", urgency=2, situation="Schläft schlecht.")
    town.change(town.murat, "phase", to="planning")
    early = town.problem(town.murat, "POST", town.of("phase"), {"to": "linking"}, seen=town.file()["version"])
    assert early["unmet"] == ["goal_agreed"]

    town.add(town.murat, "goals", action_field="housing", title="Eigene Wohnung", agreed=True, until="2026-09-30")
    town.add(town.murat, "goals", action_field="health", title="Hausärztin finden", agreed=True)

    assert [goal["title"] for goal in town.file()["goals"]] == ["Eigene Wohnung", "Hausärztin finden"]
    assert town.change(town.murat, "phase", to="linking")["phase"] == "linking"


def amal_stands_before_samira_in_the_evening(town: Town) -> None:
    """Murat cannot be reached: for an hour Samira reads the file, others are told at once, and Dieter reviews it."""
    told = town.outbox("eingang@lindenhof.example")
    reason = "Sie weiß nicht, wo sie heute schlafen soll."
    asked = {"ground": "client_asks", "reason": reason}
    town.opened = town.samira.add(f"/cases/{town.reference}/break-glass", asked)["id"]

    assert [goal["title"] for goal in town.samira.get(town.of())["goals"]] == ["Eigene Wohnung", "Hausärztin finden"]
    assert refused(town.samira, town.of("history")) == 403
    mails = [*town.outbox("datenschutz@stadt.example"), *town.outbox("eingang@lindenhof.example")[len(told) :]]
    assert len(mails) == 2
    assert not [word for word in (*REVEALING, "Samira", "Notfall", town.case) if word in str(mails)]
    town.it_is("2026-03-09T12:30:00+01:00")
    assert refused(town.samira, town.of()) == 404

    (waits,) = town.dieter.every("/cases/break-glass")
    assert (waits["id"], waits["broken_by"]) == (town.opened, "bruecke-1")
    assert [one["reason"] for one in town.items("break-glass", town.dieter)] == [reason]
    version = {"id": town.case, "version": waits["version"]}
    town.dieter.change("POST", version, f"break-glass/{town.opened}/review", {"result": "justified"})
    assert town.dieter.every("/cases/break-glass") == []
    assert next(one for one in town.items("history") if one["by"] == "bruecke-1")["subject"] == town.opened


def amal_releases_murat_from_secrecy_towards_the_jobcenter(town: Town) -> None:
    """Before she does, nothing goes there; the immigration office learns nothing at all."""
    wanted = {"recipient": "jobcenter", "status": "sent", "note": "Bitte um einen Termin am Vormittag."}
    early = town.problem(town.murat, "POST", town.of("referrals"), wanted)
    assert early["status"] == 409
    assert early["unmet"] == [f"secrecy_release:jobcenter:{one}" for one in ("identity", "referrals")]

    town.add(town.murat, "consents", **TO_THE_JOBCENTER)
    town.add(town.murat, "consents", **TO_KOMPASS)

    assert refused(town.anton, town.of()) == 404
    assert refused(town.anton, "/cases") == 403


def murat_refers_amal_twice(town: Town) -> tuple[str, str]:
    """To the Jobcenter's first talk, and to a course of Kompass, found by criteria that it names."""
    town.at_night("cases_sweep")
    found = town.murat.get("/cases/offers?action_field=language&target_group=young_adult&match=all")["items"]
    course = found[1]
    assert [(one["title"], one["matched"]) for one in found] == [
        ("Sprachcafé am Lindenhof", ["action_field", "target_group"]),
        ("Deutsch intensiv A2 bis B1", ["action_field", "target_group"]),
    ]
    (talk,) = town.murat.get("/cases/offers?organisation=jobcenter&match=all")["items"]

    note = "Bitte um einen Termin am Vormittag."
    jobcenter = town.add(town.murat, "referrals", offer=talk["id"], status="sent", note=note)
    kompass = town.add(town.murat, "referrals", offer=course["id"], status="sent")

    assert [(one["offer_title"], one["status"]) for one in town.items("referrals")] == [
        ("Einstiegsberatung", "sent"),
        ("Deutsch intensiv A2 bis B1", "sent"),
    ]
    assert town.change(town.murat, "phase", to="monitoring")["phase"] == "monitoring"
    return jobcenter, kompass


def jutta_sees_what_amal_released_and_nothing_else(town: Town, jobcenter: str) -> None:
    """Name, contact, the plan without the field of health; not the residence, not the assessment, not the notes."""
    (referral,) = town.jutta.get("/cases/referrals/incoming")["items"]
    (row,) = town.jutta.get("/cases")["items"]
    seen = town.jutta.get(town.of())

    assert (referral["id"], referral["note"]) == (jobcenter, "Bitte um einen Termin am Vormittag.")
    assert row["client"]["family_name"] == "Haddad"
    assert seen["client"] == {
        "given_name": "Amal",
        "family_name": "Haddad",
        "date_of_birth": "2003-02-14",
        "phone": AMAL,
        "email": None,
        "postcode": None,
    }
    assert [goal["title"] for goal in seen["goals"]] == ["Eigene Wohnung"]
    withheld = ("toleration", "assessment", "Sofa", "Hausärztin", "Bekannten", "شقة", "Kompass", "kompass", "topics")
    assert not [word for word in withheld if word in f"{referral} {row} {seen}"]
    assert [refused(town.jutta, town.of(what)) for what in ("contacts", "history", "accesses", "referrals")] == [
        403
    ] * 4


def they_hold_a_case_conference(town: Town) -> None:
    """Only with those towards whom Amal released them."""
    town.it_is("2026-03-16T14:00:00+01:00")
    lindenhof = {"organisation": "lindenhof", "function": "Fallmanagement"}
    jobcenter = {"organisation": "jobcenter", "function": "Leistungssachbearbeitung"}
    foreign = {"organisation": "auslaenderbehoerde", "function": "Sachbearbeitung"}
    said = {"held_on": "2026-03-16", "question": "Wer übernimmt die Miete?"}
    agreed = [{"who": "jobcenter", "what": "Prüft die Mietübernahme.", "until": "2026-03-30"}]

    with_anton = {**said, "participants": [lindenhof, foreign]}
    assert town.problem(town.murat, "POST", town.of("conferences"), with_anton)["unmet"] == [
        "secrecy_release:auslaenderbehoerde:identity",
        "secrecy_release:auslaenderbehoerde:plan",
    ]
    town.add(town.murat, "conferences", **said, participants=[lindenhof, jobcenter], agreements=agreed)

    (conference,) = town.items("conferences")
    assert (conference["question"], conference["agreements"]) == ("Wer übernimmt die Miete?", agreed)


def jutta_and_amal_confirm_that_it_came_to_something(town: Town, jobcenter: str) -> None:
    """The referral counts when both sides say so, not before."""
    path = f"referrals/{jobcenter}"
    town.amend(town.jutta, path, status="accepted", waiting_days=3)
    town.amend(town.jutta, path, status="started", confirmed_by="recipient")
    version = town.murat.get(town.of(path))["version"]
    early = town.problem(town.murat, "PATCH", town.of(path), {"status": "finished"}, seen=version)
    assert early["unmet"] == ["confirmation:client"]

    town.amend(town.murat, path, confirmed_by="client")
    finished = town.amend(town.murat, path, status="finished")

    assert (finished["status"], finished["done"], finished["waiting_days"]) == ("finished", True, 3)


def kompass_does_not_answer(town: Town, kompass: str) -> None:
    """After fourteen days it is Murat's again; on the phone they decline."""
    town.it_is("2026-03-24T07:00:00+01:00")
    assert town.at_night("cases_referrals")["returned"] == 1

    (follow_up,) = town.murat.get("/cases/follow-ups?due=today")["items"]
    assert (follow_up["rule"], follow_up["client"]["given_name"]) == ("unanswered", "Amal")
    town.add(town.murat, "contacts", channel="phone", minutes=10, note="Kompass: der Kurs ist voll.")
    town.amend(town.murat, f"referrals/{kompass}", status="declined", reason="no_capacity")
    town.amend(town.murat, f"follow-ups/{follow_up['id']}", done=True)

    assert town.murat.get("/cases/follow-ups")["items"] == []
    assert [one["status"] for one in town.items("referrals")] == ["finished", "declined"]


def the_radar_sees_her_title_end(town: Town) -> None:
    """Thirty days before, it tells Murat by which rule; her permit is put into the history, which stays."""
    town.it_is("2026-05-31T07:00:00+02:00")
    assert town.at_night("cases_radar")["reminded"] == 1
    assert town.at_night("cases_radar")["reminded"] == 0

    (follow_up,) = town.murat.get("/cases/follow-ups?due=today")["items"]
    assert (follow_up["rule"], follow_up["ends_on"], follow_up["days"]) == ("residence_ends", "2026-06-30", 30)
    town.add(town.murat, "residence", status="integrated_youth", valid_from="2026-05-28", valid_until="2029-05-27")
    town.amend(town.murat, f"follow-ups/{follow_up['id']}", done=True)

    assert [(one["status"], one["current"]) for one in town.items("residence")] == [
        ("toleration", False),
        ("integrated_youth", True),
    ]
    assert town.file()["residence_status"] == "integrated_youth"


def murat_says_what_stands_in_the_way_of_many(town: Town) -> None:
    """A finding names nobody and counts no single case; what becomes of it comes back to him."""
    said = {"case": town.case, "from_office": "jobcenter", "to_office": "housing_office", "action_field": "housing"}
    naming = town.problem(town.murat, "POST", "/cases/findings", {**said, "title": "Frau Haddad wartet"})
    assert list(naming["errors"]) == ["title"]
    raised = town.murat.add("/cases/findings", {**said, "title": "Zwei Ämter warten aufeinander"})

    (finding,) = town.renate.get("/cases/findings")["items"]
    assert (finding["id"], finding["cases"], finding["suppressed"]) == (raised["id"], None, True)
    assert town.case not in str(finding)
    decision = {"status": "prioritised", "body": "steering_group", "decided_on": "2026-05-31"}
    town.renate.call("PATCH", f"/cases/findings/{raised['id']}", decision, If_Match=f'"{finding["version"]}"')

    (mine,) = town.murat.get("/cases/findings?raised_by=me")["items"]
    assert (mine["status"], mine["decisions"]) == ("prioritised", [decision])


def amal_takes_her_release_back(town: Town) -> None:
    """What was on its way to the Jobcenter stops; Jutta sees nothing any more, and is told that something ended."""
    again = town.add(town.murat, "referrals", recipient="jobcenter", status="sent", note="Noch eine Frage zur Miete.")
    assert [one["id"] for one in town.jutta.get("/cases/referrals/incoming")["items"]] == [again]
    (release,) = (one["id"] for one in town.file()["consents"] if one["recipient"] == "jobcenter")

    town.murat.add(town.of(f"consents/{release}/revocation"), {"reason": "Möchte es selbst regeln."})
    town.settles()

    assert town.jutta.get("/cases/referrals/incoming")["items"] == town.jutta.get("/cases")["items"] == []
    assert refused(town.jutta, town.of()) == refused(town.jutta, town.of(f"referrals/{again}")) == 404
    stopped = town.murat.get(town.of(f"referrals/{again}"))
    assert (stopped["status"], stopped["reason"]) == ("dropped", "consent_revoked")
    *_, sent, ended = town.outbox("eingang@jobcenter.example")
    assert sent == ended, "nothing says which of the two it is"
    (over,) = town.jutta.get("/cases/referrals/incoming?status=dropped")["items"]
    assert (over["id"], {"client", "reason", "note"} & over.keys()) == (again, set())


def they_look_back_and_close(town: Town) -> None:
    """Every goal has an outcome; who looks while another changes is told what happened meanwhile."""
    town.it_is("2026-06-15T10:00:00+02:00")
    town.change(town.murat, "phase", to="evaluation")
    seen = town.file()
    ending = {"reason": "goals_achieved", "ended_by": "mutual"}
    early = town.problem(town.murat, "POST", town.of("closure"), ending, seen=seen["version"])
    assert early["unmet"] == ["goal_outcomes"]

    home, health = (goal["id"] for goal in seen["goals"])
    town.change(town.lena, f"goals/{health}", "PATCH", outcome="achieved")
    late = town.problem(town.murat, "PATCH", town.of(f"goals/{home}"), {"outcome": "achieved"}, seen=seen["version"])
    assert (late["status"], [one["by"] for one in late["changes"]]) == (412, ["lindenhof-leitung"])

    closed = town.change(town.murat, "closure", **ending, outcomes={home: "achieved"}, note="Hat eine Wohnung.")
    assert (closed["phase"], closed["closure_reason"]) == ("closed", "goals_achieved")


def amal_is_told_everything_that_is_kept_about_her(town: Town) -> None:
    """In Arabic, with every word that was said about her, and no name of anybody else."""
    told = town.dieter.get(town.of("subject-access"))
    page = town.dieter.text(town.of("subject-access?format=html"))

    assert (told["language"], told["master_data"]["family_name"]) == ("ar", "Haddad")
    came = told["received"]
    assert (came["entrance"], came["consent_text"], came["consent_language"]) == ("form", "intake-1", "ar")
    assert came["words"]["consent_processing"] in page  # as they stood on the form, in Arabic
    (sent, *_) = town.dieter.get(told["elsewhere"][0]["path"])["items"]
    assert (sent["language"], sent["body"]) == ("ar", None)  # its text has had its ninety days
    for kept in ("شقة", "Sofa", "Eigene Wohnung", "Wer übernimmt die Miete?", "Noch eine Frage", "Bekannten"):
        assert kept in str(told)
        assert kept in page
    others = ("Muster", "Murat", "Olga", "Jutta", "Lena", "Samira", "lindenhof-1", "leitung", "partner-", "datenschutz")
    assert not [name for name in others if name in f"{told} {page}".replace("Musterplatz", "")]
    assert Page(page).one("html")["dir"] == "rtl"


def everybody_who_looked_is_on_record(town: Town) -> None:
    """Who was let in and by which right, and who was not: to her file, and to what was sent to her."""
    (release,) = (one["id"] for one in town.file()["consents"] if one["recipient"] == "jobcenter")
    messages = f"/notifications/messages?case={town.case}"
    assert town.murat.get(messages)["items"]
    assert refused(town.olga, messages) == 404
    town.settles()
    looks = {(one["by"], one["action"], one["reason"]) for one in town.items("accesses", town.dieter)}

    assert {
        ("koordination", "cases.read-codes", "any"),
        ("lindenhof-1", "cases.read", "assigned"),
        ("partner-jobcenter", "cases.read-codes", release),
        ("lindenhof-1", "notifications.read", "assigned"),
        ("lindenhof-2", "notifications.read", "refused"),
        ("datenschutz", "cases.rights-read", "any"),
        ("bruecke-1", "cases.read", town.opened),
        *((who, "cases.read-codes", "refused") for who in ("lindenhof-2", "bruecke-1", "partner-auslaenderbehoerde")),
    } <= looks


def the_privacy_officer_keeps_the_root_of_every_day(town: Town) -> None:
    """The night finds nothing that should not have been, and sends a number that nobody here can reach any more."""
    town.it_is("2026-06-16T04:00:00+02:00")
    found = [town.at_night(one) for one in ("cases_audit", "notifications_audit")]

    assert [one["broken"] for one in found] == [0, 0]
    assert found[0]["deviations"] == 0
    assert found[0]["looks"] > 0
    root = town.dieter.every("/cases/audit")[0]["root"]
    *_, of_cases, of_messages = town.outbox("datenschutz@stadt.example")
    assert root in of_cases
    assert "Abweichungen, die in dieser Nacht gefunden wurden: 0" in of_cases
    assert root not in of_messages
