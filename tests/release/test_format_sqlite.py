"""The SQLite database of a release: every row, the keys and checks of the contract, and views that know the unknown."""

import asyncio
import csv
import gc
import html
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from conflict_incidents import total
from conflict_incidents.release.formats import sqlite
from conflict_incidents.release.formats.content import ReleaseContent, as_bytes
from conflict_incidents.release.formats.sqlite import VIEWS
from conflict_incidents.tables import contract
from conflict_incidents.tables.files import cell
from samples import REGISTRIES, claim_of, incident
from test_formats import ODD, OPEN, UNKNOWN, WITHOUT_WAIVERS, ZERO, of
from whole_tables import csv_bytes, frames

TYPES = {"string": "text", "integer": "integer", "number": "real", "boolean": "integer", "date": "text"}


@pytest.fixture(scope="module")
def content() -> ReleaseContent:
    return of([*WITHOUT_WAIVERS, *ODD])


@pytest.fixture(scope="module")
def file(content: ReleaseContent, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "incidents.sqlite"
    path.write_bytes(as_bytes(sqlite.files(content)[sqlite.FILE]))
    path.chmod(0o444)
    return path


@pytest.fixture
def database(file: Path) -> Iterator[sqlite3.Connection]:
    """The database, opened where nothing may be written."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        yield connection


@pytest.fixture
def copy(file: Path) -> Iterator[sqlite3.Connection]:
    """A copy in memory that can be written, with foreign keys held."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(file.read_bytes())
        connection.execute("PRAGMA foreign_keys = ON")
        yield connection


def one(database: sqlite3.Connection, query: str, *values: Any) -> Any:
    (row,) = database.execute(query, values).fetchall()
    return row if len(row) > 1 else row[0]


def test_sqlite_finds_the_database_whole_and_every_reference_kept(database: sqlite3.Connection) -> None:
    assert one(database, "PRAGMA integrity_check") == "ok"
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert one(database, "PRAGMA journal_mode") == "delete"
    assert one(database, "PRAGMA page_size") == sqlite.PAGE


def test_every_row_and_cell_of_the_tables_is_there_with_its_type(
    content: ReleaseContent, database: sqlite3.Connection
) -> None:
    for name, table in contract.tables().items():
        rows = database.execute(f'SELECT * FROM "{name}"')
        assert [column[0] for column in rows.description] == table.names
        truths = [field.type == "boolean" for field in table.fields]
        read = [[cell(bool(value) if truth and value is not None else value)
                 for value, truth in zip(row, truths, strict=True)] for row in rows]  # fmt: skip
        csv_text = csv_bytes(content.frames[name], table).decode()
        assert sorted(read) == sorted(list(csv.reader(io.StringIO(csv_text, newline="")))[1:])  # SQL has no order
        for field in table.fields:
            kinds = {kind for (kind,) in database.execute(f'SELECT DISTINCT typeof("{field.name}") FROM "{name}"')}
            assert kinds <= {TYPES[field.type], "null"}, (name, field.name)


def test_the_keys_are_those_of_the_contract(database: sqlite3.Connection) -> None:
    for name, table in contract.tables().items():
        columns = database.execute(f'PRAGMA table_info("{name}")').fetchall()
        keys = {place: column for _, column, _, _, _, place in columns if place}
        assert tuple(keys[place] for place in sorted(keys)) == table.key
        assert {column for _, column, _, never_null, _, _ in columns if never_null} == {
            field.name for field in table.fields if field.required
        }
        keys_by_number: dict[int, list[tuple[str, str, str]]] = {}
        for number, _, other, column, theirs, *_ in database.execute(f'PRAGMA foreign_key_list("{name}")'):
            keys_by_number.setdefault(number, []).append((column, other, theirs))
        expected = [
            [(column, key.table, theirs) for column, theirs in zip(key.fields, key.columns, strict=True)]
            for key in table.foreign_keys
        ]
        assert sorted(keys_by_number.values()) == sorted(expected)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("UPDATE incidents SET killed_low = -1", "CHECK"),
        ("UPDATE incidents SET killed_low = 'seven'", "CHECK"),
        ("UPDATE incidents SET killed_low = 1.5", "CHECK"),
        ("UPDATE incidents SET lat = 91", "CHECK"),
        ("UPDATE incidents SET kind = 'accident'", "CHECK"),
        ("UPDATE incidents SET date_from = '2022-02-30'", "CHECK"),
        ("UPDATE incidents SET date_from = '8 September'", "CHECK"),
        ("UPDATE incidents SET killed_high_open = 2", "CHECK"),
        ("UPDATE claims SET min = 100000001", "CHECK"),
        ("UPDATE incidents SET country = NULL", "NOT NULL"),
        ("UPDATE incidents SET incident_id = 'SYR-20220901-unkn'", "UNIQUE"),
        ("UPDATE sites SET place_id = 'elsewhere-still'", "FOREIGN KEY"),
        ("DELETE FROM organisations", "FOREIGN KEY"),
    ],
)
def test_the_database_refuses_what_the_contract_refuses(copy: sqlite3.Connection, change: str, message: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=message):
        copy.execute(change)


