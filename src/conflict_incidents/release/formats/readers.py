"""Scripts that read the tables with exact types in R, DuckDB and polars, generated from the contract.

With them, days are dates, and columns with a closed list are enums. In the Parquet files days are timestamps, since
pandas reads Parquet dates as objects.
"""

from __future__ import annotations

import json

from conflict_incidents.release.formats.content import TYPES, ReleaseContent, text_of
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import Field, Table

R, SQL, POLARS = (f"formats/read_release.{end}" for end in ("R", "sql", "py"))
FILES = {
    R: 'reads the CSV files in R with exact types: `read_release("incidents")`',
    SQL: "makes a view of each table in DuckDB with exact types, run in the folder of the release",
    POLARS: 'reads the Parquet files in polars with exact types: `scan("incidents")`',
}


def files(content: ReleaseContent) -> dict[str, bytes]:
    """Return the three scripts, which depend only on the contract."""
    tables = contract.tables().values()
    parts = {R: ",\n".join(map(_in_r, tables)), SQL: "".join(map(_in_sql, tables))}
    parts[POLARS] = "".join(map(_in_polars, tables))
    return {name: text_of(name).replace("@TABLES@", part).encode() for name, part in parts.items()}


def _in_r(table: Table) -> str:
    types = ",\n".join(f"    `{field.name}` = readr::{_r_type(field)}" for field in table.fields)
    return f"  `{table.name}` = readr::cols(\n{types}\n  )"


def _r_type(field: Field) -> str:
    ordered = str(field.ordered).upper()
    return f"col_factor(levels = c({_values(field)}), ordered = {ordered})" if field.enum else TYPES[field.type]["r"]


def _in_sql(table: Table) -> str:
    columns = ",\n".join(f'  CAST("{field.name}" AS {_sql_type(field)}) AS "{field.name}"' for field in table.fields)
    source = f"read_parquet('{table.name}.parquet')"
    return f'CREATE OR REPLACE VIEW "{table.name}" AS SELECT\n{columns}\nFROM {source};\n\n'


def _sql_type(field: Field) -> str:
    values = ", ".join("'" + value.replace("'", "''") + "'" for value in field.enum)
    return f"ENUM ({values})" if values else TYPES[field.type]["duckdb"]


def _in_polars(table: Table) -> str:
    types = "".join(f'            "{field.name}": pl.{_polars_type(field)},\n' for field in table.fields)
    return f'    "{table.name}": pl.Schema(\n        {{\n{types}        }}\n    ),\n'


def _polars_type(field: Field) -> str:
    return f"Enum([{_values(field)}])" if field.enum else TYPES[field.type]["polars"]


def _values(field: Field) -> str:
    """Format the values of a closed list with quotes that JSON, R and Python accept."""
    return ", ".join(json.dumps(value, ensure_ascii=False) for value in field.enum)
