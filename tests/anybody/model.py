"""A case as it must be, from what was asked and answered: small, and knowing nothing of the service."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.anybody.marks import Origin

EVERYTHING = {
    *("process", "identity", "contact", "residence", "household", "assessment", "plan", "referrals", "appointments"),
    "health",
}
"""What handing the whole file over needs; each of our cases has to do with health."""

SPECIAL = {"disability", "lsbti"}
"""Target groups that are Art. 9 GDPR data."""

ENDS = {"short_consultation", "signposted", "not_eligible", "withdrawn"}


Said = dict[str, Any]


@dataclass(eq=False)
class Known:
    """A case as it must be, from what was asked and answered."""

    number: int
    id: str
    phase: str = "inquiry"
    organisation: str | None = None
    manager: str | None = None
    cleared: str | None = None
    consents: dict[str, dict[str, Any]] = field(default_factory=dict)
    goals: dict[str, str | None] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    measures: dict[str, dict[str, str]] = field(default_factory=dict)
    agreed: set[str] = field(default_factory=set)
    old_goals: set[str] = field(default_factory=set)
    confirmed: set[str] = field(default_factory=set)
    ruled_out: set[str] = field(default_factory=set)
    """Target groups on which somebody decided."""
    domains: tuple[str, ...] = ()
    assessed: bool = False
    episode: int = 1
    offered: str | None = None
    restricted: bool = False
    held: bool = False
    erased: bool = False
    opened: dict[str, datetime] = field(default_factory=dict)
    """Who broke the glass before it, and until when it may be read by her."""

    into: Known | None = field(default=None, repr=False)
    merged: list[Known] = field(default_factory=list, repr=False)
    was: str = ""
    met: set[str] = field(default_factory=set)
    """The ids of cases with which it was ever merged: they stand in its history."""

    @property
    def hers(self) -> list[Known]:
        """All cases of the same person, as far as anybody knows."""
        head = self.into or self
        return [head, *head.merged]

    @property
    def merged_into(self) -> str | None:
        return None if self.into is None else self.into.id

    def open_to(self, user: str, at: datetime) -> bool:
        """Whether somebody broke the glass, and her time is not over."""
        return user in self.opened and at < self.opened[user]

    def in_force(self, on: date) -> list[dict[str, Any]]:
        """The declarations that hold on a day."""
        given = self.consents.values()
        return [one for one in given if not one["revoked"] and (one["until"] is None or on <= one["until"])]

    def may_record(self, group: str, on: date) -> bool:
        """Whether a target group may be noted: a special one where she expressly agreed to it."""
        named = {one for given in self.in_force(on) if given["type"] == "processing" for one in given["groups"]}
        return group not in SPECIAL or group in named

    def released(self, organisation: str | None, on: date) -> list[dict[str, Any]]:
        """The releases under which an organisation may be told something."""
        return [one for one in self.in_force(on) if one["to"] == organisation and one["parts"]]

    def covers(self, needed: Iterable[str], organisation: str | None, on: date) -> bool:
        """Whether everything that is needed is released to an organisation."""
        return set(needed) <= {part for one in self.released(organisation, on) for part in one["parts"]}

    def showing(self, organisation: str | None, on: date) -> list[dict[str, Any]]:
        """The releases by which it sees something: none, where nothing may be done with the case but keep it."""
        return [] if self.restricted or self.erased else self.released(organisation, on)

    def night_passes(self, on: date) -> None:
        """After a night: no offer stands that is not released any more, unless nothing may be done with the case."""
        if not self.restricted and not self.covers(EVERYTHING, self.offered, on):
            self.offered = None

    def shows(self, origin: Origin, organisation: str | None, on: date) -> bool:
        """Whether an organisation may see a part of the file."""
        wanted = {origin.part} | ({"health"} if origin.field == "health" else set())
        return any(wanted <= one["parts"] for one in self.showing(organisation, on))


def happen(what: str, said: dict[str, Any], made: str, case: Known) -> None:
    """The case after a command that was done; `made` is the id of what it added."""
    HAPPENS.get(what, lambda *_: None)(said, made, case)


def _allocated(said: Said, _: str, case: Known) -> None:
    case.organisation, case.manager, case.offered = said["organisation"], None, None


def _assigned(said: Said, _: str, case: Known) -> None:
    case.manager = said["case_manager"]


def _cleared(said: Said, _: str, case: Known) -> None:
    case.cleared = said["result"]
    if said["result"] in ENDS:
        case.phase, case.offered = "closed", None


def _entered(said: Said, _: str, case: Known) -> None:
    case.phase = said["to"]


def _assessed(_said: Said, _: str, case: Known) -> None:
    case.assessed = True


def _goal_set(said: Said, made: str, case: Known) -> None:
    case.goals[made], case.fields[made] = None, said["action_field"]
    case.agreed |= {made} if said["agreed"] else set()


def _goal_changed(said: Said, _: str, case: Known) -> None:
    if "agreed" in said:
        case.agreed = case.agreed | {said["goal"]} if said["agreed"] else case.agreed - {said["goal"]}
    if "outcome" in said:
        case.goals[said["goal"]] = said["outcome"]


def _measure_added(said: Said, made: str, case: Known) -> None:
    case.measures[made] = {"goal": said["goal"], "status": "open"}


def _measure_changed(said: Said, _: str, case: Known) -> None:
    case.measures[said["measure"]] |= {name: value for name, value in said.items() if name == "status"}


def _declared(said: Said, made: str, case: Known) -> None:
    case.consents[made] = {
        "type": said["type"],
        "to": said.get("recipient"),
        "parts": set() if said.get("direction") == "from_recipient" else set(said.get("data_categories", ())),
        "until": None if said.get("valid_until") is None else date.fromisoformat(said["valid_until"]),
        "groups": set(said.get("target_groups", ())),
        "revoked": False,
    }


def _taken_back(said: Said, _: str, case: Known) -> None:
    case.consents[said["consent"]]["revoked"] = True
    case.confirmed = {one for one in case.confirmed if case.may_record(one, date.min)}
    left = [one for one in case.consents.values() if one["to"] == case.offered and not one["revoked"]]
    case.offered = case.offered if {part for one in left for part in one["parts"]} >= EVERYTHING else None


def _decided(said: Said, _: str, case: Known) -> None:
    group = {said["group"]}
    case.confirmed, case.ruled_out = case.confirmed - group, case.ruled_out - group
    if said["confirmed"]:
        case.confirmed |= group
    else:
        case.ruled_out |= group - SPECIAL


def _domains_noted(said: Said, _: str, case: Known) -> None:
    case.domains = tuple(said["legal_domains"])


def _closed(said: Said, _: str, case: Known) -> None:
    case.phase, case.offered = "closed", None
    case.goals |= said["outcomes"]


def _reopened(_said: Said, _: str, case: Known) -> None:
    case.phase, case.episode, case.assessed = "intake", case.episode + 1, False
    case.cleared = "accepted" if case.cleared == "accepted" else None
    case.old_goals = set(case.goals)


def _offered(said: Said, _: str, case: Known) -> None:
    case.offered = said["organisation"]


def _answered(said: Said, _: str, case: Known) -> None:
    if said["answer"] == "accepted":
        case.organisation, case.manager = case.offered, None
    case.offered = None


def _restricted(said: Said, _: str, case: Known) -> None:
    nothing_said = not {"restricted", "legal_hold"} & set(said)
    for one in case.hers:
        one.restricted = said.get("restricted", one.restricted or nothing_said)
        one.held = said.get("legal_hold", one.held)


def _erased(_said: Said, _: str, case: Known) -> None:
    for one in case.hers:
        one.erased, one.phase, one.offered = True, "closed", None


def _merged(said: Said, _: str, case: Known) -> None:
    other: Known = said["other"]
    case.into, case.was, case.phase, case.offered = other, case.phase, "closed", None
    other.merged.append(case)
    case.met |= {other.id}
    other.met |= {case.id}
    case.held = other.held = case.held or other.held


def _separated(_said: Said, _: str, case: Known) -> None:
    assert case.into is not None
    case.into.merged.remove(case)
    case.into, case.phase = None, case.was


HAPPENS: dict[str, Callable[[Said, str, Known], None]] = {
    "allocation": _allocated,
    "assessment": _assessed,
    "assignment": _assigned,
    "clearing": _cleared,
    "closure": _closed,
    "consents": _declared,
    "consents/revocation": _taken_back,
    "erasure": _erased,
    "goals": _goal_set,
    "goals/change": _goal_changed,
    "legal-domains": _domains_noted,
    "measures": _measure_added,
    "measures/change": _measure_changed,
    "merge": _merged,
    "phase": _entered,
    "reopening": _reopened,
    "restriction": _restricted,
    "separation": _separated,
    "target-groups": _decided,
    "transfer": _offered,
    "transfer/answer": _answered,
}
