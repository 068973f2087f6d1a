"""The most that is let in, as an installation has it set."""

import io
from pathlib import Path

import pytest

from tests import pictures
from tests.hostile import makers
from webapp.config import Settings
from webapp.domain import media
from webapp.domain.errors import Invalid
from webapp.domain.fetching import Outfit
from webapp.infra.most import Most
from webapp.infra.outbound import Way
from webapp.infra.storage import LocalStorage
from webapp.stores import open_store

MIB = 1024**2


@pytest.fixture
def store(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "media")


def taken(store: LocalStorage, content: bytes) -> media.Intake:
    return media.take_in(io.BytesIO(content), "photo.jpg", storage=store)


@pytest.mark.parametrize(
    ("most", "content", "code"),
    [
        (Most(image_bytes=MIB), pictures.photo(60, 40) + bytes(MIB), "too_large"),
        (Most(pixels=60 * 40 - 1), pictures.photo(60, 40), "too_many_pixels"),
        (Most(frames=3), makers.gif(4, 4, [makers.gif_frame()] * 4), "too_many_frames"),
        (Most(animation_pixels=63), makers.gif(4, 4, [makers.gif_frame()] * 4), "animation_too_large"),
    ],
    ids=["bytes", "pixels", "frames", "animation"],
)
def test_what_is_above_a_stores_own_limit_is_refused(
    store: LocalStorage, most: Most, content: bytes, code: str
) -> None:
    assert taken(store, content).kind == "image"

    store.most = most
    with pytest.raises(Invalid) as refused:
        taken(store, content)

    assert refused.value.code == code


def test_a_limit_can_be_raised(store: LocalStorage) -> None:
    film = makers.gif(1, 1, [makers.gif_frame()] * 501)
    with pytest.raises(Invalid):
        taken(store, film)

    store.most = Most(frames=501)

    assert taken(store, film).probe.frames == 501


def test_the_limit_in_bytes_is_the_one_that_is_said(store: LocalStorage) -> None:
    store.most = Most(image_bytes=MIB)
    with pytest.raises(Invalid) as refused:
        taken(store, pictures.photo(60, 40) + bytes(MIB))
    assert str(refused.value) == "File size exceeds 1MB limit"


def test_a_store_is_opened_with_the_limits_of_the_settings(tmp_path: Path) -> None:
    words = {"IMAGE_MB": 3, "VIDEO_MB": 4, "MEGAPIXELS": 5, "FRAMES": 6, "ANIMATION_MEGAPIXELS": 7}
    environ = {f"VITRINE_MAX_{name}": str(number) for name, number in words.items()}

    store = open_store(Settings.from_environ({"VITRINE_HOME": str(tmp_path)} | environ))

    assert store.most == Most(
        image_bytes=3 * MIB, video_bytes=4 * MIB, pixels=5_000_000, frames=6, animation_pixels=7_000_000
    )
    assert store.most.bytes == 4 * MIB
    outfit = Outfit(store, Way())
    assert (outfit.line("image").most, outfit.line("video").most) == (3 * MIB, 4 * MIB)
