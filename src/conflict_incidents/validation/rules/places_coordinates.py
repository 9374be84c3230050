"""PLC, coordinates: positions, and whether they fit the administrative units."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from conflict_incidents.core.countries import may_contain
from conflict_incidents.core.findings import Severity, Shown, bare, shown
from conflict_incidents.core.geo import arc_km
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.admin_units import AdminUnit
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import Incident, Place
from conflict_incidents.records.schema import Violation
from conflict_incidents.records.statements import Site
from conflict_incidents.records.vocabulary import BOX_MARGIN, LOCAL_LEVELS, SITES_WITHOUT_POSITION
from conflict_incidents.validation.rules.places import one_place

LatLon = tuple[float, float]
"""Latitude and longitude in degrees, WGS 84."""
SAME_KM = 7.0
"""The largest distance between two positions of a place: few places extend further from their centre."""
APART_KM = 25.0
"""The largest distance between sites of one incident."""
DECIMALS = 4
"""How many decimals the position of a place may have."""


@rule("PLC001", Severity.ERROR, on=(Violation, Incident, Place))
def real_position(judged: Violation | Incident | Place, dataset: Dataset) -> Iterator[Problem]:
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
                yield Problem(judged.at, f"a position is missing its `{judged.expected}`; give both, or neither")
            case "minimum" | "maximum":
                yield Problem(
                    judged.at, f"{judged.name} is {judged.seen}, beyond {judged.expected} degrees; correct it"
                )
            case _:
                seen = Shown("empty") if judged.empty else judged.seen
                yield Problem(judged.at, f"{judged.name} is {seen}; write decimal degrees, without quotes")
        return
    for part in judged.sites if isinstance(judged, Incident) else [judged]:
        if part.position and _at_null_island(part.position):
            yield Problem(
                part.at("lat"), "the position 0, 0 is a placeholder; correct it, or leave it out if it isn't known"
            )


def _at_null_island(position: LatLon) -> bool:
    return max(map(abs, position)) < 0.1


@rule("PLC002", Severity.ERROR, on=(Incident, Place))
def inside_unit(judged: Incident | Place, dataset: Dataset) -> Iterator[Problem]:
    """A position is in its country, and in the box of the administrative unit that it is said to be in.

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
    for part, place, position in _positions(judged, dataset):
        left = _unit_outside_of(position, place, dataset)
        if left and not _is_swapped(position, place, dataset):
            message = f"{_position_text(part, position)} is outside {_area_name(left)}"
            if isinstance(left, AdminUnit):
                yield Problem(part.at("lat"), f"{message}; check position and unit", Severity.WARNING)
            else:
                yield Problem(part.at("lat"), f"{message}; correct it")


@rule("PLC003", Severity.WARNING, on=(Incident, Place))
def not_swapped(judged: Incident | Place, dataset: Dataset) -> Iterator[Problem]:
    """Latitude comes as `lat`, longitude as `lon`: a position that fits only the other way round is swapped.

    It fits where it is in its country and unit, and near the place that it is said to be at. Swapped out of its
    country it is an error, as such a position always is. Where latitude and longitude are much the same, both ways
    fit: the reviewer looks at a map.

    Wrong:
        lat: 36.63
        lon: 35.93

    Right:
        lat: 35.93
        lon: 36.63
    """
    for part, place, position in _positions(judged, dataset):
        if _is_swapped(position, place, dataset):
            left = _unit_outside_of(position, place, dataset)
            lies = f"is outside {_area_name(left)}" if left else f"is far from {shown(place.id)}"
            yield Problem(
                part.at("lat"),
                f"latitude and longitude look swapped: {_position_text(part, position)} {lies}, and the other way "
                "round it would fit; swap them",
                Severity.ERROR if isinstance(left, str) else None,
            )


def _position_text(part: Site | Place, position: LatLon) -> Shown:
    """A position as a message may repeat it, coarse; that of a home or a clinic should never have been written down."""
    withheld = isinstance(part, Site) and part.kind in SITES_WITHOUT_POSITION
    return Shown("the position") if withheld else f"{_coarse(position[0])}, {_coarse(position[1])}"


def _coarse(degrees: float) -> Shown:
    """Degrees as they are with two decimals at most, else cut to these."""
    return f"{degrees}" if round(degrees, 2) == degrees else f"{degrees:.2f}…"


def _area_name(left: str | AdminUnit) -> Shown:
    return shown(left) if isinstance(left, str) else f"{left.label} ({bare(left.pcode)})"


