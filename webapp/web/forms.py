"""What all forms have in common: the door has checked their token, and what the domain refuses is shown in them."""

import re
from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.fields.choices import SelectChoice as Choice  # type: ignore[attr-defined]  # its stubs are older

from webapp.domain.errors import Conflict, Invalid, Stale
from webapp.domain.transaction import transaction
from webapp.web.phrases import told

__all__ = ["Choice", "Form"]

UNKEPT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters, all but tab and line ends, and halves of characters: no database keeps them."""


class Form(FlaskForm):  # type: ignore[misc]
    """A form of the dashboard; `status` is what the page is answered with when it has to be shown again."""

    class Meta:
        """`forgery.check` has looked at the token before the view is called."""

        csrf = False

    status = 422

    def given(self, name: str) -> str:
        """Return what was written into a field of text."""
        return str(self._fields[name].data or "")

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and refuse characters that cannot be kept."""
        valid = bool(super().validate(extra_validators))
        for field in self:
            if (
                getattr(field.widget, "input_type", "") != "hidden"
                and isinstance(field.data, str)
                and UNKEPT.search(field.data)
            ):
                _complain(field, _("Remove the control characters from this."))
                valid = False
        return valid

    def carry_out(self, change: Callable[[], Any]) -> bool:
        """Check the form, then do it in one transaction; False where the form has to be shown again."""
        return bool(self.validate()) and self.attempt(lambda: _in_transaction(change))

    def attempt(self, change: Callable[[], Any]) -> bool:
        """Do it; what the domain refuses is written beside the field it is about."""
        try:
            change()
        except Invalid as error:
            self.refuse(error.field, error.message)
        except (Conflict, Stale) as error:
            self.status = 409
            self.refuse(None, error.message)
        else:
            return True
        return False

    def refuse(self, name: str | None, message: str) -> None:
        """Write a complaint beside a field, or above the form, in the reader's language."""
        if name in self._fields:
            _complain(self._fields[name], told(message))
        else:
            self.form_errors.append(told(message))


def _in_transaction(change: Callable[[], Any]) -> None:
    with transaction():
        change()


def _complain(field: Field, message: str) -> None:
    field.errors = [*field.errors, message]
