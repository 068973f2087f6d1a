"""Videos: what a file is found to be, what is made of it, and what no file can make ffmpeg do."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from tests import clips
from tests.clips import clip, facts_of, picture_of, silent_of
from webapp.infra import ffmpeg, video
from webapp.infra.images import Refused

pytestmark = pytest.mark.full


def on(share):
    return True


@pytest.fixture
def file(tmp_path):
    """Write bytes to a file."""

    def write(content, name="clip"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize("ending", ["mp4", "mov", "webm"])
def test_container_of_goes_by_the_first_bytes(ending):
    assert video.container_of(clip(ending=ending)[:4096]) == ending


@pytest.mark.parametrize(
    "head",
    [b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"#EXTM3U\nhttp://127.0.0.1/a.ts", b"ffconcat version 1.0"],
)
def test_container_of_says_nothing_of_what_is_no_video(head):
    assert video.container_of(head) is None


def test_container_of_refuses_a_matroska_file_in_a_sentence():
    with pytest.raises(Refused, match="Vitrine takes MP4, MOV and WebM"):
        video.container_of(b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x88matroska")


@pytest.mark.parametrize("ending", ["mp4", "mov", "webm"])
def test_probe_gives_size_and_length(file, ending):
    found = video.probe(file(clip(320, 240, ending=ending)), ending)

    assert (found.width, found.height) == (320, 240)
    assert abs(found.duration - 1000) < 80
    assert found.mime == {"mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm"}[ending]
    assert found.look.thumbhash
    assert found.look.colour.startswith("#")


@pytest.mark.parametrize(("degrees", "size"), [(90, (240, 320)), (180, (320, 240)), (270, (240, 320))])
def test_probe_gives_the_size_as_shown(file, degrees, size):
    found = video.probe(file(clip(320, 240, turned=degrees)), "mp4")

    assert (found.width, found.height) == size


@pytest.mark.parametrize("keep", [0.02, 0.5])
def test_probe_refuses_a_file_that_is_cut_off_before_its_header(file, keep):
    whole = clip()

    with pytest.raises(Refused) as refused:
        video.probe(file(whole[: int(len(whole) * keep)]), "mp4")

    assert refused.value.code == "damaged"


def test_probe_refuses_sound_without_pictures(file):
    with pytest.raises(Refused, match="cannot be read"):
        video.probe(file(clips.sound_alone()), "mp4")


def test_probe_refuses_what_is_larger_than_eight_k_before_it_is_made_into_anything(file, monkeypatch):
    monkeypatch.setattr(video, "VIDEO_PIXELS", 320 * 240 - 1)

    with pytest.raises(Refused, match="320 × 240"):
        video.probe(file(clip()), "mp4")


@pytest.mark.parametrize(
    "content",
    [
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"<?xml version='1.0'?><MPD><BaseURL>file:///etc/passwd</BaseURL></MPD>",
    ],
)
@pytest.mark.parametrize("container", ["mp4", "webm"])
def test_probe_never_follows_a_list_of_other_files(file, content, container):
    with pytest.raises(Refused):
        video.probe(file(content), container)


def test_frame_is_the_picture_at_a_second_upright(file, tmp_path):
    path, early, late = file(clip(320, 240, turned=90)), tmp_path / "early.png", tmp_path / "late.png"

    video.frame(path, "mp4", early, at=0)
    video.frame(path, "mp4", late, at=500)

    with Image.open(early) as first, Image.open(late) as last:
        assert first.size == last.size == (240, 320)
        assert first.tobytes() != last.tobytes()


@pytest.mark.parametrize(
    ("size", "steps"),
    [
        ((1920, 1080), {"480p": (854, 480), "720p": (1280, 720), "1080p": (1920, 1080)}),
        ((1080, 1920), {"480p": (480, 854), "720p": (720, 1280), "1080p": (1080, 1920)}),
        ((3840, 2160), {"480p": (854, 480), "720p": (1280, 720), "1080p": (1920, 1080)}),
        ((1279, 719), {"480p": (854, 480)}),
        ((321, 241), {"480p": (320, 240)}),
    ],
)
def test_ladder_never_enlarges_and_is_even(size, steps):
    assert video.ladder(*size) == steps


@pytest.mark.parametrize("ending", ["mp4", "webm"])
def test_encode_makes_an_mp4_that_starts_before_it_is_whole(file, tmp_path, ending):
    out = tmp_path / "out.mp4"

    size = video.encode(file(clip(320, 240, ending=ending)), ending, out, name="480p", report=on)

    facts = facts_of(out)
    assert size == (320, 240)
    assert picture_of(facts)["codec_name"] == "h264"
    assert picture_of(facts)["pix_fmt"] == "yuv420p"
    assert {stream["codec_name"] for stream in facts["streams"]} == {"h264", "aac"}
    content = out.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_encode_turns_the_pictures_and_not_the_player(file, tmp_path):
    out = tmp_path / "out.mp4"

    video.encode(file(clip(320, 240, turned=90)), "mp4", out, name="480p", report=on)

    picture = picture_of(facts_of(out))
    assert (picture["width"], picture["height"]) == (240, 320)
    assert not picture.get("side_data_list")


def test_encode_brings_hdr_to_what_every_screen_shows(file, tmp_path):
    out = tmp_path / "out.mp4"

    video.encode(file(clip(320, 240, hdr=True)), "mp4", out, name="480p", report=on)

    picture = picture_of(facts_of(out))
    assert picture["pix_fmt"] == "yuv420p"
    assert picture["color_transfer"] == "bt709"


def test_encode_of_a_silent_video_is_silent(file, tmp_path):
    out = tmp_path / "out.mp4"

    video.encode(file(clip(sound=False)), "mp4", out, name="480p", report=on)

    assert silent_of(facts_of(out))


def test_encode_tells_how_far_it_is_and_stops_when_told(file, tmp_path):
    told, out = [], tmp_path / "out.mp4"

    with pytest.raises(video.Stopped):
        video.encode(file(clip()), "mp4", out, name="480p", report=lambda share: told.append(share) or False)

    assert len(told) == 1
    assert 0 <= told[0] <= 1
    assert not out.exists()


@pytest.mark.parametrize("ending", ["mp4", "mov", "webm"])
def test_clean_keeps_the_pictures_and_forgets_the_place(file, tmp_path, ending):
    path, out = file(clip(ending=ending, place=True), f"in.{ending}"), tmp_path / f"out.{ending}"
    assert "48.8582" in str(facts_of(path)) or ending == "webm"
    assert "Where we live" in str(facts_of(path))

    video.clean(path, ending, out, report=on)

    said = str(facts_of(out))
    assert "48.8582" not in said
    assert "Where we live" not in said
    assert b"48.8582" not in out.read_bytes()
    assert picture_of(facts_of(out))["codec_name"] == picture_of(facts_of(path))["codec_name"]


def test_clean_keeps_which_way_up_it_is(file, tmp_path):
    out = tmp_path / "out.mp4"

    video.clean(file(clip(320, 240, turned=90)), "mp4", out, report=on)

    assert video.probe(out, "mp4").width == 240


def test_a_run_that_takes_too_much_time_is_ended_and_leaves_nothing(file, tmp_path):
    words = ["-f", "lavfi", "-i", "testsrc2=s=1280x720:r=60", "-f", "null", "-"]
    room = ffmpeg.Room(memory=1024**3, seconds=1, size=1024**2)

    with pytest.raises(ffmpeg.Failed) as failed:
        list(ffmpeg.progress(words, room, patience=30))

    assert failed.value.limit


def test_a_run_dies_with_the_process_that_started_it():
    """A worker that is killed leaves no ffmpeg at work."""
    program = (
        "from webapp.infra import ffmpeg\n"
        "room = ffmpeg.Room(memory=1024**3, seconds=60, size=1024**2)\n"
        "words = ['-re', '-f', 'lavfi', '-i', 'testsrc2=s=64x64', '-f', 'null', '-']\n"
        "for each in ffmpeg.progress(words, room, patience=30):\n"
        "    print(each, flush=True)\n"
    )
    worker = subprocess.Popen([sys.executable, "-c", program], cwd=Path(__file__).parents[2], stdout=subprocess.PIPE)
    assert worker.stdout is not None
    worker.stdout.readline()
    (child,) = children_of(worker.pid)

    worker.kill()
    worker.communicate()

    for _ in range(100):
        if not Path(f"/proc/{child}").exists():
            break
        time.sleep(0.05)
    assert not Path(f"/proc/{child}").exists()


def test_without_ffmpeg_it_says_so(monkeypatch):
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.setattr(ffmpeg.importlib, "import_module", lambda name: (_ for _ in ()).throw(ImportError(name)))
    ffmpeg.program.cache_clear()
    try:
        assert not ffmpeg.there()
        with pytest.raises(ffmpeg.Absent, match="not on this machine"):
            ffmpeg.program()
    finally:
        ffmpeg.program.cache_clear()


def children_of(pid):
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
