"""Names of persons in the Arabic script, which has no capitals: found by a given name or by the word before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from conflict_incidents.core.persons.words import END, SIGNS, Word, is_public

_ARTICLE = "\u0627\u0644"
_NAMES = ("lone", "given", "maybe", "kunya")
_AGE_WORDS = re.compile("سال[هگ].*|سنوات|سنه|سنين|عاما|اعوام|عام|شهور|اشهر|ماهه")
_SURNAME = re.compile("ال.{2,}ي|.{4,}ي|.{4,}يان")
_SURNAME_ALONE = re.compile(".{2,}(?:پور|زاده|زاد|نژاد|نژادي|نيا|وند|تبار|زي|منش|نسب|خيل|وال)")
"""Persian surnames whose form no other word has."""
_TRANSLITERATION = re.compile(".{3,}(?:ينكو|تشوك|فسكي|فيتش|اوسكي|ينسكي)")
"""Surnames of Ukrainian and Russian."""
_OF_FAMILY = re.compile(".{4,}يان|ال.{5,}")
_FAMILIES = ("عايله", "اسره", "خانواده", "فاميل")
_SPEECH_VERBS = ("قال", "قالت", "روى", "روت", "اكد", "اكدت", "اضافت", "اضاف")
_OF_GOD = ["عطا", "جاد", "نصر", "فضل", "رزق", "خلف", "سعد", "حسب", "عوض", "فرج", "هبه", "ضيف", "جار", "امه"]


def arabic_names(words: list[Word], strict: bool) -> Iterator[tuple[int, int]]:
    """Yield the first and last index of each name of a person."""
    names = [n for n, word in enumerate(words) if word.text not in SIGNS or word.text == "."]
    tokens = [words[n] for n in names]
    for i, word in enumerate(tokens):
        if word.is_arabic and (length := _name_length(tokens, i, strict)):
            yield names[i], names[min(i + length, len(names)) - 1]


def _name_length(words: list[Word], i: int, strict: bool) -> int:
    """Return the number of words from `i` on that contain a name; 0 if there is none."""
    word, rest = words[i], [*words[i + 1 : i + 5], END, END, END, END]
    one = rest[0]
    before = words[i - 1] if i else END
    owned = before.has("own")
    thing = before.has("thing") or _is_called_after(words, i)
    if is_public(word, one) or is_public(before, word) or (before.has("patronym") and i == 1):
        return 0
    if word.has("title") and not thing and not before.has("at") and _opens(rest, owned):
        return 2
    if strict and not before.has("own", "title"):
        return 0
    if word.has("called") and not (i and before.has("place", "thing")) and _may_be_name(one):
        return 2
    role = word.has("role") and not (word.has("title") and thing)
    for n in (0, 1) if role else ():  # `the guard, Ahmad,`
        if rest[n].text == "\u060c" in [word.text for word in rest[n + 2 : n + 4]] and rest[n + 1].has(*_NAMES):
            return n + 2
    if role and ((not one.has("stop") and one.has(*_NAMES)) or one.folded == "ولد"):
        return 2
    family = word.folded == "ال" or not one.folded.startswith(_ARTICLE)
    if word.has("kin") and (one.has(*_NAMES) or (_may_be_name(one) and family and (strict or word.folded == "ال"))):
        return 2
    if thing or before.has("at"):
        return 0
    if word.has("kunya"):
        is_person = (
            one.has(*_NAMES) or before.has("role") or before.folded in _SPEECH_VERBS or (owned and one.is_arabic)
        )
        return 2 if is_person or (_may_be_name(one) and re.fullmatch("ال.+ي", rest[1].folded)) else 0
    if word.has("lone") or (word.has(*_NAMES) and not word.has("thing") and (owned or before.has("did"))):
        return 1
    if owned and strict and len(word.folded) > 6 and re.fullmatch("ال.+ي", word.folded) and not word.has("stop"):
        return 1
    if (
        before.folded in _FAMILIES
        and not word.kinds
        and (_OF_FAMILY.fullmatch(word.folded) or _SURNAME_ALONE.fullmatch(word.folded))
    ):
        return 1
    listed = i > 1 and before.text == ":" and words[i - 2].has("name")
    if word.has(*_NAMES) and (listed or _is_aged(rest) or _is_apposed(rest)):
        return 1
    return _by_its_form(word, rest, initial_follows_year=before.text[:1].isdigit() and word.start - before.end < 2)


def _is_called_after(words: list[Word], i: int) -> bool:
    """Whether a thing has the name of which `words[i]` is a part: `mosque of Imam Hasan`, `church of Mar Elias`."""
    before = words[max(0, i - 4) : i]
    if before[-2:-1] and before[-2].has("thing") and not before[-1].has("own", "role"):
        return not before[-2].has("own")
    while before and before[-1].has(*_NAMES, "title", "rank", "patronym") and before[-1].folded != "ولد":
        before.pop()
    return before != [] and before[-1].has("thing") and not before[-1].has("own")


def _by_its_form(word: Word, rest: list[Word], initial_follows_year: bool) -> int:
    """Return the number of words from `word` on that are a name by their form; 0 if they are none."""
    one, two = rest[:2]
    if word.has("thing"):
        return 0
    if not word.kinds and one.has("patronym") and two.has(*_NAMES) and one.folded != "ال":
        return 3
    if word.has(*_NAMES) and len(one.text) == 1 and one.is_arabic and two.text == ".":
        return 2
    if _is_compound(word, one) or (word.has("given", "maybe") and one.has("lone", "patronym", "suffix")):
        return 2
    if word.has(*_NAMES) and _SURNAME_ALONE.fullmatch(one.folded):
        return 2
    if _TRANSLITERATION.fullmatch(one.folded) and not word.kinds:
        return 2
    if word.has("given") and (_is_surname(one) or one.has("given")):
        return 2
    if len(word.text) == 1 or word.folded == "الف":
        follows = (
            _is_surname(two)
            or _SURNAME_ALONE.fullmatch(two.folded)
            or (len(two.text) == 1 and two.is_arabic)
            or two.folded == "الف"
        )
        return 3 if one.text == "." and follows and not initial_follows_year else 0
    return 0


def _may_be_name(word: Word) -> bool:
    return word.is_arabic and not word.has("stop", "thing", "at", "place") and not word.text[-1].isdigit()


def _opens(rest: list[Word], owned: bool) -> bool:
    """Whether a name may follow a title: a given one, an initial, or a word before another."""
    one, two = rest[:2]
    if not _may_be_name(one):
        return False
    another = _may_be_name(two) and not one.folded.startswith(_ARTICLE)
    return one.has(*_NAMES) or len(one.text) == 1 or another or owned


def _is_aged(rest: list[Word]) -> bool:
    """Whether an age follows: `، ۲۲ ساله`."""
    words = [word for word in rest if word.text not in "\u060c,(-"]
    return any(_AGE_WORDS.fullmatch(word.folded) for word in words[:2]) and bool(
        words[0].text[0].isdigit() or len(words) > 1
    )


def _is_apposed(rest: list[Word]) -> bool:
    """Whether a word for a person follows after a comma: `، معلم`."""
    return any(comma.text == "\u060c" and word.has("role", "kin") for comma, word in pairwise(rest[:3]))


def _is_compound(word: Word, rest: Word) -> bool:
    """Whether two words are one given name: a servant of one of God's names, or something "of the faith"."""
    servant = word.folded.endswith("\u0639\u0628\u062f") and len(word.folded) < 5
    if word.folded in _OF_GOD and rest.folded in ("\u0627\u0644\u0644\u0647", "\u0627\u0644\u0631\u062d\u0645\u0646"):
        return True
    return rest.folded.startswith(_ARTICLE) and (servant or rest.folded == "\u0627\u0644\u062f\u064a\u0646")


def _is_surname(word: Word) -> bool:
    """Whether a word has the form of a surname: with a suffix, or of two words in one."""
    return word.is_arabic and bool(_SURNAME.fullmatch(word.folded)) and not word.has("stop", "thing")
