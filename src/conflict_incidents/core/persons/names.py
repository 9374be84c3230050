"""Find what looks like the name of a person in a text.

A name is a run of words with capitals (`latin`, also for Cyrillic), or in the Arabic script words that a given name
or a word for a person leads (`arabic`). It is a person's if a word beside it says so, such as a title, a kinship, an
age or a deed, or if it begins with a common given name; it is none if a word beside or inside it is that of a thing,
such as a street or a brigade. So a rare given name that stands alone passes, as do nicknames and other scripts, and a
place that is called after a person may be taken for one.
"""

from __future__ import annotations

import re
from functools import cache

from conflict_incidents.core.persons.arabic import arabic_names
from conflict_incidents.core.persons.latin import latin_names, small_names
from conflict_incidents.core.persons.latin_patterns import is_hyphenated_place
from conflict_incidents.core.persons.surroundings import begins, classes_of
from conflict_incidents.core.persons.words import Word, fold, is_public, kinds_of, plain, word_lists, words_of

MAX_NAME_WORDS = 4
"""The maximum number of words of a name that is a text by itself, without other words beside it."""
_TELLING = frozenset(
    ["lone", "given", "surname", "title", "rank", "role", "called", "name", "kunya", "patronym", "aged", "did", "own"]
).union(["suffix", "harms"])
"""Classes of words: a name is found only in a text with a word of one of them, or a match of `_FORMS`."""
_FORMS = re.compile(r"\b[A-Z]\.|[,(] ?[0-9]|[^\W\d_]\*")
"""Initials, an age, and letters left out."""
_ARTICLES = frozenset({"Al", "Ad", "An", "Ar", "As", "Ash", "At", "Az"})
_ARTICLE_IN_ID = re.compile(rf"\b(?:{'|'.join(sorted(_ARTICLES)).lower()}) ")
_LATIN = re.compile("[a-z]+")
_NO_NAME = frozenset({"thing", "place", "stop", "of"})
_MASKED_NAME = re.compile(r"(?<![\w*])[^\W\d_]\*+[^\W\d_]{2,}")
_SEX = r"(?:m|f|h|k|e|male|female|homme|femme|hombre|mujer|erkek|kad\u0131n|ذكر|انثى|مرد|زن|ч|ж)(?!\w)"
_NEXT = r"[;,|/\t\u061b\u060c] ?"
_SEX_AND_AGE = re.compile(rf"(?i){_NEXT}(?:{_SEX}{_NEXT}\d\d?(?!\d)|\d\d?{_NEXT}{_SEX})")
"""What follows a name in a row of a list."""
_BURMESE = re.compile(
    "(?<![\u1000-\u109f])(?:\u1012\u1031\u102b\u103a|\u1026\u1038|\u1019\u1031\u102c\u1004\u103a)[\u1000-\u1049]{3,}"
)
"""A title of Burmese (Daw, U, Maung) and what is written together with it."""
_ENDS_NAME = re.compile(r"[^\W\d_]+(?:[ '-][^\W\d_]+){1,4}$")
_FILE = re.compile(r"(?<![^\W\d_])(?=([^\W\d_]{3,})([_-])([^\W\d_]{4,}))")
_FILE_END = re.compile(r"\.(?:jpe?g|png|heic|webp|mp[34]|mov|pdf|docx?|xlsx?|odt|txt|zip)\b")


def may_name(text: str) -> bool:
    """Whether a text can contain a name at all: a quick check, which most texts in ASCII fail."""
    return not (text.isascii() and _telling().isdisjoint(_LATIN.findall(text.lower())) and not _FORMS.search(text))


@cache
def _telling() -> frozenset[str]:
    return frozenset(word for word, kinds in word_lists()[0].items() if word.isascii() and kinds & _TELLING)


def persons_in(text: str, strict: bool = False, cell: bool = False) -> tuple[str, ...]:
    """Return what looks like the names of persons in a text.

    Args:
        text: any text.
        strict: the text is itself the name of something, such as a place, so only clear signs of a person count.
        cell: the text may be a name of something, such as a cell of a spreadsheet.
    """
    text = plain(text)
    words = words_of(text)
    if cell and (len(words) < 2 or (len(words) == 2 and words[0].has("rank"))):
        return ()
    spans = {*latin_names(words, strict, cell), *small_names(words)}
    if not text.isascii():
        spans.update(arabic_names(words, strict))
    if spans:
        title_end = _title_end(words)
        spans = {span for span in spans if not _is_at_article(words, span[0]) and span[0] >= title_end}
    found = [text[words[first].start : words[last].end] for first, last in spans]
    if not strict:
        if "*" in text or not text.isascii():
            found += [match[0] for match in (*_MASKED_NAME.finditer(text), *_BURMESE.finditer(text))]
        rows = (_ENDS_NAME.search(text[: row.start()]) for row in _SEX_AND_AGE.finditer(text))
        found += [name[0] for name in rows if name and not _is_place(name[0])]
        found += _in_file_names(text.lower())
    return tuple(found)


def _is_at_article(words: list[Word], first: int) -> bool:
    """Whether an Arabic article after a preposition of place is before a word: `at Ad Dana`."""
    return first > 1 and words[first - 1].text in _ARTICLES and words[first - 2].has("at")


def _title_end(words: list[Word]) -> int:
    """Where the name of a thing ends with which a text begins: `Ahmad Example, a school`; 0 if there is none."""
    start = 2 if words[1:2] and words[1].text == ":" else 0
    end = next((i for i, word in enumerate(words[: start + 6]) if word.text in ",\u060c"), 0)
    if any(not (word.capital or word.is_arabic or word.has("particle", "stop")) for word in words[start:end]):
        return 0
    return end if begins(classes_of(words[end : end + 3]), "thing") else 0


def _is_place(text: str) -> bool:
    words = words_of(text)
    return len(words) == 1 and is_hyphenated_place(words[0])


def _in_file_names(text: str) -> list[str]:
    is_file = _FILE_END.search(text) is not None
    names = {"lone", "given", "maybe"} if is_file else {"lone"}
    pairs = ((match[1], match[3]) for match in _FILE.finditer(text) if match[2] == "_" or is_file or "/" in text)
    return [first for first, second in pairs if kinds_of(fold(first)) & names and not kinds_of(fold(second))]


def is_bare_name(text: str) -> bool:
    """Whether a text is a common given name and one to three more words, none of which is that of a thing."""
    words = words_of(plain(text)) if may_name(text) else []
    words = words[1:] if words and words[0].has("title") else words
    if not 2 <= len(words) <= MAX_NAME_WORDS or not words[0].has("lone", "given") or is_public(*words):
        return False
    return all(word.text[0].isalpha() and not word.kinds & _NO_NAME for word in words)


def is_named_by(id: str) -> bool:
    """Whether the words of an id are the name of a person."""
    words = _ARTICLE_IN_ID.sub("al ", id.rstrip("0123456789-").replace("-", " "))
    return may_name(words) and (is_bare_name(words) or bool(persons_in(words.title(), cell=True)))


def names_thing(text: str) -> bool:
    """Whether a text has a word for a thing: a brigade, a newspaper, a movement."""
    return any(word.has("thing") for word in words_of(plain(text)))
