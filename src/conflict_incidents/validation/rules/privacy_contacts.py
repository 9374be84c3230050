"""PRV: privacy of persons.

This module finds contact details and personal identifiers. No message repeats a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

from conflict_incidents.core.countries import alpha2
from conflict_incidents.core.findings import Mark, Severity, Shown
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.core.urls import page_account
from conflict_incidents.core.written_contacts import written_contacts
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import Organisation, Record, Sourced, kind_of
from conflict_incidents.records.yaml.nodes import COMMENT, KEY, mark_of
from conflict_incidents.records.yaml.raw_text import Unread

PROSE = frozenset({"title", "note", "locator", "excerpt", "excerpt_original", "reason", KEY, COMMENT})
"""Where people write sentences: a long number is no id of something else there."""
ADDRESSES = frozenset({"url", "archive_url"})
IDS = frozenset({"id", "sha256", "version"})
"""Keys whose digits mean nothing to a person; only what can't be an id is looked for there."""

PHONE, EMAIL, HANDLE = "a telephone number", "an e-mail address", "a handle"
GRID, POSITION, IDENTITY = "a grid reference", "an exact position", "an identity number"
LONG = "a number as long as a telephone or identity number"
_GAP = r"[ ().\u2010-\u2014/-]{0,2}"
_CALL = (
    "tel|telephone|phone|text me|text him|text her|ring|dial|ph|mobile|mob|cell|call|whatsapp|viber|signal|msisdn"
    "|هاتف|الهاتف|جوال|الجوال|موبايل|واتساب|رقم"
    "|téléphone|portable|fixe|numéro|appeler|appelle|appelez|rappeler|joindre|joignable|contacter"
    r"|m[aá]rqu\w{1,4}|comun[ií][cq]\w{1,9}|teléfono|móvil|celular|fijo|número es|llamar|llama|llame|marcar"
    "|telefon|gsm|cep|numara"
    r"|тел|телефон\w{0,3}|моб|моб[иі]льн\w+|вайбер\w{0,2}|ва(?:тс|ц)ап\w{0,2}|телеграм\w{0,2}|д?звон[иі]\w+"
    "|telefonu|تلفن|تلیفون|موبایل|شماره|واتساپ|جواله|جوالها|رقمه|رقمها"
)
_CARD = (
    r"passport|(?:national|identity|personal|civil|citizen)(?: (?:id|identity))?(?: card)?"
    r"|id (?:card|number|no|nr)|(?:her|his|whose|my) id|ssn|passeport|carte (?:d'identité|d'électeur|consulaire)|cni"
    r"|pasaporte|c[eé]dula|dni|nie|curp|pasaport(?:u|unun)?|(?<!olay )kimli[kğ]i?"
    r"|تذکره|گذرنامه|پاسپورت|کد ملی|شماره ملی|بالجواز|جوازه|جوازها|هويته|هويتها|بطاقته"
    r"|(?:загран)?паспорт\w{0,2}|[іи][пн]н|рнокпп|снилс|id-карт\w+|посвідчен\w+|удостоверени\w+"
    r"|військ\w+ квит\w+|военн\w+ билет\w*|в/у|водительск\w+ права|свид[еі]тельств\w+ о \w+|свідоцтв\w+ про \w+"
    r"|tarjeta de identidad|libreta militar|registro civil|licencia de conduc\w+|permis de conduire"
    "|acte de (?:naissance|décès)|voter(?:'s)? (?:card|id)|(?:driving|driver's) licen[cs]e|imei"
    "|(?:الرقم|القيد) (?:التمويني|المدني)|الرقم الوطني|الهوية|هوية|جواز السفر|جواز سفر|جواز"
)
_SIGNS = (
    r"(?:[:,.=#/\s\u0654№]|n[°º]|n\.[°º]|no\b|nr\b|number\b|me\b|at\b|on\b|as\b|is\b|es\b|le\b|au\b|al\b"
    r"|сер\w+|номер|رقم|شماره){0,20}"
)
_NO_DAY = (
    r"(?![12][0-9]{3}(?:/|[.-][01][0-9][.-])|[0-3]?[0-9][./-][01]?[0-9][./-][12][0-9]{3}"
    r"|[0-2][0-9][0-5][0-9] ?[\u2013-] ?[0-2][0-9][0-5][0-9]\b)"
)
_ZONE, _SQUARE = "[0-9]{1,2}[C-HJ-NP-X]", "[A-HJ-NP-Z][A-HJ-NP-V]"
"""What begins a reference of the military grid: `37S BV`."""
_OPEN = "[2-9CFGHJMPQRVWX]"
"""A digit of open location codes, `8G6X+QF`."""
_DEGREES = r"-?[0-9]{1,3}[.\u066b][0-9]{3,}"
_NORTH = r"[NSKG]|(?i:nor(?:th|d|te)|su[rd]|south|kuzey|güney)|(?:شمال|جنوب)[^\s\d,\u060c]*|(?:с|ю|пн|пд)\. ?ш\."
_EAST = r"(?i:(?:lon(?:g|gitude)?|lng|[ewo]|خط (?:ال)?طول)[:= ]*)?"
_ANYWHERE = (
    (
        re.compile(
            r"(?i)(?<![\w.+-])[\w.+-]++(?:@| ?[(\[{](?:at|@)[)\]}] ?)[\w-]+(?:\.| ?[(\[{](?:dot|\.)[)\]}] ?)\w[\w.]"
        ),
        EMAIL,
    ),
    (re.compile(r"(?i)(?<!\w)[a-z]{0,2}[0-9]{6,12} (?:numaral\w|no\'lu|nolu) (?:pasaport|kimlik)"), IDENTITY),
    (
        re.compile(
            rf"(?i)(?<![^\W_])(?:{_CALL})(?:{_SIGNS}|\b[^0-9:;.]{{0,30}}(?:: ?| al )){_NO_DAY}"
            rf"\(?\+?(?:[0-9]{_GAP}){{6,14}}[0-9]"
        ),
        PHONE,
    ),
    (
        re.compile(
            rf"(?i)(?<![^\W_])(?:{_CARD})(?![^\W\d_]|-[a-z]{{2}}){_SIGNS}"
            r"(?:(?:[a-zа-яі]{1,3}|[0-9]{2})[ -]){0,2}№? ?"
            r"(?![0-3]?[0-9][./-][01]?[0-9][./-][12][0-9]{3}|[12][0-9]{3}[./-][01][0-9][./-])"
            r"(?=[a-zа-яі0-9.-]*[0-9]{4}|[0-9]{1,3}([.-])[0-9]{3}\1[0-9]{3})[a-zа-яі0-9.-]{5,}"
        ),
        IDENTITY,
    ),
    (
        re.compile(
            rf"\b{_ZONE} ?{_SQUARE} ?(?:[0-9]{{5}} ?[0-9]{{5}}|[0-9]{{4}} ?[0-9]{{4}}|[0-9]{{3}} ?[0-9]{{3}})\b"
        ),
        GRID,
    ),
    (re.compile(rf"(?i)\b{_ZONE}{_SQUARE}(?:[0-9]{{10}}|[0-9]{{8}}|[0-9]{{6}})\b"), GRID),
    (re.compile(r"[0-9] ?[C-HJ-NP-X],? 0?[1-9][0-9]{5}(?:\.[0-9]+)?(?: ?m? ?[A-Z])?,? [0-9]{7}"), GRID),
    (re.compile(rf"(?<![\w+])(?=[0-9]*[A-Z]){_OPEN}{{4,8}}\+{_OPEN}{{2,3}}(?!\w)"), POSITION),
    (re.compile(r"[0-9] ?[°º] ?[0-9]+(?:\.[0-9]{2}| ?['\u2019\u2032] ?[0-9])"), POSITION),
    (re.compile(r"(?<![\w.])[12] [0-9]{2} (?:0[1-9]|1[0-2]) [0-9]{2} [0-9]{3} [0-9]{3}(?: [0-9]{2})?(?!\w)"), IDENTITY),
    (re.compile(r"\b[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}[A-Z0-9][0-9]\b"), IDENTITY),
    (
        re.compile(r"(?<![\w.,-])-?[0-9]{1,3},[0-9]{4,}°?(?: ?[NSKG])? ?[;/ ] ?-?[0-9]{1,3},[0-9]{4,}(?![\w,])"),
        POSITION,
    ),
    (re.compile(r"///[^\W\d_]+\.[^\W\d_]+\.[^\W\d_]"), POSITION),
    (
        re.compile(
            rf"(?:(?<![\w.])(?:[NS] ?)?|!3d){_DEGREES}°? ?(?:{_NORTH})?(?: ?[,;/|\u060c] ?| |&[a-z]+=|!4d)"
            rf"{_EAST}{_DEGREES}(?: ?[EWODB])?(?!\w|\.[0-9])"
        ),
        POSITION,
    ),
    (re.compile(r"(?i)(?<!\byoutube\.com)/@(?![0-9.]+,)[\w.]{3}"), HANDLE),  # there it names a channel for everybody
)
_IN_TEXT = (
    (re.compile(rf"(?<![\w/.%-])(?:\+ ?[0-9]|00[1-9])(?:{_GAP}[0-9]){{7,14}}(?![0-9])"), PHONE),
    (
        # As people group them: 0000 000 000, (00) 000-0000, 0000 000 00 00, 000 00000000, 00 00 00 00 00,
        # 8 (000) 000-00-00, 000 0000 0000.
        re.compile(
            r"(?<![\w/.%:-])(?:(?:\(0[0-9]+\) ?|0[0-9]{2,3}[ ./-]?|0[0-9][ ./-])[0-9]{3}[ .-]?[0-9]{2}[ .-]?[0-9]{1,2}"
            r"|0[0-9]{1,2}[ /-][0-9]{4,5}[ -][0-9]{3,4}|0[0-9]+[ /-][0-9]{8}|0[0-9] ?[0-9]{2}(?: [0-9]{2}){3}"
            r"|0[0-9]{4}[ -][0-9]{3}[ -]?[0-9]{3}|8[ (-]+[0-9]{3}[) -]+[0-9]{3}[ -][0-9]{2}[ -][0-9]{2})(?![\w-])"
        ),
        PHONE,
    ),
    (re.compile(r"(?<![\w/@.])@(?![0-9]+(?:h|am|pm)?\b)\w[\w.]{2}"), HANDLE),
    (
        re.compile(
            r"(?i)\b(?:facebook|fb|vk|instagram)\.com/(?:(?:\w+\.)*profil|people/|[\w.]*[0-9]{4}|\w+\.[\w.]*[0-9]{2}|\w+\.\w+\.\w)"
        ),
        HANDLE,
    ),
)
_IN_ADDRESSES = (
    (re.compile(r"(?<![\w.])(?:\+[0-9]|(?<=[=:])00[1-9])(?:[ ().-]{0,2}[0-9]){7}"), PHONE),
    (re.compile(r"(?i)\bwa\.me/[0-9]{7}"), PHONE),
)
_IN_IDS = _IN_ADDRESSES[:1]
_MAY_BE_DIALLED = re.compile(r"(?<![\w/.%:-])(?:0|\([0-9]+\))[0-9() ./-]{5,}[0-9]")
"""What a text has at the least that holds a number as people of a country write it: the library is slow to load."""
_SAYS_WHAT = re.compile(rf"(?i)(?:\w+_)?(?:{_CALL}|{_CARD.replace(' ', '[ _]')})(?:_\w+)?")
_LONG = re.compile(r"(?<![\w+./%:-])[0-9]{10,13}(?![\w/-]|\.[0-9])")
_MAY_HOLD = re.compile(r"(?i)[0-9].*[0-9].*[0-9]|[@%+]|///|\.com/|[(\[{]at[)\]}]", re.S)
"""What a text has at the least in which a contact is found: most have nothing of it, and need none of the patterns."""
_DATE_OR_ID = re.compile(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]|[A-Z]{3}-[0-9]{8}-[0-9a-z]{4}").fullmatch
"""A date, or the id of an incident, of which each record has several."""
_DIGITS = re.compile("(?:[0-9][^0-9]*+){7}")
_SIGN = re.compile(rf"(?i)[@%+°º]|///|[(\[{{]at[)\]}}]|(?<![^\W_])(?:{_CARD})")
"""What a text has at the least in which one of the patterns is found that has no more than six digits."""


