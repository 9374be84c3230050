"""Records and datasets for the tests of tables, releases and loading; small, except for the one with every property."""

import io
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

import whole_tables
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.counts import MEASURES, PEOPLE, THINGS, groups_of
from conflict_incidents.records.model import ASSERTIONS, FOLDERS, NOTES, WAIVERS, Record
from conflict_incidents.records.parsing import parse
from conflict_incidents.release.archive import write_zip
from conflict_incidents.release.build import Options, Release, build, complete, write
from conflict_incidents.release.checksums import release_name, sha256
from conflict_incidents.release.contents import LICENCE, write_descriptor
from conflict_incidents.release.writer import ReleaseWriter, write_table
from conflict_incidents.tables import contract
from conflict_incidents.tables.files import arrow_table
from conflict_incidents.tables.filling import RowSource

TOP = Path(__file__).parents[2]
Tree = dict[str, Any]


def record(tree: Tree | str) -> Record:
    """Return the typed record of YAML text or of a tree; JSON is YAML."""
    text = tree if isinstance(tree, str) else json.dumps(tree, ensure_ascii=False)
    parsed_record = parse(text.encode(), "sample")
    assert parsed_record.record is not None
    assert parsed_record.sound, (parsed_record.findings, parsed_record.violations)
    return parsed_record.record


def invalid_record(tree: Tree | str) -> Record:
    """Return the typed record of YAML text or of a tree that violates the schema."""
    parsed_record = parse((tree if isinstance(tree, str) else json.dumps(tree, ensure_ascii=False)).encode(), "sample")
    assert parsed_record.record is not None
    assert not parsed_record.sound
    return parsed_record.record


def organisation(id: str, **more: Any) -> Tree:
    return {"schema": "organisation/1", "id": id, "name": id.upper(), "kind": "monitor", **more}


def actor(id: str, **more: Any) -> Tree:
    return {"schema": "actor/1", "id": id, "name": id.title(), "kind": "state_forces", **more}


def place(id: str, **more: Any) -> Tree:
    return {"schema": "place/1", "id": id, "name": id.title(), "level": "settlement", "country": "SYR", **more}


def source(id: str = "another", **more: Any) -> Tree:
    """Another dataset."""
    return {"schema": "dataset/1", "id": id, "name": id.title(), **more}


def incident(id: str = "SYR-20220908-7q4m", **more: Any) -> Tree:
    """Return an incident with one site and one report, and an unknown toll."""
    return {
        "schema": "incident/1",
        "id": id,
        "title": "Shelling",
        "status": "published",
        "date": "2022-09-08",
        "kind": "shelling",
        "sites": [{"id": "village", "place": "hafsarjah", "kind": "settlement"}],
        "reports": [{"id": "sabah", "publisher": "daily-sabah", "published": "2022-09-08"}],
        **more,
    }


def aggregate(id: str = "war", **more: Any) -> Tree:
    """Return the toll of a whole war by one report."""
    return {
        "schema": "aggregate/1",
        "id": id,
        "title": "Killed in the war",
        "status": "published",
        "area": "hafsarjah",
        "period": {"from": "2011"},
        "reports": [{"id": "sabah", "publisher": "daily-sabah"}],
        "claims": [{"by": "daily-sabah", "in": "sabah", "killed": {"about": 500000}}],
        **more,
    }


def withdrawn(id: str = "SYR-20220910-w1th", **more: Any) -> Tree:
    taken_back = {"date": "2022-10-01", "reason": "the same as another"}
    return incident(id, **{"status": "withdrawn", "withdrawn": taken_back, "claims": [claim_of()], **more})


def claim_of(by: str = "sohr", **more: Any) -> Tree:
    """Return a claim: seven killed, at least four of them civilians."""
    return {"by": by, "in": "sabah", "killed": {"total": 7, "civilians": {"at_least": 4}}, **more}


