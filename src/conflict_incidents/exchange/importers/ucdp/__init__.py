"""UCDP Georeferenced Event Dataset → incidents, in the layouts of 41 and 49 columns and in any column order.

Each row becomes one incident: `best` with `low` and `high` as one claim by UCDP, based on the informants that it names,
its articles as reports without their headlines, the two sides as parties by UCDP's own coding. What no field of ours
takes, and nothing else gives back, is kept under `external`. Prevents: a row or a value that gets lost on the way, and
a number attributed to an originator who never stated it.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from conflict_incidents.core.crosswalks import UCDP_NOT_LISTED, UCDP_VIOLENCE, words
from conflict_incidents.core.names import folded
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.actors import Actors
from conflict_incidents.exchange.importers.gw_countries import countries
from conflict_incidents.exchange.importers.organisations import Organisations
from conflict_incidents.exchange.importers.places import TIMEZONES, ResolvedSpot, Spot, SpotResolver
from conflict_incidents.exchange.importers.store.batch import Accounting, Batch, Refusal, RowError, chosen
from conflict_incidents.exchange.importers.store.store import Incoming, shipped
from conflict_incidents.exchange.importers.tabular.grid import (
    LISTED_AT_MOST,
    SourceRow,
    SourceTable,
    SourceTableError,
    listing,
)
from conflict_incidents.exchange.importers.tabular.read import read_table
from conflict_incidents.exchange.importers.ucdp.counts import COLUMNS as COUNTS
from conflict_incidents.exchange.importers.ucdp.counts import killed
from conflict_incidents.exchange.importers.ucdp.rows import (
    CLARITIES,
    SENTENCES,
    Beside,
    date_of,
    position_of,
    published,
    remark_country,
    spot_of,
    title_of,
    when,
)
from conflict_incidents.exchange.importers.ucdp.table import in_own_names, in_whole_numbers
from conflict_incidents.records.cells import tidy

HELP = "UCDP Georeferenced Event Dataset"
SCHEME = "ucdp-ged"
LABEL = "UCDP GED"
FINISHED = "Clear"
"""The `code_status` of a row that UCDP has checked."""
SOURCE = "ucdp"
"""The id of UCDP as an organisation and of its coding as a report."""
REQUIRED = (
    "id",
    "type_of_violence",
    "side_a",
    "side_b",
    "where_prec",
    "where_coordinates",
    "latitude",
    "longitude",
    "country",
    "date_prec",
    "date_start",
    "date_end",
    *COUNTS,
)
_HANDLED = {
    *REQUIRED, *SENTENCES, "adm_1", "adm_2", "country_id", "event_clarity", "year", "source_original",
    "source_office", "source_date",
}  # fmt: skip
_VIOLENCE = words(UCDP_VIOLENCE)
_IN_WORDS = {word: f"{word.replace('_', '-').capitalize()} violence" for word in UCDP_VIOLENCE}
_COUNTED_TO = {
    "conflict_new_id": ("conflict", "id"),
    "conflict_id": ("conflict", "id"),
    "conflict_name": ("conflict", "name"),
    "dyad_new_id": ("dyad", "id"),
    "dyad_id": ("dyad", "id"),
    "dyad_name": ("dyad", "name"),
    "side_a_new_id": ("sides", "a"),
    "side_a_id": ("sides", "a"),
    "side_b_new_id": ("sides", "b"),
    "side_b_id": ("sides", "b"),
}
"""Columns by which UCDP classifies a row, and their keys in the entry of `external`; of two that are for the
same, the first that is filled."""
_GIVEN_BACK = {
    "priogrid_gid": "follows from latitude and longitude",
    "geom_wkt": "follows from latitude and longitude",
    "region": "follows from the country",
    "iso3": "follows from the country",
    "gwnoa": "follows from side_a",
    "gwnob": "follows from side_b",
    "relid": "another id of the row, which changes with the version",
    **dict.fromkeys(
        ("conflict_dset_id", "dyad_dset_id", "side_a_dset_id", "side_b_dset_id"),
        "an older id of what the newer one names",
    ),
}
"""Columns that are left out, as something else in the record gives them back or they aren't needed."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents import ucdp-ged`."""
    parser.add_argument(
        "--source-version",
        metavar="VERSION",
        help="the version of UCDP GED, as 23.1 (default: from the file name)",
    )


