"""Build an incident from a row by a mapping."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from conflict_incidents.core.countries import alpha3
from conflict_incidents.core.findings import show
from conflict_incidents.dataset.admin_units import AdminUnit
from conflict_incidents.exchange.importers.mapping import ColumnMapping, vocabulary
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
    RowValues,
    first_column,
    is_in_country,
    named_columns,
    numbers_in,
    position_columns,
)
from conflict_incidents.exchange.importers.store.batch import RowError
from conflict_incidents.exchange.importers.store.store import Incoming
from conflict_incidents.records.cells import CountValue, is_empty, tidy
from conflict_incidents.records.counts import GROUPS, PEOPLE, TELLTALE, THINGS
from conflict_incidents.records.days import Span, widen
from conflict_incidents.records.vocabulary import LOCAL_LEVELS, PRECISIONS_BY_LEVEL, SITES_WITHOUT_POSITION

UNITS = ("adm1", "adm2", "adm3")
MAX_KEPT_LENGTH = 200
SITE_DECIMALS = 2
_STATEMENTS = {"attributions": ("attribution", "stance"), "parties": ("party", "side"), "weapons": ("weapon", "kind")}
"""What messages call a statement, and its field with a word of a closed list, by the key of the list."""
_SEVERAL_PLACES = re.compile(r"[;|]| (?:and|et|y) ")
"""What stands between several places; commas also stand before a unit, and slashes before another name."""


class Builder:
    """Builds incidents from the rows of a table; `remarks` are those on the last row."""

    def __init__(
        self,
        mapping: ColumnMapping,
        organisations: NameIndex,
        actors: NameIndex,
        places: PlaceResolver,
        create_places: bool,
    ) -> None:
        self.mapping, self.content = mapping, mapping.content
        self.organisations, self.actors, self.places = organisations, actors, places
        self.create_places = create_places
        self.kept_columns: list[str] = self.content.get("keep", [])
        self.remarks: Counter[str] = Counter()
        self._foreign = ""
        self._extra_values: dict[str, str] = {}

    def incident(self, values: RowValues, foreign: str) -> Incoming:
        """Return the incident of a row.

        Raises:
            RowError: a cell is invalid, or a required value is missing.
        """
        self.remarks.clear()
        self._foreign, self._extra_values = foreign, {}
        content = self.content
        country = self._country(values)
        record: dict[str, Any] = {"status": content.get("status", "draft"), "date": self._date(values)}
        record["kind"] = self._required_word(values, content["kind"], ("kind",), "kind")
        record["sites"] = [self._site(values, site, country) for site in content["sites"]]
        reports = self._reports(values)
        record["reports"] = list(reports.values())
        parts = {
            "claims": [claim for spec in content.get("claims", []) for claim in self._claims(values, spec, reports)]
        }
        for key in _STATEMENTS:
            parts[key] = [one for spec in content.get(key, []) for one in self._statements(key, values, spec, reports)]
        record |= {key: statements for key, statements in parts.items() if statements}
        for key in ("clarity", "verification"):
            if word := values.word(content.get(key), vocabulary()[key,], key):
                record[key] = word
        if "timezone" in content:
            record["timezone"] = content["timezone"]
        if "note" in content and (note := values.fill_template(content["note"], "note")):
            record["note"] = note
        record["title"] = self._title(values)
        record["external"] = [self._external(values, foreign)]
        return Incoming("incident", record, country)

    def _country(self, values: RowValues) -> str:
        spec = self.content["country"]
        text = values.text(spec, "country")
        if text is None and isinstance(spec, dict) and "column" in spec:
            text = tidy(values.row.cells[spec["column"]])  # NA is Namibia
        code = alpha3(text) or alpha3(values.fallback_kind(spec, "country") or "") if text else None
        if code is None:
            column = first_column(spec)
            what = f"{show(text)} is no country; translate it under `words`" if text else "the row names no country"
            raise RowError(column, what)
        return code

    def _title(self, values: RowValues) -> str:
        title = values.fill_template(self.content["title"], "title")
        if title is None:
            raise RowError("", "a column that the title needs is empty; add a second template to `title`")
        if len(title) > MAX_KEPT_LENGTH:
            raise RowError("", f"the title {show(title)} is longer than {MAX_KEPT_LENGTH} characters")
        return title

    def _date(self, values: RowValues) -> Span:
        spec = self.content["date"]
        order = {"order": spec.get("order")}
        until = order | ({"column": spec["to"]} if isinstance(spec.get("to"), str) else spec.get("to", {}))
        first_in, last_in = (part.get("column", part.get("year", "")) for part in (spec, until))
        first = values.day(spec, "date")
        if first is None:
            raise RowError(first_in, "the row has no date")
        last = values.day(until, "date") if "to" in spec else None
        precision = values.word(spec.get("precision"), vocabulary()["date", "precision"], "date precision")
        if last is not None and last != first:
            if isinstance(first, dict) or isinstance(last, dict):
                raise RowError(last_in, "a span needs two days, not months or years")
            if last < first:
                raise RowError(last_in, f"the last day ({last}) is before the first ({first})")
            return {"from": first, "to": last} | ({"precision": precision} if precision else {})
        if isinstance(first, dict) or precision is None:
            return first
        return widen(first, precision)

    def _site(self, values: RowValues, spec: dict[str, Any], country: str) -> dict[str, Any]:
        units, unit_names = self._units(values, spec, country)
        admin = {level: unit.pcode for level, unit in units.items()}
        position = self._position(values, spec, country)
        own = spec.get("position", "place") == "site"
        name = values.text(spec["name"], "place")
        place, level = self._place(spec, name, country, units, admin, None if own else position)
        site: dict[str, Any] = {"id": spec.get("id", "site"), "place": place.id}
        site["kind"] = values.word(spec.get("kind"), vocabulary()["sites", "kind"], "site kind") or "unspecified"
        precision = values.word(spec.get("precision"), vocabulary()["sites", "precision"], "site precision") or level
        if precision:
            if precision not in PRECISIONS_BY_LEVEL[place.level]:
                column = first_column(spec.get("precision"))
                raise RowError(
                    column, f"{show(precision)} doesn't fit {show(place.id)}, a place of level {place.level}"
                )
            site["precision"] = precision
        if unit_names:
            site["units"] = unit_names
        if position:
            self._settle_position(values, spec, site, place, position, own)
        return site

    def _units(
        self, values: RowValues, spec: dict[str, Any], country: str
    ) -> tuple[dict[str, AdminUnit], dict[str, str]]:
        """Return the known administrative units, and the names of unknown ones, by level.

        If the code list has units of the country and level, an unknown name is an error, unless the column is kept.
        """
        names = {level: values.text(spec.get(level), f"place {level}") or "" for level in UNITS}
        units, unit_names = self.places.units.resolve(country, names)
        for level, name in unit_names.items():
            listed = self.places.units.lists(country, int(level[-1]))
            if listed and not set(named_columns(spec[level])) <= set(self.kept_columns):
                raise RowError(
                    first_column(spec[level]),
                    f"{show(name)} is not in data/codelists/admin_units.csv; translate it under `words`, or go "
                    "without: `keep` the column",
                )
            self.remarks[f"units of level {level[-1]} missing from the code list, kept by their names"] += 1
        return units, unit_names

    def _place(
        self,
        spec: dict[str, Any],
        name: str | None,
        country: str,
        units: dict[str, AdminUnit],
        admin: dict[str, str],
        position: GeoPoint | None,
    ) -> tuple[ResolvedPlace, str | None]:
        """Return the place, and the precision if only a unit is named."""
        column = first_column(spec["name"])
        row = self._foreign, spec.get("id", "site")
        if name is None:
            smallest = next((level for level in reversed(UNITS) if level in units), None)
            if smallest is None:
                raise RowError(
                    column, "the row names no place, and no unit of admin_units.csv; set `otherwise`, or list the unit"
                )
            unit = units[smallest]
            return self.places.place(PlaceQuery(unit.name, unit.country, admin, level=smallest, row=row)), smallest
        if names_owner(name):
            raise RowError(column, NAMES_OWNER)
        if _SEVERAL_PLACES.search(name):
            self.remarks[f"cells of {show(column)} look like a list of places, and were taken as one"] += 1
        source = self.content.get("attribution", self.content["scheme"])
        query = PlaceQuery(name, country, admin, position, spec.get("level", "settlement"), source, row=row)
        place = self.places.knows(query)
        if place is None and not self.create_places:
            raise RowError(column, f"the place {show(name)} is not in the registry")
        place = place or self.places.place(query)
        if place.ambiguous:
            self.remarks["places of which the registry has several of that name; the first was taken"] += 1
        return place, None

    def _position(self, values: RowValues, spec: dict[str, Any], country: str) -> GeoPoint | None:
        columns = position_columns(spec)
        if not columns:
            return None
        lat, lon = values.position(spec)
        if (lat is None) != (lon is None):
            missing = "lat" if lat is None else "lon"
            raise RowError(spec[missing], f"a position is missing its `{missing}`; give both or none")
        if lat is None or lon is None:
            return None
        is_in_country(country, lat, lon, columns[0])
        digits = SITE_DECIMALS if spec.get("position") == "site" else DECIMALS
        return GeoPoint(round(lat, digits), round(lon, digits))

    def _settle_position(
        self,
        values: RowValues,
        spec: dict[str, Any],
        site: dict[str, Any],
        place: ResolvedPlace,
        position: GeoPoint,
        own: bool,
    ) -> None:
        """Store a position: as that of the place, or as the site's own, rounded; otherwise under `external`."""
        to: str
        columns = position_columns(spec)
        lat, lon = round(position.lat, SITE_DECIMALS), round(position.lon, SITE_DECIMALS)
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
        values.target_columns |= dict.fromkeys(columns, to)

    def _reports(self, values: RowValues) -> dict[str, dict[str, Any]]:
        reports: dict[str, dict[str, Any]] = {}
        for spec in self.content["reports"]:
            to = "report publisher"
            name = values.text(spec["publisher"], to)
            if name is None:
                continue
            publisher = self._id_of(name, values, spec["publisher"], self.organisations, to)
            report: dict[str, Any] = {"id": spec["id"], "publisher": publisher}
            if "url" in spec and (url := values.cell(spec["url"])):
                report["url"] = url
                values.target_columns[spec["url"]] = "report url"
            published = values.day(spec.get("published"), "report published")
            if isinstance(published, dict):
                raise RowError(spec["published"]["column"], "a report is published on a day, not in a month or a year")
            if published:
                report["published"] = published
            if language := values.text(spec.get("language"), "report language"):
                report["language"] = language
            reports[spec["id"]] = report
        if not reports:
            raise RowError("", "the row names no report: every publisher is empty; set `otherwise`")
        return reports

    def _claims(
        self, values: RowValues, spec: dict[str, Any], reports: dict[str, dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Return a claim per originator; none if nothing is counted."""
        measures: dict[str, Any] = {}
        for measure in (*PEOPLE, *THINGS):
            if measure in spec and (counts := self._measure(values, measure, spec[measure])) is not None:
                measures[measure] = counts
        if not measures:
            return []
        claim: dict[str, Any] = {}
        originators = self._keys_by_originator(values, spec, reports, "claim")
        if "based_on" in spec and (informants := self._informants(values, spec["based_on"], originators[0]["by"])):
            claim["based_on"] = informants
        if "scope" in spec:
            claim["scope"] = spec["scope"]
        as_of = values.day(spec.get("as_of"), "claim as_of")
        if isinstance(as_of, dict):
            raise RowError(spec["as_of"]["column"], "numbers are the state of a day, not of a month or a year")
        if as_of:
            claim["as_of"] = as_of
        if spec.get("provisional"):
            claim["provisional"] = True
        claim |= measures
        if telltales := [str(number) for number in sorted(TELLTALE & numbers_in(measures))]:
            claim["note"] = f"The table has the number {' and '.join(telltales)}, in figures."
        return [by | claim for by in originators]

    def _informants(self, values: RowValues, spec: dict[str, Any], coder: str) -> list[str]:
        """Return the organisations from which a dataset coded a number; unknown names are left out."""
        ids = {name: self.organisations.resolve(name) for name in values.texts(spec, "claim based_on")}
        if ids and not any(ids.values()):
            values.target_columns[spec["column"]] = "claim based_on: unknown"
        if lacking := sum(id is None for id in ids.values()):
            self.remarks["names of informants missing from the registry, left out of `based_on`"] += lacking
        return [id for id in dict.fromkeys(ids.values()) if id and id != coder]

    def _measure(self, values: RowValues, measure: str, spec: dict[str, Any]) -> Any:
        groups = [group for group in GROUPS if group in spec]
        if not groups:
            return values.count(spec, measure)
        counts: dict[str, CountValue] = {}
        for group in groups:
            count = values.count(spec[group], f"{measure} {group}")
            if count is not None:
                counts[group] = count
        return counts["total"] if list(counts) == ["total"] else counts or None

    def _statements(
        self, key: str, values: RowValues, spec: dict[str, Any], reports: dict[str, dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Return attributions, parties or weapons, one per originator and actor or kind."""
        what, field = _STATEMENTS[key]
        options, to = vocabulary()[key, field], f"{what} {field}"
        if key == "weapons":
            statements = [{field: word} for word in dict.fromkeys(values.words(spec[field], options, to))]
        elif names := values.texts(spec["actor"], f"{what} actor"):
            actors = {self._id_of(name, values, spec["actor"], self.actors, f"{what} actor") for name in names}
            word = self._required_word(values, spec[field], (key, field), to)
            statements = [{"actor": actor, field: word} for actor in sorted(actors)]
        else:
            statements = []
        by = self._keys_by_originator(values, spec, reports, what) if statements else []
        return [one | part for one in by for part in statements]

    def _keys_by_originator(
        self, values: RowValues, spec: dict[str, Any], reports: dict[str, dict[str, Any]], what: str
    ) -> list[dict[str, Any]]:
        """Return the keys of each originator, sorted by id."""
        names = values.texts(spec["by"], f"{what} by")
        if not names:
            raise RowError(
                first_column(spec["by"]), f"the {what} has no originator: the row names none; set `otherwise`"
            )
        if spec["in"] not in reports:
            raise RowError("", f"the {what} is in the report {show(spec['in'])}, which the row doesn't name")
        ids = {self._id_of(name, values, spec["by"], self.organisations, f"{what} by") for name in names}
        return [{"by": by, "in": spec["in"]} for by in sorted(ids)]

    def _id_of(self, text: str, values: RowValues, spec: str | dict[str, Any], registry: NameIndex, to: str) -> str:
        if isinstance(spec, dict) and "separator" not in spec and SEPARATORS.search(text):
            column = show(first_column(spec))
            how = "translate them under `words`" if to == "report publisher" else "name its `separator`"
            self.remarks[f"cells of {column} look like a list, and were taken as one {registry.kind}; {how}"] += 1
        id = registry.find(text) or values.fallback_kind(spec, to) or registry.resolve(text)
        if id is None:
            raise RowError(
                first_column(spec),
                f"the {registry.kind} {show(text)} is not in the registry; add it there or in the mapping's "
                f"`{registry.kind}s`, translate it under `words`, or set `new`",
            )
        return id

    def _required_word(self, values: RowValues, spec: str | dict[str, Any], path: tuple[str, ...], to: str) -> str:
        word = values.word(spec, vocabulary()[path], to)
        if word is None:
            raise RowError(first_column(spec), f"the {to} is empty; set `otherwise`")
        return word

    def _external(self, values: RowValues, foreign: str) -> dict[str, Any]:
        entry: dict[str, Any] = {"scheme": self.content["scheme"], "id": foreign}
        values_kept = []
        for column in self.kept_columns:
            text = tidy(values.raw(column))
            if len(text) > MAX_KEPT_LENGTH:
                raise RowError(
                    column, f"longer than {MAX_KEPT_LENGTH} characters, which `keep` can't hold; `ignore` it"
                )
            if not is_empty(text):
                values_kept.append({"name": column, "value": text})
        values_kept += [
            {"name": name, "value": text} for name, text in self._extra_values.items() if name not in self.kept_columns
        ]
        return entry | ({"values": values_kept} if values_kept else {})
