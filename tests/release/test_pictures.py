"""`incidents summary`: the numbers of the four pictures, their words, and the files."""

import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from PIL import Image

from conflict_incidents.cli import main
from conflict_incidents.core.files import create_folder
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.release.pictures import FOLDER, draw_all, draw_pictures, summarise
from conflict_incidents.release.pictures.completeness import RELATED_TABLES, completeness
from conflict_incidents.release.pictures.districts import districts
from conflict_incidents.release.pictures.groups import IncidentGroup, published_rows, share
from conflict_incidents.release.pictures.months import over_time
from conflict_incidents.release.pictures.originators import AGREEMENT, originators
from conflict_incidents.tables.contract import About
from samples import (
    REGISTRIES,
    TOP,
    Tree,
    bytes_of,
    claim_of,
    files_of,
    incident,
    organisation,
    place,
    record,
    withdrawn,
)
from whole_tables import frames

Frames = Mapping[str, pd.DataFrame]
NAMES = [
    f"{name}.{kind}" for name in ("incidents", "districts", "originators", "completeness") for kind in ("svg", "png")
]
CITATION = "Unnamed contributors (2022): Strikes, version 1.2.0. CC-BY-4.0."
ABOUT = About(
    "strikes",
    "Strikes",
    "",
    "1.2.0",
    "2022-12-01",
    "CC-BY-4.0",
    "Unnamed contributors (2022): Strikes, version 1.2.0. CC-BY-4.0.",
)
UNITS = Dataset(TOP).registry.admin_units
VILLAGES = [
    place("binnish", lat=35.95, lon=36.71, coordinates="published", admin={"adm1": "SY07", "adm2": "SY0700"}),
    place("sarmin", lat=35.91, lon=36.73, coordinates="published", admin={"adm1": "SY07", "adm2": "SY0700"}),
    place("harim", lat=36.21, lon=36.52, coordinates="published", admin={"adm1": "SY07", "adm2": "SY0703"}),
]


def toll_of(id: str, killed: Any, at: str = "hafsarjah", precision: str = "exact", **more: Any) -> Tree:
    sites = [{"id": "site", "place": at, "kind": "settlement", "precision": precision}]
    date = f"{id[4:8]}-{id[8:10]}-{id[10:12]}"
    return incident(id, **{"date": date, "sites": sites, "claims": [claim_of(killed=killed)], **more})


STORY = [
    *REGISTRIES,
    *VILLAGES,
    toll_of("SYR-20220908-aaaa", 3, "binnish"),
    toll_of("SYR-20220909-bbbb", {"between": [4, 6]}, "sarmin", "near"),
    toll_of("SYR-20221001-cccc", {"at_least": 7}, "harim", kind="unspecified"),
    toll_of("SYR-20220928-dddd", 10, date={"from": "2022-09-28", "to": "2022-10-02"}, verification="single_source"),
    toll_of("SYR-20230501-eeee", 0, "harim", "adm2"),
    incident("SYR-20220908-u0kn", weapons=[{"by": "sohr", "in": "sabah", "kind": "rocket"}]),
    withdrawn(),
    incident(
        claims=[
            claim_of(killed={"total": 7, "civilians": 2}),
            claim_of("civil-defence", killed={"total": {"at_least": 5}, "civilians": 3}),
            claim_of("spotters", killed={"total": 7}),
            claim_of("spotters", killed={"total": 9}, id="first", withdrawn={"date": "2022-09-09", "reason": "wrong"}),
        ],
    ),
    organisation("spotters"),
]
"""Exact, ranged, open and unknown tolls, one of zero, one over two months, one that three count, and a tombstone."""


def build(*trees: Tree) -> Frames:
    return frames([record(tree) for tree in trees], UNITS)


@pytest.fixture(scope="module")
def story() -> Frames:
    return build(*STORY)


@pytest.fixture(scope="module")
def incidents(story: Frames) -> pd.DataFrame:
    return published_rows(story["incidents"])


@pytest.fixture(scope="module")
def release_zip(tmp_path_factory: pytest.TempPathFactory, story: Frames) -> Path:
    """A zip of the release, with its summary beside it."""
    folder = tmp_path_factory.mktemp("release")
    descriptor = {"name": "strikes", "title": ABOUT.title, "version": ABOUT.version, "created": ABOUT.created}
    files = files_of({**descriptor, "licenses": [{"name": ABOUT.licence}]}, story)
    with zipfile.ZipFile(folder / "strikes.zip", "w") as release_zip:
        for name, data in files.items():
            release_zip.writestr(name, data)
    run(folder / "strikes.zip")
    return folder / "strikes.zip"


