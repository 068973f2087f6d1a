"""Letters: handed to a real mail server of the test's own, with one addressee and no surprises."""

import base64

import pytest

from tests.fixtures.letterbox import Letterbox, closed_port
from webapp.config import Smtp
from webapp.infra import mail


@pytest.fixture
def letterbox():
    with Letterbox() as box:
        yield box


def smtp(port, **fields):
    return Smtp(host="127.0.0.1", port=port, **{"security": "none"} | fields)


def send(server, **fields):
    given = {
        "to": "ed@example.org",
        "subject": "Hello",
        "text": "A line.\n",
        "sender_host": "photos.example",
    } | fields
    mail.send(server, **given)


def test_a_letter_arrives_as_it_was_written(letterbox):
    text = "Bonjour é 京都,\n\n.a line with a dot\nhttps://photos.example/reset/" + "x" * 90 + "\n"
    send(smtp(letterbox.port), subject="Réinitialiser · 京都", text=text)
    [letter] = letterbox.letters
    assert letter["Subject"] == "Réinitialiser · 京都"
    assert letter.get_content().replace("\r\n", "\n") == text
    assert letter["From"] == "Vitrine <no-reply@photos.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"].endswith("@photos.example>")
    assert letter["Date"]


def test_a_letter_comes_from_whoever_signs_in(letterbox):
    send(smtp(letterbox.port, username="gallery@example.org", password="p w"))
    [letter] = letterbox.letters
    assert letter["From"] == "Vitrine <gallery@example.org>"
    assert base64.b64decode(letterbox.logins[0]).split(b"\0")[1:] == [b"gallery@example.org", b"p w"]


def test_a_subject_is_one_line(letterbox):
    send(smtp(letterbox.port), subject="Hello\r\nBcc: eve@example.org")
    [letter] = letterbox.letters
    assert letter["Subject"] == "Hello Bcc: eve@example.org"
    assert letter["Bcc"] is None


def test_an_addressee_is_one_line():
    with pytest.raises(ValueError, match="linefeed"):
        send(smtp(1), to="ed@example.org\r\nBcc: eve@example.org")


@pytest.mark.parametrize("refuse", ["MAIL", "RCPT"])
def test_a_refused_letter_is_said(refuse):
    with Letterbox(refuse) as box, pytest.raises(mail.MailFailed, match="did not take the letter"):
        send(smtp(box.port))
    assert box.letters == []


def test_a_server_that_is_away_is_said():
    with pytest.raises(mail.MailFailed):
        send(smtp(closed_port()))


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_without_encryption_gets_no_letter_where_it_is_asked_for(letterbox, security, monkeypatch):
    monkeypatch.setattr(mail, "SECONDS", 0.5)
    with pytest.raises(mail.MailFailed):
        send(smtp(letterbox.port, security=security, username="a@b.c", password="secret"))
    assert (letterbox.letters, letterbox.logins) == ([], [])