def note(kind: str, text: str, *records: str, **more: Any) -> Tree:
    """Return a change note on some records, or on none."""
    optional = {"records": list(records)} if records else {}
    return {"schema": "change/1", "kind": kind, "date": "2023-01-01", "text": text, **optional, **more}


REGISTRIES = [
    organisation("daily-sabah", kind="newspaper"),
    organisation("sohr"),
    organisation("civil-defence", kind="civil_defence"),
    actor("air-force"),
    place("hafsarjah", lat=35.94, lon=36.47, coordinates="published", admin={"adm1": "SY07"}),
    source(),
]
"""The records that the small incidents refer to."""
STORY = [*REGISTRIES, incident(claims=[claim_of(), claim_of("civil-defence", killed={"civilians": {"at_least": 7}})])]
"""A dataset of one incident."""


def dataset(root: Path, trees: Iterable[Tree]) -> Dataset:
    """Write a dataset with these records, with the package's contract."""
    root.mkdir(exist_ok=True)
    shutil.copy(TOP / "datapackage.json", root)
    shutil.copytree(TOP / "data/codelists", root / "data/codelists", dirs_exist_ok=True)
    for number, tree in enumerate(trees):
        file = root / "data" / home_of(tree, number)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(tree, ensure_ascii=False), "utf-8")
    return Dataset(root)


def home_of(tree: Tree, number: int) -> str:
    """Return the path of a record below `data/`; a note, which has no id, is named after its number."""
    kind = tree["schema"].partition("/")[0]
    aside = {"waivers": WAIVERS, "assertions": ASSERTIONS, "change": f"{NOTES}/{number:02}.yaml"}
    return aside[kind] if kind in aside else home(kind, tree["id"])


def home(kind: str, id: str) -> str:
    """Return the path of the record with an id below `data/`."""
    return f"{FOLDERS[kind]}/{f'{id[:3]}/{id[4:8]}/' if kind == 'incident' else ''}{id}.yaml"


def records(of: Dataset) -> list[Record]:
    """Return the typed records of a dataset."""
    parsed_records = [of.index.parse_file(file) for file in of.index.files()]
    return [one.record for one in parsed_records if one.record is not None]


def rows(of: Dataset) -> RowSource:
    """Return the rows of a dataset in the tables of a release."""
    return whole_tables.source(records(of), of.registry.admin_units)


def build_release(root: Path, trees: Iterable[Tree] = STORY, options: Options | None = None) -> Release:
    """Build a release of these records in a dataset at `root`."""
    sample = dataset(root, trees)
    return build(sample, rows(sample), options=options or Options())


def write_unchecked(sample: Dataset) -> Path:
    """Write the current release of a dataset, without checks and other formats, which take most of the time."""
    folder, _ = write_release(sample, sample.root / "release")
    current = folder.with_name("current")
    current.unlink(missing_ok=True)
    current.symlink_to(folder.name)
    return folder


ACLED_ROW = {
    "event_id_cnty": "SYR900001",
    "event_date": "2022-09-08",
    "year": "2022",
    "time_precision": "1",
    "event_type": "Explosions/Remote violence",
    "sub_event_type": "Air/drone strike",
    "actor1": "Military Forces of Madeupland (2000-2024)",
    "inter1": "State forces",
    "interaction": "State forces-Civilians",
    "iso": "760",
    "country": "Syria",
    "admin1": "Madeup Region",
    "location": "Exampleton",
    "latitude": "35.9306",
    "longitude": "36.6339",
    "geo_precision": "1",
    "source": "Made Up News",
    "source_scale": "National",
    "notes": "A made-up sentence.",
    "fatalities": "7",
    "timestamp": "1663000000",
}
"""A made-up row of an ACLED export."""


