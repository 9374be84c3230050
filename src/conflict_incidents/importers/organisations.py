"""Whoever a source names as informant or publisher → an organisation of the registry.

A spelling is looked up in the dataset's aliases and registry. An unknown one becomes a new organisation only where it
looks like one; people in a role ("a police spokesman") become a group of unnamed sources. Prevents: the name of a
person reaching the data, and one monitor standing in the registry fourteen times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from conflict_incidents.dataset import Dataset
from conflict_incidents.importers.codelists import aliases, countries, folded, proper_names, tidy
from conflict_incidents.importers.ledger import fingerprint
from conflict_incidents.importers.store import Incoming
from conflict_incidents.recording import slug

UNNAMED = "unnamed-sources"
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
    r"|ms|dr|says?|said|according|from the|wrote|by)\b"
)
_BODY = re.compile(
    r"(?i)\b(ministry|agency|network|cent(?:re|er)|observatory|commission|committee|institute|university|news|radio|tv"
    r"|television|times|post|watch|project|tracker|monitor|database|union|association|organi[sz]ation|foundation|society"
    r"|movement|party|front|gazette|gazeta|journal|tribune|herald|heraldo|diario|jornal|jornada|universal|prensa|noticias"
    r"|correio|folha|sol de|telegraph|chronicle|bulletin|magazine|newspaper|daily|weekly|forum|initiative|campaign"
    r"|war crimes|human rights|red cross|red crescent|red cap|department|directorate|secretariat|office|archive|book)\b"
)
_ACRONYM = re.compile(r"[A-Z][A-Z0-9]{1,9}(?:[-/][A-Z0-9]{2,10})?\Z")
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
_MOST_WORDS = 7


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
        """The organisation that published something, and how it was found. Its name is public, so that any will do."""
        text = tidy(text)
        known = self._known(text)
        if known:
            return known, "known"
        if re.search(r"(?i)\b(?:twitter|facebook|telegram|youtube|instagram|blog\w*)\b|@", text):
            return self._group(_GROUPS[0][0]), "group"
        if not folded(text) or len(text) > 200:
            return self._group(UNNAMED), "unnamed"
        if not slug(text):  # a name in another script
            return self._new(f"publisher-{fingerprint(text)}", text), "new"
        return self._body(text, country), "new"

    def _informant(self, part: str, country: str, fighting: set[str]) -> tuple[str, str]:
        bare = tidy(_BRACKETS.sub("", part))
        for spelling in (part, bare):
            if found := self._known(spelling):
                return found, "known"
        behind = re.split(r"(?i)\s(?:from|of|for)(?:\s+the)?\s", bare)[-1]
        if behind != bare and (found := self._known(behind)):
            return found, "known"
        if (
            not _ROLES.search(bare)
            and len(bare.split()) <= _MOST_WORDS
            and (_ACRONYM.match(bare) or _BODY.search(bare))
        ):
            return self._body(bare, country), "new"
        if folded(bare) in fighting:
            return self._make(slug(bare), {"id": slug(bare), "name": bare, "kind": "armed_group"}), "new"
        for id, _, words in _GROUPS:
            if re.search(rf"(?i)\b(?:{words})\b", bare):
                return self._group(id), "group"
        return self._group(UNNAMED), "unnamed"

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
        name = next(name for group, name, _ in _GROUPS if group == id)
        note = "Named in no record: people whom reports quote in this role, or in none."
        return self._make(id, {"id": id, "name": name, "kind": "unnamed_sources", "note": note})

    def _body(self, name: str, country: str) -> str:
        """A new organisation; a ministry that isn't said to be another state's is that of the country."""
        words = folded(name).split()
        if not _GOVERNMENT.search(name) or any(word not in _GENERIC for word in words):
            return self._new(slug(name), name)
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
