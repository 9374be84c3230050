"""The codebook: every column of a release and every key of a record, as one Markdown document.

It is generated: columns from `datapackage.json`, keys from the schemas, tables of codes from `crosswalks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from conflict_incidents.core import crosswalks
from conflict_incidents.records import schema
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import Field, Table

SCHEMES = {"ucdp-ged": "UCDP GED", "acled": "ACLED"}
"""The names of the crosswalks' datasets, by scheme."""
REQUIRED_MARK = r" \*"
"""The mark of a required key."""
_CODES = (
    ("Precision of a site", "UCDP `where_prec`", crosswalks.UCDP_WHERE_PREC),
    ("Precision of a site", "ACLED `geo_precision`", crosswalks.ACLED_GEO_PRECISION),
    ("Precision of a date", "UCDP `date_prec`", crosswalks.UCDP_DATE_PREC),
    ("Precision of a date", "ACLED `time_precision`", crosswalks.ACLED_TIME_PRECISION),
    ("Clarity", "UCDP `event_clarity`", crosswalks.UCDP_CLARITY),
)


def markdown() -> str:
    """Return the whole codebook."""
    records = [_record(kind, max(versions)) for kind, versions in schema.schema_versions().items()]
    parts = {"TABLES": "\n".join(map(_table, contract.tables().values())), "RECORDS": "\n".join(records)}
    text = Path(__file__).with_name("codebook.md.txt").read_text("utf-8")
    return re.sub("@([A-Z]+)@", lambda match: (parts | {"CODES": _crosswalk()})[match[1]], text)


def _table(table: Table) -> str:
    key = f"Key: {_codes(table.key)}." if table.key else "No key."
    lines = [f"## Table {table.name}", "", table.description, "", key]
    lines += [f"{_codes(key.fields)} refers to {_codes(key.columns)} of `{key.table}`." for key in table.foreign_keys]
    rows = [
        (f"`{one.name}`", ", ".join(filter(None, [one.type, one.unit])), _meaning(one), one.source, *_theirs(one))
        for one in table.fields
    ]
    return "\n".join([*lines, "", *_grid(("column", "type, unit", "meaning", "source", *SCHEMES.values()), rows), ""])


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _meaning(field: Field) -> str:
    sentences = [field.description]
    if field.enum:
        order = ", in this order" if field.ordered else ""
        sentences.append(f"One of{order}: {_codes(field.enum)}.")
    if field.minimum is not None or field.maximum is not None:
        low, high = (("" if end is None else f"{end:g}") for end in (field.minimum, field.maximum))
        sentences.append(
            f"From {low} to {high}." if low and high else f"At least {low}." if low else f"At most {high}."
        )
    if field.required:
        sentences.append("Never empty.")
    return " ".join(sentences)


def _theirs(field: Field) -> tuple[str, ...]:
    theirs = dict(field.crosswalk)
    return tuple(theirs.get(scheme, "") for scheme in SCHEMES)


def _record(kind: str, version: int) -> str:
    """Format the keys of a record, and below them each shared definition once."""
    document = schema.document(f"{kind}/{version}")
    lines = [f"### Record {kind}/{version}", "", document["description"], "", *_key_table(document)]
    forms = document.get("$defs", {})
    lines += ["", f"Forms of {kind}/{version}:", "", *_grid(("form", "what it is"), _forms(forms))]
    for name, described in forms.items():
        if "properties" in described:
            lines += ["", f"Keys of a `{name}` in {kind}/{version}:", "", *_key_table(described)]
    return "\n".join([*lines, ""])


def _forms(forms: Mapping[str, Mapping[str, Any]]) -> Iterator[Sequence[str]]:
    for name, described in forms.items():
        yield f"`{name}`", f"{_shape(described)[:1].upper()}{_shape(described)[1:]}. {_description(described)}"


def _key_table(described: Mapping[str, Any]) -> list[str]:
    rows = (
        (f"`{path}`{REQUIRED_MARK * required}", _form(subschema), _description(subschema))
        for path, required, subschema in _keys(described)
    )
    return _grid(("key", "form", "meaning"), rows)


def _keys(described: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
    """Yield every key of a mapping with its path, whether it is required, and its subschema.

    Shared definitions aren't expanded: each is described once.
    """
    for key, child in described.get("properties", {}).items():
        items = child.get("items", {})
        here = f"{path}{key}[]" if "properties" in items else f"{path}{key}"
        yield here, key in described.get("required", []), child
        yield from _keys(items if "properties" in items else child, f"{here}.")


def _form(described: Mapping[str, Any]) -> str:
    """Return the name of a shared definition, or the type itself; of a list, those of its items."""
    reference = described.get("$ref", "")
    if reference:
        return f"`{reference.removeprefix('#/$defs/')}`"
    items = described.get("items", {})
    return f"list of {_form(items)}" if items and "properties" not in items else _shape(described)


def _shape(described: Mapping[str, Any]) -> str:
    if "enum" in described or "const" in described:
        return "a word"
    kinds = described.get("type", "")
    return " or ".join(schema.TYPES[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _description(described: Mapping[str, Any]) -> str:
    text: str = described["description"]
    words = [str(word) for word in described.get("enum", ())]
    return f"{text} One of: {_codes(words)}." if any(f"`{word}`" not in text for word in words) else text


def _crosswalk() -> str:
    lines = ["## Codes of other datasets", "", "An empty cell has no counterpart.", ""]
    for what in dict.fromkeys(what for what, _, _ in _CODES):
        tables = {theirs: codes for name, theirs, codes in _CODES if name == what}
        words = dict.fromkeys(word for codes in tables.values() for word in codes)
        rows = [(f"`{word}`", *(codes.get(word, "") for codes in tables.values())) for word in words]
        lines += [f"### {what}", "", *_grid(("our word", *tables), rows), ""]
    rows = [(theirs, f"`{kind}`") for theirs, kind in crosswalks.ACLED_KINDS.items()]
    lines += ["### Kind of incident", "", *_grid(("ACLED `sub_event_type`", "our word"), rows)]
    return "\n".join(lines) + "\n"


def _grid(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    cells = [heads, ["---"] * len(heads), *rows]
    return [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in cells]
