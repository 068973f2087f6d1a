"""The hostile corpus: each file has its answer, a good picture passes after it, and nothing of it stays."""

import io
import json
import os
import random
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.hostile import makers
from tests.hostile.cases import FORMATS, REFUSED, TAKEN, Case, Good
from tests.hostile.large import large, too_heavy
from tests.pictures import photo
from webapp.infra import images
from webapp.infra.image_process import files, webp
from webapp.infra.image_process.rules import Limits

ROOT = Path(__file__).parents[2]
ACTIVE = (b"<?php", b"<script", b"evil.js", b"<html")
MUTATIONS = 400


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "good.jpg"
    path.write_bytes(photo(60, 40))
    return path


def test_the_corpus_is_large_and_each_case_has_its_own_name() -> None:
    names = [case.name for case in (*REFUSED, *TAKEN)]
    assert len(names) == len(set(names)) >= 150
    assert all(case.codes for case in REFUSED)
    assert not any(case.codes for case in TAKEN)


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_hostile_file_is_refused_and_the_next_picture_is_not(case: Case, tmp_path: Path, good: Path) -> None:
    path = tmp_path / case.name
    path.write_bytes(case.content())
    with pytest.raises(images.Refused) as caught:
        images.probe(path)
    assert caught.value.code in case.codes
    assert str(caught.value).endswith(".")
    assert images.probe(good).width == 60
    assert os.listdir(tmp_path) == [case.name]


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ((14_000, 9), {"said": (16, 9)}),
        ((16, 9), {"said": (15, 9)}),
        ((14_000, 9), {"said": (14_000, 9)}),
        ((16, 9), {"said": (16, 9), "at": (2, 0)}),
        ((16, 9), {"said": (16, 9), "at": (0, 8)}),
    ],
)
def test_a_frame_is_decoded_at_no_size_that_nobody_judged(size: tuple[int, int], told: dict[str, Any]) -> None:
    frames = memoryview(makers.webp_frame(*size, **told))

    with pytest.raises(images.Refused):
        list(webp.stills(frames))


def test_a_frame_within_its_canvas_is_decoded() -> None:
    frames = memoryview(makers.webp_frame(12, 8, said=(12, 8), at=(4, 8)))

    (still,) = webp.stills(frames)

    assert Image.open(io.BytesIO(still)).size == (12, 8)


@pytest.mark.parametrize("case", list(too_heavy()), ids=str)
def test_what_only_opens_as_a_whole_is_refused_by_its_header(case: Case, tmp_path: Path) -> None:
    path = tmp_path / case.name
    path.write_bytes(case.content())

    with pytest.raises(images.Refused) as caught:
        images.probe(path)

    assert (caught.value.code, "as a whole" in str(caught.value)) == ("too_heavy", True)


@pytest.mark.full
@pytest.mark.parametrize("case", list(large()), ids=str)
def test_a_file_as_large_as_may_be_takes_little_memory(case: Good, tmp_path: Path, good: Path) -> None:
    """In MiB above what a child holds that has decoded a small picture."""
    path = tmp_path / case.name
    path.write_bytes(case.content())
    images.CREW.close()
    images.probe(good)
    (child,) = images.CREW._idle
    before = resident(child.process.pid)

    found = images.probe(path)

    assert (found.format, found.width, found.height) == (case.format, *case.size)
    assert (found.frames, found.bits) == (case.frames, case.bits)
    assert resident(child.process.pid) - before <= 256


def resident(process: int) -> int:
    """The most MiB that a process has held."""
    return int(Path(f"/proc/{process}/status").read_text().split("VmHWM:")[1].split()[0]) // 1024


@pytest.mark.parametrize("case", TAKEN, ids=str)
def test_an_odd_file_is_taken_for_what_it_is(case: Good, tmp_path: Path) -> None:
    path = tmp_path / case.name
    path.write_bytes(case.content())
    found = images.probe(path)
    assert (found.format, found.width, found.height) == (case.format, *case.size)
    assert (found.frames, found.has_alpha, found.bits) == (case.frames, case.alpha, case.bits)


@pytest.mark.parametrize("case", TAKEN, ids=str)
def test_an_odd_file_becomes_ordinary_ones(case: Good, tmp_path: Path) -> None:
    path = tmp_path / case.name
    path.write_bytes(case.content())
    made = images.renditions(path, tmp_path, formats=("webp", "jpg", "avif"))
    assert sorted({(one.width, one.height) for one in made}) == images.plan(*case.size)
    (tmp_path / "cuts").mkdir()
    about = {"ratio": (1, 1), "focal": (0.5, 0.5), "widths": [200], "formats": ["webp"]}
    made += images.crops(path, tmp_path / "cuts", **about)
    for one in made:
        with Image.open(one.path) as image:
            image.load()
            assert image.size == (one.width, one.height)
            assert getattr(image, "n_frames", 1) == 1
        assert not [word for word in ACTIVE if word in one.path.read_bytes()]


