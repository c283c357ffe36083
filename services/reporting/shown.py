"""What a reader sees of counts: every code with its label, and null where a number is too small for her."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from services.reporting.domain.disclosure import Least, protect
from services.reporting.domain.measures import MEDIANS, SEVERAL, Dimension, Measure
from services.reporting.domain.periods import Kind
from services.reporting.domain.report import NOT_STATED, Cell, Count, Counted, Report, Table, Writing
from shared import codes, texts
from shared.events import stamp
from shared.municipality import municipality

Body = dict[str, Any]


class Audience(StrEnum):
    """For whom numbers are shown."""

    ADMINISTRATION = "administration"
    PUBLIC = "public"


KINDS = {
    Kind.MONTHLY_STEERING: texts.marked("Monthly steering report"),
    Kind.QUARTERLY_STEERING: texts.marked("Quarterly steering report"),
    Kind.ANNUAL_FUNDING: texts.marked("Annual report for the funding body"),
}
MEASURES = {
    Measure.NEW: texts.marked("New cases"),
    Measure.ACTIVE: texts.marked("Active cases on the last day"),
    Measure.CLOSED: texts.marked("Closed cases"),
    Measure.ACTIVE_IN_PERIOD: texts.marked("Cases active in the period"),
    Measure.SHORT_CONSULTATIONS: texts.marked("Short consultations"),
    Measure.SIGNPOSTED: texts.marked("Signposting"),
    Measure.DURATION: texts.marked("Median duration of closed cases in days"),
    Measure.CONTACTS: texts.marked("Contacts"),
    Measure.CONTACT_MINUTES: texts.marked("Minutes of contact"),
    Measure.GOALS_SET: texts.marked("Goals set"),
    Measure.GOALS_REACHED: texts.marked("Goals reached"),
    Measure.REFERRALS: texts.marked("Referrals made"),
    Measure.ANSWERED: texts.marked("Referrals answered"),
    Measure.WAITING: texts.marked("Median days until a referral is answered"),
    Measure.CONFERENCES: texts.marked("Case conferences held"),
    Measure.FIRST_APPOINTMENTS: texts.marked("First appointments"),
    Measure.TO_FIRST_APPOINTMENT: texts.marked("Median days until the first appointment"),
    Measure.FINDINGS: texts.marked("Structural findings raised"),
    Measure.MESSAGES: texts.marked("Messages to clients"),
}
DIMENSIONS = {
    Dimension.ORGANISATION: texts.marked("Organisation"),
    Dimension.DISTRICT: texts.marked("City district"),
    Dimension.GENDER: texts.marked("Gender"),
    Dimension.AGE_BAND: texts.marked("Age at opening"),
    Dimension.RESIDENCE_GROUP: texts.marked("Residence status"),
    Dimension.TARGET_GROUP: texts.marked("Target group"),
    Dimension.ACTION_FIELD: texts.marked("Action field"),
    Dimension.LEGAL_DOMAIN: texts.marked("Legal domain"),
    Dimension.PHASE: texts.marked("Phase"),
    Dimension.REFERRER: texts.marked("Referred by"),
    Dimension.CLOSURE_REASON: texts.marked("Reason for closing"),
    Dimension.LANGUAGE: texts.marked("Language"),
    Dimension.CHANNEL: texts.marked("Channel"),
    Dimension.REFERRAL_STATUS: texts.marked("Status of the referral"),
}
LISTS: Mapping[Dimension, type[codes.Code]] = {
    Dimension.GENDER: codes.Gender,
    Dimension.AGE_BAND: codes.AgeBand,
    Dimension.RESIDENCE_GROUP: codes.ResidenceGroup,
    Dimension.TARGET_GROUP: codes.TargetGroup,
    Dimension.ACTION_FIELD: codes.ActionField,
    Dimension.LEGAL_DOMAIN: codes.LegalDomain,
    Dimension.PHASE: codes.Phase,
    Dimension.REFERRER: codes.Referrer,
    Dimension.CLOSURE_REASON: codes.ClosureReason,
    Dimension.REFERRAL_STATUS: codes.ReferralStatus,
}


def least(audience: Audience) -> Least:
    """How many persons must be behind a number for this audience."""
    bounds = municipality().disclosure
    return Least(
        usually=bounds.public if audience is Audience.PUBLIC else bounds.administration, sensitive=bounds.public
    )


def measures(counted: Iterable[Counted], audience: Audience) -> list[Body]:
    """The measures with all their codes, as far as this audience may see them."""
    return [_measure(one) for one in protect([_filled(one) for one in counted], least(audience))]


def report(found: Report, audience: Audience) -> Body:
    """A report, as far as this audience may see it."""
    return {
        **row(found),
        "from": found.days.begins.isoformat(),
        "to": found.days.ends.isoformat(),
        "audience": audience.value,
        "threshold": least(audience).usually,
        "measures": measures(found.measures, audience),
        "earlier": [earlier(one, audience) for one in found.earlier],
    }


def earlier(one: Writing, audience: Audience) -> Body:
    """An earlier version of a report, as far as this audience may see it."""
    return {"version": one.version, "written_at": stamp(one.at), "measures": measures(one.totals, audience)}


def row(found: Report) -> Body:
    """A report in a list."""
    return {
        "id": found.id,
        "kind": found.kind.value,
        "title": texts.text(KINDS[found.kind]),
        "period": found.period,
        "organisation": found.organisation,
        "version": found.version,
        "written_at": stamp(found.written_at),
        "preliminary": found.preliminary,
    }


def label(by: Dimension, code: str) -> str:
    """What people call a code of this dimension."""
    if code == NOT_STATED:
        return texts.text("not stated")
    if (kind := LISTS.get(by)) is not None:
        return next((texts.label(one) for one in kind if one == code), code)
    return _names(by).get(code, code)


def _names(by: Dimension) -> Mapping[str, str]:
    """The codes of a dimension that is not a list of codes, and what they are called."""
    match by:
        case Dimension.DISTRICT:
            return {str(number): name for number, name in municipality().districts.items()}
        case Dimension.ORGANISATION:
            return {one.id: one.name for one in municipality().organisations if one.kind == "provider"}
        case Dimension.LANGUAGE:
            return codes.LANGUAGES
        case _:
            return {one.value: texts.label(one) for one in (*codes.Channel, *codes.ContactChannel)}


def _filled(counted: Counted) -> Counted:
    """The measure with a cell for each code, zeros too: what is hidden depends on what could be there."""
    return counted.model_copy(update={"tables": tuple(map(_full, counted.tables))})


def _full(table: Table) -> Table:
    found = {cell.code: cell for cell in table.cells}
    listed = [one.value for one in LISTS[table.by]] if table.by in LISTS else list(_names(table.by))
    others = sorted(found.keys() - set(listed), key=lambda code: (code == NOT_STATED, code))
    cells = tuple(found.get(code, Cell(code=code, count=0, persons=0)) for code in (*listed, *others))
    return table.model_copy(update={"cells": cells})


def _measure(counted: Counted) -> Body:
    return {
        "measure": counted.measure.value,
        "label": texts.text(MEASURES[counted.measure]),
        "unit": counted.measure.unit,
        "total": _count(counted.measure, counted.total),
        "tables": [_table(counted.measure, table) for table in counted.tables],
    }


def _table(measure: Measure, table: Table) -> Body:
    return {
        "by": table.by.value,
        "label": texts.text(DIMENSIONS[table.by]),
        "several": table.by in SEVERAL,
        "cells": [
            {"code": cell.code or None, "label": label(table.by, cell.code), **_count(measure, cell)}
            for cell in table.cells
        ],
    }


def _count(measure: Measure, count: Count) -> Body:
    name = "median" if measure in MEDIANS else "count"
    return {name: count.count, "persons": count.persons, "suppressed": count.suppressed}
