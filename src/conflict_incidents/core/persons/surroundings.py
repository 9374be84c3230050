"""The words around a run of words with capitals: what may follow a name (`_AFTER`) and what precedes one (`Before`)."""

from __future__ import annotations

import re
from functools import lru_cache

from conflict_incidents.core.persons.words import END, IS_CYRILLIC, Word

_OF = ("of", "for", "de", "d'", "del", "des", "du")
_AND = ("and", "et", "y", "e", "i", "ta")
_OUR = frozenset(
    ["my", "our", "his", "her", "their", "mon", "ma", "notre", "son", "sa", "leur", "mi", "su", "nuestro", "nuestra"]
)
_THE = ("el", "la", "le", "un", "una", "une")
_PERSON_WORDS = ("role", "title", "called", "rank", "name")
_AGE = re.compile(r"[0-9]{1,2}s?|\w*teen|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve")


def _pattern(spelt: str) -> re.Pattern[str]:
    """Compile a pattern in which `<role|kin>` is a word of the class `role` or `kin`."""
    return re.compile(re.sub("<(.*?)>", r"(?:<[^>]*\\b(?:\1)\\b[^>]*>)", spelt))


_AFTER = {
    name: _pattern(spelt)
    for name, spelt in {
        # how each of the next two begins
        "age": r"[,(/]|<age|aged|be>",
        # `, aged 9`; `, de 16 anos`; `9 years`
        "years": r"[,(/]?<aged><age|aged>|[,(/]<of>(?:<age><word>?|<aged>)<aged>|[,(/]?<age><aged>",
        # `(34)`; `, nueve años`; `, 9,` but no list of numbers; `was 9 when`; `, 9 and a half years`
        "number": r"\(<age>[),]|[,(/]<small><aged>(?:[,.;)]|$)|,<age>(?:[,.;](?!<digits>|<and>)|$)"
        r"|<be><age><stop|aged>|[,(/]?<age><word><aged>",
        # `told`, `, who died`, `was badly wounded`, but not `, погиб`, which begins a sentence
        "deed": r"(?:,(?!<slavic>))?(?:<did>|<be><word>{0,2}<harmed>)",
        # `, a baker`; `(the old teacher)`
        "role": r"[,(\u2013\u2014/;-](?!<did>)(?:<stop|of|small>){0,2}(?!<place>)<role>",
        # `, a volunteer medic,`
        "aside": r"[,(\u2013\u2014]<stop>?(?:<small>{0,2})<role>[,)\u2013\u2014](?:<be|did|harmed>|$)",
        # `, says`
        "more": r",(?!<at|stop>)<small>",
        # `el panadero`
        "byname": r"<stop><role>",
        # `, school in`
        "thing": r"[,\u060c](?!<own|role|place|age>)(?=<small|arabic>)<thing>(?!<role|lone|given>)"
        r"(?:<stop|at|of|arabic>|(?=<small>)<slavic>|[^<]|$)",
        # `, a village`, but not `, a village elder` or `, village Sample`
        "place": r"[,(]<stop>?<place>(?!<role|title|minor>)(?:<small>|[.,;)]|$)",
        # `, called the witness`
        "called": r"<called><role|person>|<nicknamed>(?!<thing|place|spot>)",
        # `and her mother`, `y su hijo`
        "kin": r"<and><ours><of>?<small>?<minor>",
        # `, his son,`
        "their kin": r",<minor>[.,;]",
        # nothing more of a name
        "end": r"[,.;)(]|<be|did|stop|harmed>|$",
    }.items()
}
"""What may follow a name."""


def begins(classes: str, *names: str) -> bool:
    """Whether words, of which `classes_of` returned the classes, begin as one of `_AFTER` says."""
    return any(_AFTER[name].match(classes) for name in names)


def classes_of(words: list[Word]) -> str:
    """Return the classes of each word as `_AFTER` spells them, and signs as they are."""
    return "".join(_encode_word(word.text, word.folded, word.kinds) for word in words)


@lru_cache(maxsize=4096)
def _encode_word(text: str, folded: str, kinds: frozenset[str]) -> str:
    if not text[0].isalnum():
        return text
    more = {
        "age": _AGE.fullmatch(folded),
        "digits": text[0].isdigit(),
        "small": text.islower() or "-" in text,
        "ours": folded in _OUR,
        "arabic": "\u0621" <= text[0] <= "\u06d3",
        "slavic": IS_CYRILLIC.match(text) is not None,
        "and": folded in _AND,
    }
    return f"<{' '.join(['word', *kinds, *(kind for kind, fits in more.items() if fits)])}>"


def is_of(word: Word) -> bool:
    """Whether a word is a preposition such as `of`."""
    return word.folded in _OF


