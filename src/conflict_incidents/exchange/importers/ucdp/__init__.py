"""UCDP Georeferenced Event Dataset → incidents, in the layouts of 41 and 49 columns and in any column order.

Each row becomes an incident, with `best`, `low` and `high` as one claim by UCDP, based on its informants, the articles
as reports without headlines, and the two sides as parties by UCDP's coding. Values without a field in a record are kept
under `external`.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from conflict_incidents.core.countries import may_contain
from conflict_incidents.core.crosswalks import UCDP_NO_SOURCES, UCDP_VIOLENCE, words
from conflict_incidents.core.findings import Shown, show, user_text
from conflict_incidents.core.names import fold
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange import ucdp_columns
from conflict_incidents.exchange.importers.columns import clean_table, rename_columns
from conflict_incidents.exchange.importers.gw_countries import countries
from conflict_incidents.exchange.importers.names import NameIndex
from conflict_incidents.exchange.importers.places import TIMEZONES, PlaceQuery, PlaceResolver, ResolvedPlace
from conflict_incidents.exchange.importers.rowvalues import OFF
from conflict_incidents.exchange.importers.store.batch import Accounting, Batch, ExternalValues, RowError, select_rows
from conflict_incidents.exchange.importers.store.files import sites
from conflict_incidents.exchange.importers.store.store import Incoming, packaged_record
from conflict_incidents.exchange.importers.tabular.grid import (
    MAX_NAMES_LISTED,
    SourceRow,
    SourceTable,
    SourceTableError,
    listing,
)
from conflict_incidents.exchange.importers.tabular.read import read_table
from conflict_incidents.exchange.importers.ucdp import rows
from conflict_incidents.exchange.importers.ucdp.counts import killed_counts
from conflict_incidents.exchange.importers.ucdp.names import informants, publisher, side
from conflict_incidents.exchange.importers.ucdp.places import level_of, parts, precision
from conflict_incidents.records.cells import tidy

HELP = "UCDP Georeferenced Event Dataset"
SCHEME = "ucdp-ged"
LABEL = "UCDP GED"
CODE_STATUS_CLEAR = "Clear"
"""The `code_status` of a row that UCDP has checked."""
SOURCE = "ucdp"
"""The id of UCDP as an organisation and of its coding as a report."""
_HANDLED_COLUMNS = {
    *(*ucdp_columns.REQUIRED, "adm_1", "adm_2", "country_id", "event_clarity", "year"),
    *("source_original", "source_office", "source_date"),
}
"""Columns that are accounted for one by one."""
_VIOLENCE = words(UCDP_VIOLENCE)
_IN_WORDS = {word: f"{word.replace('_', '-').capitalize()} violence" for word in UCDP_VIOLENCE}
_UNITS: dict[str, tuple[str, ...]] = {"country": (), "adm1": ("adm1",)}
"""The levels of the units to set for a place of a level, if not all."""
_PREFIX = r"(?i)ged[a-z_-]*?[_-]?v?"
_CANDIDATES = re.compile(
    _PREFIX + r"([0-9]{2})[._-](?:(0)[._-]([0-9]{1,2})|([0-9]{2})[._-]([0-9]{2})[._-]([0-9]{2}))(?![0-9]|[._-][0-9])"
)
"""Versions of candidate events: year, 0 and month; or the first and last year and month."""
_YEARLY = re.compile(_PREFIX + r"([0-9]{1,2})[._-]?([0-9])(?![0-9]|[._-][0-9])")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents import ucdp-ged`."""
    parser.add_argument(
        "--source-version",
        metavar="VERSION",
        help="the version of UCDP GED, as 23.1 (default: from the file name)",
    )


