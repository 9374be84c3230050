"""PLC: where. Prevents: an incident at sea off Ghana, in the wrong province, or nearer than anybody knows."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.catalogue import Problem, rule, suggestion
from conflict_incidents.counts import INCIDENT_SCOPE
from conflict_incidents.dataset import AdminUnit, Dataset
from conflict_incidents.findings import Severity, shown
from conflict_incidents.model import Aggregate, Incident, Place
from conflict_incidents.pieces import Site
from conflict_incidents.references import missing
from conflict_incidents.schema import Violation

LEVELS = {
    "point": {"exact", "near"},
    "neighbourhood": {"exact", "near"},
    "settlement": {"exact", "near"},
    "adm3": {"adm3"},
    "adm2": {"adm2"},
    "adm1": {"adm1"},
    "area": {"area", "airspace"},
    "country": {"country"},
}
"""Which precisions a site may have at a place of each level."""
BOX_MARGIN = 0.05
"""Degrees, about 5 km, by which a unit's box is widened: the units' own outlines are simplified."""


@rule("PLC001", Severity.ERROR, on=(Violation, Incident, Place))
def real_position(judged: Violation | Incident | Place, dataset: Dataset | None = None) -> Iterator[Problem]:
    """A position has both latitude and longitude, within range, and isn't the null island at 0, 0.

    Wrong:
        lat: 0
        lon: 0

    Right:
        lat: 35.93
        lon: 36.63
    """
    if isinstance(judged, Violation):
        match judged.keyword:
            case "dependentRequired":
                yield Problem(judged.at, f"a position lacks its `{judged.expected}`; give both, or neither")
            case "minimum" | "maximum":
                yield Problem(
                    judged.at, f"{judged.name} is {judged.seen}, beyond {judged.expected} degrees; correct it"
                )
            case _:
                seen = "empty" if judged.empty else judged.seen
                yield Problem(judged.at, f"{judged.name} is {seen}; write decimal degrees, without quotes")
        return
    for part in judged.sites if isinstance(judged, Incident) else [judged]:
        if _at_null_island(part):
            yield Problem(part.at("lat"), "the position is at 0, 0, where nothing is; leave it out if it isn't known")


def _at_null_island(part: Site | Place) -> bool:
    return part.lat is not None and part.lon is not None and abs(part.lat) < 0.1 and abs(part.lon) < 0.1


@rule("PLC002", Severity.ERROR, on=(Incident, Place))
def inside_unit(judged: Incident | Place, dataset: Dataset) -> Iterator[Problem]:
    """A position lies in its country, and in the box of the administrative unit that it is said to be in.

    Outside the country is an error. Outside the unit is a warning: the boxes are simplified.

    Wrong:
        admin: {adm1: SY07}
        lat: 33.51
        lon: 36.28

    Right:
        admin: {adm1: SY01}
        lat: 33.51
        lon: 36.28
    """
    if isinstance(judged, Place):
        yield from _inside(judged, judged, dataset)
    else:
        for site in judged.sites:
            place = dataset.place(site.place)
            if place:
                yield from _inside(site, place, dataset)


def _inside(part: Site | Place, place: Place, dataset: Dataset) -> Iterator[Problem]:
    if part.lat is None or part.lon is None or _at_null_island(part):
        return
    units = [unit for unit in map(dataset.admin_units.get, place.admin.values()) if unit]
    if any(unit.country != place.country for unit in units):
        return  # PLC005 asks which of the two is wrong
    provinces = [unit for unit in dataset.admin_units.values() if unit.country == place.country and unit.level == 1]
    if provinces and not any(unit.holds(part.lat, part.lon, BOX_MARGIN) for unit in provinces):
        swapped = any(unit.holds(part.lon, part.lat, BOX_MARGIN) for unit in provinces)
        hint = "; latitude and longitude look swapped" if swapped else ""
        yield Problem(part.at("lat"), f"{part.lat}, {part.lon} lies outside {shown(place.country)}{hint}; correct it")
        return
    smallest = max(units, key=lambda unit: unit.level, default=None)
    if smallest and not smallest.holds(part.lat, part.lon, BOX_MARGIN):
        yield Problem(
            part.at("lat"),
            f"{part.lat}, {part.lon} lies outside {smallest.name} ({smallest.pcode}); check position and unit",
            Severity.WARNING,
        )


@rule("PLC004", Severity.ERROR, on=Incident)
def precision_fits_place(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A site is known no more closely than the place that it is put at, and no less.

    A village is `exact` or `near`, a district `adm2`.

    Wrong:
        - {id: a, place: idlib-governorate, kind: unspecified, precision: exact}

    Right:
        - {id: a, place: idlib-governorate, kind: unspecified, precision: adm1}
    """
    for site in incident.sites:
        place = dataset.place(site.place)
        allowed = LEVELS.get(place.level) if place else None
        if place and allowed and site.precision and site.precision not in allowed:
            wanted = " or ".join(f"`{word}`" for word in sorted(allowed))
            yield Problem(
                site.at("precision"),
                f"the precision {shown(site.precision)} doesn't fit {shown(site.place)}, which is of level "
                f"{shown(place.level)}: {wanted}, or another place",
            )
        if site.lat is not None and site.precision not in {None, "exact", "near"}:
            yield Problem(
                site.at("lat"), f"a position is closer than the precision {shown(site.precision)}; leave it out"
            )


