"""Staff: who may give whom which roles and offices, passwords, and the first administrator."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import func, or_, select, update
from werkzeug.security import check_password_hash, generate_password_hash

from app.access import APPOINTS, Role, Scope, demo, everything, rights, roles_named
from app.core import clock
from app.core.db import db
from app.core.rules import Problem, RuleBrokenError
from app.models.offices import Office
from app.models.users import TAKEN, Membership, Staff

PASSWORD_LENGTH = 12
DIFFERENT_SIGNS = 5
PUBLIC_ROLE = "Public"


class StaffError(ValueError):
    """An account can't be made like this; the message is for the person at the terminal."""


def role_model() -> Any:
    """Give FAB's role model, through the account's relation: services don't import FAB."""
    return Staff.roles.property.mapper.class_


def keep_roles() -> None:
    """Make sure that each role has its row. What it may do is data in ``app.access``, not in the database."""
    model = role_model()
    known = set(db.session.scalars(select(model.name)))
    for name in (*(role.value for role in Role), PUBLIC_ROLE):
        if name not in known:
            db.session.add(model(name=name))
    db.session.flush()


# --- Who may do it ----------------------------------------------------------------------------------------
def may_grant(scope: Scope, role: Role) -> bool:
    """Whether the scope's own rights cover those of a role, or one of its roles appoints that one.

    Only administrators make administrators, also when they work in one office.
    """
    if scope.everywhere or Role.ADMINISTRATOR in scope.roles:
        return True
    if role is Role.ADMINISTRATOR:
        return False
    appointed = {other for own in scope.roles for other in APPOINTS.get(own, ())}
    return role in appointed or rights([role]) <= rights(scope.roles)


def handled(scope: Scope, staff: Sequence[Staff]) -> list[Staff]:
    """Give those who work in the scope's offices only, and hold no role that the scope couldn't grant."""
    if scope.everywhere:
        return list(staff)
    keys = [one.id for one in staff]
    with everything(scope.actor), db.session.no_autoflush:
        query = select(Membership.staff_id, Membership.office_id).where(Membership.staff_id.in_(keys))
        offices: dict[int, set[int]] = {}
        for key, office in db.session.execute(query):
            offices.setdefault(key, set()).add(office)
        roles = {one.id: roles_named(_names(one)) for one in staff}
    return [
        one
        for one in staff
        if one.id in offices
        and offices[one.id] <= scope.offices
        and all(may_grant(scope, role) for role in roles[one.id])
    ]


def may_handle(scope: Scope, staff: Staff) -> bool:
    """Whether a person is one of those."""
    return bool(handled(scope, [staff]))


def may_invite(scope: Scope, staff: Staff) -> bool:
    """Whether the scope may make a sign-in link for a person.

    Not for oneself: the link sets a password without asking for the old one, for whoever finds a screen
    unlocked too.
    """
    return bool(staff.active) and staff.id != scope.staff_id and may_handle(scope, staff)


# --- Roles and offices ------------------------------------------------------------------------------------
def assign(
    staff: Staff, roles: Collection[Role], offices: Collection[int], *, active: bool, by: Scope
) -> None:
    """Give a person roles and offices, and let the person sign in or not.

    A new account gets a password that nobody knows, and so does one that is deactivated: its sessions, tokens
    and links end with the password, and none of them lives again when the account does.

    Raises RuleBrokenError where ``by`` goes beyond the own rights or offices, where nothing is given, where
    the names are taken, or where nobody would be left to administer.
    """
    problems = [*_taken(staff), *_refusals(staff, set(roles), set(offices), active=active, by=by)]
    if problems:
        raise RuleBrokenError(problems)
    if staff.password is None or (staff.active and not active):
        lock(staff)
    staff.active = active
    model = role_model()
    names = [role.value for role in roles]
    staff.roles = list(db.session.scalars(select(model).where(model.name.in_(names))))
    kept = {membership.office_id: membership for membership in staff.memberships}
    for office_id, membership in kept.items():
        if office_id not in offices:
            staff.memberships.remove(membership)
    for office_id in sorted(set(offices) - set(kept)):
        staff.memberships.append(Membership(office_id=office_id))


def _refusals(
    staff: Staff, roles: set[Role], offices: set[int], *, active: bool, by: Scope
) -> Iterator[Problem]:
    if staff.id is not None and not may_handle(by, staff):
        yield Problem("", gettext("You can't change this account."))
    if not all(may_grant(by, role) for role in roles):
        yield Problem("roles", gettext("You can grant no more than your own rights."))
    if not roles:
        yield Problem("roles", gettext("Choose at least one role."))
    if not all(by.writes(office) for office in offices) or _unknown(offices):
        yield Problem("memberships", gettext("You can only choose offices of your own."))
    if not offices and Role.ADMINISTRATOR not in roles:
        yield Problem("memberships", gettext("Choose at least one office."))
    if staff.id is not None and staff.id == by.staff_id:
        if {role.value for role in roles} != _names(staff):
            yield Problem("roles", gettext("Nobody can change the own roles."))
        if not active:
            yield Problem("active", gettext("Nobody can deactivate the own account."))
    if not (active and Role.ADMINISTRATOR in roles) and is_last_administrator(staff):
        field = "roles" if active else "active"
        yield Problem(field, gettext("The last administrator can't be removed."))


