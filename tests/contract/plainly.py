"""The indicators, counted in plain Python by somebody who knows no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from statistics import median

from services.reporting import indicators
from services.reporting.domain.measures import MEDIANS, SEVERAL, Dimension, Measure, has
from services.reporting.domain.periods import Period
from shared.events import (
    CaseMerged,
    CaseSeparated,
)
from tests.contract.beside import Found, Row, of_what_lies_beside

Numbers = dict[Measure, dict[str, tuple[float, int | None]]]


APART = {"short_consultation": Measure.SHORT_CONSULTATIONS, "signposted": Measure.SIGNPOSTED}


def plainly(rows: Sequence[Row], days: Period, organisation: str | None = None) -> Numbers:
    """The indicators, counted one by one by somebody who knows no database."""
    found: Found = defaultdict(list)
    told = list({one["event_id"]: one for one in rows}.values())
    same = one_person(one for one in told if one["day"] <= days.ends)
    told = [{**one, "person": same.get(one["person"], one["person"])} if "person" in one else one for one in told]
    known = [one for one in told if one["day"] <= days.ends]
    for history in by_case(one for one in known if one["subject"] == one.get("case_id")):
        of_a_case(history, days, found)
    of_what_lies_beside(known, days, found)
    mistakes = {(one["case_id"], one["withdraws"]) for one in told if one.get("withdraws") is not None}
    meant = [one for one in told if (one.get("case_id"), one["version"]) not in mistakes]
    for one in meant:
        if one["type"] == "cases.contact-recorded.v1" and days.begins <= (one["about"] or one["day"]) <= days.ends:
            found[Measure.CONTACTS].append((one, 1))
            found[Measure.CONTACT_MINUTES].append((one, one["minutes"]))
    for one in meant:
        within = days.begins <= one["day"] <= days.ends
        if within and one["type"] == "cases.goal-set.v1":
            found[Measure.GOALS_SET].append((one, 1))
        if within and one["type"] == "notifications.message-sent.v1" and one["person"] and organisation is None:
            found[Measure.MESSAGES].append((one, 1))
    if organisation is not None:
        found = {
            name: [hit for hit in hits if hit[0].get("organisation") == organisation] for name, hits in found.items()
        }
    return {measure: placed(measure, hits) for measure, hits in found.items() if hits}


def one_person(known: Iterable[Row]) -> dict[str, str]:
    """As whom persons count, whose case was merged with another one."""
    now = defaultdict(list)
    for history in by_case(one for one in known if one["subject"] == one.get("case_id")):
        told = [one["person"] for one in history if one["type"] in MERGERS]
        if told:
            now[history[0]["person"]].append(told[-1])
    return {person: min(persons) for person, persons in now.items()}


def by_case(known: Iterable[Row]) -> Iterable[list[Row]]:
    cases = defaultdict(list)
    for one in known:
        if one.get("case_id"):
            cases[one["case_id"]].append(one)
    return [sorted(history, key=lambda one: one["version"]) for history in cases.values()]


def of_a_case(history: list[Row], days: Period, found: Found) -> None:
    goals_of(history, days, found)
    episodes: list[list[Row]] = [[]]
    for one in history:
        if one["type"] == "cases.case-reopened.v1":
            episodes.append([])
        episodes[-1].append(one)
    for number, episode in enumerate(episodes):
        if episode:
            of_an_episode(episode, number, days, found)


def of_an_episode(history: list[Row], number: int, days: Period, found: Found) -> None:
    last = history[-1]
    opened_on = last["opened_on"] if number == 0 else min(one["day"] for one in history)
    since = []
    while history and history[-1]["phase"] == "closed":
        since.append(history.pop()["day"])
    closed_on = min(since, default=None)
    ended = closed_on is not None and closed_on >= days.begins
    real = last["closure_reason"] != "duplicate_or_error"
    if last["clearing_result"] in APART:
        counts = {APART[last["clearing_result"]]: ended}
    else:
        counts = {
            Measure.NEW: real and opened_on >= days.begins,
            Measure.ACTIVE: closed_on is None,
            Measure.CLOSED: ended,
            Measure.ACTIVE_IN_PERIOD: real and (closed_on is None or ended),
        }
        if ended:
            found[Measure.DURATION].append((last, (closed_on - opened_on).days))
    for measure, is_so in counts.items():
        if is_so and opened_on <= days.ends:
            found[measure].append((last, 1))


def goals_of(history: list[Row], days: Period, found: Found) -> None:
    told: dict[str, list[tuple[Row, str]]] = defaultdict(list)
    for one in history:
        for pair in one.get("outcomes", ()):
            goal, outcome = pair.split("=")
            told[goal].append((one, outcome))
    for said in told.values():
        first = min((one["day"] for one, outcome in said if outcome == "achieved"), default=None)
        if said[-1][1] == "achieved" and first >= days.begins:
            found[Measure.GOALS_REACHED].append((said[-1][0], 1))


def placed(measure: Measure, hits: list[tuple[Row, float]]) -> dict[str, tuple[float, int]]:
    places: dict[str, list[tuple[Row, float]]] = defaultdict(list)
    for one, number in hits:
        places["="].append((one, number))
        for dimension in Dimension:
            if has(measure, dimension):
                held = one.get(indicators.column(dimension))
                for code in (held or [None]) if dimension in SEVERAL else [held]:
                    places[f"{dimension}={'' if code is None else code}"].append((one, number))
    together: Callable[[list[float]], float] = median if measure in MEDIANS else sum
    return {
        place: (
            together([number for _, number in held]),
            None if measure is Measure.FINDINGS else len({one["person"] for one, _ in held}),
        )
        for place, held in places.items()
    }


MERGERS = {CaseMerged.type, CaseSeparated.type}
