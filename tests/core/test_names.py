"""Spellings: what counts as one name, in which script it stands, what is a language, and what is a number."""

from itertools import product
from string import ascii_lowercase

import pytest

from conflict_incidents.core.names import (
    SHORT_CODES,
    fold,
    fold_and_join,
    guess_language,
    language_code,
    language_hint,
    only_latin,
    scripts,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ḥāfsarjah", "HAFSARJAH"),
        ("Ma'arrat al-Nu\u02bfman", "maarrat al Numan"),
        ("إدلب", "ادلب"),
        ("Kafr  Nabl", "kafr-nabl"),
    ],
)
def test_accents_case_and_punctuation_make_no_other_name(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    assert fold_and_join(one) == fold_and_join(other)


def test_spaces_make_no_other_name_where_places_are_distinguished() -> None:
    assert fold_and_join("Kafr Nabl") == fold_and_join("Kafrnabl")
    assert fold("Kafr Nabl") != fold("Kafrnabl")
    assert fold_and_join("Kafr Nabl") != fold_and_join("Kafr Nabudah")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Hafsarjah", {"Latn"}),
        ("حفسرجة", {"Arab"}),
        ("Киев, Kyiv", {"Cyrl", "Latn"}),
        ("13 - 14", set()),
        ("戦", set()),
    ],
)
def test_the_scripts_of_a_text_are_those_of_its_letters(text: str, result: set[str]) -> None:
    assert scripts(text) == result


@pytest.mark.parametrize("code", ["en", "ar", "uk", "ku-Latn", "ar-SY", "ckb", "und"])
def test_a_code_of_a_language_is_taken(code: str) -> None:
    assert language_hint(code) is None


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("ua", "write `uk`"),
        ("ara", "write `ar`"),
        ("ARABIC", "write `ar`"),
        ("EN", "write `en`"),
        ("sy-Arab", "write `ar`"),
        ("iq", "write `ar`"),
        ("iw", "write `he`"),
        ("farsi", "write `fa`"),
        ("xx", "write the code of one, as `en` or `ar`"),
        ("zzz", "write the code of one, as `en` or `ar`"),
        ("", "write the code of one, as `en` or `ar`"),
    ],
)
def test_an_unknown_code_of_a_language_is_reported_with_the_right_one(code: str, hint: str) -> None:
    assert language_hint(code) == hint


def test_the_short_codes_are_those_that_the_library_takes() -> None:
    assert {
        code for code in map("".join, product(ascii_lowercase, repeat=2)) if guess_language(code) == code
    } == SHORT_CODES


def test_some_languages_are_written_in_the_latin_script_alone() -> None:
    latin = ["de", "en", "en-GB", "es", "fr", "pt", "tr"]
    assert [code for code in (*latin, "ar", "ku", "ru", "uk", "xx") if only_latin(code)] == latin


@pytest.mark.parametrize(
    ("name", "code"),
    [("arabic", "ar"), (" Farsi", "fa"), ("Sorani", "ckb"), ("Burmese", "my"), ("en", None), ("Qwertish", None)],
)
def test_a_language_is_known_by_its_name(name: str, code: str | None) -> None:
    assert language_code(name) == code
