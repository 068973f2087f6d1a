"""The settings of one installation, read once from VITRINE_* variables; a bad one refuses to start."""

import contextlib
import difflib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

from webapp.tiles import Tiles, read_tiles

Network = IPv4Network | IPv6Network
Parsed = TypeVar("Parsed")

BLOCKING_THREADS = 192
"""Threads of a web process: a stalled client holds one, and 50 uploads and 50 downloads may fall to one process."""
PASSWORD_MEMORY = 19 * 1024
"""KiB that hashing a password takes; no variable changes it."""
SECRET_LENGTH = 32
WORKERS = (1, 64)
API_RATE, API_BURST = 100.0, 1000
"""Requests of a program: so many a second, so many at once."""
MOST_LIMITS = {
    "image_mb": 200,
    "video_mb": 65_536,
    "megapixels": 400,
    "frames": 10_000,
    "animation_megapixels": 5_000,
}
"""How far each limit can be raised: a process that decodes has a gigabyte, and may write a quarter of one."""
PROJECT_ROOT = Path(__file__).resolve().parent.parent
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  what is asked for, not what we choose
SMTP_SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
VARIABLES = (
    "VITRINE_HOME",
    "VITRINE_BIND",
    "VITRINE_BASE_URL",
    "VITRINE_TRUSTED_PROXIES",
    "VITRINE_DATABASE_URL",
    "VITRINE_STORAGE_URL",
    "VITRINE_REDIS_URL",
    "VITRINE_SECRET_KEY",
    "VITRINE_SECRET_KEY_FILE",
    "VITRINE_SMTP_URL",
    "VITRINE_OUTBOUND_ALLOW",
    "VITRINE_WORKERS",
    "VITRINE_API_RATE",
    "VITRINE_API_BURST",
    "VITRINE_MAX_IMAGE_MB",
    "VITRINE_MAX_VIDEO_MB",
    "VITRINE_MAX_MEGAPIXELS",
    "VITRINE_MAX_FRAMES",
    "VITRINE_MAX_ANIMATION_MEGAPIXELS",
    "VITRINE_TILES_URL",
    "VITRINE_TILES_CREDIT",
)


class ConfigError(Exception):
    """A setting that cannot be used, said in one sentence that names it."""


@dataclass(frozen=True, kw_only=True)
class Smtp:
    """The mail server that letters leave by."""

    host: str
    port: int
    security: str  # "none", "starttls" or "tls"
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The most of a picture or a video that is let in; MB are MiB, and megapixels of an animation all frames'."""

    image_mb: int = 50
    video_mb: int = 2048
    megapixels: int = 100
    frames: int = 500
    animation_megapixels: int = 500


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One installation: where it lives, listens, and keeps things."""

    home: Path
    host: str
    port: int
    base_url: str
    trusted_proxies: tuple[Network, ...]
    database_url: str = field(repr=False)
    storage_url: str = field(repr=False)
    redis_url: str | None = field(repr=False)
    secret_key: str = field(repr=False)
    smtp: Smtp | None
    outbound_allow: tuple[Network, ...]
    workers: int
    api_rate: float = API_RATE
    api_burst: int = API_BURST
    limits: Limits = field(default_factory=Limits)
    tiles: Tiles | None = None
    blocking_threads: int = BLOCKING_THREADS
    password_memory: int = PASSWORD_MEMORY

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read every VITRINE_* variable; makes the home and, once, its secret key. Raises ConfigError."""
        refuse_unknown(environ)
        host, port = read(environ, "VITRINE_BIND", parse_bind, ("127.0.0.1", 8000))
        base_url = read(environ, "VITRINE_BASE_URL", parse_base_url, default_base_url(host, port))
        home = make_home(read(environ, "VITRINE_HOME", parse_home, None))
        return cls(
            home=home,
            host=host,
            port=port,
            base_url=base_url,
            trusted_proxies=read(environ, "VITRINE_TRUSTED_PROXIES", parse_networks, ()),
            database_url=read(environ, "VITRINE_DATABASE_URL", parse_database, f"sqlite:///{home}/vitrine.db"),
            storage_url=read(environ, "VITRINE_STORAGE_URL", parse_storage, f"file://{home}/media"),
            redis_url=read(environ, "VITRINE_REDIS_URL", parse_redis, None),
            secret_key=find_secret(environ, home=home),
            smtp=read(environ, "VITRINE_SMTP_URL", parse_smtp, None),
            outbound_allow=read(environ, "VITRINE_OUTBOUND_ALLOW", parse_networks, ()),
            workers=read(environ, "VITRINE_WORKERS", parse_workers, min(cores(), WORKERS[1])),
            api_rate=read(environ, "VITRINE_API_RATE", parse_rate, API_RATE),
            api_burst=read(environ, "VITRINE_API_BURST", parse_burst, API_BURST),
            limits=read_limits(environ),
            tiles=read_tiles(environ, read),
        )

    @property
    def https(self) -> bool:
        """Whether visitors come by https, so that cookies may be __Host- and Secure."""
        return self.base_url.startswith("https://")

    @property
    def bind(self) -> str:
        """Give the address listened on as it is written in a URL."""
        return f"{bracketed(self.host)}:{self.port}"


