"""Why the rules refuse a change of a case, as statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shared.codes import DataCategory, Requirement
from shared.errors import Rejected, Towards

RELEASE = "secrecy_release"
"""What begins the name of a release that is missing, before the organisation and the category."""


class CaseIsClosed(Rejected):
    """What needs a case that goes on. Reopening begins a new episode."""

    code = "case_is_closed"
    says = "This case is closed."


class CaseIsRestricted(Rejected):
    """Restricted data are kept and read only (Art. 18 (2) GDPR)."""

    code = "case_is_restricted"
    says = "The processing of this case is restricted: it can be read, and not be changed."


class CaseIsErased(Rejected):
    """Of whom was erased there is nothing to read or change; codes stay."""

    code = "case_is_erased"
    says = "The personal data of this case was erased."


class CaseIsMerged(Rejected):
    """The file goes on elsewhere; `into` names the case."""

    code = "case_is_merged"
    says = "This case was merged into {into}: work on that one."


class LegalHold(Rejected):
    """Somebody needs the data to establish, exercise or defend a legal claim (Art. 17 (3) e GDPR)."""

    code = "legal_hold"
    says = "This case is under a legal hold: nothing of it may be erased."


class CaseStillOpen(Rejected):
    """While she is accompanied the data are needed for that, unless she withdraws (Art. 17 (1) a and b GDPR)."""

    code = "case_still_open"
    says = "This case is still open: it is erased when the client withdraws the consent, or after it was closed."


class OnlyInPhase(Rejected):
    """Possible in another phase only, which is named."""

    code = "wrong_phase"
    says = "This is possible in the phase {needed} only; the case is in {phase}."


class PhaseNotReachable(Rejected):
    """The process has no way from here to there."""

    code = "phase_not_reachable"
    says = "From the phase {phase} the case cannot go to {to}."

    def __init__(self, onward: Sequence[str], **details: object) -> None:
        super().__init__(**details)
        self._onward = list(onward)

    @property
    def extra(self) -> Mapping[str, object]:
        return {"reachable": self._onward}


class Unmet(Rejected):
    """A refusal whose `unmet` names every requirement that is missing, in its words and as a member of its own."""

    def __init__(self, unmet: Sequence[str], **details: object) -> None:
        super().__init__(unmet=tuple(_in_words(unmet)), **details)
        self._unmet = list(unmet)

    @property
    def extra(self) -> Mapping[str, object]:
        return {"unmet": self._unmet}


def _in_words(unmet: Sequence[str]) -> Iterator[object]:
    """Requirements with their labels; of releases from secrecy, towards whom and the categories that are missing."""
    towards: dict[str, list[DataCategory]] = {}
    for one in unmet:
        release, _, towards_whom = one.partition(":")
        if release != RELEASE:
            yield next((named for named in Requirement if named == one), one)
            continue
        organisation, _, category = towards_whom.rpartition(":")
        towards.setdefault(organisation, []).append(next(named for named in DataCategory if named == category))
    yield from (Towards(organisation, tuple(missing)) for organisation, missing in towards.items())


class RequirementsUnmet(Unmet):
    """The phase cannot be left yet."""

    code = "requirements_unmet"
    says = "The phase {phase} cannot be left yet: {unmet}."


class ProcessingNotConsented(Unmet):
    """The client has not agreed that her data be worked with, or took that back."""

    code = "processing_consent_missing"
    says = "This needs the client's consent to the processing of her data, in force."

    def __init__(self) -> None:
        super().__init__(["processing_consent"])


class AlreadyAssigned(Rejected):
    """An assignment is for a case that nobody has; from one to another it is handed over."""

    code = "already_assigned"
    says = "A case manager is in charge already: hand the case over instead."


class NotAllocated(Rejected):
    """What an organisation decides needs one that has the case."""

    code = "not_allocated"
    says = "The inquiry is not with an organisation yet."


class NotOfTheOrganisation(Rejected):
    """A case is assigned within the organisation that has it."""

    code = "not_of_the_organisation"
    says = "This person does not work for the organisation that has the case."


class NotOnTheCase(Rejected):
    """What is to do about a case falls to its case manager or a team lead of hers."""

    code = "not_on_the_case"
    says = "This person does not work on this case."


class ConsentNotInForce(Rejected):
    """What was revoked already cannot be revoked again."""

    code = "consent_not_in_force"
    says = "This consent is not in force."


class AlreadyWithdrawn(Rejected):
    """What was taken out already cannot be taken out again."""

    code = "already_withdrawn"
    says = "This was withdrawn already."


class ConsentForGroupMissing(Rejected):
    """Data of Art. 9 GDPR are recorded under an explicit consent only (Art. 9 (2) a)."""

    code = "target_group_consent_missing"
    says = "This target group is recorded only with the client’s explicit consent that names it, while it is in force."


class NotClosed(Rejected):
    """Only what has ended is reopened."""

    code = "not_closed"
    says = "This case is not closed."


class TransferPending(Rejected):
    """A case is offered to one organisation at a time."""

    code = "transfer_pending"
    says = "This case is offered to {organisation} already: recall that first."


class NoTransfer(Rejected):
    """There is no offer to answer or to recall."""

    code = "no_transfer"
    says = "This case is offered to nobody."


class ReleaseMissing(Unmet):
    """What is passed on is not released, or not any more; `unmet` names each organisation and category."""

    code = "secrecy_release_missing"
    says = "This needs releases from secrecy that are in force: {unmet}."


class UnknownGoals(Rejected):
    """An end names outcomes of goals that the case has."""

    code = "unknown_goals"
    says = "The case has no such goals: {goals}."
