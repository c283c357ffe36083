"""A town in which people use KIM: who they are, what day it is, and how each of them acts and is answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from infra.local.client import Caller, Refusal
from infra.local.process import a_system
from tests.end_to_end.tiny.talk import eventually

AMAL = "+491713920077"
FORM = {
    "token": "the-page-that-amal-opened",
    "given_name": "Amal",
    "family_name": "Haddad",
    "date_of_birth_day": "14",
    "date_of_birth_month": "2",
    "date_of_birth_year": "2003",
    "topics": ["housing", "language"],
    "message": "أبحث عن شقة.",
    "language": "ar",
    "needs_interpreter": "on",
    "channel": "sms",
    "phone": "0171 3920077",
    "city_quarter": "101",
    "residence_status": "toleration",
    "consent_processing": "on",
    "consent_contact": "on",
}
TO_THE_JOBCENTER = {
    "type": "secrecy_release",
    "recipient": "jobcenter",
    "purpose": "referral",
    "data_categories": ["process", "identity", "contact", "plan", "referrals"],
    "informed": True,
    "interpreted": True,
    "form": "written",
    "language": "ar",
    "text_version": "2026-01",
}
TO_KOMPASS = {**TO_THE_JOBCENTER, "recipient": "kompass", "data_categories": ["identity", "contact", "referrals"]}


class Town:
    """A running KIM, the people who use it, and the one case that they have to do with."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.public = Caller(url)
        self.renate = Caller(url, "koordination")
        self.lena, self.murat, self.olga = (Caller(url, f"lindenhof-{one}") for one in ("leitung", "1", "2"))
        self.samira = Caller(url, "bruecke-1")
        self.jutta = Caller(url, "partner-jobcenter")
        self.anton = Caller(url, "partner-auslaenderbehoerde")
        self.dieter = Caller(url, "datenschutz")
        self.case = ""
        self.reference = ""
        self.opened = ""
        """What Samira broke."""

    def it_is(self, when: str) -> None:
        """A new day, once everything that was said has been heard."""
        self.settles()
        self.public.add("/dev/clock", {"at": when})

    def settles(self) -> None:
        """Wait until everybody has heard what was said."""
        eventually(lambda: self.public.get("/dev/bus.json")["undelivered"] == 0)
        assert self.public.get("/dev/bus.json")["dead_letters"] == 0

    def at_night(self, function: str) -> dict[str, int]:
        """What a scheduled function did."""
        self.settles()
        done: dict[str, int] = self.public.add(f"/dev/jobs/{function}", {})
        self.settles()
        return done

    def outbox(self, to: str) -> list[str]:
        """What was sent to a phone or a mailbox, the oldest first."""
        self.settles()
        return [one["body"] for one in self.public.get("/dev/outbox.json") if one["to"] == to]

    def of(self, what: str = "") -> str:
        """The address of the case, or of something beside it."""
        return f"/cases/{self.case}{'/' if what else ''}{what}"

    def file(self) -> dict[str, Any]:
        """The file as her case manager reads it."""
        read: dict[str, Any] = self.murat.get(self.of())
        return read

    def items(self, what: str, who: Caller | None = None) -> list[dict[str, Any]]:
        """What lies in a list beside the case."""
        return (who or self.murat).every(self.of(what))

    def add(self, who: Caller, what: str, **said: Any) -> str:
        """Add to the case; the id of what was added."""
        return str(who.add(self.of(what), said)["id"])

    def change(self, who: Caller, what: str, method: str = "POST", **said: Any) -> dict[str, Any]:
        """Change the case as it is now."""
        version = self.renate.get(self.of())["version"]
        return who.change(method, {"id": self.case, "version": version}, what, said)

    def amend(self, who: Caller, what: str, **said: Any) -> dict[str, Any]:
        """Change something beside the case, as it is now."""
        seen = who.get(self.of(what)) if what.startswith("referrals/") else self._listed(what)
        changed: dict[str, Any] = who.call("PATCH", self.of(what), said, If_Match=f'"{seen["version"]}"')
        return changed

    def _listed(self, what: str) -> dict[str, Any]:
        noun, _, id = what.partition("/")
        (found,) = (one for one in self.items(noun) if one["id"] == id)
        return found

    def problem(self, who: Caller, method: str, path: str, body: Any = None, seen: int | None = None) -> dict[str, Any]:
        """What a refusal says."""
        headers = {"Authorization": who.authorization} | ({} if seen is None else {"If-Match": f'"{seen}"'})
        answer = requests.request(method, self.url + path, json=body, headers=headers, timeout=60)
        assert answer.headers["Content-Type"] == "application/problem+json", answer.text
        return dict(answer.json())


def refused(who: Caller, path: str) -> int:
    """How somebody is told that a thing is not hers to read."""
    try:
        who.get(path)
    except Refusal as refusal:
        return refusal.status
    raise AssertionError(f"{path} was shown")


@contextmanager
def a_town(begins: str) -> Iterator[Town]:
    """A town of its own, in which nothing happens by itself: its nights are called."""
    with a_system(KIM_ALTCHA="off", KIM_SCHEDULES="off") as system:
        town = Town(system.url)
        town.it_is(begins)
        yield town
