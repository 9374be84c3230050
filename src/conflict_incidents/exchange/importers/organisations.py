"""Names of informants and publishers in a source → organisations of the registry.

A name is looked up in the alias tables and the registry, and otherwise stays unresolved. Prevents: the name of a person
becoming an organisation, and one monitor being in the registry under several ids.
"""

from __future__ import annotations

import re
from functools import cached_property

from conflict_incidents.core.names import folded
from conflict_incidents.core.resources import resource
from conflict_incidents.dataset.aliases import aliases, proper_names
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.store.store import Incoming
from conflict_incidents.records.cells import tidy
from conflict_incidents.records.model import Organisation
from conflict_incidents.records.parsing import parse_file

UNDECIDED = "other"
"""The kind of an organisation of which only the name is known."""
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")


class Organisations:
    """Looks up organisations. `made` are those that an alias table names and the registry lacks."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.made: dict[str, Incoming] = {}
        self._spellings = aliases(dataset, "organisation_aliases")
        self._proper = proper_names(dataset, "organisation_aliases")
        for id in self._proper:  # as it will be once the record is made: the same name means the same the next time
            self._spellings.setdefault((folded(id),), id)

    def named(self, text: str) -> str | None:
        """The id of the organisation with this name, also where an addition in brackets follows it; else None."""
        return self._known(text) or self._known(_BRACKETS.sub("", text))

    def informants(self, text: str) -> tuple[list[str], list[str]]:
        """The ids of the organisations that a list of informants names, each once, and its unresolved names."""
        if found := self._known(text):
            return [found], []
        names = {part: self.named(part) for part in _parts(text)}
        unresolved = [name for name, id in names.items() if id is None]
        return list(dict.fromkeys(id for id in names.values() if id)), unresolved

    def _known(self, text: str) -> str | None:
        spelling = folded(text)
        id = self._spellings.get((spelling,)) or self._registry.get(spelling)
        if id and id not in self.made and self.dataset.registry.organisation(id) is None:
            self.made[id] = Incoming("organisation", aliased(id, self._proper[id]))
        return id

    @cached_property
    def _registry(self) -> dict[str, str]:
        """Every name in the registry, folded → id."""
        found: dict[str, str] = {}
        for id in self.dataset.index.ids("organisations"):
            organisation = self.dataset.registry.organisation(id)
            if organisation:
                for name in (organisation.name, id, *(name.spelling for name in organisation.names)):
                    found.setdefault(folded(name), id)
        return found


def aliased(id: str, name: str) -> dict[str, str]:
    """The record of an organisation that an alias table names."""
    return {"id": id, "name": name, "kind": _kind(id)}


def _kind(id: str) -> str:
    """What an organisation is by the registry that the package ships with its alias table."""
    try:
        file = resource(f"data/organisations/{id}.yaml")
    except FileNotFoundError:
        return UNDECIDED
    record = parse_file(file, file.name).record
    return record.kind if isinstance(record, Organisation) else UNDECIDED


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
