"""Loading: the types are exact, a call means the same release in any folder, and an altered file is refused."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from comparisons import digests, write_checksums
from conflict_incidents import citation, cite, load, load_all, verify
from conflict_incidents.core.versions import Version
from conflict_incidents.release import index, loading
from conflict_incidents.release.checksums import content_hash, sha256
from conflict_incidents.release.index import Index, PublishedRelease, index_text
from conflict_incidents.release.loading import PACKAGED_RELEASE, LoadError
from conflict_incidents.tables import TableError, contract, validate
from conflict_incidents.tables.dtypes import dtype
from samples import REGISTRIES, STORY, TOP, bytes_of, dataset, incident, source, write_unchecked, zip_files
from whole_tables import csv_frame

NA: Any = pd.NA
OCHA = "OCHA common operational datasets: administrative units (names and p-codes)"
GEONAMES = "GeoNames: positions of towns, CC BY 4.0"


@pytest.fixture(scope="module")
def root(several: Path) -> Path:
    """A dataset with a release of the story, an incident of unknown toll and a withdrawn one."""
    return several


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of the release, to be damaged."""
    return shutil.copytree(root / "release/current", tmp_path / "copy")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another dataset, whose release has the same version."""
    return dataset_with_metadata(tmp_path_factory.mktemp("other"), name="other-conflict")


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same dataset with other rows under the same version."""
    return dataset_with_metadata(tmp_path_factory.mktemp("rebuilt"))


def dataset_with_metadata(root: Path, **about: str) -> Path:
    """A dataset with a release of the story, under what its descriptor says."""
    sample = dataset(root, STORY)
    descriptor = json.loads((root / "datapackage.json").read_text("utf-8"))
    (root / "datapackage.json").write_text(json.dumps(descriptor | about), "utf-8")
    write_unchecked(sample)
    return root


def read_descriptor(root: Path) -> dict[str, Any]:
    """The descriptor of a dataset's release."""
    descriptor: dict[str, Any] = json.loads((root / "release/current/datapackage.json").read_text("utf-8"))
    return descriptor


def sums(root: Path) -> str:
    return f"sha256:{sha256((root / 'release/current/SHA256SUMS').read_bytes())}"


def development(root: Path) -> str:
    """The version by which an unpublished release is known."""
    return f"0.1.0.dev0+{read_descriptor(root)['contentHash'].removeprefix('sha256:')[:12]}"


def publish(folder: Path, root: Path) -> None:
    """An index in a folder that has the release of a dataset, and no address of it."""
    about = read_descriptor(root)
    entry = PublishedRelease(Version(0, 1, 0), about["created"], about["contentHash"], sums(root))
    (folder / "releases.json").write_text(index_text(Index((entry,), about["name"])), "utf-8")


Ships = Callable[..., None]


@pytest.fixture
def ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ships:
    """Makes the package ship the release of a dataset, or none, and an index of what was published."""
    package = tmp_path / "package"

    def ship(release: Path | None, published_release: Path | None = None) -> None:
        shutil.rmtree(package, ignore_errors=True)
        (package / "data").mkdir(parents=True)
        if release:
            shutil.copytree(release / "release/current", package / PACKAGED_RELEASE)
        if published_release:
            publish(package, published_release)

    def resource(name: str) -> Path:
        if not (package / name).exists():
            raise FileNotFoundError
        return package / name

    monkeypatch.setattr(loading, "resource", resource)
    monkeypatch.setattr(index, "resource", resource)
    ship(None)
    return ship


@pytest.mark.oldest
def test_a_table_has_the_exact_types(root: Path) -> None:
    for name, df in load_all(source=root).items():
        for field in contract.tables()[name].fields:
            assert df[field.name].dtype == dtype(field)
        validate(df, name, complete=True)


@pytest.mark.oldest
def test_every_table_is_loaded_with_all_its_rows(root: Path) -> None:
    frames = load_all(source=root)
    assert list(frames) == list(contract.tables())
    for name, df in frames.items():
        table = contract.tables()[name]
        pd.testing.assert_frame_equal(df, csv_frame((root / f"release/current/{name}.csv").read_bytes(), table))


@pytest.mark.oldest
def test_unknown_is_na_and_its_sum_too(root: Path) -> None:
    df = load(source=root).set_index("incident_id")
    unknown = df.filter(["SYR-20220908-u0kn", "SYR-20220910-w1th"], axis=0)
    assert unknown["killed_low"].sum(min_count=1) is NA
    assert unknown.filter(like="killed").isna().all(axis=None)
    assert df["killed_low"].sum(min_count=1) == 7


