"""PRV, addresses: links to personal profiles and closed groups.

No message repeats a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from conflict_incidents.core.findings import Severity, Shown
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.core.urls import page_account
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import Record
from conflict_incidents.records.yaml.nodes import mark_of
from conflict_incidents.records.yaml.raw_text import Unread
from conflict_incidents.validation.rules.privacy_contacts import ADDRESSES, kind_of_file, own_pages, resolve_escapes

_PAGES = "search|hashtag|explore|home|intent|share|login|signup|i|p|reel|reels|tv|about|privacy|tos|legal"
_POSTS = "(?:public|club|event|wall|video|clip|photo|topic|album|doc)s?[0-9-]"
_NAME = rf"@?(?!(?:{_PAGES})\b|{_POSTS})[\w.-]+"
_TABS = "with_replies|media|likes|followers|following|photos|videos|friends|tagged|reels"
_END = rf"(?:/(?:{_TABS}))?/?(?:[?#]\S*)?(?![\w/@%+=&~-])"
_TELEGRAM = r"(?:t|telegram)\.(?:me|dog)"
ACCOUNT = "an account rather than a post of it"
POST = "a post of an account"
_FORMS = {
    "a private channel or chat": (
        rf"{_TELEGRAM}/(?:\+|joinchat/|c/[0-9])|web\.telegram\.org/",
        r"(?:chat|call|api|web)\.whatsapp\.com/|wa\.me/|whatsapp\.com/(?:send|invite)",
        r"discord\.gg/|discord(?:app)?\.com/(?:invite|channels)/|signal\.(?:group|me)/|vk\.me/",
        r"invite\.viber\.com/|join\.(?:skype|slack)\.com/|m\.me/|messenger\.com/t/|facebook\.com/messages/",
        r"instagram\.com/direct/|ig\.me/m/|(?:tg|whatsapp|sgnl|viber|skype|discord|facetime)://",
    ),
    "a person's profile": (
        r"(?:facebook|fb)\.com/(?:profile\.php|people/)|linkedin\.com/(?:in|pub)/|vk\.com/id[0-9]",
        r"(?:ok|odnoklassniki)\.ru/profile/|my\.mail\.ru/mail/|reddit\.com/u(?:ser)?/|flickr\.com/people/",
        r"snapchat\.com/(?:add/|@)|t\.snapchat\.com/|instagram\.com/stories/|(?:x|twitter)\.com/intent/user",
        r"linktr\.ee/|about\.me/|ask\.fm/",
    ),
    ACCOUNT: (
        rf"(?:x|twitter|instagram|instagr\.am|vk)\.com/{_NAME}{_END}|{_TELEGRAM}/{_NAME}{_END}",
        r"(?!www\.)[\w-]+\.t\.me(?![\w-])",
        rf"(?:tiktok\.com|threads\.(?:net|com)|truthsocial\.com|gab\.com)/@[\w.-]+{_END}",
        rf"bsky\.app/profile/[\w.:-]+{_END}",
    ),
    POST: (
        r"(?:x|twitter)\.com/(?!i/)\w+/status/|(?:tiktok\.com|threads\.(?:net|com)|truthsocial\.com)/@[\w.-]+/",
        r"instagram\.com/(?!(?:p|reel|tv|stories|explore)/)[\w.]+/(?:p|reel)/|bsky\.app/profile/[\w.:-]+/post/",
        r"(?:facebook|fb)\.com/(?!groups/)[\w.-]+/(?:posts|videos|photos)/",
    ),
    "personal cloud storage": (
        r"(?:drive|docs|photos)\.google\.com/|drive\.usercontent\.google\.com/|photos\.app\.goo\.gl/",
        r"dropbox\.com/|dropboxusercontent\.com/|db\.tt/|1drv\.ms/|onedrive\.live\.com/|sharepoint\.com/",
        r"icloud\.com/|mega\.(?:nz|io|co\.nz)/|(?:wetransfer|fromsmash|swisstransfer)\.com/|we\.tl/",
        r"(?:mediafire|4shared|sendspace|terabox|1024terabox|pcloud|box|sync)\.com/|pcloud\.link/",
        r"disk\.yandex\.[a-z.]+/|yadi\.sk/|cloud\.mail\.ru/|gofile\.io/|file\.io/|transfer\.sh/|filebin\.net/",
        r"(?:drive|docs)\.proton\.me/|cryptpad\.fr/|pad\.riseup\.net/",
    ),
    "a paste, which anyone can change or delete": (
        r"pastebin\.(?:com|pl)/|paste\.[\w.-]+/|paste2\.org/|hastebin\.com/|ghostbin\.\w+/|justpaste\.(?:it|me)/",
        r"rentry\.(?:co|org)/|dpaste\.(?:com|org)/|controlc\.com/|privatebin\.\w+/|0bin\.net/",
        r"gist\.github\.com/|anotepad\.com/|termbin\.com/",
    ),
}
"""The patterns of URLs that aren't public, by what they lead to."""
_FORMS_IN_TEXT = {ACCOUNT: (rf"{_TELEGRAM}/s/{_NAME}{_END}",), POST: (rf"{_TELEGRAM}/(?:s/)?(?!c/){_NAME}/[0-9]",)}
"""Further patterns for texts; as the URL of a report, what a channel shows to everybody can be cited."""
_WHOSE_POST = Shown(
    "the address leads to a post of an account; cite it only if it is an organisation's: its record then has the"
    " account as its `url`, and is the publisher"
)


