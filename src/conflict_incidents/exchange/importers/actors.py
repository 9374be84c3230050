"""The sides of an event as a source names them → actors of the registry."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from conflict_incidents.core.ids import slug
from conflict_incidents.core.names import folded
from conflict_incidents.dataset.aliases import aliases
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.gw_countries import countries
from conflict_incidents.exchange.importers.store.ledger import fingerprint
from conflict_incidents.exchange.importers.store.store import Incoming
from conflict_incidents.records.cells import tidy

_GOVERNMENT = re.compile(r"Government of (.+)\Z")


class Actors:
    """Looks up and makes actors. `made` are those that the registry lacked."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.made: dict[str, Incoming] = {}
        self._spellings = aliases(dataset, "actor_aliases")

    def side(self, text: str) -> list[str]:
        """The ids of the actors that a side lists, each once. A comma inside brackets belongs to a name."""
        parts = [tidy(part) for part in re.split(r",(?![^(]*\))", text)]
        return list(dict.fromkeys(self._actor(part) for part in parts if folded(part)))

    def _actor(self, name: str) -> str:
        spelling = folded(name)
        alias = self._spellings.get((spelling,))
        found = alias if alias and self.dataset.registry.actor(alias) else self._registry.get(spelling)
        if found:
            return found
        record: dict[str, Any] = {
            "id": alias or slug(name) or f"actor-{fingerprint(name)}",
            "name": name,
            "kind": "non_state_group",
        }
        state = _GOVERNMENT.match(name)
        if state:
            record["kind"] = "state"
            country = countries()[1].get(folded(state[1]))
            record |= {"country": country} if country else {}
        if self.dataset.registry.actor(record["id"]) is None:
            self.made.setdefault(record["id"], Incoming("actor", record))
        return str(record["id"])

    @cached_property
    def _registry(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for id in self.dataset.index.ids("actors"):
            actor = self.dataset.registry.actor(id)
            if actor:
                for name in (actor.name, id, *(name.spelling for name in actor.names)):
                    found.setdefault(folded(name), id)
        return found
