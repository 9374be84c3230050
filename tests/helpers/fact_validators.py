"""The validators that must agree on a fact, and the dataset that they validate, for `test_differential.py`.

A fact is in a record and in a table. The record is validated by JSON Schema (by our validator, and by `jsonschema` as
an oracle) and by the rules; the table by pandera, as an analyst's frame, and by frictionless.
"""

from __future__ import annotations

import contextlib
import copy
import csv
import io
import json
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pandas as pd

import whole_tables
from conflict_incidents import tables
from conflict_incidents.core.findings import errors
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import validate_parsed
from conflict_incidents.records import schema
from conflict_incidents.records.parsing import parse
from conflict_incidents.tables import TableError, contract, validate
from conflict_incidents.tables.contract import Field
from conflict_incidents.tables.invariants import for_of
from samples import Tree, actor, aggregate, dataset, home, incident, organisation, place, records
from whole_tables import csv_bytes

Value = int | float | bool | str | None
Cells = Mapping[str, Value]

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SOURCE = {"by": "sohr", "in": "sabah"}
RECORDS: list[Tree] = [
    organisation("daily-sabah", kind="newspaper", country="TUR"),
    organisation("sohr", country="GBR"),
    organisation("civil-defence", kind="civil_defence", country="SYR"),
    actor("state", kind="state", country="SYR"),
    actor("air-force", country="SYR", parent="state", **{"from": "2015-09-30", "to": "2024-12-08"}),
    place(
        "hafsarjah",
        names=[{"text": "حفسرجة", "language": "ar", "script": "Arab"}],
        lat=35.94,
        lon=36.47,
        coordinates="published",
        admin={"adm1": "SY07"},
        timezone="Asia/Damascus",
        context=[
            {
                "kind": "covered_by",
                "actor": "state",
                "extent": "most",
                "from": "2018-09",
                "publisher": "daily-sabah",
                "published": "2022-09-08",
            }
        ],
    ),
    incident(
        "SYR-20220910-next",
        date="2022-09-10",
        reports=[{"id": "sabah", "publisher": "daily-sabah", "published": "2022-09-10", "language": "en"}],
    ),
    incident(
        date={"from": "2022-09-07", "to": "2022-09-08"},
        time="13:40+03:00",
        timezone="Asia/Damascus",
        weekday="thursday",
        clarity="clear",
        verification="contested",
        sites=[
            {"id": "village", "place": "hafsarjah", "kind": "settlement", "primary": True, "precision": "near"},
            {"id": "quarry", "place": "hafsarjah", "kind": "quarry", "lat": 35.94, "lon": 36.47, "damage": "damaged"},
        ],
        reports=[
            {
                "id": "sabah",
                "publisher": "daily-sabah",
                "published": "2022-09-08",
                "accessed": "2022-09-09",
                "archived": "2022-09-10",
                "sha256": "0" * 64,
                "language": "en",
            },
            {"id": "own", "publisher": "sohr", "published": "2022-09-17", "language": "ar"},
        ],
        claims=[
            {"id": "first", "by": "sohr", "in": "sabah", "killed": {"total": 7, "civilians": {"at_least": 4}}},
            {
                "id": "second",
                "by": "civil-defence",
                "in": "sabah",
                "as_of": "2022-09-08",
                "scope": {"area": "hafsarjah", "from": "2022-09-06", "to": "2022-09-09"},
                "wounded": 12,
            },
            {"id": "third", "by": "civil-defence", "in": "sabah", "strikes": {"between": [4, 8]}},
        ],
        parties=[{**SOURCE, "actor": "state", "side": "a"}],
        weapons=[{**SOURCE, "kind": "rocket"}],
        attributions=[{**SOURCE, "actor": "air-force", "stance": "alleged", "origin": "hafsarjah"}],
        conditions=[{**SOURCE, "kind": "access_denied"}],
        caveats=[{**SOURCE, "kind": "not_independently_verified", "about": "toll"}],
        overrides=[
            {"measure": "strikes", "best": 5, "reason": "counted on video", "editor": "an editor", "date": "2022-11-01"}
        ],
        links=[{"kind": "follows", "incident": "SYR-20220910-next"}],
    ),
    aggregate(period={"from": "2011", "to": "2022"}),
]
"""A dataset without findings by any validator; most columns with a closed list or a pattern are filled."""
BY_ID = {tree["id"]: tree for tree in RECORDS}
INCIDENT = "SYR-20220908-7q4m"


@dataclass(frozen=True)
class Fact:
    """A valid or invalid fact, in a record and in a table.

    `where` selects the rows of `table` that have the values `cells`. `rules` are the ids of the rules that check it.
    `blind` are the validators that can't detect it, with the reason: they must accept it.
    """

    record: Tree
    table: str
    where: Cells
    cells: Cells
    rules: frozenset[str]
    blind: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"{self.table} {dict(self.where)}: {dict(self.cells)}"


@cache
def judged_dataset() -> Dataset:
    """The dataset on disk."""
    return dataset(Path(tempfile.mkdtemp(prefix="judged-")), RECORDS)


@cache
def frames() -> dict[str, pd.DataFrame]:
    """Its tables."""
    return whole_tables.frames(records(judged_dataset()), judged_dataset().registry.admin_units)


