"""PRV, names: personal names.

No message repeats a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from conflict_incidents.core.findings import Severity
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import Record
from conflict_incidents.records.yaml.nodes import KEY, mark_of

NAMING = frozenset(
    {
        "name",
        "names",
        "text",
        "value",
        "editor",
        "by",
        "reviewer",
        "attribution",
        "licence",
        "authors",
        "journal",
        "coordinates_from",
        "agreement",
    }
)
"""Keys whose text names places, organisations, datasets and those who work on this one."""

_WORD = r"[A-Z][\w'\u2019-]++"  # to its end: no pattern looks at a word twice
_BEFORE = "in|at|near|on|of|from|outside|around|between|over|towards|the|and|city|town|village"
"""The words before a name that is a place's or an organisation's rather than a person's; they begin none."""
_NAME = (
    rf"(?<![\w'\u2019-])(?!(?i:{_BEFORE}|to) )"
    rf"(?P<name>{_WORD}(?: (?:(?:al|el|as|ad|an)-|bin |bint |ibn |abu |umm |de |van )?{_WORD}){{1,3}}"
    rf"(?: [A-Z]\.)?|{_WORD} [A-Z]\.)"
)
_WHO = (
    "wounded|injured|child|boy|girl|minor|baby|infant|toddler|teenager|witness|eyewitness|resident|survivor|detainee|"
    "detained|missing|abducted|kidnapped|victim|patient|neighbou?r|activist|volunteer|farmer|father|mother|son|"
    "daughter|brother|sister|wife|husband|widow(?:er)?|uncle|aunt|cousin|teacher|shepherd|driver"
)
_CALLED = "(?:who )?(?:was |is )?(?:named|called|identified|known)(?: as)?"
_AGE = r"(?:\d\d?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen)"
_HARMED = (
    "wounded|injured|killed|detained|abducted|arrested|kidnapped|shot|beaten|tortured|hospitali[sz]ed|buried|rescued"
)
_NAMESAKE = (
    r"(?: (?:(?:al|el|as|ad|an)-|bin |ibn |abu )?[A-Z][\w'\u2019-]*){0,3}"
    r" (?i:hospital|clinic|school|institute|university|mosque|street|square|cent(?:er|re)|bridge|park)\b"
)
"""What follows the name of a person after whom a hospital or a street is called."""
_BESIDE_PLACES = (
    # A name with an age: "…, 9, was", "… (9)", "… aged 9", "…, 9 years old".
    rf"{_NAME},? \(?(?:aged? {_AGE}|{_AGE}[- ](?:year|month)s?[- ]old)",
    rf"{_NAME}(?:, \d\d?,(?! ?\d| and )| \((?:aged )?\d\d?\))",
    # A person, then a name: "the wounded man, …", "resident …", "a boy named …", "the missing are …".
    rf"(?i:\b(?:{_WHO})s?(?: (?:man|woman|persons?|people))?[,:]? "
    rf"(?:{_CALLED} |(?:are|were|is|was|includes?) )?){_NAME}",
    rf"(?i:(?:{_WHO}|man) {_CALLED}) (?P<name>{_WORD})",
    rf"(?i:\b(?:boy|girl|child|baby|son|daughter)),? (?P<name>{_WORD})(?=[,.;)]| (?i:was|is|had|who|and)\b|$)",
    # A name, then a person: "…, a resident", "… was wounded", "… told".
    rf"{_NAME}(?:,| [(\u2013\u2014-]) ?"
    rf"(?i:(?:an?|the|one of the|his|her) (?:[\w-]+ )?(?:{_WHO})\b)",
    rf"{_NAME}, (?i:who)",
    rf"{_NAME},? (?i:(?:was|were|is|are|ha[ds] been) (?:\w+ly )?(?:{_HARMED}|missing\b))",
    rf"{_NAME},? (?i:told|recalled|witnessed|survived|died|went missing|disappeared|lost (?:his|her))",
)
"""Patterns in which a name may be that of a place, after a word such as "in"."""
_PLAIN = (
    rf"\b(?:Mrs?|Ms|Miss|Dr|Prof)\.? (?P<name>{_WORD})(?!{_NAMESAKE})",
    rf"(?i:-(?:year|month)-old,? (?:(?:boy|girl|child|man|woman),? )?)(?P<name>{_WORD})",
    rf"(?<![\w'\u2019-])(?P<name>{_WORD})(?: \(\d\d?\)|, \d\d?,) (?i:was|is) (?i:{_HARMED})",
    rf"(?<![\w'\u2019-]){_WORD} and {_NAME} (?i:were|are|have been) (?i:{_HARMED})",
    rf"(?i:\bnames?(?: of(?: \w+){{1,4}})?: |called: |named: ){_NAME}",
    rf"{_NAME}(?<=s) (?i:house|home|family|wife|husband|son|daughter|brother|sister|children|farm|body)",
    rf"(?i:(?:interview with|testimony (?:of|by)|spoke (?:to|with)|body of|funeral of) ){_NAME}",
    rf"(?i:\b(?:son|daughter|wife|widow|husband|brother|sister|family|relatives|parents|house|home|killing|death|"
    rf"murder|assassination|arrest|abduction|kidnapping|detention|execution|wounding|disappearance) of ){_NAME}",
    rf"[Tt]he (?P<name>{_WORD}) family",
    r"(?P<name>(?:يدعى|تدعى|المدعو|المدعوة|اسمه|اسمها) \w+)",
    r"\b[وفب]?(?:الطفل|الطفلة|الشاب|الشابة|الجريح|الجريحة|المصاب|المصابة|المعتقل|المعتقلة|المفقود|المفقودة|الشاهد"
    r"|الشاهدة|السيد|السيدة|المواطن|المواطنة|الناشط|الناشطة) "
    r"(?!(?:من|في|على|إلى|كان|كانت|عن|مع|بعد|قرب|لم|قد|أن|و\w*|ال\w*) )(?P<name>\w+ \w+)",
)
"""What contains no place."""
_MAY_NAME = re.compile(
    r"(?<![\w'\u2019-])[A-Z][\w'\u2019-]++ (?:[a-z]{2}-|[a-z]+ )?[A-Z]|[\u0621-\u064a]|Mr|Ms|Miss|Dr|Prof"
    r"|family|(?i:named|called|identified|known|-old)|\d[,)] (?i:was|is)"
    r"|(?i:boy|girl|child|baby|son|daughter),? [A-Z]"
)
"""What a text has at the least in which a name is found: most have nothing of it, and need none of the patterns."""
_TELLING = (
    "age old wounded injured child boy girl minor baby infant toddler teen witness resident survivor detain missing "
    "abducted kidnapp victim patient neighbo activist volunteer farm father mother son daughter brother sister wife "
    "husband widow uncle aunt cousin teacher shepherd driver man called identified known name who killed arrested "
    "shot beaten tortured hospitali buried rescued told recalled survived died disappeared lost mr ms miss dr prof "
    "house home family body interview testimony spoke funeral relatives parents murder assassination arrest abduction "
    "detention execution disappearance killing death wounding"
)
_WORDS = tuple(_TELLING.split())
"""Beginnings of words: each pattern for Latin letters asks for one of them, but that for ages in digits."""
_AGED = re.compile(r"[,(] ?(?:aged )?[0-9]")
_PLACED = re.compile(rf"(?i)\b(?:{_BEFORE}|(?<!according )to) ")
_BEGINNINGS = (
    "bab tell tall khan jabal maarrat maarat ma'arrat ma'arat kafr kafar deir dayr ras wadi ain ayn ein jisr beit "
    "bayt burj umm al el jabhat jaysh jaish liwa ahrar faylaq harakat hayat hezbollah hizbullah ansar saraya "
    "ajnad nahr qalat qal'at tel khirbat"
)
"""Words with which the names of places and of groups begin, and no person's."""
_NO_PERSON = (
    "point camp base brigade brigades division road highway street checkpoint hospital school mosque bridge "
    "village town city governorate province district airport crossing battalion regiment front channel army corps "
    "tv news agency network observatory defence defense helmet helmets crescent cross nations council ministry "
    "force forces group union party state states republic government committee commission international media "
    "press mubasher jazeera arabiya tahrir watch rights airlines amnesty human daily times post center centre "
    "institute university foundation association bureau office radio weekly tribune guardian herald gazette "
    "reuters anadolu xinhua sputnik monitor monitoring archive project initiative program programme platform "
    "coalition alliance movement squad squadron company unit house reporters doctors physicians without borders "
    "save children islamic free democratic national square market mountain mountains valley river lake farm farms "
    "refugee january february march april may june july august september october november december monday tuesday "
    "wednesday thursday friday saturday sunday syrian syrians russian russians iranian iranians turkish kurdish "
    "kurd kurds arab arabs palestinian palestinians iraqi iraqis lebanese israeli israelis ukrainian ukrainians "
    "american americans european europeans british french german yemeni yemenis sudanese north south east west "
    "northern southern eastern western central two three four five six seven eight nine ten airstrike airstrikes "
    "strike strikes shelling attack the in at on"
)
"""Words that no person is called by."""


