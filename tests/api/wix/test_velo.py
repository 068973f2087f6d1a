"""The two other formats of items: `$w.Gallery`'s, which loses what it has no place for, and the viewer's."""

from typing import Any

import pytest

from webapp.api.wix import velo

ID = "55b7a5d2-0000-4000-8000-00000000000{}"
IMAGE = {
    "id": ID.format(1),
    "sortOrder": 1644317968.985,
    "title": "The quay",
    "description": "By night",
    "link": {"url": "https://example.org/quay"},
    "type": "IMAGE",
    "image": {
        "type": "WIX_MEDIA",
        "imageInfo": {
            "id": "quay.jpg",
            "url": "https://here/uploads/media/quay.jpg",
            "height": 600,
            "width": 800,
            "altText": "A quay",
            "filename": "IMG_1.jpg",
        },
        "focalPoint": {"x": 0.25, "y": 0.75},
        "exif": {"iso": 400},
        "quality": 80,
        "unsharpMasking": {"amount": 1.5, "radius": 2, "threshold": 0.5},
    },
    "secondaryMedia": {"text": {"html": "<p>beside</p>"}},
    "createdDate": "2026-01-02T03:04:05.000Z",
    "updatedDate": "2026-01-03T03:04:05.000Z",
    "tags": {"values": ["lake", "night"]},
}
YOUTUBE = {
    "id": ID.format(2),
    "sortOrder": 3,
    "title": "The concert",
    "type": "VIDEO",
    "video": {
        "type": "YOUTUBE",
        "videoInfo": {
            "id": "",
            "url": "https://youtu.be/NCtzkaL2t_Y",
            "resolutions": [{"url": "https://youtu.be/NCtzkaL2t_Y", "height": 0, "width": 0, "format": "Youtube"}],
            "posters": [
                {"id": "a.jpg", "url": "https://here/a.jpg", "height": 360, "width": 480},
                {"id": "b.jpg", "url": "https://here/b.jpg", "height": 720, "width": 1280},
            ],
        },
        "durationInMillis": 20000,
        "duration": "20000",
    },
    "createdDate": "2026-01-02T03:04:05.000Z",
    "updatedDate": "2026-01-02T03:04:05.000Z",
}
HOSTED = {
    "id": ID.format(3),
    "sortOrder": 2,
    "type": "VIDEO",
    "video": {
        "type": "WIX_MEDIA",
        "videoInfo": {
            "id": "11062b_video",
            "resolutions": [
                {"url": "https://here/480.mp4", "height": 480, "width": 854, "format": "mp4", "quality": "480p"},
                {"url": "https://here/1080.mp4", "height": 1080, "width": 1920, "format": "MP4", "quality": "1080p"},
            ],
            "posters": [],
            "filename": "walk.mp4",
        },
    },
    "createdDate": "2026-01-02T03:04:05.000Z",
    "updatedDate": "2026-01-02T03:04:05.000Z",
}
TEXT = {
    "id": ID.format(4),
    "sortOrder": 1,
    "title": "Words",
    "type": "TEXT",
    "text": {"html": "<p>woohoo</p>", "css": {"backgroundColor": "#fdf0dc", "width": 300, "height": 200}},
    "createdDate": "2026-01-02T03:04:05.000Z",
    "updatedDate": "2026-01-02T03:04:05.000Z",
}
ITEMS = (IMAGE, YOUTUBE, HOSTED, TEXT)


def like(item: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {name: value for name, value in (item | changes).items() if value is not None}


def leaves(value: Any) -> list[str]:
    """List everything that is said within."""
    if isinstance(value, dict):
        return [each for inner in value.values() for each in leaves(inner)]
    if isinstance(value, list):
        return [each for inner in value for each in leaves(inner)]
    return [repr(value)]


def note_on(item: dict[str, Any]) -> velo.Note | None:
    notes = velo.convert([item]).notes
    return notes[0] if notes else None


def test_velo_images_have_exactly_the_keys_of_the_element() -> None:
    assert velo.convert([IMAGE]).items == (
        {
            "type": "image",
            "slug": IMAGE["id"],
            "src": "https://here/uploads/media/quay.jpg",
            "title": "The quay",
            "description": "By night",
            "link": "https://example.org/quay",
        },
    )


def test_velo_videos_have_their_page_and_the_first_poster() -> None:
    assert velo.convert([YOUTUBE]).items == (
        {
            "type": "video",
            "slug": YOUTUBE["id"],
            "src": "https://youtu.be/NCtzkaL2t_Y",
            "title": "The concert",
            "thumbnail": "https://here/a.jpg",
        },
    )


def test_velo_videos_of_files_have_the_largest() -> None:
    assert velo.convert([HOSTED]).items == ({"type": "video", "slug": HOSTED["id"], "src": "https://here/1080.mp4"},)


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (TEXT, "TEXT_ITEM"),
        (like(IMAGE, link={"text": "More", "url": "https://example.org"}), "LINK_TEXT"),
        (like(IMAGE, link={"text": "More"}), "LINK_TEXT"),
        (like(IMAGE, image={"imageInfo": {"id": "x.jpg", "url": "", "height": 0, "width": 0}}), "NO_ADDRESS"),
        (like(IMAGE, image={"type": "WIX_MEDIA"}), "NO_ADDRESS"),
        (like(HOSTED, video={"videoInfo": {"id": "x", "resolutions": [{"url": ""}]}}), "NO_ADDRESS"),
    ],
    ids=["text", "link-with-text", "link-of-text-alone", "image-not-there", "no-image", "video-not-there"],
)
def test_velo_leaves_out_what_cannot_be_converted_and_says_why(item: dict[str, Any], reason: str) -> None:
    converted = velo.convert([item])

    assert converted.items == ()
    assert [(note.item_id, note.reason, note.lost) for note in converted.notes] == [(item["id"], reason, ())]
    assert velo.REASONS[reason].endswith(".")