def refuse_unknown(environ: Mapping[str, str]) -> None:
    """Refuse a VITRINE_* variable that nothing reads: a misspelt setting must not be silently ignored."""
    for name in sorted(environ):
        if name.startswith("VITRINE_") and name not in VARIABLES:
            known = [variable.removeprefix("VITRINE_") for variable in VARIABLES]
            near = difflib.get_close_matches(name.removeprefix("VITRINE_"), known, n=1)
            hint = f"did you mean VITRINE_{near[0]}?" if near else f"known are {', '.join(VARIABLES)}."
            raise ConfigError(f"{name} is no setting of Vitrine: {hint}")


def read(environ: Mapping[str, str], name: str, parse: Callable[[str], Parsed], default: Parsed) -> Parsed:
    """Parse one variable, empty meaning unset. Raises ConfigError with name, value and what is allowed."""
    raw = environ.get(name, "").strip()
    if not raw:
        return default
    try:
        return parse(raw)
    except ValueError as error:
        raise ConfigError(f"{name} is {shown(raw)}, but {error}.") from None


def shown(raw: str) -> str:
    """Quote a refused value without the password that a URL may hold."""
    return repr(re.sub(r"(?<=://)[^/]*@", "…@", raw))


def parse_bind(raw: str) -> tuple[str, int]:
    """Split host:port, an IPv6 host in brackets."""
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.%]+)\]|([^:\[\]\s/]+)):([0-9]{1,5})", raw)
    port = int(found[3]) if found else 0
    if not found or not 0 < port < 65536:
        raise ValueError("it must be HOST:PORT, the port from 1 to 65535, such as 127.0.0.1:8000 or [::]:8000")
    return found[1] or found[2], port


def default_base_url(host: str, port: int) -> str:
    """Give the address a browser on this machine can open."""
    return f"http://{bracketed(WILDCARDS.get(host, host))}:{port}"


def bracketed(host: str) -> str:
    """Write an IPv6 host as URLs do."""
    return f"[{host}]" if ":" in host else host


def parse_base_url(raw: str) -> str:
    """Accept scheme and host alone: every absolute link is made from it."""
    parts = split_url(raw)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.path not in ("", "/")
        or parts.username is not None
        or parts.query
        or parts.fragment
    ):
        raise ValueError("it must be http:// or https:// with a host and no path, such as https://photos.example.org")
    return f"{parts.scheme}://{parts.netloc}"


def split_url(raw: str) -> SplitResult:
    """Split a URL, its port checked as well."""
    try:
        parts = urlsplit(raw)
        usable = parts.port != 0 and not re.search(r"\s", raw)
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("it must be a URL without blanks, the port from 1 to 65535")
    return parts


def parse_home(raw: str) -> Path | None:
    """Accept a folder, relative to where the command is run."""
    home = Path(raw).expanduser().absolute()
    if home.exists() and not home.is_dir():
        raise ValueError("it must be a folder, and that is a file")
    return home


def make_home(home: Path | None) -> Path:
    """Make the folder; a checkout has instance/, an installed package must be told."""
    if home is None:
        if not (PROJECT_ROOT / "pyproject.toml").is_file():
            raise ConfigError("VITRINE_HOME is not set: name the folder that keeps this site's files.")
        home = PROJECT_ROOT / "instance"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"VITRINE_HOME is {str(home)!r}, but cannot be made: {error.strerror}.") from None
    if not os.access(home, os.W_OK | os.X_OK):
        raise ConfigError(f"VITRINE_HOME is {str(home)!r}, but this user may not write there.")
    return home


def parse_networks(raw: str) -> tuple[Network, ...]:
    """Split a comma separated list of addresses and networks."""
    try:
        return tuple(ip_network(part.strip()) for part in raw.split(",") if part.strip())
    except ValueError as error:
        raise ValueError(
            f"it must be a comma separated list such as 127.0.0.1, 10.0.0.0/8 or fd00::/8 ({error})"
        ) from None


def parse_database(raw: str) -> str:
    """Accept SQLite in a file and PostgreSQL."""
    parts = split_url(raw)
    if parts.scheme == "sqlite" and not parts.netloc and len(parts.path) > 1:
        return raw
    if parts.scheme == "postgresql" and len(parts.path) > 1:
        return raw
    raise ValueError("it must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")


