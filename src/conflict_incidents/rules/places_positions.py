"""PLC, positions: where on the map. Prevents: an incident at sea off Ghana, in the wrong province, or in two places."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from conflict_incidents.catalogue import Problem, rule
from conflict_incidents.dataset import AdminUnit, Dataset
from conflict_incidents.findings import Severity, shown
from conflict_incidents.model import Incident, Place
from conflict_incidents.nearness import arc_km
from conflict_incidents.pieces import Site
from conflict_incidents.rules.places import LOCAL, one_place
from conflict_incidents.schema import Violation

BOX_MARGIN = 0.05
"""Degrees, about 5 km, by which a unit's box is widened: the units' own outlines are simplified."""
SAME_KM = 7.0
"""How far a position of a place may lie from another one of it: few places reach further from their middle."""
APART_KM = 25.0
"""How far the sites of one incident may lie apart."""
DECIMALS = 4
"""How many decimals the position of a place may have."""


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
    for part, place, lat, lon in _placed(judged, dataset):
        left = _left(lat, lon, place, dataset)
        if left is None or _swapped(lat, lon, place, dataset):
            continue
        message = f"{lat}, {lon} lies outside {_named(left)}"
        if isinstance(left, AdminUnit):
            yield Problem(part.at("lat"), f"{message}; check position and unit", Severity.WARNING)
        else:
            yield Problem(part.at("lat"), f"{message}; correct it")


@rule("PLC003", Severity.WARNING, on=(Incident, Place))
def not_swapped(judged: Incident | Place, dataset: Dataset) -> Iterator[Problem]:
    """Latitude comes as `lat`, longitude as `lon`: a position that fits only the other way round is swapped.

    It fits where it lies in its country and unit, and near the place that it is said to be at. Swapped out of its
    country it is an error, as such a position always is. Where latitude and longitude are much the same, both ways
    fit: the reviewer looks at a map.

    Wrong:
        lat: 36.63
        lon: 35.93

    Right:
        lat: 35.93
        lon: 36.63
    """
    for part, place, lat, lon in _placed(judged, dataset):
        if _swapped(lat, lon, place, dataset):
            left = _left(lat, lon, place, dataset)
            lies = f"lies outside {_named(left)}" if left else f"lies far from {shown(place.id)}"
            yield Problem(
                part.at("lat"),
                f"latitude and longitude look swapped: {lat}, {lon} {lies}, and {lon}, {lat} would fit; swap them",
                Severity.ERROR if isinstance(left, str) else None,
            )


def _named(left: str | AdminUnit) -> str:
    return shown(left) if isinstance(left, str) else f"{left.name} ({left.pcode})"


def _placed(judged: Incident | Place, dataset: Dataset) -> Iterator[tuple[Site | Place, Place, float, float]]:
    """Every position of a record, with the place that it is of; without those at the null island."""
    parts: list[tuple[Site | Place, Place | None]]
    if isinstance(judged, Place):
        parts = [(judged, judged)]
    else:
        parts = [(site, dataset.place(site.place)) for site in judged.sites]
    for part, place in parts:
        if place and part.lat is not None and part.lon is not None and not _at_null_island(part):
            yield part, place, part.lat, part.lon


def _left(lat: float, lon: float, place: Place, dataset: Dataset) -> str | AdminUnit | None:
    """What a position should lie in and doesn't: its country, or its smallest unit; None where it fits."""
    units = [unit for unit in map(dataset.admin_units.get, place.admin.values()) if unit]
    if any(unit.country != place.country for unit in units):
        return None  # PLC005 asks which of the two is wrong
    provinces = [unit for unit in dataset.admin_units.values() if unit.country == place.country and unit.level == 1]
    if provinces and not any(unit.holds(lat, lon, BOX_MARGIN) for unit in provinces):
        return place.country
    smallest = max(units, key=lambda unit: unit.level, default=None)
    return smallest if smallest and not smallest.holds(lat, lon, BOX_MARGIN) else None


def _swapped(lat: float, lon: float, place: Place, dataset: Dataset) -> bool:
    """Whether a position doesn't fit its place as it stands, and would with latitude and longitude swapped."""
    left, other = _left(lat, lon, place, dataset), _left(lon, lat, place, dataset)
    if isinstance(left, str):
        return other is None or isinstance(other, AdminUnit)
    if left is not None:
        return other is None
    if place.lat is None or place.lon is None or abs(lon) > 90:
        return False
    return arc_km(lat, lon, place.lat, place.lon) > APART_KM >= arc_km(lon, lat, place.lat, place.lon)


@rule("PLC006", Severity.WARNING, on=(Incident, Place))
def one_position(judged: Incident | Place, dataset: Dataset) -> Iterator[Problem]:
    """A place has one position: no second record of it, and no site at it, puts it somewhere else.

    Sites of a village or town lie within 7 km of its position, and of each other where it has none. Two records of one
    name in one unit with different positions are taken for one place.

    Wrong:
        - {id: quarry, place: hafsarjah, kind: quarry, lat: 36.15, lon: 36.53}    # 15 km from Hafsarjah

    Right:
        - {id: quarry, place: hafsarjah, kind: quarry, lat: 36.02, lon: 36.53}
    """
    if isinstance(judged, Place):
        yield from _second_record(judged, dataset)
    else:
        yield from _strayed(judged, dataset)


def _second_record(place: Place, dataset: Dataset) -> Iterator[Problem]:
    if place.lat is None or place.lon is None:
        return
    for other in dataset.namesakes(place):
        if isinstance(other, Place) and one_place(place, other) and other.lat is not None and other.lon is not None:
            km = arc_km(place.lat, place.lon, other.lat, other.lon)
            if km > 0:
                yield Problem(
                    place.at("lat"),
                    f"{shown(other.id)}, of the same name and unit, lies {km:.1f} km from here; keep one record if "
                    "they are one place",
                )


