"""Import any table, by a mapping of its columns (docs/import-table.md)."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from conflict_incidents.core.findings import show
from conflict_incidents.core.rule import suggestion
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.columns import in_whole_numbers
from conflict_incidents.exchange.importers.mapping import ColumnMapping, columns_of, fixed_values, load, templates
from conflict_incidents.exchange.importers.names import NameIndex
from conflict_incidents.exchange.importers.places import PlaceResolver
from conflict_incidents.exchange.importers.rowrecord import Registries, RowRecord
from conflict_incidents.exchange.importers.rowvalues import CellRules, RowValues
from conflict_incidents.exchange.importers.store.batch import Accounting, Batch, has_one_of, select_rows
from conflict_incidents.exchange.importers.store.files import sites
from conflict_incidents.exchange.importers.store.store import Incoming
from conflict_incidents.exchange.importers.tabular.grid import SourceRow
from conflict_incidents.exchange.importers.tabular.read import read_table

HELP = "any spreadsheet or table, with a mapping of its columns"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents import table`."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--mapping", type=Path, metavar="FILE", help="what the columns mean (YAML)")
    what.add_argument(
        "--propose", action="store_true", help="import nothing; write a first mapping of the file, to --out or stdout"
    )


def convert(file: Path, dataset: Dataset, options: argparse.Namespace) -> Batch:
    """Convert the rows of a table to incidents, by a mapping.

    Raises:
        SourceTableError: the mapping or the file is invalid; invalid rows are refusals of the batch.
        OSError: a file can't be read.
    """
    mapping = load(options.mapping)
    file_options = mapping.content.get("file", {})
    read_options = {key: getattr(options, key) or file_options.get(key) for key in ("encoding", "delimiter", "sheet")}
    table = read_table(file, **read_options, header=file_options.get("header"))
    mapping.check_columns(table.columns)
    table = select_rows(table, options.where)
    if options.dates:
        mapping.content["dates"] = {**mapping.content.get("dates", {}), "order": options.dates}
    table = in_whole_numbers(table, [name for one in templates(mapping.content["id"]) for name in columns_of(one)])
    batch = Batch(mapping.content["scheme"], table.columns, len(table.rows))
    rows = _select_rows(table.rows, mapping.content.get("rows", {}), batch.accounting)
    return _Import(mapping, dataset, options.out or dataset.root, batch).run(rows)


def _select_rows(rows: list[SourceRow], spec: dict[str, Any], account: Accounting) -> list[SourceRow]:
    """Return the rows selected by the mapping; others are counted."""

    def those(row: SourceRow, key: str) -> Iterator[bool]:
        for column, values in spec.get(key, {}).items():
            yield has_one_of(row, column, [str(value) for value in (values if isinstance(values, list) else [values])])

    selected = [row for row in rows if all(those(row, "only")) and not any(those(row, "without"))]
    if len(selected) < len(rows):
        account.remarks["rows left out by the mapping's `rows`"] += len(rows) - len(selected)
    return selected


class _Import:
    """An import in progress: the registries for look-ups, and the results so far."""

    def __init__(self, mapping: ColumnMapping, dataset: Dataset, root: Path, batch: Batch) -> None:
        self.mapping, self.content, self.batch = mapping, mapping.content, batch
        scheme, policy = self.content["scheme"], self.content.get("new", {})
        organisations, actors = (
            NameIndex(dataset, kind, policy.get(f"{kind}s") == "create") for kind in ("organisation", "actor")
        )
        self.names = Registries(organisations, actors, PlaceResolver(dataset, lambda: sites(root, scheme)))
        for registry in (organisations, actors):
            for record in self.content.get(f"{registry.kind}s", []):
                names = {"names": [{"text": name} for name in record["names"]]} if "names" in record else {}
                registry.add({**record, **names})
        self._check_constants()
        row_columns = [column for columns in self.content.get("rows", {}).values() for column in columns]
        self.target_columns = dict.fromkeys(row_columns, "which rows are taken")
        self.rules = CellRules(self.content)

    def run(self, rows: list[SourceRow]) -> Batch:
        about = {key: self.content[key] for key in ("version", "licence", "attribution") if key in self.content}
        scheme = self.content["scheme"]
        source = {"id": scheme, "name": scheme, **self.content.get("dataset", {}), **about}
        created = [registry.created for registry in self.names]
        declared = [*created[0].values(), *created[1].values()]
        incidents = self.batch.take(rows, "", self._foreign, self._incident)
        self.batch.set_records([Incoming("dataset", source), *declared], created, incidents)
        return self.batch

    def _foreign(self, row: SourceRow) -> str:
        return RowValues(row, self.rules).fill_template(self.content["id"], "id") or ""

    def _incident(self, row: SourceRow, foreign: str, account: Accounting) -> Incoming:
        values = RowValues(row, self.rules, dict(self.target_columns))
        values.fill_template(self.content["id"], "id")
        record = RowRecord(self.content, self.names, values, foreign)
        incident = record.incident()
        account.add(values.account(self.content.get("keep", ()), self.content.get("ignore", {})))
        account.remarks.update(record.remarks)
        return incident

    def _check_constants(self) -> None:
        """Check that ids in the mapping are in the registries, or defined in the mapping.

        Raises:
            SourceTableError: an id is unknown.
        """
        organisations, actors, _ = self.names
        registries = {"publisher": organisations, "by": organisations, "actor": actors}
        constants: list[tuple[tuple[str | int, ...], Any, NameIndex]] = [
            ((key, number, field), part[field], registry)
            for key in ("reports", "claims", "attributions", "parties", "weapons")
            for number, part in enumerate(self.content.get(key, []))
            for field, registry in registries.items()
            if field in part
        ]
        if "dataset" in self.content:
            constants.append((("dataset", "organisation"), self.content["dataset"]["organisation"], organisations))
        for path, value, registry in constants:
            for where, id in fixed_values(path, value):
                if registry.find(id) is None:
                    hint: str = suggestion(id, registry.ids)
                    if id in self.batch.columns:
                        hint = f"; of the column of that name: `{{column: {id}}}`"
                    raise self.mapping.error(
                        where, f"the {registry.kind} {show(id)} is neither in the registry nor in the mapping{hint}"
                    )
