"""What people tell about themselves."""

from typing import Any

from babel import Locale
from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from webapp.domain import accounts, lockout, sessions
from webapp.domain.errors import Invalid
from webapp.domain.models.account import EMAIL, LANGUAGES, NAME, PASSWORD
from webapp.domain.sessions import Verified
from webapp.web.forms import Choice, Form
from webapp.web.phrases import told

TONGUES = {code: str(Locale(code).get_display_name(code)).capitalize() for code in LANGUAGES}
"""What the dashboard is written in, each called by its own name."""

LONGEST_TRY = 1000
"""A password that is tried may be longer than one that is set, but not without end."""


def email_field() -> EmailField:
    """Make a field for an address."""
    return EmailField(_l("Email"), [InputRequired(_l("Write an email address.")), Length(max=EMAIL[1]), an_address])


def an_address(_form: Any, field: Any) -> None:
    """Refuse what is no address, beside whatever else is wrong with the form."""
    try:
        accounts.checked_email(field.data)
    except Invalid as error:
        raise ValidationError(told(error)) from None


def name_field() -> StringField:
    """Make a field for a person's name."""
    return StringField(_l("Your name"), [InputRequired(_l("Write your name.")), Length(*NAME)])


def new_password_field(label: Any) -> PasswordField:
    """Make a field for a password to come."""
    message = _l("Use %(least)d to %(most)d characters.", least=PASSWORD[0], most=PASSWORD[1])
    return PasswordField(label, [InputRequired(_l("Choose a password.")), Length(*PASSWORD, message)])


class SignInForm(Form):
    """Email and password, where to go then, and what was typed before."""

    email = email_field()
    password = PasswordField(_l("Password"), [InputRequired(_l("Write your password.")), Length(max=LONGEST_TRY)])
    remember = BooleanField(_l("Keep me signed in on this device"))
    next = HiddenField()
    kept = HiddenField()
    retry_after: int | None = None

    def verify(self) -> Verified | None:
        """Say who this is; None where the form has to be shown again."""
        if not self.validate():
            return None
        try:
            return accounts.authenticate(self.given("email"), self.given("password"), address=request.remote_addr)
        except sessions.SignInRefused as error:
            self.refuse(None, error.message)
        except lockout.LockedOut as error:
            self.status, self.retry_after = 429, error.details["retry_after"]
            self.refuse(None, error.message)
        return None


class AskResetForm(Form):
    """Whose password is to be set anew."""

    email = email_field()


class NewPasswordForm(Form):
    """A new password for whoever has the link."""

    password = new_password_field(_l("New password"))


class SetUpForm(Form):
    """The site's name and its first administrator."""

    site_name = StringField(_l("Name of the site"), [InputRequired(_l("Write a name.")), Length(*NAME)])
    name = name_field()
    email = email_field()
    password = new_password_field(_l("Password"))
    samples = BooleanField(_l("Load sample galleries"))


class AcceptForm(Form):
    """What an invited person adds to the invitation."""

    name = name_field()
    password = new_password_field(_l("Password"))


class ProfileForm(Form):
    """Name, and how the dashboard looks."""

    name = name_field()
    theme = RadioField(
        _l("Theme"),
        choices=[
            Choice("system", _l("As the system")),
            Choice("light", _l("Light")),
            Choice("dark", _l("Dark")),
        ],
    )
    density = RadioField(
        _l("Density of the list and the editor"),
        choices=[Choice("comfortable", _l("Comfortable")), Choice("compact", _l("Compact"))],
    )
    shortcuts = BooleanField(_l("Shortcuts of one letter, such as N and /"))
    language = SelectField(
        _l("Language of the dashboard"),
        choices=[
            Choice("", _l("As the browser")),
            *(Choice(code, name, {"lang": code}) for code, name in TONGUES.items()),
        ],
        default="",
    )


class ChangePasswordForm(Form):
    """The password as it is and as it shall be."""

    password = PasswordField(
        _l("Present password"), [InputRequired(_l("Write your present password.")), Length(max=LONGEST_TRY)]
    )
    new_password = new_password_field(_l("New password"))
