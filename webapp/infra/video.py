"""Videos: what a file really is, and what is made of it; ffmpeg reads every byte of it in a process with limits.

ffmpeg is a program beside Vitrine: the one on the PATH, else that of the extra `video`. It is given one file by its
path, a list of containers and codecs, and no protocol but `file`, so nothing that a video names is fetched.
"""

import contextlib
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from webapp.infra import images, video_words
from webapp.infra.ffmpeg import Ending, Failed, Room, finished, progress
from webapp.infra.images import Look, Refused

VIDEO_PIXELS: Final = 8192 * 4320
MIME: Final = {"mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm"}
DEMUXERS: Final = {"mp4": "mov", "mov": "mov", "webm": "matroska"}
CODECS: Final = (
    "h264,hevc,vp8,libvpx,vp9,libvpx-vp9,av1,libdav1d,mpeg4,mjpeg,prores,dnxhd,"
    "aac,mp3,mp3float,ac3,eac3,alac,opus,libopus,vorbis,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be"
)
LADDER: Final = {"480p": 480, "720p": 720, "1080p": 1080}
"""What a video is made in: pixels of its shorter side, never more than it has (seed 001: 480p, 720p, 1080p)."""

BITRATES: Final = {"480p": "1500k", "720p": "3500k", "1080p": "7000k"}
POSTER_SIDE: Final = 3840
HDR: Final = ("smpte2084", "arib-std-b67")
TO_SDR: Final = (
    "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv"
)
LOOKING: Final = Room(memory=768 * 1024**2, seconds=20, size=256 * 1024**2)
JUDGING: Final = Room(memory=768 * 1024**2, seconds=5, size=256 * 1024**2)
LISTENING: Final = 45.0
"""Seconds without a sign of life after which ffmpeg is given up."""

Report = Callable[[float], bool]
"""Told the share that is done, from 0 to 1; answers whether to go on."""

SHOWN: Final = re.compile(r"^\[Parsed_showinfo_0 @ \w+\] n: *\d+ .*?sar:(\d+)/(\d+) s:(\d+)x(\d+) ", re.M)
TRANSFER: Final = re.compile(r"^\[Parsed_showinfo_0 @ \w+\] color_range:\S+ .*color_trc:(\S+)", re.M)
LASTS: Final = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d\.\d+)", re.M)
TIME: Final = re.compile(r"time=(\d+):(\d\d):(\d\d\.\d+)")


@dataclass(frozen=True, slots=True)
class Facts:
    """What ffmpeg says of a video: pixels as shown, milliseconds, whether it is in HDR, and the file's own words."""

    width: int
    height: int
    duration: int
    hdr: bool
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Probe:
    """What a video file was found to be; width and height are pixels as shown, the duration is milliseconds."""

    format: str
    mime: str
    width: int
    height: int
    duration: int
    look: Look
    frames: int = 1
    has_alpha: bool = False
    taken_at: str | None = None
    said: Mapping[str, Any] = field(default_factory=dict)


class Stopped(Exception):
    """The work was ended from outside, before it was done; it can be begun again."""


def container_of(head: bytes) -> str | None:
    """Name the container by its first bytes: mp4, mov, webm; None for what is none of these.

    Raises Refused for a video in another one.
    """
    if head.startswith(b"\x1aE\xdf\xa3"):
        if b"webm" in head[:64]:
            return "webm"
        raise Refused(
            "unsupported_type", "This is a Matroska video. Vitrine takes MP4, MOV and WebM: please export it anew."
        )
    box = head[4:8]
    if box == b"ftyp":
        return _by_brands(head)
    return "mov" if box in (b"moov", b"mdat", b"wide") and len(head) > 16 else None


def probe(path: Path, container: str) -> Probe:
    """Say what a video is, after its first pictures were decoded; raises Refused, StorageFull."""
    with tempfile.TemporaryDirectory(prefix="vitrine-") as folder:
        frame = Path(folder, "frame.png")
        facts = _look_at(path, container, frame, room=JUDGING)
        return Probe(
            format=container,
            mime=MIME[container],
            width=facts.width,
            height=facts.height,
            duration=facts.duration,
            look=images.look(frame),
            taken_at=video_words.moment(facts.words),
            said=video_words.said(facts.words),
        )


def describe(path: Path, container: str) -> Mapping[str, Any]:
    """Return what a video says of itself, as `Probe.said`; raises Refused, StorageFull."""
    with tempfile.TemporaryDirectory(prefix="vitrine-") as folder:
        return video_words.said(_look_at(path, container, Path(folder, "frame.png")).words)


def frame(path: Path, container: str, out: Path, *, at: float = 0.0) -> None:
    """Write the picture shown at a second, upright and in SDR; past the end it is the last one.

    `out` ends in .png or .jpg. Raises Refused.
    """
    facts = _look_at(path, container, out)
    tone = f"{TO_SDR}," if facts.hdr else ""
    side = f"scale='min({POSTER_SIDE},iw*sar)':-2,setsar=1,format=rgb24"
    latest = max(0.0, facts.duration / 1000 - 0.2)
    words = ["-ss", f"{min(at, latest):.3f}", *_source(path, container), "-map", "0:V:0", "-frames:v", "1"]
    _said(finished([*words, "-vf", tone + side, "-q:v", "2", "-update", "1", "-y", str(out)], LOOKING), out)


def ladder(width: int, height: int) -> dict[str, tuple[int, int]]:
    """Give the sizes a video is made in by their names, even and never enlarged, one at least."""
    short = min(width, height)
    steps = {name: side for name, side in LADDER.items() if side <= short} or {"480p": short}
    return {name: (_even(width * side / short), _even(height * side / short)) for name, side in steps.items()}


