"""The users page and the page of one user."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.config import Settings
from webapp.domain import accounts, invitations, shares
from webapp.domain.models import User
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.infra.mail import MailFailed
from webapp.web import hx, phrases
from webapp.web.accounts import letters
from webapp.web.users import blueprint
from webapp.web.users.forms import AccountForm, InviteForm, VersionForm


@blueprint.get("/")
@allows("users:read")
def index() -> Response:
    """List who has an account and who is invited."""
    return hx.render("users/index.html", users=accounts.all_users(), invitations=invitations.pending())


@blueprint.get("/invite")
@allows("users:create")
def new() -> Response:
    """Ask whom to invite as what."""
    return hx.render("users/invite.html", form=InviteForm(role="editor"))


@blueprint.post("/invitations")
@allows("users:create")
def invite() -> Response:
    """Invite somebody: by letter where there is a mail server, else the link is shown once to be handed over."""
    form = InviteForm()
    made: list[str] = []
    if not form.carry_out(lambda: made.append(_invite(form))):
        return hx.render("users/invite.html", status=form.status, form=form)
    return _deliver(form, made[0])


@blueprint.post("/invitations/<uuid:invitation_id>/revoke")
@allows("users:create")
def revoke(invitation_id: UUID) -> Response:
    """Withdraw an invitation."""
    with transaction():
        invitations.revoke(invitation_id, actor=actor())
    said = _("The invitation no longer works.")
    return hx.after(url_for("users.index"), "users/_invitations.html", said=said, invitations=invitations.pending())


@blueprint.get("/<uuid:user_id>")
@allows("users:update")
def show(user_id: UUID) -> Response:
    """Show what somebody may do."""
    return _page(accounts.get(user_id))


@blueprint.post("/<uuid:user_id>")
@allows("users:update")
def change(user_id: UUID) -> Response:
    """Give somebody another role or other languages."""
    form = AccountForm()
    done = form.carry_out(
        lambda: accounts.change_role(
            user_id, form.role.data, form.languages.data or (), version=form.version.data, actor=actor()
        )
    )
    if not done:
        return _page(accounts.get(user_id), form, status=form.status)
    flash(_("Saved. Their sign-ins have ended, so that the change counts at once."))
    return hx.redirect(url_for("users.index"))


@blueprint.post("/<uuid:user_id>/deactivate")
@allows("users:update")
def deactivate(user_id: UUID) -> Response:
    """Shut somebody out at once."""
    form = VersionForm()
    if not form.carry_out(lambda: accounts.deactivate(user_id, version=form.version.data, actor=actor())):
        return _page(accounts.get(user_id), trouble=form.form_errors, status=form.status)
    flash(_away(user_id))
    return hx.redirect(url_for("users.index"))


@blueprint.post("/<uuid:user_id>/reactivate")
@allows("users:update")
def reactivate(user_id: UUID) -> Response:
    """Let somebody in again."""
    form = VersionForm()
    if not form.carry_out(lambda: accounts.reactivate(user_id, version=form.version.data, actor=actor())):
        return _page(accounts.get(user_id), trouble=form.form_errors, status=form.status)
    flash(_("Reactivated."))
    return hx.redirect(url_for("users.index"))


@blueprint.post("/<uuid:user_id>/reset-link")
@allows("users:update")
def make_reset_link(user_id: UUID) -> Response:
    """Make a link by which somebody sets a new password, to be handed over."""
    with transaction():
        link = accounts.reset_link(user_id, _base_url(), actor=actor())
    user = accounts.get(user_id)
    return hx.render("users/link.html", status=201, link=link, email=user.email, hours=24, purpose="reset")


def _away(user_id: UUID) -> str:
    """Say that somebody is shut out, and that those who have links of theirs are not."""
    said = [_("Deactivated and signed out.")]
    for each in shares.away(user_id):
        links = ngettext(
            "%(num)s share link of theirs still works: see the share links.",
            "%(num)s share links of theirs still work: see the share links.",
            each.links,
        )
        said.append(links)
    return " ".join(said)


def _invite(form: InviteForm) -> str:
    _invitation, link = invitations.invite(
        form.given("email"),
        role=form.role.data,
        languages=form.languages.data or (),
        base_url=_base_url(),
        actor=actor(),
    )
    return link


def _deliver(form: InviteForm, link: str) -> Response:
    email, failed = form.given("email").strip().lower(), False
    if letters.can_be_sent():
        try:
            with phrases.speaking(_tongue_of(form)):
                letters.send(email, _("You are invited"), "emails/invitation.txt", link=link, name=actor().name)
        except MailFailed:
            current_app.logger.exception("the invitation could not be sent")
            failed = True
        else:
            flash(_("The invitation is on its way to %(email)s.", email=email))
            return hx.redirect(url_for("users.index"))
    return hx.render("users/link.html", status=201, link=link, email=email, failed=failed, purpose="invitation")


def _tongue_of(form: InviteForm) -> str:
    """Return what to write an invitation in: a translator's first language that we speak, else the inviter's own."""
    given = form.languages.data or () if form.role.data == "translator" else ()
    return next((phrases.nearest(code) for code in given if phrases.speaks(code)), phrases.language())


def _page(user: User, form: Any = None, *, trouble: Any = (), status: int = 200) -> Response:
    form = form or AccountForm(
        formdata=None,
        role=accounts.role_of(user),
        languages=[language.code for language in user.languages],
        version=user.version,
    )
    return hx.render("users/show.html", status=status, user=user, form=form, trouble=trouble)


def _base_url() -> str:
    settings: Settings = current_app.extensions["vitrine-settings"]
    return settings.base_url
