"""Texts as trees that a page of any policy can build."""

from webapp.web.embed import trees


def test_trees_close_what_they_open() -> None:
    assert trees.grow("<ul><li>one<hr></li><li>two</li></ul>after") == [
        ["ul", {}, ["li", {}, "one", ["hr", {}]], ["li", {}, "two"]],
        "after",
    ]


def test_trees_keep_words_as_words() -> None:
    assert trees.grow('<p class="s1" lang="fr">&lt;script&gt; &amp;</p>') == [
        ["p", {"class": "s1", "lang": "fr"}, "<script> &"]
    ]
