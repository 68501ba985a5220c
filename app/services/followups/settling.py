"""What the reports of the parties make of a contract: one rule, for every way in which a report comes.

- The last word of each party counts, and of the office. What the office has decided outweighs all that was said before.
- Parties who say the same end set it. Who was still at it has no say in how it ended, unless it's said after the end.
- Different ends contradict: the contract is marked, keeps its status, and counts as neither kept nor failed until
  somebody decides, or takes a word back by a new one. An end that staff have set by hand is contradicted, too.
- A contract that was called off stays so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask_babel import gettext

from app.core.db import db
from app.core.rules import Problem, RuleBrokenError
from app.models.contracts import Contract, ContractStatus
from app.models.followups import FollowUp, FollowUpNote, FollowUpReport, ReportChannel, ReportState
from app.models.organisations import Organisation
from app.queries import followups as queries

STATUS = {
    ReportState.KEPT: ContractStatus.FULFILLED,
    ReportState.PARTLY: ContractStatus.PARTLY_FULFILLED,
    ReportState.IN_PROGRESS: ContractStatus.IN_PROGRESS,
    ReportState.NOT_FEASIBLE: ContractStatus.NOT_FEASIBLE,
    ReportState.NO_CONTACT: ContractStatus.NO_CONTACT,
}
STATE = {status: state for state, status in STATUS.items()}
#: Both say that nothing came of it.
_ALIKE = {ReportState.NO_CONTACT: ReportState.NOT_FEASIBLE}


@dataclass(frozen=True)
class Said:
    """What somebody says of a contract."""

    state: ReportState
    reason: str | None = None
    hours: Decimal | None = None
    value: Decimal | None = None
    comment: str | None = None
    photo: str | None = None
    photo_consent: bool = False

    def note(self, report: FollowUpReport) -> FollowUpNote | None:
        """Give what was said in words and pictures; None where nothing was."""
        words = {"reason": self.reason, "comment": self.comment, "photo": self.photo}
        if not any(words.values()):
            return None
        consent = bool(self.photo) and self.photo_consent
        return FollowUpNote(report=report, photo_consent=consent, **words)


@dataclass(frozen=True)
class Verdict:
    """What reports say together: None where there's nothing to say, or nothing that they agree on."""

    state: ReportState | None = None
    contested: bool = False


def judge(reports: Sequence[FollowUpReport], by_hand: ReportState | None = None) -> Verdict:
    """Say what reports, in the order in which they came, make of a contract.

    ``by_hand`` is an end that staff have set without a report, and before the last one of these.
    """
    decision, words = _heard(reports)
    fixed = by_hand or (decision.state if decision else None)
    if fixed is ReportState.IN_PROGRESS:
        fixed = None  # that it goes on is no end that anybody could contradict
    said = [report.state for report in words]
    ends = [state for state in said if state is not ReportState.IN_PROGRESS]
    kinds = {_ALIKE.get(state, state) for state in (*ends, *([fixed] if fixed else ()))}
    first = next((at for at, state in enumerate(said) if state is not ReportState.IN_PROGRESS), None)
    goes_on = ReportState.IN_PROGRESS in (said if fixed else said[first:] if first is not None else ())
    if len(kinds) > 1 or (kinds and goes_on):
        return Verdict(contested=True)
    if fixed:
        return Verdict(fixed)
    if ends:
        return Verdict(ReportState.NOT_FEASIBLE if ReportState.NOT_FEASIBLE in ends else ends[-1])
    return Verdict(ReportState.IN_PROGRESS if said or decision else None)


def _heard(reports: Sequence[FollowUpReport]) -> tuple[FollowUpReport | None, list[FollowUpReport]]:
    """Give what was decided last, and each party's last word after that, in the order of these words."""
    decision: FollowUpReport | None = None
    words: dict[int, FollowUpReport] = {}
    for report in reports:
        if report.organisation_id is None:
            decision, words = report, {}
        else:
            words.pop(report.organisation_id, None)
            words[report.organisation_id] = report
    return decision, list(words.values())


def report(
    contract: Contract,
    organisation: Organisation,
    said: Said,
    *,
    at: datetime,
    by: str,
    channel: ReportChannel,
) -> FollowUpReport:
    """Take down what a party says. It answers all that the party was asked about the contract.

    Raises StaleDataError where the party answers twice at the same moment, and RuleBrokenError where it's no party,
    or where the contract was called off.
    """
    if organisation.id not in {party.organisation_id for party in contract.parties}:
        raise RuleBrokenError([Problem("", gettext("This organisation is no party of the contract."))])
    asked = db.session.scalars(queries.open_of(contract.id, organisation.id)).all()
    for one in asked:
        one.answered_at = at
    # From here on this transaction is the only one that writes about these questions: see the version of a row.
    db.session.flush()
    return _take(contract, said, asked[-1] if asked else None, organisation, (at, by, channel))


def decide(contract: Contract, said: Said, *, at: datetime, by: str) -> FollowUpReport:
    """Take down what the office has decided. Nobody is asked any more; links that were sent are over.

    Raises RuleBrokenError where the contract was called off.
    """
    if said.state is not ReportState.IN_PROGRESS:
        for one in db.session.scalars(queries.open_of(contract.id)):
            one.closed_at = at
    return _take(contract, said, None, None, (at, by, ReportChannel.STAFF))


def _take(
    contract: Contract,
    said: Said,
    follow_up: FollowUp | None,
    organisation: Organisation | None,
    event: tuple[datetime, str, ReportChannel],
) -> FollowUpReport:
    # Two parties who answer at once are heard one after the other. SQLite lets one write at a time anyway.
    db.session.flush()
    db.session.refresh(contract, with_for_update=True)
    if contract.status is ContractStatus.CANCELLED:
        raise RuleBrokenError([Problem("", gettext("This contract was called off."))])
    at, by, channel = event
    before = judge(db.session.scalars(queries.reports(contract.id)).all())
    told = FollowUpReport(
        contract=contract,
        organisation=organisation,
        follow_up=follow_up,
        at=at,
        actor=by,
        channel=channel,
        state=said.state,
        hours=said.hours,
        value=said.value,
    )
    db.session.add(told)
    note = said.note(told)
    if note is not None:
        db.session.add(note)
    db.session.flush()
    _settle(contract, before, said)
    return told


def _settle(contract: Contract, before: Verdict, said: Said) -> None:
    """Let the contract follow from all that was said. What staff have set by hand meanwhile is a decision."""
    reports = db.session.scalars(queries.reports(contract.id)).all()
    verdict = judge(reports)
    by_hand = _by_hand(contract, before)
    if by_hand and reports[-1].organisation_id is not None:
        # Who has contradicted it before still does. Else it outweighs what was said before.
        verdict = judge(reports if contract.contested else reports[-1:], by_hand)
    if verdict.state is not None:
        if verdict.state is ReportState.NOT_FEASIBLE:
            contract.reason = said.reason or contract.reason or str(ReportState.NOT_FEASIBLE)
        contract.status = STATUS[verdict.state]
    contract.contested = verdict.contested
    db.session.flush()


def _by_hand(contract: Contract, before: Verdict) -> ReportState | None:
    """Give the end that staff have set: where the contract isn't what the reports before made of it."""
    derived = STATUS[before.state] if before.state else None
    same = contract.contested == before.contested and (before.contested or contract.status is derived)
    return None if same else STATE.get(contract.status)