class Before:
    """The words before a run; `governor` is the one that says what it names: `witness`, `house`, `street`."""

    def __init__(self, words: list[Word], start: int) -> None:
        self.near = near = words[start - 1] if start else END
        self.begins = start == 0 or near.text in ".!?\n"
        self.opens = self.begins or (start == 2 and near.text == ":")
        leads = start > 1 and (near.has("rank") or (near.has("particle") and near.capital))
        adjoins = start > 0 and words[start].start - near.end <= 1
        self.is_place = adjoins and _places(words, start - 2 if leads else start - 1)
        self.is_listed = self.is_place or near.folded in ("and", "the", "of")
        self.is_quoted = near.has("by") or (start > 1 and words[start - 2].has("by"))
        self.is_harmed = near.has("harms") or (near.text == "a" and words[start - 2].has("harms"))
        self.governor, self.between, self.earlier = _governor(words, start)
        self.introduces_person = self.governor.has(*_PERSON_WORDS)
        near_enough = len(self.between) < 2 or self.governor.has("role", "name", "called")
        self.kinds = self.governor.kinds if self.introduces_person and near_enough else frozenset[str]()

    def has(self, *kinds: str) -> bool:
        """Whether the governor says who is named, by a word of one of the classes."""
        return not self.kinds.isdisjoint(kinds)

    def follows(self, *kinds: str, last: int = 4) -> bool:
        """Whether one of the four words before the governor, or of the last of them, is in one of the classes."""
        return any(word.has(*kinds) for word in self.earlier[-last:])

    @property
    def is_thing(self) -> bool:
        """Whether a thing is named: `the mosque Example`."""
        if (
            self.introduces_person
            or not self.governor.has("thing")
            or self.governor.has("own")
            or len(self.between) > 2
        ):
            return False
        return not any(word.text in ":," or _AGE.fullmatch(word.folded) for word in self.between)

    @property
    def is_owned(self) -> bool:
        """Whether something is said to be theirs: `house of`."""
        if not self.governor.has("own"):
            return self.introduces_person and self.follows("own")
        of = self.between == [] or any(word.has("of", "stop") for word in self.between)
        return of and not any(word.has("at") for word in self.between)

    @property
    def is_label(self) -> bool:
        """Whether a sign shows that a list or a field follows: `Witnesses:`."""
        return self.introduces_person and any(word.text in ":=" for word in self.between)

    @property
    def is_linked(self) -> bool:
        """Whether a preposition links it: `residents of`, but not `father of four`."""
        linked = any(is_of(word) or word.has("at") for word in self.between)
        return linked and not _AGE.fullmatch(self.near.folded)

    @property
    def adjoins_role(self) -> bool:
        """Whether a kinship is right before it, or an article of French or Spanish and a role: `la maestra`."""
        article = self.between == [] and any(word.folded in _THE for word in self.earlier[-1:])
        return self.near.has("minor") or (article and self.has("role"))

    @property
    def is_ours(self) -> bool:
        """Whether it states a person's relation or name: `his`, `her name is`."""
        return self.earlier[-1:] != [] and (self.earlier[-1].folded in _OUR or self.earlier[-1].possessive)


def _governor(words: list[Word], start: int) -> tuple[Word, list[Word], list[Word]]:
    """Return the word that governs a run, the words between, and four before it, going back over articles and signs."""
    known_as = start > 0 and words[start - 1].folded in ("as", "comme", "como")
    for i in range(start - 1, max(-1, start - (7 if known_as else 6)), -1):
        word, around = words[i], (words[i + 1 : start], words[max(0, i - 4) : i])
        if (
            word.folded == "after"
            or word.text in "\n!?;"
            or (word.text == "." and not (i and _is_abbreviated(words[i - 1])))
        ):
            break
        kinds = ("called",) if known_as else ("own", "thing", *_PERSON_WORDS)
        if word.text == "имени" and words[i - 1].text == "по":
            break
        if word.has(*kinds) and not _AGE.fullmatch(word.folded) and not (word.has("lone") and word.capital):
            return (END, [], []) if word.possessive and word.has("rank", "title") else (word, *around)
        joined = word.capital and word.has("lone") and words[i + 1].folded in _AND  # `the day of Ahmad and`
        if joined or known_as or _AGE.fullmatch(word.folded) or word.has("of", "stop", "be", "particle"):
            continue
        if word.text not in '.,:=("\u201c\u00ab\u00bb':
            is_after_thing = i == start - 1 and i > 0 and word.text.islower() and words[i - 1].has("thing")
            return (words[i - 1], *around) if is_after_thing else (END, [], [])
    return END, [], []


def _is_abbreviated(word: Word) -> bool:
    return word.has("title") or len(word.text) == 1 or word.folded in ("no", "nr")


def _places(words: list[Word], i: int) -> bool:
    """Whether a word places what follows: `near`, `between Example and`, and `to` but in `according to`."""
    if words[i].folded in _AND:
        i = next((j for j in range(i - 1, max(-1, i - 4), -1) if not words[j].capital), i)
    return words[i].has("at") and not words[i].has("role", "title") and not (i > 0 and words[i - 1].has("toward"))
