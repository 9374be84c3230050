"""What every foreign layout asks of an incident: where, when, how many, by whose account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conflict_incidents.core.countries import name_of
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.registry import AdminUnit
from conflict_incidents.estimates.envelope import headline
from conflict_incidents.estimates.estimate import Estimate
from conflict_incidents.records.fields import Part
from conflict_incidents.records.model import Incident, Named, Place
from conflict_incidents.records.statements import External, Report

LEVEL_PRECISION = {
    "point": "exact",
    "neighbourhood": "exact",
    "settlement": "exact",
    "adm3": "adm3",
    "adm2": "adm2",
    "adm1": "adm1",
    "area": "area",
    "country": "country",
}
"""How closely a site is known that says nothing of it itself: by the level of its place."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where an incident was: the primary site's place, position in degrees (None: unknown), and stated precision.

    `units` are the administrative units of the place, by level (`adm1` …), `named` the names of those that a
    source gives where the place has no p-code.
    """

    place: Place | None
    lat: float | None
    lon: float | None
    precision: str | None
    units: dict[str, AdminUnit]
    named: Part | None = None

    @property
    def coded_precision(self) -> str | None:
        """The stated precision, or else that of a known position as UCDP and ACLED code it: a town counts as exact."""
        if self.precision or self.lat is None:
            return self.precision
        return LEVEL_PRECISION.get(self.place.level) if self.place else None

    @property
    def name(self) -> str | None:
        """The name of the place."""
        return self.place.name if self.place else None

    def unit(self, level: str) -> str | None:
        """The name of the unit of a level."""
        unit = self.units.get(level)
        return unit.name if unit else self.named.text(level) if self.named else None


def where(incident: Incident, dataset: Dataset) -> Where:
    """Where an incident was, as far as it may be public; of a withdrawn place only the name."""
    site = incident.primary
    place = dataset.registry.place(site.place) if site else None
    holds = place if place and not place.withdrawal else None
    holder = site if site and site.lat is not None else holds
    units = {level: dataset.registry.admin_units.get(code) for level, code in (holds.admin if holds else {}).items()}
    return Where(
        place,
        holder.lat if holder else None,
        holder.lon if holder else None,
        site.precision if site else None,
        {level: unit for level, unit in units.items() if unit},
        site.units if site else None,
    )


def precision_of_date(incident: Incident) -> str | None:
    """How closely the date is known; of an incident that lasted, the shortest precision that covers its days."""
    date = incident.date
    days = date.days if date else None
    if date is None or days is None:
        return None
    length = (days[1] - days[0]).days + 1
    lasted = next(
        (name for name, most in (("day", 1), ("days", 6), ("week", 7), ("month", 31)) if length <= most), None
    )
    return date.precision or lasted or "year"


def killed(incident: Incident, group: str = "total") -> Estimate | None:
    """What the claims of the killed come to, None where none are counted."""
    return headline(incident).get(("killed", group))


def top(estimate: Estimate | None) -> int | None:
    """The highest number, None where that is unknown or open: "at least seven" has no highest."""
    return None if estimate is None or estimate.high_open else estimate.high


def country_name(code: str, dataset: Dataset) -> str:
    """A country's name: that of its place in the registry, or else its usual English one."""
    for id in dataset.index.ids("places"):
        place = dataset.registry.place(id)
        if place and place.level == "country" and place.country == code:
            return place.name
    return name_of(code)


def external(incident: Incident, scheme: str) -> External | None:
    """The id and the values that an incident has in another dataset; of several the first."""
    return next((one for one in incident.external if one.scheme == scheme), None)


def named(ids: Iterable[str], records: dict[str, Named | None]) -> list[str]:
    """The names of registered organisations or actors, each once, in their order; of an unknown one its id."""
    names = dict.fromkeys((record.name if record else id) for id, record in ((id, records.get(id)) for id in ids))
    return list(names)


def side(incident: Incident, letter: str, dataset: Dataset) -> list[str]:
    """The names of the actors of a side, each once."""
    ids = [party.actor for party in incident.parties if party.side == letter]
    return named(ids, {id: dataset.registry.actor(id) for id in ids})


def publishers(reports: Iterable[Report], dataset: Dataset) -> list[str]:
    """The names of those who published the reports, one a report, in their order."""
    found = [(report.publisher, dataset.registry.organisation(report.publisher)) for report in reports]
    return [record.name if record else id for id, record in found]