def _strayed(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    first: dict[str, Site] = {}
    for site in incident.sites:
        place = dataset.place(site.place)
        if site.lat is None or site.lon is None or place is None or place.level not in LOCAL:
            continue
        if _doubted(site, place, dataset):
            continue
        of = place if place.lat is not None else first.setdefault(site.place, site)
        if of.lat is not None and of.lon is not None:
            km = arc_km(site.lat, site.lon, of.lat, of.lon)
            other = shown(site.place) if of is place else f"the site of line {of.mark.line}, at the same place"
            if km > SAME_KM:
                message = f"the site lies {km:.1f} km from {other}; correct the position, or name another place"
                yield Problem(site.at("lat"), message)


def _doubted(site: Site, place: Place, dataset: Dataset) -> bool:
    """Whether another rule asks about a site's own position already: PLC001, PLC002, PLC003 or PLC010."""
    if site.lat is None or site.lon is None:
        return False
    if _at_null_island(site) or _swapped(site.lat, site.lon, place, dataset):
        return True
    centred = site.precision == "exact" and _centre_of(site.lat, site.lon, place, dataset)
    return _left(site.lat, site.lon, place, dataset) is not None or bool(centred)


@rule("PLC009", Severity.WARNING, on=Place)
def decimals_fit(place: Place, dataset: Dataset) -> Iterator[Problem]:
    """A place's position has no more than 4 decimals, about 11 metres.

    The position of a site has 2 at most, which PRV002 looks after, as a finer one may do harm.

    Wrong:
        lat: 35.930621

    Right:
        lat: 35.9306
    """
    for key, value in (("lat", place.lat), ("lon", place.lon)):
        if value is not None and round(value, DECIMALS) != value:
            yield Problem(place.at(key), f"{key} {value} has more than {DECIMALS} decimals; round it")


@rule("PLC010", Severity.WARNING, on=(Incident, Place))
def centroid_said(judged: Incident | Place, dataset: Dataset) -> Iterator[Problem]:
    """The middle of a district stands for the district, and isn't given out as where something was.

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
    if isinstance(judged, Place):
        unit = _centre_of(judged.lat, judged.lon, judged, dataset)
        close = judged.level in LOCAL
        if unit and judged.coordinates != "centroid" and (close or judged.coordinates):
            yield Problem(
                judged.at("lat" if close else "coordinates"),
                f"{judged.lat}, {judged.lon} is the centre of {unit.name} ({unit.pcode}); write `coordinates: "
                "centroid`, or give the place's own position",
            )
        return
    for site in judged.sites:
        place = dataset.place(site.place)
        if site.precision != "exact" or place is None or place.level not in LOCAL:
            continue
        unit = _centre_of(site.lat, site.lon, place, dataset)
        if unit:
            yield Problem(
                site.at("lat"),
                f"{site.lat}, {site.lon} is the centre of {unit.name} ({unit.pcode}), yet the site is `exact`; give "
                "its own position, or leave it out",
            )
        elif site.lat is None and place.coordinates == "centroid":
            yield Problem(
                site.at("precision"),
                f"the position of {shown(site.place)} is the centroid of its unit, yet the site is `exact`; write "
                "`near`, or give the place its own position",
            )


def _centre_of(lat: float | None, lon: float | None, place: Place, dataset: Dataset) -> AdminUnit | None:
    """The unit of a place of which a position is the centre, rounded as the position is."""
    if lat is None or lon is None:
        return None
    decimals = max(len(repr(value).partition(".")[2]) for value in (lat, lon))
    for unit in filter(None, map(dataset.admin_units.get, place.admin.values())):
        centre = [round(value, decimals) for value in (unit.lat, unit.lon) if value is not None]
        if centre == [lat, lon] and decimals > 1:  # one decimal, 10 km, says little
            return unit
    return None


@rule("PLC011", Severity.WARNING, on=Incident)
def sites_together(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """The sites of one incident lie within 25 km of each other; several incidents may be meant, or another place.

    A site is where its own position is, or else its place; districts and other areas have no say.

    Wrong:
        - {id: quarry, place: hafsarjah, kind: quarry}
        - {id: camp, place: damascus, kind: camp}    # 280 km away

    Right:
        - {id: quarry, place: hafsarjah, kind: quarry}
        - {id: camp, place: armanaz, kind: camp}
    """
    located = [(site, at) for site in incident.sites if (at := _where(site, dataset))]
    far: dict[int, list[int]] = {}
    for (one, (_, at)), (other, (_, there)) in combinations(enumerate(located), 2):
        if arc_km(*at, *there) > APART_KM:
            far.setdefault(one, []).append(other)
            far.setdefault(other, []).append(one)
    if far:
        # One finding: of the site that most others are far from, and rather of a later one than of the primary.
        out = max(far, key=lambda number: (len(far[number]), located[number][0] is not incident.primary, number))
        site, other_site = located[out][0], located[far[out][0]][0]
        km = arc_km(*located[out][1], *located[far[out][0]][1])
        yield Problem(
            site.at("place" if site.lat is None else "lat"),
            f"the site {shown(site.id)} lies {km:.0f} km from {shown(other_site.id)}; check its place, or record two "
            "incidents",
        )


def _where(site: Site, dataset: Dataset) -> tuple[float, float] | None:
    """Where a site is, as far as that is known closely and no other rule doubts it."""
    place = dataset.place(site.place)
    if place is None or _doubted(site, place, dataset):
        return None
    if site.lat is not None and site.lon is not None:
        return site.lat, site.lon
    if place.level in LOCAL and place.lat is not None and place.lon is not None:
        return place.lat, place.lon
    return None
