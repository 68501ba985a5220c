"""Staff: who may give whom which roles and offices, passwords, and the first administrator."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext
from sqlalchemy import func, select
from werkzeug.security import generate_password_hash

from app.access import Role, Scope, everything, rights, roles_named
from app.core import clock
from app.core.db import db
from app.core.rules import Problem, RuleBrokenError
from app.models.offices import Office
from app.models.users import Membership, Staff

PASSWORD_LENGTH = 12
PUBLIC_ROLE = "Public"


class StaffError(ValueError):
    """An account can't be made like this; the message is for the person at the terminal."""


def role_model() -> type:
    """Give FAB's role model, through the account's relation: services don't import FAB."""
    return Staff.roles.property.mapper.class_  # type: ignore[no-any-return, attr-defined]


def keep_roles() -> None:
    """Make sure that each role has its row. What a role may do is data in ``app.access``, not in the database."""
    model = role_model()
    known = set(db.session.scalars(select(model.name)))  # type: ignore[attr-defined]
    for name in (*(role.value for role in Role), PUBLIC_ROLE):
        if name not in known:
            db.session.add(model(name=name))
    db.session.flush()


def may_grant(scope: Scope, role: Role) -> bool:
    """Whether the scope's own rights cover those of a role; only administrators make administrators."""
    if scope.everywhere:
        return True
    return role is not Role.ADMINISTRATOR and rights([role]) <= rights(scope.roles)


def may_handle(scope: Scope, staff: Staff) -> bool:
    """Whether a person works in the scope's offices only, and holds no right beyond the scope's own."""
    if scope.everywhere:
        return True
    with everything(scope.actor):
        offices = set(db.session.scalars(select(Membership.office_id).where(Membership.staff_id == staff.id)))
        roles = roles_named(role.name for role in staff.roles)
    return bool(offices) and offices <= scope.offices and all(may_grant(scope, role) for role in roles)


def assign(staff: Staff, roles: Iterable[str], offices: Iterable[int], *, active: bool, by: Scope) -> None:
    """Give a person roles and offices.

    Raises RuleBrokenError where ``by`` goes beyond the own rights or offices, where nothing is given, or where
    nobody would be left to administer.
    """
    wanted, places = set(roles), set(offices)
    # What the person has already may stay: a form that changes a name sends the roles along.
    had = {role.name for role in staff.roles}
    granted = set(roles_named(wanted))
    problems = []
    if len(granted) != len(wanted) or not all(may_grant(by, role) for role in granted if role.value not in had):
        problems.append(Problem("roles", gettext("You can grant no more than your own rights.")))
    if not wanted:
        problems.append(Problem("roles", gettext("Choose at least one role.")))
    if not all(by.writes(office) for office in places):
        problems.append(Problem("memberships", gettext("You can only choose offices of your own.")))
    if not places and Role.ADMINISTRATOR not in granted:
        problems.append(Problem("memberships", gettext("Choose at least one office.")))
    if not (active and Role.ADMINISTRATOR in granted) and is_last_administrator(staff):
        problems.append(Problem("roles", gettext("The last administrator can't be removed.")))
    if staff.id is not None and staff.id == by.staff_id and wanted != had:
        problems.append(Problem("roles", gettext("Nobody can change the own roles.")))
    if problems:
        raise RuleBrokenError(problems)
    model = role_model()
    staff.roles = list(db.session.scalars(select(model).where(model.name.in_(wanted))))  # type: ignore[attr-defined]
    staff.active = active
    kept = {membership.office_id: membership for membership in staff.memberships}
    for office_id, membership in kept.items():
        if office_id not in places:
            staff.memberships.remove(membership)
    for office_id in sorted(places - set(kept)):
        staff.memberships.append(Membership(office_id=office_id))


def is_last_administrator(staff: Staff) -> bool:
    """Whether nobody else who may sign in is an administrator."""
    if staff.id is None or not staff.active or Role.ADMINISTRATOR.value not in {role.name for role in staff.roles}:
        return False
    model = role_model()
    with everything("staff"):
        others = db.session.scalar(
            select(func.count(Staff.id)).where(
                Staff.roles.any(model.name == Role.ADMINISTRATOR.value),  # type: ignore[attr-defined]
                Staff.active.is_(True),  # type: ignore[union-attr]
                Staff.id != staff.id,
            )
        )
    return not others


def set_password(staff: Staff, password: str, *, at: datetime) -> None:
    """Set a password. Every session, token and link from before ends with it.

    Raises RuleBrokenError where it's too easy to guess.
    """
    if len(password) < PASSWORD_LENGTH:
        text = gettext("A password has at least %(number)s characters.", number=PASSWORD_LENGTH)
        raise RuleBrokenError([Problem("password", text)])
    if password.casefold() in {staff.username.casefold(), staff.email.casefold()} or len(set(password)) < 5:  # noqa: PLR2004
        raise RuleBrokenError([Problem("password", gettext("This password is too easy to guess."))])
    staff.password = generate_password_hash(password)
    staff.password_set_at = at


def lock(staff: Staff) -> None:
    """Give a new account a password that nobody knows: the person sets one through the one-time link."""
    staff.password = generate_password_hash(secrets.token_urlsafe(32))


def create_admin(username: str, first_name: str, last_name: str, email: str, password: str) -> Staff:
    """Add an administrator. Raises StaffError where the account can't be made."""
    taken = select(Staff.id).where((func.lower(Staff.username) == username.lower()) | (Staff.email == email))
    if db.session.scalars(taken).first() is not None:
        message = f"An account named {username!r} or with the address {email!r} exists already."
        raise StaffError(message)
    staff = Staff(username=username, first_name=first_name, last_name=last_name, email=email, active=True)
    try:
        set_password(staff, password, at=clock.now())
    except RuleBrokenError as error:
        raise StaffError(str(error)) from None
    model = role_model()
    administrator = select(model).where(model.name == Role.ADMINISTRATOR.value)  # type: ignore[attr-defined]
    # The first office, if there is one yet: an administrator sees all in any case.
    office = db.session.scalars(select(Office.id).order_by(Office.id)).first()
    db.session.add(staff)
    staff.roles = list(db.session.scalars(administrator))
    if office is not None:
        staff.memberships.append(Membership(office_id=office))
    db.session.flush()
    return staff
