"""PRV, addresses: links to personal profiles and closed groups.

No message repeats a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from conflict_incidents.core.findings import Severity, Shown
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import Organisation, Record
from conflict_incidents.records.yaml.nodes import mark_of
from conflict_incidents.records.yaml.raw_text import Unread
from conflict_incidents.validation.rules.privacy_contacts import own_pages, unquoted

_PAGES = "search|hashtag|explore|home|intent|share|login|signup|i|p|reel|reels|tv|about|privacy|tos|legal"
_POSTS = "(?:public|club|event|wall|video|clip|photo|topic|album|doc)s?[0-9-]"
_NAME = rf"@?(?!(?:{_PAGES})\b|{_POSTS})[\w.-]+"
_TABS = "with_replies|media|likes|followers|following|photos|videos|friends|tagged|reels"
_END = rf"(?:/(?:{_TABS}))?/?(?:[?#]\S*)?(?=[\s\"'<>),;\]]|$)"
ACCOUNT = "an account rather than a post of it"
POST = "a post of an account"
_FORMS = {
    "a private channel or chat": (
        r"(?:t|telegram)\.(?:me|dog)/(?:\+|joinchat/|c/[0-9])",
        r"(?:chat|call|api|web)\.whatsapp\.com/|wa\.me/|whatsapp\.com/(?:send|invite)",
        r"discord\.gg/|discord(?:app)?\.com/(?:invite|channels)/|signal\.(?:group|me)/|vk\.me/",
        r"invite\.viber\.com/|join\.(?:skype|slack)\.com/|m\.me/|messenger\.com/t/|facebook\.com/messages/",
        r"instagram\.com/direct/|(?:tg|whatsapp|sgnl|viber|skype|discord|facetime)://",
    ),
    "a person's profile": (
        r"(?:facebook|fb)\.com/(?:profile\.php|people/)|linkedin\.com/(?:in|pub)/|vk\.com/id[0-9]",
        r"(?:ok|odnoklassniki)\.ru/profile/|my\.mail\.ru/mail/|reddit\.com/u(?:ser)?/|flickr\.com/people/",
        r"snapchat\.com/(?:add/|@)|t\.snapchat\.com/|instagram\.com/stories/|(?:x|twitter)\.com/intent/user",
        r"linktr\.ee/|about\.me/|ask\.fm/",
    ),
    ACCOUNT: (
        rf"(?:x|twitter|instagram|instagr\.am|vk)\.com/{_NAME}{_END}|(?:t|telegram)\.(?:me|dog)/{_NAME}{_END}",
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
_WHOSE_POST = Shown(
    "the address leads to a post of an account; cite it only if it is an organisation's: its record then has the"
    " account as its `url`, and is the publisher"
)
_PATTERNS = {what: re.compile(rf"(?i)(?<![\w-])(?:{'|'.join(forms)})") for what, forms in _FORMS.items()}
_MAY_LEAD = re.compile(r"(?i)\.[\w-]+(?:/|%2f)|%2e|://")


@rule("PRV004", Severity.ERROR, on=(Record, Unread))
def no_private_address(record: Record | Unread, dataset: Dataset) -> Iterator[Problem]:
    """No address leads to a private channel, to a person's profile, or to a file in personal cloud storage.

    URLs are checked by their pattern, in texts, keys and comments too, and inside the URL of an archived copy. A post
    of an account can be cited; the account itself can't, unless an organisation of the registry has it as its own. A
    post whose account no such organisation has is a warning: a reviewer checks that it is no witness's. In a file that
    can't be parsed, each line is searched.

    Wrong:
        url: "https://t.me/joinchat/AAAAAE"

    Right:
        url: "https://t.me/s/a_public_channel/12"
    """
    for _, text, at in record.everything:
        for what in _leads_to(text):
            if what in (ACCOUNT, POST) and (_is_organisation(record) or mark_of(at) in own_pages(record, dataset)):
                continue
            if what == POST:
                yield Problem(mark_of(at), _WHOSE_POST, Severity.WARNING)
            else:
                yield Problem(mark_of(at), f"the address leads to {Shown(what)}; give a public page, or leave it out")


def _is_organisation(record: Record | Unread) -> bool:
    """Whether a record may have an account as its own page."""
    return isinstance(record, Organisation) or (isinstance(record, Unread) and record.kind == "organisation")


@lru_cache(maxsize=65536)
def _leads_to(text: str) -> tuple[str, ...]:
    """Return the kinds of non-public targets of the URLs in a text, each once."""
    if ("/" not in text and "%" not in text) or not _MAY_LEAD.search(text):
        return ()
    text = unquoted(text)
    return tuple(what for what, pattern in _PATTERNS.items() if pattern.search(text))
