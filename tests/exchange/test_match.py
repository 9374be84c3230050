"""`incidents match`: another dataset beside this one, one to one; who is missing only where both cover."""

import argparse
import csv
import io
import json
import random
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from canaries import CANARIES, find_canaries
from commands import run
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index_rows import Toll
from conflict_incidents.dataset.matching import Verdict, match, verdict
from conflict_incidents.dataset.similarity import Within
from conflict_incidents.exchange import sides
from conflict_incidents.exchange.importers import ucdp
from conflict_incidents.release.pictures import drawing
from conflict_incidents.release.pictures.captions import Picture
from incident_datasets import airstrike, dataset_of, incidents_of
from samples import ACLED_ROW, TOP, Tree, withdrawn

ONE, OTHER, THIRD = "SYR-20220908-7q4m", "SYR-20220909-k2fd", "SYR-20220910-m8xr"
IDLIB = TOP / "tests/fixtures/ucdp/idlib_ged191.csv"
ROW = {**ACLED_ROW, "actor2": "", "inter2": "", "admin1": "Idlib", "location": "Idlib"}
"""A made-up row in ACLED's layout, at the place of the registry `idlib`."""


def write_acled(folder: Path, *changes: dict[str, str]) -> Path:
    """A file of as many rows as there are changes, each with an id of its own."""
    rows = [{**ROW, "event_id_cnty": f"SYR{900001 + number}", **change} for number, change in enumerate(changes)]
    file = folder / "acled.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(ROW))
        writer.writeheader()
        writer.writerows(rows)
    return file


def run_match(
    folder: Path, trees: Iterable[Tree], *changes: dict[str, str], options: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    root = folder / "set"
    dataset_of(root, trees)
    return run(folder, "match", str(write_acled(folder, *changes)), "--root", str(root), *options)


def rows_of(folder: Path, trees: Iterable[Tree], *changes: dict[str, str]) -> list[dict[str, str]]:
    result = run_match(folder, trees, *changes, options=("--out", str(folder / "out.csv")))
    assert (result.returncode, result.stderr) == (0, "")
    return list(csv.DictReader(io.StringIO((folder / "out.csv").read_text("utf-8"))))


def pairs_of(rows: Iterable[dict[str, str]]) -> list[tuple[str, str, str]]:
    return [(row["status"], row["incident_id"], row["their_id"]) for row in rows]


def toll(low: int | None, high: int | None, best: int | None = None, is_open: bool = False) -> Toll:
    return Toll(low, best, high, is_open, "")


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (toll(5, 9), toll(7, 7, 7), Verdict.INSIDE),
        (toll(5, 9), toll(9, 9, 9), Verdict.INSIDE),
        (toll(5, 9), toll(4, 4, 4), Verdict.BELOW),
        (toll(5, 9), toll(10, 10, 10), Verdict.ABOVE),
        (toll(5, 9), toll(3, 12, 6), Verdict.INSIDE),
        (toll(5, 9), toll(6, 8), Verdict.INSIDE),
        (toll(5, 9), toll(8, 12), Verdict.ACROSS),
        (toll(5, 9), toll(1, 4), Verdict.BELOW),
        (toll(5, 9), toll(6, None), Verdict.ACROSS),
        (toll(5, 9), toll(10, None), Verdict.ABOVE),
        (toll(5, None), toll(900, 900, 900), Verdict.INSIDE),
        (toll(5, 9, None, True), toll(900, 900, 900), Verdict.INSIDE),
        (toll(5, 9, None, True), toll(4, 4, 4), Verdict.BELOW),
        (toll(None, 7), toll(0, 0, 0), Verdict.INSIDE),
        (toll(None, 7), toll(8, 8, 8), Verdict.ABOVE),
        (toll(0, 0, 0), toll(0, 0, 0), Verdict.INSIDE),
        (toll(0, 0, 0), None, Verdict.UNKNOWN),
        (None, toll(0, 0, 0), Verdict.UNKNOWN),
        (toll(None, None), toll(0, 0, 0), Verdict.UNKNOWN),
        (toll(0, 9), toll(None, None), Verdict.UNKNOWN),
    ],
)
def test_their_number_is_seen_from_our_range(ours: Toll | None, theirs: Toll | None, expected: Verdict) -> None:
    assert verdict(ours, theirs) == expected


