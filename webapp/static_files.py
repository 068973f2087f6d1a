"""Files under /static/: named by their content, kept by browsers for good, compressed once.

`css/site.css` is served as `/static/css/site.<hash>.css`. What a stylesheet or a module refers to is written
with the hashed name as well, so a page never mixes two versions: the hash of a file is taken after that, in
the order of who needs whom. All of it happens in memory; the folder is never written to.
"""

import functools
import gzip
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import brotli
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from webapp.static_bundles import BUNDLES, bundles

if TYPE_CHECKING:
    from flask import Flask

PREFIX = "/static/"
FOREVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=60"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".ico": "image/x-icon",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".woff2": "font/woff2",
}
PACKED = frozenset({".png", ".jpg", ".webp", ".avif", ".woff2"})
LEAST_COMPRESSED = 512

IN_STYLES = re.compile(
    r"""(?P<before>\burl\(\s*["']?|@import\s+["'])(?P<target>[^"')\s]+)(?P<after>["']?\s*\)|["'])"""
)
IN_MODULES = re.compile(
    r"""(?P<before>\b(?:from|import)\s*\(?\s*["'])(?P<target>(?:\.{1,2}/|/static/)[^"'\s]+)(?P<after>["'])"""
)
REFERENCES = {".css": IN_STYLES, ".js": IN_MODULES, ".mjs": IN_MODULES}

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class BrokenReference(Exception):
    """A stylesheet or module names a file that is not there, or two modules need each other."""


@dataclass(frozen=True, eq=False)
class Asset:
    """One file as it is served: `path` is the hashed address, `body` its bytes after rewriting."""

    path: str
    body: bytes
    content_type: str
    tag: str
    compressible: bool

    @functools.cached_property
    def variants(self) -> Mapping[str, bytes]:
        """Give the body in each encoding that makes it smaller; made once, by whoever asks first."""
        made = {"br": brotli.compress(self.body), "gzip": gzip.compress(self.body, 9, mtime=0)}
        return {name: body for name, body in made.items() if len(body) < len(self.body)}


def init_static(app: "Flask", folder: Path) -> None:
    """Serve a folder before the application is asked, and give templates `static_url(name)`.

    Raises BrokenReference.
    """
    assets = collect(folder)
    app.extensions["vitrine-static"] = assets
    app.add_template_global(functools.partial(static_url, assets), "static_url")
    app.add_template_global(functools.partial(module_url, assets), "module_url")
    app.wsgi_app = StaticFiles(app.wsgi_app, assets)  # type: ignore[method-assign]


def static_url(assets: Mapping[str, Asset], name: str) -> str:
    """Return the address of a file's present version. Raises LookupError."""
    if name not in assets:
        raise LookupError(f"there is no static file {name!r}")
    return assets[name].path


def module_url(assets: Mapping[str, Asset], name: str) -> str:
    """Return where a script's module is found: a file of its own, or `file#name` in a bundle. Raises LookupError."""
    for bundle, modules in BUNDLES.items():
        if name in modules:
            return f"{static_url(assets, bundle)}#{name}"
    return static_url(assets, f"js/{name}.js")