@rule("PLC005", Severity.ERROR, on=(Violation, Place))
def known_pcode(judged: Violation | Place, dataset: Dataset | None = None) -> Iterator[Problem]:
    """A p-code is in `data/codelists/admin_units.csv`, is of the level it stands for, and lies under its parent.

    Wrong:
        admin: {adm1: SY07, adm2: SY0203}

    Right:
        admin: {adm1: SY07, adm2: SY0703}
    """
    if isinstance(judged, Violation):
        yield Problem(judged.at, f"{judged.name} is {judged.seen}, not a p-code; one is like `SY07`")
        return
    assert dataset is not None
    chain = [(level, judged.admin.get(f"adm{level}")) for level in (1, 2, 3)]
    above: AdminUnit | None = None
    for level, code in chain:
        if code is None:
            continue
        at = judged.at("admin", f"adm{level}")
        unit = dataset.admin_units.get(code)
        if unit is None:
            same = [known.pcode for known in dataset.admin_units.values() if known.level == level]
            yield Problem(at, f"{shown(code)} is not in data/codelists/admin_units.csv{suggestion(code, same)}")
        elif unit.level != level:
            yield Problem(
                at, f"{shown(code)} ({unit.name}) is of level {unit.level}, not {level}; move it to `adm{unit.level}`"
            )
        elif judged.country is not None and unit.country != judged.country:
            yield Problem(
                at,
                f"{shown(code)} ({unit.name}) lies in {unit.country}, the place in {shown(judged.country)}; "
                "correct one of them",
            )
            return
        elif above and not _under(unit, above, dataset):
            yield Problem(
                at, f"{shown(code)} ({unit.name}) is no part of {above.pcode} ({above.name}); correct one of them"
            )
            return
        above = unit or above


def _under(unit: AdminUnit, above: AdminUnit, dataset: Dataset) -> bool:
    while unit.level > above.level and unit.parent in dataset.admin_units:
        unit = dataset.admin_units[unit.parent]
    return unit.pcode == above.pcode


@rule("PLC008", Severity.ERROR, on=Incident)
def sites_named(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """At most one site is primary, site ids are unique, and a claim's scope names sites of the record.

    Wrong:
        sites: [{id: quarry, place: hafsarjah, kind: quarry}]
        claims: [{by: sohr, in: sabah, scope: query, killed: 7}]

    Right:
        sites: [{id: quarry, place: hafsarjah, kind: quarry}]
        claims: [{by: sohr, in: sabah, scope: quarry, killed: 7}]
    """
    primary = [site for site in incident.sites if site.true("primary")]
    for site in primary[1:]:
        yield Problem(
            site.at("primary"), f"the site of line {primary[0].mark.line} is the primary one already; keep one"
        )
    for site in incident.sites:
        if site.id == INCIDENT_SCOPE:
            yield Problem(site.at("id"), "`incident` is the scope of the whole incident; give the site another id")
    known = incident.written_ids("sites")
    named = incident.names_all("sites")
    for claim in incident.claims:
        for number, name in enumerate(claim.scope.sites):
            if named and name not in known:
                at = claim.at("scope", number) if len(claim.scope.sites) > 1 else claim.at("scope")
                yield Problem(at, f"the record has no site {shown(name)}{suggestion(name, [*known, 'incident'])}")
        if claim.scope.area and dataset.place(claim.scope.area) is None:
            yield Problem(claim.at("scope", "area"), missing("the place", claim.scope.area, "places", dataset))


@rule("PLC009", Severity.WARNING, on=Place)
def decimals_fit(place: Place, dataset: Dataset) -> Iterator[Problem]:
    """A place's position has no more than 4 decimals, about 11 metres.

    Wrong:
        lat: 35.930621

    Right:
        lat: 35.9306
    """
    for key, value in (("lat", place.lat), ("lon", place.lon)):
        if value is not None and round(value, 4) != value:
            yield Problem(place.at(key), f"{key} {value} has more than 4 decimals; round it")


@rule("PLC012", Severity.ERROR, on=(Incident, Aggregate))
def known_place(judged: Incident | Aggregate, dataset: Dataset) -> Iterator[Problem]:
    """A site's place, an aggregate's area, and the place that an attack is said to come from, are in the registry.

    Wrong:
        - {id: quarry, place: hafsarja, kind: quarry}

    Right:
        - {id: quarry, place: hafsarjah, kind: quarry}
    """
    if isinstance(judged, Aggregate):
        named = [(judged.area, judged.at("area"))]
    else:
        named = [(site.place, site.at("place")) for site in judged.sites]
        named += [(said.origin, said.at("origin")) for said in judged.attributions if said.origin]
    for id, at in named:
        if id and dataset.place(id) is None:
            yield Problem(at, missing("the place", id, "places", dataset))


@rule("PLC013", Severity.WARNING, on=Incident)
def country_of_id(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """The country in an incident's id is that of one of its places.

    Wrong:
        id: IRQ-20220908-7q4m    # all sites lie in Syria

    Right:
        id: SYR-20220908-7q4m
    """
    places = [place for place in (dataset.place(site.place) for site in incident.sites) if place]
    countries = {place.country for place in places}
    if incident.country and places and incident.country not in countries:
        seen = ", ".join(sorted(country or "" for country in countries))
        yield Problem(incident.at("id"), f"the id says {shown(incident.country)}, the places lie in {seen}; check them")
