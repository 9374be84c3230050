"""Releases: complete or not at all, the same bytes for the same input, and no check that can't fail."""

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from frictionless import Package

from conflict_incidents import load_all
from conflict_incidents.core.progress import use_listener
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.release import ReleaseDefect, ReleaseError, checks, formats
from conflict_incidents.release import build as building
from conflict_incidents.release.archive import pack
from conflict_incidents.release.build import Options, build
from conflict_incidents.release.checksums import SUMS, sha256
from conflict_incidents.release.reader import open_release
from conflict_incidents.release.tallies import check_records
from conflict_incidents.release.writer import ReleaseWriter, write_table
from conflict_incidents.tables import contract, files, parts
from conflict_incidents.tables.files import arrow_table
from conflict_incidents.tables.filling import TALLY
from conflict_incidents.tables.parts import Tables
from samples import (
    REGISTRIES,
    STORY,
    Tree,
    build_release,
    bytes_of,
    claim_of,
    dataset,
    files_of,
    incident,
    make_descriptor,
    paths_of,
    record,
    records,
    rows,
    skip_check,
    withdrawn,
)
from whole_tables import csv_bytes, frames, parquet_bytes, source

TESTS = Path(__file__).parents[1]
MORE = [*STORY, incident("SYR-20220908-u0kn")]
PLAIN = Options(())
"""Without other formats, which test_formats.py is about."""


@pytest.fixture
def copy(story: Path, tmp_path: Path) -> Path:
    """A copy of the release of one incident, to be damaged."""
    return shutil.copytree(story / "release/current", tmp_path / "copy")


def test_a_release_has_every_table_twice_and_says_what_it_is(everything: Path) -> None:
    files = bytes_of(everything / "release/current")
    tables = {f"{name}.{kind}" for name in contract.tables() for kind in ("csv", "parquet")}
    plain = files.keys() - {name for name in files if "/" in name} - formats.PURPOSES.keys()
    assert plain == tables | {"datapackage.json", "README.md", SUMS}
    package = json.loads(files["datapackage.json"])
    assert package["title"] == "Conflict incidents"
    for one in package["resources"]:
        for of in (one, one["parquet"]):
            assert of["bytes"] == len(files[of["path"]])
            assert of["hash"] == f"sha256:{sha256(files[of['path']])}"
    readme = files["README.md"].decode()
    assert "version 0.1.0" in readme
    assert "| `incidents` | 3 |" in readme
    assert "> The conflict-incidents contributors (2026)" in readme
    for name, data in files.items():
        if not name.endswith((".parquet", ".sqlite", ".xlsx")):
            assert data.decode().endswith("\n")
            assert b"\r" not in data


def test_sha256sum_confirms_the_checksums(everything: Path) -> None:
    result = subprocess.run(["sha256sum", "--check", "--quiet", SUMS], cwd=everything / "release/current", check=False)
    assert result.returncode == 0


def test_frictionless_finds_a_dataset_valid(story: Path) -> None:
    """And a release, or it wouldn't be built: `everything` is."""
    report = Package(str(story / "datapackage.json")).validate()
    assert report.flatten(["type", "message"]) == []
    assert [task.valid for task in report.tasks] == [True] * len(contract.tables())


def test_the_metadata_are_the_datasets_own_and_the_licence_goes_with_them(tmp_path: Path) -> None:
    sample = dataset(tmp_path, STORY)
    (tmp_path / "LICENSE-DATA").write_text("CC BY 4.0\n", "utf-8")
    changes = {"profile": "http://example.org/profile.json"}  # tools would fetch it, so it isn't passed on
    own = contract.package() | changes | {"title": "Mine", "more": [1]}
    files = files_of(own, frames(records(sample)), (tmp_path / "LICENSE-DATA").read_bytes())
    assert files["LICENSE-DATA"] == b"CC BY 4.0\n"
    assert "`LICENSE-DATA`" in files["README.md"].decode()
    package = json.loads(files["datapackage.json"])
    assert "profile" not in package
    assert (package["title"], package["more"]) == ("Mine", [1])