def parse_storage(raw: str) -> str:
    """Accept a folder and an S3 bucket."""
    parts = split_url(raw)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return raw
    if parts.scheme == "s3" and parts.hostname:
        return raw
    raise ValueError("it must be file:///FOLDER or s3://BUCKET/PREFIX")


def parse_redis(raw: str) -> str | None:
    """Accept what the Redis client does."""
    parts = split_url(raw)
    if (parts.scheme in ("redis", "rediss") and parts.hostname) or (parts.scheme == "unix" and parts.path):
        return raw
    raise ValueError("it must be redis://HOST:PORT/NUMBER, rediss://HOST:PORT/NUMBER or unix:///SOCKET")


def parse_smtp(raw: str) -> Smtp | None:
    """Read a mail server's address, its way of encryption in the scheme."""
    parts = split_url(raw)
    if parts.scheme not in SMTP_SCHEMES or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError(
            "it must be smtp://, smtp+starttls:// or smtps:// with USER:PASSWORD@HOST:PORT, port optional"
        )
    return Smtp(
        host=parts.hostname,
        port=parts.port or SMTP_SCHEMES[parts.scheme],
        security={"smtp": "none", "smtp+starttls": "starttls", "smtps": "tls"}[parts.scheme],
        username=unquote_or_none(parts.username),
        password=unquote_or_none(parts.password),
    )


def unquote_or_none(part: str | None) -> str | None:
    """Decode one half of a URL's user:password."""
    return None if part is None else unquote(part)


def parse_workers(raw: str) -> int:
    """Read how many web processes there are."""
    least, most = WORKERS
    if not re.fullmatch(r"[0-9]{1,3}", raw) or not least <= int(raw) <= most:
        raise ValueError(f"it must be a whole number from {least} to {most}")
    return int(raw)


def parse_rate(raw: str) -> float:
    """Read how many requests a second a program may send, 0 for any number."""
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", raw):
        raise ValueError("it must be a number such as 100 or 0.5, or 0 for no limit")
    return float(raw)


def parse_burst(raw: str) -> int:
    """Read how many requests a program may send at once, 0 for any number."""
    if not re.fullmatch(r"[0-9]{1,6}", raw):
        raise ValueError("it must be a whole number up to 999999, or 0 for no limit")
    return int(raw)


def read_limits(environ: Mapping[str, str]) -> Limits:
    """Read the most that is let in."""
    found = {
        name: read(environ, f"VITRINE_MAX_{name.upper()}", whole_up_to(most), getattr(Limits, name))
        for name, most in MOST_LIMITS.items()
    }
    return Limits(**found)


def whole_up_to(most: int) -> Callable[[str], int]:
    """Make a reader of whole numbers from 1 up to one."""

    def parse(raw: str) -> int:
        if not re.fullmatch(r"[0-9]{1,7}", raw) or not 1 <= int(raw) <= most:
            raise ValueError(f"it must be a whole number from 1 to {most}")
        return int(raw)

    return parse


def cores() -> int:
    """Count the cores that this process may use; not every system tells."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def find_secret(environ: Mapping[str, str], *, home: Path) -> str:
    """Take the key from the variable, the file it names, or the home, where it is made once."""
    given, named = environ.get("VITRINE_SECRET_KEY", ""), environ.get("VITRINE_SECRET_KEY_FILE", "")
    if given and named:
        raise ConfigError("VITRINE_SECRET_KEY and VITRINE_SECRET_KEY_FILE are both set: keep one of them.")
    if given:
        return long_enough(given, where="VITRINE_SECRET_KEY")
    if named:
        return long_enough(read_secret(Path(named)), where=f"VITRINE_SECRET_KEY_FILE ({named})")
    kept = home / "secret_key"
    if not kept.exists():
        make_secret(kept)
    return long_enough(read_secret(kept), where=f"the file {kept}")


def long_enough(secret: str, *, where: str) -> str:
    """Refuse a key that can be guessed, without showing it."""
    if len(secret) < SECRET_LENGTH:
        raise ConfigError(
            f"{where} holds a secret key of {len(secret)} characters, but it needs at least {SECRET_LENGTH}."
        )
    return secret


def read_secret(path: Path) -> str:
    """Read a key, the line's end not being part of it."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ConfigError(f"The secret key cannot be read from {path}: {reason}.") from None


def make_secret(path: Path) -> None:
    """Make a key whole or not at all; of two starts at once the first one's key stands."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    except OSError as error:
        raise ConfigError(f"The secret key cannot be written to {path}: {error.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)