def _names(staff: Staff) -> set[str]:
    return {role.name for role in staff.roles}


def _unknown(offices: set[int]) -> bool:
    with everything("staff"), db.session.no_autoflush:
        return len(list(db.session.scalars(select(Office.id).where(Office.id.in_(offices))))) < len(offices)


def _taken(staff: Staff) -> Iterator[Problem]:
    """Yield a problem for each name by which somebody else signs in, in whatever office; it says no more.

    A sign-in name that is another's address would keep that person out, so both are compared with both.
    """
    for field in ("username", "email"):
        # Lowered by the database, as it's compared at sign-in.
        name = func.lower(getattr(staff, field) or "")
        same = or_(func.lower(Staff.username) == name, func.lower(Staff.email) == name)
        with everything("staff"), db.session.no_autoflush:
            owners = set(db.session.scalars(select(Staff.id).where(same)))
        if owners - {staff.id}:
            yield Problem(field, TAKEN[field])


def is_last_administrator(staff: Staff) -> bool:
    """Whether nobody else who may sign in is an administrator.

    The role's row is locked until the end of the transaction: of two administrators who remove each other at
    the same moment, one comes second and is refused.
    """
    if staff.id is None or not staff.active or Role.ADMINISTRATOR.value not in _names(staff):
        return False
    model = role_model()
    administrator = Role.ADMINISTRATOR.value
    others = select(func.count(Staff.id)).where(
        Staff.roles.any(model.name == administrator),
        Staff.active.is_(True),
        Staff.id != staff.id,
    )
    with everything("staff"), db.session.no_autoflush:
        db.session.execute(update(model).where(model.name == administrator).values(name=administrator))
        return not db.session.scalar(others)


# --- Passwords --------------------------------------------------------------------------------------------
def set_password(staff: Staff, password: str, *, at: datetime) -> None:
    """Set a password. Every session, token and link from before ends with it.

    Raises RuleBrokenError where it's too easy to guess.
    """
    if len(password) < PASSWORD_LENGTH:
        text = gettext("A password has at least %(number)s characters.", number=PASSWORD_LENGTH)
        raise RuleBrokenError([Problem("password", text)])
    known = {staff.username.casefold(), staff.email.casefold()}
    if password.casefold() in known or len(set(password)) < DIFFERENT_SIGNS or demo.is_known(password):
        raise RuleBrokenError([Problem("password", gettext("This password is too easy to guess."))])
    staff.password = generate_password_hash(password)
    staff.password_set_at = at


def change_password(staff: Staff, old: str, new: str, *, at: datetime) -> None:
    """Set another password, for who knows the one of today.

    Raises RuleBrokenError where the old one is wrong, or the new one the same or too easy to guess.
    """
    if not check_password_hash(staff.password or "", old):
        raise RuleBrokenError([Problem("old", gettext("This is not your password."))])
    if new == old:
        raise RuleBrokenError([Problem("password", gettext("This is the password that you have already."))])
    set_password(staff, new, at=at)


def lock(staff: Staff) -> None:
    """Give an account a password that nobody knows: the person sets one through the one-time link."""
    staff.password = generate_password_hash(secrets.token_urlsafe(32))
    staff.password_set_at = None


def end_links(staff: Staff) -> None:
    """End the links that were made before, where the person has set no password yet.

    An account of the demo keeps the password that the sign-in page shows.
    """
    if staff.password_set_at is None and not demo.is_sealed(staff.password):
        lock(staff)


# --- The first account ------------------------------------------------------------------------------------
def create_admin(username: str, first_name: str, last_name: str, email: str, password: str) -> Staff:
    """Add an administrator. Raises StaffError where the account can't be made."""
    staff = Staff(username=username, first_name=first_name, last_name=last_name, email=email, active=True)
    if any(_taken(staff)):
        message = f"An account named {username!r} or with the address {email!r} exists already."
        raise StaffError(message)
    try:
        set_password(staff, password, at=clock.now())
    except RuleBrokenError as error:
        raise StaffError(str(error)) from None
    model = role_model()
    administrator = select(model).where(model.name == Role.ADMINISTRATOR.value)
    # The first office, if there is one yet: an administrator sees all in any case.
    office = db.session.scalars(select(Office.id).order_by(Office.id)).first()
    db.session.add(staff)
    staff.roles = list(db.session.scalars(administrator))
    if office is not None:
        staff.memberships.append(Membership(office_id=office))
    db.session.flush()
    return staff


def named_roles(staff: Staff) -> tuple[Role, ...]:
    """Give a person's roles in the order of the table."""
    held: Iterable[Role] = roles_named(_names(staff))
    return tuple(role for role in Role if role in held)