@rule("PRV003", Severity.ERROR, on=(Record, Unread))
def no_contacts(record: Record | Unread, dataset: Dataset) -> Iterator[Problem]:
    """A record has no telephone number, e-mail address, handle, street address, identity number or exact position.

    Nor an account number, a number plate or a grid reference, nor a number or an address that is spelt out. All of the
    file is searched: texts, addresses, keys and comments, with Arabic digits, and telephone numbers also as they are
    written in the record's country. The address of a channel that the registry lists as its publisher's is accepted. A
    reviewer looks for numbers without a word for their kind, for names on a network without their `@`, and for
    directions that lead to a door. In a file that can't be read, each line is searched; in the dataset's descriptor,
    everything but its tables. An exact position is accepted in the record of a place, and in a value that is kept from
    another dataset, which has published it.

    Wrong:
        note: Call +000 000 000 000 for details.

    Right:
        note: Details are with the publisher.
    """
    country = getattr(record, "country", None)
    for key, text, at in record.everything:
        for what in contacts(key, text, country):
            own = what == HANDLE and mark_of(at) in own_pages(record, dataset)
            is_public = what == POSITION and (key == "value" or kind_of_file(record) == "place")
            if not own and not is_public:
                yield Problem(mark_of(at), f"the text contains what looks like {Shown(what)}; remove it")