def test_pairs_have_their_distance_and_both_numbers(tmp_path: Path) -> None:
    trees = [
        airstrike(ONE, at="idlib", killed={"between": [5, 9]}),
        airstrike(THIRD, at="hafsarjah", killed={"at_least": 9}),
    ]
    first, second = rows_of(
        tmp_path, trees, {}, {"event_date": "2022-09-11", "location": "Elsewhere", "latitude": "36.0276"}
    )
    assert (first["incident_id"], first["their_id"], first["their_row"]) == (ONE, "SYR900001", "2")
    assert (first["verdict"], first["by"], first["km"], first["days"]) == ("inside", "place and days", "0.0", "0")
    assert (first["clear"], first["why"]) == ("true", "the same place")
    assert [first[f"our_{end}"] for end in ("low", "best", "high", "high_open")] == ["5", "", "9", "false"]
    assert [first[f"their_{end}"] for end in ("low", "best", "high")] == ["7", "7", "7"]
    assert (second["incident_id"], second["verdict"], second["days"]) == (THIRD, "below", "1")
    assert second["km"] == "9.5"
    assert (second["our_low"], second["our_high"]) == ("9", "")
    assert first["their_title"] == "Air/drone strike at Idlib"


def test_the_summary_counts_everything(tmp_path: Path) -> None:
    trees = [airstrike(ONE, at="idlib", killed=7), airstrike(OTHER, at="hafsarjah", killed=3)]
    second = {"event_date": "2022-09-20"}
    result = run_match(tmp_path, [*trees, airstrike("SYR-20220930-aaaa", at="idlib", killed=1)], {}, second)
    assert result.returncode == 0
    assert result.stdout.splitlines()[-6:] == [
        "both cover: SYR from 2022-09-08 to 2022-09-20; where both have incidents near",
        "matched: 1; their number of killed and our range: 1 inside, 0 below, 0 above, 0 across, 0 unknown",
        "clear pairs, to which no other comes close: 1; inside: 1",
        "only ours: 0",
        "only theirs: 1 (SYR 1)",
        "not compared, outside of what both cover: 2 of ours, 0 of theirs",
    ]


def test_ours_are_missing_only_from_a_complete_file(tmp_path: Path) -> None:
    records = [airstrike(id, at="idlib", external=[{"scheme": "acled", "id": id}]) for id in (ONE, OTHER)]
    output = run_match(tmp_path, records, {}, {"event_date": "2022-10-20"}).stdout
    assert (
        "only ours: 2 (SYR 2), which the file lacks if it is complete: no sample, and no selection by --where; "
        "of these 2 have an id of acled that isn't in the file\n"
    ) in output


def test_rows_say_where(tmp_path: Path) -> None:
    later = {"event_date": "2022-10-20", "location": "Elsewhere", "latitude": "36.0276"}
    pair, unpaired = rows_of(tmp_path, [airstrike(ONE, at="hafsarjah"), airstrike(OTHER, at="idlib")], {}, later)
    assert [pair[f"{side}_{name}"] for side in ("our", "their") for name in ("country", "lat", "lon")] == [
        *("SYR", "35.93", "36.63", "SYR", "35.93", "36.63"),
    ]
    assert (unpaired["our_country"], unpaired["our_lat"], unpaired["their_country"]) == ("SYR", "36.02", "")


def test_an_id_decides_before_the_distance(tmp_path: Path) -> None:
    def coded_strike(id: str, foreign: str, at: str) -> Tree:
        return airstrike(id, at=at, killed=7, external=[{"scheme": "acled", "id": foreign}])

    far, near = coded_strike("SYR-20210101-aaaa", "SYR900001", "hafsarjah"), airstrike(ONE, at="idlib", killed=7)
    pair, unpaired = rows_of(tmp_path, [far, near], {})
    assert (pair["incident_id"], pair["by"], pair["verdict"]) == ("SYR-20210101-aaaa", "id", "inside")
    assert pair["km"] == "13.6"
    assert (unpaired["status"], unpaired["incident_id"]) == ("only_ours", ONE)
    other = coded_strike(ONE, "SYR7", "idlib")
    assert pairs_of(rows_of(tmp_path / "b", [other], {})) == [
        ("only_ours", ONE, ""),
        ("only_theirs", "", "SYR900001"),
    ]


