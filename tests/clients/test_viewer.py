"""The viewer of Wix Pro Gallery, unmodified, draws a gallery that Vitrine has converted, with all its items."""

import re
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from tests import factories
from tests.fixtures.house import House, open_house
from tests.fixtures.node import Program
from webapp.domain import item_kinds, items
from webapp.domain.transaction import transaction

WRAPPER = re.compile(r'<div data-id="([^"]+)" class="item-link-wrapper"')


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("viewer"), Ed="admin") as made:
        yield made


@pytest.fixture(scope="module")
def summer(house: House) -> UUID:
    """Two pictures, a video with a picture of its own, and a text."""
    wall = house.gallery(2, status="published")
    with house.app.app_context(), transaction():
        ed = house.actor("Ed")
        first, second = (items.get(wall.id, UUID(each)) for each in wall.ids)
        factories.write(first, "en", ed, title="The quay", alt="A quay at dusk")
        items.change(second, {"link_url": "https://example.org/", "link_text": "More"}, actor=ed)
        poster = house.media[0]
        item_kinds.add_video(wall.id, "https://youtu.be/NCtzkaL2t_Y", title="The concert", poster_id=poster, actor=ed)
        item_kinds.add_text(wall.id, html="<p>Bring a lantern</p>", style={"width": 600, "height": 400}, actor=ed)
    return wall.id


@pytest.fixture(scope="module")
def drawn(house: House, summer: UUID, start_program: Callable[..., Program]) -> str:
    """The markup that the viewer makes of the gallery."""
    viewer = start_program("viewer", VITRINE_URL=house.url, API_KEY=house.client.key)
    return str(viewer("draw", str(summer)))


def test_viewer_draws_every_item_in_its_order(house: House, summer: UUID, drawn: str) -> None:
    with house.app.app_context():
        order = [str(each) for each in factories.order(summer)]

    assert WRAPPER.findall(drawn) == order
    assert len(order) == 4


def test_viewer_draws_what_each_item_is(house: House, drawn: str) -> None:
    assert 'alt="A quay at dusk"' in drawn
    assert drawn.count(f'src="{house.url}/uploads/media/') >= 3
    assert 'data-hook="image-item"' in drawn
    assert "<p>Bring a lantern</p>" in drawn
    assert re.search(r'class="[^"]*gallery-item-video', drawn)
