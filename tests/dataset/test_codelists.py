"""Files of a dataset that are no records: each kind, broken in every way, is a finding or a message, and ends."""

import ast
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from conflict_incidents.authoring.scaffold import create_dataset
from conflict_incidents.cli import main
from conflict_incidents.core import files
from conflict_incidents.dataset.admin_units import units
from conflict_incidents.dataset.dataset import Dataset

TOP = Path(__file__).parents[2]
SOUND = {
    "data/codelists/admin_units.csv": "pcode,country,level,name_en,parent,west,south,east,north\n",
    "data/codelists/admin_aliases.csv": "country,level,spelling,pcode\nSYR,1,Idlib,SY07\n",
    "data/codelists/place_aliases.csv": "country,spelling,place\nSYR,Hafsarya,hafsarjah\n",
    "data/codelists/organisation_aliases.csv": "spelling,organisation\nSOHR,sohr\n",
    "data/codelists/actor_aliases.csv": "spelling,actor\nThe state,state\n",
    "data/imports/example.csv": "id,incident\n7,SYR-20220908-7q4m\n",
    "data/released.csv": "kind,id,status,positions\n",
    "data/assertions.yaml": "schema: assertions/1\nassertions: []\n",
    "data/waivers.yaml": "schema: waivers/1\nwaivers: []\n",
    "data/rules.yaml": "schema: rules/1\nrules: []\n",
    "data/changes/one.yaml": "schema: change/1\n",
    "datapackage.json": "",
}
"""Each kind of file, in some form."""


def link(to: Path | str) -> Callable[[Path], None]:
    return lambda file: file.symlink_to(to)


def holding(data: bytes) -> Callable[[Path], None]:
    def write(file: Path) -> None:
        file.write_bytes(data)

    return write


def add_marks(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + SOUND[below(file)].encode() + b"x")


def as_folder(file: Path) -> None:
    file.mkdir()
    (file / "x.yaml").write_text("a: 1\n", "utf-8")


BREAKS: dict[str, Callable[[Path], None]] = {
    "an endless device": link("/dev/zero"),
    "a link to a file": link(TOP / "README.md"),
    "a link to nothing": link("nowhere"),
    "a pipe": os.mkfifo,
    "a folder with a file": as_folder,
    "empty": holding(b""),
    "a byte order mark": add_marks,
    "another encoding": holding("schema: Türkiye\n".encode("utf-16")),
    "no text": holding(b"\xff\x00\x9f" * 100),
    "nested deep": holding(b"[" * 100_000),
    "one long line": holding(b"a" * 300_000),
    "a quote without end": holding(b'pcode,"country\n' * 3),
}


def below(file: Path) -> str:
    return next(name for name in SOUND if str(file).endswith(name))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("broken") / "dataset"
    create_dataset(root)
    (root / "data/imports").mkdir()
    return root


@pytest.mark.parametrize("name", SOUND)
def test_broken_file_is_reported_with_name_and_line(
    name: str, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    file = root / name
    before = file.read_bytes() if file.exists() else None
    try:
        for how, content in BREAKS.items():
            file.unlink(missing_ok=True)
            content(file)
            code = main(["validate", "--root", str(root), "--no-cache", "--jobs", "1"])
            captured = capsys.readouterr()
            if name == "datapackage.json":
                assert code == 2, how
                assert str(root) in captured.err, how
                assert "Error" not in captured.err, (how, captured.err)
            else:
                inside = "/x.yaml" if file.is_dir() and name.startswith(("data/codelists/", "data/imports/")) else ""
                assert code == 1, how
                assert f"{name}{inside}:1:" in captured.out or f"{name}{inside}:2:" in captured.out, (how, captured.out)
            shutil.rmtree(file) if file.is_dir() and not file.is_symlink() else file.unlink()
    finally:
        if before is not None:
            file.write_bytes(before)


@pytest.mark.parametrize("folder", ["codelists", "imports", "places", "incidents"])
def test_a_folder_that_leads_elsewhere_is_not_entered(
    folder: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    (tmp_path / "hafsarjah.yaml").write_text("schema: place/1\n", "utf-8")
    (tmp_path / "place_aliases.csv").write_text(SOUND["data/codelists/place_aliases.csv"], "utf-8")
    target = tmp_path.parent / f"kept-{folder}"
    (root / "data" / folder).rename(target)
    (root / "data" / folder).symlink_to(tmp_path)
    try:
        dataset = Dataset(root)
        assert dataset.registry.place("hafsarjah") is None
        assert dataset.index.ids(folder) == []
        assert isinstance(dataset.index.list_content("place_aliases"), str if folder == "codelists" else type(None))
        assert main(["validate", "--root", str(root), "--no-cache"]) == 1
        assert f"data/{folder}:1:1: REC010 a symbolic link; put " in capsys.readouterr().out
    finally:
        (root / "data" / folder).unlink()
        target.rename(root / "data" / folder)


HEADER = "pcode,country,level,name_en,parent,west,south,east,north,lon,lat"
ROWS = ("SY07,SYR,1,Idleb,SY,36.1,35.3,37.2,36.3,36.6,35.7", "SY0703,SYR,2,Harim,SY07,36.3,35.9,36.8,36.3,,")


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("SYR,1,", "SYR,adm1,", (2, 10), "level is `adm1`, not 1, 2 or 3; write `1`"),
        (
            "SY07,SYR,1,",
            "SY02,SYR,1,Aleppo,SY,36.5,35.3,38.7,36.9,37.6,36.2\nSY07,SYR,adm1,",
            *((3, 10), "level is `adm1`, not 1, 2 or 3; write `1`"),
        ),
        ("SYR,2,", "SYR,4,", (3, 12), "level is `4`, not 1, 2 or 3; correct it"),
        ("35.3", "north", (2, 26), "south is `north`, not degrees, as `36.1476`"),
        ("36.1,", '"36,1",', (2, 1), "west is `36,1`, not degrees; write `36.1`"),
        ("37.2", "372", (2, 31), "east is `372`, and no degree is beyond 180; correct it"),
        ("36.1,35.3,37.2", "37.2,35.3,36.1", (2, 21), "west (37.2) is beyond east (36.1); exchange or correct them"),
        ("36.6,35.7", "36.6,", (2, 1), "only one of `lon` and `lat` is given; write both, or neither"),
        ("SY0703,", "SY07,", (3, 1), "`SY07` is already on line 2; keep one"),
        ("SY0703,", "0703,", (3, 1), "pcode is `0703`, not the code of a unit; write it as `SY07`"),
        ("Harim,SY07", "Harim,SY08", (3, 1), "the parent `SY08` isn't in the list; correct it, or list it too"),
        ("Harim,SY07", "Harim,SY0703", (3, 1), "is of level 2, not above level 2; correct one of them"),
        ("Idleb,SY,", "Idleb,IQ,", (2, 1), "isn't its country, SYR; write the country's code"),
        ("SYR,2", "IRQ,2", (3, 1), "the parent `SY07` is in SYR, the unit in IRQ; correct one of them"),
        ("SYR,2", "Syria,2", (3, 8), "country is `Syria`, not an alpha-3 code of ISO 3166-1; write `SYR`"),
        ("Harim", "", (3, 14), "name_en is empty; write the unit's name"),
        (",north,", ",", (1, 1), "the column `north` is missing; the first line has"),
        ("lon,lat", "lon,latitude", (1, 1), "there is no column `latitude` in such a list"),
        (",36.8,36.3,,", ",36.8", (3, 1), "8 cells where the first line has 11; a comma is missing or one too many"),
        (",", ";", (1, 1), "the cells are separated by `;`; save the file with commas"),
        (",", "\t", (1, 1), "the cells are separated by"),
    ],
)
def test_invalid_unit_is_reported_with_position_and_repair(
    old: str, new: str, place: tuple[int, int], message: str
) -> None:
    text = "\n".join([HEADER, *ROWS, ""])
    assert units(text.encode())[1] == []
    assert old in text
    units_listed, wrong = units(text.replace(old, new, text.count(old) if len(old) == 1 else 1).encode())
    assert [(one.mark.line, one.mark.column) for one in wrong] == [place], wrong
    assert message in wrong[0].message
    assert len(units_listed) < text.replace(old, new, 1).count("\n") - 1, "what is wrong isn't used"


