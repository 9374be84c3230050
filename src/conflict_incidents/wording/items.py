"""A text in one language → its items: numbers, the words and phrases that the lists know, and signs.

Prevents: "five and twenty" or خمسة وعشرون being read as two numbers, and "4-6" as four and six.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conflict_incidents.counts import GROUPS, LEXICON, PEOPLE, THINGS
from conflict_incidents.wording.lexicon import ENDS, GAP, REACH, language_of, lexicon, matched, tokens
from conflict_incidents.wording.numerals import LONGEST, numerals

_MEASURES = ("casualties", *PEOPLE, *THINGS)
_GROUPS = ("attackers", "children", *(group for group in GROUPS if group not in {"total", "attackers", "children"}))
_BOUNDS = frozenset({"at_least", "more_than", "about", "at_most", "fewer_than"})
_LARGEST = 12
"""How many digits of a figure are read: no count has more."""


@dataclass(slots=True)
class Item:
    """A word, a phrase, a number or a sign.

    `kinds` are what the lists know it as; `value` is a number, `upper` the other end of a range; `article` says that it
    is an article which may mean one; `implied` is the number that a noun has by its form alone.
    """

    kinds: frozenset[str] = frozenset()
    value: int | None = None
    upper: int | None = None
    article: bool = False
    implied: int | None = None
    sign: str = ""
    sentence: int = 0

    @property
    def ends(self) -> bool:
        """Whether it ends a sentence."""
        return self.sign in ENDS

    @property
    def word(self) -> str | None:
        """The word in place of a number that it is."""
        return None if "as_number" in self.kinds else next((word for word in LEXICON if word in self.kinds), None)

    @property
    def counts(self) -> bool:
        """Whether it is a number, or a word in place of one."""
        return self.value is not None or self.word is not None

    @property
    def measure(self) -> str | None:
        """What became of people, or which things it names."""
        return next((measure for measure in _MEASURES if measure in self.kinds), None)

    @property
    def group(self) -> str | None:
        """The group of people that it names."""
        return next((group for group in _GROUPS if group in self.kinds), None)


def items(text: str) -> tuple[str | None, list[Item]]:
    """The language of a text and its items; of an unknown language only figures and signs are known."""
    language = language_of(text)
    words = _parted(tokens(text)) if language == "ar" else tokens(text)
    found: list[Item] = []
    at = sentence = 0
    while at < len(words):
        item, length = _item(words, at, language)
        item.sentence = sentence
        sentence += item.ends
        found.append(item)
        at += length
    return language, found


def _item(words: list[str], at: int, language: str | None) -> tuple[Item, int]:
    """The longest item that begins here, and how many words it takes."""
    word = words[at]
    if not word[0].isalnum():
        return Item(sign=word), 1
    if language is None:
        return Item(value=_figure(word)), 1
    value, long = _number(words, at, language)
    kinds, length, implied = _kinds(words, at, language)
    if value is not None and long >= length:
        upper, more = _upper(words, at, long, language)
        return Item(kinds if long == length else frozenset(), value, upper), long + more
    article = length <= 1 and word in numerals(language).articles
    return Item(kinds, article=article, implied=implied), max(length, 1)


def _figure(word: str) -> int | None:
    figures = "".join(sign for sign in word[: 2 * _LARGEST] if sign.isdecimal())
    return int(figures[:_LARGEST]) if figures else None


def _number(words: list[str], at: int, language: str) -> tuple[int | None, int]:
    """The number that begins here, and how many words it takes."""
    value, length = _plain(words, at, language)
    known = numerals(language)
    times = known.times
    if value is None and language != "en" and words[at] in times:
        value, length = 1, 0
    if value is None:
        return None, 0
    while at + length < len(words) and words[at + length] in times:
        factor = times[words[at + length]]
        value, length = value * factor, length + 1
        joint = at + length < len(words) and words[at + length] in known.joint
        more, long = _plain(words, at + length + joint, language)
        if factor >= 100 and more is not None and more < factor and not words[at + length + joint][0].isdecimal():
            value, length = value + more, length + joint + long
    return value, length


def _plain(words: list[str], at: int, language: str) -> tuple[int | None, int]:
    """The figure, or the number below a hundred in words, that begins here."""
    if at >= len(words):
        return None, 0
    if words[at][0].isdecimal():
        return _figure(words[at]), 1
    known = numerals(language).plain
    for length in range(LONGEST, 0, -1):
        for form in _forms(words[at], language):
            phrase = (form, *words[at + 1 : at + length])
            if len(phrase) == length and phrase in known:
                return known[phrase], length
    return None, 0


def _upper(words: list[str], at: int, length: int, language: str) -> tuple[int | None, int]:
    """The other end of a range, and how many words it takes: "4-6", "4 to 6", "between 4 and 6"."""
    start, after = _plain(words, at, language)[0], at + length
    if after >= len(words):
        return None, 0
    known = numerals(language)
    within = at > 0 and words[at - 1] in known.between and words[after] in known.joint
    joined = within or words[after] in known.to
    value, long = _plain(words, after + joined, language)
    figures = words[at][0].isdecimal() and words[after][0].isdecimal()
    if value is None or start is None or value <= start or not (joined or figures):
        return None, 0
    return value, long + joined


def _kinds(words: list[str], at: int, language: str) -> tuple[frozenset[str], int, int | None]:
    """The kinds of the longest phrase that begins here, how many words it takes, and the number that it implies.

    A phrase with a gap takes only what stands before the gap.
    """
    found: dict[int, set[str]] = {1: set()}
    for form in _forms(words[at], language):
        ahead = [form, *words[at + 1 : at + REACH]]
        for phrase, kind in lexicon(language).starting(form):
            length = phrase.index(GAP) if GAP in phrase else len(phrase)
            if matched(ahead, phrase) and not (kind == "casualties" and _is_count(words, at + length, language)):
                found.setdefault(length, set()).add(kind)
    longest = max(length for length, kinds in found.items() if kinds or length == 1)
    kinds = found[longest]
    implied = next((int(kind[-1]) for kind in sorted(kinds) if kind[-1] in "12"), None)
    return frozenset(kind.rstrip("12") for kind in kinds), longest, implied


def _is_count(words: list[str], at: int, language: str) -> bool:
    """Whether a number or its bound begins here: "7 killed and wounded 15" has no 7 killed and wounded."""
    if at >= len(words):
        return False
    starting = lexicon(language).starting(words[at])
    bounded = any(kind in _BOUNDS and matched(words[at : at + REACH], phrase) for phrase, kind in starting)
    return bounded or _plain(words, at, language)[0] is not None


def _forms(word: str, language: str) -> list[str]:
    """A word, and what of it an article or a preposition written together with it leaves, in Arabic."""
    if language != "ar":
        return [word]
    return [word, *(word.removeprefix(prefix) for prefix in ("ال", "بال", "لل", "ب", "ل") if word.startswith(prefix))]


def _parted(words: list[str]) -> list[str]:
    """Arabic words with "and", which is written together with the next word, as a word of its own."""
    return [part for word in words for part in _without_and(word)]


def _without_and(word: str) -> Iterator[str]:
    if len(word) > 2 and word[0] in "وف" and not _is_known(word) and _is_known(word[1:]):
        yield "و"
        yield word[1:]
    else:
        yield word


def _is_known(word: str) -> bool:
    ar = lexicon("ar")
    forms = _forms(word, "ar")
    known = any(matched([form], phrase[:1]) for form in forms for phrase, _ in ar.starting(form))
    return known or any((form,) in numerals("ar").plain for form in forms)
