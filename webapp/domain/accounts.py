"""Accounts: who has one, how they prove it, and what an administrator may change about it."""

import re
from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from webapp.domain import audit, links, lockout, sessions
from webapp.domain.errors import Conflict, Invalid, NotFound, Stale
from webapp.domain.models import Language, Role, User, UserRole
from webapp.domain.models.account import DENSITIES, EMAIL, LANGUAGES, NAME, PASSWORD, THEMES
from webapp.domain.permissions import ROLES, Actor, demand
from webapp.domain.sentences import Sentence
from webapp.domain.sessions import SignInRefused, Verified
from webapp.domain.transaction import release, transaction
from webapp.infra import identity
from webapp.infra.clock import now
from webapp.infra.db import db

ADDRESS: Final = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f.]+(\.[^@\s\x00-\x1f\x7f.]+)*")
UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")


def authenticate(email: str, password: str, *, address: str | None) -> Verified:
    """Say who gave these credentials. Raises SignInRefused, LockedOut.

    Opens transactions of its own, one to write the try down and one to forget it again: a refusal is an error and
    must be remembered, and the slow hash holds no connection. Unknown and inactive accounts cost the same work
    and get the same words.
    """
    email = _as_kept(email)
    tries = lockout.note_try(email, address)
    user = find_by_email(email)
    kept = user.password if user is not None and user.active else None
    verified = Verified.of(user) if user is not None else None
    release()
    if kept is None or verified is None:
        identity.spend(password)
        raise SignInRefused
    if not identity.verify_password(password, kept):
        raise SignInRefused
    with transaction():
        lockout.forgive(email, tries)
        _renew_hash(verified, password, kept)
    return verified


def get(user_id: UUID) -> User:
    """Return a user. Raises NotFound."""
    found = db.session.get(User, user_id)
    if found is None:
        raise NotFound("User")
    return found


def find_by_email(email: str) -> User | None:
    """Return the user with this address, however it is written."""
    return db.session.scalar(select(User).where(User.email == _as_kept(email)))


def all_users() -> list[User]:
    """List everybody, the active ones first, by name."""
    return list(db.session.scalars(select(User).order_by(User.active.desc(), func.lower(User.name), User.id)))


def exist() -> bool:
    """Say whether anybody has an account."""
    return db.session.scalar(select(User.id).limit(1)) is not None


def add(email: str, *, name: str, role: str, password: str, languages: Sequence[str] = (), actor: Actor) -> User:
    """Make an account. Raises Invalid, Conflict where the address has one."""
    user = User(
        email=checked_email(email), name=checked_name(name), password=_hashed(password), fs_uniquifier=uuid4().hex
    )
    user.roles = [_role(role)]
    user.languages = _languages(role, languages)
    db.session.add(user)
    try:
        db.session.flush()
    except IntegrityError:
        raise Conflict("Somebody with this email address has an account already.", code="email_taken") from None
    audit.record(actor, "add", "user", user.id, changes={"email": (None, user.email), "role": (None, role)})
    return user


def change_role(
    user_id: UUID, role: str, languages: Sequence[str] = (), *, version: int | None = None, actor: Actor
) -> User:
    """Give somebody another role, or a translator other languages; ends their sign-ins.

    Raises NotFound, Stale, Invalid, Conflict for the last administrator.
    """
    demand(actor, "users:update")
    user = _locked(user_id, version)
    was, had = role_of(user), [language.code for language in user.languages]
    if was == "admin" and role != "admin":
        _keep_an_admin(user)
    user.roles = [_role(role)]
    user.languages = _languages(role, languages)
    given = [language.code for language in user.languages]
    if (was, sorted(had)) == (role, sorted(given)):
        return user
    _changed(user)
    _send_away(user)
    audit.record(actor, "change_role", "user", user.id, changes={"role": (was, role), "languages": (had, given)})
    return user