def test_any_code_list_is_validated_in_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    many = f"{HEADER}\n" + "SY07,SYR,adm1,Idleb,SY,36.1,35.3,37.2,36.3,36.6,35.7\n" * 10_000
    wrong = units(many.encode())[1]
    assert (len(wrong), wrong[-1].message) == (101, "and more like this; 100 are listed")
    monkeypatch.setattr("conflict_incidents.dataset.admin_units.MAX_UNITS", 1)
    assert "more than 1 units" in units("\n".join([HEADER, *ROWS]).encode())[1][0].message


def test_a_file_is_read_no_further_than_its_limit(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(b"x" * 1025)
    assert files.read_whole(file, 1025) == b"x" * 1025
    with pytest.raises(OSError, match="larger than 1 KiB; shorten it"):
        files.read_whole(file, 1024)
    assert files.read_start(file, 10) == b"x" * 10


OPENED_OTHERWISE = {
    "core/files.py": "is what opens files",
    "core/redaction.py": "the package's own schemas",
    "core/resources.py": "the package's own tables",
    "pipeline/cache.py": "its own cache",
    "pipeline/program.py": "the code",
    "release/checksums.py": "a release",
    "release/reader.py": "a release",
    "release/locate.py": "a release",
    "release/loading.py": "a release",
    "release/checks.py": "a release",
    "release/archive.py": "a release",
    "release/contents.py": "the release in the making",
    "release/folder.py": "the lock of releases",
    "release/unchanged.py": "its own cache, and a release",
    "release/partitions.py": "a release",
    "release/formats/sqlite.py": "the release in the making",
    "release/site/server.py": "the pages that were built",
    "core/countries.py": "a file of pycountry",
    "cli/__init__.py": "standard output",
    "exchange/importers/tabular/unpacking.py": "what a person names to be imported, up to a limit",
    "exchange/importers/tabular/opendocument.py": "the parts of such a file",
    "exchange/importers/tabular/typed.py": "the sheets of such a file",
    "records/yaml/syntax_errors.py": "the package's own schemas",
    "tables/parts.py": "a release",
    "authoring/scaffold.py": "the package's own templates",
}
"""The modules that open files otherwise than by `core.files`, and what they open: none of them what a branch brings."""
_OPENS = {"open", "read_text", "read_bytes", "fdopen"}
_HARMLESS = re.compile(r"resource\(|__file__|\bSCHEMA\b|files\('tzdata'\)|[(,] '(?:w|x|a)b?'|\('(?:w|x|a)b?'")
"""What opens a file of the package, or one to write."""


def test_files_of_a_dataset_are_opened_by_one_function() -> None:
    package = TOP / "src/conflict_incidents"
    files = {
        file.relative_to(package).as_posix()
        for file in package.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "attr", None) in _OPENS or getattr(node.func, "id", None) in _OPENS)
        and not _HARMLESS.search(ast.unparse(node))
    }
    assert files - OPENED_OTHERWISE.keys() == set(), "read them by `core.files.whole`, or say here what they open"
    assert OPENED_OTHERWISE.keys() - files == set()
