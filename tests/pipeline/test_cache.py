"""The kept tree of a dataset: whatever changed, and whatever became of it, its verdicts are those of a fresh run."""

import os
import random
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from errno import EIO, EROFS
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from branches import FIRST, LAST, SECOND
from branches import UNRELATED as LONELY
from conflict_incidents.core.files import temporary_name
from conflict_incidents.core.findings import Finding
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index import is_record_path
from conflict_incidents.pipeline import cache, process, program, results, scan, validate_dataset
from conflict_incidents.records.parsing import content_of
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import Cells
from conflict_incidents.tables.filling import TALLY
from repositories import Repository
from rule_cases import HOMES, edit_record

PLACE = "data/places/hafsarjah.yaml"
COPY = "data/incidents/SYR/2022/SYR-20220909-zzzz.yaml"
NOTE_WITH_NAME = "note: Ahmad Example, 9, was wounded.\n"
EXTERNAL_ID = 'external: [{scheme: ucdp-ged, id: "285001"}]\n'
LEDGER = "kind,id,status,positions,content\nincident,SYR-20220908-k2fd,withdrawn,,0123456789ab\n"


@pytest.fixture
def root(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a small dataset; it counts as large enough for its tree to be kept."""
    monkeypatch.setattr("conflict_incidents.pipeline.validate.MAX_SERIAL_FILES", 0)
    settle(repository.folder)
    return repository.folder


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files that were just written count as settled, but for tests on that."""
    monkeypatch.setattr(scan, "SETTLE_TIME", 0)


def settle(root: Path) -> None:
    """Leave the tick of the clock in which files of a folder were written."""
    newest = max(file.lstat().st_ctime_ns for file in root.rglob("*"))
    probe = root.parent / "probe"
    while not probe.exists() or probe.stat().st_ctime_ns <= newest:
        probe.unlink(missing_ok=True)
        probe.touch()


def fresh(root: Path) -> list[Finding]:
    return validate_dataset(Dataset(root), jobs=1).findings


def cached(root: Path) -> list[Finding]:
    return validate_dataset(Dataset(root), jobs=1, cache=root.parent / "cache").findings


@pytest.fixture
def files_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the records that are processed, as they are."""
    files: list[str] = []
    own = process.process

    def counted(path: str, *rest: Any) -> object:
        files.extend([path] if is_record_path(path) else [])
        return own(path, *rest)

    monkeypatch.setattr(results, "process", counted)
    return files


Edit = Callable[[Path], object]


def text(path: str, old: str, new: str) -> Edit:
    def edit(root: Path) -> None:
        was = (root / path).read_text("utf-8")
        assert old in was, f"{path} has no {old}"
        (root / path).write_text(was.replace(old, new), "utf-8")

    return edit


def write(path: str, content: str | bytes) -> Edit:
    def edit(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content if isinstance(content, bytes) else content.encode())

    return edit


def remove(path: str) -> Edit:
    return lambda root: (root / path).unlink()


def place(id: str, name: str) -> str:
    where = "level: settlement\ncountry: SYR\nadmin: {adm1: SY07, adm2: SY0703}\n"
    return f"schema: place/1\nid: {id}\nname: {name}\n{where}"


WITHDRAWN = "withdrawn: {date: 2023-01-10, reason: It was recorded twice by two people.}\n"
EDITS: dict[str, Edit] = {
    "a record": text(LONELY, "language: en", "language: xx"),
    "a record back": text(LONELY, "language: xx", "language: en"),
    "a place moves": text(PLACE, "lat: 36.0186", "lat: 46.0186"),
    "a place moves back": text(PLACE, "lat: 46.0186", "lat: 36.0186"),
    "a place in another unit": text(PLACE, "SY07, adm2: SY0703", "SY02, adm2: SY0203"),
    "a place renamed": text(PLACE, "name: Hafsarjah", "name: Ahmad Example"),
    "a place withdrawn": lambda root: write(PLACE, (root / PLACE).read_text("utf-8") + WITHDRAWN)(root),
    "a place gone": remove(PLACE),
    "a place of a like name": write("data/places/hafsarja.yaml", place("hafsarja", "Hafsarja")),
    "the place again": write(PLACE, place("hafsarjah", "Hafsarjah")),
    "a namesake": write("data/places/hafsarjah-2.yaml", place("hafsarjah-2", "Hafsarjah")),
    "a person's name": lambda root: write(LONELY, (root / LONELY).read_text("utf-8") + NOTE_WITH_NAME)(root),
    "a place of a person's name": write("data/places/ahmad.yaml", place("ahmad", "Ahmad Example")),
    "that place gone": remove("data/places/ahmad.yaml"),
    "an organisation unread": write("data/organisations/sohr.yaml", "["),
    "an organisation gone": remove("data/organisations/daily-sabah.yaml"),
    "an actor ends": text("data/actors/russian-aerospace-forces.yaml", "kind: state", "to: 2020-01-01\nkind: state"),
    "an incident like another": lambda root: write(
        COPY, (root / FIRST).read_text("utf-8").replace("SYR-20220909-aaaa", "SYR-20220909-zzzz")
    )(root),
    "it is a draft": text(COPY, "status: published", "status: draft"),
    "it is gone": remove(COPY),
    "a circle": lambda root: write(
        LAST, (root / LAST).read_text("utf-8") + f"links: [{{kind: part_of, incident: {Path(FIRST).stem}}}]\n"
    )(root),
    "a part gone": remove(SECOND),
    "two files of one id": lambda root: write(f"data/incidents/{Path(LONELY).name}", (root / LONELY).read_bytes())(
        root
    ),
    "a name in capitals": lambda root: write(LONELY.replace("k2fd", "K2FD"), (root / LONELY).read_bytes())(root),
    "a backup": write(f"{LONELY}~", b""),
    "a broken file": write(
        "data/incidents/SYR/2022/SYR-20220912-abcd.yaml", "a: [\nurl: https://example.org/@example_handle\n"
    ),
    "an organisation's page": lambda root: write(
        "data/organisations/dpa.yaml",
        (root / "data/organisations/dpa.yaml").read_text("utf-8") + "url: https://example.org/@example_handle\n",
    )(root),
    "an id of another dataset": lambda root: write(LONELY, (root / LONELY).read_text("utf-8") + EXTERNAL_ID)(root),
    "the same id": lambda root: write(FIRST, (root / FIRST).read_text("utf-8") + EXTERNAL_ID)(root),
    "a rule off": write(
        "data/rules.yaml",
        "schema: rules/1\nrules:\n  - {rule: IDN002, severity: ignore, reason: All were compared.}\n",
    ),
    "no waivers": remove(HOMES["waivers"]),
    "a waiver": write(
        HOMES["waivers"], edit_record("waivers", {"PLC013": "SRC002", "SYR-20220908-k2fd": Path(FIRST).stem})
    ),
    "a ledger": write("data/released.csv", LEDGER),
    "units": text("data/codelists/admin_units.csv", "SY0703", "SY0799"),
    "an alias": write("data/codelists/place_aliases.csv", "country,spelling,place\nSYR,hafsarya,hafsarja\n"),
    "a note": write(HOMES["change"], edit_record("change", {"SYR-20220908-k2fd": "SYR-20220908-7777"})),
    "the day": text("datapackage.json", '"created": "', '"created": "2'),
}
"""Changes of a dataset, each after the ones before."""


def validate_with_rows(root: Path, cache: Path | None = None) -> tuple[list[Finding], dict[str, list[Cells]]]:
    """The findings, and the rows of every table."""
    result = validate_dataset(Dataset(root), jobs=1, cache=cache, with_rows=True)
    return result.findings, {name: [*result.rows(name)] for name in (*contract.tables(), TALLY)}


@pytest.mark.slow
def test_what_is_cached_is_as_fresh_after_every_kind_of_change(root: Path) -> None:
    before = fresh(root)
    assert cached(root) == before != []
    for number, (name, edit) in enumerate(EDITS.items()):
        if name == "the day":
            continue
        edit(root)
        if number % 3 == 0:  # a validation that makes no rows
            cached(root)
        after, rows = validate_with_rows(root)
        assert validate_with_rows(root, root.parent / "cache") == (after, rows), name
        if name not in {"an alias", "a waiver", "it is a draft", "an id of another dataset"}:
            assert before != after, f"{name}: no finding came or went, so that nothing was tried"
        before = after


@pytest.mark.parametrize("seed", range(3))
def test_a_cached_verdict_is_a_fresh_one_after_changes_in_any_order(seed: int, root: Path) -> None:
    chance = random.Random(seed)
    contents = {file: file.read_bytes() for file in (root / "data").rglob("*") if file.is_file()}
    cached(root)
    for _ in range(8):
        for edit in chance.sample(list(EDITS.values()), 3):
            try:
                edit(root)
            except (AssertionError, FileNotFoundError):
                continue
        for file in chance.sample(sorted(contents), 3):
            file.write_bytes(contents[file])
        if "2202" in (root / "datapackage.json").read_text("utf-8")[:4000]:
            text("datapackage.json", '"created": "2202', '"created": "202')(root)
        assert cached(root) == fresh(root)


def test_nothing_is_judged_again_where_nothing_changed(root: Path, files_read: list[str]) -> None:
    first = cached(root)
    assert files_read
    files_read.clear()
    assert cached(root) == first
    assert files_read == []


@pytest.mark.parametrize(
    ("edit", "expected_files"),
    [
        (text(LONELY, "language: en", "language: ar"), {LONELY}),
        (text(HOMES["organisation"], "name: ", "name: The "), {HOMES["organisation"]}),
        (write("data/places/new.yaml", place("new", "Elsewhere")), {"data/places/new.yaml"}),
        (remove(LONELY), set()),
    ],
)
def test_only_what_rests_on_a_change_is_judged_again(
    edit: Edit, expected_files: set[str], root: Path, files_read: list[str]
) -> None:
    cached(root)
    edit(root)
    files_read.clear()
    assert cached(root) == fresh(root)
    second_run = files_read[: len(files_read) - len(Dataset(root).index.files())]
    assert set(second_run) == expected_files


def test_the_same_size_and_time_hide_no_change(root: Path) -> None:
    cached(root)
    file = root / LONELY
    status = file.stat()
    file.write_bytes(file.read_bytes().replace(b"language: en", b"language: xx"))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert cached(root) == fresh(root)
    assert any(finding.rule == "SRC006" and finding.path == LONELY for finding in cached(root))


def test_files_in_a_linked_folder_are_in_no_verdict(root: Path) -> None:
    folder = root / "data/organisations"
    folder.rename(root / "elsewhere")
    folder.symlink_to(root / "elsewhere")
    cached(root)
    folder.unlink()
    folder.mkdir()
    assert cached(root) == fresh(root)


def test_a_file_that_was_just_written_is_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "SETTLE_TIME", 3_600_000_000_000)
    tick = time.time_ns().to_bytes(8, "little")
    of_status = scan.signature
    monkeypatch.setattr(scan, "signature", lambda status: (one := of_status(status))[:8] + 2 * tick + one[24:])
    cached(root)
    text(LONELY, "language: en", "language: xx")(root)
    assert cached(root) == fresh(root)


def test_a_file_that_could_not_be_read_is_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        fail = OSError(EIO, "Input/output error")
        patch.setattr(
            "conflict_incidents.dataset.index.content_of",
            lambda file, *read: fail if str(file).endswith(PLACE) else content_of(file, *read),
        )
        assert "input/output error" in str(cached(root))
    assert cached(root) == fresh(root)


@pytest.fixture
def tree(root: Path) -> Path:
    """The file in which the tree of the dataset is kept, once it was used: its signature is known."""
    cached(root)
    cached(root)
    (tree,) = (root.parent / "cache").glob("*.tree")
    assert tree.with_name(f"{tree.name}.hashed").is_file()
    return tree


def damage(file: Path, start: int, data: bytes) -> None:
    with file.open("r+b") as stream:
        stream.seek(start)
        stream.write(data)


@pytest.mark.parametrize("part", range(8))
def test_a_damaged_tree_is_not_used(part: int, tree: Path, root: Path, files_read: list[str]) -> None:
    size = tree.stat().st_size
    where = size * part // 8
    was = tree.read_bytes()[where]
    damage(tree, where, bytes([was ^ 1]))
    files_read.clear()
    assert cached(root) == fresh(root)
    assert len(files_read) == 2 * len(Dataset(root).index.files())


def test_damaged_rows_are_made_again(root: Path, files_read: list[str]) -> None:
    cache = root.parent / "cache"
    result = validate_with_rows(root, cache)
    files_read.clear()
    assert validate_with_rows(root, cache) == result
    assert files_read == []
    (rows,) = cache.glob("*.rows")
    damage(rows, rows.stat().st_size // 2, b"\0?\0")
    assert validate_with_rows(root, cache) == result
    assert len(files_read) == len(Dataset(root).index.files())


@pytest.mark.parametrize("data", [b"", b"SQLite format 3\0", b"\0" * 100_000])
def test_invalid_cached_tree_is_not_used(data: bytes, tree: Path, root: Path) -> None:
    tree.write_bytes(data)
    assert cached(root) == fresh(root)


def test_forged_cached_finding_is_not_reported(tree: Path, root: Path) -> None:
    db = sqlite3.connect(tree)
    db.execute("DELETE FROM found")
    db.commit()
    db.close()
    assert cached(root) == fresh(root) != []


def test_a_tree_is_hashed_before_its_first_use_alone(tree: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = tree.read_bytes()
    before = tree.stat()
    with monkeypatch.context() as patch:
        patch.setattr("hashlib.file_digest", None)
        assert cached(root) == fresh(root)
    assert tree.read_bytes() == content
    os.utime(tree, ns=(before.st_atime_ns, before.st_mtime_ns))
    with monkeypatch.context() as patch:
        patch.setattr("hashlib.file_digest", None)
        with pytest.raises(TypeError):
            cached(root)


@pytest.mark.usefixtures("tree")
def test_a_cache_that_cannot_be_written_is_used(
    root: Path, files_read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect

    def refuse(*_: object) -> None:
        raise OSError(EROFS, "Read-only file system")

    monkeypatch.setattr(sqlite3, "connect", lambda name, **uri: connect(f"{name}&mode=ro" if uri else name, **uri))
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(os, "utime", refuse)
    expected = fresh(root)
    files_read.clear()
    assert cached(root) == expected
    assert files_read == []


@pytest.mark.parametrize("mode", [0o770, 0o702])
def test_a_folder_that_others_can_write_is_not_used(mode: int, tree: Path, root: Path, files_read: list[str]) -> None:
    tree.parent.chmod(mode)
    files_read.clear()
    cached(root)
    assert files_read


def test_cached_files_in_a_folder_that_others_can_read_are_the_users_alone(root: Path) -> None:
    cache = root.parent / "shared"
    cache.mkdir(mode=0o755)
    validate_with_rows(root, cache)
    assert {oct(file.stat().st_mode & 0o777) for file in cache.iterdir()} == {"0o600"}


def test_a_link_to_a_tree_is_not_followed(tree: Path, root: Path, files_read: list[str]) -> None:
    tree.rename(root.parent / "elsewhere")
    tree.symlink_to(root.parent / "elsewhere")
    files_read.clear()
    cached(root)
    assert files_read


@pytest.mark.usefixtures("tree")
def test_other_program_version_invalidates_the_cache(
    root: Path, files_read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "program_hash", lambda: "another version")
    files_read.clear()
    assert cached(root) == fresh(root)
    assert len(files_read) == 2 * len(Dataset(root).index.files())


def test_another_day_judges_anew_what_has_a_later_one(
    root: Path, files_read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, year in ((FIRST, 2040), (SECOND, 2041)):
        one = re.sub("published: [^,}\\n]+", f"published: {year}-01-01", (root / path).read_text("utf-8"), count=1)
        write(path, one)(root)
    every = [Dataset(root).index.below_root(file) for file in Dataset(root).index.files()]
    for year, expected_files in (
        (2030, every),
        (2035, [FIRST, SECOND]),
        (2040, [FIRST, SECOND]),
        (2041, [SECOND]),
        (2050, []),
        (2039, every),
    ):
        today = type("Today", (date,), {"today": staticmethod(partial(date, year, 1, 2))})
        monkeypatch.setattr("conflict_incidents.dataset.dataset.date", today)
        expected = fresh(root)
        assert str(expected).count("is in the future") == (year < 2040) + (year < 2041)
        files_read.clear()
        assert cached(root) == expected
        assert sorted(files_read) == sorted(expected_files), year


@pytest.mark.parametrize("name", ["identity.py", "words.csv", "sqlite_views.yaml", "README.md.txt"])
def test_the_programs_hash_has_its_code(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = program.program_hash.__wrapped__()
    assert now == program.program_hash.__wrapped__()
    own = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda file: own(file) + b"#" * (file.name == name))
    assert program.program_hash.__wrapped__() != now


def test_an_interrupted_run_keeps_what_was_there(tree: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    was = tree.read_bytes()
    for edit in (EDITS["a place moves"], EDITS["a record"]):
        edit(root)

    def interrupt(*_: object) -> Iterator[object]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(results, "process", interrupt)
        with pytest.raises(KeyboardInterrupt):
            cached(root)
    assert sorted(file.name for file in tree.parent.iterdir()) == [tree.name, f"{tree.name}.hashed"]
    assert tree.read_bytes() == was
    assert cached(root) == fresh(root)


def test_two_runs_at_once_find_the_same(root: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from conflict_incidents.dataset.dataset import Dataset;"
        "from conflict_incidents.pipeline import validate; validate.MAX_SERIAL_FILES = 0;"
        "print(validate.validate_dataset(Dataset(Path(sys.argv[1])), jobs=1, cache=Path(sys.argv[2])).findings)"
    )
    call = [sys.executable, "-c", program, str(root), str(root.parent / "cache")]
    runs = [subprocess.Popen(call, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert {run.communicate()[0] for run in runs} == {f"{fresh(root)}\n"}
    assert cached(root) == fresh(root)
    assert len(list((root.parent / "cache").glob("*.tree"))) == 1


def test_what_is_too_much_or_too_old_leaves(tree: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tree.parent
    for number in range(3):
        (folder / f"{number}-0.tree").write_bytes(b"\0" * 1000)
        os.utime(folder / f"{number}-0.tree", (number, number))
    leftover = temporary_name(folder / "0")
    leftover.touch()
    monkeypatch.setattr(cache, "MAX_UNUSED_SECONDS", float("inf"))
    monkeypatch.setattr(cache, "MAX_CACHE_SIZE", tree.stat().st_size + 60_000)
    EDITS["a place moves"](root)
    cached(root)
    names = {file.name for file in folder.iterdir()}
    assert {"0-0.tree", "1-0.tree", "2-0.tree"} < names
    assert len(names) == 4
    monkeypatch.setattr(cache, "MAX_UNUSED_SECONDS", 3600)
    EDITS["a place moves back"](root)
    cached(root)
    assert len(list(folder.iterdir())) == 1
