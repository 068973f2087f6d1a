"""Flask-Security, as far as it fits (D35): passwords, and the machinery that second factors will use.

What is taken: its hashing context (argon2 at OWASP's figures), its normal form of passwords, its datastore over
our models. What is not: its views, its cookie and its reset links.

- Its cookie names the user and is nothing more than signed: a copy is still good after signing out (the test
  `test_d35_flask_security_alone_lets_a_copied_cookie_in_after_signing_out` shows it). Ours holds the random id of
  a row; see `domain.sessions`.
- Its views read in one transaction, then write and commit in the same one. On SQLite that is the transaction that
  fails at once when somebody else has written in between (see `infra.db`). They also answer 200 to a refused form
  and hold the rules that the JSON door needs as well.
- Its reset links are signed and stand nowhere, so nobody can see or withdraw them. Ours are rows that work once.

Flask-Login and Flask-Principal come with it and look at the session in every request and every page, which would
make each public answer depend on a cookie (`Vary: Cookie`), set it anew and load the user twice. Their three hooks
are taken out.
"""

import unicodedata
from typing import Any, Final

from flask import Flask, current_app
from flask_login.utils import _user_context_processor
from flask_security import RoleMixin, Security, SQLAlchemyUserDatastore, UserMixin
from flask_security import hash_password as make_hash
from flask_security import verify_password as matches

from webapp.infra.db import db

__all__ = ["RoleMixin", "UserMixin", "hash_password", "init", "outdated", "spend", "verify_password"]

ROUNDS: Final = 2
LANES: Final = 1
"""With the 19 MiB of the settings these are OWASP's figures for argon2id."""


def init(app: Flask, *, users: type[Any], roles: type[Any], memory: int) -> None:
    """Set Flask-Security up over our models, without its views; `memory` is what a hash takes, in KiB."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  the name of a scheme
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH={"argon2"},
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={
            "argon2__time_cost": ROUNDS,
            "argon2__memory_cost": memory,
            "argon2__parallelism": LANES,
        },
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
    )
    security = Security(app, SQLAlchemyUserDatastore(db, users, roles), register_blueprint=False)
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.after_request_funcs[None].remove(security.login_manager._update_remember_cookie)
    app.template_context_processors[None].remove(_user_context_processor)
    with app.app_context():
        app.extensions["vitrine-dummy-hash"] = hash_password("nobody has this password")


def hash_password(password: str) -> str:
    """Hash a password for keeping."""
    made: str = make_hash(normal(password))
    return made


def verify_password(password: str, kept: str) -> bool:
    """Say whether this is the password that was hashed."""
    return bool(matches(normal(password), kept))


def spend(password: str) -> None:
    """Do the work of verifying where there is no account, so that the time taken tells nothing."""
    verify_password(password, current_app.extensions["vitrine-dummy-hash"])


def outdated(kept: str) -> bool:
    """Say whether a hash was made at another cost than today's."""
    security: Security = current_app.extensions["security"]
    return bool(security.pwd_context.needs_update(kept))


def normal(password: str) -> str:
    """Write a password as every keyboard's spelling of it is written, its lone surrogates as question marks."""
    return unicodedata.normalize("NFKD", password).encode("utf-8", "replace").decode("utf-8")
