"""What must come through a translation unharmed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.codes import Difference, differences

WORDS = st.text(alphabet="abc 京éب.,!?", max_size=20)
CODES = st.sampled_from(["{name}", "{0}", "%(count)s", "%s", "%1$d", "${user}", "{{ title }}", "https://a.example/x"])


def found(source, target, **options):
    return [(each.kind, each.code, each.more) for each in differences(source, target, **options)]


@pytest.mark.parametrize(
    ("source", "target", "wrong"),
    [
        ("Hello {name}", "Bonjour {name}", []),
        ("Hello {name}", "Bonjour", [("placeholder", "{name}", -1)]),
        ("Hello {name}", "Bonjour {nom}", [("placeholder", "{name}", -1), ("placeholder", "{nom}", 1)]),
        ("{{ title }}", "{{title}}", []),
        ("%(n)s of %s", "%s sur %(n)s", []),
        ("%1$d of %2$s", "%2$s: %1$d", []),
        ("${user} {0} {}", "{} {0} ${user}", []),
        ("{0}", "{0} {0}", [("placeholder", "{0}", 1)]),
        ("100% sure", "sûr à 100%", []),
        ("50% des", "50%des", []),
        ("See https://a.example/b.", "Voir https://a.example/b", []),
        ("See https://a.example/b", "Voir", [("link", "https://a.example/b", -1)]),
        (
            "mailto:a@b.example",
            "mailto:a@c.example",
            [("link", "mailto:a@b.example", -1), ("link", "mailto:a@c.example", 1)],
        ),
        ("3 of 12", "12 sur 3", []),
        ("3 of 12", "٣ من ١٢", []),
        ("In 1998", "En 1989", [("number", "1998", -1), ("number", "1989", 1)]),
        ("", "", []),
    ],
)
def test_codes_of_plain_texts_are_compared(source, target, wrong):
    assert found(source, target) == wrong


@pytest.mark.parametrize(
    ("source", "target", "wrong"),
    [
        ("<p>One <b>two</b></p>", "<p><b>Deux</b> un</p>", []),
        ("<p>One <b>two</b></p>", "<p>Un deux</p>", [("tag", "<b>", -1)]),
        ("<p>One</p>", "<p>Un</p><script>x</script>", [("tag", "<script>", 1)]),
        ("<p>One</p>", "<p>Un", [("tag", "</>", 1)]),
        ("<p><b>One</b></p>", "<p><b>Un</p></b>", [("tag", "</>", 1)]),
        ("<p>One", "<p>Un", []),
        ('<a href="/x">one</a>', '<a href="/x">un</a>', []),
        ('<a href="/x">one</a>', '<a href="/y">un</a>', [("link", "/x", -1), ("link", "/y", 1)]),
        ("<p>One<br>two</p>", "<p>Un<br/>deux</p>", []),
        ("<p>{name} &amp; 3</p>", "<p>3 &amp; {name}</p>", []),
        ("<p>{name}</p>", "<p>name</p>", [("placeholder", "{name}", -1)]),
    ],
)
def test_codes_of_html_are_compared_element_by_element(source, target, wrong):
    assert found(source, target, html=True) == wrong


def test_elements_are_words_where_a_text_is_no_html():
    assert differences("a <b> c", "a c") == []


@given(st.lists(CODES, max_size=6), st.randoms(use_true_random=False), WORDS)
def test_codes_may_stand_in_any_order(some, random, words):
    moved = list(some)
    random.shuffle(moved)

    assert differences(" ".join(some), f" {words.replace('{', '')} ".join(moved)) == []


@given(st.lists(CODES, min_size=1, max_size=6), st.data())
def test_a_code_that_is_left_out_is_found(some, data):
    gone = data.draw(st.integers(0, len(some) - 1))
    wrong = differences(" ".join(some), " ".join(some[:gone] + some[gone + 1 :]))

    assert [each.more for each in wrong] == [-1]
    assert isinstance(wrong[0], Difference)


@given(st.text(max_size=200), st.booleans())
def test_a_text_never_differs_from_itself(text, html):
    assert differences(text, text, html=html) == []


def test_a_long_text_of_broken_codes_takes_no_long_time():
    for piece in ("{a", "%(a", "<a", '<a "', "<!--", "https://", "{{ a"):
        assert differences(piece * 10_000, piece * 10_000, html=True) == []
