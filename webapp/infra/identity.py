"""What Flask-Security asks of a user and a role, so that the models stay the domain's."""

from flask_security import RoleMixin, UserMixin

__all__ = ["RoleMixin", "UserMixin"]