@pytest.fixture(autouse=True)
def second_folder(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()


def test_numbers_are_not_used_for_matching(tmp_path: Path) -> None:
    """Else a number would lie inside because the pair was chosen for it."""
    trees = [airstrike(ONE, at="idlib", killed=1), airstrike(OTHER, at="idlib", killed=7)]
    (pair,) = rows_of(tmp_path, trees, {})
    assert (pair["incident_id"], pair["verdict"], pair["clear"]) == (ONE, "above", "false")


def test_pair_with_a_close_alternative_is_not_clear(tmp_path: Path) -> None:
    trees = [airstrike(ONE, at="idlib", killed=1), airstrike("SYR-20220908-aaaa", at="idlib", killed=7)]
    (pair, other) = rows_of(tmp_path, trees, {})
    assert (pair["status"], pair["clear"], other["status"]) == ("matched", "false", "only_ours")


def test_two_records_of_one_row_are_not_missing(tmp_path: Path) -> None:
    trees = [airstrike(id, at="idlib", external=[{"scheme": "acled", "id": "SYR900001"}]) for id in (ONE, OTHER)]
    result = run_match(tmp_path, trees, {})
    assert "matched: 1;" in result.stdout
    assert "only ours: 0\nonly theirs: 0\n" in result.stdout
    assert result.stdout.endswith("further records of a matched row: 1; further rows of a matched record: 0\n")


def test_the_order_of_rows_and_records_does_not_matter(tmp_path: Path) -> None:
    trees = [airstrike(f"SYR-202209{day:02}-aaaa", at="idlib", killed=day) for day in range(1, 12)]
    changes = [
        {"event_id_cnty": f"SYR{day}", "event_date": f"2022-09-{day:02}", "fatalities": str(day)} for day in range(2, 9)
    ]
    matches = rows_of(tmp_path, trees, *changes)
    assert sum(row["status"] == "matched" for row in matches) == 7
    random.Random(1).shuffle(changes)
    repeat = rows_of(tmp_path / "b", trees[::-1], *changes)
    assert [{**row, "their_row": ""} for row in repeat] == [{**row, "their_row": ""} for row in matches]


def test_unknown_on_either_side_is_not_zero(tmp_path: Path) -> None:
    (pair,) = rows_of(tmp_path, [airstrike(ONE, at="idlib", killed=0)], {"fatalities": "0"})
    assert (pair["verdict"], pair["our_low"], pair["their_low"], pair["their_best"]) == ("unknown", "0", "", "")
    (pair,) = rows_of(tmp_path / "b", [airstrike(ONE, at="idlib")], {})
    assert (pair["verdict"], pair["our_low"], pair["our_high"], pair["their_best"]) == ("unknown", "", "", "7")


def test_incidents_outside_coverage_are_not_missing(tmp_path: Path) -> None:
    selection: Tree = {"schema": "collection/1", "id": "chosen", "name": "Chosen"}
    whole = selection | {
        "id": "whole",
        "complete": {"dataset": "acled", "area": "idlib", "from": "2022-09-01", "to": "2022-09-30"},
    }
    ours = airstrike(ONE, at="idlib", killed=7)
    far = {"event_date": "2022-09-20", "location": "Madeup", "latitude": "33.5", "longitude": "36.3"}
    rows = {}
    for name in ("chosen", "whole"):
        trees = [ours | {"collection": name}, selection, whole]
        (tmp_path / name).mkdir()
        later = {"event_date": "2022-10-20"}
        result_rows = rows_of(tmp_path / name, trees, {}, {"event_date": "2022-09-29"}, later, far)
        rows[name] = pairs_of(result_rows)
    assert rows["chosen"] == [("matched", ONE, "SYR900001")]
    assert rows["whole"] == [("matched", ONE, "SYR900001"), ("only_theirs", "", "SYR900002")]


def test_a_withdrawn_record_is_neither_matched_nor_missing(tmp_path: Path) -> None:
    trees = [withdrawn(ONE), airstrike(THIRD, at="idlib", killed=7)]
    assert {row["incident_id"] for row in rows_of(tmp_path, trees, {}, {"event_date": "2022-09-10"})} == {THIRD}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "acled.csv: "),
        (",".join(ROW) + "\n", "there are no rows under the header"),
        (",".join(ROW).replace("fatalities", "dead") + "\n", "is missing `fatalities`"),
        ("when,dead\n2022-09-08,7\n", "neither UCDP GED's nor ACLED's; say by --mapping"),
    ],
    ids=["empty", "header", "a column", "others"],
)
def test_a_file_without_incidents_is_refused_in_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    dataset_of(tmp_path / "set", [airstrike(ONE)])
    file = tmp_path / "acled.csv"
    file.write_text(text, "utf-8")
    result = run(tmp_path, "match", str(file), "--root", "set")
    assert (result.returncode, result.stdout) == (1, "")
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_row_that_cannot_be_compared_is_named(tmp_path: Path) -> None:
    result = run_match(tmp_path, [airstrike(ONE, at="idlib", killed=7)], {}, {"event_date": "2022-02-30"})
    assert result.returncode == 1
    assert result.stderr.startswith("incidents: not compared: row 3, column event_date: ")
    assert "matched: 1;" in result.stdout


