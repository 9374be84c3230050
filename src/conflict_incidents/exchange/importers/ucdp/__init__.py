"""UCDP Georeferenced Event Dataset → incidents, in the layouts of 41 and 49 columns and in any column order.

Each row becomes an incident, with `best`, `low` and `high` as one claim by UCDP, based on its informants, the articles
as reports without headlines, and the two sides as parties by UCDP's coding. Values without a field in a record are kept
under `external`.
"""

from __future__ import annotations

import argparse
import re
from calendar import monthrange
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from conflict_incidents.core.crosswalks import UCDP_NO_SOURCES, UCDP_VIOLENCE, words
from conflict_incidents.core.findings import Shown, show
from conflict_incidents.core.names import fold
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange import ucdp_columns
from conflict_incidents.exchange.importers.gw_countries import countries
from conflict_incidents.exchange.importers.places import TIMEZONES, PlaceQuery, ResolvedPlace
from conflict_incidents.exchange.importers.source import SourceImport, account_for_position, read_source, word_of
from conflict_incidents.exchange.importers.store.batch import Accounting, Batch, ExternalValues, RowError
from conflict_incidents.exchange.importers.store.store import Incoming, packaged_record
from conflict_incidents.exchange.importers.tabular.grid import SourceRow
from conflict_incidents.exchange.importers.ucdp import rows
from conflict_incidents.exchange.importers.ucdp.counts import killed_counts
from conflict_incidents.exchange.importers.ucdp.names import informants, publisher, side
from conflict_incidents.exchange.importers.ucdp.places import level_of, parts, precision
from conflict_incidents.exchange.ucdp_columns import PUBLISHER, SCHEME
from conflict_incidents.records.cells import tidy

HELP = "UCDP Georeferenced Event Dataset"
LABEL = "UCDP GED"
CODE_STATUS_CLEAR = "Clear"
"""The `code_status` of a row that UCDP has checked."""
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
    table = read_source(file, options, Shown(LABEL), _own_name, ucdp_columns.REQUIRED, ucdp_columns.WHOLE)
    version = options.source_version or version_in(file.name)
    batch = Batch(SCHEME, table.columns, len(table.rows), covers=days_of(version))
    return _Import(dataset, options, batch).batch_of(table.rows, version)


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
    parts = (version or "").split(".")
    if len(parts) == 3 and parts[1] == "0":
        parts = [parts[0], parts[2], parts[0], parts[2]]
    try:
        year, month, last_year, last_month = map(int, parts)
        last = monthrange(2000 + last_year, last_month)[1]
    except ValueError:  # another version
        return None
    return f"20{year:02}-{month:02}-01", f"20{last_year:02}-{last_month:02}-{last}"


class _Import(SourceImport):
    """An import in progress."""

    clean = staticmethod(str.strip)
    unused = ucdp_columns.LEFT_OUT

    def batch_of(self, rows: list[SourceRow], version: str | None) -> Batch:
        """Return the batch of a version's rows."""
        organisation, source = packaged_record("organisation", PUBLISHER), packaged_record("dataset", SCHEME)
        source.record.update({"version": version} if version else {})
        if PUBLISHER not in self.organisations.ids:  # as after creation of the record
            self.organisations.add(organisation.record)
        return self.run(rows, "id", [organisation, source])

    def incident(self, external: ExternalValues, foreign: str) -> Incoming:
        """Return the incident of a row."""
        cells, account = external.cells, external.account
        if not (foreign.isascii() and foreign.isdigit()):
            raise RowError("id", f"{show(foreign)} is no id of UCDP, a whole number; export the file again, unrounded")
        account.count_mapped("id", "external.id")
        account.count_mapped("type_of_violence", "type_of_violence")
        violence = word_of(cells, "type_of_violence", _VIOLENCE)
        spot = rows.spot_of(external)
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
        if cells.get("event_clarity"):
            record["clarity"] = word_of(cells, "event_clarity", rows.CLARITIES)
        external.account_for("event_clarity", True, "clarity")
        if len(based_on) == 1 and not unresolved:
            record["verification"] = "single_source"
        record |= {"sites": [site], "reports": reports}
        claim: dict[str, Any] = {"by": PUBLISHER, "in": PUBLISHER}
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
        codes = {level: unit.pcode for level, unit in self.places.units.resolve(spot.country, spot.units)[0].items()}
        level = level_of(spot.name, spot.code)
        name, variants = parts(spot.name, level)
        admin = {unit: code for unit, code in codes.items() if unit in _UNITS.get(level, codes)}
        row, units = (foreign, "site"), tuple(reversed(spot.units.values()))
        at = (name, spot.country, admin, spot.position, level, LABEL)
        query = PlaceQuery(*at, row=row, text=spot.name, variants=variants, units=units)
        place = self.places.place(query)
        exactness, given_back = precision(place.level, cells["where_prec"])
        if spot.unit_column:
            external.left_out({"where_coordinates": "may name a person"})
            account.remark(f"where_coordinates has no name to keep: the place is that of {spot.unit_column}")
        else:
            account.count_mapped("where_coordinates", "sites.place")
        external.account_for("where_prec", given_back, "sites.precision")
        account_for_position(external, place, spot.stated)
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
        for office, text in zip_longest(offices, days):
            if office is None:
                account.left_out("source_date", "no publisher belongs to it", bool(text))
                continue
            day, why = rows.publication_day(text or "", self.order, self.dataset)
            if day:
                account.count_mapped("source_date", "reports.published")
            elif text:
                account.left_out("source_date", why)
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
        return [*reports, {"id": PUBLISHER, "publisher": PUBLISHER, "language": "en"}]

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
        return [id for id in ids if id != PUBLISHER], unresolved

    def _parties(self, cells: Mapping[str, str], account: Accounting) -> list[dict[str, str]]:
        parties: list[dict[str, str]] = []
        for column, letter in (("side_a", "a"), ("side_b", "b")):
            if cells["type_of_violence"] == "3" and letter == "b" and fold(cells[column]) == "civilians":
                account.count_mapped(column, "no party: civilians don't fight")
                continue
            actors = side(cells[column], self.actors)
            account.count_mapped(column, "parties.actor") if actors else account.empty(column)
            parties += [{"actor": actor, "side": letter, "by": PUBLISHER, "in": PUBLISHER} for actor in actors]
        return parties

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
        external.rest()
        return external.entry(SCHEME, foreign, **parts)


def _own_name(column: str) -> str:
    """Return UCDP's name of a column, ignoring case; other names unchanged."""
    own = column.strip().lower()
    return own if own in ucdp_columns.KNOWN else column


def _list_items(text: str) -> list[str]:
    return [part.strip() for part in text.split(";")] if text else []