def kind_of_file(record: Record | Unread) -> str:
    """Return the kind of a record, also of one that can't be read, if it says so."""
    return record.kind if isinstance(record, Unread) else kind_of(record)


def own_pages(record: Record | Unread, dataset: Dataset) -> Iterator[Mark]:
    """The positions of addresses of pages that an organisation of the registry gives as its own."""
    if isinstance(record, Unread):
        yield from _own_urls(record, dataset)
    if isinstance(record, Organisation) and record.url:
        yield record.at("url")
    for report in record.reports.values() if isinstance(record, Sourced) else []:
        publisher = dataset.registry.organisation(report.publisher)
        if report.url and publisher and publisher.url and page_account(publisher.url) == page_account(report.url):
            yield from (report.at(key) for key in ("url", "archive_url") if getattr(report, key))


def _own_urls(unread: Unread, dataset: Dataset) -> Iterator[Mark]:
    """The positions of `url`s that may be an organisation's own: a line doesn't say whose report it is."""
    urls = {mark_of(at): text.strip(" \t,}\"'") for key, text, at in unread.everything if key == "url"}
    for mark, url in urls.items():
        if unread.kind == "organisation" or dataset.registry.has_page(page_account(url)):
            yield mark


@lru_cache(maxsize=65536)
def contacts(key: str, text: str, country: str | None) -> tuple[str, ...]:
    """What the text of a key seems to hold, each kind once; `country` is that of the record, ISO 3166-1 alpha-3."""
    prose, is_id = key in PROSE, key in IDS
    text = readable(f"{key.replace('_', ' ')}: {text}" if _says_what(key) else text)
    spelled = {} if is_id or key in ADDRESSES or _DATE_OR_ID(text) else written_contacts(text)
    if not _MAY_HOLD.search(text) or _DATE_OR_ID(text) or (is_id and text.isdecimal()):
        return tuple(spelled)
    found: dict[str, None] = {}
    for texts, is_address in pieces(text):
        likely = _DIGITS.search(texts) or _SIGN.search(texts) or (".com/" in texts and not is_address)
        patterns = _ANYWHERE + (_IN_ADDRESSES if is_address else _IN_IDS if is_id else _IN_TEXT) if likely else ()
        found |= {what: None for pattern, what in patterns if pattern.search(texts)}
        may_call = not (is_address or is_id) and _MAY_BE_DIALLED.search(texts)
        if country and may_call and _has_phone_number(texts, country):
            found[PHONE] = None
        if prose and not is_address and not found.keys() & {PHONE, IDENTITY} and _LONG.search(texts):
            found[LONG] = None
    if found.keys() & {PHONE, IDENTITY, GRID, POSITION}:
        spelled.pop(PHONE, None)
    return tuple(found | spelled)