@pytest.mark.oldest
def test_the_frame_says_where_it_is_from(root: Path) -> None:
    attrs = load("claims", source=root).attrs
    assert attrs == {
        "table": "claims",
        "title": "Claims",
        "dataset": "conflict-incidents",
        "version": (version := development(root)),
        "content_hash": read_descriptor(root)["contentHash"],
        "created": "2026-11-26T00:00:00Z",
        "licence": "CC-BY-4.0",
        "citation": f"The conflict-incidents contributors (2026): Conflict incidents, version {version}, content "
        f"{read_descriptor(root)['contentHash']}. CC-BY-4.0. With data from: {OCHA}; {GEONAMES}.",
        "release": (root / "release/current").resolve().name,
        "source": str(root),
    }
    assert json.loads(json.dumps(attrs)) == attrs


def test_a_release_is_found_by_any_of_its_names(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = load(source=root)
    folder = root / "release/current"
    for path in (root, root / "release", folder, folder.resolve(), str(folder), folder / "datapackage.json"):
        pd.testing.assert_frame_equal(load(source=path), expected)
    monkeypatch.chdir(root)
    pd.testing.assert_frame_equal(load(source="."), expected)


@pytest.mark.oldest
def test_chosen_columns_come_in_the_order_asked_for(root: Path) -> None:
    df = load(source=root, columns=["killed_low", "kind", "incident_id"])
    assert list(df.columns) == ["killed_low", "kind", "incident_id"]
    pd.testing.assert_frame_equal(df, load(source=root)[["killed_low", "kind", "incident_id"]])
    pd.testing.assert_frame_equal(df, load(source=root, columns=iter(df.columns)))  # type: ignore[call-overload] # once


def test_what_is_not_there_is_named_with_what_is(root: Path) -> None:
    with pytest.raises(LoadError, match=r"called 'incident'; did you mean 'incidents'\? There are: incidents, sites"):
        load("incident", source=root)
    with pytest.raises(LoadError, match=r"no column in incidents is called 'kiled_low'; did you mean 'killed_low'\?"):
        load(source=root, columns=["kiled_low"])
    with pytest.raises(LoadError, match=r"no table is called 'xyzzy'\. There are"):
        load("xyzzy", source=root)
    with pytest.raises(LoadError, match="`columns` is a list of names"):
        load(source=root, columns="killed_low")
    with pytest.raises(LoadError, match="`columns` names a column twice"):
        load(source=root, columns=["kind", "kind"], as_polars=True)
    with pytest.raises(LoadError, match="no `dtype_backend` is called"):
        load(source=root, dtype_backend=["pyarrow"])  # type: ignore[call-overload] # as a caller may
    with pytest.raises(LoadError, match="no release in ~no-such-user/release"):
        load(source="~no-such-user/release")


@pytest.mark.usefixtures("ships")
def test_without_a_release_the_message_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(
        LoadError, match=r"the package ships no release; name one by `version` or `source`: `source=\"\.\"`"
    ):
        load()
    with pytest.raises(LoadError, match=r"version 0\.1\.0 isn't in the index of published releases; published: none"):
        load(version="0.1.0")
    dataset(tmp_path, STORY)
    with pytest.raises(LoadError, match="run `incidents build` there"):
        load(source=tmp_path)
    with pytest.raises(LoadError, match="no release in"):
        load(source=tmp_path / "nowhere")


@pytest.mark.parametrize("place", [0, 100, -1])
def test_an_altered_file_is_refused(copy: Path, place: int) -> None:
    file = copy / "incidents.parquet"
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)
    for table in ("incidents", "claims"):
        with pytest.raises(LoadError) as excinfo:
            load(table, source=copy)
        assert str(excinfo.value) == (
            f"{copy}: copy isn't whole; fetch or build it again:\n  incidents.parquet isn't the file that was written"
        )


def test_a_torn_or_missing_file_is_refused(copy: Path) -> None:
    file = copy / "README.md"
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(LoadError, match=r"README\.md isn't the file that was written"):
        load(source=copy)
    file.unlink()
    with pytest.raises(LoadError, match=r"README\.md is missing"):
        load(source=copy)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"resources": [{}]}', "\ufeff{"])
def test_a_torn_descriptor_is_refused(copy: Path, text: str) -> None:
    (copy / "datapackage.json").write_text(text, "utf-8")
    with pytest.raises(LoadError, match=r"datapackage\.json"):
        load(source=copy)


