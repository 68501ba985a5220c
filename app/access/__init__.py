"""Floor 2: who may do what, and where. The whole policy is in this package."""

from __future__ import annotations

from app.access import guards as _guards  # noqa: F401 - they listen to the session
from app.access import history as _history  # noqa: F401 - it does, too
from app.access import renewal as _renewal  # noqa: F401 - and so does it
from app.access.narrowing import UnscopedStatementError
from app.access.policy import APPOINTS, GRANTS, RECORDS, Role, Section, Verb, fab_roles, rights, roles_named
from app.access.scope import (
    AUTHORS,
    CHOICE,
    ForeignRowError,
    Scope,
    begin_with,
    current,
    enter_request,
    everything,
    in_all_offices,
    of_staff,
    opened,
)
from app.access.tree import with_workplaces

__all__ = [
    "APPOINTS",
    "AUTHORS",
    "CHOICE",
    "GRANTS",
    "RECORDS",
    "ForeignRowError",
    "Role",
    "Scope",
    "Section",
    "UnscopedStatementError",
    "Verb",
    "begin_with",
    "current",
    "enter_request",
    "everything",
    "fab_roles",
    "in_all_offices",
    "of_staff",
    "opened",
    "rights",
    "roles_named",
    "with_workplaces",
]