def _positions(judged: Incident | Place, dataset: Dataset) -> Iterator[tuple[Site | Place, Place, LatLon]]:
    """Every position of a record, with the place that it is of; without those at the null island."""
    if isinstance(judged, Incident):
        yield from _sites(judged, dataset)
    elif judged.position and not _at_null_island(judged.position):
        yield judged, judged, judged.position


def _sites(incident: Incident, dataset: Dataset) -> Iterator[tuple[Site, Place, LatLon]]:
    """The sites that have a position of their own, with their places."""
    for site in incident.sites:
        place = dataset.registry.place(site.place)
        if place and site.position and not _at_null_island(site.position):
            yield site, place, site.position


def _unit_outside_of(position: LatLon, place: Place, dataset: Dataset) -> str | AdminUnit | None:
    """What a position is wrongly outside of: its country, or its smallest unit; None where it fits."""
    units = _units(place, dataset)
    if any(unit.country != place.country for unit in units):
        return None  # PLC005 asks which of the two is wrong
    if place.country and place.level != "area" and not _in_country(position, place.country, dataset):
        return place.country
    smallest = max(units, key=lambda unit: unit.level, default=None)
    return smallest if smallest and not smallest.holds(*position, BOX_MARGIN) else None


def _in_country(position: LatLon, country: str, dataset: Dataset) -> bool:
    """Whether a position can be in a country: in one of its boxes, and of the units that the dataset lists of it."""
    listed = dataset.registry.admin_units.listed_of(country)
    return may_contain(country, *position) and (not listed or any(unit.holds(*position, BOX_MARGIN) for unit in listed))


def _units(place: Place, dataset: Dataset) -> list[AdminUnit]:
    """The units that contain a place, as far as they are known."""
    return [unit for unit in map(dataset.registry.admin_units.get, place.admin.values()) if unit]


def _is_swapped(position: LatLon, place: Place, dataset: Dataset) -> bool:
    """Whether a position doesn't fit its place, but would with latitude and longitude swapped."""
    other = position[1], position[0]
    left = _unit_outside_of(position, place, dataset)
    if left:
        # Out of its country a swapped position needn't fit the unit: that may be wrong as well.
        return not isinstance(
            _unit_outside_of(other, place, dataset), str if isinstance(left, str) else (str, AdminUnit)
        )
    there = place.position or position
    return arc_km(*position, *there) > APART_KM >= arc_km(*other, *there)


@rule("PLC006", Severity.WARNING, on=(Incident, Place))
def one_position(judged: Incident | Place, dataset: Dataset) -> Iterator[Problem]:
    """A place has one position: no second record of it, and no site at it, is somewhere else.

    Sites of a village or town are within 7 km of its position, and of each other where it has none. Two records of one
    name in one unit with different positions are taken for one place.

    Wrong:
        - {id: quarry, place: hafsarjah, kind: quarry, lat: 36.15, lon: 36.53}    # 15 km from Hafsarjah

    Right:
        - {id: quarry, place: hafsarjah, kind: quarry, lat: 36.02, lon: 36.53}
    """
    yield from _second_record(judged, dataset) if isinstance(judged, Place) else _distant_sites(judged, dataset)


def _second_record(place: Place, dataset: Dataset) -> Iterator[Problem]:
    for other in dataset.registry.namesakes(place):
        if place.position and other.position and one_place(place, other):
            km = arc_km(*place.position, *other.position)
            if km:
                yield Problem(
                    place.at("lat"),
                    f"{shown(other.id)}, of the same name and unit, is {km:.1f} km from here; keep one record if "
                    "they are one place",
                )


