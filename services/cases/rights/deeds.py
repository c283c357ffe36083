"""What happened to a client's case, and why somebody looked at it, as she reads it."""

from __future__ import annotations

from shared import texts

HAPPENED = {
    "appointment-cancelled": texts.marked("An appointment was cancelled"),
    "appointment-changed": texts.marked("Something about an appointment changed"),
    "appointment-made": texts.marked("An appointment was made"),
    "appointment-moved": texts.marked("An appointment was moved"),
    "assessment-recorded": texts.marked("Your situation was written down"),
    "broken-glass-escalated": texts.marked("Nobody had reviewed in time why your file was opened"),
    "broken-glass-reviewed": texts.marked("It was reviewed why your file was opened"),
    "case-absorbed": texts.marked("Another file about you was found, and belongs to this one now"),
    "case-allocated": texts.marked("An organisation was asked to help you"),
    "case-assigned": texts.marked("Somebody took charge of your case"),
    "case-cleared": texts.marked("The first talks came to a result"),
    "case-closed": texts.marked("Your case was closed"),
    "case-erased": texts.marked("Your personal data was erased"),
    "case-merged": texts.marked("There was another file about you: that one goes on"),
    "case-opened": texts.marked("Your case was opened"),
    "case-phase-changed": texts.marked("Your case went on"),
    "case-reopened": texts.marked("Your case was opened again"),
    "case-restricted": texts.marked("The processing of your data was restricted, or is free again"),
    "case-separated": texts.marked("Another file turned out to be about somebody else"),
    "client-changed": texts.marked("Your name, contact or other data changed"),
    "conference-changed": texts.marked("A case conference changed"),
    "conference-recorded": texts.marked("A case conference was planned or held"),
    "consent-given": texts.marked("You declared something"),
    "consent-revoked": texts.marked("You took a declaration back"),
    "contact-recorded": texts.marked("We talked with each other"),
    "contact-withdrawn": texts.marked("A talk was noted by mistake, and taken out"),
    "domain-end-recorded": texts.marked("It was noted when something ends for you"),
    "domain-end-withdrawn": texts.marked("It was a mistake that something ends for you"),
    "follow-up-changed": texts.marked("A reminder to ourselves changed"),
    "follow-up-escalated": texts.marked("A reminder went to the team lead"),
    "follow-up-set": texts.marked("We set ourselves a reminder"),
    "glass-broken": texts.marked("Somebody opened your file in an emergency"),
    "goal-changed": texts.marked("One of your goals changed"),
    "goal-set": texts.marked("A goal was set"),
    "household-member-added": texts.marked("Somebody who is close to you was noted"),
    "household-member-changed": texts.marked("Something about somebody close to you changed"),
    "legal-domains-noted": texts.marked("It was noted in which legal domains you stand"),
    "measure-added": texts.marked("A step towards a goal was planned"),
    "measure-changed": texts.marked("A step towards a goal changed"),
    "rectification-changed": texts.marked("Something about what you dispute changed"),
    "rectification-requested": texts.marked("You disputed something"),
    "referral-changed": texts.marked("A referral changed"),
    "referral-made": texts.marked("You were referred to somebody"),
    "referral-returned": texts.marked("A referral came back unanswered"),
    "referral-stopped": texts.marked("A referral was stopped"),
    "residence-changed": texts.marked("Another residence title counts now"),
    "residence-recorded": texts.marked("A residence title was noted"),
    "residence-withdrawn": texts.marked("A residence title was noted by mistake, and taken out"),
    "target-group-decided": texts.marked("Somebody decided whether a target group fits you"),
    "transfer-answered": texts.marked("Another organisation answered whether it takes over"),
    "transfer-lapsed": texts.marked("Another organisation did not answer in time whether it takes over"),
    "transfer-offered": texts.marked("Another organisation was asked to take over"),
}
"""By the name of the event."""

LOOKED = {
    "cases.accesses": texts.marked("Read who looked"),
    "cases.break-glass-read": texts.marked("Read why your file was opened"),
    "cases.conferences-read": texts.marked("Read about case conferences"),
    "cases.history": texts.marked("Read what happened"),
    "cases.list": texts.marked("Saw your case in a list"),
    "cases.read": texts.marked("Read your file"),
    "cases.read-codes": texts.marked("Read a part of your file"),
    "cases.referral-read": texts.marked("Read a referral"),
    "cases.referrals-incoming": texts.marked("Saw what was sent to her"),
    "cases.rights-read": texts.marked("Put together what is kept about you"),
    "notifications.read": texts.marked("Read which messages were sent to you"),
    "notifications.rights-read": texts.marked("Put together which messages were sent to you"),
}
"""By the action; any other is shown by its code."""

ALLOWED = {
    "any": texts.marked("it is her task"),
    "break-glass": texts.marked("in an emergency"),
    "assigned": texts.marked("she is in charge of your case"),
    "offered": texts.marked("her organisation was asked to take over"),
    "organisation": texts.marked("she leads the team that has your case"),
    "recipient": texts.marked("you allowed it"),
    "refused": texts.marked("she was refused"),
}
"""By the reason of a look; the id of a declaration stands for that, and so does that of a broken glass."""
