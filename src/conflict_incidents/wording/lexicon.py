"""The words of each language and what kind they are of, and which language a text is written in.

A list (`en.txt`) has a line a kind: `killed: killed, dead, lost their lives`. A `*` ends a stem; `…` skips up to four
words. Prevents: a word of one language being read as one of another.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

Words = tuple[str, ...]
LANGUAGES = ("en", "fr", "de", "es", "tr", "ar")
"""The languages that are read; of two that fit a text as well, the first."""
GAP = "…"
LONGEST_GAP = 5
"""How many words a `…` skips at most."""
REACH = 12
"""How many words the longest phrase may span."""
ENDS = frozenset(".;!?\n؛؟")
"""Signs that end a sentence."""
_OF_NUMBERS = {"articles", "units", "decades", "compound", "fixed", "teens", "glued", "times", "joint", "between", "to"}
"""Kinds that `numerals` reads."""
_ALEF = "\u0627"
_FOLDED = {
    **{zero + digit: str(digit) for zero in (0x660, 0x6F0) for digit in range(10)},
    **dict.fromkeys((0x622, 0x623, 0x625, 0x671), _ALEF),
    **dict.fromkeys((0x640, 0x307)),
}
"""Digits of Arabic and Persian to 0-9, every alef to the bare one; no stretching, and no dot that lower case leaves."""
_VOWEL_SIGNS = re.compile("[\u064b-\u065f\u0670]")
_NOT_ARABIC = re.compile("[پچژگکیڕڵۆێەٹڈےں]")
"""Letters of other languages in Arabic script."""
_TOKENS = re.compile(
    r"(?P<name>[a-z\u00df-\u024f\u0430-\u044f]+-?\d\w*)"  # "A-10" counts nothing
    r"|(?P<number>\d{1,3}(?:[,.\u066c'\u2019 ]\d{3})+(?!\d)|\d+)|(?P<word>[^\W\d_]+)|(?P<sign>[^\w\s])|(?P<line>\n)"
)
_SHORTENED = re.compile(r"\b(incl|inkl|approx|ca)\.")
"""Words whose full stop ends no sentence."""
_SCRIPTS = {
    **dict.fromkeys(("ar", "fa", "ur", "ckb", "ps", "ug", "sd"), "ARABIC"),
    **dict.fromkeys(("he", "yi"), "HEBREW"),
    **dict.fromkeys(("ru", "uk", "be", "bg", "mk", "kk", "ky", "tg"), "CYRILLIC"),
    **dict.fromkeys(("am", "ti"), "ETHIOPIC"),
    **dict.fromkeys(("hi", "ne", "mr"), "DEVANAGARI"),
    **{"el": "GREEK", "hy": "ARMENIAN", "ka": "GEORGIAN", "my": "MYANMAR", "th": "THAI", "zh": "CJK", "ko": "HANGUL"},
    **dict.fromkeys(("en", "fr", "de", "es", "tr", "it", "pt", "nl", "pl", "sv", "no", "da", "fi", "cs"), "LATIN"),
    **dict.fromkeys(("ro", "so", "sw", "ha", "id", "ms", "vi", "sq", "hr", "sl", "sk", "hu", "et", "lv"), "LATIN"),
}
"""The script that a language is written in, as Unicode's names of letters begin; others are written in several."""
_TAGGED = {"Arab": "ARABIC", "Latn": "LATIN", "Cyrl": "CYRILLIC", "Hebr": "HEBREW"}


@dataclass(slots=True)
class Lexicon:
    """The phrases of a language by their first word, and the stems by their first two letters."""

    phrases: dict[str, list[tuple[Words, str]]] = field(default_factory=dict)
    stems: dict[str, list[tuple[Words, str]]] = field(default_factory=dict)

    def add(self, phrase: str, kind: str) -> None:
        """Take a phrase in, as the list has it."""
        words = tuple(GAP if word == GAP else folded(word) for word in phrase.replace("-", " ").split())
        first = words[0]
        if first.endswith("*"):
            self.stems.setdefault(first[:2], []).append((words, kind))
        else:
            self.phrases.setdefault(first, []).append((words, kind))

    def starting(self, word: str) -> list[tuple[Words, str]]:
        """The phrases that may begin with a word."""
        return self.phrases.get(word, []) + self.stems.get(word[:2], [])