def _schema_accepts(fact: Fact) -> bool:
    return _oracle(fact.record["schema"]).is_valid(fact.record)


@cache
def _oracle(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema.document(name))


def _rust_accepts(fact: Fact) -> bool:
    return _validator(fact.record["schema"]).is_valid(fact.record)


@cache
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema.document(name))


def _rules_accept(fact: Fact) -> bool:
    kind = fact.record["schema"].partition("/")[0]
    path = judged_dataset().root / "data" / home(kind, fact.record["id"])
    findings = errors(
        validate_parsed(parse(json.dumps(fact.record, ensure_ascii=False).encode(), str(path)), judged_dataset())
    )
    if not _rust_accepts(fact):
        assert findings, "a record that its schema refuses has no finding"
    return not {finding.rule for finding in findings} & fact.rules


def _rows(fact: Fact) -> list[dict[str, Value]]:
    """The rows of the table, with the fact."""
    rows = _plain_rows(fact.table)
    mask = [all(row[name] == value for name, value in fact.where.items()) for row in rows]
    assert any(mask), f"no row of {fact.table} has {fact.where}"
    return [{**row, **fact.cells} if here else row for row, here in zip(rows, mask, strict=True)]


@cache
def _plain_rows(table: str) -> list[dict[str, Value]]:
    fields_by_name, base = contract.tables()[table], frames()[table].astype(object)
    return [
        {name: _plain(value, fields_by_name.field(name)) for name, value in zip(fields_by_name.names, row, strict=True)}
        for row in base.itertuples(index=False)
    ]


def _plain(value: Any, column: Field) -> Value:
    if pd.isna(value):
        return None
    if column.type == "date":
        return str(value.date().isoformat())
    kinds: dict[str, type[Any]] = {"integer": int, "number": float, "boolean": bool, "string": str}
    plain: Value = kinds[column.type](value)
    return plain


def _infer_types(values: list[Value], column: Field) -> Any:
    """A column of the type that pandas infers, as in an analyst's frame."""
    present = [value for value in values if value is not None]
    if column.type == "date":
        if all(DAY.fullmatch(str(value)) for value in present):
            with contextlib.suppress(ValueError):
                days = [value if value is None else date.fromisoformat(str(value)) for value in values]
                return pd.Series(pd.to_datetime(pd.Series(days, dtype=object)))
        return pd.Series(values, dtype=object)
    kind = {int: "Int64", float: "Float64", bool: "boolean", str: "string"}
    kinds = {kind[type(value)] for value in present}
    return pd.Series(values, dtype=kinds.pop() if len(kinds) == 1 else object)


def _columns(fact: Fact) -> list[Field]:
    """The key, the changed columns, and the columns that are compared with these."""
    table = contract.tables()[fact.table]
    columns = {name for one in for_of(table) if set(one.columns) & fact.cells.keys() for name in one.columns}
    return [one for one in table.fields if one.name in {*table.key, *fact.cells, *columns}]


def _pandera_accepts(fact: Fact) -> bool:
    rows = _rows(fact)
    frame = pd.DataFrame({one.name: _infer_types([row[one.name] for row in rows], one) for one in _columns(fact)})
    try:
        validate(frame, fact.table)
    except TableError:
        return False
    all_tables = {**frames(), fact.table: frames()[fact.table].assign(**frame)}
    return not _refers(fact) or fact.table not in tables.dangling(all_tables)


def _refers(fact: Fact) -> set[str]:
    """The tables that changed columns refer to."""
    return {key.table for key in contract.tables()[fact.table].foreign_keys if set(key.fields) & fact.cells.keys()}


def _cells(fact: Fact) -> list[list[str]]:
    """The table as a CSV file has it, with its header."""
    names: list[str] = [one.name for one in _columns(fact)]
    return [names, *([_cell(row[name]) for name in names] for row in _rows(fact))]


def _cell(value: Value) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _frictionless_accepts(fact: Fact) -> bool:
    from frictionless import Package

    tables = _refers(fact)
    resources = [_resource(fact.table, _cells(fact), tables)]
    for name in sorted(tables - {fact.table}):
        data = csv_bytes(frames()[name], contract.tables()[name]).decode()
        resources.append(_resource(name, list(csv.reader(io.StringIO(data, newline=""))), set()))
    return bool(Package.from_descriptor({"name": "judged", "resources": resources}).validate().valid)


def _resource(name: str, data: list[list[str]], tables: set[str]) -> Tree:
    """A resource with its data in it; foreign keys to other tables than the `tables` are left out."""
    (own,) = (copy.deepcopy(one["schema"]) for one in contract.package()["resources"] if one["name"] == name)
    keys = own.pop("foreignKeys", [])
    own["fields"] = [one for one in own["fields"] if one["name"] in data[0]]
    keys_kept = [
        key for key in keys if (key["reference"]["resource"] or name) in tables and set(key["fields"]) <= set(data[0])
    ]
    return {"name": name, "data": data, "schema": own | ({"foreignKeys": keys_kept} if keys_kept else {})}


VALIDATORS: dict[str, Callable[[Fact], bool]] = {
    "schema": _schema_accepts,
    "rust": _rust_accepts,
    "rules": _rules_accept,
    "pandera": _pandera_accepts,
    "frictionless": _frictionless_accepts,
}
"""Whether each of them accepts a fact."""
