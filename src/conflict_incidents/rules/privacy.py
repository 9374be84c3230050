"""PRV: names of people. Prevents: a record that leads to a living victim, a minor or a witness.

No value is ever repeated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from conflict_incidents.catalogue import Problem, rule
from conflict_incidents.dataset import Dataset
from conflict_incidents.findings import Severity
from conflict_incidents.model import KEY, Named, Record
from conflict_incidents.spelling import folded

NAMING = frozenset(
    {"name", "text", "value", "editor", "by", "reviewer", "attribution", "licence", "coordinates_from", "agreement"}
)
"""Keys whose text names places, organisations, datasets and those who work on this one."""

_WORD = r"[A-Z][\w'\u2019-]++"  # to its end: no pattern looks at a word twice
_NAME = (
    rf"(?<![\w'\u2019-])(?P<name>{_WORD}(?: (?:(?:al|el|as|ad|an)-|bin |bint |ibn |abu |umm |de |van )?{_WORD}){{1,3}}"
    rf"(?: [A-Z]\.)?|{_WORD} [A-Z]\.)"
)
_WHO = (
    "wounded|injured|child|boy|girl|minor|baby|infant|toddler|teenager|witness|eyewitness|resident|survivor|detainee|"
    "detained|missing|abducted|kidnapped|victim|patient|neighbour|neighbor|activist|volunteer|farmer|father|mother|son|"
    "daughter|brother|sister|wife|husband|widow|widower|uncle|aunt|cousin|teacher|shepherd|driver"
)
_CALLED = "(?:was |is |who is )?(?:named|called|identified|known)(?: as)?"
_AGE = r"(?:\d{1,2}|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|\w+teen))"
_HARMED = (
    "wounded|injured|killed|detained|abducted|arrested|kidnapped|shot|beaten|tortured|hospitali[sz]ed|buried|rescued"
)
_BESIDE_PLACES = (
    # A name with an age: "…, 9, was", "… (9)", "… aged 9", "…, 9 years old".
    rf"{_NAME},? \(?(?:aged? {_AGE}\b|{_AGE}[- ](?:years?|months?)[- ]old)",
    rf"{_NAME}(?:, \d{{1,2}},(?! ?\d| and )| \((?:aged )?\d{{1,2}}\))",
    # A person, then a name: "the wounded man, …", "resident …", "a boy named …", "the missing are …".
    rf"(?i:\b(?:{_WHO})s?(?: (?:man|woman|persons?|people|boys?|girls?))?[,:]? "
    rf"(?:{_CALLED} |(?:are|were|is|include) )?){_NAME}",
    rf"(?i:\b(?:{_WHO}|man|woman) {_CALLED}) (?P<name>{_WORD})",
    rf"(?i:\b(?:boy|girl|child|baby|son|daughter)),? (?P<name>{_WORD})(?=[,.;)]| (?i:was|is|had|who|and)\b|$)",
    # A name, then a person: "…, a resident", "… was wounded", "… told".
    rf"{_NAME}(?:,| [(\u2013\u2014-]) ?"
    rf"(?i:(?:an?|the|one of the|his|her) (?:\d{{1,2}}-year-old |local |\w+ )?(?:{_WHO})\b)",
    rf"{_NAME}, (?i:who|whose)\b",
    rf"{_NAME},? (?i:(?:was|were|is|are|had been|has been) (?:\w+ly )?(?:{_HARMED}))\b",
    rf"{_NAME},? (?i:told|recalled|witnessed|survived|died|went missing|disappeared|lost (?:his|her))\b",
)
"""Where a name may also be that of a place, if a word such as "in" stands before it."""
_PLAIN = (
    rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.? (?P<name>{_WORD})",
    rf"(?i:\b{_AGE}-(?:year|month)-old,? (?:(?:boy|girl|child|man|woman),? )?)(?P<name>{_WORD})",
    rf"(?<![\w'\u2019-])(?P<name>{_WORD})(?: \(\d{{1,2}}\)|, \d{{1,2}},) (?i:was|were|is|are) (?i:{_HARMED})\b",
    rf"(?<![\w'\u2019-]){_WORD} and {_NAME} (?i:were|are|have been) (?i:{_HARMED})\b",
    rf"(?i:\bnames?(?: of(?: \w+){{1,4}})?: ){_NAME}",
    rf"{_NAME}(?<=s) (?i:house|home|family|wife|husband|son|daughter|brother|sister|children|farm|body)\b",
    rf"(?i:\b(?:interview with|testimony (?:of|by)|spoke (?:to|with)|body of|funeral of) ){_NAME}",
    rf"(?i:\b(?:son|daughter|wife|widow|husband|brother|sister|family|relatives|parents|house|home|killing|death|"
    rf"murder|assassination|arrest|abduction|kidnapping|detention|execution|wounding|disappearance) of ){_NAME}",
    rf"\b[Tt]he (?P<name>{_WORD}) family\b",
    r"(?P<name>(?:يدعى|تدعى|المدعو|المدعوة|اسمه|اسمها) +\w+)",
    r"(?:^|\s)(?:الطفل|الطفلة|الشاب|الشابة|الجريح|الجريحة|المصاب|المصابة|المعتقل|المعتقلة|المفقود|المفقودة|الشاهد"
    r"|الشاهدة|السيد|السيدة|المواطن|المواطنة|الناشط|الناشطة) "
    r"(?!(?:من|في|الذي|التي|على|إلى|كان|كانت|عن|مع|بعد|قرب|لم|قد|أن|و\w*|ال\w*) )(?P<name>\w{2,} \w{2,})",
)
"""What no place stands in."""
_MAY_NAME = re.compile(
    r"(?<![\w'\u2019-])[A-Z][\w'\u2019-]++ (?:[a-z]{2}-|[a-z]+ )?[A-Z]|[\u0621-\u064a]|\b(?:[Mm](?:r|rs|s|iss)|Dr|Prof)"
    r"|amed |alled |nown |fied |-old|\b[Tt]he [A-Z][\w-]+ family|[0-9](?:,|\)) (?:was|were|is|are)"
    r"|(?i:boy|girl|child|baby|son|daughter),? [A-Z]"
)
"""What a text has at the least in which a name is found: most have nothing of it, and need none of the patterns."""
_SAYS_WHO = re.compile(rf"(?:\w+_)?(?:{_WHO}|called|named|name_of)s?(?:_\w+)?").fullmatch
"""A key, of whatever spelling, that says of whom its value speaks."""
_LONGEST = 24
"""More characters than any word of `_PLACED` has: looking further back would take long in a long text."""
_PLACED = re.compile(
    r"(?i)(?:^|\s)(?:in|at|near|on|of|from|(?<!according )to|outside|around|between|over|towards|the|and|city|town"
    r"|village)$"
)
"""The words before a name that is a place's or an organisation's rather than a person's."""
_NO_PERSON = re.compile(
    r"(?i)^(?:bab|tell|tall|khan|jabal|ma'?arr?at|kafr|kafar|deir|dayr|ras|wadi|ain|ayn|ein|jisr|beit|bayt|burj|umm|al|el"
    r"|jabhat|jaysh|jaish|liwa|ahrar|faylaq|harakat|hayat|hezbollah|hizbullah|ansar|saraya|ajnad|nahr|qal'?at|tel|khirbat)"
    r"\b"
    r"|\b(?:point|camp|base|brigades?|division|road|highway|street|checkpoint|hospital|school|mosque|bridge|village|town"
    r"|city|governorate|province|district|airport|crossing|battalion|regiment|front|channel|army|corps|tv|news|agency"
    r"|network|observatory|defen[cs]e|helmets?|crescent|cross|nations|council|ministry|forces?|group|union|party|states?"
    r"|republic|government|committee|commission|international|media|press|mubasher|jazeera|arabiya|tahrir|watch|rights"
    r"|airlines|amnesty|human|daily|times|post|cent(?:er|re)|institute|university|foundation|association|bureau|office"
    r"|radio|weekly|tribune|guardian|herald|gazette|reuters|anadolu|xinhua|sputnik|monitor|monitoring|archive|project"
    r"|initiative|program(?:me)?|platform|coalition|alliance|movement|squad|squadron|company|unit|house|reporters|doctors"
    r"|physicians|without|borders|save|children|islamic|free|democratic|national|state|square|market|mountains?|valley"
    r"|river|lake|farms?|refugee|january|february|march|april|may|june|july|august|september|october"
    r"|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|syrians?|russians?|iranians?|turkish"
    r"|kurdish|kurds?|arabs?|palestinians?|iraqis?|lebanese|israelis?|ukrainians?|americans?|europeans?|british|french"
    r"|german|yemenis?|sudanese|north|south|east|west|northern|southern|eastern|western|central|two|three|four|five|six"
    r"|seven|eight|nine|ten|airstrikes?|strikes?|shelling|attack|the|in|at|on|a)\b"
)
"""Words that no person is called by."""