def _distant_sites(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    first: dict[str, tuple[Site, LatLon]] = {}
    for site, place, position in _sure(incident, dataset):
        before, there = first.setdefault(site.place, (site, position))
        km = arc_km(*position, *(place.position or there))
        other = shown(site.place) if place.position else f"the site of line {before.mark.line}, at the same place"
        if place.level in LOCAL_LEVELS and km > SAME_KM:
            message = f"the site is {km:.1f} km from {other}; correct the position, or name another place"
            yield Problem(site.at("lat"), message)


def _sure(incident: Incident, dataset: Dataset) -> Iterator[tuple[Site, Place, LatLon]]:
    """The sites' own positions that no other rule asks about: PLC001, PLC002, PLC003, PLC010."""
    for site, place, position in _sites(incident, dataset):
        centred = site.precision == "exact" and _centre_of(position, place, dataset)
        if not (centred or _unit_outside_of(position, place, dataset) or _is_swapped(position, place, dataset)):
            yield site, place, position


@rule("PLC009", Severity.WARNING, on=Place)
def decimals_fit(place: Place, dataset: Dataset) -> Iterator[Problem]:
    """A place's position has no more than 4 decimals, about 11 metres.

    The position of a site has 2 at most (PRV002).

    Wrong:
        lat: 35.930621

    Right:
        lat: 35.9306
    """
    for key, value in (("lat", place.lat), ("lon", place.lon)):
        if value is not None and round(value, DECIMALS) != value:
            yield Problem(place.at(key), f"{bare(key)} has more than {DECIMALS} decimals; round it")


@rule("PLC010", Severity.WARNING, on=(Incident, Place))
def centroid_said(judged: Incident | Place, dataset: Dataset) -> Iterator[Problem]:
    """The centre of a district represents the district, and isn't given as the position of an event.

    A place that has the position of its unit's centre says `coordinates: centroid`, and no site is `exact` there.
    Centres are those of data/codelists/admin_units.csv.

    Wrong:
        level: settlement
        lat: 36.1342    # the centre of the district of Harim
        lon: 36.5841
        coordinates: published

    Right:
        level: settlement
        lat: 36.1342
        lon: 36.5841
        coordinates: centroid
    """
    if isinstance(judged, Incident):
        for site in judged.sites:
            place = dataset.registry.place(site.place)
            if place and place.level in LOCAL_LEVELS and site.precision == "exact":
                yield from _exact_centre(site, place, dataset)
        return
    unit = _centre_of(judged.position, judged, dataset) if judged.position else None
    if unit and judged.coordinates != "centroid" and (judged.level in LOCAL_LEVELS or judged.coordinates):
        yield Problem(
            judged.at("lat" if judged.level in LOCAL_LEVELS else "coordinates"),
            f"the position is the centre of {_area_name(unit)}; write `coordinates: centroid`, or give the place's own",
        )


def _exact_centre(site: Site, place: Place, dataset: Dataset) -> Iterator[Problem]:
    unit = _centre_of(site.position, place, dataset) if site.position else None
    if unit:
        message = f"the position is the centre of {_area_name(unit)}, yet the site is `exact`"
        yield Problem(site.at("lat"), f"{message}; give its own position, or leave it out")
    elif site.position is None and place.coordinates == "centroid":
        message = f"the position of {shown(place.id)} is the centroid of its unit, yet the site is `exact`"
        yield Problem(site.at("precision"), f"{message}; write `near`, or give the place its own position")


def _centre_of(position: LatLon, place: Place, dataset: Dataset) -> AdminUnit | None:
    """The unit of a place of which a position is the centre, rounded as the position is.

    A position with one decimal, 10 km, says too little.
    """
    decimals = max(len(repr(value).partition(".")[2]) for value in position)
    for unit in _units(place, dataset) if decimals >= 2 else ():
        if unit.centre and tuple(round(value, decimals) for value in unit.centre) == position:
            return unit
    return None


@rule("PLC011", Severity.WARNING, on=Incident)
def sites_together(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """The sites of one incident are within 25 km of each other; else it may be several, or a place is wrong.

    A site is where its own position is, or else its place; districts and other areas aren't compared.

    Wrong:
        - {id: quarry, place: hafsarjah, kind: quarry}
        - {id: camp, place: damascus, kind: camp}    # 280 km away

    Right:
        - {id: quarry, place: hafsarjah, kind: quarry}
        - {id: camp, place: armanaz, kind: camp}
    """
    located = _site_positions(incident, dataset)
    far: dict[int, list[int]] = {}
    for (one, (_, at)), (other, (_, there)) in permutations(enumerate(located), 2):
        if arc_km(*at, *there) > APART_KM:
            far.setdefault(one, []).append(other)
    if far:
        # One finding: of the site that most others are far from, and rather of a later one than of the primary.
        out = max(far, key=lambda number: (len(far[number]), located[number][0] is not incident.primary, number))
        (site, at), (other_site, there) = located[out], located[far[out][0]]
        yield Problem(
            site.at("lat" if site.position else "place"),
            f"the site {shown(site.id)} is {arc_km(*at, *there):.0f} km from {shown(other_site.id)}; check its place,"
            " or record two incidents",
        )


def _site_positions(incident: Incident, dataset: Dataset) -> list[tuple[Site, LatLon]]:
    """Where the sites are, as far as that is known closely and no other rule asks about it."""
    own = {id(site.node): position for site, _, position in _sure(incident, dataset)}
    found: list[tuple[Site, LatLon]] = []
    for site in incident.sites:
        place = dataset.registry.place(site.place)
        of_place = place.position if place and place.level in LOCAL_LEVELS and site.position is None else None
        position = own.get(id(site.node), of_place)
        if position:
            found.append((site, position))
    return found