def test_table_outside_the_release_is_not_read(copy: Path) -> None:
    (copy.parent / "secret.parquet").write_bytes((copy / "incidents.parquet").read_bytes())
    descriptor = json.loads((copy / "datapackage.json").read_text("utf-8"))
    descriptor["resources"][0]["name"] = "../secret"
    (copy / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    write_checksums(copy)
    with pytest.raises(LoadError, match=r"\.\./secret\.parquet is missing"):
        load("../secret", source=copy)


def test_a_release_is_read_by_its_own_contract(copy: Path) -> None:
    """An older release has other columns than the package of today."""
    descriptor = json.loads((copy / "datapackage.json").read_text("utf-8"))
    del descriptor["resources"][1:]
    descriptor["contentHash"] = content_hash(digests(copy), ["incidents"])
    (copy / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    write_checksums(copy)
    assert list(load_all(source=copy)) == ["incidents"]


@pytest.mark.oldest
def test_every_cell_of_a_loaded_frame_can_be_set(root: Path) -> None:
    for df in load_all(source=root).values():
        for column in df.columns if len(df) else ():
            df.loc[0, column] = df[column].iloc[-1]


@pytest.mark.oldest
def test_a_loaded_frame_can_be_written_back(root: Path, tmp_path: Path) -> None:
    df = load(source=root)
    df.to_parquet(tmp_path / "mine.parquet")
    read = pd.read_parquet(tmp_path / "mine.parquet")
    pd.testing.assert_frame_equal(read, df)
    assert read.attrs == df.attrs
    df.to_csv(tmp_path / "mine.csv", index=False)
    types = df[["incident_id", "killed_low", "killed_high_open", "kind"]].dtypes.to_dict()
    reread = pd.read_csv(tmp_path / "mine.csv", keep_default_na=False, na_values=[""], dtype=types, usecols=list(types))
    pd.testing.assert_frame_equal(reread[list(types)], df[list(types)])


def test_the_package_itself_leads_to_what_analysts_need() -> None:
    import conflict_incidents as ci

    assert ci.load is load
    assert ci.tables.validate.__name__ == "validate"
    with pytest.raises(AttributeError, match="no attribute 'loda'"):
        ci.loda  # noqa: B018 - the access is tested


@pytest.mark.oldest
def test_arrows_own_types_keep_every_cell(root: Path) -> None:
    for name in contract.tables():
        ours, arrow = load(name, source=root), load(name, source=root, dtype_backend="pyarrow")
        assert all(isinstance(dtype, pd.ArrowDtype) for dtype in arrow.dtypes)
        assert (
            arrow.astype(object)
            .where(arrow.notna(), None)
            .map(str)
            .equals(ours.astype(object).where(ours.notna(), None).map(str))
        )


@pytest.mark.oldest
def test_the_nullable_types_have_text_in_place_of_categories(root: Path) -> None:
    df = load(source=root, dtype_backend="numpy_nullable", columns=["kind", "killed_low", "date_from"])
    assert df.dtypes.map(str).to_list() == ["string", "Int32", "datetime64[us]"]
    wrong: Any = "numpy"
    with pytest.raises(LoadError, match="no `dtype_backend` is called 'numpy'"):
        load(source=root, dtype_backend=wrong)


@pytest.mark.oldest
def test_polars_has_exact_types_and_keeps_the_unknown(root: Path) -> None:
    import polars as pl

    df = load(source=root, as_polars=True)
    kinds = contract.tables()["incidents"].field("kind").enum
    assert df.schema["kind"] == pl.Enum(kinds)
    expected = {"killed_low": pl.Int32, "date_from": pl.Date, "lat": pl.Float64, "killed_high_open": pl.Boolean}
    assert {name: df.schema[name] for name in expected} == expected
    ours = load(source=root)
    assert df["killed_low"].to_list() == [None if value is NA else value for value in ours["killed_low"]]
    selection = load("claims", source=root, columns=["min", "measure"], as_polars=True)
    assert selection.columns == ["min", "measure"]


def test_how_to_cite_is_printed_as_text_and_as_bibtex(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = read_descriptor(root)["contentHash"]
    cite(version="0.1.0", source=root, sha256=content)
    assert capsys.readouterr().out == (
        f"The conflict-incidents contributors (2026): Conflict incidents, version 0.1.0, content {content}. CC-BY-4.0. "
        f"With data from: {OCHA}; {GEONAMES}.\n"
        "\n"
        "@misc{conflict-incidents-0.1.0,\n"
        "  author = {{The conflict-incidents contributors}},\n"
        "  title = {{Conflict incidents}},\n"
        "  year = {2026},\n"
        "  version = {0.1.0},\n"
        f"  note = {{Data set. CC-BY-4.0. Content {content}}},\n"
        "}\n"
        "\n"
        "@misc{ocha-common-operational-datasets-administrative-units-names-and-p-codes,\n"
        f"  title = {{{{{OCHA}}}}},\n"
        "}\n"
        "\n"
        "@misc{geonames-positions-of-towns-cc-by-4-0,\n"
        f"  title = {{{{{GEONAMES}}}}},\n"
        "  url = {https://www.geonames.org/},\n"
        "}\n"
    )


def test_the_datasets_that_rows_come_from_are_cited_in_the_version_that_they_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paper = {"authors": ["Högbladh", "Some & Body"], "year": 2019, "title": "Codebook", "publisher": "A university"}
    later = {**paper, "year": 2023, "version": "23.1"}
    reference = {"organisation": "sohr", "licence": "CC-BY-4.0", "attribution": "Coders"}
    cited_source = source("the-set", version="19.1", references=[{**paper, "version": "19.1"}, later], **reference)
    coded_incident = incident(external=[{"scheme": "the-set", "id": "1"}])
    write_unchecked(dataset(tmp_path, [*REGISTRIES, cited_source, source("unused"), coded_incident]))
    text = load(source=tmp_path).attrs["citation"]
    assert read_descriptor(tmp_path)["contentHash"] in text
    credit = "The-Set, version 19.1. Coders. CC-BY-4.0: Högbladh and Some & Body (2019), Codebook, A university."
    assert text.endswith(credit)
    cite(source=tmp_path, style="text")
    assert capsys.readouterr().out == f"{text}\n"
    cite(source=tmp_path, style="bibtex")
    entries = capsys.readouterr().out.split("\n\n")
    assert [entry.partition(",")[0] for entry in entries][3:] == ["@misc{the-set-19.1", "@techreport{hogbladh-2019"]
    assert "  author = {{Högbladh} and {Some \\& Body}},\n" in entries[4]
    with pytest.raises(LoadError, match="no `style` is called 'apa'; there are 'text' and 'bibtex'"):
        cite(source=tmp_path, style="apa")  # type: ignore[arg-type] # no such style


def test_the_same_call_gives_the_same_release_in_any_folder(
    ships: Ships, root: Path, other: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ships(root)
    build = development(root)
    for folder in (root, root / "data", other, tmp_path):
        monkeypatch.chdir(folder)
        assert load().attrs["content_hash"] == read_descriptor(root)["contentHash"]
        assert load(version=build).attrs["version"] == build
        assert load_all(version=build)["incidents"].attrs == load().attrs
        for wrong in ("0.1.0", "9.0.0", development(other), "0.1.0.dev0+" + "0" * 12):
            with pytest.raises(LoadError, match=r"isn't in the index of published releases; published: 0\.1\.0\.dev0"):
                load(version=wrong)
    monkeypatch.chdir(other)
    assert load(source=".").attrs["dataset"] == "other-conflict"
    assert load(source=".", version=development(other)).attrs["version"] == development(other)


@pytest.mark.oldest
def test_the_lines_of_the_readme_work_as_typed(ships: Ships, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ships(root)
    monkeypatch.chdir(root)
    blocks = re.findall(r"^```python\n(.*?)^```", (TOP / "README.md").read_text("utf-8"), re.M | re.S)
    assert len(blocks) == 1
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


def test_a_published_version_is_the_rows_that_were_published_under_it(
    ships: Ships, root: Path, other: Path, rebuilt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ships(root, published_release=root)
    monkeypatch.chdir(other)
    for df in (load(), load(version="0.1.0"), load(version="0.1.0", source=root), load(version=development(root))):
        assert (df.attrs["version"], df.attrs["content_hash"]) == ("0.1.0", read_descriptor(root)["contentHash"])
    assert load(source=rebuilt).attrs["version"] == development(rebuilt)
    with pytest.raises(LoadError, match=r"isn't the release 0\.1\.0 that was published; its rows are others"):
        load(version="0.1.0", source=rebuilt)
    with pytest.raises(LoadError, match=r"isn't the release 0\.1\.0 that was published"):
        load(version="0.1.0", source=rebuilt, sha256=read_descriptor(rebuilt)["contentHash"])
    with pytest.raises(LoadError, match=r"is version 0\.1\.0\.dev0\+\w+ of other-conflict: ask for that"):
        load(version="0.1.0", source=".")


def test_a_release_that_is_not_shipped_never_answers_for_a_published_version(
    ships: Ships, root: Path, other: Path, rebuilt: Path
) -> None:
    for release in (rebuilt, other):
        ships(release, published_release=root)
        assert load().attrs["version"] == development(release)
        with pytest.raises(LoadError, match=r"the index of published releases has no address of version 0\.1\.0"):
            load(version="0.1.0")


def test_an_unknown_version_needs_its_hash(ships: Ships, root: Path, other: Path, tmp_path: Path) -> None:
    ships(root)
    with pytest.raises(
        LoadError, match=r"is version 0\.1\.0\.dev0\+\w+ of other-conflict: ask for that, or give the hash"
    ):
        load(version="0.1.0", source=other)
    content = read_descriptor(other)["contentHash"]
    for digest in (content, content.removeprefix("sha256:").upper(), sums(other)):
        assert load(version="0.1.0", source=other, sha256=digest).attrs["version"] == "0.1.0"
    file = tmp_path / "release.zip"
    file.write_bytes(zip_files(bytes_of(other / "release/current"), "other"))
    digest = sha256(file.read_bytes())
    assert load(version="0.1.0", source=file, sha256=digest).attrs["version"] == "0.1.0"
    assert load(version="0.1.0", sha256=read_descriptor(root)["contentHash"]).attrs["dataset"] == "conflict-incidents"
    with pytest.raises(LoadError, match="has another hash than `sha256` says; its content is sha256:"):
        load(version="0.1.0", sha256=content)
    with pytest.raises(LoadError, match="has another hash than `sha256` says"):
        load(source=root, sha256=content)
    with pytest.raises(LoadError, match=r"is version 0\.1\.0, not 9\.0\.0"):
        load(version="9.0.0", source=other, sha256=content)
    with pytest.raises(LoadError, match="`sha256` is 'abc', not a SHA-256: 64 hexadecimal digits"):
        load(source=root, sha256="abc")


def test_another_dataset_is_named_by_its_own_index(ships: Ships, root: Path, other: Path) -> None:
    ships(root, published_release=root)
    publish(other, other)
    try:
        assert load(version="0.1.0", source=other).attrs["version"] == "0.1.0"
        assert verify(other).version == citation(source=other).text.partition("version ")[2][:5] == "0.1.0"
    finally:
        (other / "releases.json").unlink()
    publish(other, root)  # an index of another dataset than the one it lies in
    try:
        assert load(source=other).attrs["version"] == development(other)
    finally:
        (other / "releases.json").unlink()


def test_a_zip_is_loaded_once_it_is_found_whole(root: Path, tmp_path: Path) -> None:
    folder = (root / "release/current").resolve()
    files = bytes_of(folder)
    file = tmp_path / "release.zip"
    file.write_bytes(zip_files(files, folder.name))
    pd.testing.assert_frame_equal(load(source=file), load(source=root))
    file.write_bytes(zip_files(files | {"claims.csv": b""}, folder.name))
    with pytest.raises(LoadError, match=r"claims\.csv isn't the file that was written"):
        load(source=file)


@pytest.mark.oldest
def test_groups_that_are_not_recorded_are_not_counted_whatever_the_types(root: Path, tmp_path: Path) -> None:
    frame = load(source=root, dtype_backend="pyarrow")
    killed = frame.groupby("kind")["killed_low"].sum()
    assert killed.to_dict() == {"shelling": 7}
    frame.to_parquet(tmp_path / "saved.parquet")
    reread = pd.read_parquet(tmp_path / "saved.parquet")
    assert reread["kind"].to_list() == frame["kind"].to_list()
    assert frame.convert_dtypes(dtype_backend="pyarrow")["kind"].to_list() == frame["kind"].to_list()
    validate(frame)


@pytest.mark.oldest
def test_a_frame_of_polars_is_validated(root: Path) -> None:
    polars = pytest.importorskip("polars")
    frame = load(source=root, as_polars=True)
    assert validate(frame) is frame
    with pytest.raises(TableError, match=r"killed_low \('-1'\) is less than 0"):
        validate(frame.with_columns(killed_low=polars.lit(-1)))
    with pytest.raises(TableError, match="the frame can't be read: a LazyFrame is no data frame of pandas or polars"):
        validate(frame.lazy())
