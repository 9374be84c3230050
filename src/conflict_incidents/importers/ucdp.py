"""UCDP Georeferenced Event Dataset → incidents, in the layouts of 41 and 49 columns and in any column order.

Each row becomes one incident: `best` with `low` and `high` as one claim, its originator the first informant that UCDP
names, its articles as reports without their headlines, the two sides as parties by UCDP's own coding. What no field of
ours takes is kept under `external`. Prevents: a row or a value that gets lost on the way, and one that nobody stated.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from conflict_incidents.cells import tidy
from conflict_incidents.dataset import Dataset
from conflict_incidents.importers.actors import Actors
from conflict_incidents.importers.batch import Accounting, Batch, Refusal, RowError, chosen
from conflict_incidents.importers.codelists import countries
from conflict_incidents.importers.grid import LISTED_AT_MOST, Row, Table, TableError, listing
from conflict_incidents.importers.organisations import Organisations
from conflict_incidents.importers.places import TIMEZONES, Found, Places, Spot
from conflict_incidents.importers.store import Incoming
from conflict_incidents.importers.tabular import read_table
from conflict_incidents.importers.ucdp_counts import COLUMNS as COUNTS
from conflict_incidents.importers.ucdp_counts import killed
from conflict_incidents.importers.ucdp_rows import (
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
from conflict_incidents.importers.ucdp_table import in_own_names, in_whole_numbers
from conflict_incidents.spelling import folded

HELP = "UCDP Georeferenced Event Dataset"
SCHEME = "ucdp-ged"
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
    *REQUIRED, *SENTENCES, "adm_1", "adm_2", "country_id", "event_clarity", "geom_wkt", "year", "source_original",
    "source_office", "source_date",
}  # fmt: skip
_VIOLENCE = {"1": "State-based violence", "2": "Non-state violence", "3": "One-sided violence"}
_UCDP = {
    "id": SOURCE,
    "name": "Uppsala Conflict Data Program",
    "names": [{"text": "UCDP", "language": "en", "script": "Latn"}],
    "kind": "dataset",
    "country": "SWE",
    "url": "https://ucdp.uu.se/",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents import ucdp-ged`."""
    parser.add_argument(
        "--source-version",
        metavar="VERSION",
        help="the version of UCDP GED, as 23.1 (default: told by the file's name)",
    )


def convert(file: Path, dataset: Dataset, options: argparse.Namespace) -> Batch:
    """Everything in a UCDP GED file, as records.

    Raises:
        TableError: the file is no table, has no rows, or isn't UCDP GED.
        DatasetError: a code list of the dataset can't be read.
    """
    table = read_table(file, encoding=options.encoding, delimiter=options.delimiter, sheet=options.sheet)
    if not table.rows:
        raise TableError(f"{file}: there are no rows under the header, so there is nothing to import")
    table = in_own_names(chosen(in_whole_numbers(table), options.where))
    version = options.source_version or version_in(file.name)
    return _Import(table, dataset, version).batch()


def version_in(name: str) -> str | None:
    """The version that a file's name gives: 19.1 for `ged191.csv`, `ucdp_ged_19.1_syria.csv`, `GEDEvent_v19_1.csv`."""
    found = re.search(r"(?i)ged[a-z_-]*?[_-]?v?([0-9]{1,2})[._-]?([0-9])(?![0-9])", name)
    return f"{int(found[1])}.{found[2]}" if found else None