def test_the_hash_of_the_content_is_that_of_the_rows_alone(story: Path) -> None:
    before = json.loads((story / "release/current/datapackage.json").read_text("utf-8"))

    def content(trees: list[Tree]) -> Any:
        of = frames([record(tree) for tree in trees], Dataset(story).registry.admin_units)
        return make_descriptor(contract.package() | {"version": "9"}, of)["contentHash"]

    assert content(STORY) == before["contentHash"]
    assert content(MORE) != before["contentHash"]


def test_the_same_records_give_the_same_release_and_others_leave_it_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    leftover = tmp_path / "release/.tmp-0.1.0-0123"  # what an interrupted build left is cleared
    leftover.mkdir(parents=True)
    (leftover / "incidents.csv").write_text("torn", "utf-8")
    (tmp_path / "release/.tmp-current").symlink_to(tmp_path)
    sample = dataset(tmp_path, STORY)
    with use_listener(lambda what, *_: steps.append(what)):
        first = build(sample, rows(sample), options=PLAIN)
    before = bytes_of(first.folder)
    assert [what for what in dict.fromkeys(steps) if not what.startswith("filling ")] == [
        *("comparing with the release before", "checking the tables and making the other files"),
        *("reading back", "reading with frictionless"),
        "packing the zip",
    ]
    assert {f"filling {name}" for name in contract.tables()} <= set(steps)
    assert {file.name for file in (tmp_path / "release").iterdir()} == {
        *("current", ".lock"),
        *(first.folder.name, f"{first.folder.name}.zip"),
    }
    monkeypatch.setattr(checks, "check_frictionless", skip_check)
    second = build(Dataset(tmp_path), source(reversed(records(sample)), sample.registry.admin_units), options=PLAIN)
    assert (first.new, second.new, second.folder) == (True, False, first.folder)
    third = build_release(tmp_path, MORE, PLAIN).folder
    assert (tmp_path / "release/current").readlink() == Path(third.name)
    assert third != first.folder
    assert bytes_of(first.folder) == before


def test_duckdb_reads_csv_and_parquet_alike(everything: Path) -> None:
    folder = everything / "release/current"
    with duckdb.connect() as db:
        for name, df in load_all(source=everything).items():
            csv = f"read_csv('{folder / name}.csv', header=true, all_varchar=true, delim=',', quote='\"', escape='\"')"
            columns = ", ".join(f'cast("{column}" as varchar)' for column in df.columns)
            dates = [field.name for field in contract.tables()[name].fields if field.type == "date"]
            select_list = ", ".join(
                f'cast("{column}" as date)::varchar' if column in dates else f'cast("{column}" as varchar)'
                for column in df.columns
            )
            from_csv = db.execute(f"select {columns} from {csv}").fetchall()
            from_parquet = db.execute(f"select {select_list} from '{folder / name}.parquet'").fetchall()
            assert len(from_csv) == len(df)
            assert from_csv == from_parquet, name
        total = db.execute(f"select sum(min) from '{folder}/claims.parquet'").fetchone()
        assert total == (int(load_all(source=everything)["claims"]["min"].sum(min_count=1)),)


# Every check can fail.


@pytest.fixture(scope="module")
def tables(story: Path) -> dict[str, pd.DataFrame]:
    """The tables of the release of one incident."""
    checks.read_back(story / "release/current")
    return dict(Tables(story / "release/current"))


