"""The HTML door: which blueprints it has, how their visitors are known, and what stands before every answer."""

from typing import Final

from flask import Blueprint, Flask

from webapp import doors
from webapp.config import Settings
from webapp.domain.models import Role, User
from webapp.domain.permissions import stranger
from webapp.infra import identity
from webapp.web import accepted, door, errors, filters, forgery, headers, maps, navigation, phrases, remembering
from webapp.web.accounts import blueprint as accounts
from webapp.web.accounts import letters
from webapp.web.backgrounds import blueprint as backgrounds
from webapp.web.categories import blueprint as categories
from webapp.web.changes import blueprint as changes
from webapp.web.editor import blueprint as editor
from webapp.web.embed import embed, embedding
from webapp.web.exchange import blueprint as exchange
from webapp.web.files import blueprint as files
from webapp.web.galleries import blueprint as galleries
from webapp.web.history import blueprint as history
from webapp.web.imports import blueprint as imports
from webapp.web.jobs import blueprint as jobs
from webapp.web.keys import blueprint as keys
from webapp.web.languages import blueprint as languages
from webapp.web.library import blueprint as library
from webapp.web.machine import blueprint as machine
from webapp.web.public import preview, public
from webapp.web.reference import blueprint as reference
from webapp.web.revisions import blueprint as revisions
from webapp.web.searching import blueprint as searching
from webapp.web.shares import blueprint as shares
from webapp.web.shares import shared
from webapp.web.site import blueprint as site
from webapp.web.suggestions import blueprint as suggestions
from webapp.web.translations import blueprint as translations
from webapp.web.users import blueprint as users
from webapp.web.webhooks import blueprint as webhooks
from webapp.web.webhooks import known
from webapp.web.webhooks import letters as webhook_letters

DASHBOARD: Final[tuple[Blueprint, ...]] = (
    accounts,
    galleries,
    categories,
    searching,
    editor,
    changes,
    revisions,
    shares,
    embedding,
    history,
    library,
    backgrounds,
    imports,
    jobs,
    users,
    languages,
    translations,
    suggestions,
    exchange,
    machine,
    keys,
    reference,
    webhooks,
    site,
    preview,
)
"""What people with an account use: known by their cookie, guarded against forged requests, never cached."""

VISITORS: Final[tuple[Blueprint, ...]] = (public, embed, known, files)
"""What anybody may look at: no cookie is read or set, so that caches may keep it."""


def init(app: Flask) -> None:
    """Put the HTML door into the app."""
    settings: Settings = app.extensions["vitrine-settings"]
    phrases.init(app)
    identity.init(app, users=User, roles=Role, memory=settings.password_memory)
    door.init(app)
    forgery.init(app)
    headers.init(app)
    maps.init(app)
    errors.init(app)
    filters.init(app)
    accepted.init(app)
    remembering.init(app)
    navigation.init(app)
    letters.init(app)
    webhook_letters.init(app)
    for blueprint in DASHBOARD:
        app.register_blueprint(blueprint)
        doors.assign(app, blueprint.name, doors.Door("dashboard", door.recognise))
        forgery.guard(app, blueprint.name)
    for blueprint in VISITORS:
        app.register_blueprint(blueprint)
        doors.assign(app, blueprint.name, doors.Door("public", lambda: stranger("public")))
    app.register_blueprint(shared)
    doors.assign(app, shared.name, doors.Door("share", lambda: stranger("share")))
