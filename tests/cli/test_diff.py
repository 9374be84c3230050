"""`incidents diff`: what changed from one release to another, for people and for programs."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from comparisons import apply_changes, digests, tables_of, write_checksums
from conflict_incidents.cli import main
from conflict_incidents.release.checksums import content_hash
from conflict_incidents.release.reader import open_release
from samples import REGISTRIES, Tree, claim_of, dataset, incident, organisation, place, withdrawn, write_unchecked

AT_ANOTHER = [{"id": "village", "place": "hafsarja", "kind": "settlement"}]
CLAIM = claim_of("civil-defence", killed=0, strikes=0)
LONG = "Shelling of the village, its market, its school, and of the road that leads from there to the river"
BEFORE: list[Tree] = [
    *REGISTRIES,
    incident(title=LONG, claims=[claim_of()]),
    incident("SYR-20220910-w1th", date="2022-09-10"),
    incident("SYR-20220911-gone", date="2022-09-11"),
]
AFTER: list[Tree] = [
    *(tree for tree in REGISTRIES if tree["id"] != "hafsarjah"),
    place("hafsarja", name="Hafsarjah", lat=35.94, lon=36.47, coordinates="published", admin={"adm1": "SY07"}),
    organisation("un", name="\x1b[31m##[error]"),
    incident(title=f"{LONG}, twice", sites=AT_ANOTHER, claims=[claim_of(), CLAIM]),
    withdrawn(date="2022-09-10", sites=AT_ANOTHER, claims=[]),
    incident("SYR-20220912-aaaa", date="2022-09-12", sites=AT_ANOTHER),
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset with two releases, called `before` and `after`."""
    root = tmp_path_factory.mktemp("diff")
    for name, trees in (("before", BEFORE), ("after", AFTER)):
        shutil.rmtree(root / "data", ignore_errors=True)
        write_unchecked(dataset(root, trees)).rename(root / "release" / name)
    (root / "release/current").unlink()
    return root


def run_diff(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert main(["diff", *arguments]) == code
    captured = capsys.readouterr()
    return captured.err if code else captured.out


def test_the_text_shows_records_first_and_the_first_of_each_kind(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    text = run_diff(capsys, "before", "after").split("\n\n")
    assert text[0] == "conflict-incidents 0.1.0 (2026-11-26) → conflict-incidents 0.1.0 (2026-11-26)"
    lines = text[1].splitlines()
    assert lines[:6] + lines[-3:] == [
        "incidents: 1 added, 1 corrected (15 cells), 1 withdrawn, 1 vanished",
        "  added SYR-20220912-aaaa: `Shelling`",
        "  corrected SYR-20220908-7q4m",
        "    title: (not repeated here) → `Shelling of the village, its market, its school, and of the…`",
        "    place_id: `hafsarjah` → `hafsarja`",
        "    claims: 1 → 2",
        "    … and 5 more",
        "  withdrawn SYR-20220910-w1th: `the same as another`",
        "  vanished SYR-20220911-gone",
    ]
    assert text[2].splitlines() == [
        "places: 1 added, 1 vanished",
        "  added hafsarja: `Hafsarjah`",
        "  vanished hafsarjah",
    ]
    assert text[3].splitlines() == ["organisations: 1 added", "  added un: `\\x1b[31m# #[error]`"]
    assert text[-1] == "By the Data Package recipe, these changes are MAJOR: version 0.2.0 or later, not 0.1.0.\n"


def test_csv_has_everything(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(root)
    rows = list(csv.DictReader(io.StringIO(run_diff(capsys, "before", "after", "--format", "csv"), newline="")))
    with open_release(Path("release/before")) as before, open_release(Path("release/after")) as after:
        assert apply_changes(tables_of(before), [dict(row) for row in rows]) == tables_of(after)


def test_a_zip_and_a_folder_of_the_same_release_differ_in_nothing(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zip = shutil.make_archive(str(tmp_path / "before"), "zip", root / "release/before")
    assert run_diff(capsys, zip, str(root / "release/before")).endswith("\n\nNothing differs.\n")
    assert len(run_diff(capsys, zip, str(root / "release/before"), "--format", "csv").splitlines()) == 1


def test_changes_of_the_contract_come_first(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    later = shutil.copytree(root / "release/before", tmp_path / "later")
    package = json.loads((later / "datapackage.json").read_text("utf-8"))
    package["resources"][0]["schema"]["fields"][1]["constraints"]["enum"].append("\x1b[2Jdisputed")
    package["resources"][1]["title"] = "Places of an incident"
    package["resources"] = [one for one in package["resources"] if one["name"] != "waivers"]
    (later / "waivers.csv").unlink()
    (later / "waivers.parquet").unlink()
    names = [one["name"] for one in package["resources"]]
    package |= {"version": "0.2.0", "contentHash": content_hash(digests(later), names)}
    (later / "datapackage.json").write_text(json.dumps(package), "utf-8")
    write_checksums(later)
    assert run_diff(capsys, str(root / "release/before"), str(later)).splitlines()[1:] == [
        "",
        "contract: 3 changes",
        "  incidents.status, value: nothing → `\\x1b[2Jdisputed` (MINOR)",
        "  sites, title: `Sites` → `Places of an incident` (PATCH)",
        "  table waivers removed (MAJOR)",
        "",
        "By the Data Package recipe, these changes are MAJOR: version 0.2.0 or later.",
    ]
    rows = run_diff(capsys, str(root / "release/before"), str(later), "--format", "csv").splitlines()
    assert rows[2] == ",schema,sites,,title: Sites,title: Places of an incident,"
    assert rows[3] == ",schema,waivers,,table: waivers,,"


def test_a_release_that_is_not_whole_or_not_there_is_refused(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    incomplete = shutil.copytree(root / "release/before", tmp_path / "torn")
    (incomplete / "claims.parquet").write_bytes(b"")
    output = run_diff(capsys, str(incomplete), str(root / "release/after"), code=2)
    assert output == (
        "incidents: torn isn't whole; fetch or build it again:\n  claims.parquet isn't the file that was written\n"
    )
    output = run_diff(capsys, "0.1.0", str(root / "release/after"), "--root", str(root), code=2)
    assert output.endswith("version 0.1.0 has been built more than once; name one of them: after, before\n")
    output = run_diff(capsys, "before", "after", "--root", str(tmp_path), code=2)
    assert "is not a dataset" in output


@pytest.mark.slow
def test_the_output_is_the_same_in_any_zone_locale_and_hash_order(root: Path) -> None:
    outputs = []
    for seed, zone in (("1", "Pacific/Kiritimati"), ("2", "America/Los_Angeles")):
        result = subprocess.run(
            [sys.executable, "-m", "conflict_incidents", "diff", "before", "after", "--format", "csv"],
            cwd=root,
            env=os.environ | {"TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": "C"},
            capture_output=True,
            check=True,
        )
        outputs.append(result.stdout)
    assert outputs[0] == outputs[1]
