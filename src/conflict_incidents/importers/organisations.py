"""Whoever a source names as informant or publisher → an organisation of the registry.

A spelling is looked up in the dataset's aliases and registry. An unknown one becomes a new organisation only where it
looks like one; people in a role ("a police spokesman") become a group of unnamed sources. Prevents: the name of a
person reaching the data, and one monitor standing in the registry fourteen times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from conflict_incidents.aliases import aliases, proper_names
from conflict_incidents.dataset import Dataset
from conflict_incidents.importers.codelists import countries, tidy
from conflict_incidents.importers.ledger import fingerprint
from conflict_incidents.importers.store import Incoming
from conflict_incidents.recording import slug
from conflict_incidents.spelling import folded

UNNAMED = "unnamed-sources"
UNNAMED_PUBLISHERS = "unnamed-publishers"
_GROUPS = (
    (
        "social-media-posts",
        "Posts on social media",
        r"twitter|tweet\w*|facebook|telegram|youtube|instagram|blog\w*",
    ),
    (
        "local-residents",
        "Local residents",
        r"residents?|inhabitants?|villagers?|witness\w*|eyewitness\w*|locals|local sources|relatives?|family|survivors?"
        r"|neighbou?rs?|refugees?|civilians?|elders?|tribal",
    ),
    ("activists", "Activists", r"activists?|campaigners?|first responders?"),
    ("medical-sources", "Medical sources", r"medics?|medical|doctors?|hospitals?|health|paramedics?|nurses?|surgeon"),
    ("police", "Police", r"police\w*|constabulary|sheriff"),
    ("security-sources", "Security sources", r"security|intelligence|guards?"),
    (
        "military-sources",
        "Military sources",
        r"military|army|armed forces|soldiers?|troops|commanders?|general|colonel|major|captain|lieutenant|brigadier"
        r"|battalion|brigade|corps|navy|air ?force|defen[cs]e",
    ),
    ("rebel-sources", "Rebel sources", r"rebels?|insurgents?|militants?|guerrill?as?|fighters?|militia\w*"),
    (
        "officials",
        "Officials",
        r"officials?|government\w*|governors?|mayors?|ministers?|president|chief|chairman|head|spokes\w+|secretary"
        r"|councill?ors?|council member|prosecutors?|attorney|judge|authorit\w+|deputy|administration|statement",
    ),
    (
        UNNAMED,
        "Unnamed sources",
        r"sources?|reports?|media|press|journalists?|correspondents?|various|unknown|anonymous",
    ),
)
"""Groups of people whom sources quote in a role, never by name: id, name, words that tell; the first fit counts."""
_ROLES = re.compile(
    r"(?i)\b(spokes\w+|head|chief|president|chairman|general|colonel|major|captain|lieutenant|brigadier|commander"
    r"|governor|mayor|minister|deputy|secretary|director|judge|officer|official|resident|witness|activist|survivor|relative|mr|mrs"
    r"|ms|dr|says?|said|according|from the|wrote|by|lawyer|advocate|attorney|defender|campaigner|journalist|reporter"
    r"|correspondent|editor|freelancer?|stringer|blogger|vlogger|analyst|expert|researcher|professor|prof|author|writer"
    r"|photographer|cameraman|presenter|imam|sheikh|shaykh|bishop|priest|pastor|father|brother|sister|senator|founder"
    r"|manager|coordinator|representative|leader|employee|worker|nurse|doctor|medic|surgeon|teacher|student|member|user)\b"
)
_BODY = re.compile(
    r"(?i)\b(ministry|agency|network|cent(?:re|er)|observatory|commission|committee|institute|university|news|radio|tv"
    r"|television|times|post|watch|project|tracker|monitor|database|union|association|organi[sz]ation|foundation|society"
    r"|movement|party|front|gazette|gazeta|journal|tribune|herald|heraldo|diario|jornal|jornada|universal|prensa|noticias"
    r"|correio|folha|sol de|telegraph|chronicle|bulletin|magazine|newspaper|daily|weekly|forum|initiative|campaign"
    r"|press|media|online|today|council|guardian|monitoring|voice|newswires?|feed|academy|bureau|broadcasting"
    r"|[a-z]{2,}(?:inform|press|news|media|radio)|\S+\.(?:com|net|org|info)|новост\w*|агентств\w*|газета|радио|وكالة|شبكة|إذاعة"
    r"|war crimes|human rights|red cross|red crescent|red cap|department|directorate|secretariat|office|archive|book)\b"
)
_ACRONYM = re.compile(r"[A-Z][A-Z0-9]{1,5}(?:[-/][A-Z0-9]{2,6})?\Z")
_BEFORE_OTHERS = re.compile(r"(?i)\s(?:of|from|for|at|in|on|with|via|to)\s|\s*[(\[]")
"""What a person's name may stand before: `Jane Doe of Radio Okapi`."""
_APART = re.compile(r"[,;:|@\n]|\s[-\u2013\u2014/]\s|\b[A-Z]\.\s[A-Z]")
"""What parts a title or a list, and initials: neither stands in the name of an organisation."""
_NAMES = """
    aaron abdel abdul abdullah abu adam ahmad ahmed alan alex alexander ali alice amina amir amy ana andrea
    andrei andrew angela ann anna anne anthony antonio barbara ben benjamin bill bob brian carlos carmen carol
    charles chris christian christine christopher claire daniel david deborah denis dennis diana dmitry donald
    edward elena elizabeth emily emma eric erik eva fatima francis frank fred gary george grace hamid hamza
    hans hasan hassan helen henry hussein ibrahim igor ismail ivan jack jacob james jan jane janet jason jean
    jeff jennifer jessica jim joan joe john jonathan jose joseph juan judith julia julie karen karim kate
    katherine kevin khaled khalid kim larry laura lee linda lisa lucy luis luke mahmoud manuel marc margaret
    maria marie mark martha martin mary matthew max michael miguel mike mohamed mohammad mohammed muhammad
    mustafa nancy natalia nicholas nick nicole olga oliver omar osama oscar pablo patricia patrick paul pedro
    peter philip rachel rebecca richard robert roger ron rosa ruth ryan said salim sam samuel sandra sara
    sarah scott sergei sharon simon sofia sophie stephen steve steven susan tariq thomas tim timothy tom tony
    vladimir walter william yasmin yusuf zainab
"""
_FIRST_NAMES = frozenset(_NAMES.split())
"""Frequent first names: with one of them, a name is that of a person, even where it ends as a newspaper's does."""
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_KINDS = (
    ("government", r"ministry|department|directorate|secretariat|government"),
    ("news_agency", r"news agency|agencia|wire"),
    ("broadcaster", r"radio|tv|television|broadcasting"),
    (
        "newspaper",
        r"times|post|gazette|gazeta|tribune|herald|heraldo|diario|jornal|jornada|telegraph|newspaper|daily|weekly",
    ),
    ("monitor", r"observatory|watch|monitor|tracker|human rights|database"),
    ("news_site", r"news|noticias|online|\.com|\.net|\.org"),
)
_GOVERNMENT = re.compile(rf"(?i)\b(?:{_KINDS[0][1]})\b")
_GENERIC = frozenset(
    {
        "ministry",
        "department",
        "directorate",
        "secretariat",
        "government",
        "of",
        "for",
        "the",
        "and",
        "national",
        "defence",
        "defense",
        "interior",
        "internal",
        "foreign",
        "affairs",
        "home",
        "health",
        "justice",
        "information",
        "public",
        "security",
        "state",
        "federal",
        "central",
        "general",
        "police",
    }
)
"""Words that don't say whose ministry one is."""
_MOST_WORDS = 6
_LONGEST = 200