def deactivate(user_id: UUID, *, version: int | None = None, actor: Actor) -> User:
    """Shut somebody out at once, keys included. Raises NotFound, Stale, Conflict for the last administrator."""
    demand(actor, "users:update")
    user = _locked(user_id, version)
    if user.active:
        if role_of(user) == "admin":
            _keep_an_admin(user)
        user.active = False
        _changed(user)
        _send_away(user)
        audit.record(actor, "deactivate", "user", user.id, changes={"active": (True, False)})
    return user


def reactivate(user_id: UUID, *, version: int | None = None, actor: Actor) -> User:
    """Let somebody in again. Raises NotFound, Stale."""
    demand(actor, "users:update")
    user = _locked(user_id, version)
    if not user.active:
        user.active = True
        _changed(user)
        audit.record(actor, "reactivate", "user", user.id, changes={"active": (False, True)})
    return user


def change_password(user_id: UUID, *, old: str, new: str, actor: Actor) -> Verified:
    """Change one's own password, which ends all sign-ins. Raises Invalid, LockedOut.

    Opens transactions of its own, as `authenticate` does.
    """
    user = get(user_id)
    check_password(new, field="new_password")
    try:
        verified = authenticate(user.email, old, address=None)
    except SignInRefused:
        raise Invalid("password", "This is not your password.") from None
    made = identity.hash_password(new)
    with transaction():
        user = _locked(verified.id, None)
        if user.fs_uniquifier != verified.epoch:
            raise Stale("The password has just been changed elsewhere.")
        set_password_hash(user, made, verb="change_password", actor=actor)
        return Verified.of(user)


def set_password_hash(user: User, made: str, *, verb: str, actor: Actor) -> None:
    """Give somebody a password, hashed before the transaction, and end all sign-ins."""
    user.password = made
    _changed(user)
    _send_away(user)
    audit.record(actor, verb, "user", user.id)


def setup_link(base_url: str) -> str | None:
    """Return a new link by which the first administrator is made, None once there is one; replaces earlier links."""
    return None if exist() else f"{base_url}/set-up/{links.issue(links.SET_UP)}"


def reset_link(user_id: UUID, base_url: str, *, actor: Actor) -> str:
    """Return a new link by which somebody sets a password; replaces earlier links. Raises NotFound, Conflict."""
    demand(actor, "users:update")
    user = get(user_id)
    if not user.active:
        raise Conflict("This account is deactivated. Reactivate it first.", code="inactive")
    audit.record(actor, "make_reset_link", "user", user.id)
    return f"{base_url}/reset/{links.issue(links.RESET, user.id)}"


def may_ask_reset(email: str, *, address: str | None) -> bool:
    """Count that somebody asks for a reset letter, and say whether one may be sent; opens its own transaction."""
    return lockout.note_letter(_as_kept(email), address)


def check_reset(token: str) -> User:
    """Return whose password a link sets. Raises LinkGone."""
    user_id = links.check(links.RESET, token).user_id
    user = db.session.get(User, user_id) if user_id else None
    if user is None or not user.active:
        raise links.LinkGone("The account of this link is deactivated.")
    return user


def reset_password(token: str, password: str) -> None:
    """Set the password that a link is for; ends all sign-ins and a lock-out. Raises LinkGone, Invalid."""
    made = _hashed(password)
    user = _locked(check_reset(token).id, None)
    links.use(links.RESET, token)
    lockout.forgive(user.email, ())
    set_password_hash(user, made, verb="reset_password", actor=_person(user))


def change_profile(
    user_id: UUID,
    *,
    name: str,
    theme: str,
    density: str = "comfortable",
    shortcuts: bool = True,
    language: str = "",
    actor: Actor,
) -> User:
    """Change one's own name, how the dashboard looks and speaks to one, and whether letters are shortcuts.

    Raises Invalid.
    """
    user = _locked(user_id, None)
    if theme not in THEMES:
        raise Invalid("theme", "Choose one of the themes.")
    if density not in DENSITIES:
        raise Invalid("density", "Choose one of the densities.")
    if language not in ("", *LANGUAGES):
        raise Invalid("language", "Choose one of the languages.")
    chosen = {
        "name": checked_name(name),
        "theme": theme,
        "density": density,
        "shortcuts": shortcuts,
        "language": language,
    }
    changes = {field: (getattr(user, field), value) for field, value in chosen.items()}
    for field, value in chosen.items():
        setattr(user, field, value)
    audit.record(actor, "change_profile", "user", user.id, changes=changes)
    return user


