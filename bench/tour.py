"""A lived-in installation, and the address of every page of it: for screenshots, and for what must hold on each."""

import contextlib
import io
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from bench import kinds
from bench.backgrounding import set_behind
from bench.categorising import sort_out
from bench.client import Client, admit
from bench.exchanging import bring_back
from bench.holding import SLUG, hold_back
from bench.importing import bring_many
from bench.kinds import write_and_link
from bench.live import Server, serving
from bench.sharing import share
from bench.telling import tell

PASSWORD = "correct horse battery"
EMAIL = "lena@example.org"
LONG = "The very long evening on which nobody wanted to go home before the last lantern had reached the weir " * 2


@dataclass
class Tour:
    """A running server with sample galleries, people, and one of everything that has a page."""

    server: Server
    ids: dict[str, str]

    @property
    def pages(self) -> dict[str, str]:
        """Give every page for somebody who has signed in, by a name for its picture."""
        gallery, item, arabic = self.ids["gallery"], self.ids["item"], self.ids["arabic"]
        return {
            "galleries": "/galleries/",
            "galleries-table": "/galleries/?view=table",
            "galleries-nothing-found": "/galleries/?q=status:draft+tag:lake+zzzz",
            "galleries-filter-unknown": "/galleries/?q=colour:red+missing:fr",
            "galleries-matching": "/galleries/matching?q=status:published",
            "galleries-site-order": "/galleries/site-order",
            "galleries-of-a-category": "/galleries/?q=category:seasons",
            "categories": "/categories/",
            "category": f"/categories/{self.ids['category']}",
            "category-removal": f"/categories/{self.ids['category']}/removal",
            "search": "/search?q=lan",
            "search-nothing-found": "/search?q=zzzz",
            "shortcuts": "/shortcuts",
            "gallery-new": "/galleries/new",
            "gallery-trash": "/galleries/trash",
            "editor": f"/galleries/{gallery}/",
            "editor-french": f"/galleries/{gallery}/?lang=fr",
            "editor-item": f"/galleries/{gallery}/?lang=fr&item={item}",
            "editor-arabic": f"/galleries/{arabic}/?lang=ar&item={self.ids['arabic_item']}",
            "editor-arrange": f"/galleries/{gallery}/?arrange=wide",
            "editor-arrange-arabic": f"/galleries/{arabic}/?lang=ar&arrange=wide&size=l",
            "editor-numbers": f"/galleries/{gallery}/?arrange=table",
            "editor-empty": f"/galleries/{self.ids['empty']}/",
            "preview": f"/galleries/{gallery}/preview?lang=fr",
            "preview-item": f"/galleries/{gallery}/preview/{item}",
            "preview-phone": f"/galleries/{gallery}/preview?as=phone&lang=fr",
            "preview-beside": f"/galleries/{gallery}/preview?as=beside&state=drafts",
            "shares": f"/galleries/{gallery}/shares",
            "shares-notes": f"/galleries/{gallery}/notes",
            "shares-none": f"/galleries/{self.ids['empty']}/shares",
            "embed-page": f"/galleries/{self.ids['words']}/embed",
            "embed-page-draft": f"/galleries/{self.ids['empty']}/embed",
            "shares-of-site": "/shares/",
            "keys": "/keys/",
            "key-new": "/keys/new?preset=manage",
            "programs": "/reference/",
            "programs-cms": "/reference/cms",
            "programs-wix": "/reference/wix",
            "programs-sherl": "/reference/sherl",
            "webhooks": "/webhooks/",
            "webhook": f"/webhooks/{self.ids['webhook']}?open={self.ids['delivery']}",
            "webhook-new": "/webhooks/new",
            "webhook-edit": f"/webhooks/{self.ids['webhook']}/edit",
            "gallery-removal": f"/galleries/{self.ids['trashed']}/removal",
            "translations": "/translations/",
            "translations-arabic": f"/galleries/{gallery}/translations/ar",
            "translations-stale": f"/galleries/{gallery}/translations/fr?only=stale",
            **self._past(),
            **self._kinds(),
            **self._backgrounds(),
            "library": "/library/",
            "library-table": "/library/?view=table",
            "library-sifted": "/library/?used=no&lacking=en&kind=video",
            "library-trash": "/library/trash",
            "library-selection-alts": f"/library/selection/alts?ids={self.ids['media']}",
            "library-selection-trash": f"/library/selection/trash?ids={self.ids['media']}",
            "library-selection-gallery": f"/library/selection/gallery?ids={self.ids['media']}",
            "library-file": f"/library/{self.ids['media']}",
            "library-removal": f"/library/{self.ids['thrown']}/removal",
            "library-replacement": f"/library/{self.ids['media']}/replacement",
            "jobs": "/jobs/",
            "imports": "/imports/",
            "import-new": "/imports/new",
            "import-into-gallery": f"/imports/new?gallery={gallery}",
            "import": f"/imports/{self.ids['import']}",
            "import-waits": f"/imports/{self.ids['import_waits']}",
            "users": "/users/",
            "user": f"/users/{self.ids['user']}",
            "user-invite": "/users/invite",
            "languages": "/languages/",
            "language": f"/languages/{self.ids['language']}",
            "machine": "/translations/machine/",
            "words": "/translations/machine/words/fr",
            "suggestions": f"/galleries/{gallery}/translations/fr/texts/suggestions?field=title",
            "exchange-report": f"/translations/exchange/uploads/{self.ids['upload']}",
            "exchange": f"/translations/exchange/?gallery={gallery}&language=fr",
            "site": "/site/",
            "profile": "/profile",
            "error-missing": "/galleries/00000000-0000-0000-0000-000000000000/",
        }

    def _past(self) -> dict[str, str]:
        """Give the pages about what a gallery was: held changes, revisions, history."""
        held, empty = f"/galleries/{self.ids['held']}", f"/galleries/{self.ids['empty']}"
        return {
            "editor-held": f"{held}/",
            "changes": f"{held}/changes",
            "changes-none": f"{empty}/changes",
            "changes-discard": f"{held}/hold/discard",
            "revisions": f"{held}/revisions",
            "revisions-none": f"{empty}/revisions",
            "revision": f"{held}/revisions/1",
            "history": f"{held}/history",
            "history-of-a-field": f"{held}/history?field=caption&language=en",
            "history-nothing-found": f"{empty}/history?field=order",
        }

    def _backgrounds(self) -> dict[str, str]:
        """Give the pages of backgrounds."""
        one, thrown = f"/backgrounds/{self.ids['background']}", f"/backgrounds/{self.ids['background_thrown']}"
        return {
            "backgrounds": "/backgrounds/",
            "backgrounds-narrowed": "/backgrounds/?zone=HOME_PAGE&locality=lyon&near=nowhere&deleted=yes",
            "backgrounds-nothing-found": "/backgrounds/?zone=MENU&country=BE&near=48.85,+2.35",
            "backgrounds-trash": "/backgrounds/trash",
            "backgrounds-try": "/backgrounds/try?zone=HOME_PAGE&latitude=45.758&longitude=4.833",
            "backgrounds-try-nothing": "/backgrounds/try?zone=LAUNCHSCREEN&latitude=45.758&longitude=4.833",
            "backgrounds-try-refused": "/backgrounds/try?latitude=91&longitude=4.833",
            "background-removal": f"{thrown}/removal",
            "background-new": "/backgrounds/new",
            "background": one,
            "background-versions": f"{one}/versions",
            "background-version": f"{one}/versions/1",
            "background-version-same": f"{one}/versions/3?with=3",
        }

    def _kinds(self) -> dict[str, str]:
        """Give the pages about items that are no pictures, and about several items at once."""
        words = f"/galleries/{self.ids['words']}"
        text, video = self.ids["text"], self.ids["video"]
        return {
            "editor-text": f"{words}/?item={text}",
            "editor-text-arabic": f"{words}/?lang=ar&item={text}",
            "editor-video": f"{words}/?item={video}",
            "editor-video-new": f"{words}/items/video",
            "editor-poster": f"{words}/items/{video}/poster",
            "editor-selection": f"{words}/items/selection?ids={text},{video}",
            "preview-words": f"{words}/preview",
        }

    @property
    def public_pages(self) -> dict[str, str]:
        """Give every page for whoever has not signed in."""
        return {
            "sign-in": "/login",
            "reset": "/reset",
            "reset-gone": "/reset/no-such-link",
            "set-up-gone": "/set-up/no-such-link",
            "invitation-gone": "/invitations/no-such-link",
            "public-index": "/g/",
            "public": "/g/lanterns-on-the-quay",
            "public-french": "/fr/g/lanterns-on-the-quay",
            "public-arabic": "/g/masa-al-wahat",
            "public-item": f"/g/lanterns-on-the-quay/{self.ids['item']}",
            "public-words": "/g/words-and-moving-pictures",
            "public-text": f"/g/words-and-moving-pictures/{self.ids['text']}",
            "public-video": f"/g/words-and-moving-pictures/{self.ids['video']}",
            "public-missing": "/g/no-such-gallery",
            "embed": f"/embed/{self.ids['words']}?lang=ar",
            "embed-nothing": f"/embed/{self.ids['empty']}",
            "shared": f"/s/{self.ids['share']}",
            "shared-item": f"/s/{self.ids['share']}/{self.ids['item']}",
            "shared-door": f"/s/{self.ids['share_door']}",
            "shared-gone": f"/s/{'x' * 43}",
        }

    @property
    def cookies(self) -> list[dict[str, str]]:
        """Give the cookie of somebody who has come in by a share link, as Playwright takes it."""
        at = {"domain": "127.0.0.1", "path": f"/s/{self.ids['share']}"}
        return [{"name": "share", "value": self.ids["share_cookie"], **at}]


