"""Videos by link: which addresses are known, and where such a video plays without being asked who watches.

Nothing is asked of anybody here: an address is read, never fetched, and the picture is one of the library.
"""

import re
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit

from webapp.domain.errors import Invalid
from webapp.domain.sentences import Sentence

URL: Final = (1, 2048)
PROVIDERS: Final = {"youtube": "YouTube", "vimeo": "Vimeo"}
"""Whose videos are known, and what they are called."""

PLAYERS: Final = {"youtube": "https://www.youtube-nocookie.com", "vimeo": "https://player.vimeo.com"}
"""Where their videos play: the only origins that a page with a video may show in a frame."""

YOUTUBE: Final = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com"})
NO_COOKIES: Final = frozenset({"youtube-nocookie.com", "www.youtube-nocookie.com"})
VIMEO: Final = frozenset({"vimeo.com", "www.vimeo.com"})
YOUTUBE_ID: Final = re.compile(r"[A-Za-z0-9_-]{11}")
YOUTUBE_PATHS: Final = re.compile(r"/(?:embed|shorts|live|v|e)/([^/]+)/?")
VIMEO_ID: Final = re.compile(r"[1-9][0-9]{4,11}")
VIMEO_HASH: Final = re.compile(r"[0-9a-f]{6,16}")
VIMEO_PATHS: Final = re.compile(
    r"/(?:channels/[\w-]+/|groups/[\w-]+/videos/|album/\d+/video/|showcase/\d+/video/|ondemand/[\w-]+/)?"
    r"(?P<id>[0-9]+)(?:/(?P<hash>[0-9a-f]+))?/?"
)
TIME: Final = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?")
LATEST: Final = 24 * 60 * 60
"""Seconds into a video that it may begin at."""

CLOCK: Final = re.compile(r"(?:([0-9]{1,2}):)?([0-9]{1,4}):([0-5][0-9])")
LONGEST: Final = 24 * 60 * 60
"""Seconds that a video may last."""

UNKNOWN: Final = Sentence(
    "This is no address of a video that is known. Known are videos of YouTube and Vimeo, such as "
    "https://www.youtube.com/watch?v=… , https://youtu.be/… or https://vimeo.com/…"
)


@dataclass(frozen=True)
class Video:
    """A video somewhere else; `start` is the second it begins at, `hash` the key of one that Vimeo does not list.

    `duration` is how many seconds it lasts, as somebody has typed it: nobody is asked. 0 where nobody has.
    """

    provider: str
    id: str
    start: int = 0
    hash: str = ""
    url: str = ""
    duration: int = 0

    @property
    def provider_name(self) -> str:
        """What the people who show it call themselves."""
        return PROVIDERS[self.provider]

    @property
    def page_url(self) -> str:
        """Where it is watched at its provider's."""
        if self.provider == "youtube":
            query = {"v": self.id} | ({"t": f"{self.start}s"} if self.start else {})
            return f"https://www.youtube.com/watch?{urlencode(query)}"
        at = f"#t={self.start}s" if self.start else ""
        return f"https://vimeo.com/{self.id}{f'/{self.hash}' if self.hash else ''}{at}"

    @property
    def player_url(self) -> str:
        """What the frame shows once somebody has said that they want to watch."""
        if self.provider == "youtube":
            query = {"autoplay": "1", "rel": "0"} | ({"start": str(self.start)} if self.start else {})
            return f"{PLAYERS['youtube']}/embed/{self.id}?{urlencode(query)}"
        query = {"autoplay": "1", "dnt": "1"} | ({"h": self.hash} if self.hash else {})
        return f"{PLAYERS['vimeo']}/video/{self.id}?{urlencode(query)}{f'#t={self.start}s' if self.start else ''}"

    def kept(self) -> dict[str, Any]:
        """Return it as its item keeps it."""
        kept = {"provider": self.provider, "id": self.id, "start": self.start, "hash": self.hash, "url": self.url}
        return kept | ({"duration": self.duration} if self.duration else {})


def of(kept: dict[str, Any] | None) -> Video | None:
    """Return the video that an item keeps, or None."""
    return Video(**kept) if kept else None


def recognise(url: str) -> Video:
    """Return the video that an address leads to. Raises Invalid, with a sentence that says which are known."""
    given = url.strip()
    parts = _parts(given)
    found = _youtube(parts) or _vimeo(parts) if parts else None
    if found is None:
        raise Invalid("url", UNKNOWN, code="video_unknown")
    return replace(found, url=given)


def clock(seconds: int) -> str:
    """Write how long something lasts: 0:45, 3:05, 1:02:03; nothing for 0."""
    minutes, rest = divmod(seconds, 60)
    if not seconds:
        return ""
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def seconds(typed: str) -> int:
    """Return the seconds that `3:05` or `1:02:03` are, 0 where nothing is typed. Raises Invalid."""
    given = typed.strip()
    found = CLOCK.fullmatch(given)
    hours, minutes, rest = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    length = 3600 * hours + 60 * minutes + rest
    if given and (found is None or length > LONGEST or (found[1] and minutes > 59)):
        raise Invalid(
            "duration",
            "Write minutes and seconds, such as 3:05, or hours before them, such as 1:02:03.",
            code="duration",
        )
    return length


def _parts(given: str) -> SplitResult | None:
    """Return the parts of an address, `https://` put before one without it; None for what is no address."""
    plain = given.isascii() and not any(letter.isspace() or ord(letter) < 33 or letter == "\\" for letter in given)
    if not plain or len(given) > URL[1]:
        return None
    try:
        parts = urlsplit(given if "://" in given else f"https://{given}")
        odd = parts.port not in (None, 80, 443) or parts.username is not None
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and not odd else None


def _youtube(parts: SplitResult) -> Video | None:
    host, query = (parts.hostname or "").rstrip("."), parse_qs(parts.query)
    if host in ("youtu.be", "www.youtu.be"):
        found = parts.path.strip("/")
    elif host not in YOUTUBE | NO_COOKIES:
        return None
    elif parts.path.rstrip("/") == "/watch" and host in YOUTUBE:
        found = query.get("v", [""])[0]
    else:
        named = YOUTUBE_PATHS.fullmatch(parts.path)
        found = named[1] if named else ""
    if not YOUTUBE_ID.fullmatch(found):
        return None
    return Video("youtube", found, _start(query, parts.fragment, "t", "start", "time_continue"))


def _vimeo(parts: SplitResult) -> Video | None:
    host, query = (parts.hostname or "").rstrip("."), parse_qs(parts.query)
    path = parts.path
    if host == "player.vimeo.com" and path.startswith("/video/"):
        path = path.removeprefix("/video")
    elif host not in VIMEO:
        return None
    named = VIMEO_PATHS.fullmatch(path)
    if named is None or not VIMEO_ID.fullmatch(named["id"]):
        return None
    secret = named["hash"] or query.get("h", [""])[0]
    if secret and not VIMEO_HASH.fullmatch(secret):
        return None
    return Video("vimeo", named["id"], _start(query, parts.fragment, "t"), secret)


def _start(query: dict[str, list[str]], fragment: str, *names: str) -> int:
    """Return the second that an address begins at: `90`, `90s`, `1m30s`, `1h2m3s`."""
    said = {**parse_qs(fragment), **query}
    found = next((said[name][0] for name in names if name in said), "")
    time = TIME.fullmatch(found)
    if time is None:
        return 0
    hours, minutes, seconds = (int(part or 0) for part in time.groups())
    return min(3600 * hours + 60 * minutes + seconds, LATEST)
