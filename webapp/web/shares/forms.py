"""What editors say of a link, and what its visitors write."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FloatField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from webapp.domain.errors import NotFound
from webapp.domain.models.account import NAME
from webapp.domain.models.sharing import ASKED, LABEL, SHARE_PASSWORD, USES, WORDS
from webapp.domain.notes import NoteFields
from webapp.domain.shares import LIVES, ShareFields
from webapp.domain.visiting import LONGEST_TRY
from webapp.web.editor.drawing import FIELD_WORDS
from webapp.web.forms import Choice, Form

STATE_WORDS = {
    "working": _l("The working state: what is saved"),
    "drafts": _l("The working state with drafts: what is typed, saved or not"),
    "held": _l("What visitors see, or would see now"),
}
DAYS = {1: _l("1 day"), 7: _l("7 days"), 14: _l("14 days"), 30: _l("30 days"), 90: _l("90 days"), 365: _l("a year")}
CENT = 100.0


class ShareForm(Form):
    """What a link shows, to whom, and until when."""

    label = StringField(_l("For whom"), [InputRequired(_l("Say whom the link is for.")), Length(*LABEL)])
    state = SelectField(_l("What it shows"), choices=[Choice(*each) for each in STATE_WORDS.items()])
    language = SelectField(_l("Language"))
    days = SelectField(_l("Ends after"), choices=[Choice(str(each), DAYS[each]) for each in LIVES], default="14")
    password = PasswordField(_l("Password"), [Optional(), Length(*SHARE_PASSWORD)])
    max_uses = IntegerField(_l("May be opened this often"), [Optional(), NumberRange(*USES)])
    downloads = BooleanField(_l("Visitors may download the originals, without their metadata"))

    def offer(self, languages: list[tuple[str, str]]) -> None:
        """Offer all languages, or one of these: pairs of code and name."""
        self.language.choices = [Choice("", _l("All languages")), *(Choice(*each) for each in languages)]

    def fields(self) -> ShareFields:
        """Return what a link is made with."""
        return {
            "label": self.given("label"),
            "code": self.given("language") or None,
            "state": self.given("state"),
            "days": int(self.given("days")),
            "password": self.given("password") or None,
            "max_uses": self.max_uses.data,
            "downloads": bool(self.downloads.data),
        }


class EnterForm(Form):
    """Who opens a link, and its password where it has one."""

    name = StringField(_l("Your name"), [Length(max=NAME[1])])
    password = PasswordField(_l("Password"), [Length(max=LONGEST_TRY)])
    retry_after: int | None = None


class NameForm(Form):
    """A deed of a visitor, who says a name once."""

    name = StringField(_l("Your name"), [Length(max=NAME[1])])


class ApprovalForm(NameForm):
    """What was seen when it was approved."""

    seen = HiddenField()


class AnswerForm(NameForm):
    """What is said to a note."""

    words = TextAreaField(_l("Answer"), [InputRequired(_l("Write an answer.")), Length(max=WORDS[1])])


class NoteForm(NameForm):
    """A change that is asked for: of what, where, and in which words."""

    about = SelectField(_l("About"))
    field = SelectField(_l("Of it"))
    x = FloatField(_l("From the left, in per cent"), [Optional(), NumberRange(0, CENT)])
    y = FloatField(_l("From the top, in per cent"), [Optional(), NumberRange(0, CENT)])
    words = TextAreaField(
        _l("What should change?"), [InputRequired(_l("Write what should change.")), Length(max=WORDS[1])]
    )

    def offer(self, things: list[tuple[str, str]]) -> None:
        """Offer the gallery and these items: pairs of id and words."""
        self.about.choices = [Choice("", _l("The gallery")), *(Choice(*each) for each in things)]
        named = [Choice(each, FIELD_WORDS[each]) for each in ASKED if each != "html"]
        self.field.choices = [Choice("", _l("The whole of it")), *named, Choice("html", _l("Text"))]

    def fields(self, code: str) -> NoteFields:
        """Return what the domain is told; `code` is the language that was read."""
        return {
            "item_id": item_id(self.about.data),
            "field": self.field.data or None,
            "code": code,
            "x": fraction(self.x.data),
            "y": fraction(self.y.data),
            "words": self.given("words"),
            "name": self.given("name"),
        }


def item_id(given: Any) -> UUID | None:
    """Return the item that a form names. Raises NotFound for what is no id."""
    try:
        return UUID(given) if given else None
    except ValueError:
        raise NotFound("Item", _("That item is not there any more.")) from None


def fraction(cents: float | None) -> float | None:
    """Return a part of a hundred as a fraction."""
    return None if cents is None else cents / CENT