def _patterns(more: Mapping[str, tuple[str, ...]]) -> dict[str, re.Pattern[str]]:
    forms = {what: "|".join((*forms, *more.get(what, ()))) for what, forms in _FORMS.items()}
    return {what: re.compile(rf"(?i)(?<![\w-])(?:{any_of})") for what, any_of in forms.items()}


_OF_URLS, _OF_TEXTS = _patterns({}), _patterns(_FORMS_IN_TEXT)
_MAY_LEAD = re.compile(r"(?i)\.[\w-]+(?:/|%2f)|%2e|://|\.t\.me")
_BRACKETED_DOT = re.compile(r"(?i) ?[\[({] ?(?:\.|dot) ?[\])}] ?|\uff0e")


@rule("PRV004", Severity.ERROR, on=(Record, Unread))
def no_private_address(record: Record | Unread, dataset: Dataset) -> Iterator[Problem]:
    """No address leads to a private channel, to a person's profile, or to a file in personal cloud storage.

    URLs are checked by their pattern, in texts, keys and comments too, and inside the URL of an archived copy. A post
    of an account can be cited; the account itself can't, unless an organisation of the registry has it as its own. A
    post whose account no such organisation has is a warning: a reviewer checks that it is no witness's. A post of a
    Telegram channel is one in texts only; as the `url` of a report it is accepted. In a file that can't be parsed, each
    line is searched.

    Wrong:
        url: "https://t.me/joinchat/AAAAAE"

    Right:
        url: "https://t.me/s/a_public_channel/12"
    """
    for key, text, at in record.everything:
        in_text = key not in ADDRESSES
        for what, addresses in _leads_to(text, in_text):
            if what in (ACCOUNT, POST) and (
                kind_of_file(record) == "organisation"
                or mark_of(at) in own_pages(record, dataset)
                or (
                    in_text
                    and all(dataset.registry.has_page(page_account(f"//{one.rstrip('.')}")) for one in addresses)
                )
            ):
                continue
            if what == POST:
                yield Problem(mark_of(at), _WHOSE_POST, Severity.WARNING)
            else:
                yield Problem(mark_of(at), f"the address leads to {Shown(what)}; give a public page, or leave it out")


@lru_cache(maxsize=65536)
def _leads_to(text: str, in_text: bool) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the kinds of non-public targets of the URLs in a text, each with these, without their schemes."""
    if "/" not in text and "%" not in text and ".t.me" not in text:
        return ()
    text = _BRACKETED_DOT.sub(".", text)
    if not _MAY_LEAD.search(text):
        return ()
    text = resolve_escapes(text)
    patterns = _OF_TEXTS if in_text else _OF_URLS
    found = ((what, tuple(match[0] for match in pattern.finditer(text))) for what, pattern in patterns.items())
    return tuple((what, addresses) for what, addresses in found if addresses)
