"""Macros drawn once for the same values, and words looked up once a request."""

import pytest
from flask import Flask, g
from flask_babel import force_locale

from tests.fixtures.app import on_sqlite
from webapp.web import remembering

pytestmark = on_sqlite

COUNTED = """
{%- macro drawn(name) -%}{{ count() }}:{{ name }}{%- endmacro -%}
{%- set once = drawn|remembered -%}
{%- set spoken = drawn|remembered(words=True) -%}
"""


@pytest.fixture
def count(app: Flask):
    """Count how often a macro is drawn."""
    drawn: list[int] = []

    def counted() -> str:
        drawn.append(1)
        return str(len(drawn))

    app.jinja_env.globals["count"] = counted
    return drawn


def test_a_macro_is_drawn_once_for_the_same_values(app: Flask, count: list[int]) -> None:
    with app.test_request_context("/"):
        written = app.jinja_env.from_string(COUNTED + "{{ once('a') }} {{ once('a') }} {{ once('b') }}").render()

    assert written == "1:a 1:a 2:b"


def test_what_is_drawn_stays_markup_and_its_values_escaped(app: Flask, count: list[int]) -> None:
    with app.test_request_context("/"):
        written = app.jinja_env.from_string(COUNTED + "{{ once('<b>') }}{{ once('<b>') }}").render()

    assert written == "1:&lt;b&gt;1:&lt;b&gt;"


def test_a_macro_that_says_words_is_drawn_in_each_language(app: Flask, count: list[int]) -> None:
    template = app.jinja_env.from_string(COUNTED + "{{ spoken('a') }}")
    with app.test_request_context("/"):
        shown = app.jinja_env.from_string(COUNTED).module.spoken
        assert str(shown("a")) == "1:a"
    with app.test_request_context("/"), force_locale("fr"):
        assert str(shown("a")) == "2:a"
    with app.test_request_context("/"):
        assert str(shown("a")) == "1:a"
        assert template.render() == "3:a"  # a macro of its own remembers for itself


def test_nothing_is_remembered_where_nothing_is_to_be_kept(app: Flask, count: list[int]) -> None:
    remembering.init(app, keep=0)
    with app.test_request_context("/"):
        written = app.jinja_env.from_string(COUNTED + "{{ once('a') }} {{ once('a') }}").render()

    assert written == "1:a 2:a"


@pytest.mark.parametrize(
    ("template", "written"),
    [
        ("{{ _('Save') }}", "Save"),
        ("{{ _('Edit %(title)s', title='<b>') }}", "Edit &lt;b&gt;"),
        ("{{ _('100 %%') }}", "100 %"),
        ("{{ ngettext('%(num)s item', '%(num)s items', 1) }}", "1 item"),
        ("{{ ngettext('%(num)s item', '%(num)s items', 3) }}", "3 items"),
        ("{{ ngettext('%(what)s', '%(num)s %(what)s', 2, what='<i>') }}", "2 &lt;i&gt;"),
    ],
)
def test_words_are_said_with_their_values_escaped(app: Flask, template: str, written: str) -> None:
    with app.test_request_context("/"):
        assert app.jinja_env.from_string(template).render() == written


def test_the_language_is_asked_for_once_a_request(app: Flask) -> None:
    with app.test_request_context("/"):
        app.jinja_env.from_string("{{ _('Save') }}").render()
        found = g.translations
        app.jinja_env.from_string("{{ _('Cancel') }}").render()
        assert g.translations is found
