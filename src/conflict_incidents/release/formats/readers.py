"""Scripts that read the tables with exact types in R, DuckDB and polars, generated from the contract.

With them, days are dates, and columns with a closed list are enums. In the Parquet files days are timestamps, since
pandas reads Parquet dates as objects.
"""

from __future__ import annotations

import json

from conflict_incidents.release.formats.content import Content
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import Field, Table

R, SQL, POLARS = (f"formats/read_release.{end}" for end in ("R", "sql", "py"))
FILES = {
    R: 'reads the CSV files in R with exact types: `read_release("incidents")`',
    SQL: "makes a view of each table in DuckDB with exact types, run in the folder of the release",
    POLARS: 'reads the Parquet files in polars with exact types: `scan("incidents")`',
}
_R = {
    "string": "col_character()",
    "integer": "col_integer()",
    "number": "col_double()",
    "boolean": "col_logical()",
    "date": 'col_date(format = "%Y-%m-%d")',
}
_SQL = {"string": "VARCHAR", "integer": "INTEGER", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}
_POLARS = {"string": "String", "integer": "Int32", "number": "Float64", "boolean": "Boolean", "date": "Date"}

_R_HEAD = """\
# Reads the tables of this release with exact types. It needs the package readr:
#   source("formats/read_release.R", chdir = TRUE)
#   incidents <- read_release("incidents")
# NA is unknown, never zero. A number that ends in _high is the highest only where _high_open is FALSE.

release_folder <- normalizePath("..")

read_release <- function(table, folder = release_folder) {
  types <- release_types[[table]]
  if (is.null(types)) {
    stop("no table is called ", table, "; there are: ", paste(names(release_types), collapse = ", "))
  }
  read <- readr::read_csv(file.path(folder, paste0(table, ".csv")), col_types = types, na = "", trim_ws = FALSE)
  readr::stop_for_problems(read)
  read
}

"""
_SQL_HEAD = """\
-- A view of each table of this release with exact types, for DuckDB; run it in the folder of the release:
--   duckdb -init formats/read_release.sql
-- NULL is unknown, never zero. A number that ends in _high is the highest only where _high_open is false.

"""
_POLARS_HEAD = '''\
"""Reads the tables of this release with exact types; it needs polars.

`scan("incidents").collect()` gives a frame. null is unknown, never zero. A number that ends in _high is the highest
only where _high_open is false.
"""

from pathlib import Path

import polars as pl

FOLDER = Path(__file__).resolve().parents[1]


def scan(table: str, folder: Path = FOLDER) -> pl.LazyFrame:
    """A table as a lazy frame."""
    return pl.scan_parquet(folder / f"{table}.parquet").cast(SCHEMAS[table])


'''


def files(content: Content) -> dict[str, bytes]:
    """Return the three scripts, which depend only on the contract."""
    tables = contract.tables().values()
    scripts = {
        R: [_R_HEAD, "release_types <- list(\n", ",\n".join(map(_in_r, tables)), "\n)\n"],
        SQL: [_SQL_HEAD, *map(_in_sql, tables)],
        POLARS: [_POLARS_HEAD, "SCHEMAS: dict[str, pl.Schema] = {\n", *map(_in_polars, tables), "}\n"],
    }
    return {name: "".join(pieces).encode() for name, pieces in scripts.items()}


def _in_r(table: Table) -> str:
    types = ",\n".join(f"    `{field.name}` = readr::{_r_type(field)}" for field in table.fields)
    return f"  `{table.name}` = readr::cols(\n{types}\n  )"


def _r_type(field: Field) -> str:
    if not field.enum:
        return _R[field.type]
    return f"col_factor(levels = c({_quote_values(field)}), ordered = {str(field.ordered).upper()})"


def _in_sql(table: Table) -> str:
    columns = ",\n".join(f'  CAST("{field.name}" AS {_sql_type(field)}) AS "{field.name}"' for field in table.fields)
    return (
        f"CREATE OR REPLACE VIEW \"{table.name}\" AS SELECT\n{columns}\nFROM read_parquet('{table.name}.parquet');\n\n"
    )


def _sql_type(field: Field) -> str:
    if not field.enum:
        return _SQL[field.type]
    return "ENUM ({})".format(", ".join("'" + value.replace("'", "''") + "'" for value in field.enum))


def _in_polars(table: Table) -> str:
    types = "".join(f'            "{field.name}": {_polars_type(field)},\n' for field in table.fields)
    return f'    "{table.name}": pl.Schema(\n        {{\n{types}        }}\n    ),\n'


def _polars_type(field: Field) -> str:
    return f"pl.Enum([{_quote_values(field)}])" if field.enum else f"pl.{_POLARS[field.type]}"


def _quote_values(field: Field) -> str:
    """Format the values of a closed list with quotes that JSON, R and Python accept."""
    return ", ".join(json.dumps(value, ensure_ascii=False) for value in field.enum)
