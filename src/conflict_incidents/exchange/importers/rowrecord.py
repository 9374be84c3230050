"""Build an incident from a row by a mapping."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, NamedTuple

from conflict_incidents.core.countries import alpha3
from conflict_incidents.core.findings import show
from conflict_incidents.dataset.admin_units import AdminUnit
from conflict_incidents.exchange.importers.mapping import vocabulary
from conflict_incidents.exchange.importers.names import NameIndex
from conflict_incidents.exchange.importers.owners import NAMES_OWNER, names_owner
from conflict_incidents.exchange.importers.places import (
    DECIMALS,
    GeoPoint,
    PlaceQuery,
    PlaceResolver,
    ResolvedPlace,
)
from conflict_incidents.exchange.importers.rowvalues import (
    SEPARATORS,
    MappedValue,
    RowValues,
    Spec,
    first_column,
    is_in_country,
    named_columns,
    numbers_in,
    position_columns,
)
from conflict_incidents.exchange.importers.store.batch import RowError
from conflict_incidents.exchange.importers.store.store import Incoming
from conflict_incidents.records.cells import is_empty, tidy
from conflict_incidents.records.counts import GROUPS, PEOPLE, TELLTALE, THINGS
from conflict_incidents.records.days import Span, widen
from conflict_incidents.records.vocabulary import LOCAL_LEVELS, PRECISIONS_BY_LEVEL, SITES_WITHOUT_POSITION

UNITS = ("adm1", "adm2", "adm3")
MAX_KEPT_LENGTH = 200
SITE_DECIMALS = 2
_STATEMENTS = {"attributions": ("attribution", "stance"), "parties": ("party", "side"), "weapons": ("weapon", "kind")}
"""What messages call a statement, and its field with a word of a closed list, by the key of the list."""
_SEVERAL_PLACES = re.compile(r"[;|]| (?:and|et|y) ")
"""Separators of several places; a comma may also precede a unit, and a slash another name."""


class Registries(NamedTuple):
    """Where names of a table are looked up."""

    organisations: NameIndex
    actors: NameIndex
    places: PlaceResolver


class RowRecord:
    """Builds the incident of one row; `remarks` are those on the row."""

    def __init__(self, content: Spec, names: Registries, values: RowValues, foreign: str) -> None:
        self.content, self.names, self.values, self.foreign = content, names, values, foreign
        self.remarks: Counter[str] = Counter()
        self._reports: dict[str, dict[str, str]] = {}
        self._extra_values: dict[str, str] = {}

    def incident(self) -> Incoming:
        """Return the incident of the row.

        Raises:
            RowError: a cell is invalid, or a required value is missing.
        """
        content = self.content
        self.country = self._country()
        record: dict[str, Any] = {"status": content.get("status", "draft"), "date": self._date()}
        record["kind"] = self._required_word(content["kind"], ("kind",), "kind")
        record["sites"] = [self._site(site) for site in content["sites"]]
        self._reports = self._reports_of_row()
        record["reports"] = list(self._reports.values())
        parts = {"claims": [claim for spec in content.get("claims", ()) for claim in self._claims(spec)]}
        for key in _STATEMENTS:
            parts[key] = [one for spec in content.get(key, ()) for one in self._statements(key, spec)]
        record |= {key: statements for key, statements in parts.items() if statements}
        if "timezone" in content:
            record["timezone"] = content["timezone"]
        if "note" in content and (note := self.values.fill_template(content["note"], "note")):
            record["note"] = note
        return Incoming("incident", record | {"title": self._title(), "external": [self._external()]}, self.country)

    def _country(self) -> str:
        spec = self.content["country"]
        text = self.values.text(spec, "country")
        if text is None and isinstance(spec, dict) and "column" in spec:
            text = tidy(self.values.row.cells[spec["column"]])  # NA is Namibia
        code = alpha3(text) or alpha3(self.values.fallback_kind(spec, "country") or "") if text else None
        if code is None:
            what = f"{show(text)} is no country; translate it under `words`" if text else "the row names no country"
            raise RowError(first_column(spec), what)
        return code

    def _title(self) -> str:
        title = self.values.fill_template(self.content["title"], "title")
        if title is None:
            raise RowError("", "a column that the title needs is empty; add a second template to `title`")
        if len(title) > MAX_KEPT_LENGTH:
            raise RowError("", f"the title {show(title)} is longer than {MAX_KEPT_LENGTH} characters")
        return title

    def _date(self) -> Span:
        spec = self.content["date"]
        order = {"order": spec.get("order")}
        until = order | ({"column": spec["to"]} if isinstance(spec.get("to"), str) else spec.get("to", {}))
        first_in, last_in = (part.get("column", part.get("year", "")) for part in (spec, until))
        first = self.values.day(spec, "date")
        if first is None:
            raise RowError(first_in, "the row has no date")
        last = self.values.day(until, "date") if "to" in spec else None
        precision = self.values.word(spec.get("precision"), vocabulary()["date", "precision"], "date precision")
        if last is not None and last != first:
            if isinstance(first, dict) or isinstance(last, dict):
                raise RowError(last_in, "a span needs two days, not months or years")
            if last < first:
                raise RowError(last_in, f"the last day ({last}) is before the first ({first})")
            return {"from": first, "to": last} | ({"precision": precision} if precision else {})
        return first if isinstance(first, dict) or precision is None else widen(first, precision)

    def _site(self, spec: Spec) -> dict[str, Any]:
        units, unit_names = self._units(spec)
        position = self._position(spec)
        own = spec.get("position") == "site"
        place, level = self._place(spec, units, None if own else position)
        site: dict[str, Any] = {"id": spec.get("id", "site"), "place": place.id}
        site["kind"] = self.values.word(spec.get("kind"), vocabulary()["sites", "kind"], "site kind") or "unspecified"
        options = vocabulary()["sites", "precision"]
        if precision := self.values.word(spec.get("precision"), options, "site precision") or level:
            if precision not in PRECISIONS_BY_LEVEL[place.level]:
                why = f"{show(precision)} doesn't fit {show(place.id)}, a place of level {place.level}"
                raise RowError(first_column(spec.get("precision")), why)
            site["precision"] = precision
        if unit_names:
            site["units"] = unit_names
        if position:
            self._store_position(spec, site, place, position)
        return site

    def _units(self, spec: Spec) -> tuple[dict[str, AdminUnit], dict[str, str]]:
        """Return the known administrative units, and the names of unknown ones, by level.

        If the code list has units of the country and level, an unknown name is an error, unless the column is kept.
        """
        names = {level: self.values.text(spec.get(level), f"place {level}") or "" for level in UNITS}
        units, unit_names = self.names.places.units.resolve(self.country, names)
        for level, name in unit_names.items():
            listed = self.names.places.units.lists(self.country, int(level[-1]))
            if listed and not set(named_columns(spec[level])) <= set(self.content.get("keep", ())):
                raise RowError(
                    first_column(spec[level]),
                    f"{show(name)} is not in data/codelists/admin_units.csv; translate it under `words`, or go "
                    "without: `keep` the column",
                )
            self.remarks[f"units of level {level[-1]} missing from the code list, kept by their names"] += 1
        return units, unit_names

    def _place(
        self, spec: Spec, units: dict[str, AdminUnit], position: GeoPoint | None
    ) -> tuple[ResolvedPlace, str | None]:
        """Return the place, and the precision if only a unit is named."""
        column, row = first_column(spec["name"]), (self.foreign, spec.get("id", "site"))
        admin = {level: unit.pcode for level, unit in units.items()}
        name = self.values.text(spec["name"], "place")
        if name is None:
            if not units:
                raise RowError(
                    column, "the row names no place, and no unit of admin_units.csv; set `otherwise`, or list the unit"
                )
            *_, (smallest, unit) = units.items()
            query = PlaceQuery(unit.name, unit.country, admin, level=smallest, row=row)
            return self.names.places.place(query), smallest
        if names_owner(name):
            raise RowError(column, NAMES_OWNER)
        if _SEVERAL_PLACES.search(name):
            self.remarks[f"cells of {show(column)} look like a list of places, and were taken as one"] += 1
        source = str(self.content.get("attribution", self.content["scheme"]))
        level: str = spec.get("level", "settlement")
        place = self.names.places.place(PlaceQuery(name, self.country, admin, position, level, source, row=row))
        if place.ambiguous:
            self.remarks["places of which the registry has several of that name; the first was taken"] += 1
        return place, None

    def _position(self, spec: Spec) -> GeoPoint | None:
        columns = position_columns(spec)
        if not columns:
            return None
        lat, lon = self.values.position(spec)
        if (lat is None) != (lon is None):
            missing = "lat" if lat is None else "lon"
            raise RowError(spec[missing], f"a position is missing its `{missing}`; give both or none")
        if lat is None or lon is None:
            return None
        is_in_country(self.country, lat, lon, columns[0])
        digits = SITE_DECIMALS if spec.get("position") == "site" else DECIMALS
        return GeoPoint(round(lat, digits), round(lon, digits))

    def _store_position(self, spec: Spec, site: dict[str, Any], place: ResolvedPlace, position: GeoPoint) -> None:
        """Store a position: as that of the place, or as the site's own, rounded; otherwise under `external`."""
        own, columns = spec.get("position") == "site", position_columns(spec)
        lat, lon = round(position.lat, SITE_DECIMALS), round(position.lon, SITE_DECIMALS)
        to: str
        if not own and place.position == position:
            to = f"place position, {DECIMALS} decimals"
        elif own:
            site |= {"lat": lat, "lon": lon}
            to = f"site position, {SITE_DECIMALS} decimals"
        elif site["kind"] in SITES_WITHOUT_POSITION:
            to = "nothing: it isn't that of the place, and such a site has no position of its own"
        elif place.level in LOCAL_LEVELS and site.get("precision") in {None, "exact", "near"}:
            site |= {"lat": lat, "lon": lon}
            to = f"site position, {SITE_DECIMALS} decimals, as it isn't that of the place"
        else:
            cells = [f"{lat}, {lon}"] if len(columns) == 1 else [str(lat), str(lon)]
            self._extra_values |= dict(zip(columns, cells, strict=True))
            to = f"external, {SITE_DECIMALS} decimals, as it isn't that of the place"
        self.values.target_columns |= dict.fromkeys(columns, to)

    def _reports_of_row(self) -> dict[str, dict[str, str]]:
        reports: dict[str, dict[str, str]] = {}
        for spec in self.content["reports"]:
            to = "report publisher"
            name = self.values.text(spec["publisher"], to)
            if name is None:
                continue
            publisher = self._id_of(name, spec["publisher"], self.names.organisations, to)
            report = {"id": spec["id"], "publisher": publisher}
            if "url" in spec and (url := self.values.cell(spec["url"])):
                report["url"] = url
                self.values.target_columns[spec["url"]] = "report url"
            published = self.values.day(spec.get("published"), "report published")
            if isinstance(published, dict):
                raise RowError(spec["published"]["column"], "a report is published on a day, not in a month or a year")
            if published:
                report["published"] = published
            if language := self.values.text(spec.get("language"), "report language"):
                report["language"] = language
            reports[spec["id"]] = report
        if not reports:
            raise RowError("", "the row names no report: every publisher is empty; set `otherwise`")
        return reports

    def _claims(self, spec: Spec) -> list[dict[str, Any]]:
        """Return a claim per originator; none if nothing is counted."""
        counts = {measure: self._measure(measure, spec[measure]) for measure in (*PEOPLE, *THINGS) if measure in spec}
        claim = {measure: count for measure, count in counts.items() if count is not None}
        if not claim:
            return []
        if telltales := [str(number) for number in sorted(TELLTALE & numbers_in(claim))]:
            claim["note"] = f"The table has the number {' and '.join(telltales)}, in figures."
        originators = self._keys_by_originator(spec, "claim")
        if "based_on" in spec and (informants := self._informants(spec["based_on"], originators[0]["by"])):
            claim["based_on"] = informants
        return [by | claim for by in originators]

    def _informants(self, spec: Spec, coder: str) -> list[str]:
        """Return the organisations from which a dataset coded a number; unknown names are left out."""
        ids = {name: self.names.organisations.resolve(name) for name in self.values.texts(spec, "claim based_on")}
        if ids and not any(ids.values()):
            self.values.target_columns[spec["column"]] = "claim based_on: unknown"
        if unknown := sum(id is None for id in ids.values()):
            self.remarks["names of informants missing from the registry, left out of `based_on`"] += unknown
        return [id for id in dict.fromkeys(ids.values()) if id and id != coder]

    def _measure(self, measure: str, spec: Spec) -> Any:
        groups = [group for group in GROUPS if group in spec]
        if not groups:
            return self.values.count(spec, measure)
        counts = {group: self.values.count(spec[group], f"{measure} {group}") for group in groups}
        known = {group: count for group, count in counts.items() if count is not None}
        return known["total"] if [*known] == ["total"] else known or None

    def _statements(self, key: str, spec: Spec) -> list[dict[str, Any]]:
        """Return attributions, parties or weapons, one per originator and actor or kind."""
        what, field = _STATEMENTS[key]
        to = f"{what} {field}"
        if key == "weapons":
            words = dict.fromkeys(self.values.words(spec[field], vocabulary()[key, field], to))
            statements = [{field: word} for word in words]
        elif names := self.values.texts(spec["actor"], f"{what} actor"):
            actors = {self._id_of(name, spec["actor"], self.names.actors, f"{what} actor") for name in names}
            word = self._required_word(spec[field], (key, field), to)
            statements = [{"actor": actor, field: word} for actor in sorted(actors)]
        else:
            statements = []
        by = self._keys_by_originator(spec, what) if statements else []
        return [one | part for one in by for part in statements]

    def _keys_by_originator(self, spec: Spec, what: str) -> list[dict[str, Any]]:
        """Return the keys of each originator, sorted by id."""
        names = self.values.texts(spec["by"], f"{what} by")
        if not names:
            why = f"the {what} has no originator: the row names none; set `otherwise`"
            raise RowError(first_column(spec["by"]), why)
        if spec["in"] not in self._reports:
            raise RowError("", f"the {what} is in the report {show(spec['in'])}, which the row doesn't name")
        ids = {self._id_of(name, spec["by"], self.names.organisations, f"{what} by") for name in names}
        return [{"by": by, "in": spec["in"]} for by in sorted(ids)]

    def _id_of(self, text: str, spec: MappedValue, registry: NameIndex, to: str) -> str:
        if isinstance(spec, dict) and "separator" not in spec and SEPARATORS.search(text):
            column = show(first_column(spec))
            how = "translate them under `words`" if to == "report publisher" else "name its `separator`"
            self.remarks[f"cells of {column} look like a list, and were taken as one {registry.kind}; {how}"] += 1
        id = registry.find(text) or self.values.fallback_kind(spec, to) or registry.resolve(text)
        if id is None:
            raise RowError(
                first_column(spec),
                f"the {registry.kind} {show(text)} is not in the registry; add it there or in the mapping's "
                f"`{registry.kind}s`, translate it under `words`, or set `new`",
            )
        return id

    def _required_word(self, spec: MappedValue, path: tuple[str, ...], to: str) -> str:
        word = self.values.word(spec, vocabulary()[path], to)
        if word is None:
            raise RowError(first_column(spec), f"the {to} is empty; set `otherwise`")
        return word

    def _external(self) -> dict[str, Any]:
        cells: dict[str, str] = {}
        for column in self.content.get("keep", ()):
            text = tidy(self.values.raw(column))
            if len(text) > MAX_KEPT_LENGTH:
                why = f"longer than {MAX_KEPT_LENGTH} characters, which `keep` can't hold; `ignore` it"
                raise RowError(column, why)
            cells[column] = "" if is_empty(text) else text
        values = [{"name": name, "value": text} for name, text in (cells | self._extra_values | cells).items() if text]
        entry: dict[str, Any] = {"scheme": self.content["scheme"], "id": self.foreign}
        return entry | ({"values": values} if values else {})
