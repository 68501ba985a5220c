"""What is asked about contacts."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, null, select
from sqlalchemy.orm import aliased

from app.models.contacts import Channel, ChannelKind, Contact, Position
from app.models.offices import Office
from app.models.organisations import Organisation
from app.queries.base import counts_on


def reached(*kinds: ChannelKind, on: date) -> ColumnElement[bool]:
    """Whether a contact has an address or number of one of these kinds that counts on a day."""
    return Contact.channels.any(Channel.kind.in_(kinds) & counts_on(Channel, on))


# --- as reports list them -------------------------------------------------------------------------------------
def listed(on: date, office: Office | None = None) -> Select[Any]:
    """Contacts, with what counts on a day: position, e-mail address, phone number."""
    return _with_position(
        select(
            Office.name.label("office"),
            Contact.id,
            Contact.salutation,
            Contact.title,
            Contact.first_name,
            Contact.last_name,
            Organisation.name.label("organisation"),
            Position.function,
            _reach(ChannelKind.EMAIL, on=on).label("email"),
            _reach(ChannelKind.PHONE, ChannelKind.MOBILE, on=on).label("phone"),
            Contact.street,
            Contact.postal_code,
            Contact.city,
            Contact.country,
            Contact.language,
            Contact.do_not_email,
            Contact.do_not_phone,
            Contact.do_not_mail,
            Contact.lawful_basis,
            Contact.source,
            Contact.tags,
        ),
        on,
        office,
    )


def letters(on: date, office: Office | None = None) -> Select[Any]:
    """Whom an office may write letters to, with the address: the person's own, else that of the organisation.

    Who wants no letters isn't among them, nor who has no address.
    """
    own = and_(Contact.street.is_not(None), Contact.city.is_not(None))

    def address(name: str) -> ColumnElement[Any]:
        return case((own, getattr(Contact, name)), else_=getattr(Organisation, name)).label(name)

    statement = _with_position(
        select(
            case((own, null()), else_=Organisation.name).label("organisation"),
            Contact.salutation,
            Contact.title,
            Contact.first_name,
            Contact.last_name,
            Contact.language,
            *map(address, ("street", "postal_code", "city", "country")),
            Office.name.label("office"),
        ),
        on,
        office,
    )
    complete = and_(Organisation.street.is_not(None), Organisation.city.is_not(None))
    return statement.where(Contact.do_not_mail.is_(False), own | complete)


def _with_position(statement: Any, on: date, office: Office | None) -> Select[Any]:
    """Join the position that stands for a person on a day: the primary one, else the latest."""
    held = aliased(Position)
    latest = (
        select(held.id)
        .where(held.contact_id == Contact.id, counts_on(held, on))
        .order_by(held.primary.desc(), held.since.is_(None), held.since.desc(), held.id)
        .limit(1)
        .correlate(Contact)
        .scalar_subquery()
    )
    joined: Select[Any] = (
        statement.select_from(Contact)
        .outerjoin(Contact.office)
        .outerjoin(Position, Position.id == latest)
        .outerjoin(Position.organisation)
    )
    if office is not None:
        joined = joined.where(Contact.office_id == office.id)
    return joined.order_by(Contact.last_name, Contact.first_name, Contact.id)


def _reach(*kinds: ChannelKind, on: date) -> ColumnElement[str | None]:
    """Give where a contact is reached on a day: by the first of these kinds that there is."""
    order = case(*((Channel.kind == kind, at) for at, kind in enumerate(kinds)))
    return (
        select(Channel.value)
        .where(Channel.contact_id == Contact.id, Channel.kind.in_(kinds), counts_on(Channel, on))
        .order_by(*([order] if len(kinds) > 1 else []), Channel.rank, Channel.id)
        .limit(1)
        .correlate(Contact)
        .scalar_subquery()
    )