def test_velo_takes_a_link_whose_text_is_empty() -> None:
    found = velo.convert([like(IMAGE, link={"text": "", "url": "https://example.org"})])

    assert found.items[0]["link"] == "https://example.org"


@pytest.mark.parametrize(("letters", "cut"), [(99, False), (100, False), (101, True)])
def test_velo_cuts_descriptions_where_the_element_does_and_says_so(letters: int, cut: bool) -> None:
    found = velo.convert([like(HOSTED, description="é" * letters)])

    assert found.items[0]["description"] == "é" * min(letters, 100)
    assert [note.lost for note in found.notes] == ([("description",)] if cut else [])


def test_velo_says_which_fields_have_no_place() -> None:
    note = note_on(IMAGE)

    assert note is not None
    assert (note.reason, note.lost) == (
        None,
        (
            "tags",
            "secondaryMedia",
            "image.imageInfo.altText",
            "image.focalPoint",
            "image.exif",
            "image.unsharpMasking",
        ),
    )
    assert note_on(HOSTED) is None


def test_velo_keeps_the_order_of_what_it_converts() -> None:
    found = velo.convert(ITEMS)

    assert [each["slug"] for each in found.items] == [IMAGE["id"], YOUTUBE["id"], HOSTED["id"]]
    assert [note.item_id for note in found.notes] == [IMAGE["id"], TEXT["id"]]


def test_viewer_items_lose_nothing() -> None:
    for item, made in zip(ITEMS, velo.viewer_items(ITEMS), strict=True):
        said = leaves(made)
        assert [each for each in leaves(item) if each not in said] == []


def test_viewer_image_has_a_size_a_point_and_where_it_leads() -> None:
    made = velo.viewer_items([IMAGE], first=7)[0]
    about = made["metaData"]

    assert (made["itemId"], made["mediaUrl"], made["orderIndex"]) == (
        IMAGE["id"],
        "https://here/uploads/media/quay.jpg",
        7,
    )
    assert (about["type"], about["width"], about["height"], about["alt"]) == ("image", 800, 600, "A quay")
    assert about["focalPoint"] == [0.25, 0.75]
    assert about["link"] == {"type": "web", "target": "_blank", "url": "https://example.org/quay"}
    assert about["fileName"] == "IMG_1.jpg"
    assert made["secondaryMedia"] == IMAGE["secondaryMedia"]


def test_viewer_video_ends_with_the_poster_that_is_shown() -> None:
    about = velo.viewer_items([YOUTUBE])[0]["metaData"]

    assert [each["url"] for each in about["posters"]] == ["https://here/b.jpg", "https://here/a.jpg"]
    assert (about["width"], about["height"]) == (480, 360)
    assert (about["isExternal"], about["videoUrl"]) == (True, "https://youtu.be/NCtzkaL2t_Y")
    assert about["qualities"] == []
    assert about["link"] == {"type": "none"}


def test_viewer_video_of_files_has_them_largest_first() -> None:
    about = velo.viewer_items([HOSTED])[0]["metaData"]

    assert about["qualities"] == [
        {"width": 1920, "height": 1080, "formats": ["mp4"], "url": "https://here/1080.mp4"},
        {"width": 854, "height": 480, "formats": ["mp4"], "url": "https://here/480.mp4"},
    ]
    assert (about["width"], about["height"], about["isExternal"]) == (1920, 1080, False)


def test_viewer_text_has_its_box() -> None:
    made = velo.viewer_items([TEXT])[0]

    assert (made["mediaUrl"], made["metaData"]["html"]) == ("", "<p>woohoo</p>")
    assert (made["metaData"]["width"], made["metaData"]["height"]) == (300, 200)
    assert made["metaData"]["textStyle"]["backgroundColor"] == "#fdf0dc"


def test_viewer_items_have_a_size_even_where_nothing_is_known() -> None:
    bare = like(HOSTED, video={"type": "WIX_MEDIA", "videoInfo": {"id": "x"}})
    lost = like(IMAGE, image={"type": "WIX_MEDIA"})
    words = like(TEXT, text={"html": ""})

    sizes = [
        (each["metaData"]["width"], each["metaData"]["height"]) for each in velo.viewer_items([bare, lost, words])
    ]

    assert sizes == [(1280, 720), (420, 420), (420, 420)]
