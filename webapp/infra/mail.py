"""Letters, by SMTP."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from typing import Final

from webapp.config import Smtp

SECONDS: Final = 15
"""How long the mail server may take for each step."""


class MailFailed(Exception):
    """The mail server did not take the letter."""


def send(smtp: Smtp, *, to: str, subject: str, text: str, sender_host: str) -> None:
    """Hand one letter to the mail server. Raises MailFailed."""
    letter = EmailMessage(policy=SMTP)
    letter["From"] = sender(smtp, sender_host)
    letter["To"] = to
    letter["Subject"] = " ".join(subject.split())
    letter["Date"] = formatdate()
    letter["Message-ID"] = make_msgid(domain=sender_host)
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text)
    try:
        with _connected(smtp) as server:
            server.send_message(letter)
    except (OSError, smtplib.SMTPException) as error:
        raise MailFailed(f"the mail server {smtp.host} did not take the letter: {error}") from error


def sender(smtp: Smtp, host: str) -> str:
    """Write letters as whoever signs in at the mail server, else as nobody of our own host."""
    address = smtp.username if smtp.username and "@" in smtp.username else f"no-reply@{host}"
    return f"Vitrine <{address}>"


@contextlib.contextmanager
def _connected(smtp: Smtp) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    if smtp.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(smtp.host, smtp.port, timeout=SECONDS)
    with server:
        if smtp.security == "starttls":
            server.starttls(context=context)
        if smtp.username and smtp.password:
            server.login(smtp.username, smtp.password)
        yield server
