"""What texts say in numbers, in the languages that are read; and that the lists of words can be trusted."""

from __future__ import annotations

import pytest

from conflict_incidents.counts import GROUPS, LEXICON, PEOPLE, THINGS
from conflict_incidents.wording import counted, language_of, read, written_in
from conflict_incidents.wording.lexicon import LANGUAGES, folded, kinds_of
from conflict_incidents.wording.numerals import numerals


def told(text: str) -> list[str]:
    """The mentions of a text, in a line each: `at_least 7 killed children, included`."""
    lines = []
    for mention in read(text).mentions:
        number = " to ".join(map(str, mention.values)) or mention.word
        words = [mention.bound, number, mention.measure, mention.group]
        lines.append(" ".join(filter(None, words)) + (", included" if mention.including else ""))
    return lines


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("7 people were killed", ["7 killed"]),
        ("killing at least seven civilians and wounding 15", ["at_least 7 killed civilians", "15 wounded"]),
        ("Seven people, including two children, were killed", ["7 killed", "2 killed children, included"]),
        ("7 killed, among them two women, a man and three children",
         ["7 killed", "2 killed women, included", "1 killed men, included", "3 killed children, included"]),
        ("7 killed, two children among them", ["7 killed", "2 killed children, included"]),
        ("among the dead were two children", ["2 children, included"]),
        ("5 killed, not including 2 children", ["5 killed", "2 killed children"]),
        ("22 killed and wounded", ["22 casualties"]),
        ("7 killed and wounded 15", ["7 killed", "15 wounded"]),
        ("7 killed and wounded at least 15", ["7 killed", "at_least 15 wounded"]),
        ("22 casualties: 7 killed", ["22 casualties", "7 killed"]),
        ("killed: 7, wounded: 15", ["7 killed", "15 wounded"]),
        ("between four and six people were killed", ["4 to 6 killed"]),
        ("4-6 killed", ["4 to 6 killed"]),
        ("4 to 6 were wounded", ["4 to 6 wounded"]),
        ("Some 20 people were killed", ["about 20 killed"]),
        ("some were killed", ["some killed"]),
        ("as many as 7 people died", ["at_most 7 killed"]),
        ("7 people or more were killed", ["at_least 7 killed"]),
        ("killing 7, several of them children", ["7 killed", "several killed children"]),
        ("Many of the wounded were children", ["many wounded children"]),
        ("dozens of people were wounded", ["dozens wounded"]),
        ("Several villages were hit and 7 people killed", ["7 killed"]),
        ("two seriously wounded", ["2 wounded serious"]),
        ("a 5-year-old child was killed", []),
        ("killed by Su-24 jets of the 13th Division", []),
        ("on 8 September killed", []),
        ("a house was destroyed", []),
        ("14 strikes by 4 warplanes with 30 bombs", ["14 strikes", "4 aircraft", "30 munitions"]),
        ("two dozen were killed", ["24 killed"]),
        ("one hundred and twenty-five people died", ["125 killed"]),
        ("1,200 people fled", ["1200 displaced"]),
        ("7 killed incl. 2 children", ["7 killed", "2 killed children, included"]),
        ("two women and three children were killed", ["2 killed women", "3 killed children"]),
        ("sept morts, dont deux enfants", ["7 killed", "2 killed children, included"]),
        ("plus de quatre-vingt-dix blessés", ["more_than 90 wounded"]),
        ("une vingtaine de blessés", ["20 wounded"]),
        ("cent vingt personnes tuées", ["120 killed"]),
        ("fünfundzwanzig Tote, darunter zwei Kinder", ["25 killed", "2 killed children, included"]),
        ("hundertzwanzig Menschen wurden verletzt", ["120 wounded"]),
        ("treinta y cinco muertos, entre ellos dos niños", ["35 killed", "2 killed children, included"]),
        ("yirmi beş kişi öldü", ["25 killed"]),
        ("7'den fazla kişi öldü", ["more_than 7 killed"]),
        ("aralarında iki çocuğun da bulunduğu 7 kişi öldü", ["2 children, included", "7 killed"]),
        ("مقتل خمسة وعشرين شخصا بينهم طفلان", ["25 killed", "2 killed children, included"]),
        ("ما لا يقل عن ٧ قتلى و١٥ جريحا", ["at_least 7 killed", "15 wounded"]),
        ("سقوط 15 بين قتيل وجريح", ["15 casualties"]),
        ("خمسة عشر جريحا", ["15 wounded"]),
    ],
)  # fmt: skip
def test_a_text_says_whom_it_counts(text: str, mentions: list[str]) -> None:
    assert told(text) == mentions


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("5 killed, including the bomber", True),
        ("The bomber was among the dead.", True),
        ("One of the dead was the bomber.", True),
        ("Among the seven dead was the attacker.", True),
        ("The toll includes both assailants.", True),
        ("saldırgan dahil 5 kişi öldü", True),
        ("مقتل 5 أشخاص بينهم الانتحاري", True),
        ("The toll doesn't include the bomber.", False),
        ("5 killed, excluding the attacker", False),
        ("7 killed, including two children, and the attacker fled", False),
        ("The attacker was killed as well.", False),
        ("Including two children. The attacker fled.", False),
        ("The attackers fled; two children were among the dead.", False),
    ],
)
def test_a_text_says_whether_attackers_are_included(text: str, said: bool) -> None:
    assert bool(read(text).included("attackers")) is said


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("trapped", "Others are still trapped under the rubble", True),
        ("trapped", "Nobody is trapped under the rubble", False),
        ("trapped", "Bodies were pulled from under the rubble", False),
        ("evenly", "The toll was divided, as they say, evenly", True),
        ("evenly", "The river divided it. Evenly spaced houses stood there", False),
        ("evenly", "The toll was not divided evenly", False),
        ("evenly", "The average age of the dead was 30", False),
        ("died_later", "Two of the wounded died in hospital", True),
        ("reason", "One of them was found alive", True),
        ("reason", "In paragraph 3.", False),
    ],
)
def test_a_text_has_a_phrase_and_does_not_deny_it(kind: str, text: str, said: bool) -> None:
    assert read(text).says(kind) is said