def convert(file: Path, dataset: Dataset, options: argparse.Namespace) -> Batch:
    """Everything in a UCDP GED file, as records.

    Raises:
        TableError: the file is no table, has no rows, or isn't UCDP GED.
        DatasetError: a code list of the dataset can't be read.
    """
    table = read_table(file, encoding=options.encoding, delimiter=options.delimiter, sheet=options.sheet)
    if not table.rows:
        raise SourceTableError(f"{file}: there are no rows under the header, so there is nothing to import")
    table = in_own_names(chosen(in_whole_numbers(table), options.where))
    version = options.source_version or version_in(file.name)
    return _Import(table, dataset, version).batch()


def version_in(name: str) -> str | None:
    """The version that a file's name gives: 19.1 for `ged191.csv`, `ucdp_ged_19.1_syria.csv`, `GEDEvent_v19_1.csv`."""
    found = re.search(r"(?i)ged[a-z_-]*?[_-]?v?([0-9]{1,2})[._-]?([0-9])(?![0-9])", name)
    return f"{int(found[1])}.{found[2]}" if found else None


class _Import:
    """One file on its way into records."""

    def __init__(self, table: SourceTable, dataset: Dataset, version: str | None) -> None:
        self.dataset = dataset
        self.version = version
        self.known = _columns(table)
        self.others = [name for name in table.columns if name not in {*_HANDLED, *_COUNTED_TO, *_GIVEN_BACK}]
        self.rows = table.rows
        self.organisations = Organisations(dataset)
        self.actors = Actors(dataset)
        self.places = SpotResolver(dataset, LABEL)
        self.done = Batch(SCHEME, list(table.columns), rows=len(table.rows))

    def batch(self) -> Batch:
        """All rows, the registries that they need first."""
        cells = {row.number: self._cells(row) for row in self.rows}
        self.places.prepare(self._spots(cells.values()))
        seen: dict[str, int] = {}
        incidents: list[Incoming] = []
        for row in self.rows:
            account = Accounting()
            try:
                if row.faults:
                    raise RowError(*next(iter(row.faults.items())))
                incidents.append(self._incident(cells[row.number], row, seen, account))
                self.done.accounting.add(account)
            except RowError as error:
                self.done.refusals.append(Refusal(row.number, error.column, str(error)))
                self.done.refused_ids.add(cells[row.number]["id"])
        used = _used(incidents)
        ucdp = [shipped("organisation", SOURCE), shipped("dataset", SCHEME)]
        ucdp[1].record.update({"version": self.version} if self.version else {})
        made = [one for registry in (self.organisations, self.actors, self.places) for one in registry.made.values()]
        kept = [one for one in made if (one.kind, one.record["id"]) in used]
        kept.sort(key=lambda one: (one.kind, one.record["id"]))
        self.done.incoming = [*(ucdp if incidents else []), *kept, *incidents]
        return self.done

    def _cells(self, row: SourceRow) -> dict[str, str]:
        return {name: row.cells[name].strip() for name in self.known}

    def _spots(self, rows: Iterable[dict[str, str]]) -> Iterator[tuple[Spot, str]]:
        for cells in rows:
            try:
                spot = spot_of(cells)
                yield spot, spot.code
            except RowError:
                continue

    def _incident(self, cells: dict[str, str], row: SourceRow, seen: dict[str, int], account: Accounting) -> Incoming:
        foreign = tidy(cells["id"])
        if not foreign:
            raise RowError("id", "it is empty; without its id a row can't be found again")
        if foreign in seen:
            raise RowError("id", f"`{foreign[:40]}` is the id of row {seen[foreign]} already")
        if cells["type_of_violence"] not in _VIOLENCE:
            raise RowError("type_of_violence", f"`{cells['type_of_violence'][:40]}` is none of 1 to 3")
        account.mapped("id", "external.id")
        account.mapped("type_of_violence", "type_of_violence")
        violence = _VIOLENCE[cells["type_of_violence"]]
        beside = Beside()
        spot = spot_of(cells)
        remark_country(cells, account)
        day, first, last = date_of(cells, beside, account)
        place = self.places.at(spot)
        site = self._site(cells, spot, place, beside, account)
        counts = killed(cells, account)
        reports = self._reports(cells, account)
        informants, unresolved = self._informants(cells, account)
        at = "at" if place.level in {"settlement", "point", "neighbourhood"} else "in"
        record: dict[str, Any] = {
            "title": title_of(_IN_WORDS[violence], f"{at} {place.name}", when(first, last)),
            "status": "published",
            "date": day,
        }
        if spot.country in TIMEZONES:
            record["timezone"] = TIMEZONES[spot.country]
        record |= {"kind": "unspecified", "type_of_violence": violence}
        record |= self._clarity(cells, account)
        if len(informants) == 1 and not unresolved:
            record["verification"] = "single_source"
        record |= {"sites": [site], "reports": reports}
        claim: dict[str, Any] = {"by": SOURCE, "in": SOURCE}
        claim |= {"based_on": informants} if informants else {}
        claim["killed"] = counts.counts
        record["claims"] = [claim | ({"note": counts.note} if counts.note else {})]
        parties = self._parties(cells, account)
        record |= {"parties": parties} if parties else {}
        self._year(cells, {first.year, last.year}, beside, account)
        beside.values |= counts.beside
        record["external"] = [self._external(foreign, row, len(reports) - 1, beside, account)]
        seen[foreign] = row.number
        return Incoming("incident", record, spot.country)

    def _site(
        self, cells: dict[str, str], spot: Spot, place: ResolvedSpot, beside: Beside, account: Accounting
    ) -> dict[str, Any]:
        """The one site, and what the place in the registry doesn't give back of the row."""
        precision, given_back = place.precision(cells["where_prec"])
        self._account_name(cells, spot, account)
        checks = [("where_prec", given_back, "sites.precision")]
        named: dict[str, str] = {}
        lat, lon = position_of(cells)
        for column, ours, theirs in (("latitude", place.lat, lat), ("longitude", place.lon, lon)):
            checks.append((column, ours == theirs, f"places.{column[:3]}"))
        units = self.places.units.codes(spot.country, spot.adm1, spot.adm2)
        for column, level in (("adm_1", "adm1"), ("adm_2", "adm2")):
            code, name = units.get(level), tidy(cells.get(column, ""))
            if name and level not in place.admin:
                named[level] = name
                checks.append((column, True, f"sites.units.{level}"))
            else:
                checks.append((column, code is not None and place.admin[level] == code, f"places.admin.{level}"))
        _, _, back = countries()
        for column, value in zip(("country_id", "country"), back[spot.country], strict=True):
            checks.append((column, cells.get(column) == value, "places.country"))
        for column, is_given_back, to in checks:
            if not cells.get(column):
                account.empty(column) if column in cells else None
            elif is_given_back:
                account.mapped(column, to)
            else:
                beside.keep(column, cells[column], account)
        site = {"id": "site", "place": place.id, "kind": "unspecified", "precision": precision}
        return site | ({"units": named} if named else {})

    @staticmethod
    def _account_name(cells: dict[str, str], spot: Spot, account: Accounting) -> None:
        """What became of the place's name, where a unit may replace it."""
        if not spot.instead:
            account.mapped("where_coordinates", "sites.place")
            return
        if cells["where_coordinates"]:
            account.left_out("where_coordinates", "may name a person")
        else:
            account.empty("where_coordinates")
        account.remark(f"where_coordinates has no name to keep: the place is that of {spot.instead}")

    def _reports(self, cells: dict[str, str], account: Accounting) -> list[dict[str, Any]]:
        """The articles by publisher and day, and UCDP's own coding."""
        offices = _listed(cells.get("source_office", ""))
        days = _listed(cells.get("source_date", ""))
        reports: list[dict[str, Any]] = []
        for number, office in enumerate(offices):
            day, why = published(days[number], self.dataset) if number < len(days) else (None, "")
            if number < len(days) and days[number]:
                account.mapped("source_date", "reports.published") if day else account.left_out("source_date", why)
                if day and why:
                    account.remark(f"source_date: {why}")
            if not folded(office):
                continue
            publisher = self.organisations.named(office)
            if publisher is None:
                account.unresolved("source_office", tidy(office))
                continue
            account.mapped("source_office", "reports.publisher")
            reports.append({"id": f"r{len(reports) + 1}", "publisher": publisher} | ({"published": day} if day else {}))
        for column in ("source_office", "source_date"):
            if column in cells and not cells[column]:
                account.empty(column)
        extra = [day for day in days[len(offices) :] if day]
        if extra:
            account.left_out("source_date", "no publisher belongs to it", len(extra))
        for column, why in SENTENCES.items():
            if column in cells:
                account.left_out(column, why) if cells[column] else account.empty(column)
        return [*reports, {"id": SOURCE, "publisher": SOURCE, "language": "en"}]

    def _informants(self, cells: dict[str, str], account: Accounting) -> tuple[list[str], list[str]]:
        """The organisations that UCDP coded from, and the names that are none that is known."""
        if not cells.get("source_original"):
            if "source_original" in cells:
                account.empty("source_original")
            return [], []
        found, unresolved = self.organisations.informants(cells["source_original"])
        account.mapped("source_original", "claims.based_on", len(found))
        for name in unresolved:
            account.unresolved("source_original", name)
        if not found and not unresolved:
            account.left_out("source_original", "no name")
        return [id for id in found if id != SOURCE], unresolved

    def _parties(self, cells: dict[str, str], account: Accounting) -> list[dict[str, str]]:
        parties: list[dict[str, str]] = []
        for column, side in (("side_a", "a"), ("side_b", "b")):
            if cells["type_of_violence"] == "3" and side == "b" and folded(cells[column]) == "civilians":
                account.mapped(column, "no party: civilians don't fight")
                continue
            actors = self.actors.side(cells[column])
            account.mapped(column, "parties.actor") if actors else account.empty(column)
            parties += [{"actor": actor, "side": side, "by": SOURCE, "in": SOURCE} for actor in actors]
        return parties

    def _clarity(self, cells: dict[str, str], account: Accounting) -> dict[str, str]:
        code = cells.get("event_clarity", "")
        if not code:
            if "event_clarity" in cells:
                account.empty("event_clarity")
            return {}
        if code not in CLARITIES:
            raise RowError("event_clarity", f"`{code[:40]}` is neither 1 nor 2")
        account.mapped("event_clarity", "clarity")
        return {"clarity": CLARITIES[code]}

    def _year(self, cells: dict[str, str], years: set[int], beside: Beside, account: Accounting) -> None:
        if "year" in cells and {cells["year"]} == {str(year) for year in years}:
            account.mapped("year", "date")
        elif "year" in cells:
            beside.keep("year", cells["year"], account)

    def _external(
        self, foreign: str, row: SourceRow, articles: int, beside: Beside, account: Accounting
    ) -> dict[str, Any]:
        entry: dict[str, Any] = {"scheme": SCHEME, "id": foreign}
        for column, (key, part) in _COUNTED_TO.items():
            value = tidy(row.cells.get(column, ""))
            if value and entry.get(key, {}).setdefault(part, value) != value:
                beside.keep(column, value, account)
            elif value:
                entry.setdefault(key, {})[part] = value
                account.mapped(column, f"external.{key}.{part}")
            elif column in row.cells:
                account.empty(column)
        for column, why in _GIVEN_BACK.items():
            if column in row.cells:
                account.left_out(column, why) if row.cells[column].strip() else account.empty(column)
        for column in self.others:
            if column == "number_of_sources" and row.cells[column].strip() == str(articles or UCDP_NOT_LISTED):
                account.mapped(column, "reports")
            elif column == "code_status" and row.cells[column].strip() == FINISHED:
                account.left_out(column, "says that the row is finished")
            else:
                beside.keep(column, row.cells[column], account)
        values = [{"name": name, "value": beside.values[name]} for name in sorted(beside.values)]
        return entry | ({"values": values} if values else {})


def _columns(table: SourceTable) -> list[str]:
    """The columns that we know.

    Raises:
        TableError: columns are missing.
    """
    found = [name for name in table.columns if name in _HANDLED]
    missing = [name for name in REQUIRED if name not in found]
    if missing:
        few = listing(missing)
        more = "" if len(missing) <= LISTED_AT_MOST else "; is this UCDP GED?"
        raise SourceTableError(f"no UCDP GED: the columns {few} are missing{more}")
    return found


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(";")] if text else []


def _used(incidents: list[Incoming]) -> set[tuple[str, str]]:
    """Kind and id of every registry record that incidents refer to: rows that were refused leave nothing behind."""
    used: set[tuple[str, str]] = set()
    for one in incidents:
        record = one.record
        used |= {("place", site["place"]) for site in record["sites"]}
        used |= {("organisation", report["publisher"]) for report in record["reports"]}
        used |= {("actor", party["actor"]) for party in record.get("parties", [])}
        for claim in record["claims"]:
            used |= {("organisation", id) for id in (claim["by"], *claim.get("based_on", []))}
    return used
