"""Languages: what codes mean, one default, fallbacks without circles, nothing thrown away."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.races import race
from webapp.domain import languages
from webapp.domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from webapp.domain.models import AuditEntry, GalleryText, Language
from webapp.domain.tongues import look_up
from webapp.domain.transaction import transaction
from webapp.infra.db import db


def add(actor, *codes):
    with transaction():
        return [languages.add(code, actor=actor) for code in codes]


def update(actor, language, version=None, **fields):
    with transaction():
        return languages.update(language.id, fields, version=version, actor=actor)


class TestCodes:
    @pytest.mark.parametrize(
        ("written", "code", "name", "native", "direction"),
        [
            ("fr", "fr", "French", "Français", "ltr"),
            (" FR ", "fr", "French", "Français", "ltr"),
            ("pt_br", "pt-BR", "Portuguese (Brazil)", "Português (Brasil)", "ltr"),
            ("zh-hans", "zh-Hans", "Chinese (Simplified)", "中文 (简体)", "ltr"),
            ("ZH-HANT-tw", "zh-Hant-TW", "Chinese (Traditional, Taiwan)", "中文 (繁體, 台灣)", "ltr"),
            ("ar", "ar", "Arabic", "العربية", "rtl"),
            ("iw", "he", "Hebrew", "עברית", "rtl"),
            ("ckb", "ckb", "Central Kurdish", "کوردیی ناوەندی", "rtl"),
            ("pa-Arab", "pa-Arab", "Punjabi (Arabic)", "پنجابی (عربی)", "rtl"),
            ("az-IR", "az-IR", "Azerbaijani (Iran)", "Azərbaycan (İran)", "rtl"),
            ("dv", "dv", "Divehi", "ދިވެހިބަސް", "rtl"),
            ("tlh", "tlh", "Klingon", "Klingon", "ltr"),
            ("de-CH-1996", "de-CH-1996", "German (Switzerland, 1996)", "Deutsch (Schweiz, 1996)", "ltr"),
            ("es-419", "es-419", "Spanish (Latin America)", "Español (Latinoamérica)", "ltr"),
            ("ja", "ja", "Japanese", "日本語", "ltr"),
        ],
    )
    def test_look_up_spells_names_and_turns(self, written, code, name, native, direction):
        found = look_up(written)
        assert (found.code, found.name, found.native_name, found.direction) == (code, name, native, direction)

    @pytest.mark.parametrize(
        "written", ["", "e", "english", "en--us", "en-", "-en", "en us", "en-x-me", "f\x00r", "ｆｒ", "a" * 99]
    )
    def test_look_up_says_how_a_code_looks(self, written):
        with pytest.raises(Invalid, match="such as fr, pt-BR or zh-Hans") as refused:
            look_up(written)
        assert (refused.value.field, refused.value.code) == ("code", "language_code")

    @pytest.mark.parametrize("written", ["xx", "qqq", "und", "mul", "zxx", "fr-Xxxx", "fr-ZZ", "fr-Zzzz", "en-QQ"])
    def test_look_up_knows_what_is_no_language(self, written):
        with pytest.raises(Invalid, match="No language is known") as refused:
            look_up(written)
        assert refused.value.code == "language_unknown"


class TestAdd:
    def test_a_new_site_speaks_english(self, inside):
        [english] = languages.all_languages()
        assert (english.code, english.is_default, english.is_active, english.direction) == ("en", True, True, "ltr")
        assert languages.default() is english

    def test_add_needs_a_code_alone(self, inside, cast):
        [made] = add(cast.ada, "ar")
        assert (made.code, made.native_name, made.direction, made.is_active) == ("ar", "العربية", "rtl", True)
        assert db.session.scalars(select(AuditEntry.verb).where(AuditEntry.thing == "language")).all()[-1] == "add"

    def test_add_takes_what_is_said_instead(self, inside, cast):
        with transaction():
            made = languages.add("ja", name="Nihongo", native_name="にほんご", direction="rtl", actor=cast.ada)
        assert (made.name, made.native_name, made.direction) == ("Nihongo", "にほんご", "rtl")

    @pytest.mark.parametrize(
        ("field", "wrong"),
        [
            ("name", {"name": "x" * 101}),
            ("native_name", {"native_name": "a\x00"}),
            ("direction", {"direction": "up"}),
        ],
    )
    def test_add_refuses_what_it_cannot_keep(self, inside, cast, field, wrong):
        with pytest.raises(Invalid) as refused, transaction():
            languages.add("ja", **wrong, actor=cast.ada)
        assert refused.value.field == field

    @pytest.mark.parametrize("again", ["fr", "FR", "fr "])
    def test_add_refuses_a_language_that_is_there(self, inside, cast, again):
        with pytest.raises(Conflict, match="there already"):
            add(cast.ada, again)

    def test_of_two_at_once_one_is_added(self, app, cast):
        def deed():
            with transaction():
                languages.add("sv", actor=cast.ada)

        ended = race(app, deed, deed)
        assert sorted(type(each).__name__ for each in ended) == ["Conflict", "NoneType"]

    @pytest.mark.parametrize("who", ["ed", "tessa", "vi"])
    def test_only_an_admin_adds_changes_and_removes(self, inside, cast, who):
        actor, french = getattr(cast, who), languages.find_by_code("fr")
        with pytest.raises(Forbidden):
            add(actor, "sv")
        with pytest.raises(Forbidden):
            update(actor, french, name="F")
        with pytest.raises(Forbidden), transaction():
            languages.remove(french.id, actor=actor)

    def test_find_by_code_takes_any_spelling_and_nonsense(self, inside, cast):
        assert languages.find_by_code("FR").code == "fr"
        assert languages.find_by_code("sv") is None
        assert languages.find_by_code("not a code") is None


class TestUpdate:
    def test_update_leaves_what_is_absent_alone(self, inside, cast):
        french = update(cast.ada, languages.find_by_code("fr"), version=1, name=" Gallic ")
        assert (french.name, french.native_name, french.version) == ("Gallic", "Français", 2)
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "update")).one()
        assert entry.changes == {"name": ["French", "Gallic"]}

    def test_update_to_what_it_is_changes_nothing(self, inside, cast):
        french = update(cast.ada, languages.find_by_code("fr"), name="French", is_active=True)
        assert (french.version, french.updated_at) == (1, None)

    def test_update_refuses_a_stale_token(self, inside, cast):
        french = languages.find_by_code("fr")
        update(cast.ada, french, version=1, name="One")
        with pytest.raises(Stale):
            update(cast.ada, french, version=1, name="Two")

    def test_what_is_not_there_is_not_found(self, inside, cast):
        with pytest.raises(NotFound):
            languages.get(uuid4())
        with pytest.raises(NotFound), transaction():
            languages.update(uuid4(), {"name": "x"}, actor=cast.ada)

    def test_there_is_always_one_default(self, inside, cast):
        french = update(cast.ada, languages.find_by_code("fr"), is_default=True)
        assert languages.default() is french
        assert db.session.scalar(select(func.count()).where(Language.is_default)) == 1
        with pytest.raises(Conflict, match="another language the default"):
            update(cast.ada, french, is_default=False)

    def test_an_inactive_language_cannot_be_the_default(self, inside, cast):
        french = update(cast.ada, languages.find_by_code("fr"), is_active=False)
        with pytest.raises(Conflict, match="Activate"):
            update(cast.ada, french, is_default=True)
        assert update(cast.ada, french, is_active=True, is_default=True).is_default

    def test_two_defaults_at_once_leave_one(self, app, cast):
        with app.app_context():
            ids = [language.id for language in add(cast.ada, "de", "ja")]

        def make_default(language_id):
            def deed():
                with transaction():
                    languages.update(language_id, {"is_default": True}, actor=cast.ada)

            return deed

        assert race(app, *[make_default(each) for each in ids]) == [None, None]
        with app.app_context():
            assert languages.default().id in ids


class TestRemove:
    def test_remove_hides_a_language_and_keeps_its_texts(self, inside, cast):
        french = languages.find_by_code("fr")
        with transaction():
            gallery = factories.gallery(cast.ada, "Harbour")
            factories.write(gallery, "fr", cast.ada, title="Le port")
        with transaction():
            languages.remove(french.id, version=1, actor=cast.ada)
        assert [language.code for language in languages.all_languages(active_only=True)] == ["en"]
        assert [language.code for language in languages.all_languages()] == ["en", "fr"]
        assert (
            db.session.scalars(select(GalleryText.title).where(GalleryText.language_id == french.id)).one()
            == "Le port"
        )
        assert update(cast.ada, french, is_active=True).is_active

    def test_the_default_cannot_be_removed_or_deactivated(self, inside, cast):
        with pytest.raises(Conflict, match="default language"), transaction():
            languages.remove(languages.default().id, actor=cast.ada)
        with pytest.raises(Conflict, match="default language"):
            update(cast.ada, languages.default(), is_active=False)


def codes(language, **asked):
    return [each.code for each in languages.fallback_chain(language, **asked)]


class TestFallback:
    def test_the_chain_goes_by_the_fallbacks_to_the_default(self, inside, cast):
        swiss, german = add(cast.ada, "de-CH", "de")
        update(cast.ada, swiss, fallback_id=german.id)
        assert [each.code for each in languages.fallback_chain(swiss)] == ["de-CH", "de", "en"]
        assert [each.code for each in languages.fallback_chain(languages.default())] == ["en"]

    def test_the_chain_passes_over_what_is_inactive(self, inside, cast):
        swiss, german = add(cast.ada, "de-CH", "de")
        update(cast.ada, swiss, fallback_id=german.id)
        update(cast.ada, german, is_active=False)
        assert [each.code for each in languages.fallback_chain(swiss)] == ["de-CH", "en"]

    def test_d20_the_chain_of_a_gallery_ends_in_its_source(self, inside, cast):
        swiss, german, dutch = add(cast.ada, "de-CH", "de", "nl")
        update(cast.ada, swiss, fallback_id=german.id)
        assert codes(swiss, source=dutch) == ["de-CH", "de", "en", "nl"]
        assert codes(swiss, source=languages.default()) == ["de-CH", "de", "en"]
        assert codes(swiss, source=german) == ["de-CH", "de", "en"]
        assert codes(dutch, source=dutch) == ["nl", "en"]

    def test_d20_the_chain_keeps_a_source_that_is_inactive(self, inside, cast):
        german, dutch = add(cast.ada, "de", "nl")
        update(cast.ada, dutch, is_active=False)
        assert codes(german, source=dutch) == ["de", "en", "nl"]
        update(cast.ada, german, fallback_id=dutch.id)
        assert (codes(german), codes(german, source=dutch)) == (["de", "en"], ["de", "nl", "en"])

    def test_the_chain_keeps_the_order_of_the_fallbacks_beyond_the_default(self, inside, cast):
        german, dutch = add(cast.ada, "de", "nl")
        update(cast.ada, german, fallback_id=languages.default().id)
        update(cast.ada, languages.default(), fallback_id=dutch.id)
        assert codes(german) == ["de", "en", "nl"]

    def test_a_circle_is_refused(self, inside, cast):
        first, second, third = add(cast.ada, "de", "nl", "sv")
        update(cast.ada, first, fallback_id=second.id)
        update(cast.ada, second, fallback_id=third.id)
        for wrong in (first, second, third):
            with pytest.raises(Invalid) as refused:
                update(cast.ada, third, fallback_id=wrong.id)
            assert (refused.value.field, refused.value.code) == ("fallback_id", "fallback_cycle")

    def test_a_fallback_is_a_language_of_the_site(self, inside, cast):
        with pytest.raises(Invalid):
            update(cast.ada, languages.find_by_code("fr"), fallback_id=uuid4())

    def test_two_halves_of_a_circle_at_once_make_none(self, app, cast):
        with app.app_context():
            one, other = [language.id for language in add(cast.ada, "de", "nl")]

        def fall_back(this, that):
            def deed():
                with transaction():
                    languages.update(this, {"fallback_id": that}, actor=cast.ada)

            return deed

        ended = race(app, fall_back(one, other), fall_back(other, one))
        assert sorted(type(each).__name__ for each in ended) == ["Invalid", "NoneType"]