def role_of(user: User) -> str:
    """Return the one role that a user has."""
    return str(user.roles[0].name) if user.roles else ""


def checked_email(email: str) -> str:
    """Return an address as it is kept. Raises Invalid."""
    email = email.strip().lower()
    if not EMAIL[0] <= len(email) <= EMAIL[1] or not ADDRESS.fullmatch(email):
        raise Invalid("email", "Write an email address, such as ada@example.org.")
    return email


def checked_role(role: str, languages: Sequence[str]) -> list[str]:
    """Return the codes of the languages that go with a role. Raises Invalid."""
    _role(role)
    return [language.code for language in _languages(role, languages)]


def checked_name(name: str, field: str = "name") -> str:
    """Return a name as it is kept. Raises Invalid."""
    name = " ".join(name.split())
    if not NAME[0] <= len(name) <= NAME[1] or UNPRINTABLE.search(name):
        raise Invalid(
            field, Sentence("Write a name of %(least)s to %(most)s characters.", least=NAME[0], most=NAME[1])
        )
    return name


def check_password(password: str, *, field: str = "password") -> None:
    """Refuse a password that is too short or too long to be one. Raises Invalid."""
    if not PASSWORD[0] <= len(password) <= PASSWORD[1]:
        raise Invalid(
            field,
            Sentence(
                "Use %(least)s to %(most)s characters; several words make a good password.",
                least=PASSWORD[0],
                most=PASSWORD[1],
            ),
        )


def _as_kept(email: str) -> str:
    """Write an address as it would be kept if somebody had it, so that no database refuses to look for it."""
    return UNPRINTABLE.sub("?", email.strip().lower())[: EMAIL[1]]


def _person(user: User) -> Actor:
    """The actor of somebody who came by a link of their own."""
    return Actor(id=user.id, name=user.name, permissions=frozenset(), door="dashboard", email=user.email)


def _hashed(password: str) -> str:
    check_password(password)
    return identity.hash_password(password)


def _renew_hash(verified: Verified, password: str, kept: str) -> None:
    """Bring a hash of another cost up to today's."""
    if not identity.outdated(kept):
        return
    user = _locked(verified.id, None)
    if user.password == kept:
        user.password = identity.hash_password(password)


def _locked(user_id: UUID, version: int | None) -> User:
    user = db.session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound("User")
    if version is not None and user.version != version:
        raise Stale("Somebody else has changed this account since you opened it.")
    return user


def _keep_an_admin(user: User) -> None:
    """Refuse to lose the last administrator; the role's row is the lock, so two cannot go at once."""
    admin = db.session.scalars(select(Role).where(Role.name == "admin").with_for_update()).one()
    others = (
        select(User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role_id == admin.id, User.active, User.id != user.id)
        .limit(1)
    )
    if db.session.scalar(others) is None:
        raise Conflict("This is the last administrator. Make somebody else one first.", code="last_admin")


def _changed(user: User) -> None:
    user.version += 1
    user.updated_at = now()


def _send_away(user: User) -> None:
    """End all sign-ins, and those that are just being opened."""
    user.fs_uniquifier = uuid4().hex
    sessions.close_all(user.id)
    links.withdraw(links.RESET, user.id)


def _role(name: str) -> Role:
    if name not in ROLES:
        raise Invalid("role", Sentence("Choose one of %(roles)s.", roles=", ".join(ROLES)))
    return db.session.scalars(select(Role).where(Role.name == name)).one()


def _languages(role: str, codes: Sequence[str]) -> list[Language]:
    """Return the languages that a translator is given; the other roles have no need of them. Raises Invalid."""
    if role != "translator":
        return []
    found = list(db.session.scalars(select(Language).where(Language.code.in_(codes))))
    if len(found) != len(set(codes)):
        raise Invalid("languages", "Choose languages of this site.")
    if not found:
        raise Invalid("languages", "Choose the languages that this translator may write.")
    return found