@pytest.fixture(scope="module")
def out(release_zip: Path) -> Path:
    """The folder that the command wrote."""
    return release_zip.with_name("strikes-summary")


@pytest.fixture(scope="module")
def files(out: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in out.iterdir()}


def run(*arguments: str | Path, code: int = 0) -> None:
    assert main(["summary", *map(str, arguments)]) == code


def ends(group: IncidentGroup | None) -> tuple[int, int | None, int | None, int, int]:
    assert group is not None
    return group.incidents, group.low, group.high, group.unknown, group.open_ended


def test_each_month_has_its_incidents_and_both_ends_of_their_toll(incidents: pd.DataFrame) -> None:
    months = over_time(incidents)
    assert months.unit == "month"
    assert [(months.name(group.key), *ends(group)) for group in months.groups] == [
        ("Sep 2022", 4, 12, 16, 1, 0),
        ("Oct 2022", 1, 7, 7, 0, 1),
        ("May 2023", 1, 0, 0, 0, 0),
    ]
    assert [(group.key, *ends(group)) for group in months.years] == [(2022, 6, 29, 33, 1, 1), (2023, 1, 0, 0, 0, 0)]
    assert [(months.name(first), months.name(last)) for first, last in months.gaps()] == [("Nov 2022", "Apr 2023")]
    assert months.gaps(7) == []


def test_a_part_of_an_incident_is_counted_in_it_alone() -> None:
    part = toll_of("SYR-20220929-ffff", 4, links=[{"kind": "part_of", "incident": "SYR-20220928-dddd"}])
    once, part_only = (summarise(build(*STORY, *more))[:2] for more in ([part], []))
    assert [picture.tables for picture in once] == [picture.tables for picture in part_only]


def test_an_incident_over_two_months_is_in_neither(incidents: pd.DataFrame) -> None:
    assert ends(over_time(incidents).unplaced) == (1, 10, 10, 0, 0)


def test_seventy_years_are_shown_by_year() -> None:
    trees = [toll_of("SYR-19500103-aaaa", 1), toll_of("SYR-20220908-bbbb", 2)]
    months = over_time(published_rows(build(*REGISTRIES, *trees)["incidents"]))
    assert (months.unit, months.span, months.gaps()) == ("year", " from 1950 to 2022", [(1951, 2021)])


def test_nothing_is_no_month(incidents: pd.DataFrame) -> None:
    months = over_time(incidents.head(0))
    assert (months.unit, months.groups, months.unplaced, months.gaps(), months.span) == ("month", (), None, [], "")


def test_district_is_at_the_mean_position_of_its_incidents(incidents: pd.DataFrame) -> None:
    result = districts(incidents)
    assert result.level == 2
    assert [(one.pcode, one.group.key, ends(one.group)) for one in result.districts] == [
        ("SY0703", "Harim", (2, 7, 7, 0, 1)),
        ("SY0700", "Idleb", (2, 7, 9, 0, 0)),
    ]
    assert result.districts[1].lon == pytest.approx(36.72)
    assert result.districts[1].lat == pytest.approx(35.93)
    assert ends(result.unknown) == (3, 15, 17, 1, 0)
    assert result.dots == ((36.47, 35.94), (36.52, 36.21), (36.71, 35.95), (36.73, 35.91))
    assert result.unplaced == 3  # no precision is stated of two, and one is known to a district only


def test_the_finest_level_is_taken_at_which_half_of_the_units_are_known(incidents: pd.DataFrame) -> None:
    assert districts(incidents[incidents["place_id"] == "hafsarjah"]).level == 1
    bare = incidents.assign(adm1_pcode=pd.array([None] * 7, dtype="string"))
    assert districts(bare[bare["place_id"] == "hafsarjah"]).level == 0
    assert districts(incidents.head(0)).level == 0


def test_two_districts_of_one_name_are_distinguished(incidents: pd.DataFrame) -> None:
    same = incidents.assign(adm2_name=incidents["adm2_name"].mask(incidents["adm2_name"].notna(), "Idleb"))
    assert [one.group.key for one in districts(same).districts] == ["Idleb (SY0700)", "Idleb (SY0703)"]