def collect(folder: Path) -> Mapping[str, Asset]:
    """Read a folder; the same files are read once a process, however many applications it makes."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix in TYPES and path.is_file())
    stats = [(path, path.stat()) for path in paths]
    return build(folder, tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in stats))


@functools.lru_cache(maxsize=4)
def build(folder: Path, files: tuple[tuple[Path, int, int], ...]) -> Mapping[str, Asset]:
    """Make every asset, what is referred to before who refers to it. Raises BrokenReference, CannotBundle."""
    bodies = {path.relative_to(folder).as_posix(): path.read_bytes() for path, _, _ in files}
    bodies |= bundles(bodies)
    needs = {name: set(references(name, body, bodies)) for name, body in bodies.items()}
    assets: dict[str, Asset] = {}
    try:
        for name in TopologicalSorter(needs).static_order():
            assets[name] = make_asset(name, bodies[name], assets)
    except CycleError as error:
        raise BrokenReference(f"static files need each other in a circle: {' -> '.join(error.args[1])}") from None
    return assets


def references(name: str, body: bytes, bodies: Mapping[str, bytes]) -> Iterator[str]:
    """List the files that one file refers to."""
    pattern = REFERENCES.get(PurePosixPath(name).suffix)
    for found in pattern.finditer(body.decode("utf-8")) if pattern else ():
        target = resolve(name, found["target"])
        if target is None:
            continue
        if target in bodies:
            yield target
        elif not name.startswith("vendor/"):
            raise BrokenReference(f"static/{name} refers to {found['target']!r}, and there is no such file")


def resolve(name: str, target: str) -> str | None:
    """Return the file that a reference means, None where it leads elsewhere (data:, #fragment)."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not parts.path:
        return None
    if parts.path.startswith("/"):
        return parts.path.removeprefix(PREFIX) if parts.path.startswith(PREFIX) else None
    steps: list[str] = list(PurePosixPath(name).parent.parts)
    for step in PurePosixPath(parts.path).parts:
        if step == "..":
            steps = steps[:-1]
        else:
            steps.append(step)
    return "/".join(steps)


def make_asset(name: str, body: bytes, assets: Mapping[str, Asset]) -> Asset:
    """Write hashed names into a file, then hash it."""
    suffix = PurePosixPath(name).suffix
    if suffix in REFERENCES:
        body = rewritten(name, body.decode("utf-8"), assets).encode("utf-8")
    tag = hashlib.sha256(body).hexdigest()[:12]
    return Asset(
        path=f"{PREFIX}{name.removesuffix(suffix)}.{tag}{suffix}",
        body=body,
        content_type=TYPES[suffix],
        tag=tag,
        compressible=suffix not in PACKED and len(body) >= LEAST_COMPRESSED,
    )


def rewritten(name: str, text: str, assets: Mapping[str, Asset]) -> str:
    """Put hashed addresses in the place of names, a query or fragment kept."""

    def replace(found: re.Match[str]) -> str:
        target = resolve(name, found["target"])
        if target is None or target not in assets:
            return found[0]
        rest = re.search(r"[?#].*", found["target"])
        return f"{found['before']}{assets[target].path}{rest[0] if rest else ''}{found['after']}"

    return REFERENCES[PurePosixPath(name).suffix].sub(replace, text)


class StaticFiles:
    """Answers GET and HEAD under /static/ without session, database or application."""

    def __init__(self, application: Application, assets: Mapping[str, Asset]) -> None:
        self.application = application
        self.hashed = {asset.path: asset for asset in assets.values()}
        self.plain = {PREFIX + name: asset for name, asset in assets.items()}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        asset = self.hashed.get(path) or self.plain.get(path)
        if asset is None:
            return self.application(environ, start_response)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            start_response("405 Method Not Allowed", [("Allow", "GET, HEAD"), ("Content-Length", "0")])
            return [b""]
        return answer(asset, environ, start_response, keep=FOREVER if path in self.hashed else BRIEFLY)


def answer(asset: Asset, environ: Environ, start_response: StartResponse, *, keep: str) -> list[bytes]:
    """Send a file, packed as the client likes it, or say that it has it."""
    headers = [
        ("Cache-Control", keep),
        ("ETag", f'W/"{asset.tag}"'),
        ("Vary", "Accept-Encoding"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ]
    if asset.tag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start_response("304 Not Modified", headers)
        return [b""]
    encoding, body = encoded(asset, environ.get("HTTP_ACCEPT_ENCODING", ""))
    headers += [("Content-Type", asset.content_type), ("Content-Length", str(len(body)))]
    if encoding:
        headers.append(("Content-Encoding", encoding))
    start_response("200 OK", headers)
    return [body] if environ["REQUEST_METHOD"] == "GET" else [b""]


def encoded(asset: Asset, accepted: str) -> tuple[str | None, bytes]:
    """Choose the smallest form that the client takes."""
    if asset.compressible and accepted:
        wanted = parse_accept_header(accepted, Accept)
        for encoding in ("br", "gzip"):
            if wanted[encoding] > 0 and encoding in asset.variants:
                return encoding, asset.variants[encoding]
    return None, asset.body