def test_numbers_are_read_in_figures_and_in_words() -> None:
    assert read("Seven, 1.200 and ١٥ on 8 September; a woman died").numbers == {7, 1200, 15, 8, 1}
    assert read("семь человек, 7").numbers == {7}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("7 people were killed", "en"), ("sept morts", "fr"), ("sieben Tote", "de"), ("siete muertos", "es"),
        ("yedi ölü", "tr"), ("مقتل سبعة", "ar"), ("کشته شدند", None), ("семь человек", None), ("7", None), ("", None),
    ],
)  # fmt: skip
def test_the_language_of_a_text_is_that_of_its_words(text: str, language: str | None) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("7 people were killed", "en", True),
        ("7 people were killed", "en-GB", True),
        ("7 people were killed", "ar", False),
        ("7 people were killed", "sr-Cyrl", False),
        ("7 people were killed", "sr", None),
        ("7 people were killed", "tr", False),
        ("7 people were killed", "it", False),
        ("sette morti", "it", None),
        ("مقتل 7", "ar", True),
        ("مقتل 7", "fa", None),
        ("مقتل 7", "en", False),
        ("7", "ar", None),
    ],
)
def test_a_text_is_in_a_language_as_far_as_its_script_and_words_tell(
    text: str, language: str, said: bool | None
) -> None:
    assert written_in(text, language) is said


NEEDED = {
    *("including", "not", "only", "evenly", "divided", "toll", "disagree", "tolls_differ", "trapped", "died_later"),
    *("reason", "headline", "body", "attackers", "casualties", "units", "decades", "times"),
    *("killed", "wounded", "missing", "detained", "displaced", "civilians", "children", "women", "men"),
}
"""Kinds of words that the rules ask for."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_list_has_the_words_that_the_rules_ask_for(language: str) -> None:
    kinds = kinds_of(language)
    assert set(kinds) >= NEEDED
    assert all(phrase for kind, phrases in kinds.items() for phrase in phrases if kind != "units")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_list_counts_to_ninety_nine(language: str) -> None:
    said = set(numerals(language).plain.values()) | ({1} if numerals(language).articles else set())
    assert set(range(100)) <= said


def test_a_word_in_place_of_a_number_is_one_of_the_lexicon() -> None:
    for language in LANGUAGES:
        assert {"some", "several", "many", "hundreds", "thousands"} <= set(kinds_of(language)) & set(LEXICON)
        assert len(set(kinds_of(language)) & {*GROUPS, *PEOPLE, *THINGS}) >= 20


def test_texts_are_compared_without_vowel_signs_and_in_one_form_of_digits() -> None:
    assert folded("قُتِلَ ٧ Straße İki") == "قتل 7 strasse iki"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("more than 30", "{at_least: 31}"),
        ("> 30", "{at_least: 31}"),
        ("30+", "{at_least: 30}"),
        ("30 or more", "{at_least: 30}"),
        (">= 30", "{at_least: 30}"),
        ("\u2265 30", "{at_least: 30}"),
        ("up to nine", "{at_most: 9}"),
        ("<= 9", "{at_most: 9}"),
        ("fewer than 7", "{at_most: 6}"),
        ("<7", "{at_most: 6}"),
        ("fewer than 0", None),
        ("~30", "{about: 30}"),
        ("nearly 30", "{about: 30}"),
        ("14-16", "{between: [14, 16]}"),
        ("14 \u2013 16", "{between: [14, 16]}"),
        ("between four and six", "{between: [4, 6]}"),
        ("several", "{word: several}"),
        ("at least dozens", "{word: dozens}"),
        ("a dozen", "12"),
        ("7 civilians", "7"),
        ("1,000", "1000"),
        ("\u0661\u0665", "15"),
        ("أكثر من ثلاثين", "{at_least: 31}"),
        # What isn't understood whole is not understood: taking the digits alone would lose the rest.
        *((text, None) for text in ("7 (3 civilians)", "7?", "7.5", "1e3", "0x7", "-1", "2022-09-08", "none", "yes")),
        ("7 adults and 2 children", None),
    ],
)  # fmt: skip
def test_a_count_in_words_is_written_with_its_bound(text: str, count: str | None) -> None:
    assert counted(text) == (count and (count, 1))


def test_what_else_a_text_counts_is_not_passed_over() -> None:
    assert counted("more than 30, 6 critical") == ("{at_least: 31}", 2)