@rule("PRV001", Severity.ERROR, on=Record)
def no_names(record: Record, dataset: Dataset) -> Iterator[Problem]:
    """A record names no one who was wounded, detained, is missing, a minor, or a witness.

    The schema has no field for a person's name, and the names of the dead stay in the reports that published them. Free
    text is searched for the patterns in which names of people appear; a machine can't find them all, so the review
    checklist asks for them too. The value is not repeated here: logs are public.

    Wrong:
        note: Ahmad Example, 9, was wounded.

    Right:
        note: A child was wounded.
    """
    for key, text, at in record.everything:
        names = _names(key, text)
        if names and not all(map(dataset.registry.is_called, names)):
            yield Problem(mark_of(at), "the text looks as if it named a person; take the name out")


@lru_cache(maxsize=65536)
def _names(key: str, text: str) -> tuple[str, ...]:
    """What looks like the names of people in the text of a key."""
    if key in NAMING:
        return ()
    text = f"{'name' if key == KEY else key.replace('_', ' ')}: {text}"
    if text.isascii() and text == text.lower():  # each pattern for Latin letters asks for a capital
        return ()
    seen = _UNUSUAL.sub(_usual, text)
    if not _MAY_NAME.search(seen):
        return ()
    said = seen.lower()
    if text.isascii() and not any(word in said for word in _WORDS) and not _AGED.search(seen):
        return ()
    beside_places, plain = _patterns()
    placed = {word.end() for word in _PLACED.finditer(seen)}
    found = [each for pattern in beside_places for each in pattern.finditer(seen) if each.start("name") not in placed]
    found += [each for pattern in plain for each in pattern.finditer(seen)]
    names = (text[each.start("name") : each.end("name")] for each in found)
    return tuple(name for name in names if _may_be_a_person(name))


@cache
def _patterns() -> tuple[list[re.Pattern[str]], list[re.Pattern[str]]]:
    """The patterns, made ready when a text first needs them: that takes longer than checking a file without a name."""
    return [re.compile(one) for one in _BESIDE_PLACES], [re.compile(one) for one in _PLAIN]


_UNUSUAL = re.compile(r"[^ -~]")


def _usual(found: re.Match[str]) -> str:
    """A capital of any script as one that the patterns know, and the end of a line as a space."""
    return "A" if found[0].isupper() else " " if found[0].isspace() else found[0]


def _may_be_a_person(name: str) -> bool:
    words = re.findall(r"\w+(?:'\w\w+)?", name.casefold().replace("\u2019", "'"))
    return words[0] not in _BEGINNINGS.split() and not set(_NO_PERSON.split()) & set(words)
