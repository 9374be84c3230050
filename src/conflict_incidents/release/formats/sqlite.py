"""All tables as one SQLite database, with keys, checks and views.

Dates are ISO 8601 text, booleans 1 or 0, unknown is NULL. The constraints of the contract are CHECK constraints,
except for patterns, which SQLite lacks. The journal mode is `delete`, so that the file opens in a read-only folder. The
rows depend only on the tables; the bytes also depend on the version of the SQLite library.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path, PurePath
from typing import Any

import yaml

from conflict_incidents.core.files import temporary_folder
from conflict_incidents.core.resources import resource
from conflict_incidents.release.formats.content import TYPES, FileContent, ReleaseContent, chunks, json_bytes
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import Field, ForeignKey, Table

FILE = "formats/conflict-incidents.sqlite"
DATASETTE = "formats/datasette.json"
FILES = {
    FILE: "all tables in one SQLite database, with keys, checks and views (described in `about_views`)",
    DATASETTE: "what Datasette shows beside the database: titles, meanings, facets (`datasette FILE.sqlite -m` this)",
}
_FACETS = {"incidents": ("collection", "country", "kind", "verification"), "claims": ("measure", "group", "bound")}
"""The facets of tables in Datasette."""
PAGE = 4096
_SETTINGS = (
    *(f"page_size = {PAGE}", "encoding = 'UTF-8'", "cache_size = -65536"),
    *("journal_mode = OFF", "synchronous = OFF"),  # an interrupted build is discarded as a whole
    "ignore_check_constraints = ON",  # the tables are checked by the same constraints when they are read back
)
VIEWS: list[dict[str, Any]] = yaml.safe_load(resource("release/formats/sqlite_views.yaml").read_text("utf-8"))
"""The views: `name`, `description`, `facets` in Datasette and `query`."""


def files(content: ReleaseContent) -> dict[str, FileContent]:
    """Return the database, and the metadata for Datasette."""
    return {FILE: _database(content), DATASETTE: json_bytes(_datasette(content))}


def _database(content: ReleaseContent) -> Iterator[bytes]:
    with temporary_folder() as folder:
        file = folder / "database"
        _write(file, content)
        yield from chunks(file.open("rb"))


def _write(file: Path, content: ReleaseContent) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        for setting in _SETTINGS:
            database.execute(f"PRAGMA {setting}")
        database.execute("BEGIN")
        for table in contract.tables().values():
            database.execute(_create_table(table))
            marks = ", ".join("?" * len(table.fields))
            database.executemany(f"INSERT INTO {_name(table.name)} VALUES ({marks})", content.tuples(table))
        _add_views_and_descriptions(database, content)
        database.execute("COMMIT")


def _add_views_and_descriptions(database: sqlite3.Connection, content: ReleaseContent) -> None:
    """Add the views, and tables that describe the database, its columns and its views."""
    names = ("title", "description", "version", "created", "licence", "citation")
    metadata = {name: getattr(content.about, name) for name in names}
    metadata["contentHash"] = str(content.descriptor.get("contentHash", ""))
    database.execute("CREATE TABLE about (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)")
    database.executemany("INSERT INTO about VALUES (?, ?)", metadata.items())
    database.execute(
        'CREATE TABLE about_columns ("table" TEXT NOT NULL, "column" TEXT NOT NULL, type TEXT NOT NULL, unit TEXT, '
        'description TEXT NOT NULL, PRIMARY KEY ("table", "column"))'
    )
    database.executemany("INSERT INTO about_columns VALUES (?, ?, ?, ?, ?)", _columns())
    database.execute('CREATE TABLE about_views ("view" TEXT NOT NULL PRIMARY KEY, description TEXT NOT NULL)')
    for view in VIEWS:
        database.execute(f"CREATE VIEW {_name(view['name'])} AS\n{view['query']}")
        database.execute("INSERT INTO about_views VALUES (:name, :description)", view)


def _datasette(content: ReleaseContent) -> dict[str, Any]:
    """Return the metadata for Datasette."""
    tables: dict[str, Any] = {
        table.name: {
            "title": table.title,
            "description": table.description,
            "columns": {field.name: field.description for field in table.fields},
            "facets": list(_FACETS.get(table.name, ())),
        }
        for table in contract.tables().values()
    }
    views = {view["name"]: {key: view[key] for key in ("description", "facets")} for view in VIEWS}
    about = content.about
    return {
        "title": f"{about.title}, version {about.version}",
        "description": f"{about.description} Please cite: {about.citation}",
        "license": about.licence,
        "databases": {PurePath(FILE).stem: {"tables": tables | views}},
    }


def _columns() -> Iterator[tuple[str, str, str, str | None, str]]:
    for table in contract.tables().values():
        for field in table.fields:
            yield table.name, field.name, field.type, field.unit or None, field.description


def _create_table(table: Table) -> str:
    keys = [f"PRIMARY KEY ({_names(table.key)})"] if table.key else []
    lines = chain(map(_column, table.fields), keys, map(_reference, table.foreign_keys))
    by_key = " WITHOUT ROWID" if table.key else ""  # a separate index on the key would make the file a third larger
    return f"CREATE TABLE {_name(table.name)} (\n  " + ",\n  ".join(lines) + f"\n){by_key}"


def _column(field: Field) -> str:
    """Return the SQL definition of a column."""
    name = _name(field.name)
    parts = [name, TYPES[field.type]["sqlite"]]
    parts += ["NOT NULL"] if field.required else []
    parts += ["UNIQUE"] if field.unique else []
    return " ".join([*parts, *(f"CHECK ({check})" for check in _checks(field, name))])


def _checks(field: Field, name: str) -> Iterator[str]:
    """Yield the CHECK expressions of a column; in SQLite, NULL passes them."""
    if field.enum:
        yield f"{name} IN ({', '.join(map(_text, field.enum))})"
    if field.type == "boolean":
        yield f"{name} IN (0, 1)"
    if field.type == "date":
        yield f"{name} IS date({name}, '+0 days')"  # without the modifier, SQLite accepts 30 February
    if field.type in {"integer", "number"}:
        kinds = "'integer'" if field.type == "integer" else "'integer', 'real'"
        yield f"typeof({name}) IN ({kinds}, 'null')"
    if field.minimum is not None:
        yield f"{name} >= {field.minimum:g}"
    if field.maximum is not None:
        yield f"{name} <= {field.maximum:.0f}"


def _reference(key: ForeignKey) -> str:
    return f"FOREIGN KEY ({_names(key.fields)}) REFERENCES {_name(key.table)} ({_names(key.columns)})"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(map(_name, names))


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
