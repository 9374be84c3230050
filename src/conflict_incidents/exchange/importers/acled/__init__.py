"""ACLED's export layout → incidents; users bring the file under their own licence (docs/import-acled.md).

The number of fatalities is a claim by ACLED; 0 becomes unknown, as it may also mean that no source gave a number. The
sentences in `notes` are never copied. ACLED's `actor1` isn't necessarily the aggressor and doesn't become an
attribution. Kinds and precisions are mapped by `core.crosswalks`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from conflict_incidents.core.countries import ECONOMIC_ZONE
from conflict_incidents.core.crosswalks import ACLED_EARLIER_KINDS, ACLED_KINDS
from conflict_incidents.core.findings import show, user_text
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.acled import rows
from conflict_incidents.exchange.importers.columns import clean_table, rename_columns
from conflict_incidents.exchange.importers.gw_countries import countries
from conflict_incidents.exchange.importers.names import NameIndex
from conflict_incidents.exchange.importers.owners import NAMES_OWNER, names_owner
from conflict_incidents.exchange.importers.places import (
    DECIMALS,
    GeoPoint,
    PlaceQuery,
    PlaceResolver,
    ResolvedPlace,
)
from conflict_incidents.exchange.importers.rowvalues import OFF, degrees, is_in_country
from conflict_incidents.exchange.importers.store.batch import Accounting, Batch, ExternalValues, RowError, select_rows
from conflict_incidents.exchange.importers.store.files import sites
from conflict_incidents.exchange.importers.store.store import Incoming
from conflict_incidents.exchange.importers.tabular.grid import SourceRow, SourceTableError, listing
from conflict_incidents.exchange.importers.tabular.read import read_table
from conflict_incidents.records.cells import tidy

HELP = "ACLED, from an export that you bring under your own licence"
SCHEME = "acled"
ORGANISATION = {"id": SCHEME, "name": "Armed Conflict Location & Event Data", "kind": "dataset"}
DATASET = {
    "id": SCHEME,
    "name": "Armed Conflict Location & Event Data (ACLED)",
    "licence": "LicenseRef-ACLED",
    "attribution": "Armed Conflict Location & Event Data (ACLED), acleddata.com",
    "url": "https://acleddata.com/",
}
_GIVEN_BACK = {"event_id_cnty": "external.id", "event_date": "date", "country": "the id's country"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents import acled`."""
    parser.add_argument(
        "--status",
        choices=("draft", "published"),
        default="draft",
        help="the status of new records (default: draft, which isn't released: ACLED forbids passing its rows on)",
    )


def convert(file: Path, dataset: Dataset, options: argparse.Namespace) -> Batch:
    """Convert the rows of an ACLED export to incidents.

    Raises:
        SourceTableError: the file isn't an ACLED export; invalid rows are refusals of the batch.
        OSError: the file can't be read.
    """
    table = read_table(file, encoding=options.encoding, delimiter=options.delimiter, sheet=options.sheet)
    names = {rows.own_name(name) for name in table.columns}
    missing = [name for name in rows.REQUIRED_COLUMNS if name not in names]
    if missing:
        raise SourceTableError(
            f"{user_text(file)}: not an ACLED export: it is missing {listing(missing)}; take the default columns"
        )
    table = rename_columns(
        select_rows(clean_table(table, rows.own_name, rows.INTEGER_COLUMNS), options.where), rows.own_name
    )
    batch = Batch(SCHEME, list(table.columns), len(table.rows))
    return _Import(dataset, options, batch).run(table.rows)