def encode(path: Path, container: str, out: Path, *, name: str, report: Report) -> tuple[int, int]:
    """Make the MP4 (H.264, AAC) of a step of the ladder that starts before it is whole, and return its size.

    Upright, in SDR, without metadata. Raises Refused, Stopped, StorageFull.
    """
    with tempfile.TemporaryDirectory(prefix="vitrine-") as folder:
        facts = _look_at(path, container, Path(folder, "frame.png"))
    width, height = ladder(facts.width, facts.height)[name]
    tone = f"{TO_SDR}," if facts.hdr else ""
    picture = f"{tone}scale={width}:{height}:flags=bicubic,setsar=1,format=yuv420p"
    rate = ["-crf", "23", "-maxrate", BITRATES[name], "-bufsize", BITRATES[name], "-fpsmax", "60"]
    words = [*_source(path, container), "-map", "0:V:0", "-map", "0:a:0?", *_without_words()]
    words += ["-vf", picture, "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", *rate, "-threads", "2"]
    words += ["-c:a", "aac", "-b:a", "128k", "-ac", "2", "-movflags", "+faststart", "-f", "mp4", "-y", str(out)]
    _work(words, facts.duration, out, report)
    return width, height


def clean(path: Path, container: str, out: Path, *, report: Report) -> None:
    """Write the video without place, camera, texts and tracks of data, its pictures and sound as they were.

    Raises Refused, Stopped, StorageFull.
    """
    with tempfile.TemporaryDirectory(prefix="vitrine-") as folder:
        facts = _look_at(path, container, Path(folder, "frame.png"))
    words = [*_source(path, container), "-map", "0:V:0", "-map", "0:a?", "-c", "copy", *_without_words()]
    starts = [] if container == "webm" else ["-movflags", "+faststart"]
    _work([*words, *starts, "-f", container, "-y", str(out)], facts.duration, out, report)


def _by_brands(head: bytes) -> str | None:
    length = int.from_bytes(head[:4], "big")
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, min(length, 256), 4))}
    if brands & {b"avif", b"avis", b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"crx ", b"jp2 "}:
        return None
    return "mov" if head[8:12] == b"qt  " else "mp4"


def _look_at(path: Path, container: str, out: Path, *, room: Room = LOOKING) -> Facts:
    """Decode the first picture and read what is said of the whole; raises Refused."""
    words = ["-threads", "1", *_source(path, container), "-map", "0:V:0", "-frames:v", "1"]
    words += ["-vf", "showinfo,scale='min(640,iw*sar)':-2,setsar=1,format=rgb24", "-update", "1", "-y", str(out)]
    said = _said(finished(words, room, loud=True), out)
    shown, transfer = SHOWN.search(said), TRANSFER.search(said)
    if shown is None:
        raise _damaged()
    across, down, width, height = map(int, shown.groups())
    width = round(width * across / down) if across and down else width
    _check(width, height)
    return Facts(
        width=width,
        height=height,
        duration=_milliseconds(LASTS.search(said)) or _measured(path, container),
        hdr=transfer is not None and transfer[1] in HDR,
        words=video_words.read(said),
    )


def _said(ending: Ending, out: Path) -> str:
    """Return what ffmpeg said while it made a file; raises Refused when it made none."""
    if ending.status != 0 or not out.exists() or not out.stat().st_size:
        out.unlink(missing_ok=True)
        raise _damaged()
    return ending.said


def _milliseconds(time: re.Match[str] | None) -> int:
    if time is None:
        return 0
    hours, minutes, seconds = time.groups()
    return round(1000 * (3600 * int(hours) + 60 * int(minutes) + float(seconds)))


def _measured(path: Path, container: str) -> int:
    """Count how long a video lasts that does not say it, without decoding."""
    words = [*_source(path, container), "-map", "0:V:0", "-c", "copy", "-f", "null", "-"]
    said = finished(words, LOOKING, loud=True).said
    times = list(TIME.finditer(said))
    return _milliseconds(times[-1] if times else None)


def _source(path: Path, container: str) -> list[str]:
    """Name the file, and what may be made of it: nothing else is opened, whatever it says."""
    return [
        *("-protocol_whitelist", "file", "-format_whitelist", "mov,matroska,webm", "-codec_whitelist", CODECS),
        *("-probesize", "20M", "-f", DEMUXERS[container], "-i", f"file:{path.absolute()}"),
    ]


def _without_words() -> list[str]:
    return ["-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"]


def _work(words: Sequence[str], duration: int, out: Path, report: Report) -> None:
    """Have ffmpeg work, telling how far it is; whatever goes wrong, no half of a file is left."""
    room = Room(memory=3 * 1024**3, seconds=180 + 30 * duration // 1000, size=4 * 1024**3)
    whole = False
    try:
        with contextlib.closing(progress(words, room, patience=LISTENING)) as news:
            for milliseconds in news:
                if not report(min(1.0, milliseconds / duration) if duration else 0.0):
                    raise Stopped
        whole = out.exists() and out.stat().st_size > 0
    except Failed as failure:
        raise (_too_heavy() if failure.limit else _damaged()) from None
    finally:
        if not whole:
            out.unlink(missing_ok=True)


def _check(width: int, height: int) -> None:
    if width < 2 or height < 2:
        raise _damaged()
    if width * height > VIDEO_PIXELS:
        raise Refused(
            "too_many_pixels",
            "This video is %(width)s × %(height)s pixels; the largest Vitrine takes is 8K (8192 × 4320).",
            width=width,
            height=height,
        )


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)


def _damaged() -> Refused:
    return Refused(
        "damaged", "This video is damaged, or of a kind that cannot be read. Export it as MP4 (H.264) and try again."
    )


def _too_heavy() -> Refused:
    return Refused("too_heavy", "This video takes more memory or time than Vitrine gives to one video.")
