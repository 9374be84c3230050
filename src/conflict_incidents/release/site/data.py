"""The rows of an incident as JSON and as YAML, a row or a cell a line; both say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from conflict_incidents.tables.contract import Row, Value

Data = Mapping[str, Row | Sequence[Row]]
"""A row, or rows, by name."""
_BREAKS = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")
"""What YAML takes for a line break, or doesn't take, inside of quotation marks, and JSON leaves as it is."""


def json_text(data: Data) -> str:
    """As JSON."""
    parts = [f"{_scalar(name)}: {_json_rows(rows)}" for name, rows in data.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def yaml_text(data: Data) -> str:
    """As YAML, every text in quotation marks."""
    return "\n".join(_yaml_lines(data)) + "\n"


def _json_rows(rows: Row | Sequence[Row]) -> str:
    if isinstance(rows, Mapping):
        return json.dumps(rows, ensure_ascii=False)
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]"


def _yaml_lines(data: Data) -> Iterator[str]:
    for name, rows in data.items():
        yield f"{name}:"
        if isinstance(rows, Mapping):
            yield from (f"  {key}: {_yaml_scalar(value)}" for key, value in rows.items())
            continue
        for row in rows:
            for number, (key, value) in enumerate(row.items()):
                yield f"  {' ' if number else '-'} {key}: {_yaml_scalar(value)}"


def _scalar(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False)


def _yaml_scalar(value: Value) -> str:
    return _BREAKS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", _scalar(value))
