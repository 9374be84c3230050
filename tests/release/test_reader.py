"""Finding and opening a release: by path or version, as folder or zip, and only one that is whole."""

import json
import shutil
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from comparisons import write_checksums
from conflict_incidents.core.versions import Version, development
from conflict_incidents.release import ReleaseError
from conflict_incidents.release.checksums import SUMS, sha256
from conflict_incidents.release.index import INDEX_FILE, Index, PublishedRelease, index_text
from conflict_incidents.release.locate import find
from conflict_incidents.release.reader import find_release_folder, open_release
from samples import bytes_of, dataset, incident, write_unchecked


@pytest.fixture
def copy(story: Path, tmp_path: Path) -> Path:
    """A copy of the release, to be damaged."""
    return shutil.copytree(story / "release/current", tmp_path / "copy")


def zip_release(folder: Path, inside: str = "") -> Path:
    """A zip of a release, in which it lies in a folder or at the top."""
    file = folder.parent / f"{folder.name}.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in bytes_of(folder).items():
            target.writestr(f"{inside}{name}", data)
    return file


def open_error(path: Path) -> str:
    with pytest.raises(ReleaseError) as excinfo, open_release(path):
        pass
    assert excinfo.value.exit_code == 2
    return str(excinfo.value)


@pytest.mark.parametrize("inside", ["", "0.1.0/", "a/b/"])
def test_a_zip_of_a_release_is_the_same_release(copy: Path, inside: str) -> None:
    with open_release(copy) as folder, open_release(zip_release(copy, inside)) as zip:
        assert (folder.name, zip.name) == ("copy", "copy.zip")
        assert folder.content_hash == zip.content_hash == zip.descriptor["contentHash"]
        assert folder.sums_hash == zip.sums_hash == f"sha256:{sha256((copy / SUMS).read_bytes())}"
        assert folder.about.version == "0.1.0"
        assert zip.column("claims", "min").to_pylist() == folder.column("claims", "min").to_pylist() == [7, 7, 4]
        assert zip.column("incidents", "date_from").to_pylist() == ["2022-09-08"]
        claims_csv = zip.files["claims.csv"]
        assert isinstance(claims_csv, Path)
    assert not claims_csv.exists()


@pytest.mark.parametrize("name", ["incidents.csv", "claims.parquet", "datapackage.json", "README.md"])
def test_a_flipped_bit_in_any_file_is_refused(copy: Path, name: str) -> None:
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    for path in (copy, zip_release(copy)):
        assert (
            open_error(path)
            == f"{path.name} isn't whole; fetch or build it again:\n  {name} isn't the file that was written"
        )


def test_a_missing_a_superfluous_and_a_linked_file_are_refused(copy: Path) -> None:
    (copy / "claims.csv").unlink()
    (copy / "extra.csv").write_text("a\n", "utf-8")
    (copy / "sites.csv").rename(copy / ".sites.csv")
    (copy / "sites.csv").symlink_to(".sites.csv")
    assert open_error(copy).splitlines()[1:] == [
        "  claims.csv is missing",
        "  extra.csv doesn't belong to it",
        "  sites.csv isn't the file that was written",
    ]


@pytest.mark.parametrize(
    "line",
    ["x", "0" * 64 + " claims.csv", "0" * 64 + "  ../claims.csv", "0" * 64 + "  README.md", "0" * 64 + f"  {SUMS}"],
)
def test_checksums_that_are_none_or_name_a_file_elsewhere_or_twice_are_refused(copy: Path, line: str) -> None:
    with (copy / SUMS).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    assert "SHA256SUMS: line " in open_error(copy)
    assert "isn't a checksum and a new name" in open_error(copy)


def test_a_release_whose_own_account_of_itself_is_wrong_is_refused_though_its_checksums_fit(copy: Path) -> None:
    (copy / "links.csv").write_text("other\n", "utf-8")
    write_checksums(copy)
    assert open_error(copy) == "copy: its rows aren't those that `contentHash` of datapackage.json names"
    (copy / "links.csv").unlink()
    write_checksums(copy)
    assert "links.csv is missing" in open_error(copy)
    for text in ('{"name": 1', "[]", '{"name": "a", "version": "1.0.0", "created": "2026-01-01", "resources": [{}]}'):
        (copy / "datapackage.json").write_text(text, "utf-8")
        write_checksums(copy)
        assert "datapackage.json isn't that of a release" in open_error(copy)