@pytest.mark.parametrize("case", TAKEN, ids=str)
def test_the_clean_copy_of_an_odd_file_is_that_picture_and_nothing_else(case: Good, tmp_path: Path) -> None:
    path, clean, again = tmp_path / case.name, tmp_path / "clean", tmp_path / "again"
    path.write_bytes(case.content())
    images.clean_original(path, clean)
    assert images.probe(clean) == replace(images.probe(path), taken_at=None, said={})
    assert not [word for word in ACTIVE if word in clean.read_bytes()]
    images.clean_original(clean, again)
    assert again.read_bytes() == clean.read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_a_mutated_header_is_judged_and_never_trips_the_reader(name: str, tmp_path: Path) -> None:
    """Every answer to a file with changed bytes is a header or a refusal, by a reader that runs to the end."""
    dice, plain, path = random.Random(7), photo(60, 40, format=name), tmp_path / "mutated"
    answers = set()
    for _ in range(MUTATIONS):
        path.write_bytes(mutated(plain, dice))
        try:
            answers.add(files.scan(path, Limits(heic=True)).format)
            files.clean(path, tmp_path / "clean", orientation=6)
        except images.Refused as refused:
            answers.add(refused.code)
    assert answers <= {
        *FORMATS, "damaged", "truncated", "not_a_picture", "unsupported_type", "too_many_pixels", "too_many_frames",
        "side_too_long", "animation_too_large",
    }  # fmt: skip
    assert name in answers
    assert len(answers) > 1


@pytest.mark.parametrize("name", FORMATS)
def test_a_mutated_picture_never_ends_the_service(name: str, tmp_path: Path, good: Path) -> None:
    dice, plain, path = random.Random(11), photo(60, 40, format=name), tmp_path / "mutated"
    codes = []
    for _ in range(60):
        path.write_bytes(mutated(plain, dice))
        try:
            images.probe(path)
            images.renditions(path, tmp_path)
        except images.Refused as refused:
            codes.append(refused.code)
    assert codes
    assert "too_heavy" not in codes
    assert images.probe(good).width == 60


def mutated(content: bytes, dice: random.Random) -> bytes:
    """Change a few bytes, mostly in the head where lengths and names stand; sometimes cut or double a piece."""
    changed = bytearray(content)
    for _ in range(dice.randint(1, 4)):
        at = int(len(changed) * dice.random() ** 3)
        changed[at] = dice.choice((0, 1, 127, 128, 255, dice.randrange(256)))
    kind = dice.random()
    if kind < 0.2:
        del changed[dice.randrange(len(changed)) :]
    elif kind < 0.4:
        start = dice.randrange(len(changed))
        changed[start:start] = changed[start : start + dice.randrange(200)]
    elif kind < 0.6:
        at = int((len(changed) - 4) * dice.random() ** 3)
        changed[at : at + 4] = struct.pack(">I", dice.choice((0, 1, 2**31, 2**32 - 1, dice.randrange(2**20))))
    return bytes(changed)


INFLATING = {
    "pixels": lambda make: make.PNG + make.ihdr(10, 10) + make.inflating(b"IDAT", b"", 300_000_000) + make.END,
    "text": lambda make: make.png_with(photo(60, 40, format="png"), make.inflating(b"zTXt", b"a\0\0", 300_000_000)),
    "profile": lambda make: make.png_with(
        photo(60, 40, format="png"), make.inflating(b"iCCP", b"a\0\0", 300_000_000)
    ),
}


PROBING = """
import json, sys
from dataclasses import replace
from pathlib import Path
from webapp.infra import images
def peak():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1024
before, codes = peak(), {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        images.probe(path)
        codes[path.name] = None
    except images.Refused as refused:
        codes[path.name] = refused.code
loaded = [name for name in ("pyvips", "PIL") if name in sys.modules]
print(json.dumps({"grown": peak() - before, "codes": codes, "loaded": loaded}))
"""


@pytest.mark.full
def test_the_parent_does_not_grow_and_never_loads_a_decoder(tmp_path: Path) -> None:
    """Peak memory in MiB over the whole corpus, with three files that unpack to 300 MB each."""
    from tests.hostile import makers

    for case in (*REFUSED, *TAKEN):
        (tmp_path / case.name).write_bytes(case.content())
    for name, content in INFLATING.items():
        (tmp_path / f"inflating-{name}").write_bytes(content(makers))
    ran = subprocess.run(
        [sys.executable, "-c", PROBING, tmp_path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    report = json.loads(ran.stdout)
    assert report["grown"] <= 16
    assert report["loaded"] == []
    assert len(report["codes"]) == len(REFUSED) + len(TAKEN) + len(INFLATING)
    assert {name for name, code in report["codes"].items() if code is None} >= {case.name for case in TAKEN}
    assert "too_heavy" not in {report["codes"][f"inflating-{name}"] for name in INFLATING}