def test_originators_are_counted_and_every_value_of_agreement_has_a_column(
    story: Frames, incidents: pd.DataFrame
) -> None:
    result = originators(incidents, story["estimates"], story["organisations"])
    assert result.behind == (("one originator", 5), ("two", 0), ("three or more", 1), ("no number (unknown)", 1))
    assert result.sole == (("SOHR", 5),)
    agreement = {
        name: dict(zip((*AGREEMENT.enum, "unknown"), numbers, strict=True)) for name, numbers in result.agreement
    }
    assert {name: sum(numbers.values()) for name, numbers in agreement.items()} == dict.fromkeys(agreement, 7)
    assert {value: number for value, number in agreement["killed"].items() if number} == {
        "single_originator": 5,
        "compatible": 1,
        "unknown": 1,
    }
    assert agreement["killed (civilians)"]["conflicting"] == 1


def test_originators_who_give_a_number_jointly_are_one() -> None:
    trees = [*REGISTRIES, organisation("spotters"), toll_of("SYR-20220908-aaaa", 3)]
    trees[-1]["claims"][0]["jointly_with"] = ["spotters"]
    jointly = build(*trees)
    result = originators(jointly["incidents"], jointly["estimates"], jointly["organisations"])
    assert dict(result.behind)["one originator"] == 1
    assert result.sole == (("SOHR and SPOTTERS", 1),)


def test_a_number_that_no_originator_states_is_not_unknown(story: Frames, incidents: pd.DataFrame) -> None:
    is_stated = story["estimates"]["agreement"] != "single_originator"
    estimates = story["estimates"].assign(agreement=story["estimates"]["agreement"].where(is_stated, "implied"))
    result = dict(originators(incidents, estimates, story["organisations"]).behind)
    assert (result["no originator states it"], result["no number (unknown)"]) == (5, 1)


def test_zero_unknown_and_at_least_are_kept_apart(story: Frames, incidents: pd.DataFrame) -> None:
    rows = completeness(incidents, story)
    counts = {row.label: (row.known, row.open_ended, row.zero, row.unknown) for row in rows}
    assert counts["killed"] == (4, 1, 1, 1)
    assert counts["killed civilians"] == (1, 0, 0, 6)
    assert counts["wounded"] == (0, 0, 0, 7)
    assert counts["day"] == (7, 0, 0, 0)
    assert counts["place, or near it"] == (4, 0, 0, 3)
    assert counts["administrative unit, level 2"] == (4, 0, 0, 3)
    assert counts["kind of incident"] == (6, 0, 0, 1)
    assert counts["weapon"] == (1, 0, 0, 6)
    assert {sum(numbers) for numbers in counts.values()} == {7}
    assert set(RELATED_TABLES.values()) < counts.keys()


@pytest.mark.parametrize(
    ("low", "high", "is_open", "label"),
    [
        (None, None, True, "unknown"),
        (7, 7, False, "7"),
        (7, 7, True, "at least 7"),
        (7, None, True, "at least 7"),
        (1000, 2000, False, "1,000\N{EN DASH}2,000"),
        (4, 6, True, "4\N{EN DASH}6 or more"),
        (None, 6, False, "at most 6"),
        (None, 6, True, "up to 6 or more"),
    ],
)
def test_an_open_end_is_reported(low: int | None, high: int | None, is_open: bool, label: str) -> None:
    assert IncidentGroup(None, 1, low, high, is_open, 0, 0).toll == label


def test_what_is_neither_nothing_nor_all_isn_t_rounded_to_that() -> None:
    assert [share(part, 1000) for part in (0, 1, 500, 999, 1000)] == ["0%", "<1%", "50%", ">99%", "100%"]
    assert share(0, 0) == "\N{EN DASH}"


def desc(svg: bytes) -> str:
    return str(ElementTree.fromstring(svg).findtext("{http://www.w3.org/2000/svg}desc"))


def test_a_picture_says_its_numbers_in_words(files: dict[str, bytes]) -> None:
    meaning = AGREEMENT.description.replace("`", "")  # the contract's own
    text = "\n\n".join(desc(files[name]).replace(meaning, "….").replace(". ", ".\n") for name in NAMES[::2]) + "\n"
    if os.environ.get("WRITE_GOLDEN"):
        (TOP / "tests/golden/summary.txt").write_text(text, "utf-8")
    assert text == (TOP / "tests/golden/summary.txt").read_text("utf-8")


def test_the_page_beside_the_pictures_has_the_same_numbers(files: dict[str, bytes]) -> None:
    page = files["summary.md"].decode()
    citation = r"Unnamed contributors \(2022\): Strikes, version 1\.2\.0, content sha256:[0-9a-f]{64}\. CC-BY-4\.0\."
    assert re.match(rf"# Strikes, version 1\.2\.0: summary\n\n> {citation}\n\n## ", page)
    assert "\n\n![Where: incidents by district](districts.svg)\n\n" in page
    assert "| Sep 2022 | 4 | 12\N{EN DASH}16 or more | 1 | 0 |\n| Oct 2022 | 1 | at least 7 | 0 | 1 |" in page
    assert "| killed | 86% | 4 | 1 | 1 | 1 |" in page