@contextlib.contextmanager
def lived_in(home: Path, **variables: str) -> Iterator[Tour]:
    """Serve an installation with people and sample galleries for as long as the block lasts."""
    with serving(home, WORKERS="1", **variables) as server:
        for words, stdin in (
            (("user", "add", EMAIL, "--role", "admin", "--name", "Lena Moreau", "--password-stdin"), PASSWORD),
            (("demo",), ""),
        ):
            done = server.command(*words, stdin=stdin)
            if done.returncode:
                raise RuntimeError(f"vitrine {' '.join(words)} failed: {done.stderr}")
        client = admit(server)
        furnish(client)
        hold_back(server, EMAIL)
        write_and_link(server, EMAIL)
        told = tell(server, EMAIL)
        told |= set_behind(server, EMAIL) | sort_out(server, EMAIL)
        told |= bring_many(server, EMAIL, {f"{hour}.png": evening() for hour in (21, 9, 10)})
        yield Tour(server, look_up(home) | share(server, EMAIL) | bring_back(server, EMAIL) | told)


def furnish(client: Client) -> None:
    """Add what the samples lack: a text that has grown stale, very long words, an empty gallery, one in the trash."""
    languages = {row["code"]: row["id"] for row in asked(client, "GET", "/languages")}
    lanterns = next(row for row in asked(client, "GET", "/galleries") if row["slug"] == "lanterns-on-the-quay")
    texts = asked(client, "GET", f"/galleries/{lanterns['id']}")["translations"]
    english = next(text for text in texts if text["language_id"] == languages["en"])
    changed = english["description"].replace("the lantern walk on 21 June", "the lantern walk on 22 June")
    for path, language, title, description in (
        (f"/galleries/{lanterns['id']}", "en", english["title"], changed),
        (made(client, "the-very-long-evening", "draft"), "en", LONG, LONG * 4),
        (made(client, "trashed-gallery", "draft"), "en", "A gallery in the trash", None),
        (made(client, "nothing-here-yet", "draft"), "en", "Nothing here yet", None),
    ):
        body = {"language_id": languages[language], "title": title[:255], "description": description}
        asked(client, "PUT", f"{path}/translations", body)
    trashed = next(row for row in asked(client, "GET", "/galleries") if row["slug"] == "trashed-gallery")
    client.send("DELETE", f"/api/v1/galleries/{trashed['id']}")
    long = next(row for row in asked(client, "GET", "/galleries") if row["slug"] == "the-very-long-evening")
    status, media = client.upload(evening(), f"{'a-very-long-file-name-' * 8}.png")
    if status != 201:
        raise RuntimeError(f"the upload answered {status}: {media}")
    asked(client, "POST", f"/galleries/{long['id']}/media", {"media_id": media["id"], "caption": LONG})
    _, thrown = client.upload(evening(), "thrown-away.png")
    asked(client, "DELETE", f"/media/{thrown['id']}")


