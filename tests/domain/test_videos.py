"""Addresses of videos: all usual forms of two providers, and nothing else."""

from dataclasses import replace

import pytest

from webapp.domain import videos
from webapp.domain.errors import Invalid

ID = "NCtzkaL2t_Y"
KNOWN = [
    (f"https://www.youtube.com/watch?v={ID}", "youtube", ID, 0),
    (f"https://www.youtube.com/watch?v={ID}&ab_channel=TheBeatlesVEVO", "youtube", ID, 0),
    (f"https://www.youtube.com/watch?app=desktop&v={ID}&list=PL1&index=2", "youtube", ID, 0),
    (f"http://youtube.com/watch?v={ID}", "youtube", ID, 0),
    (f"https://m.youtube.com/watch?v={ID}&t=90", "youtube", ID, 90),
    (f"https://music.youtube.com/watch?v={ID}&feature=share", "youtube", ID, 0),
    (f"https://youtu.be/{ID}", "youtube", ID, 0),
    (f"https://youtu.be/{ID}?si=abc&t=1m30s", "youtube", ID, 90),
    (f"https://youtu.be/{ID}?t=1h2m3s", "youtube", ID, 3723),
    (f"https://www.youtube.com/embed/{ID}?start=15&rel=0", "youtube", ID, 15),
    (f"https://www.youtube-nocookie.com/embed/{ID}", "youtube", ID, 0),
    (f"https://www.youtube.com/shorts/{ID}", "youtube", ID, 0),
    (f"https://www.youtube.com/live/{ID}?feature=share", "youtube", ID, 0),
    (f"https://www.youtube.com/v/{ID}", "youtube", ID, 0),
    (f"https://www.youtube.com/watch?v={ID}#t=42", "youtube", ID, 42),
    (f"https://www.youtube.com/watch?v={ID}&t=junk", "youtube", ID, 0),
    (f"https://www.youtube.com/watch?v={ID}&t=999999", "youtube", ID, 86400),
    (f"www.youtube.com/watch?v={ID}", "youtube", ID, 0),
    (f"  https://youtu.be/{ID}\n", "youtube", ID, 0),
    (f"HTTPS://WWW.YOUTUBE.COM/watch?v={ID}", "youtube", ID, 0),
    ("https://vimeo.com/76979871", "vimeo", "76979871", 0),
    ("https://www.vimeo.com/76979871#t=1m2s", "vimeo", "76979871", 62),
    ("https://player.vimeo.com/video/76979871?h=8272103f6e", "vimeo", "76979871", 0),
    ("https://vimeo.com/channels/staffpicks/76979871", "vimeo", "76979871", 0),
    ("https://vimeo.com/groups/name/videos/76979871", "vimeo", "76979871", 0),
    ("https://vimeo.com/album/1234/video/76979871", "vimeo", "76979871", 0),
    ("https://vimeo.com/showcase/1234/video/76979871", "vimeo", "76979871", 0),
    ("vimeo.com/76979871", "vimeo", "76979871", 0),
]
UNKNOWN = [
    "",
    "hello",
    ID,
    "https://www.youtube.com/",
    "https://www.youtube.com/watch",
    "https://www.youtube.com/watch?v=short",
    f"https://www.youtube.com/watch?v={ID}x",
    "https://www.youtube.com/watch?v=<script>11",
    "https://www.youtube.com/playlist?list=PL123",
    "https://www.youtube.com/@someone",
    f"https://youtube.com.evil.example/watch?v={ID}",
    f"https://evil.example/https://www.youtube.com/watch?v={ID}",
    f"https://youtube.com@evil.example/watch?v={ID}",
    f"https://user@youtube.com/watch?v={ID}",
    f"https://notyoutube.com/watch?v={ID}",
    f"https://www.youtube.com:8080/watch?v={ID}",
    f"javascript://www.youtube.com/watch?v={ID}",
    f"ftp://www.youtube.com/watch?v={ID}",
    f"https://youtu.be/{ID}/../../x",
    f"https://www.youtube.com/embed/{ID}/x",
    f"https:\\\\youtu.be\\{ID}",
    f"https://youtu.be/{ID} x",
    f"https://www.yоutube.com/watch?v={ID}",
    "https://vimeo.com/",
    "https://vimeo.com/about",
    "https://vimeo.com/0000",
    "https://vimeo.com/76979871/<b>",
    "https://player.vimeo.com/76979871/config",
    "https://vimeo.com.evil.example/76979871",
    "https://[::1/76979871",
    "https://dailymotion.com/video/x8abc",
    "https://youtu.be/" + "x" * 3000,
]