def test_unknown_may_stay_unknown(copy: sqlite3.Connection) -> None:
    copy.execute("UPDATE incidents SET killed_low = NULL, kind = NULL, date_from = NULL, lat = NULL, place_id = NULL")


def test_the_view_of_the_killed_keeps_unknown_apart_from_zero(database: sqlite3.Connection) -> None:
    query = "SELECT killed_low, killed_best, killed_high, killed_high_open FROM incidents_killed WHERE incident_id = ?"
    assert one(database, query, UNKNOWN) == (None, None, None, None)
    assert one(database, query, ZERO) == (0, 0, 0, 0)
    assert one(database, query, OPEN) == (7, None, None, 1)
    assert one(database, "SELECT count(*) FROM incidents_killed WHERE incident_id = 'SYR-20220908-bbbb'") == 0


def test_the_view_of_claims_names_who_says_it_and_leaves_withdrawn_ones_out(database: sqlite3.Connection) -> None:
    query = "SELECT measure, min, max, originator, publisher FROM claims_named WHERE incident_id = ?"
    assert one(database, query, OPEN) == ("killed", 7, None, "SOHR", "DAILY-SABAH")
    assert one(database, "SELECT count(*) FROM claims WHERE withdrawn_date IS NOT NULL") > 0
    assert one(database, "SELECT count(*) FROM claims_named WHERE claim_id = 'first'") == 0


@pytest.mark.parametrize("left_out", [(), (UNKNOWN,), (UNKNOWN, OPEN), (UNKNOWN, ZERO, OPEN)])
def test_the_totals_of_the_view_are_those_of_the_package(
    content: ReleaseContent, copy: sqlite3.Connection, left_out: tuple[str, ...]
) -> None:
    incidents = content.frames["incidents"]
    incidents_in_view = incidents[~incidents["incident_id"].isin(left_out)]
    copy.execute("PRAGMA foreign_keys = OFF")  # what the other tables have of them stays
    copy.executemany("DELETE FROM incidents WHERE incident_id = ?", [(id,) for id in left_out])
    query = """SELECT incidents, unknown, open_ended, low, best, high, high_open FROM killed_by_year
               WHERE country = 'SYR' AND year = 2022 AND collection IS ?"""
    for collection, some in incidents_in_view.groupby("collection", dropna=False, observed=True):
        expected = total(some)
        row = one(copy, query, None if pd.isna(collection) else collection)
        assert row[:3] == (expected.incidents, expected.unknown, expected.open_ended)
        assert row[3:] == (expected.low, expected.best, expected.high, expected.high_open)


WHOLE, PART, WITHIN = "SYR-20220801-aaaa", "SYR-20220802-bbbb", "SYR-20220803-cccc"


@pytest.mark.parametrize(
    ("whole", "part"), [(20, 9), (None, 9), (None, None), (None, {"at_most": 5}), ({"at_least": 3}, None)]
)
def test_the_views_count_a_part_in_its_whole_as_the_package_does(whole: Any, part: Any) -> None:
    def part_of(id: str, killed: Any, *within: str) -> Any:
        links = [{"kind": "part_of", "incident": id} for id in within]
        claims = {"claims": [claim_of(killed=killed)]} if killed is not None else {}
        return incident(id, date=f"2022-08-0{id[11]}", **({"links": links} if links else {}), **claims)

    content = of([*REGISTRIES, part_of(WHOLE, whole), part_of(PART, part, WHOLE), part_of(WITHIN, 7, PART)])
    expected = total(content.frames["incidents"])
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(as_bytes(sqlite.files(content)[sqlite.FILE]))
        names = ("incidents", "unknown", "open_ended", "low", "best", "high", "high_open", "parts")
        row = one(database, f"SELECT {', '.join(names)} FROM killed_by_year WHERE year = 2022")
        assert row == tuple(getattr(expected, name) for name in names)
        assert one(database, "SELECT count(*), sum(parts) FROM incidents_killed") == (expected.incidents, 2)


