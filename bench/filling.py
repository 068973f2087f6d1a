"""An installation filled for measuring: many galleries of one picture, and a few of very many."""

from dataclasses import dataclass, field
from uuid import UUID

from bench.client import EMAIL, Client, picture
from bench.live import Server
from bench.visitor import Visitor, fields_of
from webapp import create_app
from webapp.config import Settings
from webapp.domain import galleries, items, languages, permissions, renditions, translations
from webapp.domain.transaction import transaction
from webapp.infra.db import db

LIST = "/galleries/?view=table&rows=50"
EDITOR = "/galleries/{}/"
PASSWORD = "correct horse battery"
SIZES = (200, 10_000)
PICTURES = 20


@dataclass
class Filled:
    """What is there: `large` is the gallery of 500, `item` one of it, `sized` others by size, `ids` in order."""

    server: Server
    large: str
    sized: dict[int, str]
    ids: dict[str, list[str]] = field(repr=False)

    @property
    def leader(self) -> int:
        """Name the process that the server's session began with."""
        assert self.server.process
        return self.server.process.pid

    @property
    def item(self) -> str:
        """Name an item of the large gallery."""
        return self.ids[self.large][3]

    def ends(self, size: int) -> tuple[str, str]:
        """Name the first and the last item of the gallery of that size."""
        ids = self.ids[self.sized.get(size, self.large)]
        return ids[0], ids[-1]

    def signed_in(self) -> Visitor:
        """Sign in as the administrator."""
        visitor = Visitor(self.server.port)
        form = fields_of(visitor.get("/login"), "<form")
        visitor.post("/login", form | {"email": EMAIL, "password": PASSWORD})
        return visitor


def fill(server: Server, *, small: int, large: int) -> Filled:
    """Make an administrator, pictures, `small` galleries of one picture, and one gallery of each other size."""
    command(server, "user", "add", EMAIL, "--role", "admin", "--password-stdin", stdin=PASSWORD)
    client = Client(server.port, command(server, "key", "add", "--user", EMAIL, "--name", "bench"))
    media = [upload(client, number) for number in range(PICTURES)]
    app = create_app(Settings.from_environ(server.environ()))
    with app.app_context():
        renditions.work_off(app.extensions["vitrine-storage"])
        for number in range(small):
            make(f"Evening {number:04} at the weir", media[number % PICTURES :][:1])
        sized = {size: make(f"{size} evenings", repeated(media, size)) for size in (large, *SIZES)}
        ids = {gallery: [str(each) for each in items.ids_in_order(UUID(gallery))] for gallery in sized.values()}
        db.session.remove()
        db.engine.dispose()
    return Filled(server, sized.pop(large), sized, ids)


def command(server: Server, *words: str, stdin: str = "") -> str:
    """Run a command and give what it prints. Raises RuntimeError."""
    done = server.command(*words, stdin=stdin)
    if done.returncode:
        raise RuntimeError(f"vitrine {' '.join(words)} failed: {done.stderr}")
    return done.stdout.strip()


def upload(client: Client, number: int) -> UUID:
    """Upload a picture of its own."""
    status, media = client.upload(picture(640, 480), f"lantern-{number}.png")
    if status != 201:
        raise RuntimeError(f"the upload answered {status}: {media}")
    return UUID(media["id"])


def make(title: str, media: list[UUID]) -> str:
    """Make a published gallery of these pictures, the first 500 with caption and alt, and give its id."""
    actor = permissions.system("bench")
    with transaction():
        english = languages.default().id
        texts = {english: {"title": title, "description": "Lanterns on the quay."}}
        gallery = galleries.create({"cover_media_id": media[0], "status": "published"}, texts=texts, actor=actor)
        for place, item in enumerate(items.add(gallery.id, media, actor=actor)[:500]):
            words = {"caption": f"Caption {place}", "alt": f"Alt {place}"}
            translations.write(item, english, words, actor=actor)
        return str(gallery.id)


def repeated(media: list[UUID], size: int) -> list[UUID]:
    """Use the pictures again and again until there are so many."""
    return [media[place % len(media)] for place in range(size)]