@lru_cache(maxsize=1024)
def _says_what(key: str) -> bool:
    """Whether a key, of whatever spelling, says that its value is a telephone or an identity number."""
    return _SAYS_WHAT.fullmatch(key) is not None


def _has_phone_number(text: str, country: str) -> bool:
    """Whether a text holds a telephone number of a country, grouped as people there write it."""
    from phonenumbers import Leniency, PhoneNumberMatcher

    region = alpha2(country)
    numbers = PhoneNumberMatcher(text, region, Leniency.EXACT_GROUPING) if region else ()
    return any(one.raw_string[0] in "(0" and not one.raw_string.isdigit() for one in numbers)


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The addresses in a text, read as browsers read them, and the text between them; true for an address."""
    end = 0
    for address in _ADDRESS.finditer(text):
        yield text[end : address.start()], False
        yield resolve_escapes(address["place"]), True
        end = address.end()
    yield text[end:], False


_ADDRESS = re.compile(r"://(?:[^\s<>\"/?#]*@)?(?P<place>[^\s<>\"]+)")
"""An address from its host on; a user before it is refused by SRC001."""


def resolve_escapes(address: str) -> str:
    """An address with its escapes resolved, also those of an address inside of it."""
    return readable(unquote(unquote(address)))


@lru_cache(maxsize=65536)
def readable(text: str) -> str:
    """A text with the digits of every script as ASCII digits, and every space a plain one."""
    return text if text.isascii() and text.isprintable() else _UNUSUAL.sub(_plain, text)


_UNUSUAL = re.compile(r"[^ -~\n]")


def _plain(found: re.Match[str]) -> str:
    if found[0].isdecimal():
        return str(int(found[0]))
    return " " if found[0].isspace() else found[0]
