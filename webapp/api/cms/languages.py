"""The languages of the site over the CMS dialect."""

from typing import Any
from uuid import UUID

from flask import Response

from webapp.api.cms import answers, schemas, shapes
from webapp.api.cms.changes import once
from webapp.api.cms.routing import route
from webapp.domain import languages
from webapp.domain.transaction import transaction
from webapp.doors import actor


@route("GET", "/languages", "languages:read", answer=list[shapes.LanguageResponse])
def list_languages() -> Response:
    """List Languages"""
    return answers.send([answers.language(row) for row in languages.all_languages()])


@route("POST", "/languages", "languages:create", status=201, answer=shapes.LanguageResponse, also=(409,))
def create_language(body: schemas.LanguageCreate) -> Response:
    """Create Language"""

    def create() -> Response:
        given: dict[str, Any] = body.model_dump(exclude={"is_default", "is_active"})
        made = languages.add(**given, actor=actor())
        if body.is_default or not body.is_active:
            languages.update(made.id, {"is_default": body.is_default, "is_active": body.is_active}, actor=actor())
        return answers.send(answers.language(made), 201)

    return once(create)


@route("GET", "/languages/{id}", "languages:read", answer=shapes.LanguageResponse, also=(304, 412))
def get_language(language_id: UUID) -> Response:
    """Get Language"""
    return answers.send_tagged(answers.language(languages.get(language_id)))


@route("PATCH", "/languages/{id}", "languages:update", answer=shapes.LanguageResponse, also=(409, 412))
def update_language(language_id: UUID, body: schemas.LanguageUpdate) -> Response:
    """Update Language"""

    def update() -> Response:
        answers.demand_match(answers.language(languages.get(language_id)))
        return answers.send_tagged(answers.language(languages.update(language_id, body.fields(), actor=actor())))

    return once(update)


@route("DELETE", "/languages/{id}", "languages:delete", status=204, also=(409, 412))
def delete_language(language_id: UUID) -> Response:
    """Delete Language"""
    with transaction():
        answers.demand_match(answers.language(languages.get(language_id)))
        languages.delete(language_id, actor=actor())
    return answers.nothing()
