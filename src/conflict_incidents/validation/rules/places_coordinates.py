"""PLC, coordinates: positions, and whether they fit the administrative units."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from conflict_incidents.core.countries import may_contain
from conflict_incidents.core.findings import Severity, Shown, bare, show
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
"""The maximum distance of a site from its place in km: few places are larger."""
APART_KM = 25.0
"""The maximum distance between sites of one incident in km."""
DECIMALS = 4
"""The maximum number of decimals of the position of a place."""


@rule("PLC001", Severity.ERROR, on=(Violation, Incident, Place), needs=("lat",))
def real_position(subject: Violation | Incident | Place, dataset: Dataset) -> Iterator[Problem]:
    """A position has latitude and longitude, within range, and isn't 0, 0.

    Wrong:
        lat: 0
        lon: 0

    Right:
        lat: 35.93
        lon: 36.63
    """
    if isinstance(subject, Violation):
        match subject.keyword:
            case "dependentRequired":
                yield Problem(subject.at, f"a position is missing its `{subject.expectation}`; give both, or neither")
            case "minimum" | "maximum":
                yield Problem(
                    subject.at,
                    f"{subject.name} is {subject.shown_value}, beyond {subject.expectation} degrees; correct it",
                )
            case _:
                seen = Shown("empty") if subject.empty else subject.shown_value
                yield Problem(subject.at, f"{subject.name} is {seen}; write decimal degrees, without quotes")
        return
    for part in subject.sites if isinstance(subject, Incident) else [subject]:
        if part.position and _at_null_island(part.position):
            yield Problem(
                part.at("lat"), "the position 0, 0 is a placeholder; correct it, or leave it out if it isn't known"
            )


def _at_null_island(position: LatLon) -> bool:
    return max(map(abs, position)) < 0.1


@rule("PLC002", Severity.ERROR, on=(Incident, Place), needs=("lat",))
def inside_unit(subject: Incident | Place, dataset: Dataset) -> Iterator[Problem]:
    """A position is in its country, and in the bounding box of its administrative unit.

    Outside the country is an error; outside the unit is a warning, as the boxes are simplified.

    Wrong:
        admin: {adm1: SY07}
        lat: 33.51
        lon: 36.28

    Right:
        admin: {adm1: SY01}
        lat: 33.51
        lon: 36.28
    """
    for part, place, position in _positions(subject, dataset):
        area = _unit_outside_of(position, place, dataset)
        if area and not _is_swapped(position, place, dataset):
            message = f"{_position_text(part, position)} is outside {_area_name(area)}"
            if isinstance(area, AdminUnit):
                yield Problem(part.at("lat"), f"{message}; check position and unit", Severity.WARNING)
            elif turned := _with_other_sign(position, area, dataset):
                yield Problem(part.at(turned), f"{message}; with the other sign of `{turned}` it would fit")
            else:
                yield Problem(part.at("lat"), f"{message}; correct it")


def _with_other_sign(position: LatLon, country: str, dataset: Dataset) -> Shown | None:
    """Return which of `lat` and `lon` would be in the country if its sign were the other; None if neither."""
    lat, lon = position
    turned = {Shown("lat"): (-lat, lon), Shown("lon"): (lat, -lon)}
    return next((key for key, other in turned.items() if _in_country(other, country, dataset)), None)


@rule("PLC003", Severity.WARNING, on=(Incident, Place), needs=("lat",))
def not_swapped(subject: Incident | Place, dataset: Dataset) -> Iterator[Problem]:
    """`lat` is the latitude, `lon` the longitude: a position that fits only the other way round is swapped.

    A position fits if it is in its country and unit, and near its place. Outside its country it is an error. If
    latitude and longitude are similar, both ways may fit, and a reviewer checks a map.

    Wrong:
        lat: 36.63
        lon: 35.93

    Right:
        lat: 35.93
        lon: 36.63
    """
    for part, place, position in _positions(subject, dataset):
        if _is_swapped(position, place, dataset):
            area = _unit_outside_of(position, place, dataset)
            where = f"is outside {_area_name(area)}" if area else f"is far from {show(place.id)}"
            yield Problem(
                part.at("lat"),
                f"latitude and longitude look swapped: {_position_text(part, position)} {where}, and the other way "
                "round it would fit; swap them",
                Severity.ERROR if isinstance(area, str) else None,
            )


def _position_text(part: Site | Place, position: LatLon) -> Shown:
    """Format a position for a message: coarse, and not at all for a home or a clinic."""
    withheld = isinstance(part, Site) and part.kind in SITES_WITHOUT_POSITION
    return Shown("the position") if withheld else f"{_coarse(position[0])}, {_coarse(position[1])}"


def _coarse(degrees: float) -> Shown:
    """Format degrees with at most two decimals."""
    return f"{degrees}" if round(degrees, 2) == degrees else f"{degrees:.2f}…"


def _area_name(area: str | AdminUnit) -> Shown:
    return show(area) if isinstance(area, str) else f"{area.label} ({bare(area.pcode)})"


def _positions(subject: Incident | Place, dataset: Dataset) -> Iterator[tuple[Site | Place, Place, LatLon]]:
    """Yield every position of a record with its place, except 0, 0."""
    if isinstance(subject, Incident):
        yield from _sites(subject, dataset)
    elif subject.position and not _at_null_island(subject.position):
        yield subject, subject, subject.position


def _sites(incident: Incident, dataset: Dataset) -> Iterator[tuple[Site, Place, LatLon]]:
    """Yield the sites that have their own position, with their places."""
    for site in incident.sites:
        place = dataset.registry.place(site.place)
        if place and site.position and not _at_null_island(site.position):
            yield site, place, site.position


def _unit_outside_of(position: LatLon, place: Place, dataset: Dataset) -> str | AdminUnit | None:
    """Return the country, or else the smallest unit, that a position should be in but isn't; None if it fits."""
    units = _units(place, dataset)
    if any(unit.country != place.country for unit in units):
        return None  # reported by PLC005
    if place.country and place.level != "area" and not _in_country(position, place.country, dataset):
        return place.country
    smallest = max(units, key=lambda unit: unit.level, default=None)
    return smallest if smallest and not smallest.holds(*position, BOX_MARGIN) else None