class _Import:
    def __init__(self, dataset: Dataset, options: argparse.Namespace, batch: Batch) -> None:
        self.batch, self.status, self.order = batch, options.status, options.dates or "dmy"
        self.actors = NameIndex(dataset, "actor")
        self.places = PlaceResolver(dataset, lambda: sites(options.out or dataset.root, SCHEME))
        organisations = NameIndex(dataset, "organisation")
        self.originator = organisations.find("ACLED") or SCHEME
        if self.originator == SCHEME:
            organisations.add({**ORGANISATION, "names": [{"text": "ACLED"}], "url": "https://acleddata.com/"})
        self.organisations = organisations

    def run(self, rows: list[SourceRow]) -> Batch:
        sources = [Incoming("dataset", {**DATASET, "organisation": self.originator})]
        incidents = self.batch.take(rows, "event_id_cnty", lambda row: tidy(row.cells["event_id_cnty"]), self._incident)
        self.batch.set_records(
            sources, (self.organisations.created, self.actors.created, self.places.created), incidents
        )
        return self.batch

    def _incident(self, row: SourceRow, foreign: str, account: Accounting) -> Incoming:
        if row.faults:
            raise RowError(*next(iter(row.faults.items())))
        cells = _cells(row)
        external = ExternalValues(cells, account)
        country = rows.country_of(cells)
        site, where = self._site(cells, country, foreign, external)
        event = cells.get("sub_event_type") or cells["event_type"]
        reports = self._reports(cells, account)
        record: dict[str, Any] = {
            "title": f"{event} {where}"[: rows.LONGEST],
            "status": self.status,
            "date": rows.date_of(cells, self.order),
            "kind": self._kind(cells, account),
            "sites": [site],
            "reports": [{"id": SCHEME, "publisher": self.originator, "language": "en"}, *reports],
            "claims": [self._claim(cells, [report["publisher"] for report in reports], external)],
        }
        record |= self._sides(cells, external)
        for column, to in _GIVEN_BACK.items():
            account.count_mapped(column, to)
        if isinstance(record["date"], dict):
            external.keep("event_date")
        external.left_out(rows.LEFT_OUT)
        external.account_for("iso3", cells.get("iso3") == country, "the id's country")
        external.account_for("gwno", countries()[0].get(cells.get("gwno", "")) == country, "the id's country")
        external.account_for("year", str(record["date"])[:4] == cells.get("year"), "date")
        external.account_for("event_id_no_cnty", foreign.endswith(cells.get("event_id_no_cnty") or "-"), "external.id")
        external.rest()
        record["external"] = [external.entry(SCHEME, foreign)]
        return Incoming("incident", record, country)

    def _kind(self, cells: dict[str, str], account: Accounting) -> str:
        event = cells.get("sub_event_type")
        if not event:
            return ACLED_EARLIER_KINDS.get(cells["event_type"], "unspecified")
        if event not in ACLED_KINDS:
            account.remark(f"the sub_event_type {show(event)} is unknown; the kind is unspecified")
        return ACLED_KINDS.get(event, "unspecified")

    def _reports(self, cells: dict[str, str], account: Accounting) -> list[dict[str, str]]:
        """Return a report for each source in the registry; others are left out, as they may be names of persons."""
        if not cells.get("source"):
            if "source" in cells:
                account.empty("source")
            return []
        publishers: dict[str, None] = {}
        for name in filter(None, map(str.strip, cells["source"].split(";"))):
            publisher = self.organisations.find(name)
            if publisher:
                account.count_mapped("source", "reports.publisher")
                publishers[publisher] = None
            else:
                account.left_out("source", "no organisation of the registry, may name a person")
        publishers.pop(self.originator, None)
        return [{"id": f"source-{number}", "publisher": id} for number, id in enumerate(publishers, 1)]

    def _source_keys(self) -> dict[str, str]:
        return {"by": self.originator, "in": SCHEME}

    def _claim(self, cells: dict[str, str], sources: list[str], external: ExternalValues) -> dict[str, Any]:
        """Return the claim of ACLED's number, based on the sources in the registry."""
        toll, note = rows.toll_of(cells["fatalities"])
        if toll is None:
            external.account.count_mapped("fatalities", "claims.no_information: 0 or empty is unknown")
            if cells["fatalities"]:
                external.values["fatalities"] = cells["fatalities"]
            return self._source_keys() | {"no_information": ["killed"]}
        external.account.count_mapped("fatalities", "claims.killed")
        based_on = {"based_on": sources} if sources else {}
        return self._source_keys() | based_on | {"killed": toll} | ({"note": note} if note else {})

    def _site(
        self, cells: dict[str, str], country: str, foreign: str, external: ExternalValues
    ) -> tuple[dict[str, Any], str]:
        """Return the site, and its location for a title; the place of a region if ACLED has no closer one."""
        precision = rows.precision_of(cells)
        levels = {level: cells.get(level.replace("adm", "admin"), "") for level in ("adm1", "adm2", "adm3")}
        units, unit_names = self.places.units.resolve(country, levels)
        admin = {level: unit.pcode for level, unit in units.items()}
        for level, name in levels.items():
            to = f"places.admin.{level}" if level in admin else "sites.units"
            external.account_for(level.replace("adm", "admin"), bool(name), to)
        lat, lon = (degrees(cells[name], name, most) for name, most in (("latitude", 90), ("longitude", 180)))
        position = None if lat is None or lon is None else GeoPoint(round(lat, DECIMALS), round(lon, DECIMALS))
        is_inside = lat is not None and lon is not None and is_in_country(country, lat, lon, "latitude", ECONOMIC_ZONE)
        if position and not is_inside:
            external.account.remark(OFF)
        if not cells["location"]:
            raise RowError("location", "it is empty")
        if names_owner(cells["location"]):
            raise RowError("location", NAMES_OWNER)
        row = foreign, "site"
        if precision == "adm1" and cells["admin1"]:
            codes = {"adm1": admin["adm1"]} if "adm1" in admin else {}
            place = self.places.place(PlaceQuery(cells["admin1"], country, codes, level="adm1", row=row))
            where = f"in {cells['admin1']}"
            external.keep("location")
        else:
            level = "neighbourhood" if " - " in cells["location"] else "settlement"
            query = PlaceQuery(
                cells["location"],
                country,
                admin,
                position if is_inside else None,
                level,
                "ACLED",
                close=True,
                row=row,
                units=tuple(reversed(levels.values())),
            )
            place = self.places.place(query)
            where = f"{'at' if precision == 'exact' else 'near'} {cells['location']}"
            external.account.count_mapped("location", "sites.place")
        external.account.count_mapped("geo_precision", "sites.precision")
        self._account_position(place, position, precision, external)
        site: dict[str, Any] = {"id": "site", "place": place.id, "kind": "unspecified", "precision": precision}
        return site | ({"units": unit_names} if unit_names else {}), where

    def _account_position(
        self, place: ResolvedPlace, position: GeoPoint | None, precision: str, external: ExternalValues
    ) -> None:
        if position and precision != "adm1" and place.position != position:
            external.account.remark("the position isn't that of the place in the registry: kept under external")
        for column, name in (("latitude", "lat"), ("longitude", "lon")):
            same = place.position is not None and position is not None and precision != "adm1"
            same = same and getattr(place.position, name) == getattr(position, name)
            external.account_for(column, same, f"places.{name}")

    def _sides(self, cells: dict[str, str], external: ExternalValues) -> dict[str, Any]:
        """Return two armed sides as parties, or a single armed side as an attribution.

        ACLED's order of actors doesn't mean that one attacked the other.
        """
        inters = {"actor1": "inter1", "actor2": "inter2"}
        armed = [name for name, inter in inters.items() if rows.is_party(cells.get(name, ""), cells.get(inter, ""))]
        if len(armed) == 2:
            for column in armed:
                external.account.count_mapped(column, "parties.actor")
            sides = zip(armed, ("a", "b"), strict=True)
            return {
                "parties": [
                    {"actor": self._actor(cells, one), "side": side} | self._source_keys() for one, side in sides
                ]
            }
        if len(armed) == 1 and cells["event_type"] in rows.CIVILIANS and rows.civilians_only(cells):
            external.account.count_mapped(armed[0], "attributions.actor")
            return {
                "attributions": [self._source_keys() | {"actor": self._actor(cells, armed[0]), "stance": "alleged"}]
            }
        return {}

    def _actor(self, cells: dict[str, str], column: str) -> str:
        name = cells[column]
        if len(name) > rows.LONGEST:
            raise RowError(column, f"longer than {rows.LONGEST} characters")
        id = self._known_actor(name)
        if id is None:
            record = rows.actor_record(name, cells.get(column.replace("actor", "inter"), ""))
            self.actors.add(record)
            id = str(record["id"])
        return id

    def _known_actor(self, name: str) -> str | None:
        """Return the actor with a name; for `HTS: Hayat Tahrir al-Sham`, the one named by either part, if unique."""
        if own := self.actors.find(name):
            return own
        first, colon, second = name.partition(": ")
        ids = {id for side in (first, second) if colon and (id := self.actors.find(side))}
        return ids.pop() if len(ids) == 1 else None


def _cells(row: SourceRow) -> dict[str, str]:
    return {name: tidy(cell) for name, cell in row.cells.items()}