@rule("PRV001", Severity.ERROR, on=Record)
def no_names(record: Record, dataset: Dataset) -> Iterator[Problem]:
    """A record names nobody who was wounded, detained, is missing, a minor, or a witness.

    The schema has no field for a person's name, and the names of the dead stay in the reports that published them. Free
    text is searched for the patterns in which names of people appear; a machine can't find them all, so the review
    checklist asks for them too. The value is not repeated here: logs are public.

    Wrong:
        note: Ahmad Example, 9, was wounded.

    Right:
        note: A child was wounded.
    """
    for key, text, mark in record.everything():
        said = f"{key.replace('_', ' ')}: {text}" if _SAYS_WHO(key) else text
        found = () if key in NAMING else _names(said, key == KEY)
        if found and not all(_registered(name, dataset) for name in found):
            yield Problem(mark, "the text looks as if it named a person; take the name out")


@lru_cache(maxsize=65536)
def _names(text: str, whole: bool) -> tuple[str, ...]:
    """What looks like the names of people in a text; `whole` where the text may be nothing but a name."""
    seen = text if text.isascii() else "".join(map(_ascii_capital, text))
    if not _MAY_NAME.search(seen):
        return ()
    beside_places, plain, alone = _patterns()
    found = [match for pattern in beside_places for match in pattern.finditer(seen) if not _placed(seen, match)]
    found += [match for pattern in plain for match in pattern.finditer(seen)]
    if whole and (match := alone.fullmatch(seen)):
        found.append(match)
    names = (text[match.start("name") : match.end("name")] for match in found)
    return tuple(name for name in names if not _NO_PERSON.search(name))


@cache
def _patterns() -> tuple[list[re.Pattern[str]], list[re.Pattern[str]], re.Pattern[str]]:
    """The patterns, made ready when a text first needs them: that takes longer than checking a file without a name."""
    return [re.compile(one) for one in _BESIDE_PLACES], [re.compile(one) for one in _PLAIN], re.compile(_NAME)


def _ascii_capital(letter: str) -> str:
    """A capital of any script as one that the patterns know; lower-case letters are letters to them as they are."""
    return "A" if letter.isupper() and not letter.isascii() else letter


def _placed(text: str, found: re.Match[str]) -> bool:
    """Whether the word before a name says that it is a place's or an organisation's."""
    start = found.start("name")
    return _PLACED.search(text[max(0, start - _LONGEST) : start].rstrip()) is not None


def _registered(name: str, dataset: Dataset) -> bool:
    """Whether a registry has a record by that name, in any spelling that it knows."""
    id = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    kinds = ("place", "organisation", "actor")
    return any(dataset.named(kind, id) for kind in kinds) or folded(name) in {
        folded(known)
        for kind in kinds
        for record in dataset.records(kind)
        if isinstance(record, Named)
        for known in (record.name, *(one.spelling for one in record.names))
    }