class Organisations:
    """Looks up and, where that is safe, makes organisations. `made` are those that the registry lacked."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.made: dict[str, Incoming] = {}
        self._made_names: dict[str, str] = {}
        self._spellings = aliases(dataset, "organisation_aliases")
        self._proper = proper_names(dataset, "organisation_aliases")

    def informants(self, text: str, country: str, sides: Iterable[str] = ()) -> list[tuple[str, str]]:
        """The organisations that a list of informants names, each once, with how it was found.

        How is `known`, `new`, `group` (people in a role) or `unnamed` (what may be a person's name: not kept).

        Args:
            text: the list.
            country: where it happened, ISO 3166-1 alpha-3: that of a ministry which isn't said to be another's.
            sides: the names of those who fought, who may speak for themselves.
        """
        fighting = {folded(name) for side in sides for name in side.split(",")}
        if found := self._known(text):
            return [(found, "known")]
        named: dict[str, str] = {}
        for part in _parts(text):
            id, how = self._informant(part, country, fighting)
            named.setdefault(id, how)
        if len(named) > 1 and named.get(UNNAMED) == "unnamed":
            named = {id: how for id, how in named.items() if id != UNNAMED} | {UNNAMED: "unnamed"}
        return list(named.items())

    def publisher(self, text: str, country: str) -> tuple[str, str]:
        """The organisation that published something, and how it was found: `unnamed` where it may be a person."""
        text = tidy(text)
        bare = tidy(_BRACKETS.sub("", text))
        if found := self._known(text) or self._known(bare):
            return found, "known"
        if re.search(r"(?i)\b(?:twitter|facebook|telegram|youtube|instagram|tiktok|blog\w*)\b|@|\son x\Z", text):
            return self._group(_GROUPS[0][0]), "group"
        if found := self._known_behind(text, bare):
            return found, "known"
        if looks_like_body(bare):
            return self._body(bare if _holds_more(text) else text, country), "new"
        return self._group(UNNAMED_PUBLISHERS), "unnamed"

    def _informant(self, part: str, country: str, fighting: set[str]) -> tuple[str, str]:
        bare = tidy(_BRACKETS.sub("", part))
        for spelling in (part, bare):
            if found := self._known(spelling):
                return found, "known"
        if found := self._known_behind("", bare):
            return found, "known"
        if looks_like_body(bare):
            return self._body(bare, country), "new"
        if folded(bare) in fighting:
            return self._make(slug(bare), {"id": slug(bare), "name": bare, "kind": "armed_group"}), "new"
        for id, _, words in _GROUPS:
            if re.search(rf"(?i)\b(?:{words})\b", bare):
                return self._group(id), "group"
        if found := self._known_behind(part, bare):
            return found, "known"
        return self._group(UNNAMED), "unnamed"

    def _known_behind(self, text: str, bare: str) -> str | None:
        """A known organisation that follows a person's name, after `of` and the like or in the brackets of `text`."""
        behind = re.split(r"(?i)\s(?:from|of|for|at)(?:\s+the)?\s", bare, maxsplit=8)
        tails = [bare[bare.rindex(piece) :] for piece in behind[1:] if piece]
        inside = re.findall(r"[(\[]([^()\[\]]+)[)\]]", text)
        return next((found for spelling in (*tails, *behind[1:], *inside) if (found := self._known(spelling))), None)

    def _known(self, text: str) -> str | None:
        spelling = folded(text)
        if not spelling:
            return None
        alias = self._spellings.get((spelling,))
        if alias and self.dataset.organisation(alias) is None:
            return self._new(alias, self._proper[alias])
        return alias or self._registry.get(spelling) or self._made_names.get(spelling)

    @cached_property
    def _registry(self) -> dict[str, str]:
        """Every name in the registry, folded → id."""
        found: dict[str, str] = {}
        for id in self.dataset.ids("organisations"):
            organisation = self.dataset.organisation(id)
            if organisation:
                for name in (organisation.name, id, *(name.spelling for name in organisation.names)):
                    found.setdefault(folded(name), id)
        return found

    def _group(self, id: str) -> str:
        name = next((name for group, name, _ in _GROUPS if group == id), "Unnamed publishers")
        note = "Named in no record: people whom reports quote in this role, or in none."
        if id == UNNAMED_PUBLISHERS:
            note = "Named in no record: whoever published an article under a name that may be a person's."
        return self._make(id, {"id": id, "name": name, "kind": "unnamed_sources", "note": note})

    def _body(self, name: str, country: str) -> str:
        """A new organisation; a ministry that isn't said to be another state's is that of the country."""
        words = folded(name).split()
        if not _GOVERNMENT.search(name) or any(word not in _GENERIC for word in words):
            return self._new(slug(name) or f"publisher-{fingerprint(name)}", name)
        state = countries()[2].get(country, ("", country))[1]
        id = f"{slug(name)[:60]}-{country.lower()}"
        return self._make(id, {"id": id, "name": f"{name}, {state}", "kind": "government", "country": country})

    def _new(self, id: str, name: str) -> str:
        kind = next((kind for kind, words in _KINDS if re.search(rf"(?i)\b(?:{words})\b", name)), "other")
        return self._make(id, {"id": id, "name": name, "kind": kind})

    def _make(self, id: str, record: dict[str, str]) -> str:
        if id not in self.made and self.dataset.organisation(id) is None:
            self.made[id] = Incoming("organisation", dict(record))
            self._made_names.setdefault(folded(record["name"]), id)
        return id


def looks_like_body(name: str) -> bool:
    """Whether a name is that of an organisation and of no person.

    It is an acronym, or has a word that organisations have in their names, before any `of` or `in`; it is short and no
    list, and holds no role and no frequent first name.
    """
    words = name.split()
    if not words or len(name) > _LONGEST or len(words) > _MOST_WORDS or _APART.search(name) or _ROLES.search(name):
        return False
    if any(word in _FIRST_NAMES for word in folded(name).split()):
        return False
    return bool(_ACRONYM.match(name) or _BODY.search(_BEFORE_OTHERS.split(name, maxsplit=1)[0]))


def _holds_more(text: str) -> bool:
    """Whether brackets in a name hold anything but a short or a full name of an organisation."""
    inside = re.findall(r"[(\[]([^()\[\]]*)[)\]]", text)
    return len(text) > _LONGEST or not all(looks_like_body(tidy(part)) for part in inside)


def _parts(text: str) -> list[str]:
    """The informants in a list: separated by `;`, `,`, `/`, `+`, line breaks and "and", outside brackets."""
    depth, piece, pieces = 0, "", []
    for character in text.replace("//", ";"):
        depth += (character in "([") - (character in ")]")
        if depth <= 0 and character in ";,/+\n\t|":
            pieces.append(piece)
            piece = ""
        else:
            piece += character
    found = [tidy(part) for whole in [*pieces, piece] for part in re.split(r"\s+and\s+|\s+&\s+", whole)]
    found = [re.sub(r"(?i:\s+x\d+$|^sources?:\s*)|^[Tt]he\s+(?=[A-Z]{2})", "", part).strip(" .\"'") for part in found]
    return [part for part in found if folded(part)]