def _in_country(position: LatLon, country: str, dataset: Dataset) -> bool:
    """Whether a position is in a box of a country, and in one of its units listed by the dataset."""
    listed = dataset.registry.admin_units.of_country(country)
    return may_contain(country, *position) and (not listed or any(unit.holds(*position, BOX_MARGIN) for unit in listed))


def _units(place: Place, dataset: Dataset) -> list[AdminUnit]:
    """Return the known units that contain a place."""
    return [unit for unit in map(dataset.registry.admin_units.get, place.admin.values()) if unit]


def _is_swapped(position: LatLon, place: Place, dataset: Dataset) -> bool:
    """Whether a position doesn't fit its place, but would with latitude and longitude swapped."""
    other, own = (position[1], position[0]), place.position or position
    area = _unit_outside_of(position, place, dataset)
    if own != position and arc_km(*other, *own) > APART_KM:
        return False
    if area:
        # Outside the country, the swapped position need only fit the country: the unit may be wrong as well.
        return not isinstance(
            _unit_outside_of(other, place, dataset), str if isinstance(area, str) else (str, AdminUnit)
        )
    return arc_km(*position, *own) > APART_KM


@rule("PLC006", Severity.WARNING, on=(Incident, Place), needs=("lat",))
def one_position(subject: Incident | Place, dataset: Dataset) -> Iterator[Problem]:
    """A place has one position: its sites, and other records of it, are nearby.

    Sites of a village or town are within 7 km of its position, or of each other if it has none. Two records with one
    name in one unit and different positions are regarded as one place.

    Wrong:
        - {id: quarry, place: hafsarjah, kind: quarry, lat: 36.15, lon: 36.53}    # 15 km from Hafsarjah

    Right:
        - {id: quarry, place: hafsarjah, kind: quarry, lat: 36.02, lon: 36.53}
    """
    yield from _second_record(subject, dataset) if isinstance(subject, Place) else _distant_sites(subject, dataset)


def _second_record(place: Place, dataset: Dataset) -> Iterator[Problem]:
    for other in dataset.registry.namesakes(place):
        if place.position and other.position and one_place(place, other):
            km = arc_km(*place.position, *other.position)
            if km:
                yield Problem(
                    place.at("lat"),
                    f"{show(other.id)}, of the same name and unit, is {km:.1f} km from here; keep one record if "
                    "they are one place",
                )


