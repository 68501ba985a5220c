"""The certificate: what a person agreed to, when, and how that is known. For the person, a court, or an authority."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from flask_babel import get_locale, gettext

from app.core.db import db
from app.core.pdf import Document
from app.core.values import display
from app.labels import actor, label
from app.models.newsletters import NewsletterText
from app.models.subscribers import Consent, Subscriber
from app.queries.receipts import of_person
from app.queries.subscribers import log_of, origins


def certificate(person: Subscriber, at: datetime, target: Path) -> int:
    """Write the certificate of a person as a PDF, in the language of who asks; give how many steps it has."""
    document = Document(gettext("Certificate of consent"), str(get_locale() or "de"))
    document.fact(gettext("Office"), person.office.name)
    document.fact(gettext("E-mail"), person.email)
    name = " ".join(part for part in (person.first_name, person.last_name) if part)
    document.fact(gettext("Name"), name)
    document.fact("UUID", person.uuid)
    document.fact(gettext("Issued on"), _moment(at))
    document.ln(2)
    document.paragraph(
        gettext(
            "The steps come from a log that the database lets nobody change or delete. Each names the version of the "
            "text that counted then; the texts stand at the end, with their SHA-256."
        )
    )
    texts: dict[int, NewsletterText] = {}
    count = 0
    for line in person.subscriptions:
        document.heading(f"{line.newsletter.name} · {line.newsletter.sender_name}")
        document.fact(gettext("Status"), display(line.status))
        document.fact(gettext("Topics"), ", ".join(str(chosen.topic) for chosen in line.topics))
        places: dict[int, str] = dict(db.session.execute(origins([line.id])).all())
        for number, step in enumerate(db.session.scalars(log_of(line.id)), start=1):
            _step(document, number, step, places.get(step.id))
            told = (step.consent_text, step.privacy_text)
            texts |= {text.id: text for text in told if text}
            count += 1
    _files(document, person)
    _texts(document, texts.values())
    document.output(str(target))
    return count


def _step(document: Document, number: int, step: Consent, place: str | None) -> None:
    document.ln(2)
    document.fact(f"{number}. {display(step.step)}", _moment(step.at))
    document.fact(gettext("Channel"), display(step.channel))
    document.fact(gettext("By"), actor(step.actor))
    document.fact(gettext("Page"), step.source_url)
    document.fact(str(label("ConsentOrigin", "ip")), place)
    document.fact(gettext("Said"), step.wording)
    document.fact(gettext("Basis"), step.basis)
    for text in (step.consent_text, step.privacy_text):
        if text:
            document.fact(display(text.kind), _version(text))


def _files(document: Document, person: Subscriber) -> None:
    files = db.session.scalars(of_person(person.id)).all()
    if files:
        document.heading(gettext("Files in which the address was handed on"))
    for file in files:
        document.ln(1)
        document.fact(file.title, _moment(file.created_at))
        document.fact(gettext("Purpose"), file.purpose)
        document.fact(gettext("By"), str(file.created_by or ""))
        document.fact("SHA-256", file.sha256)


def _texts(document: Document, texts: Iterable[NewsletterText]) -> None:
    for text in texts:
        document.heading(f"{display(text.kind)}, {_version(text)}")
        document.fact(gettext("Valid from"), _moment(text.valid_from))
        document.fact("SHA-256", text.sha256)
        document.paragraph(text.text)


def _version(text: NewsletterText) -> str:
    version = gettext("version %(number)s", number=text.edition)
    return f"{version} ({text.language.value}, SHA-256 {text.sha256[:12]}…)"


def _moment(at: datetime) -> str:
    """Say it as the world does: the offices' time beside UTC, which the log keeps."""
    return f"{display(at)} ({at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC)"
