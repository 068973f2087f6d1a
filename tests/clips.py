"""Short videos made by ffmpeg's test sources, and what ffprobe says of videos; each is made once a process."""

import json
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

TURNED = {
    90: (0, 1, -1, 0),
    180: (-1, 0, 0, -1),
    270: (0, -1, 1, 0),
}
"""The first numbers of a track's matrix that turn what is shown clockwise (ISO 14496-12, tkhd)."""
PLACE = "+48.8582+002.2945/"


@cache
def clip(
    width: int = 320,
    height: int = 240,
    *,
    seconds: float = 1.0,
    ending: str = "mp4",
    turned: int = 0,
    sound: bool = True,
    hdr: bool = False,
    place: bool = False,
) -> bytes:
    """Return a clip of ffmpeg's test card, lying on its side where it is `turned` by so many degrees."""
    words = ["-f", "lavfi", "-i", f"testsrc2=s={width}x{height}:r=25:d={seconds}"]
    if sound:
        words += ["-f", "lavfi", "-i", f"sine=f=440:d={seconds}"]
    if hdr:
        colours = "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc"
        words += ["-vf", f"format=yuv420p10le,{colours}"]
    else:
        words += ["-vf", f"scale={width}:{height},format=yuv420p"]
    if ending == "webm":
        words += ["-c:v", "libvpx", "-b:v", "500k", "-deadline", "realtime", "-c:a", "libopus"]
    else:
        words += ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"]
    if place:
        words += ["-metadata", f"location={PLACE}", "-metadata", "title=Where we live"]
    return _turn(_made(words, ending), turned)


def sound_alone() -> bytes:
    """Return sound without a picture in a container of videos."""
    return _made(["-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac"], "mp4")


def with_subtitles(text: str, ending: str = "mp4") -> bytes:
    """Return a clip with a track of subtitles (SubRip)."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "said.srt").write_text(text)
        words = ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", "-i", str(Path(folder, "said.srt"))]
        return _made([*words, "-vf", "format=yuv420p", "-c:v", "libx264", "-c:s", "mov_text"], ending)


def silent_of(facts: dict[str, Any]) -> bool:
    """Say whether a video has no sound."""
    return all(stream["codec_type"] != "audio" for stream in facts["streams"])


def facts_of(path: Path) -> dict[str, Any]:
    """Return what ffprobe says of a file: its `format` and its `streams`."""
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", str(path)]
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return found


def picture_of(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the stream of pictures of what ffprobe said."""
    return next(stream for stream in facts["streams"] if stream["codec_type"] == "video")


def _made(words: list[str], ending: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"clip.{ending}")
        command = ["ffmpeg", "-nostdin", "-v", "error", "-threads", "1", *words, "-fflags", "+bitexact", str(path)]
        subprocess.run(command, check=True)
        return path.read_bytes()


def _turn(clip: bytes, degrees: int) -> bytes:
    """Write into the first track's header that it is to be turned when it is shown."""
    if not degrees:
        return clip
    at = clip.index(b"tkhd") + 4 + 40
    a, b, c, d = TURNED[degrees]
    numbers = (a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    return clip[:at] + b"".join(each.to_bytes(4, "big", signed=True) for each in numbers) + clip[at + 36 :]