def test_hostile_text_is_neither_run_nor_repeated(tmp_path: Path) -> None:
    change = {"event_id_cnty": "=cmd()|Ahmad Hassan", "location": "Idlib\u202e\x1b[31m", "actor1": "=1+1"}
    out = tmp_path / "out.csv"
    result = run_match(tmp_path, [airstrike(ONE, at="idlib", killed=7)], change, {}, options=("--out", str(out)))
    for text in (result.stdout, result.stderr, out.read_text("utf-8")):
        assert not {"\x1b", "\u202e"} & set(text)
        assert "Hassan" not in text
        assert ",=" not in text


def test_files_are_written_and_the_dataset_is_not(tmp_path: Path) -> None:
    options = ("--out", "out.csv", "--picture", "map.svg")
    dataset_of(tmp_path / "set", [airstrike(ONE, at="idlib", killed=7)])
    before = {file: file.read_bytes() for file in (tmp_path / "set").rglob("*") if file.is_file()}
    result = run(tmp_path, "match", str(write_acled(tmp_path, {})), "--root", "set", *options)
    assert result.returncode == 0
    assert result.stdout.startswith("both cover: SYR")
    assert (tmp_path / "out.csv").read_text("utf-8").startswith("status,verdict,by,clear,incident_id,")
    svg = (tmp_path / "map.svg").read_text("utf-8")
    assert "<desc id=" in svg
    assert "1 in both, 0 only ours, 0 only theirs." in svg
    assert {file: file.read_bytes() for file in (tmp_path / "set").rglob("*") if file.is_file()} == before


def test_neither_pictures_nor_tables_show_what_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def spy(name: str) -> None:
        save = getattr(drawing, name)

        def saved(figure: Figure, picture: Picture, desc: str) -> bytes:
            data: bytes = save(figure, picture, desc)
            seen.extend([*(one.get_text() for one in figure.findobj(Text) if isinstance(one, Text)), str(picture)])
            seen.extend(Image.open(io.BytesIO(data)).info.values() if name == "_png" else [data.decode()])
            return data

        monkeypatch.setattr(drawing, name, saved)

    spy("_svg")
    spy("_png")
    site = {"id": "site", "place": "idlib", "kind": "settlement", "lat": 35.93412, "lon": 36.71234}
    tree = airstrike(ONE, killed=7, sites=[site], title=str(CANARIES["sentence"]), note=str(CANARIES["mail"]))
    change = {"location": str(CANARIES["name"]), "notes": str(CANARIES["telephone"]), "event_date": "2022-09-07"}
    done = run_match(tmp_path, [tree], change, {}, options=("--out", "out.csv", "--picture", "map.png"))
    table = (tmp_path / "out.csv").read_text("utf-8")
    assert "35.93,36.71" in table
    assert find_canaries("\n".join(map(str, [*seen, done.stdout, done.stderr, table]))) == set()