def convert(file: Path, dataset: Dataset, options: argparse.Namespace) -> Batch:
    """Convert a UCDP GED file to records.

    Raises:
        SourceTableError: the file isn't a table, has no rows, or isn't UCDP GED.
        DatasetError: a code list of the dataset can't be read.
    """
    table = read_table(file, encoding=options.encoding, delimiter=options.delimiter, sheet=options.sheet)
    if not table.rows:
        raise SourceTableError(f"{user_text(file)}: there are no rows under the header, so there is nothing to import")
    table = rename_columns(select_rows(clean_table(table, _own_name, ucdp_columns.WHOLE), options.where), _own_name)
    version = options.source_version or version_in(file.name)
    return _Import(table, dataset, version, options).batch()


def version_in(name: str) -> str | None:
    """Return the version in a file name: 19.1 for `ged191.csv`, `ucdp_ged_19.1_syria.csv`, `GEDEvent_v19_1.csv`;
    24.0.3 and 24.01.24.12 for `GEDEvent_v24_0_3.csv` and `GEDEvent_v24_01_24_12.csv` (candidate events).
    """
    match = _CANDIDATES.search(name)
    if match:
        return ".".join(part for part in match.groups() if part)
    match = _YEARLY.search(name)
    return f"{int(match[1])}.{match[2]}" if match else None


def days_of(version: str | None) -> tuple[str, str] | None:
    """Return the first and last day of a version of candidate events, of one month or several; None for other versions.

    A file of one month may also have late rows of earlier months.
    """
    match (version or "").split("."):
        case [year, "0", month] if month.isdecimal():
            return f"20{year}-{month:0>2}-01", f"20{year}-{month:0>2}-31"
        case [year, month, last_year, last_month]:
            return f"20{year}-{month}-01", f"20{last_year}-{last_month}-31"
    return None