def folded(text: str) -> str:
    """Text as it is compared: in lower case, digits as 0-9, Arabic without vowel signs and with one alef."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_FOLDED)
    return _VOWEL_SIGNS.sub("", plain)


def tokens(text: str) -> list[str]:
    """The words, numbers and signs of a text, folded; apostrophes and hyphens only part words."""
    found = [match[0] for match in _TOKENS.finditer(_SHORTENED.sub(r"\1", folded(text)))]
    return [token for token in found if token not in {"'", "\u2019", "\u2018", "-", "\u2010", "\u2011"}]


@cache
def kinds_of(language: str) -> dict[str, list[str]]:
    """The words and phrases of a language by their kind, as its list has them."""
    lines = Path(__file__).with_name(f"{language}.txt").read_text("utf-8").splitlines()
    parts = (line.partition(":") for line in lines if not line.startswith("#"))
    return {kind: [phrase.strip() for phrase in phrases.split(",")] for kind, _, phrases in parts}


@cache
def lexicon(language: str) -> Lexicon:
    """The words of a language, from its list."""
    found = Lexicon()
    for kind, phrases in kinds_of(language).items():
        if kind not in _OF_NUMBERS:
            for phrase in phrases:
                found.add(phrase, kind)
    return found


def matched(words: Sequence[str], phrase: Words) -> bool:
    """Whether words begin with a phrase; what a gap skips lies in one sentence."""
    at = gap = 0
    for part in phrase:
        if part == GAP:
            gap = LONGEST_GAP
            continue
        while gap and at < len(words) and not _is(part, words[at]) and words[at] not in ENDS:
            at, gap = at + 1, gap - 1
        if at >= len(words) or not _is(part, words[at]):
            return False
        at, gap = at + 1, 0
    return True


def _is(part: str, word: str) -> bool:
    return word.startswith(part[:-1]) if part.endswith("*") else word == part


def script_of(text: str) -> str | None:
    """The script that most letters of a text are of, None where there are no letters."""
    scripts = Counter(unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha())
    return scripts.most_common(1)[0][0] if scripts else None


@lru_cache(maxsize=512)
def languages_in(text: str) -> dict[str, int]:
    """How many words of each language a text has; those of which it has none are left out."""
    script = script_of(text)
    if script == "ARABIC":
        return {} if _NOT_ARABIC.search(text) else {"ar": 1}
    if script != "LATIN":
        return {}
    words = tokens(text)
    scores = {language: _score(words, language) for language in LANGUAGES if language != "ar"}
    return {language: score for language, score in scores.items() if score}


def language_of(text: str) -> str | None:
    """The language that a text is in, as far as its words tell; None where it is none of `LANGUAGES`."""
    scores = languages_in(text)
    return max(scores, key=lambda language: scores[language], default=None)


def _score(words: list[str], language: str) -> int:
    of, numbers = lexicon(language), set(kinds_of(language)["units"] + kinds_of(language).get("articles", []))
    return sum(
        word in numbers or any(matched(words[at : at + REACH], phrase) for phrase, _ in of.starting(word))
        for at, word in enumerate(words)
    )


def written_in(text: str, language: str) -> bool | None:
    """Whether a text is in a language (BCP 47); None where its letters and words don't tell."""
    script = script_of(text)
    primary, _, rest = language.partition("-")
    wanted = next((_TAGGED[part] for part in rest.split("-") if part in _TAGGED), _SCRIPTS.get(primary))
    if script is None or (wanted is None and primary not in LANGUAGES):
        return None
    if wanted is not None and script not in {wanted, "CJK"}:
        return False
    scores = languages_in(text)
    own = scores.get(primary, 0)
    best = max(scores.values(), default=0)
    if own == best:
        return True if own else None
    if primary in LANGUAGES:
        return False if not own or best - own > 1 else None
    return False if scores.get("en", 0) == best and best > 1 else None