def evening() -> bytes:
    """Draw an evening sky, as bytes of a PNG."""
    sky = ImageOps.colorize(Image.linear_gradient("L").resize((900, 600)), "#1b1540", "#f68c60")
    written = io.BytesIO()
    sky.save(written, "PNG")
    return written.getvalue()


def made(client: Client, slug: str, status: str) -> str:
    """Make a gallery and give its path."""
    return f"/galleries/{asked(client, 'POST', '/galleries', {'slug': slug, 'status': status})['id']}"


def asked(client: Client, method: str, path: str, body: Any = None) -> Any:
    """Ask the API and give its answer, which must be a success."""
    status, answer = client.send(method, f"/api/v1{path}", body)
    if status >= 300:
        raise RuntimeError(f"{method} {path} answered {status}: {answer}")
    return answer


def look_up(home: Path) -> dict[str, str]:
    """Read the ids that addresses are made of."""
    gallery = "SELECT gallery_id FROM gallery_slugs WHERE slug = '{}'"
    lanterns, arabic = gallery.format("lanterns-on-the-quay"), gallery.format("masa-al-wahat")
    first = "SELECT id FROM items WHERE gallery_id = ({}) ORDER BY sort_order DESC LIMIT 1"
    of_kind = "SELECT id FROM items WHERE kind = '{}' AND gallery_id = ({}) ORDER BY sort_order DESC LIMIT 1"
    questions = {
        "gallery": lanterns,
        "arabic": arabic,
        "empty": gallery.format("nothing-here-yet"),
        "held": gallery.format(SLUG),
        "item": first.format(lanterns),
        "arabic_item": first.format(arabic),
        "words": gallery.format(kinds.SLUG),
        "text": of_kind.format("text", gallery.format(kinds.SLUG)),
        "video": of_kind.format("video", gallery.format(kinds.SLUG)),
        "media": f"SELECT media_id FROM items WHERE id = ({first.format(lanterns)})",
        "thrown": "SELECT id FROM media WHERE deleted_at IS NOT NULL",
        "trashed": "SELECT id FROM galleries WHERE trashed_slug = 'trashed-gallery'",
        "user": f"SELECT id FROM users WHERE email = '{EMAIL}'",
        "language": "SELECT id FROM languages WHERE code = 'fr'",
    }
    with contextlib.closing(sqlite3.connect(home / "vitrine.db")) as connection:
        return {name: dashed(connection.execute(question).fetchone()[0]) for name, question in questions.items()}


def dashed(stored: str) -> str:
    """Write an id as addresses do."""
    return f"{stored[:8]}-{stored[8:12]}-{stored[12:16]}-{stored[16:20]}-{stored[20:]}"
