"""Resolve UCDP's names of informants, publishers and sides to organisations and actors of the registry.

Names are looked up in the alias tables and the registry; unknown organisations remain unresolved.
"""

from __future__ import annotations

import re
from typing import Any

from conflict_incidents.core.ids import slug
from conflict_incidents.core.names import fold
from conflict_incidents.exchange.importers.gw_countries import countries
from conflict_incidents.exchange.importers.names import NameIndex
from conflict_incidents.exchange.importers.store.ledger import fingerprint
from conflict_incidents.records.cells import tidy

_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
_GOVERNMENT = re.compile(r"Government of (.+)\Z")


def publisher(text: str, organisations: NameIndex) -> str | None:
    """Return the id of the organisation with a name, ignoring an addition in brackets; None if unknown."""
    return organisations.find(text) or organisations.find(_BRACKETS.sub("", text))


def informants(text: str, organisations: NameIndex) -> tuple[list[str], list[str]]:
    """Return the ids of the organisations in a list of informants, without duplicates, and the unresolved names."""
    if single := organisations.find(text):
        return [single], []
    names = {part: publisher(part, organisations) for part in _parts(text)}
    unresolved = [name for name, id in names.items() if id is None]
    return list(dict.fromkeys(id for id in names.values() if id)), unresolved


def side(text: str, actors: NameIndex) -> list[str]:
    """Return the ids of the actors of a side, without duplicates; missing ones are created.

    A comma inside brackets belongs to a name.
    """
    parts = [tidy(part) for part in re.split(r",(?![^(]{0,999}\))", text)]
    return list(dict.fromkeys(actors.find(part) or _id_of(part, actors) for part in parts if fold(part)))


def _id_of(name: str, actors: NameIndex) -> str:
    record: dict[str, Any] = {"id": slug(name) or f"actor-{fingerprint(name)}", "name": name, "kind": "non_state_group"}
    if state := _GOVERNMENT.match(name):
        record["kind"] = "state"
        country = countries()[1].get(fold(state[1]))
        record |= {"country": country} if country else {}
    if record["id"] not in actors.ids:
        actors.add(record)
    return str(record["id"])


def _parts(text: str) -> list[str]:
    """Split a list of informants, separated by `;`, `,`, `/`, `+`, line breaks and "and", outside brackets."""
    depth, piece, pieces = 0, "", []
    for character in text.replace("//", ";"):
        depth += (character in "([") - (character in ")]")
        if depth <= 0 and character in ";,/+\n\t|":
            pieces.append(piece)
            piece = ""
        else:
            piece += character
    names = [tidy(part) for text_part in [*pieces, piece] for part in re.split(r"\s+and\s+|\s+&\s+", text_part)]
    names = [re.sub(r"(?i:\s+x\d+$|^sources?:\s*)|^[Tt]he\s+(?=[A-Z]{2})", "", part).strip(" .\"'") for part in names]
    return [part for part in names if fold(part)]
