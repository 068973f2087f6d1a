"""What answers of the plain dialect look like, for the OpenAPI document and the tests; nothing is made with these."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """An object with these keys and no others."""

    model_config = ConfigDict(extra="forbid")


class Webhook(Shape):
    """A webhook; `ended` says why it is disabled, `secret` is told once, when it is made or rotated."""

    id: UUID
    name: str
    url: str
    format: Literal["plain", "wix"]
    kinds: list[str]
    own_key_id: UUID | None
    enabled: bool
    ended: Literal["paused", "gone", "failing", "sealed"] | None
    failing_since: datetime | None
    secret: str | None
    secret_end: str
    created_at: datetime
    updated_at: datetime | None


class Webhooks(Shape):
    """All webhooks."""

    webhooks: list[Webhook]


class Delivery(Shape):
    """A message; `due_at` is when it is tried next, `status` and `took` (in milliseconds) are of the last try."""

    id: UUID
    kind: str
    state: Literal["waiting", "delivered", "failed", "dropped"]
    attempts: int
    status: int | None
    took: int | None
    created_at: datetime
    due_at: datetime | None


class Deliveries(Shape):
    """A page of a log; `after` asks for the page behind it."""

    deliveries: list[Delivery]
    after: str | None


class Replayed(Shape):
    """How many messages are sent again."""

    replayed: int


class Fault(Shape):
    """What is wrong with a field."""

    field: str
    message: str
    code: str


class Problem(Shape):
    """Why something could not be done."""

    code: str
    message: str
    faults: list[Fault]


class Words(Shape):
    """A text and the language it really is in."""

    text: str
    lang: str
    dir: Literal["ltr", "rtl"]


class Files(Shape):
    """The widths in pixels that a picture has, the smallest first, and their addresses below the root of the site."""

    avif: list[tuple[int, str]] = []
    webp: list[tuple[int, str]] = []
    jpg: list[tuple[int, str]] = []


class Picture(Shape):
    """A picture: its size in pixels, a colour to begin with, its files."""

    width: int
    height: int
    colour: str | None
    files: Files


class Why(Shape):
    """How a background fits; `distance` to the middle of its circle and `radius` are metres."""

    kind: Literal["circle", "address", "zone"]
    distance: float | None
    radius: float | None


class Resolved(Shape):
    """The `number`-th of a background's `count` pictures; `until` is when it is another by itself, if it is known."""

    id: UUID
    zone: str
    number: int
    count: int
    caption: Words | None
    alt: Words | None
    why: Why
    picture: Picture
    until: datetime | None