def test_a_parquet_file_of_another_table_is_refused_when_it_is_read(copy: Path) -> None:
    shutil.copy(copy / "sites.parquet", copy / "links.parquet")
    write_checksums(copy)
    with (
        open_release(copy) as release,
        pytest.raises(ReleaseError, match="copy can't be read: links: the column linked"),
    ):
        release.column("links", "kind")


def add_twice(target: zipfile.ZipFile) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        target.writestr("README.md", "twice")


def add_link(target: zipfile.ZipFile) -> None:
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    target.writestr(link, "/etc/passwd")


def bomb(target: zipfile.ZipFile) -> None:
    target.writestr("bomb.csv", b"0" * 200_000_000, compresslevel=1)


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (
            lambda target: target.writestr("../README.md", "out"),
            "../README.md isn't a name that a file of a release has",
        ),
        (lambda target: target.writestr("/tmp/README", "out"), "/tmp/README isn't a name that a file of a release has"),
        (lambda target: target.writestr("a/b/c.csv", "deep"), "a/b/c.csv isn't a name that a file of a release has"),
        (lambda target: target.writestr(".a/c.csv", "hid"), ".a/c.csv isn't a name that a file of a release has"),
        (lambda target: target.writestr("README.md/c.csv", "both"), "README.md is a file and a folder"),
        (lambda target: target.writestr("a\\b.csv", "out"), "a\\b.csv isn't a name that a file of a release has"),
        (lambda target: target.writestr(".hidden", "out"), ".hidden isn't a name that a file of a release has"),
        (add_twice, "duplicate file README.md"),
        (add_link, "link.csv is not a regular file"),
        (bomb, "which no release does or the disk can't hold"),
        (lambda target: [target.writestr(f"{n}.csv", "") for n in range(1000)], "it has more than 1000 files"),
    ],
    ids=[
        "out of it",
        "absolute",
        "deep",
        "in a hidden folder",
        "file and folder",
        "backslash",
        "hidden",
        "doubled",
        "link",
        "bomb",
        "many",
    ],
)
def test_a_zip_that_could_do_harm_is_refused(
    copy: Path, harm: Callable[[zipfile.ZipFile], object], message: str
) -> None:
    few = copy.with_name("few")  # names are judged before contents; in a small zip a small bomb will do
    few.mkdir()
    for name in (SUMS, "README.md"):
        shutil.copy(copy / name, few)
    file = zip_release(few)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as target:
        harm(target)
    assert message in open_error(file)


def test_zip_member_outside_the_folder_is_refused(copy: Path) -> None:
    assert ".. leads out of it" in open_error(zip_release(copy, "../"))
    assert "/x leads out of it" in open_error(zip_release(copy, "/x/"))