def _distant_sites(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    first: dict[str, tuple[Site, LatLon]] = {}
    for site, place, position in _sure(incident, dataset):
        before, other_position = first.setdefault(site.place, (site, position))
        km = arc_km(*position, *(place.position or other_position))
        other = show(site.place) if place.position else f"the site of line {before.mark.line}, at the same place"
        if place.level in LOCAL_LEVELS and km > SAME_KM:
            message = f"the site is {km:.1f} km from {other}; correct the position, or name another place"
            yield Problem(site.at("lat"), message)


def _sure(incident: Incident, dataset: Dataset) -> Iterator[tuple[Site, Place, LatLon]]:
    """Yield the sites' own positions without a finding of PLC001, PLC002, PLC003 or PLC010."""
    for site, place, position in _sites(incident, dataset):
        centred = site.precision == "exact" and _centre_of(position, place, dataset)
        if not (centred or _unit_outside_of(position, place, dataset) or _is_swapped(position, place, dataset)):
            yield site, place, position


@rule("PLC009", Severity.WARNING, on=Place, needs=("lat", "lon"))
def decimals_fit(place: Place, dataset: Dataset) -> Iterator[Problem]:
    """A place's position has no more than 4 decimals, about 11 metres.

    The position of a site has at most 2 (PRV002).

    Wrong:
        lat: 35.930621

    Right:
        lat: 35.9306
    """
    for key, value in (("lat", place.lat), ("lon", place.lon)):
        if value is not None and round(value, DECIMALS) != value:
            yield Problem(place.at(key), f"{bare(key)} has more than {DECIMALS} decimals; round it")


@rule("PLC010", Severity.WARNING, on=(Incident, Place), needs=("precision", "lat"))
def centroid_declared(subject: Incident | Place, dataset: Dataset) -> Iterator[Problem]:
    """The centroid of a unit isn't given as the exact position of a place or an event.

    A place at the centre of its unit has `coordinates: centroid`, and no site there is `exact`. Centres are those of
    data/codelists/admin_units.csv.

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
    if isinstance(subject, Incident):
        for site in subject.sites:
            place = dataset.registry.place(site.place)
            if place and place.level in LOCAL_LEVELS and site.precision == "exact":
                yield from _exact_centre(site, place, dataset)
        return
    unit = _centre_of(subject.position, subject, dataset) if subject.position else None
    if unit and subject.coordinates != "centroid" and (subject.level in LOCAL_LEVELS or subject.coordinates):
        yield Problem(
            subject.at("lat" if subject.level in LOCAL_LEVELS else "coordinates"),
            f"the position is the centre of {_area_name(unit)}; write `coordinates: centroid`, or give the place's own",
        )


def _exact_centre(site: Site, place: Place, dataset: Dataset) -> Iterator[Problem]:
    unit = _centre_of(site.position, place, dataset) if site.position else None
    if unit:
        message = f"the position is the centre of {_area_name(unit)}, yet the site is `exact`"
        yield Problem(site.at("lat"), f"{message}; give its own position, or leave it out")
    elif site.position is None and place.coordinates == "centroid":
        message = f"the position of {show(place.id)} is the centroid of its unit, yet the site is `exact`"
        yield Problem(site.at("precision"), f"{message}; write `near`, or give the place its own position")


def _centre_of(position: LatLon, place: Place, dataset: Dataset) -> AdminUnit | None:
    """Return the unit of a place whose centre is a position, rounded to the decimals of the position.

    Positions with one decimal, 10 km, are too coarse to tell.
    """
    decimals = max(len(repr(value).partition(".")[2]) for value in position)
    for unit in _units(place, dataset) if decimals >= 2 else ():
        if unit.centre and tuple(round(value, decimals) for value in unit.centre) == position:
            return unit
    return None


@rule("PLC011", Severity.WARNING, on=Incident)
def nearby_sites(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """The sites of one incident are within 25 km of each other; otherwise it may be several, or a place is wrong.

    A site's position is its own, or else that of its place; districts and other areas aren't compared.

    Wrong:
        - {id: quarry, place: hafsarjah, kind: quarry}
        - {id: camp, place: damascus, kind: camp}    # 280 km away

    Right:
        - {id: quarry, place: hafsarjah, kind: quarry}
        - {id: camp, place: armanaz, kind: camp}
    """
    located = _site_positions(incident, dataset) if len(incident.sites) > 1 else []
    far: dict[int, list[int]] = {}
    for (one, (_, at)), (other, (_, other_at)) in permutations(enumerate(located), 2):
        if arc_km(*at, *other_at) > APART_KM:
            far.setdefault(one, []).append(other)
    if far:
        # One finding: on the site that is far from most others; of several, rather a later one than the primary.
        out = max(far, key=lambda number: (len(far[number]), located[number][0] is not incident.primary, number))
        (site, at), (other_site, other_at) = located[out], located[far[out][0]]
        yield Problem(
            site.at("lat" if site.position else "place"),
            f"the site {show(site.id)} is {arc_km(*at, *other_at):.0f} km from {show(other_site.id)}; check its "
            "place, or record two incidents",
        )


def _site_positions(incident: Incident, dataset: Dataset) -> list[tuple[Site, LatLon]]:
    """Return the sites with a known close position, without a finding of another rule."""
    own = {id(site.node): position for site, _, position in _sure(incident, dataset)}
    found: list[tuple[Site, LatLon]] = []
    for site in incident.sites:
        place = dataset.registry.place(site.place)
        of_place = place.position if place and place.level in LOCAL_LEVELS and site.position is None else None
        position = own.get(id(site.node), of_place)
        if position:
            found.append((site, position))
    return found