def write_release(
    sample: Dataset, out: Path, previous: str | None = None, formats: tuple[str, ...] = ()
) -> tuple[Path, str]:
    """Write an unchecked release in some formats beside the tables; return its folder, and the summary of changes."""
    writer = ReleaseWriter(out / "making")
    shutil.rmtree(writer.folder, ignore_errors=True)
    writer.folder.mkdir(parents=True)
    previous_release = write(sample, rows(sample), writer, previous=previous)
    _, more = complete(writer, Options(formats), partial(counts, writer.folder))
    folder = out / release_name(sample.descriptor["version"], sha256(writer.sums()))
    shutil.rmtree(folder, ignore_errors=True)
    return writer.folder.rename(folder), "\n".join(filter(None, [previous_release, *more]))


def skip_check(*_: object) -> None:
    """Replaces `check_frictionless`, half of the time of a small build, in tests of something else."""


def counts(folder: Path) -> dict[str, int]:
    """Count the rows of each table in a folder."""
    return {name: pq.read_metadata(folder / f"{name}.parquet").num_rows for name in contract.tables()}


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a release."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def zip_files(files: Mapping[str, bytes], folder: str) -> bytes:
    """Return a zip of a release with these files."""
    stream = io.BytesIO()
    with tempfile.TemporaryDirectory() as temporary:
        write_files(Path(temporary), files)
        write_zip(stream, {name: Path(temporary, name) for name in files}, folder)
    return stream.getvalue()


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Return the bytes of the files of a release by name."""
    return {name: file.read_bytes() for name, file in paths_of(folder).items()}


def paths_of(folder: Path) -> dict[str, Path]:
    """Return the files of a release by name, those in its folders as `folder/name`."""
    return {file.relative_to(folder).as_posix(): file for file in sorted(folder.rglob("*")) if file.is_file()}


def files_of(
    descriptor: Mapping[str, Any],
    frames_by_name: Mapping[str, pd.DataFrame],
    licence: bytes | None = None,
    formats: Iterable[str] = (),
) -> dict[str, bytes]:
    """Return every file of a release without a previous one."""
    with tempfile.TemporaryDirectory() as folder:
        writer = plain(Path(folder), descriptor, frames_by_name)
        if licence:
            writer.put(LICENCE, [licence])
        complete(writer, Options(tuple(formats)), partial(counts, writer.folder))
        return bytes_of(writer.folder)


def make_descriptor(descriptor: Mapping[str, Any], frames_by_name: Mapping[str, pd.DataFrame]) -> Any:
    """Return the descriptor of a release of these tables."""
    with tempfile.TemporaryDirectory() as folder:
        plain(Path(folder), descriptor, frames_by_name)
        return json.loads(Path(folder, "datapackage.json").read_bytes())


def plain(folder: Path, descriptor: Mapping[str, Any], frames_by_name: Mapping[str, pd.DataFrame]) -> ReleaseWriter:
    """Write the required files of a release into a folder."""
    writer = ReleaseWriter(folder)
    for name, table in contract.tables().items():
        write_table(writer, table, [arrow_table(frames_by_name[name], table)])
    write_descriptor(writer, descriptor)
    return writer


COUNTS: list[int | Tree] = [
    7,
    {"at_least": 7},
    {"at_most": 7},
    {"between": [4, 6]},
    {"between": [4, 6], "best": 5},
    {"about": 11},
    {"word": "dozens"},
    0,
]
"""Every form that a count can have."""
STATEMENT = {"by": "sohr", "in": "sabah", "locator": "paragraph 3"}
NOTE = 'A note, with "quotes", a comma;\nand a second line: حفسرجة.'


REPORTS = [
    {
        "id": "sabah",
        "publisher": "daily-sabah",
        "url": "https://dailysabah.com/a,b",
        "published": "2022-09-08T21:10:00+03:00",
        "accessed": "2022-09-09",
        "archived": "2022-09-10",
        "archive_url": "https://example.org/a",
        "sha256": "0" * 64,
        "language": "en",
        "note": NOTE,
    },
    {"id": "undated", "publisher": "sohr"},
]


def _claims(with_scope: bool) -> list[Tree]:
    """Return claims in which every measure has every group and every form of a count."""
    claims: list[Tree] = []
    for count in COUNTS:
        claims.append({**STATEMENT, **{measure: _by_group(measure, count) for measure in MEASURES}})
        claims.append({**STATEMENT, **dict.fromkeys(PEOPLE, count)})
    first: Tree = {
        "id": "first",
        "via": ["civil-defence", "daily-sabah"],
        "jointly_with": ["civil-defence"],
        "based_on": ["daily-sabah"],
        "sourcing": "unstated",
        "as_of": "2022-09-08T21:10:00+03:00",
        "provisional": True,
        "withdrawn": {"date": "2022-09-09", "reason": NOTE},
        "excerpt": '"seven killed", it said',
        "excerpt_original": "قال إن سبعة قتلوا",
        "note": NOTE,
    }
    claims[0] |= first
    claims[1] |= {"supersedes": ["first"], "revision": "identified", "provisional": False, "as_of": "2022-09-09"}
    if with_scope:
        claims[0]["scope"] = {"area": "hafsarjah", "from": "2022-09-07", "to": "2022-09-08"}
        claims[1]["scope"] = "quarry"
        claims[2]["scope"] = ["quarry", "house"]
    claims.append({**STATEMENT, "no_information": [*PEOPLE, *THINGS]})
    return claims


def _by_group(measure: str, count: int | Tree) -> int | Tree:
    complete = {"statuses_complete": True, "sexes_complete": True, "complete": ["civilians", "children"]}
    return count if measure in THINGS else dict.fromkeys(groups_of(measure), count) | complete


EVERYTHING: list[Tree] = [
    organisation(
        "daily-sabah",
        kind="newspaper",
        names=[{"text": "دیلی صباح", "language": "fa", "script": "Arab"}],
        country="TUR",
        url="https://dailysabah.com/",
        actor="state",
        note=NOTE,
    ),
    organisation("sohr"),
    organisation("civil-defence", withdrawn={"date": "2022-10-01", "reason": NOTE}),
    source(
        organisation="sohr",
        version="24.1",
        licence="CC-BY-4.0",
        attribution="Another dataset",
        url="https://example.org/",
        references=[
            {
                "authors": ["Somebody", "A body"],
                "year": 2013,
                "title": "Introducing, at last, another",
                "journal": "A journal",
                "volume": "50",
                "issue": "4",
                "publisher": "A publisher",
                "url": "https://example.org/paper",
                "version": "24.1",
            },
            {"authors": ["Somebody"], "year": 2014, "title": "Another"},
        ],
        note=NOTE,
    ),
    source("gone", withdrawn={"date": "2022-10-01", "reason": NOTE}),
    actor("air-force", parent="state", **{"from": "2015-09-30", "to": "2024-12-08"}, note=NOTE),
    actor(
        "state",
        kind="state",
        country="NAM",
        allies=["air-force"],
        names=[{"text": "NA", "language": "en", "script": "Latn"}],
    ),
    actor("gone", withdrawn={"date": "2022-10-01", "reason": NOTE}),
    place(
        "hafsarjah",
        names=[{"text": "حفسرجة", "language": "ar", "script": "Arab"}, {"text": "Khafsarja"}],
        admin={"adm1": "SY07", "adm2": "SY0700", "adm3": "SY070000"},
        lat=35.94,
        lon=36.0,
        coordinates="centroid",
        coordinates_from="a list of places",
        timezone="Asia/Damascus",
        context=[
            {
                "kind": "covered_by",
                "actor": "state",
                "agreement": "de-escalation",
                "parties": ["state", "air-force"],
                "extent": "most",
                "from": "2018-09",
                "as_of": "2022-09-08",
                "publisher": "daily-sabah",
                "published": "2022-09-08",
                "note": NOTE,
            }
        ],
        note=NOTE,
    ),
    place("elsewhere", withdrawn={"date": "2022-10-01", "reason": NOTE}),
    incident("SYR-20220908-aaaa", date={"from": "2022-09-07", "to": "2022-09-08"}),
    withdrawn("SYR-20220908-bbbb", links=[{"kind": "duplicate_of", "incident": "SYR-20220908-7q4m"}]),
    incident(
        title='Strikes, "several"',
        date={"from": "2022-09-01", "to": "2022-09-30", "precision": "month"},
        time="13:40+03:00",
        timezone="Asia/Damascus",
        weekday="thursday",
        year_inferred=True,
        type_of_violence="one_sided",
        clarity="summary",
        verification="contested",
        sites=[
            {
                "id": "house",
                "place": "hafsarjah",
                "kind": "dwelling",
                "precision": "near",
                "units": {"adm1": "A province", "adm2": "A district", "adm3": "A subdistrict"},
                "damage": {"level": "destroyed", **STATEMENT},
                "reported": [STATEMENT, {**STATEMENT, "by": "daily-sabah"}],
                "note": NOTE,
            },
            {
                "id": "quarry",
                "place": "hafsarjah",
                "kind": "quarry",
                "primary": True,
                "precision": "exact",
                "lat": 35.9,
                "lon": 36,
                "damage": "damaged",
            },
        ],
        reports=REPORTS,
        claims=_claims(with_scope=True),
        parties=[{**STATEMENT, "actor": "state", "side": "a", "note": NOTE}],
        weapons=[{**STATEMENT, "kind": "rocket", "note": NOTE}],
        attributions=[{**STATEMENT, "actor": "air-force", "stance": "alleged", "origin": "hafsarjah", "note": NOTE}],
        conditions=[{**STATEMENT, "kind": "access_denied", "note": NOTE}],
        caveats=[{**STATEMENT, "kind": "not_independently_verified", "about": "toll", "note": NOTE}],
        overrides=[
            {
                "measure": "killed",
                "group": "civilians",
                "best": 6,
                "reason": NOTE,
                "editor": "an editor",
                "date": "2022-11-01",
            }
        ],
        links=[{"kind": "same_target", "incident": "SYR-20220908-aaaa", "note": NOTE}],
        external=[
            {
                "scheme": "another",
                "id": "NA",
                "url": "https://example.org/1",
                "conflict": {"id": "299", "name": "A country: Government"},
                "dyad": {"id": "11973", "name": "Government of A country - Insurgents"},
                "sides": {"a": "118", "b": "4456"},
                "values": [{"name": "where_prec", "value": "1"}, {"name": "where_prec", "value": "2"}],
            }
        ],
        note=NOTE,
        collection="all",
    ),
    {
        "schema": "collection/1",
        "id": "all",
        "name": "All of it",
        "complete": {"dataset": "another", "area": "hafsarjah", "from": "2022-01-01", "to": "2022-12-31"},
        "note": NOTE,
    },
    {
        "schema": "collection/1",
        "id": "chosen",
        "name": "Some of it",
        "withdrawn": {"date": "2022-10-01", "reason": NOTE},
    },
    aggregate(
        period={"from": "2011", "to": "2022-09"},
        reports=REPORTS,
        claims=[
            *_claims(with_scope=False),
            {
                **STATEMENT,
                "shares": [
                    {"measure": "displaced", "group": "children", "percent": count, "of": "those before the war"}
                    for count in COUNTS
                    if not isinstance(count, dict) or "word" not in count
                ],
            },
        ],
        note=NOTE,
    ),
    aggregate("gone", status="withdrawn", withdrawn={"date": "2022-10-01", "reason": NOTE}),
    {
        "schema": "waivers/1",
        "waivers": [
            {"rule": "CNT015", "record": "war", "reason": NOTE, "date": "2022-10-01", "by": "an editor"},
        ],
        "privacy": [
            {
                **{"rule": "PRV006", "record": "war", "reason": NOTE, "date": "2022-10-02", "by": "an editor"},
                "reviewer": "another editor",
            },
        ],
    },
]
"""Records in which every property of every schema is filled; a test checks that against the schemas."""