@pytest.mark.parametrize(
    "wrong", [("--within", "-1,3"), ("--within", "nan,3"), ("--within", "10,1.5"), ("--picture", "map.gif")]
)
def test_options_that_mean_nothing_are_refused(tmp_path: Path, wrong: tuple[str, str]) -> None:
    result = run(tmp_path, "match", "file.csv", *wrong)
    assert result.returncode == 2
    assert f"argument {wrong[0]}" in result.stderr


def test_any_table_is_matched_by_its_mapping(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("no,day,where,dead,paper\n1,2022-09-09,Idlib,5+,Daily Sabah\n", "utf-8")
    mapping: dict[str, Any] = {
        "schema": "mapping/1",
        "scheme": "strikes",
        "id": "{no}",
        "title": "Airstrike at {where}",
        "date": {"column": "day"},
        "kind": "airstrike",
        "country": "SYR",
        "sites": [{"name": {"column": "where"}}],
        "reports": [{"id": "paper", "publisher": {"column": "paper"}}],
        "claims": [{"by": "sohr", "in": "paper", "killed": {"total": {"column": "dead"}}}],
    }
    (tmp_path / "mapping.yaml").write_text(json.dumps(mapping), "utf-8")
    dataset_of(tmp_path / "set", [airstrike(ONE, at="idlib", killed={"between": [2, 6]})])
    result = run(tmp_path, "match", "table.csv", "--mapping", "mapping.yaml", "--root", "set", "--out", "out.csv")
    assert result.stderr == ""
    (row,) = csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text("utf-8")))
    assert (row["incident_id"], row["their_id"], row["days"], row["verdict"]) == (ONE, "1", "1", "across")
    assert (row["their_low"], row["their_high"]) == ("5", "")


def test_ucdp_is_found_again_with_its_ids_and_nearly_all_without(tmp_path: Path, empty_dataset: Path) -> None:
    """Without ids, what is at one place on one day can't be told apart."""
    assert run(tmp_path, "import", "ucdp-ged", str(IDLIB), "--root", str(empty_dataset), "--out", "set").returncode == 0
    (tmp_path / "set/datapackage.json").write_bytes((empty_dataset / "datapackage.json").read_bytes())
    dataset = Dataset(tmp_path / "set")
    options = argparse.Namespace(encoding=None, delimiter=None, sheet=None, where=[], dates=None, source_version=None)
    theirs = sides.foreign(ucdp.convert(IDLIB, dataset, options), dataset)
    ours, undated_facts = sides.ours(incidents_of(dataset), dataset)
    assert (undated_facts, theirs.unread) == ([], [])
    result = match(ours, theirs.side, "ucdp-ged", Within())
    assert {(one.by_id, one.verdict) for one in result.matches} == {(True, Verdict.INSIDE)}
    assert len(result.matches) == len(ours.facts) == len(theirs.side.facts)
    without = [replace(side, facts=[one._replace(external={}) for one in side.facts]) for side in (ours, theirs.side)]
    ids = {one.id: one.external["ucdp-ged"] for one in ours.facts}
    blind = match(without[0], without[1], "ucdp-ged", Within()).matches
    right = sum(one.theirs.id.removeprefix("ucdp-ged:") in ids[one.ours.id] for one in blind)
    assert len(blind) == len(result.matches)
    assert right >= 0.95 * len(blind)
    assert all(one.theirs.id.removeprefix("ucdp-ged:") in ids[one.ours.id] for one in blind if one.is_clear)


def test_the_page_shows_what_is_printed(tmp_path: Path) -> None:
    story = yaml.safe_load((TOP / "docs/examples/SYR-20220908-7q4m.yaml").read_text("utf-8"))
    story = json.loads(json.dumps(story, default=str))
    hafsarjah = {"location": "Hafsarjah", "latitude": "36.02", "longitude": "36.53"}
    changes = [hafsarjah, hafsarjah | {"event_date": "2022-09-12", "fatalities": "0"}, {"event_date": "2022-09-14"}]
    result = run_match(tmp_path, [story, airstrike("SYR-20220915-aaaa", at="idlib", killed=9)], *changes)
    assert (result.returncode, result.stderr) == (0, "")
    assert f"```text\n{result.stdout}```" in (TOP / "docs/match.md").read_text("utf-8"), result.stdout