def test_each_picture_is_there_for_eyes_and_ears(files: dict[str, bytes]) -> None:
    assert sorted(files) == sorted([*NAMES, "summary.md"])
    for name in NAMES[::2]:
        root = ElementTree.fromstring(files[name])
        title, words = root[0], root[1]
        assert [one.tag.rpartition("}")[2] for one in (title, words)] == ["title", "desc"]
        assert (root.get("role"), root.get("aria-labelledby"), root.get("aria-describedby")) == (
            "img",
            title.get("id"),
            words.get("id"),
        )
        assert b"DOCTYPE" not in files[name]
        picture = Image.open(io.BytesIO(files[name.replace("svg", "png")]))
        assert picture.size == (1650, 1162)
        assert picture.info["Title"] == title.text
        assert picture.info["Description"] == words.text
        assert picture.getpixel((3, 3)) == (255, 255, 255, 255)
        assert len(picture.convert("L").getcolors() or []) > 2


HOSTILE = "حوادث $\\frac{1}{0}$ --> <script>&amp; ]]> \x07\u202e"


def test_untrusted_text_is_only_text(story: Frames) -> None:
    tables = {**story, "organisations": story["organisations"].assign(name="--> <b>$\\frac{$ \x07")}
    pictures = summarise({**tables, "incidents": rename_district(story["incidents"])})
    selection = [picture for picture in pictures if picture.name in ("districts", "originators")]
    files = draw_all(selection, replace(ABOUT, title=HOSTILE))
    for name in ("districts.svg", "originators.svg"):
        words = desc(files[f"{FOLDER}/{name}"])
        assert "حوادث $\\frac{1}{0}$ --> <script>&amp; ]]> \\x07\\u202e, version 1.2.0" in words
    assert "a$b$ a$b$" in desc(files[f"{FOLDER}/districts.svg"])
    assert "Most often alone: --> <b>$\\frac{$ \\x07, in 5." in words


def rename_district(incidents: pd.DataFrame) -> pd.DataFrame:
    names = incidents["adm2_name"].where(incidents["adm2_pcode"] != "SY0700", "إدلب")
    return incidents.assign(adm2_name=names.where(incidents["adm2_pcode"] != "SY0703", "a$b$ " * 40))


def picture_text(picture: str, story: Frames) -> str:
    """What a picture says, once it has been drawn."""
    files = draw_all([one for one in summarise(story) if one.name == picture], ABOUT)
    return desc(files[f"{FOLDER}/{picture}.svg"])


def test_incidents_of_other_collections_are_left_out_of_sums_and_that_is_reported() -> None:
    collections: list[Tree] = [
        {"schema": "collection/1", "id": "all", "name": "All", "complete": {"area": "binnish", "from": "2022-09-01"}},
        {"schema": "collection/1", "id": "chosen", "name": "Chosen"},
    ]
    several = build(
        *REGISTRIES,
        *VILLAGES,
        *collections,
        toll_of("SYR-20220908-aaaa", 3, "binnish", collection="all"),
        *(toll_of(f"SYR-20220909-bbb{number}", 100, "binnish", collection="chosen") for number in range(2, 4)),
    )
    note = "Only incidents of the collection \u201cAll\u201d are counted; 2 of others are left out."
    for picture in summarise(several)[:2]:
        assert picture.notes[0] == note
        assert picture.tables[0].rows[0][1:3] == ("1", "3")


def test_a_release_without_incidents_has_pictures_that_say_so(story: Frames) -> None:
    files = draw_pictures({**story, "incidents": story["incidents"].head(0)}, ABOUT)
    assert list(files) == [f"{FOLDER}/{name}" for name in [*NAMES, "summary.md"]]
    for name in NAMES[::2]:
        assert desc(files[f"{FOLDER}/{name}"]) == (
            "The release has no incident. Strikes, version 1.2.0 of 2022-12-01, CC-BY-4.0."
        )


@pytest.mark.slow
def test_odd_releases_are_drawn() -> None:
    nowhere = build(*REGISTRIES[:-1], place("hafsarjah"), incident())
    assert "the district is known of none" in picture_text("districts", nowhere)
    assert "Killed: unknown. The toll of 1 incident is unknown, which isn't zero." in picture_text("incidents", nowhere)
    assert "rests on a single originator in 0 (0%)" in picture_text("originators", nowhere)
    long_ago = build(*REGISTRIES, toll_of("SYR-19500103-aaaa", 1), toll_of("SYR-20220908-bbbb", {"at_least": 2}))
    assert "71 years without a recorded incident (1951 to 2021)" in picture_text("incidents", long_ago)
    assert "1 incident in Sep 2022." in picture_text(
        "incidents", build(*REGISTRIES, *VILLAGES, toll_of("SYR-20220908-aaaa", 3, "binnish"))
    )