class _Import:
    """An import in progress."""

    def __init__(self, table: SourceTable, dataset: Dataset, version: str | None, options: argparse.Namespace) -> None:
        _refuse_others(table)
        self.order = options.dates
        self.dataset = dataset
        self.rows = table.rows
        self.organisations = NameIndex(dataset, "organisation")
        self.sources = [packaged_record("organisation", SOURCE), packaged_record("dataset", SCHEME)]
        self.sources[1].record.update({"version": version} if version else {})
        if SOURCE not in self.organisations.ids:  # as after creation of the record
            self.organisations.add(self.sources[0].record)
        self.actors = NameIndex(dataset, "actor")
        self.places = PlaceResolver(dataset, lambda: sites(options.out or dataset.root, SCHEME))
        self.result = Batch(SCHEME, list(table.columns), rows=len(table.rows), covers=days_of(version))

    def batch(self) -> Batch:
        """Return the batch: registry records, then incidents."""
        incidents = self.result.take(self.rows, "id", lambda row: tidy(row.cells["id"]), self._incident)
        registries = self.organisations.created, self.actors.created, self.places.created
        self.result.set_records(self.sources, registries, incidents)
        return self.result

    def _incident(self, row: SourceRow, foreign: str, account: Accounting) -> Incoming:
        if row.faults:
            raise RowError(*next(iter(row.faults.items())))
        if not (foreign.isascii() and foreign.isdigit()):
            raise RowError("id", f"{show(foreign)} is no id of UCDP, a whole number; export the file again, unrounded")
        cells = _cells(row)
        if cells["type_of_violence"] not in _VIOLENCE:
            raise RowError("type_of_violence", f"`{cells['type_of_violence'][:40]}` is none of 1 to 3")
        account.count_mapped("id", "external.id")
        account.count_mapped("type_of_violence", "type_of_violence")
        violence = _VIOLENCE[cells["type_of_violence"]]
        external = ExternalValues(cells, account)
        spot = rows.spot_of(cells, account)
        day, first, last = rows.date_of(external, self.order)
        place, site = self._site(spot, foreign, external)
        counts, note = killed_counts(external)
        reports = self._reports(external)
        based_on, unresolved = self._informants(external)
        at = "at" if place.level in {"settlement", "point", "neighbourhood"} else "in"
        record: dict[str, Any] = {
            "title": rows.title_of(_IN_WORDS[violence], f"{at} {place.name}", rows.when(first, last)),
            "status": "published",
            "date": day,
        }
        if spot.country in TIMEZONES:
            record["timezone"] = TIMEZONES[spot.country]
        record |= {"kind": "unspecified", "type_of_violence": violence}
        record |= self._clarity(external)
        if len(based_on) == 1 and not unresolved:
            record["verification"] = "single_source"
        record |= {"sites": [site], "reports": reports}
        claim: dict[str, Any] = {"by": SOURCE, "in": SOURCE}
        claim |= {"based_on": based_on} if based_on else {}
        claim |= {"killed": counts} if counts else {"no_information": ["killed"]}
        record["claims"] = [claim | ({"note": note} if note else {})]
        parties = self._parties(cells, account)
        record |= {"parties": parties} if parties else {}
        external.account_for("year", {cells.get("year")} == {str(first.year), str(last.year)}, "date")
        record["external"] = [self._external(foreign, len(reports) - 1, external)]
        return Incoming("incident", record, spot.country)

    def _site(self, spot: rows.Spot, foreign: str, external: ExternalValues) -> tuple[ResolvedPlace, dict[str, Any]]:
        """Return place and site; values of the row that differ from the place in the registry are kept."""
        cells, account = external.cells, external.account
        units, _ = self.places.units.resolve(spot.country, spot.units)
        codes = {level: unit.pcode for level, unit in units.items()}
        level = level_of(spot.name, spot.code)
        name, variants = parts(spot.name, level)
        query = PlaceQuery(
            name,
            spot.country,
            {unit: code for unit, code in codes.items() if unit in _UNITS.get(level, codes)},
            spot.position,
            level,
            LABEL,
            row=(foreign, "site"),
            text=spot.name,
            variants=variants,
            units=tuple(reversed(spot.units.values())),
        )
        place = self.places.place(query)
        exactness, given_back = precision(place.level, cells["where_prec"])
        if spot.unit_column:
            external.left_out({"where_coordinates": "may name a person"})
            account.remark(f"where_coordinates has no name to keep: the place is that of {spot.unit_column}")
        else:
            account.count_mapped("where_coordinates", "sites.place")
        external.account_for("where_prec", given_back, "sites.precision")
        lat, lon = rows.position_of(cells)
        position = place.position
        if lat is not None and (position is None or (lat, lon) != (position.lat, position.lon)):
            account.remark("the position isn't that of the place in the registry: kept under external")
        if lat is not None and lon is not None and not may_contain(spot.country, lat, lon):
            account.remark(OFF)
        for column, theirs in (("latitude", lat), ("longitude", lon)):
            external.account_for(
                column, position is not None and getattr(position, column[:3]) == theirs, f"places.{column[:3]}"
            )
        unit_names: dict[str, str] = {}
        for unit, text in spot.units.items():
            column = unit.replace("adm", "adm_")
            if text and unit not in place.admin:
                unit_names[unit] = text
                external.account_for(column, True, f"sites.units.{unit}")
            else:
                external.account_for(column, unit in codes and place.admin[unit] == codes[unit], f"places.admin.{unit}")
        for column, value in zip(("country_id", "country"), countries()[2][spot.country], strict=True):
            external.account_for(column, cells.get(column) == value, "places.country")
        site = {"id": "site", "place": place.id, "kind": "unspecified", "precision": exactness}
        return place, site | ({"units": unit_names} if unit_names else {})

    def _reports(self, external: ExternalValues) -> list[dict[str, Any]]:
        """Return the articles by publisher and day, and UCDP's own coding, as reports."""
        cells, account = external.cells, external.account
        offices = _list_items(cells.get("source_office", ""))
        days = _list_items(cells.get("source_date", ""))
        reports: list[dict[str, Any]] = []
        for number, office in enumerate(offices):
            day, why = (
                rows.publication_day(days[number], self.order, self.dataset) if number < len(days) else (None, "")
            )
            if number < len(days) and days[number]:
                account.count_mapped("source_date", "reports.published") if day else account.left_out(
                    "source_date", why
                )
                if day and why:
                    account.remark(f"source_date: {why}")
            if not fold(office):
                continue
            by = publisher(office, self.organisations)
            if by is None:
                account.count_unresolved("source_office", tidy(office))
                continue
            account.count_mapped("source_office", "reports.publisher")
            reports.append({"id": f"r{len(reports) + 1}", "publisher": by} | ({"published": day} if day else {}))
        for column in ("source_office", "source_date"):
            if not cells.get(column):
                external.empty(column)
        extra = [day for day in days[len(offices) :] if day]
        if extra:
            account.left_out("source_date", "no publisher belongs to it", len(extra))
        return [*reports, {"id": SOURCE, "publisher": SOURCE, "language": "en"}]

    def _informants(self, external: ExternalValues) -> tuple[list[str], list[str]]:
        """Return the organisations from which UCDP coded, and the unresolved names."""
        text, account = external.cells.get("source_original", ""), external.account
        if not text:
            external.empty("source_original")
            return [], []
        ids, unresolved = informants(text, self.organisations)
        account.count_mapped("source_original", "claims.based_on", len(ids))
        for name in unresolved:
            account.count_unresolved("source_original", name)
        if not ids and not unresolved:
            account.left_out("source_original", "no name")
        return [id for id in ids if id != SOURCE], unresolved

    def _parties(self, cells: dict[str, str], account: Accounting) -> list[dict[str, str]]:
        parties: list[dict[str, str]] = []
        for column, letter in (("side_a", "a"), ("side_b", "b")):
            if cells["type_of_violence"] == "3" and letter == "b" and fold(cells[column]) == "civilians":
                account.count_mapped(column, "no party: civilians don't fight")
                continue
            actors = side(cells[column], self.actors)
            account.count_mapped(column, "parties.actor") if actors else account.empty(column)
            parties += [{"actor": actor, "side": letter, "by": SOURCE, "in": SOURCE} for actor in actors]
        return parties

    def _clarity(self, external: ExternalValues) -> dict[str, str]:
        code = external.cells.get("event_clarity", "")
        if code and code not in rows.CLARITIES:
            raise RowError("event_clarity", f"`{code[:40]}` is neither 1 nor 2")
        external.account_for("event_clarity", True, "clarity")
        return {"clarity": rows.CLARITIES[code]} if code else {}

    def _external(self, foreign: str, articles: int, external: ExternalValues) -> dict[str, Any]:
        parts: dict[str, dict[str, str]] = {}
        for column, (key, part) in ucdp_columns.EXTERNAL.items():
            value = tidy(external.cells.get(column, ""))
            same = not value or parts.setdefault(key, {}).setdefault(part, value) == value
            external.account_for(column, same, f"external.{key}.{part}")
        external.left_out(ucdp_columns.LEFT_OUT)
        cells = external.cells
        listed = cells.get("number_of_sources") == str(articles or UCDP_NO_SOURCES)
        external.account_for("number_of_sources", listed, "reports")
        if cells.get("code_status") == CODE_STATUS_CLEAR:
            external.left_out({"code_status": "says that the row is finished"})
        external.rest(but=_HANDLED_COLUMNS)
        return external.entry(SCHEME, foreign, **parts)


def _own_name(column: str) -> str:
    """Return UCDP's name of a column, ignoring case; other names unchanged."""
    own = column.strip().lower()
    return own if own in ucdp_columns.KNOWN else column


def _cells(row: SourceRow) -> dict[str, str]:
    return {name: cell.strip() for name, cell in row.cells.items()}


def _refuse_others(table: SourceTable) -> None:
    """Raise an error for missing columns of UCDP GED."""
    missing = [name for name in ucdp_columns.REQUIRED if name not in table.columns]
    if missing:
        few = listing(missing)
        more = Shown("" if len(missing) <= MAX_NAMES_LISTED else "; is this UCDP GED?")
        raise SourceTableError(f"no UCDP GED: the columns {few} are missing{more}")


def _list_items(text: str) -> list[str]:
    return [part.strip() for part in text.split(";")] if text else []