def test_bytecode_that_pip_compiles_beside_a_reader_is_ignored(released_dataset: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(released_dataset / "release/current", tmp_path / "copy")
    (copy / "formats" / "__pycache__").mkdir(parents=True)
    (copy / "formats" / "__pycache__" / "read_release.cpython-311.pyc").write_bytes(b"x")
    with open_release(copy):
        pass


def test_files_in_a_folder_of_a_release_belong_to_it_as_those_beside_it_do(copy: Path) -> None:
    (copy / "more").mkdir()
    (copy / "more/claims.csv").write_text("a\n", "utf-8")
    assert open_error(copy).splitlines()[1:] == ["  more/claims.csv doesn't belong to it"]
    write_checksums(copy)
    with open_release(copy) as folder, open_release(zip_release(copy, "x/")) as zip:
        assert folder.sums_hash == zip.sums_hash
        assert "more/claims.csv" in zip.files
    (copy / "more/claims.csv").write_text("b\n", "utf-8")
    assert open_error(copy).splitlines()[1:] == ["  more/claims.csv isn't the file that was written"]
    (copy / "more").rename(copy / ".more")
    (copy / "more").symlink_to(".more", target_is_directory=True)
    (copy / "empty").mkdir()
    assert open_error(copy).splitlines()[1:] == [
        "  more/claims.csv is missing",
        "  empty doesn't belong to it",
        "  more doesn't belong to it",
    ]


def test_what_is_no_zip_or_cut_short_is_refused(copy: Path) -> None:
    file = zip_release(copy)
    data = file.read_bytes()
    for size in range(0, len(data), len(data) // 20):
        file.write_bytes(data[:size])
        assert "isn't a zip of a release" in open_error(file)
    with zipfile.ZipFile(file, "w") as target:
        target.writestr("README.md", "nothing")
    assert open_error(file) == "copy.zip isn't whole; fetch or build it again:\n  SHA256SUMS is missing"


def test_a_flipped_byte_anywhere_in_a_zip_is_refused_or_changes_nothing(copy: Path) -> None:
    file = zip_release(copy)
    data = file.read_bytes()
    with open_release(file) as release:
        sums = release.sums_hash
    directory = range(len(data) - 22, len(data))  # its end says where all else is
    for place in [*range(0, len(data), len(data) // 60), *directory]:
        file.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        try:
            with open_release(file) as release:
                assert release.sums_hash == sums
        except ReleaseError:
            continue


def test_a_path_means_a_release_its_folder_or_its_dataset(story: Path, tmp_path: Path) -> None:
    folder = (story / "release/current").resolve()
    assert (
        find_release_folder(story)
        == find_release_folder(story / "release")
        == find_release_folder(story / "release/current")
        == folder
    )
    assert find_release_folder(tmp_path) is None
    assert "no release in" in open_error(tmp_path / "nowhere")


def test_a_release_is_found_by_version_and_by_the_name_of_its_folder(story: Path, tmp_path: Path) -> None:
    folder = (story / "release/current").resolve()
    assert find("0.1.0", story) == find(folder.name, story) == folder
    assert find(str(folder), None) == folder
    with pytest.raises(
        ReleaseError, match=r"there is no release `0.2.0`, neither at that path nor in .*; did you mean `0.1.0`"
    ):
        find("0.2.0", story)
    with pytest.raises(ReleaseError, match="there is no dataset around the working folder"):
        find("0.2.0", None)
    with pytest.raises(ReleaseError, match=r"a release has datapackage\.json and SHA256SUMS"):
        find(str(tmp_path), None)


def test_a_version_that_was_built_twice_has_to_be_named_by_its_folder(story: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(story, tmp_path / "twice", symlinks=True)
    first = (copy / "release/current").readlink().name
    second = write_unchecked(dataset(copy, [incident("SYR-20220909-aaaa", date="2022-09-09")])).name
    names = ", ".join(sorted([first, second]))
    with pytest.raises(ReleaseError, match=f"version 0.1.0 has been built more than once; name one of them: {names}"):
        find("0.1.0", copy)
    assert find(second, copy) == copy / "release" / second


def test_a_published_version_is_no_other_build_of_it(story: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(story, tmp_path / "published", symlinks=True)
    with open_release(copy) as release:
        entry = PublishedRelease(Version(0, 1, 0), "2026-11-26", release.content_hash, release.sums_hash)
        build = development("0.1.0", release.content_hash)
        name = release.about.name
    folder = (copy / "release/current").resolve()
    assert find(build, copy) == folder
    (copy / INDEX_FILE).write_text(index_text(Index((entry,), name)), "utf-8")
    assert find("0.1.0", copy) == find(build, copy) == folder
    (copy / INDEX_FILE).write_text(index_text(Index((replace(entry, sums="sha256:" + "0" * 64),), name)), "utf-8")
    message = (
        f"the published version 0.1.0 isn't at hand: of its builds none is that one; name one of them: {folder.name}"
    )
    with pytest.raises(ReleaseError, match=message):
        find("0.1.0", copy)
    assert find(build, copy) == folder
    with pytest.raises(ReleaseError, match=r"there is no release `0\.1\.0\.dev0"):
        find(development("0.1.0", "f" * 64), copy)


def test_a_zip_among_the_releases_is_found_by_version_too(story: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(story, tmp_path / "zips", symlinks=True)
    file = zip_release((copy / "release/current").resolve())
    shutil.rmtree((copy / "release/current").resolve())
    assert find("0.1.0", copy) == file
    (copy / "release/0.3.0-0123").mkdir()
    (copy / "release/0.3.0-0123" / SUMS).write_text("", "utf-8")
    (copy / "release/0.3.0-0123/datapackage.json").write_text(json.dumps([]), "utf-8")
    with pytest.raises(ReleaseError, match=r"there is no release `0.3.0`"):
        find("0.3.0", copy)
