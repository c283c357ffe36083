"""How what is kept of a client reads: a code by its label, a field by its title, words as they were said."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from services.cases.rights import words
from services.cases.rights.third_parties import Said
from shared import clock, codes, texts
from shared.codes import Code
from shared.municipality import municipality

OF_A_FIELD: dict[str, tuple[type[Code], ...]] = {
    "action_field": (codes.ActionField,),
    "action_fields": (codes.ActionField,),
    "added_by": (codes.Role,),
    "age_band": (codes.AgeBand,),
    "answer": (codes.TransferAnswer,),
    "broken_by": (codes.Role,),
    "by": (codes.Role, codes.ConsentGiver),
    "case_manager": (codes.Role,),
    "changed": (codes.Datum,),
    "channel": (codes.Channel, codes.ContactChannel),
    "confirmed_groups": (codes.TargetGroup,),
    "clearing_result": (codes.ClearingResult,),
    "closure_reason": (codes.ClosureReason,),
    "data_categories": (codes.DataCategory,),
    "datum": (codes.Datum,),
    "direction": (codes.ConsentDirection,),
    "disputed_by": (codes.Role,),
    "consent_form": (codes.ConsentForm,),
    "ended_by": (codes.EndedBy,),
    "entrance": (codes.Entrance,),
    "form": (codes.ConsentForm,),
    "from_domain": (codes.LegalDomain,),
    "from_office": (codes.Referrer,),
    "gender": (codes.Gender,),
    "giver": (codes.ConsentGiver,),
    "group": (codes.TargetGroup,),
    "ground": (codes.ErasureGround, codes.BreakGlassGround),
    "handed_to": (codes.Referrer,),
    "kind": (codes.ConsentKind,),
    "legal_domain": (codes.LegalDomain,),
    "legal_domains": (codes.LegalDomain,),
    "made_by": (codes.Role,),
    "other_service": (codes.Referrer,),
    "outcome": (codes.GoalOutcome,),
    "outcomes": (codes.GoalOutcome,),
    "phase": (codes.Phase,),
    "purpose": (codes.ConsentPurpose,),
    "raised_by": (codes.Role,),
    "reason": (codes.ClosureReason, codes.ReferralReason),
    "recorded_by": (codes.Role,),
    "referrer": (codes.Referrer,),
    "rejected_groups": (codes.TargetGroup,),
    "relation": (codes.HouseholdRelation,),
    "replaced": (codes.Datum,),
    "residence_group": (codes.ResidenceGroup,),
    "residence_status": (codes.ResidenceStatus,),
    "resolution": (codes.Resolution,),
    "responsible": (codes.Role, codes.ConsentGiver),
    "result": (codes.ClearingResult, codes.ReviewResult),
    "reviewed_by": (codes.Role,),
    "rule": (codes.FollowUpRule,),
    "satisfaction": (codes.Satisfaction,),
    "set_by": (codes.Role,),
    "staff": (codes.Role,),
    "status": (
        *(codes.MeasureStatus, codes.AppointmentStatus, codes.ConferenceStatus, codes.ReferralStatus),
        codes.ResidenceStatus,
    ),
    "target_groups": (codes.TargetGroup,),
    "to": (codes.Phase,),
    "to_domain": (codes.LegalDomain,),
    "to_office": (codes.Referrer,),
    "topics": (codes.ActionField,),
    "view": (codes.View,),
    "was": (codes.Phase, codes.ReferralStatus),
    "who": (codes.Role, codes.ConsentGiver),
}
"""Of which lists the codes in a field are; the first that has the value names it."""

ISO_DAY = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-[0-3][0-9]")
"""A calendar day as we keep it. What somebody typed is `Said`, and stays as it was said."""


def title(name: str) -> str:
    """How a part or a field is called; a number after a hyphen counts several of it."""
    known = words.PARTS.get(name) or words.FIELDS.get(name.rstrip("-0123456789"))
    return name.replace("_", " ") if known is None else texts.text(known)


def told(held: dict[str, Any]) -> dict[str, Any]:
    """What of it says something on paper."""
    empty: tuple[Any, ...] = (None, [], {}, "")
    return {name: one for name, one in held.items() if one not in empty and name not in words.ONLY_FOR_MACHINES}


def value(held: Any, name: str = "") -> str:
    """How a value reads: a code by its label, an organisation by its name, a time as in Berlin."""
    match held:
        case Said():
            return held
        case bool():
            return texts.text("yes") if held else texts.text("no")
        case list():
            return texts.listed(value(one, name) for one in held)
        case dict() if name == "outcomes":  # each under the id of its goal
            return value(list(held.values()), name)
        case dict():
            return "; ".join(f"{title(inner)}: {value(one, inner)}" for inner, one in told(held).items())
        case str():
            return _read(held, name)
    return _NUMBERED[name](held) if name in _NUMBERED else str(held)


def _read(code: str, name: str) -> str:
    if name == "at" or name.endswith("_at") or (name == "until" and "T" in code):  # elsewhere it is a day
        return texts.moment(datetime.fromisoformat(code).astimezone(clock.BERLIN))
    if ISO_DAY.fullmatch(code):
        return texts.day(date.fromisoformat(code))
    if name in _NAMED:
        return _NAMED[name](code)
    if code in words.STANDS_FOR:
        return texts.text(words.STANDS_FOR[code])
    listed = (one for kind in OF_A_FIELD.get(name, ()) for one in kind if one.value == code)
    return next((texts.label(one) for one in listed), None) or _organisation(code)


def _organisation(id: str) -> str:
    found = municipality().named(id)
    return id if found is None else found.name


def _place(id: str) -> str:
    """Where it is, and with whom: an address alone is how messages say it, on a lock screen."""
    for organisation in municipality().organisations:
        for place in organisation.places:
            if place.id == id:
                return f"{organisation.name}, {place.address}"
    return id


_NAMED: dict[str, Callable[[str], str]] = {
    "consent_language": lambda tag: codes.LANGUAGES.get(tag, tag),
    "interpreter": lambda tag: codes.LANGUAGES.get(tag, tag),
    "language": lambda tag: codes.LANGUAGES.get(tag, tag),
    "place": _place,
}
_NUMBERED: dict[str, Callable[[int], str]] = {
    "city_district": lambda number: municipality().districts.get(number, str(number)),
    "city_quarter": lambda number: municipality().quarters.get(number, (str(number), 0))[0],
}