@pytest.fixture
def read(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The same tables, to be changed."""
    return {name: df.copy() for name, df in tables.items()}


def check_error(check: Callable[[], Any]) -> str:
    with pytest.raises(ReleaseDefect) as excinfo:
        check()
    assert excinfo.value.exit_code == 1
    return str(excinfo.value)


@pytest.mark.parametrize("name", ["incidents.csv", "claims.parquet", "datapackage.json", "README.md", SUMS])
def test_a_flipped_bit_in_any_file_is_found(copy: Path, name: str) -> None:
    sums = (copy / SUMS).read_bytes()
    checks.check_sums(copy, sums)
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    assert f"{name} isn't the file that was written" in check_error(lambda: checks.check_sums(copy, sums))


def test_a_missing_a_superfluous_and_a_linked_file_are_found(copy: Path) -> None:
    sums = (copy / SUMS).read_bytes()
    (copy / "claims.csv").unlink()
    (copy / "extra.csv").write_text("a\n", "utf-8")
    (copy / "sites.csv").rename(copy / ".sites.csv")
    (copy / "sites.csv").symlink_to(".sites.csv")
    message = check_error(lambda: checks.check_sums(copy, sums))
    for fault in ("claims.csv is missing", "extra.csv doesn't belong to it", "sites.csv isn't the file"):
        assert fault in message


def rewritten(folder: Path, name: str, old: str, new: str) -> None:
    """Replace text in a CSV file, and its size and hash in the descriptor with it."""
    file = folder / f"{name}.csv"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    (one,) = (one for one in package["resources"] if one["name"] == name)
    one |= {"bytes": file.stat().st_size, "hash": f"sha256:{sha256(file.read_bytes())}"}
    (folder / "datapackage.json").write_text(json.dumps(package), "utf-8")


def test_frictionless_refuses_wrong_csv_files(copy: Path) -> None:
    wrong = [
        ("incidents", "shelling", "raid", 'constraint "enum"'),
        ("sites", "site_id,", "site,", '"site"'),
        ("claims", "sohr.sabah", "civil-defence.sabah", "primary key"),
        ("reports", "daily-sabah", "nobody", "foreign key"),
        ("places", "35.94", "95.94", 'constraint "maximum"'),
        ("weapons", "note", "remark", '"remark"'),  # which has no rows
    ]
    for table, old, new, _ in wrong:
        rewritten(copy, table, old, new)
    package = json.loads((copy / "datapackage.json").read_text("utf-8"))
    package["resources"][0]["title"] = "of another contract"
    (copy / "datapackage.json").write_text(json.dumps(package), "utf-8")
    message = check_error(lambda: checks.check_frictionless(copy))
    for table, _, _, fault in wrong:
        assert any(line.startswith(f"  {table}: ") and fault in line.lower() for line in message.splitlines()), (
            table,
            message,
        )


def test_frictionless_refuses_a_wrong_hash_a_way_out_and_a_broken_descriptor(copy: Path) -> None:
    (copy / "sites.csv").write_text((copy / "sites.csv").read_text("utf-8").replace("village", "hamlets"), "utf-8")
    with (copy / "weapons.csv").open("a") as empty:
        empty.write("\n")
    package = json.loads((copy / "datapackage.json").read_text("utf-8"))
    next(one for one in package["resources"] if one["name"] == "parties")["bytes"] += 1  # it has no rows either
    (copy / "datapackage.json").write_text(json.dumps(package), "utf-8")
    message = check_error(lambda: checks.check_frictionless(copy))
    assert "sites: The data source does not match the expected hash" in message
    assert "weapons: The data source does not match the expected hash" in message
    assert "parties: The data source does not match the expected byte count" in message
    sites = next(one for one in package["resources"] if one["name"] == "sites")
    sites |= {"path": "http://127.0.0.1:9/sites.csv", "format": "gsheets", "stats": "a", "hash": ["a"]}
    (copy / "datapackage.json").write_text(json.dumps(package | {"profile": "http://127.0.0.1:9/"}), "utf-8")
    assert check_error(lambda: checks.check_frictionless(copy)).splitlines()[1:] == [
        "  it has `profile`",
        "  sites: its `format` isn't csv",
        "  sites: its `path` isn't sites.csv",
        "  sites: its `hash` is of another type",
        "  sites: it has `stats`",
    ]


def put(folder: Path, name: str, df: pd.DataFrame, kinds: tuple[str, ...] = ("csv", "parquet")) -> None:
    """Write a table as the build would, in one or both kinds of files."""
    table = contract.tables()[name]
    if "csv" in kinds:
        (folder / f"{name}.csv").write_bytes(csv_bytes(df, table))
    if "parquet" in kinds:
        (folder / f"{name}.parquet").write_bytes(parquet_bytes(df, table))


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("incidents", {"killed_civilians_low": 9}, "killed_civilians_low ('9') is more than killed_civilians_high"),
        ("incidents", {"killed_low": -1}, "killed_low ('-1') is less than 0"),
        ("incidents", {"date_to": pd.Timestamp("2022-09-01")}, "date_from ('2022-09-08') is after date_to"),
        ("sites", {"place_id": pd.NA}, "place_id is empty, but has to be filled"),
    ],
)
def test_pandera_refuses_tables_that_break_the_contract(
    copy: Path, read: dict[str, pd.DataFrame], name: str, changes: Tree, message: str
) -> None:
    df = read[name]
    for column, value in changes.items():
        df.loc[0, column] = value
    put(copy, name, df)
    assert message in check_error(lambda: checks.read_back(copy))


def test_a_key_that_comes_twice_is_refused(copy: Path, read: dict[str, pd.DataFrame]) -> None:
    df = read["incidents"]
    put(copy, "incidents", pd.concat([df, df], ignore_index=True))
    assert "incident_id ('SYR-20220908-7q4m') comes more than once" in check_error(lambda: checks.read_back(copy))


def test_a_cell_that_differs_between_csv_and_parquet_is_found(copy: Path, read: dict[str, pd.DataFrame]) -> None:
    df = read["incidents"]
    df.loc[0, "title"] = "Other"
    put(copy, "incidents", df, kinds=("csv",))
    message = check_error(lambda: checks.read_back(copy))
    assert message == "CSV and Parquet differ:\n  incidents: row 1, title: Other and Shelling"
    put(copy, "incidents", df.iloc[:0], kinds=("csv",))
    assert check_error(lambda: checks.read_back(copy)) == "CSV and Parquet differ:\n  incidents: 0 and 1 rows"


def test_tables_that_are_read_in_parts_get_the_same_verdict(
    copy: Path, read: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = checks.read_back(copy)
    monkeypatch.setattr(parts, "MAX_CELLS", 1)
    assert checks.read_back(copy) == counts == {name: len(df) for name, df in read.items()}
    checks.check_keys(copy)
    # One row apart from the others of its record: no part of a sorted table has both.
    other = pd.concat([read["claims"], read["claims"].iloc[:1].assign(incident_id="SYR-20990101-aaaa")])
    put(copy, "claims", pd.concat([other, read["claims"].iloc[:1]], ignore_index=True))
    assert "comes more than once" in check_error(lambda: checks.read_back(copy))


def test_a_table_written_in_parts_has_the_same_rows(
    copy: Path, read: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "GROUP_CELLS", 1)
    table, whole = contract.tables()["claims"], (copy / "claims.csv").read_bytes()
    parts = [arrow_table(read["claims"].iloc[[row]], table) for row in range(len(read["claims"]))]
    write_table(ReleaseWriter(copy), table, parts)
    assert (copy / "claims.csv").read_bytes() == whole
    assert pq.read_metadata(copy / "claims.parquet").num_row_groups == len(parts) > 1
    pd.testing.assert_frame_equal(pd.read_parquet(copy / "claims.parquet"), read["claims"])


def test_a_file_with_another_column_is_refused(copy: Path) -> None:
    (copy / "links.parquet").write_bytes((copy / "reports.parquet").read_bytes())
    assert "links: the column kind is missing" in check_error(lambda: checks.read_back(copy))
    (copy / "links.parquet").write_bytes(b"")
    assert "links: not a Parquet file" in check_error(lambda: checks.read_back(copy))


def test_a_dangling_reference_is_found(copy: Path, read: dict[str, pd.DataFrame]) -> None:
    put(copy, "organisations", read["organisations"].iloc[1:])
    message = check_error(lambda: checks.check_keys(copy))
    assert "originator_id refers to civil-defence, which isn't in organisations" in message


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("incidents", "incidents: SYR-20220908-7q4m has 0 in the tables, 1 in the records"),
        ("organisations", "organisations: civil-defence has 0 in the tables, 1 in the records"),
        ("reports", "reports: SYR-20220908-7q4m has 0 in the tables, 1 in the records"),
        ("claims", "claims: SYR-20220908-7q4m has 1 in the tables, 2 in the records"),
        ("sites", "sites: SYR-20220908-7q4m has 0 in the tables, 1 in the records"),
    ],
)
def test_a_row_that_was_lost_on_the_way_is_found(
    story: Path, copy: Path, read: dict[str, pd.DataFrame], table: str, message: str
) -> None:
    of = [*rows(Dataset(story))(TALLY)]
    check_records(copy, of)
    put(copy, table, read[table].iloc[1:])
    assert message in check_error(lambda: check_records(copy, of))


def test_a_number_that_was_lost_on_the_way_is_found(story: Path, copy: Path, read: dict[str, pd.DataFrame]) -> None:
    put(copy, "claims", read["claims"].drop(index=2))
    message = check_error(lambda: check_records(copy, rows(Dataset(story))(TALLY)))
    assert "numbers in claims: SYR-20220908-7q4m has 2 in the tables, 3 in the records" in message


def test_a_withdrawn_incident_that_still_has_claims_is_found(copy: Path) -> None:
    of = source(record(tree) for tree in [*REGISTRIES, withdrawn("SYR-20220908-7q4m")])
    message = check_error(lambda: check_records(copy, of(TALLY)))
    assert "claims: SYR-20220908-7q4m has 2 in the tables, 0 in the records" in message


# Whatever fails, the earlier release stays.


@pytest.fixture
def standing(story: Path, tmp_path: Path) -> Iterator[Path]:
    """A dataset with a release, which has to be current and unchanged when the test is over."""
    root = shutil.copytree(story, tmp_path / "standing", symlinks=True)
    before = bytes_of(root / "release/current")
    yield root
    assert bytes_of(root / "release/current") == before


def test_a_defect_stops_the_build_and_leaves_nothing_behind(standing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "LARGE", 0)  # the tables are read back in another process
    twice = incident(claims=[claim_of(), claim_of(by="nobody")])
    names = {".lock", *(file.name for file in (standing / "release").iterdir())}
    duplicated = dataset(standing, [*REGISTRIES, twice])
    assert "nobody" in check_error(lambda: build(duplicated, rows(duplicated), options=Options((), jobs=2)))
    assert {file.name for file in (standing / "release").iterdir()} == names


def test_a_claim_that_counts_nothing_is_not_lost_in_silence(standing: Path) -> None:
    sample = dataset(standing, [*REGISTRIES, incident(claims=[{"by": "sohr", "in": "sabah", "note": "nothing"}])])
    assert "claims: SYR-20220908-7q4m has 0 in the tables, 1 in the records" in check_error(
        lambda: build(sample, rows(sample), options=PLAIN)
    )


def test_the_zip_beside_the_folder_is_the_same_release(everything: Path) -> None:
    folder = (everything / "release/current").resolve()
    with open_release(folder) as one, open_release(folder.with_name(f"{folder.name}.zip")) as other:
        assert one.sums_hash == other.sums_hash


def test_a_zip_of_other_bytes_does_not_stay_under_the_name_of_a_release(story: Path, tmp_path: Path) -> None:
    files = paths_of(story / "release/current")
    archive = pack(tmp_path, "0.1.0-0123", files)
    data, mtime = archive.read_bytes(), archive.stat().st_mtime_ns
    assert pack(tmp_path, "0.1.0-0123", files).stat().st_mtime_ns == mtime  # nothing was written
    archive.write_bytes(data[:-1])
    assert pack(tmp_path, "0.1.0-0123", files).read_bytes() == data
    (tmp_path / "another").write_bytes(b"another")
    with pytest.raises(ReleaseError, match=r"isn't whole.*\n.*README\.md isn't the file that was written"):
        pack(tmp_path, "0.1.0-0123", files | {"README.md": tmp_path / "another"})
    assert archive.read_bytes() == data


@pytest.mark.parametrize("place", [Path.mkdir, lambda file: file.symlink_to(file.parent)], ids=["a folder", "a link"])
def test_what_is_not_ours_at_the_place_of_the_zip_is_left_alone(
    story: Path, tmp_path: Path, place: Callable[[Path], Any]
) -> None:
    archive = tmp_path / "0.1.0-0123.zip"
    place(archive)
    before = unread(archive)
    with pytest.raises(ReleaseError, match="isn't a zip of ours; move it away and build again"):
        pack(tmp_path, "0.1.0-0123", paths_of(story / "release/current"))
    assert unread(archive) == before


def test_two_builds_at_once_are_refused(standing: Path) -> None:
    with (standing / "release/.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ReleaseError, match="another build is running there") as excinfo:
            build_release(standing, MORE)
    assert excinfo.value.exit_code == 2


def a_folder(link: Path) -> None:
    link.mkdir()
    (link / "mine.txt").write_text("mine", "utf-8")


def unread(link: Path) -> tuple[int, ...]:
    """What is known of a link, a file or a folder, but for when it was last read, which the build may do."""
    status = os.lstat(link)
    return status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns


@pytest.mark.parametrize(
    "place",
    [a_folder, lambda link: link.write_text("mine", "utf-8"), lambda link: link.symlink_to(link.parents[2])],
    ids=["a folder", "a file", "a link to elsewhere"],
)
def test_what_is_not_ours_at_the_place_of_the_link_is_left_alone(tmp_path: Path, place: Callable[[Path], Any]) -> None:
    link = tmp_path / "release/current"
    link.parent.mkdir()
    place(link)
    before = unread(link)
    with pytest.raises(ReleaseError, match="isn't a link to a release beside it; move it away"):
        build_release(tmp_path)
    assert unread(link) == before


def test_a_release_that_was_changed_is_not_taken_for_a_new_one(
    story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "check_frictionless", skip_check)
    shutil.copytree(story, tmp_path, symlinks=True, dirs_exist_ok=True)
    (tmp_path / "release/current/incidents.csv").write_text("changed", "utf-8")
    (tmp_path / "release/current").unlink()
    with pytest.raises(ReleaseError, match="was changed after it had been built; move it away and build again"):
        build_release(tmp_path, options=PLAIN)
    assert not (tmp_path / "release/current").exists()


def test_a_folder_that_cannot_be_written_is_an_error_of_the_surroundings(tmp_path: Path) -> None:
    sample = dataset(tmp_path, STORY)
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(ReleaseError, match="no release was made") as excinfo:
        build(sample, rows(sample), tmp_path / "file/release")
    assert excinfo.value.exit_code == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": ""}, "no `version`"),
        ({"version": "../../x"}, "`version` of the descriptor"),
        ({"version": "1.0.0-idris-faroun"}, "`version` of the descriptor must be of numbers"),
        ({"sources": [{"title": "x", "references": [{"authors": ["y"]}]}]}, "the `references` of a source has"),
        ({"sources": [{"title": "x", "references": "y"}]}, "the `references` of a source has"),
        ({"title": "\ud800"}, "can't be read as JSON: .* surrogates not allowed"),
        ({"resources": []}, "the table `incidents` is missing; take its `resources` from the installed package"),
    ],
)
def test_a_descriptor_of_something_else_is_refused(standing: Path, change: Tree, message: str) -> None:
    sample = dataset(standing, STORY)
    file = standing / "datapackage.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | change), "utf-8")
    with pytest.raises((ReleaseError, DatasetError), match=message):
        build(sample, rows(sample))
