"""What is brought together at an event: open offers and needs, and who takes part."""

from __future__ import annotations

from sqlalchemy import Select, select

from app.models.categories import Category, Side
from app.models.offers import Direction, Offer, OfferStatus
from app.models.organisations import Organisation, OrganisationKind
from app.models.participations import Participation, ParticipationStatus


def open_offers(event: int) -> Select[int, int, Direction, Category, str, str | None]:
    """Give key, organisation, direction, category, title and text of what is offered and looked for, in its order."""
    return (
        select(Offer.id, Offer.organisation_id, Offer.direction, Offer.category, Offer.title, Offer.text)
        .where(Offer.event_id == event, Offer.status == OfferStatus.OPEN)
        .order_by(Offer.id)
    )


def organisations(
    event: int,
) -> Select[int, str, str | None, str | None, OrganisationKind, Side | None, ParticipationStatus | None]:
    """Give who takes part in an event, or has something open there: key, name, city, postal code, kind, side, status.

    Side and status are None for one that isn't entered as a participant.
    """
    offering = select(Offer.organisation_id).where(Offer.event_id == event, Offer.status == OfferStatus.OPEN)
    here = (Participation.organisation_id == Organisation.id) & (Participation.event_id == event)
    return (
        select(
            Organisation.id,
            Organisation.name,
            Organisation.city,
            Organisation.postal_code,
            Organisation.kind,
            Participation.side,
            Participation.status,
        )
        .outerjoin(Participation, here)
        .where(Participation.id.is_not(None) | Organisation.id.in_(offering))
        .order_by(Organisation.name, Organisation.id)
    )
