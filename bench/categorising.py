"""Categories for the tour: three levels, a very long name, galleries in them, and one that names none of them."""

from dataclasses import replace
from uuid import UUID

from bench.live import Server
from bench.sharing import SLUG
from webapp import create_app
from webapp.config import Settings
from webapp.domain import accounts, categories, galleries, languages, permissions
from webapp.domain.permissions import Actor
from webapp.domain.transaction import transaction
from webapp.infra.db import db

TREE = (
    (0, "Seasons", "Jahreszeiten", "الفصول"),
    (1, "Summer", "Sommer", "الصيف"),
    (2, "Evenings by the water", "Abende am Wasser", "أمسيات على الماء"),
    (1, "Winter", "Winter", "الشتاء"),
    (0, "Cities", "Städte", "مدن"),
    (
        1,
        "The very long evening on which nobody wanted to go home before the last lantern had reached the weir",
        "",
        "",
    ),
)
"""Depth, and names in English, German and Arabic."""


def sort_out(server: Server, email: str) -> dict[str, str]:
    """Make the tree and put galleries into it; returns the id of a category with something below it."""
    app = create_app(Settings.from_environ(server.environ()))
    with app.app_context():
        person = accounts.find_by_email(email)
        if person is None:
            raise RuntimeError(f"{email} is missing")
        actor = replace(permissions.system("dashboard"), id=person.id, name=person.name)
        with transaction():
            made = _tree(actor)
            for slug, uri in ((SLUG, "evenings-by-the-water"), ("masa-al-wahat", "https://app.example/categories/9")):
                found = galleries.find_by_slug(slug)
                if found is not None:
                    galleries.update(found[0], {"category_uri": uri}, actor=actor)
        db.session.remove()
        db.engine.dispose()
    return {"category": str(made[1])}


def _tree(actor: Actor) -> list[UUID]:
    spoken = {each.code: each.id for each in languages.all_languages()}
    made: list[UUID] = []
    above: dict[int, UUID] = {}
    for depth, *names in TREE:
        said = {spoken[code]: name for code, name in zip(("en", "de", "ar"), names, strict=True) if code in spoken}
        above[depth] = categories.add(said, parent_id=above.get(depth - 1) if depth else None, actor=actor).id
        made.append(above[depth])
    return made