@pytest.mark.slow
def test_hundreds_of_districts_are_drawn(incidents: pd.DataFrame, story: Frames) -> None:
    many = incidents.take([0] * 300).assign(
        incident_id=[f"SYR-20220908-{number:04}" for number in range(300)],
        adm2_pcode=[f"SY{number:04}" for number in range(300)],
        adm2_name=[f"District {number}" for number in range(300)],
        lon=[(150 + number % 20 * 4 + 180) % 360 - 180.0 for number in range(300)],
        lat=[number // 20 * 2.0 for number in range(300)],
    )
    text = picture_text("districts", {**story, "incidents": many})
    assert "in 300 districts" in text
    assert "276 more are in the table." in text


def test_summary_is_next_to_its_release_and_not_overwritten(
    release_zip: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sorted(file.name for file in release_zip.parent.iterdir()) == [out.name, release_zip.name]
    before = bytes_of(out)
    run(release_zip, code=2)
    assert capsys.readouterr().err == f"incidents: {out} exists already; delete it, or name a new folder by --out\n"
    assert bytes_of(out) == before


@pytest.mark.slow
def test_the_command_writes_the_same_bytes_everywhere(release_zip: Path, files: dict[str, bytes]) -> None:
    settings = release_zip.with_name("matplotlibrc")
    settings.write_text("font.size: 30\nbackend: pdf\nsvg.fonttype: none\nlines.color: red\n", "utf-8")
    environment = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C", "MATPLOTLIBRC": str(settings)}
    result = subprocess.run(
        [sys.executable, "-m", "conflict_incidents", "summary", release_zip.name, "--out", "again"],
        cwd=release_zip.parent,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    repeat = release_zip.parent / "again"
    assert {file.name: file.read_bytes() for file in repeat.iterdir()} == files
    sections = [text.partition("\n")[0] for text in result.stdout.split("\n\n\n")]
    assert sections == [
        "Incidents and people killed, month by month",
        "Where: incidents by district",
        "Who counts, and whether they agree",
        "What is known, and what isn't",
        "again: 8 pictures, and summary.md with all numbers",
    ]
    assert "\n  killed: known of 86%, known 4, open-ended 1, zero 1, unknown 1.\n" in result.stdout


def test_nothing_that_is_there_is_written_over(
    release_zip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    release = tmp_path / "release"
    with zipfile.ZipFile(release_zip) as archive:
        archive.extractall(release)
    (tmp_path / "file").write_text("", "utf-8")
    (tmp_path / "link").symlink_to(tmp_path)
    message = "exists already; delete it, or name a new folder by --out"
    for out, why in [
        (release, message),
        (release / "summary", "is part of the release, whose files are fixed; name a folder elsewhere"),
        (tmp_path / "file", message),
        (tmp_path / "link", message),
    ]:
        run(release, "--out", out, code=2)
        assert capsys.readouterr().err == f"incidents: {out} {why}\n"
    missing = tmp_path / "FMYqQtFzpM" / "JohnSmith"
    run(missing, code=2)
    assert f"there is no release `{missing}`" in capsys.readouterr().err
    (release / "incidents.parquet").write_bytes(b"")
    run(release, "--out", tmp_path / "new", code=2)
    assert "incidents.parquet isn't the file that was written" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_without_matplotlib_the_command_says_what_to_install(
    release_zip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    run(release_zip, "--out", tmp_path / "out", code=2)
    assert (
        capsys.readouterr().err == "incidents: matplotlib isn't installed: pip install 'conflict-incidents[pictures]'\n"
    )
    assert not list(tmp_path.iterdir())


def test_a_folder_is_created_whole_or_not_at_all(tmp_path: Path) -> None:
    create_folder(tmp_path / "a/b", {"one": b"1", "below/two": b"2"})
    assert sorted(file.name for file in (tmp_path / "a/b").rglob("*")) == ["below", "one", "two"]
    with pytest.raises(TypeError):
        create_folder(tmp_path / "a/c", {"four": "not bytes"})  # type: ignore[dict-item] # breaks off in the middle
    assert [file.name for file in (tmp_path / "a").iterdir()] == ["b"]
