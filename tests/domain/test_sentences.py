"""Sentences that are kept with what fills them, so that they can be said in another language later."""

from webapp.domain import sentences
from webapp.domain.sentences import Sentence, counted
from webapp.infra.outside import Outside, Unreachable


def test_what_went_wrong_outside_is_kept_with_what_fills_it():
    said = sentences.of(Unreachable("slow", "%(host)s took longer than %(n)s seconds.", host="a.example", n="10"))
    again = sentences.unpacked(sentences.packed(said, 500))

    assert said == again == "a.example took longer than 10 seconds."
    assert (again.pattern, again.values) == (said.pattern, {"host": "a.example", "n": "10"})


def test_an_error_says_its_numbers_as_english_does():
    assert str(Outside("too_much", "%(host)s sends %(n)s bytes.", host="a", n=5000)) == "a sends 5,000 bytes."


def test_a_sentence_that_is_too_long_to_be_kept_whole_is_kept_as_it_reads():
    said = Sentence("%(name)s is too long.", name="x" * 80)

    assert sentences.packed(said, 60) == "x" * 60
    assert sentences.packed(counted("one", "%(num)s files", 2), 60) == "2 files"
    assert sentences.packed("No room is left on the disk.", 60) == "No room is left on the disk."


def test_what_was_cut_off_says_how_often():
    assert sentences.cut_off(5) == "The work on this file was cut off 5 times."
