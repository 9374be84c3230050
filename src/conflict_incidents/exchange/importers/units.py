"""Names of administrative units as a source writes them → p-codes.

Prevents: a unit being guessed where none is named, and a unit of the same name elsewhere being taken for it.
"""

from __future__ import annotations

import re

from conflict_incidents.core.countries import may_hold
from conflict_incidents.core.names import folded
from conflict_incidents.dataset.aliases import aliases
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.registry import AdminUnit

_WORDS = re.compile(r"\b(?:governorate|muhafazat|province|state|district|mintaqat|subdistrict|nahiyat|region)\b")


class Units:
    """Looks up p-codes by name, in the dataset's list and its alias table."""

    def __init__(self, dataset: Dataset) -> None:
        self._aliases = aliases(dataset, "admin_aliases")
        self._units = dataset.registry.admin_units.listed
        self._names: dict[tuple[str, int, str, str], str] = {}
        self._provinces: dict[str, list[AdminUnit]] = {}
        for unit in self._units.values():
            self._names.setdefault((unit.country, unit.level, unit.parent, _plain(unit.name)), unit.pcode)
            if unit.level == 1:
                self._provinces.setdefault(unit.country, []).append(unit)

    def codes(self, country: str, adm1: str, adm2: str) -> dict[str, str]:
        """The p-codes of the named units, `{"adm1": "SY07", "adm2": "SY0700"}`; what isn't named or known is absent."""
        first = self._code(country, 1, adm1, self._roots(country))
        if first is None:
            return {}
        second = self._code(country, 2, adm2, {first})
        return {"adm1": first} | ({"adm2": second} if second else {})

    def knows(self, country: str) -> bool:
        """Whether the dataset lists the units of a country."""
        return country in self._provinces

    def inside(self, country: str, lat: float | None, lon: float | None) -> bool:
        """Whether a position may be in a country; never at 0, 0."""
        if lat is None or lon is None or (abs(lat) < 0.1 and abs(lon) < 0.1):
            return False
        return may_hold(country, lat, lon)

    def _roots(self, country: str) -> set[str]:
        return {unit.parent for unit in self._provinces.get(country, [])}

    def _code(self, country: str, level: int, name: str, parents: set[str]) -> str | None:
        if not name.strip():
            return None
        alias = self._aliases.get((folded(country), str(level), folded(name)))
        unit = self._units.get(alias or "")
        if unit and unit.level == level and unit.parent in parents:
            return unit.pcode
        found = [self._names.get((country, level, parent, _plain(name))) for parent in sorted(parents)]
        return next((code for code in found if code), None)


def _plain(name: str) -> str:
    return " ".join(_WORDS.sub(" ", folded(name)).split())
