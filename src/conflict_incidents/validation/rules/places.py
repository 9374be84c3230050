"""PLC: places and sites.

The rules on positions are in `places_coordinates.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.core.countries import alpha3
from conflict_incidents.core.findings import Severity, Shown, bare, show
from conflict_incidents.core.names import SCRIPTS, fold_and_join, language_hint, only_latin, scripts
from conflict_incidents.core.rule import Problem, rule, suggestion
from conflict_incidents.dataset.admin_units import AdminUnit
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.suggestions import reference_error
from conflict_incidents.records.counts import INCIDENT_SCOPE
from conflict_incidents.records.fields import Part
from conflict_incidents.records.model import Actor, Aggregate, Incident, Organisation, Place
from conflict_incidents.records.schema import Violation
from conflict_incidents.records.statements import Name
from conflict_incidents.records.vocabulary import LOCAL_LEVELS, PRECISIONS_BY_LEVEL
from conflict_incidents.validation.rules.dates_timezones import countries_of
from conflict_incidents.validation.rules.sources import no_language

UNITS = ("adm1", "adm2", "adm3")
"""The levels of places that are administrative units themselves."""
_FROM_CLOSEST = ("exact", "near", "adm3", "adm2", "adm1", "area", "airspace", "country")
"""The precisions of places, the closest first."""


@rule("PLC004", Severity.ERROR, on=Incident, needs=("precision", "lat"))
def precision_fits_place(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """The precision of a site fits the level of its place.

    A village is `exact` or `near`, a district `adm2` or the level of a smaller unit in `units`. A precision coarser
    than the place is a warning, and so is `near` at a place of level `adm3`: a smaller place may stand for the
    unit, and a municipality for its town. A position has the precision `exact` or `near`, or at sea and in the air
    `airspace`.

    Wrong:
        - {id: a, place: idlib-governorate, kind: unspecified, precision: exact}

    Right:
        - {id: a, place: idlib-governorate, kind: unspecified, precision: adm1}
    """
    for site in incident.sites:
        place = dataset.registry.place(site.place)
        allowed = PRECISIONS_BY_LEVEL.get(place.level) if place else None
        named = site.units and site.precision and site.units.text(site.precision)
        if place and allowed and site.precision and site.precision not in allowed and not named:
            fitting = " or ".join([show(word) for word in sorted(allowed)])
            coarser = _FROM_CLOSEST.index(site.precision) > max(map(_FROM_CLOSEST.index, allowed))
            possible = coarser or (site.precision, place.level) == ("near", "adm3")
            yield Problem(
                site.at("precision"),
                f"the precision {show(site.precision)} doesn't fit {show(site.place)}, which is of level "
                f"{show(place.level)}; write {fitting}, or name another place",
                Severity.WARNING if possible else None,
            )
        if site.lat is not None and site.precision not in {None, "exact", "near", "airspace"}:
            yield Problem(
                site.at("lat"), f"a position is closer than the precision {show(site.precision)}; leave it out"
            )


@rule("PLC005", Severity.ERROR, on=(Violation, Place))
def known_pcode(subject: Violation | Place, dataset: Dataset) -> Iterator[Problem]:
    """The code of an administrative unit is known, has the level of its key, and belongs to its parent.

    It is a p-code of `data/codelists/admin_units.csv`; for a country that isn't listed there, a code of ISO 3166-2 such
    as `UA-14`. A place that is itself a unit isn't in a smaller one.

    Wrong:
        admin: {adm1: SY07, adm2: SY0203}

    Right:
        admin: {adm1: SY07, adm2: SY0703}
    """
    if isinstance(subject, Violation):
        yield Problem(
            subject.at, f"{subject.name} is {subject.shown_value}, not the code of a unit, as `SY07` or `UA-14`"
        )
        return
    chain = [(level, subject.admin.get(f"adm{level}")) for level in (1, 2, 3)]
    above: AdminUnit | None = None
    for level, code in chain:
        if code is None:
            continue
        at = subject.at("admin", f"adm{level}")
        unit = dataset.registry.admin_units.get(code)
        if unit is None and dataset.registry.admin_units.findings:
            continue  # it may be in a row that can't be read
        if unit is None:
            yield Problem(at, _unknown_unit(code, level, subject.country, above, dataset))
        elif unit.level != level:
            yield Problem(
                at, f"{show(code)} ({unit.label}) is of level {unit.level}, not {level}; move it to `adm{unit.level}`"
            )
        elif subject.country is not None and unit.country != subject.country:
            yield Problem(
                at,
                f"{show(code)} ({unit.label}) is in {bare(unit.country)}, the place in {show(subject.country)}; "
                "correct one of them",
            )
            return
        elif above and not _under(unit, above, dataset):
            yield Problem(
                at,
                f"{show(code)} ({unit.label}) is not part of {bare(above.pcode)} ({above.label}); correct one of them",
            )
            return
        elif subject.level in UNITS and f"adm{level}" > subject.level:
            yield Problem(at, f"a place of level {show(subject.level)} is in no smaller unit; remove `adm{level}`")
        above = unit or above


def _unknown_unit(code: str, level: int, country: str | None, above: AdminUnit | None, dataset: Dataset) -> Shown:
    units = dataset.registry.admin_units
    listed = [unit for unit in units.values() if unit.level == level and country in {None, unit.country}]
    same = [unit.pcode for unit in listed if above is None or _under(unit, above, dataset)]
    lists = Shown("in data/codelists/admin_units.csv")
    where = lists if units.of_country(country or "") else f"of ISO 3166-2, nor {lists}"
    return f"{show(code)} is not {where}{suggestion(code, same) or '; correct it, or leave it out'}"


def _under(unit: AdminUnit, above: AdminUnit, dataset: Dataset) -> bool:
    while unit.level > above.level and unit.parent in dataset.registry.admin_units:
        unit = dataset.registry.admin_units[unit.parent]
    return unit.pcode == above.pcode


@rule("PLC007", Severity.WARNING, on=(Violation, Place))
def names_distinguished(subject: Violation | Place, dataset: Dataset) -> Iterator[Problem]:
    """Other names have a language and a script, and a name belongs to one place of a unit.

    Names are compared without case, accents, spaces and punctuation. Places of one name in different units, or a town
    and the district of the same name, are different; two villages of one name in one district have different
    sub-districts (`adm3`). The script is checked against the letters, the language isn't.

    Wrong:
        names: [{text: حفسرجة}]

    Right:
        names: [{text: حفسرجة, language: ar, script: Arab}]
    """
    if isinstance(subject, Violation):
        script = (
            f"{subject.name} is {subject.shown_value}, not a script code; write one of ISO 15924, as `Latn` or `Arab`"
        )
        yield Problem(subject.at, script if subject.key == "script" else no_language(subject), Severity.ERROR)
    else:
        yield from _name_problems(subject)
        yield from _namesakes(subject, dataset)


def _name_problems(place: Place) -> Iterator[Problem]:
    """Check the names of one place."""
    seen = {fold_and_join(place.name): place.at("name").line}
    for name in place.names:
        missing_keys = [show(key) for key in ("language", "script") if key not in name.node.keys]
        if missing_keys:
            yield Problem(name.mark, f"the name has no {' and no '.join(missing_keys)}; say in what it is written")
        yield from _language_problems(name)
        spelt = fold_and_join(name.spelling)
        if spelt in seen:
            yield Problem(name.at("text"), f"the name of line {seen[spelt]} is a duplicate but for its marks; keep one")
        seen.setdefault(spelt, name.at("text").line)


def _namesakes(place: Place, dataset: Dataset) -> Iterator[Problem]:
    """Yield other records that may be of the same place."""
    marks = {fold_and_join(name.spelling): name.at("text") for name in place.names} | {
        fold_and_join(place.name): place.at("name")
    }
    for other in () if place.withdrawal else dataset.registry.namesakes(place):
        if one_place(place, other):
            at = min(mark for spelt, mark in marks.items() if spelt in other.spellings)
            yield Problem(
                at,
                f"{show(other.id)} has this name too, in the same unit; keep one record if they are one place, else "
                "give both their smallest unit",
            )


def _language_problems(name: Name) -> Iterator[Problem]:
    """Check the language and the script of a name."""
    slip = language_hint(name.language) if name.language else None
    if slip:
        yield Problem(name.at("language"), f"{show(name.language, 'language')} is not a language code; {slip}")
    found = scripts(name.spelling)
    if name.script and found and name.script in SCRIPTS and name.script not in found:
        seen = ", ".join([show(script) for script in sorted(found)])
        yield Problem(
            name.at("script"),
            f"the name is written in {seen}, not in {show(name.script, 'script')}; correct the script",
        )
    elif name.language and found and "Latn" not in found and only_latin(name.language):
        yield Problem(
            name.at("language"),
            f"{show(name.language, 'language')} isn't written in such letters; correct the language",
        )


def one_place(place: Place, other: Place) -> bool:
    """Whether two places with the same name can be one: of one kind, in one country, and not in different units."""
    kinds = {"local" if level in LOCAL_LEVELS else level for level in (place.level, other.level)}
    units = ((place.admin.get(level), other.admin.get(level)) for level in UNITS)
    distance = any(one and another and one != another for one, another in units)
    return len(kinds) == 1 and place.country == other.country and not distance


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
    for claim in incident.claims:
        for number, name in enumerate(claim.scope.sites):
            known = incident.written_ids("sites")
            if incident.names_all("sites") and name not in known:
                at = claim.at("scope", number) if len(claim.scope.sites) > 1 else claim.at("scope")
                yield Problem(at, f"the record has no site {show(name)}{suggestion(name, [*known, 'incident'])}")
        area = claim.scope.area
        if area and (wrong := reference_error("the place", area, "places", incident, dataset)):
            yield Problem(claim.at("scope", "area"), wrong)


@rule("PLC012", Severity.ERROR, on=(Incident, Aggregate))
def known_place(subject: Incident | Aggregate, dataset: Dataset) -> Iterator[Problem]:
    """The place of a site, the area of an aggregate and the origin of an attack are in the registry.

    A withdrawn place is invalid; its record names the replacement. An origin that is one of the sites is a warning.

    Wrong:
        - {id: quarry, place: hafsarja, kind: quarry}

    Right:
        - {id: quarry, place: hafsarjah, kind: quarry}
    """
    references: list[tuple[str | None, Part, str]]
    if isinstance(subject, Aggregate):
        references = [(subject.area, subject, "area")]
    else:
        references = [(site.place, site, "place") for site in subject.sites]
        references += [(part.origin, part, "origin") for part in subject.attributions]
        struck = {site.place for site in subject.sites}
        for attribution in subject.attributions:
            if attribution.origin in struck:
                message = f"the attack is said to come from {show(attribution.origin)}, which it hit; check the origin"
                yield Problem(attribution.at("origin"), message, Severity.WARNING)
    for id, part, key in references:
        if id and (wrong := reference_error("the place", id, "places", subject, dataset)):
            yield Problem(part.at(key), wrong)


@rule("PLC013", Severity.WARNING, on=(Incident, Place, Organisation, Actor))
def country_exists(subject: Incident | Place | Organisation | Actor, dataset: Dataset) -> Iterator[Problem]:
    """A country is in ISO 3166-1, and that in an incident's id is the country of one of its places.

    Codes that begin with X are for users, as `XKX` for Kosovo. The finding is at the id if the time zone is that of the
    places' country, else at the place.

    Wrong:
        id: IRQ-20220908-7q4m    # all sites are in Syria

    Right:
        id: SYR-20220908-7q4m
    """
    if not isinstance(subject, Incident):
        if subject.country and alpha3(subject.country) is None:
            message = f"{show(subject.country)} is no country's code in ISO 3166-1 alpha-3; correct it"
            yield Problem(subject.at("country"), message)
        return
    places = [place for place in (dataset.registry.place(site.place) for site in subject.sites) if place]
    countries = {place.country for place in places}
    if subject.country and places and subject.country not in countries:
        seen = ", ".join([bare(country) for country in sorted(filter(None, countries))])
        repair = Shown("name another place, correct its country, or take a new id if the record was never published")
        wrong_id = subject.timezone and countries & set(countries_of(subject.timezone))
        at = subject.at("id") if wrong_id else subject.sites[0].at("place")
        yield Problem(at, f"the id says {show(subject.country)}, the places are in {seen}; {repair}")
