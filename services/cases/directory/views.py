"""The directory, cut by role: names of staff are for those who work beside them, and for the privacy officer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from shared import codes, texts
from shared.codes import LANGUAGES, Code, Role
from shared.http.call import Answer, Call
from shared.identity import Actor
from shared.municipality import Organisation, Staff, municipality

LISTS: dict[str, type[Code]] = {
    re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower(): kind
    for name, kind in sorted(vars(codes).items())
    if isinstance(kind, type) and issubclass(kind, Code) and kind is not Code
}
"""Every code list, by the name of its field or its own."""

WORK_ON_CASES = frozenset({Role.CASE_MANAGER, Role.TEAM_LEAD})


def directory(call: Call) -> Answer:
    """Organisations for everybody; places for those who make appointments; of staff whom the caller works with."""
    pack = municipality()
    return Answer(
        {
            "organisations": [_organisation(one, call.actor) for one in pack.organisations],
            "externals": [{"id": one.id, "name": one.name} for one in pack.externals],
            "staff": [_member(one) for one in _known(call.actor, pack.staff)],
            "districts": [{"number": number, "name": name} for number, name in sorted(pack.districts.items())],
            "quarters": [
                {"number": number, "name": name, "district": district}
                for number, (name, district) in sorted(pack.quarters.items())
            ],
            "languages": [{"code": code, "label": name} for code, name in LANGUAGES.items()],
        }
    )


def code_lists() -> Answer:
    """Every code of every list with its label, in the language of the caller."""
    return Answer({name: [_code(one) for one in kind] for name, kind in LISTS.items()})


def _code(one: Code) -> dict[str, str]:
    return {"code": one.value, "label": texts.label(one)}


def _organisation(one: Organisation, actor: Actor) -> dict[str, Any]:
    told = {"id": one.id, "name": one.name, "kind": one.kind, "districts": list(one.districts)}
    if actor.roles.isdisjoint(WORK_ON_CASES):
        return told
    return {**told, "places": [{"id": place.id, "address": place.address} for place in one.places]}


def _known(actor: Actor, staff: Iterable[Staff]) -> Iterator[Staff]:
    """Records name everybody to the privacy officer; who works on cases has colleagues; others have themselves."""
    for one in staff:
        colleague = one.organisation == actor.organisation and not actor.roles.isdisjoint(WORK_ON_CASES)
        if Role.PRIVACY_OFFICER in actor.roles or colleague or one.id == actor.id:
            yield one


def _member(one: Staff) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "roles": [role.value for role in one.roles],
        "organisation": one.organisation,
    }
