"""After the evening: the papers, and what becomes of the contracts."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape

from flask_babel import gettext

from app.core.values import format_decimal
from app.models.followups import ReportState
from app.models.outcomes import Outcome
from app.rehearsal import papers
from app.rehearsal.scenario import EXPECTED
from app.rehearsal.steps import Rehearsal, timed, wait
from app.rehearsal.visitor import SHOWN

GONE = 410

_OUTCOME = re.compile(r'<h3 class="h4 mb-1">([^<]+) <span class="badge">([^<]+)</span>')
_SENTENCE = re.compile(r'class="h3 rate">([^<]+)<')
_RATE = re.compile(r"\d+[.,]\d")


def compare_the_papers(at: Rehearsal) -> None:
    """Compare the result sheet, the PDF and the press texts with what the gong has frozen."""
    lead = at.staff(0)
    with timed() as seconds:
        found = {
            gettext("Contracts on the result sheet"): papers.in_workbook(
                lead.get(at.path("result", "xlsx")).body
            ),
            gettext("Contracts in the PDF"): papers.in_document(lead.get(at.path("result", "pdf")).body),
        }
    page = lead.get(at.path("result")).text
    found |= {
        gettext("Contracts in the German press text"): papers.in_press(page, "de"),
        gettext("Contracts in the English press text"): papers.in_press(page, "en"),
    }
    for title, number in found.items():
        at.note(title, EXPECTED.contracts, number, seconds() / len(found))


def ask(at: Rehearsal) -> None:
    """Staff have every party asked; each gets a mail with a link of its own."""
    wanted = sum(len(deal.parties) for deal in at.scenario.deals)
    with timed() as seconds:
        at.staff(0).post(at.path("followups/event", "ask"), {})
        found = wait(lambda: len(at.mailbox.links()), wanted)
    at.note(gettext("Parties that are asked by mail"), wanted, found, seconds())


def report(at: Rehearsal) -> None:
    """Parties answer by their links, which count once; the page tells the rates."""
    visitor = at.window()
    links = at.mailbox.links()
    answered = set()
    last = ""
    with timed() as seconds:
        for deal in at.scenario.deals:
            for email, state in deal.reports.items():
                last = links[email, at.numbers[deal.number]]
                visitor.get(last)
                visitor.post(last, said(state), expect=(SHOWN,))
                answered.add(deal.number)
    expected = EXPECTED.contracts - EXPECTED.silent
    at.note(gettext("Contracts that a party reports on"), expected, len(answered), seconds())
    at.note(gettext("Status of a link that was used"), GONE, visitor.get(last, expect=(SHOWN, GONE)).status)
    text = at.staff(0).get(at.path("followups/event")).text
    found = outcomes(text)
    for outcome, number in EXPECTED.outcomes.items():
        at.note(gettext("Contracts: %(outcome)s", outcome=outcome), number, found.get(str(outcome), "–"))
    others = sum(int(found.get(str(one), 0)) for one in (Outcome.CONTESTED, Outcome.IN_PROGRESS))
    at.note(gettext("Contracts: anything else"), 0, others)
    of_all, of_answered = rates(text)
    at.note(gettext("Percent kept, of all contracts"), spoken(EXPECTED.of_all), of_all)
    at.note(gettext("Percent kept, of those answered"), spoken(EXPECTED.of_answered), of_answered)


def said(state: ReportState) -> dict[str, str]:
    """Give what a party sends, by the names of the fields."""
    reason = {"reason": "Der Betrieb ist umgezogen."} if state is ReportState.NOT_FEASIBLE else {}
    return {"state": state.value, **reason}


def outcomes(page: str) -> dict[str, str]:
    """Read the number of each outcome from the page of the follow-up."""
    return {unescape(name): number for name, number in _OUTCOME.findall(page)}


def rates(page: str) -> tuple[str, str]:
    """Read both rates from it: of all contracts, and of those answered."""
    sentence = _SENTENCE.search(page)
    found = [*(_RATE.findall(sentence[1]) if sentence else ()), "–", "–"]
    return found[0], found[1]


def spoken(rate: str) -> str:
    """Write a rate as the page does."""
    return format_decimal(Decimal(rate), places=1)