@pytest.mark.parametrize(("url", "provider", "video_id", "start"), KNOWN)
def test_usual_addresses_are_known(url, provider, video_id, start):
    found = videos.recognise(url)

    assert (found.provider, found.id, found.start, found.url) == (provider, video_id, start, url.strip())
    assert videos.of(found.kept()) == found
    again = videos.recognise(found.page_url)
    assert (again.provider, again.id, again.start, again.hash) == (provider, video_id, start, found.hash)


@pytest.mark.parametrize("url", UNKNOWN)
def test_other_addresses_are_refused_with_what_is_known(url):
    with pytest.raises(Invalid) as refused:
        videos.recognise(url)

    assert refused.value.code == "video_unknown"
    assert "YouTube and Vimeo" in refused.value.message


@pytest.mark.parametrize(
    "url",
    ["https://vimeo.com/76979871/8272103f6e", "https://player.vimeo.com/video/76979871?h=8272103f6e"],
)
def test_a_video_that_is_not_listed_keeps_its_key(url):
    found = videos.recognise(url)

    assert found.hash == "8272103f6e"
    assert found.player_url == "https://player.vimeo.com/video/76979871?autoplay=1&dnt=1&h=8272103f6e"


def test_players_set_no_cookies_and_begin_where_they_should():
    youtube, vimeo = (
        videos.recognise(f"https://youtu.be/{ID}?t=65"),
        videos.recognise("https://vimeo.com/76979871#t=9"),
    )

    assert youtube.player_url == f"https://www.youtube-nocookie.com/embed/{ID}?autoplay=1&rel=0&start=65"
    assert vimeo.player_url == "https://player.vimeo.com/video/76979871?autoplay=1&dnt=1#t=9s"
    assert {youtube.player_url.split("/")[2], vimeo.player_url.split("/")[2]} == {
        origin.split("/")[2] for origin in videos.PLAYERS.values()
    }


@pytest.mark.parametrize(
    ("typed", "length", "shown"),
    [
        ("", 0, ""),
        (" 3:05 ", 185, "3:05"),
        ("0:45", 45, "0:45"),
        ("0:00", 0, ""),
        ("59:59", 3599, "59:59"),
        ("75:00", 4500, "1:15:00"),
        ("1:02:03", 3723, "1:02:03"),
        ("24:00:00", 86400, "24:00:00"),
    ],
)
def test_a_duration_is_read_as_it_is_written(typed, length, shown):
    assert videos.seconds(typed) == length
    assert videos.clock(length) == shown
    assert videos.seconds(videos.clock(length)) == length


@pytest.mark.parametrize(
    "typed",
    ["185", "3:5", "3:60", "1:60:00", "3.05", "-1:00", "24:00:01", "99:00:00", "\u0663:\u0660\u0665", "3:05:", "a"],
)
def test_what_is_no_duration_is_refused_with_an_example(typed):
    with pytest.raises(Invalid) as refused:
        videos.seconds(typed)

    assert (refused.value.field, refused.value.code) == ("duration", "duration")
    assert "3:05" in refused.value.message


def test_a_duration_is_kept_with_its_video_where_somebody_has_typed_one():
    found = replace(videos.recognise(f"https://youtu.be/{ID}"), duration=185)

    assert videos.of(found.kept()) == found
    assert "duration" not in videos.recognise(f"https://youtu.be/{ID}").kept()
