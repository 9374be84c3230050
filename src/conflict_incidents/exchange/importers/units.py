"""Resolve names of administrative units in a source to units of the dataset's list."""

from __future__ import annotations

import re
from collections.abc import Mapping

from conflict_incidents.core.names import fold
from conflict_incidents.dataset import codelists
from conflict_incidents.dataset.admin_units import AdminUnit
from conflict_incidents.dataset.aliases import aliases
from conflict_incidents.dataset.dataset import Dataset

_WORDS = re.compile(r"\b(?:governorate|muhafazat|province|state|district|mintaqat|subdistrict|nahiyat|region)\b")
_Key = tuple[str, int, str]


class Units:
    """Looks up units by name or p-code, in the dataset's list and its alias table."""

    def __init__(self, dataset: Dataset) -> None:
        codelists.raise_findings(dataset.registry.admin_units.findings)
        self._units = dataset.registry.admin_units.by_code
        self._by_name: dict[_Key, list[AdminUnit]] = {}
        self._by_spelling: dict[_Key, AdminUnit] = {}
        self._by_level: dict[tuple[str, int], list[AdminUnit]] = {}
        for unit in self._units.values():
            self._by_level.setdefault((unit.country, unit.level), []).append(unit)
            for name in {fold(unit.pcode), _plain(unit.name)}:
                self._by_name.setdefault((unit.country, unit.level, name), []).append(unit)
        for (country, level, name), code in aliases(dataset, "admin_aliases").items():
            if (unit_of_code := self._units.get(code)) and level == str(unit_of_code.level):
                self._by_spelling[country.upper(), unit_of_code.level, name] = unit_of_code

    def find(self, country: str, level: int, text: str, parent: AdminUnit | None = None) -> AdminUnit | None:
        """Return the unit with a name or p-code inside `parent`; None if there is none, or several."""
        by_spelling = self._by_spelling.get((country, level, fold(text)))
        candidates = [by_spelling] if by_spelling else self._by_name.get((country, level, _plain(text)), [])
        matches = [unit for unit in candidates if parent is None or self._is_in(unit, parent)]
        return matches[0] if len(matches) == 1 else None

    def resolve(self, country: str, names: Mapping[str, str]) -> tuple[dict[str, AdminUnit], dict[str, str]]:
        """Return the units named by a row, and the names of unknown ones, by level; `names` has the largest unit first.

        A unit inside of an unknown one is unknown, too: another may have its name.
        """
        units: dict[str, AdminUnit] = {}
        unknown: dict[str, str] = {}
        for level, name in names.items():
            above = next(reversed(units.values()), None)
            unit = self.find(country, int(level[-1]), name, above) if name and not unknown else None
            if unit:
                units[level] = unit
            elif name:
                unknown[level] = name
        return units, unknown

    def lists(self, country: str, level: int) -> bool:
        """Whether the dataset lists units of a level of a country."""
        return (country, level) in self._by_level

    def _is_in(self, unit: AdminUnit, parent: AdminUnit) -> bool:
        above: AdminUnit | None = unit
        while above and above.level > parent.level:
            above = self._units.get(above.parent)
        return above is not None and above.pcode == parent.pcode


def _plain(name: str) -> str:
    return " ".join(_WORDS.sub(" ", fold(name)).split())