def test_a_view_is_filtered_by_numbers_given_as_text(database: sqlite3.Connection) -> None:
    for view in (view["name"] for view in VIEWS):
        row = database.execute(f"SELECT * FROM {view}")
        names = [column[0] for column in row.description]
        for name, value in zip(names, row.fetchone(), strict=True):
            count = one(database, f'SELECT count(*) FROM {view} WHERE "{name}" = ?', str(value))
            assert value is None or count > 0, (view, name)


def test_an_incident_that_lasted_into_the_next_year_is_in_none(content: ReleaseContent) -> None:
    incidents = content.frames["incidents"].copy()
    incidents.loc[incidents.incident_id == ZERO, "date_to"] = pd.Timestamp("2023-01-01")
    longer = ReleaseContent({**content.frames, "incidents": incidents}, content.descriptor, content.about)
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(as_bytes(sqlite.files(longer)[sqlite.FILE]))
        assert one(database, "SELECT incidents, zero, low FROM killed_by_year WHERE year IS NULL") == (1, 1, 0)


def test_the_database_says_what_it_is_and_what_its_columns_and_views_mean(
    content: ReleaseContent, database: sqlite3.Connection
) -> None:
    about = dict(database.execute("SELECT key, value FROM about").fetchall())
    assert (about["version"], about["citation"]) == (content.about.version, content.about.citation)
    assert about["contentHash"] == content.descriptor["contentHash"]
    field = contract.tables()["incidents"].field("killed_low")
    about_column = one(database, """SELECT unit, description FROM about_columns WHERE "table" = 'incidents'
                            AND "column" = 'killed_low'""")  # fmt: skip
    assert about_column == ("people", field.description)
    views = {name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")}
    assert (
        views == {view["name"] for view in VIEWS} == {name for name, _ in database.execute("SELECT * FROM about_views")}
    )
    for name in views:
        database.execute(f"SELECT * FROM {name}").fetchall()


def test_a_release_without_rows_has_all_tables() -> None:
    empty_frames = frames([])
    content = ReleaseContent(empty_frames, contract.package(), contract.about(contract.package()))
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(as_bytes(sqlite.files(content)[sqlite.FILE]))
        assert one(database, "SELECT count(*) FROM incidents") == 0
        assert database.execute("SELECT * FROM killed_by_year").fetchall() == []


@pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning")
def test_datasette_shows_meanings_facets_days_and_unknowns(content: ReleaseContent, tmp_path: Path) -> None:
    from datasette.app import Datasette  # it leaves databases open, from the import on, which Python 3.13 reports

    files = {name: as_bytes(file) for name, file in sqlite.files(content).items()}
    path = tmp_path / Path(sqlite.FILE).name
    path.write_bytes(files[sqlite.FILE])
    about = json.loads(files[sqlite.DATASETTE])
    tables = about["databases"][path.stem]["tables"]
    assert tables.keys() == {*contract.tables(), *(view["name"] for view in VIEWS)}
    incidents = content.frames["incidents"]

    async def ask() -> None:
        app = Datasette([str(path)], metadata=about, settings={"suggest_facets": False, "facet_time_limit_ms": 60_000})

        async def get(table: str, url: str) -> Any:
            answer = await app.client.get(f"/{path.stem}/{table}.json?{url}")
            assert answer.status_code == 200, answer.text
            return answer.json()

        async def ids(url: str) -> set[str]:
            return {row["incident_id"] for row in await get("incidents", f"_shape=array&_size=max&{url}")}

        for name, of_table in tables.items():
            answer = await get(name, "_size=0")
            assert {*of_table.get("columns", ())} <= {*answer["columns"]}
            assert [*answer["facet_results"]] == of_table["facets"]
            for facet in of_table["facets"]:
                for value in answer["facet_results"][facet]["results"]:
                    selection = await get(name, f"{value['toggle_url'].partition('?')[2]}&_nofacet=1")
                    assert selection["filtered_table_rows_count"] == value["count"] > 0
        assert await ids("killed_low__isnull=1") == {*incidents.incident_id[incidents.killed_low.isna()]}
        assert await ids("killed_low=0") == {ZERO}
        assert await ids("killed_low__gt=6") >= {OPEN}
        days = (await get("incidents", "_size=0&_facet_date=date_from"))["facet_results"]["date_from"]["results"]
        assert {day["value"] for day in days} <= {f"{day:%Y-%m-%d}" for day in incidents.date_from.dropna()}
        page = (await app.client.get(f"/{path.stem}/incidents?_size=1")).text
        assert html.escape(contract.tables()["incidents"].field("killed_low").description) in page

    asyncio.run(ask())
    gc.collect()