class _Import:
    """One file on its way into records."""

    def __init__(self, table: Table, dataset: Dataset, version: str | None) -> None:
        self.dataset = dataset
        self.version = version
        self.label = "UCDP GED" + (f" {version}" if version else "")
        self.known = _columns(table)
        self.others = [name for name in table.columns if name not in _HANDLED]
        self.rows = table.rows
        self.organisations = Organisations(dataset)
        self.actors = Actors(dataset)
        self.places = Places(dataset, self.label)
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
        ucdp = [] if self.dataset.organisation(SOURCE) else [Incoming("organisation", dict(_UCDP))]
        made = [one for registry in (self.organisations, self.actors, self.places) for one in registry.made.values()]
        kept = [one for one in made if (one.kind, one.record["id"]) in used]
        kept.sort(key=lambda one: (one.kind, one.record["id"]))
        self.done.incoming = [*(ucdp if incidents else []), *kept, *incidents]
        return self.done

    def _cells(self, row: Row) -> dict[str, str]:
        return {name: row.cells[name].strip() for name in self.known}

    def _spots(self, rows: Iterable[dict[str, str]]) -> Iterator[tuple[Spot, str]]:
        for cells in rows:
            try:
                spot = spot_of(cells)
                yield spot, spot.code
            except RowError:
                continue

    def _incident(self, cells: dict[str, str], row: Row, seen: dict[str, int], account: Accounting) -> Incoming:
        foreign = tidy(cells["id"])
        if not foreign:
            raise RowError("id", "it is empty; without its id a row can't be found again")
        if foreign in seen:
            raise RowError("id", f"`{foreign[:40]}` is the id of row {seen[foreign]} already")
        if cells["type_of_violence"] not in _VIOLENCE:
            raise RowError("type_of_violence", f"`{cells['type_of_violence'][:40]}` is none of 1 to 3")
        account.mapped("id", "external.id")
        beside = Beside()
        spot = spot_of(cells)
        remark_country(cells, account)
        day, first, last = date_of(cells, beside, account)
        place = self.places.at(spot)
        site = self._site(cells, spot, place, beside, account)
        counts = killed(cells, account)
        reports, (by, unresolved) = self._reports(cells, account), self._informants(cells, account)
        at = "at" if place.level in {"settlement", "point", "neighbourhood"} else "in"
        record: dict[str, Any] = {
            "title": title_of(_VIOLENCE[cells["type_of_violence"]], f"{at} {place.name}", when(first, last)),
            "status": "published",
            "date": day,
        }
        if spot.country in TIMEZONES:
            record["timezone"] = TIMEZONES[spot.country]
        record["kind"] = "unspecified"
        record |= self._clarity(cells, account)
        if len(by) == 1 and by != [SOURCE] and not unresolved:
            record["verification"] = "single_source"
        record |= {"sites": [site], "reports": reports}
        claim: dict[str, Any] = {"by": by[0], "in": SOURCE if by[0] == SOURCE else reports[0]["id"]}
        claim |= {"jointly_with": by[1:]} if by[1:] else {}
        claim["killed"] = counts.counts
        record["claims"] = [claim | ({"note": counts.note} if counts.note else {})]
        parties = self._parties(cells, account)
        record |= {"parties": parties} if parties else {}
        self._year(cells, {first.year, last.year}, beside, account)
        beside.values |= counts.beside
        record["external"] = [self._external(foreign, row, cells, beside, account)]
        seen[foreign] = row.number
        return Incoming("incident", record, spot.country)

    def _site(
        self, cells: dict[str, str], spot: Spot, place: Found, beside: Beside, account: Accounting
    ) -> dict[str, Any]:
        """The one site, and what the place in the registry doesn't give back of the row."""
        precision, given_back = place.precision(cells["where_prec"])
        self._account_name(cells, spot, account)
        checks = [("where_prec", given_back, "sites.precision")]
        lat, lon = position_of(cells)
        for column, ours, theirs in (("latitude", place.lat, lat), ("longitude", place.lon, lon)):
            checks.append((column, ours == theirs, f"places.{column[:3]}"))
        units = self.places.units.codes(spot.country, spot.adm1, spot.adm2)
        for column, level in (("adm_1", "adm1"), ("adm_2", "adm2")):
            code = units.get(level)
            checks.append((column, code is not None and place.admin.get(level) == code, f"places.admin.{level}"))
        _, _, back = countries()
        for column, value in zip(("country_id", "country"), back[spot.country], strict=True):
            checks.append((column, cells.get(column) == value, "places.country"))
        point = re.fullmatch(r"(?i)POINT\s*\(\s*([-0-9.]+)\s+([-0-9.]+)\s*\)", cells.get("geom_wkt", ""))
        same = point is not None and [float(n) for n in point.groups()] == [
            float(cells[column] or "nan") for column in ("longitude", "latitude")
        ]
        checks.append(("geom_wkt", same, "sites.place"))
        for column, is_given_back, to in checks:
            if not cells.get(column):
                account.empty(column) if column in cells else None
            elif is_given_back:
                account.mapped(column, to)
            else:
                beside.keep(column, cells[column], account)
        return {"id": "site", "place": place.id, "kind": "unspecified", "precision": precision}

    @staticmethod
    def _account_name(cells: dict[str, str], spot: Spot, account: Accounting) -> None:
        """What became of the place's name, where a unit may stand in for it."""
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
        """The originator and those whom UCDP names with it, UCDP itself where none is known; and unresolved names."""
        if not cells.get("source_original"):
            if "source_original" in cells:
                account.empty("source_original")
            return [SOURCE], []
        found, unresolved = self.organisations.informants(cells["source_original"])
        for number in range(len(found)):
            account.mapped("source_original", f"claims.{'jointly_with' if number else 'by'}")
        for name in unresolved:
            account.unresolved("source_original", name)
        if not found and not unresolved:
            account.left_out("source_original", "no name")
        return found or [SOURCE], unresolved

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
        self, foreign: str, row: Row, cells: dict[str, str], beside: Beside, account: Accounting
    ) -> dict[str, Any]:
        account.kept("type_of_violence")
        beside.values["type_of_violence"] = cells["type_of_violence"]
        for column in self.others:
            beside.keep(column, row.cells[column], account)
        entry: dict[str, Any] = {"scheme": SCHEME, "id": foreign}
        if self.version:
            entry["version"] = self.version
        entry |= {"licence": "CC-BY-4.0", "attribution": f"{self.label}, Uppsala Conflict Data Program"}
        return entry | {"values": [{"name": name, "value": beside.values[name]} for name in sorted(beside.values)]}


def _columns(table: Table) -> list[str]:
    """The columns that we know.

    Raises:
        TableError: columns are missing.
    """
    found = [name for name in table.columns if name in _HANDLED]
    missing = [name for name in REQUIRED if name not in found]
    if missing:
        few = listing(missing)
        more = "" if len(missing) <= LISTED_AT_MOST else "; is this UCDP GED?"
        raise TableError(f"no UCDP GED: the columns {few} are missing{more}")
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
            used |= {("organisation", id) for id in (claim["by"], *claim.get("jointly_with", []))}
    return used
