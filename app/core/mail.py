"""Mails: written in the recipient's language, and sent by SMTP, or kept in a folder where no server is named.

The standard library writes and sends them; ``docs/decisions`` says why no extension does. In demo mode nothing
leaves the machine. ``send`` talks to a server, so it's called from a task, which is tried again when it raises.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import make_msgid, parseaddr
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale

from app.core import clock, spool
from app.core.text import ascii_domain
from app.core.values import spoken

Person = str | tuple[str, str]
"""An address, or a name and an address."""

_REFUSED = 500  # from here on, SMTP's answers are final
_GAP = re.compile(r"\n\s*\n")
_DOMAIN = re.compile(r"(?!-)[A-Za-z0-9-]+(?<!-)(\.(?!-)[A-Za-z0-9-]+(?<!-))*")


class RefusedError(Exception):
    """The server takes no mail for this address, now or later. It doesn't name the address: logs don't either."""


class _Policy(EmailPolicy):
    """Lines end as SMTP wants it, and an address of the web stands whole: encoded, no mail program would find it."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name == "List-Unsubscribe":
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep="\r\n")


def compose(
    template: str,
    to: Person,
    language: str,
    *,
    sender: Person | None = None,
    reply_to: Person | None = None,
    unsubscribe: str | None = None,
    **values: Any,
) -> EmailMessage:
    """Write a mail from ``templates/mail/<template>.txt``, whose block "subject" is the subject, and ``.html``.

    Both get the values, the code of the language in which they are rendered (``language``, as far as we write it), and
    ``unsubscribe``: the URL that takes a POST without a sign-in (RFC 8058), told in headers; mail programs follow it
    over https only. Line breaks in names and in the subject become spaces. Raises ValueError for an address that is
    none, and for such a URL.
    """
    author = _address(sender or own_sender())
    message = EmailMessage(policy=_POLICY)
    code = spoken(language)
    with force_locale(code):
        subject, text, html = _rendered(template, {**values, "language": code, "unsubscribe": unsubscribe})
    message["From"] = author
    message["To"] = _address(to)
    if reply_to is not None:
        message["Reply-To"] = _address(reply_to)
    message["Subject"] = _line(subject)
    message["Date"] = clock.now()
    message["Message-ID"] = make_msgid(domain=author.domain)
    message["Auto-Submitted"] = "auto-generated"
    if unsubscribe is not None:
        _follow(message, unsubscribe)
    # Quoted-printable passes every server, and keeps the lines short.
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message


def attach(message: EmailMessage, content: bytes, kind: str, name: str) -> None:
    """Attach a file to a mail: its type, such as "text/calendar", and its name."""
    main, _slash, sub = kind.partition("/")
    message.add_attachment(content, maintype=main, subtype=sub, filename=name)


def own_sender() -> tuple[str, str]:
    """Give the name and the address from which the server takes mails."""
    return parseaddr(current_app.config["MAIL_SENDER"])


def _follow(message: EmailMessage, unsubscribe: str) -> None:
    """Name the link where mail programs look for it."""
    if not re.fullmatch(r"https?://[!-;=?-~]+", unsubscribe):
        raise ValueError("only an http URL in ASCII can be followed")
    message["List-Unsubscribe"] = f"<{unsubscribe}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _rendered(template: str, values: dict[str, Any]) -> tuple[str, str, str]:
    """Give subject, text and HTML. A mail isn't a page: nothing of a request gets into it."""
    plain = current_app.jinja_env.get_template(f"mail/{template}.txt")
    html = current_app.jinja_env.get_template(f"mail/{template}.html")
    subject = "".join(plain.blocks["subject"](plain.new_context(values)))
    text = _GAP.sub("\n\n", plain.render(values)).strip() + "\n"
    return subject, text, html.render(values, subject=_line(subject))


def _address(person: Person) -> Address:
    name, address = ("", person) if isinstance(person, str) else person
    local, _at, domain = address.rpartition("@")
    if not re.fullmatch(r"[^\s@<>()\[\],;:\\\"]+", local) or not address.isprintable():
        raise ValueError("this is no address")
    return Address(_line(name), local, _ascii(domain))


def _ascii(domain: str) -> str:
    """Spell a domain with umlauts as the name system does."""
    spelled = ascii_domain(domain)
    if not _DOMAIN.fullmatch(spelled):
        raise ValueError("this is no address")
    return spelled


def _line(text: str) -> str:
    """Make one line of a text: a line break in a header would begin another header."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def spools() -> bool:
    """Whether mails stay in the folder."""
    return bool(current_app.config["DEMO"]) or not current_app.config["MAIL_SERVER"]


def spool_folder() -> Path:
    """Give the folder of the mails that stay."""
    folder: Path = current_app.config["DATA_DIR"] / "spool"
    return folder


def send(message: EmailMessage) -> None:
    """Hand a mail over to the server, or keep it.

    Raises RefusedError where trying again is of no use, OSError, which smtplib's errors are, where it may be.
    """
    if spools():
        spool.keep(spool_folder(), message)
        return
    try:
        with _server() as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        ((code, _said),) = error.recipients.values()
        if code >= _REFUSED:
            raise RefusedError(f"the server answered {code}") from None
        raise smtplib.SMTPException(f"the server answered {code}: try again") from None


def never_left(error: OSError) -> bool:
    """Whether an error of ``send`` says for sure that the mail didn't leave; where a line broke off, nobody knows."""
    answered = isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPNotSupportedError)
    unreached = isinstance(error, ConnectionRefusedError | socket.gaierror | ssl.SSLError)
    return answered or unreached or type(error) is smtplib.SMTPException


def _server() -> smtplib.SMTP:
    """Connect, encrypted as configured and only with the server that was named, and sign in."""
    config = current_app.config
    place, timeout = (config["MAIL_SERVER"], config["MAIL_PORT"]), config["MAIL_TIMEOUT"]
    trust = ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(*place, timeout=timeout, context=trust)
        if config["MAIL_USE_SSL"]
        else smtplib.SMTP(*place, timeout=timeout)
    )
    try:
        if config["MAIL_USE_TLS"] and not config["MAIL_USE_SSL"]:
            server.starttls(context=trust)
        if config["MAIL_USERNAME"]:
            server.login(config["MAIL_USERNAME"], config["MAIL_PASSWORD"])
    except BaseException:
        server.close()
        raise
    return server
