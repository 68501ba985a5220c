"""Ask the parties of contracts, take down what they say, and let the contract follow from it."""

from app.services.followups.asking import ask_now, days_of, plan, prepare
from app.services.followups.reach import Reach, of_party, of_waiting
from app.services.followups.settling import Said, Verdict, decide, judge, report

__all__ = [
    "Reach",
    "Said",
    "Verdict",
    "ask_now",
    "days_of",
    "decide",
    "judge",
    "of_party",
    "of_waiting",
    "plan",
    "prepare",
    "report",
]
