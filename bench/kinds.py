"""A gallery of texts and a video, so that their pages show something."""

from dataclasses import replace

from bench.live import Server
from webapp import create_app
from webapp.config import Settings
from webapp.domain import accounts, galleries, item_kinds, items, languages, permissions, site_order, translations
from webapp.domain.galleries import GalleryFields
from webapp.domain.transaction import transaction
from webapp.infra.db import db

SLUG = "words-and-moving-pictures"
HTML = (
    "<h2>Three evenings, one quay</h2><p>Concerts begin at <strong>eight</strong>, "
    '<span style="color:#2f3fe0">lanterns</span> at ten.</p>'
    '<ul><li><a href="https://example.org/">Programme</a></li><li>The way there</li></ul>'
)
ARABIC = (
    '<h2>ثلاث أمسيات على رصيف واحد</h2><p style="text-align:center">تبدأ الحفلات في <strong>الثامنة</strong>.</p>'
)
AMBER = {"backgroundColor": "#fdf0dc", "width": 600, "height": 400, "padding": 40, "textVerticalAlignment": "top"}
SEEDS = {"backgroundColor": "rgba(232, 230, 230, 0.7)", "width": 420, "height": 420, "padding": 30}


def write_and_link(server: Server, email: str) -> None:
    """Make a published masonry with two texts, a video with a picture and one without; show another as slides.

    All three have a place on the site.
    """
    app = create_app(Settings.from_environ(server.environ()))
    with app.app_context():
        person = accounts.find_by_email(email)
        lanterns = galleries.find_by_slug("lanterns-on-the-quay")
        if person is None or lanterns is None:
            raise RuntimeError(f"{email} or the samples are missing")
        actor = replace(permissions.system("dashboard"), id=person.id, name=person.name)
        spoken = {language.code: language.id for language in languages.all_languages()}
        with transaction():
            texts = {spoken["en"]: {"title": "Words and moving pictures"}}
            fields = GalleryFields(slug=SLUG, status="published", layout="masonry")
            made = galleries.create(fields, texts=texts, actor=actor)
            media = [media_id for _, media_id, _ in items.uses(lanterns[0].id) if media_id]
            items.add(made.id, media[:1], actor=actor)
            text = item_kinds.add_text(made.id, html=HTML, style=AMBER, actor=actor)
            translations.write(text, spoken["ar"], {"html": ARABIC}, actor=actor)
            url = "https://vimeo.com/76979871"
            item_kinds.add_video(made.id, url, title="The walk", poster_id=media[1], actor=actor)
            item_kinds.add_text(made.id, html="<p>woohoo</p>" * 40, style=SEEDS, actor=actor)
            item_kinds.add_video(made.id, "https://youtu.be/NCtzkaL2t_Y", title="The concert", actor=actor)
            placed = [lanterns[0].id, made.id]
            if oases := galleries.find_by_slug("masa-al-wahat"):
                galleries.update(oases[0], {"layout": "slideshow"}, actor=actor)
                placed.append(oases[0].id)
            site_order.add(placed, actor=actor)
        db.session.remove()
        db.engine.dispose()
