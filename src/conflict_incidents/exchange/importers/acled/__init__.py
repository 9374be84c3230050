"""ACLED's export layout → incidents; users bring the file under their own licence (docs/import-acled.md).

The number of fatalities is a claim by ACLED; 0 becomes unknown, as it may also mean that no source gave a number. The
sentences in `notes` are never copied. ACLED's `actor1` isn't necessarily the aggressor and doesn't become an
attribution. Kinds and precisions are mapped by `core.crosswalks`.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conflict_incidents.core.crosswalks import ACLED_EARLIER_KINDS, ACLED_KINDS
from conflict_incidents.core.findings import Shown, show
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.acled import rows
from conflict_incidents.exchange.importers.gw_countries import countries
from conflict_incidents.exchange.importers.owners import NAMES_OWNER, names_owner
from conflict_incidents.exchange.importers.places import PlaceQuery
from conflict_incidents.exchange.importers.source import (
    MAX_NAME_LENGTH,
    SourceImport,
    account_for_position,
    position_of,
    read_source,
    word_of,
)
from conflict_incidents.exchange.importers.store.batch import Accounting, Batch, ExternalValues, RowError
from conflict_incidents.exchange.importers.store.store import Incoming
from conflict_incidents.exchange.importers.tabular.grid import SourceRow
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
    table = read_source(
        file, options, Shown("an ACLED export"), rows.own_name, rows.REQUIRED_COLUMNS, rows.INTEGER_COLUMNS
    )
    return _Import(dataset, options, Batch(SCHEME, table.columns, len(table.rows))).batch_of(table.rows)


class _Import(SourceImport):
    clean = staticmethod(tidy)
    unused = rows.LEFT_OUT

    def __init__(self, dataset: Dataset, options: argparse.Namespace, batch: Batch) -> None:
        super().__init__(dataset, options, batch)
        self.status = options.status
        self.originator = self.organisations.find("ACLED") or SCHEME
        self.source_keys = {"by": self.originator, "in": SCHEME}
        if self.originator == SCHEME:
            self.organisations.add({**ORGANISATION, "names": [{"text": "ACLED"}], "url": DATASET["url"]})

    def batch_of(self, rows: list[SourceRow]) -> Batch:
        return self.run(rows, "event_id_cnty", [Incoming("dataset", {**DATASET, "organisation": self.originator})])

    def incident(self, external: ExternalValues, foreign: str) -> Incoming:
        cells, account = external.cells, external.account
        country = rows.country_of(cells)
        site, where = self._site(cells, country, foreign, external)
        event = cells.get("sub_event_type") or cells["event_type"]
        reports = self._reports(cells, account)
        record: dict[str, Any] = {
            "title": f"{event} {where}"[:MAX_NAME_LENGTH],
            "status": self.status,
            "date": rows.date_of(cells, self.order or "dmy"),
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

    def _kind(self, cells: Mapping[str, str], account: Accounting) -> str:
        event = cells.get("sub_event_type")
        if not event:
            return ACLED_EARLIER_KINDS.get(cells["event_type"], "unspecified")
        if event not in ACLED_KINDS:
            account.remark(f"the sub_event_type {show(event)} is unknown; the kind is unspecified")
        return ACLED_KINDS.get(event, "unspecified")

    def _reports(self, cells: Mapping[str, str], account: Accounting) -> list[dict[str, str]]:
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

    def _claim(self, cells: Mapping[str, str], sources: list[str], external: ExternalValues) -> dict[str, Any]:
        """Return the claim of ACLED's number, based on the sources in the registry."""
        toll, note = rows.toll_of(cells["fatalities"])
        if toll is None:
            external.account.count_mapped("fatalities", "claims.no_information: 0 or empty is unknown")
            if cells["fatalities"]:
                external.values["fatalities"] = cells["fatalities"]
            return self.source_keys | {"no_information": ["killed"]}
        external.account.count_mapped("fatalities", "claims.killed")
        based_on = {"based_on": sources} if sources else {}
        return self.source_keys | based_on | {"killed": toll} | ({"note": note} if note else {})

    def _site(
        self, cells: Mapping[str, str], country: str, foreign: str, external: ExternalValues
    ) -> tuple[dict[str, Any], str]:
        """Return the site, and its location for a title; the place of a region if ACLED has no closer one."""
        precision = word_of(cells, "geo_precision", rows.GEO_PRECISIONS)
        levels = {level: cells.get(level.replace("adm", "admin"), "") for level in ("adm1", "adm2", "adm3")}
        units, unit_names = self.places.units.resolve(country, levels)
        admin = {level: unit.pcode for level, unit in units.items()}
        for level, name in levels.items():
            to = f"places.admin.{level}" if level in admin else "sites.units"
            external.account_for(level.replace("adm", "admin"), bool(name), to)
        position, is_inside = position_of(external, country)
        if not cells["location"]:
            raise RowError("location", "it is empty")
        if names_owner(cells["location"]):
            raise RowError("location", NAMES_OWNER)
        row = foreign, "site"
        if precision == "adm1" and cells["admin1"]:
            codes = {"adm1": admin["adm1"]} if "adm1" in admin else {}
            query = PlaceQuery(cells["admin1"], country, codes, level="adm1", row=row)
            where = f"in {cells['admin1']}"
            external.keep("location")
        else:
            level = "neighbourhood" if " - " in cells["location"] else "settlement"
            known, names = position if is_inside else None, tuple(reversed(levels.values()))
            query = PlaceQuery(
                cells["location"], country, admin, known, level, "ACLED", close=True, row=row, units=names
            )
            where = f"{'at' if precision == 'exact' else 'near'} {cells['location']}"
            external.account.count_mapped("location", "sites.place")
        place = self.places.place(query)
        external.account.count_mapped("geo_precision", "sites.precision")
        account_for_position(external, place, None if precision == "adm1" else position)
        site: dict[str, Any] = {"id": "site", "place": place.id, "kind": "unspecified", "precision": precision}
        return site | ({"units": unit_names} if unit_names else {}), where

    def _sides(self, cells: Mapping[str, str], external: ExternalValues) -> dict[str, Any]:
        """Return two armed sides as parties, or a single armed side as an attribution.

        ACLED's order of actors doesn't mean that one attacked the other.
        """
        armed = rows.armed_actors(cells)
        others = [cells.get(column, "") for column in rows.ACTORS if column not in armed]
        if len(armed) == 2:
            for column in armed:
                external.account.count_mapped(column, "parties.actor")
            actors = [self._actor(cells, column) for column in armed]
            parties = [{"actor": actor, "side": side} for actor, side in zip(actors, "ab", strict=True)]
            return {"parties": [party | self.source_keys for party in parties]}
        civilians_only = all(not name or name.startswith("Civilians") for name in others)
        if len(armed) == 1 and cells["event_type"] in rows.CIVILIANS and civilians_only:
            external.account.count_mapped(armed[0], "attributions.actor")
            attribution = {"actor": self._actor(cells, armed[0]), "stance": "alleged"}
            return {"attributions": [self.source_keys | attribution]}
        return {}

    def _actor(self, cells: Mapping[str, str], column: str) -> str:
        name = cells[column]
        if len(name) > MAX_NAME_LENGTH:
            raise RowError(column, f"longer than {MAX_NAME_LENGTH} characters")
        if known := self._known_actor(name):
            return known
        record = rows.actor_record(name, cells.get(column.replace("actor", "inter"), ""))
        self.actors.add(record)
        return str(record["id"])

    def _known_actor(self, name: str) -> str | None:
        """Return the actor with a name; for `HTS: Hayat Tahrir al-Sham`, the one named by either part, if unique."""
        if own := self.actors.find(name):
            return own
        first, colon, second = name.partition(": ")
        ids = {id for side in (first, second) if colon and (id := self.actors.find(side))}
        return ids.pop() if len(ids) == 1 else None
