"""What every importer promises, on files with odd values: what it writes is valid, again it changes no byte, the order
of rows changes nothing, and a row that is new leaves the others alone.
"""

import csv
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from conflict_incidents.authoring.scaffold import create_dataset
from conflict_incidents.cli import main
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import validate_dataset
from examples import EXAMPLES
from test_importer_acled import EARLIER
from test_importer_acled import ROW as ACLED_ROW
from whole_tables import frames

Row = dict[str, str]
TOP = Path(__file__).parents[2]
ODD = ("", "NA", "-", "None", "1.0", "0", "99", "Ω", "=1+1", "a\u202eb", "x" * 250, "Reuters", "Ahmad Example, 9,")
MAPPING = """schema: mapping/1
scheme: made-up
status: published
organisations: [{id: us, name: Us (made up), kind: ngo}]
new: {organisations: create, actors: create}
id: "{id}"
country: {column: country}
title: "Incident at {place}"
date: {column: date}
kind: {column: kind, otherwise: unspecified}
sites: [{name: {column: place}, lat: lat, lon: lon, kind: {column: site, otherwise: unspecified}}]
reports: [{id: r, publisher: {column: src, otherwise: us}, published: {column: published}, language: en}]
claims: [{by: {column: src, otherwise: us}, in: r, killed: {total: {column: dead}, civilians: {column: civilians}}}]
attributions: [{by: us, in: r, actor: {column: actor}, stance: alleged}]
keep: [note]
"""
PLACES = ("Exampleton", "exampleton", "Exampleton town", "Éxampleton", "Sampleby", "House of Jane Doe", "مثال", "-")
LAT, LON = ("10.0", "10.05", "10.12", "10.2", "10.40001", "", "10", "91", "0"), ("20.0", "20.1", "20.2", "")


def ucdp_rows() -> st.SearchStrategy[Row]:
    with (TOP / "tests/fixtures/ucdp/idlib_ged191.csv").open(encoding="utf-8", newline="") as stream:
        first = next(csv.DictReader(stream))
    counts = ("0", "1", "3", "5", "NA", "", "99", "7.0")
    likely: dict[str, Any] = {
        **dict.fromkeys(("low", "best", "high"), counts),
        **dict.fromkeys(("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown"), counts),
        "where_coordinates": (*PLACES, "Exampleton village", "A/B (C)", "Exampleton district"),
        "where_prec": ("1", "2", "3", "4", "5", "6", "7", "8"),
        "latitude": ("35.93", "35.97", "36.1", "", "50"),
        "longitude": ("36.63", "36.7", "36.6333333", ""),
        "adm_1": (first["adm_1"], "", "NA", "Elsewhere"),
        "adm_2": (first["adm_2"], "", "Elsewhere"),
        "source_original": ("Reuters", "Turkish army", "turkish-armed-forces", "police", "NA", "Jane Doe", "A; B"),
        "source_office": ("Reuters", "Reuters;AFP", "ucdp", "NA", "Made up"),
        "source_date": ("2016-01-01", "2016-01-01;NA", "1753-01-01", "x"),
        "side_a": ("Government of Syria", "IS", "A, B", "NA", "Ω"),
        "side_b": ("Civilians", "IS", "Group"),
        "date_prec": ("1", "2", "5"),
        "date_start": (first["date_start"], f"{first['year']}-01-01", "0016-01-01"),
        "date_end": (first["date_end"], f"{first['year']}-12-31"),
        "type_of_violence": ("1", "2", "3"),
    }
    return _vary_rows(first, likely)


def acled_rows() -> st.SearchStrategy[Row]:
    likely: dict[str, Any] = {
        "fatalities": ("0", "1", "3", "10", "99", "7.0", "NA", ""),
        "location": (*PLACES, "Exampleton - East"),
        "latitude": ("35.93", "35.97", "36.1", "", "50"),
        "longitude": ("36.63", "36.7", "36.6333333", ""),
        "geo_precision": ("1", "2", "3", "4"),
        "admin1": ("Idleb", "Madeup Region", "", "NA"),
        "admin2": ("Ariha", "Madeup District", ""),
        "event_date": ("2022-09-08", "8-Sep-22", "08/09/2022", "2021-01-01", "0022-09-08"),
        "time_precision": ("1", "2", "3"),
        "actor1": ("Military Forces of Syria (2000-)", "Civilians (Syria)", "HTS: Hayat", "Reuters", "NA", "Ω"),
        "actor2": ("Madeup Front", "madeup front", "", "Civilians (Syria)"),
        "inter1": ("1", "2", "State forces", "7", ""),
        "inter2": ("2", "Rebel group", "", "8"),
        "event_type": ("Battles", "Violence against civilians", "Protests"),
        "sub_event_type": ("Armed clash", "Attack", "Made up", ""),
        "source": ("Reuters", "Reuters; AFP; Jane Doe", "ACLED", ""),
    }
    return _vary_rows(ACLED_ROW, likely)


def earlier_acled_rows() -> st.SearchStrategy[Row]:
    return _vary_rows(EARLIER, {"FATALITIES": ("0", "3", "NA"), "LOCATION": PLACES, "GEO_PRECISION": ("1", "3")})


def table_rows() -> st.SearchStrategy[Row]:
    first = {
        "country": "XXA", "date": "2021-01-01", "kind": "clash", "place": "Exampleton", "lat": "10.0", "lon": "20.0",
        "site": "", "src": "", "published": "", "dead": "1", "civilians": "", "actor": "", "note": "",
    }  # fmt: skip
    likely: dict[str, Any] = {
        "place": PLACES,
        "lat": LAT,
        "lon": LON,
        "site": ("dwelling", "market", "", "nothing"),
        "src": ("Reuters", "AFP", "reuters", "Made Up News", "NA"),
        "published": ("2021-01-02", "2020-01-01", "NA", "2021"),
        "dead": ("1", "5+", "~20", "several", "NA", "99", "0"),
        "civilians": ("1", "9", "NA", "0"),
        "actor": ("SDF", "sdf", "Red Army", "NA"),
        "date": ("2021-01-01", "2021-01", "2021", "01/02/2021", "1021-01-01"),
        "country": ("XXA", "Syria", "NA", "Atlantis"),
    }
    return _vary_rows(first, likely)


def _vary_rows(first: Row, likely: dict[str, Any]) -> st.SearchStrategy[Row]:
    """A row as usual, with values of some of its columns that such files have, and one that they don't."""
    usual = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in likely.items()})
    odd = st.dictionaries(st.sampled_from(list(first)), st.sampled_from(ODD), max_size=1)
    return st.builds(lambda one, other: {**first, **one, **other}, usual, odd)


IMPORTERS = {
    "ucdp-ged": ("id", ucdp_rows()),
    "acled": ("event_id_cnty", acled_rows()),
    "acled of before 2018": ("EVENT_ID_CNTY", earlier_acled_rows()),
    "table": ("id", table_rows()),
}


class Scratch:
    """A new dataset, into which rows are imported."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.root = folder / "set"
        create_dataset(self.root)

    def take(self, rows: list[Row]) -> dict[str, bytes]:
        """Import rows; the files of the dataset after that."""
        file, mapping = self.folder / "events.csv", self.folder / "mapping.yaml"
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        mapping.write_text(MAPPING, "utf-8")
        more = ["--mapping", str(mapping)] if self.name == "table" else ["--delimiter", ","]
        more += ["--status", "published"] if "acled" in self.name else []
        main(["import", self.name.split()[0], str(file), "--root", str(self.root), *more])
        data = self.root / "data"
        return {str(one.relative_to(data)): one.read_bytes() for one in sorted(data.rglob("*")) if one.is_file()}


@contextmanager
def scratch(name: str) -> Iterator[Scratch]:
    folder = Path(tempfile.mkdtemp())
    try:
        yield Scratch(folder, name)
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", IMPORTERS)
@given(data=st.data())
@settings(max_examples=max(3, EXAMPLES // 10), phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_what_an_import_writes_is_valid_and_the_same_again_in_any_order(name: str, data: st.DataObject) -> None:
    id_column, rows_of = IMPORTERS[name]
    rows = data.draw(st.lists(rows_of, min_size=2, max_size=8))
    rows = [{**row, id_column: f"SYR{number}" if id_column != "id" else str(number)} for number, row in enumerate(rows)]
    with scratch(name) as one, scratch(name) as other:
        some = one.take(rows[:-1])
        whole = one.take(rows)
        outcome = validate_dataset(Dataset(one.root), jobs=1)
        assert outcome.is_valid, [finding for finding in outcome.findings if finding.severity == "error"]
        frames(outcome.records)
        assert {file: whole[file] for file in some if not file.startswith("imports/")} == {
            file: data for file, data in some.items() if not file.startswith("imports/")
        }, "a new row changes nothing else"
        assert one.take(rows) == whole, "the same file again changes no byte"
        shuffled_rows = random.Random(7).sample(rows, len(rows))
        assert one.take(shuffled_rows) == whole, "the order of rows changes nothing"
        assert other.take(shuffled_rows) == other.take(rows)
        with scratch(name) as third:
            assert third.take(rows) == other.take(rows), "nor does it in a new dataset"


@given(data=st.data())
@settings(max_examples=max(1, EXAMPLES // 10), phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_what_all_importers_write_into_one_dataset_builds(data: st.DataObject) -> None:
    with scratch("table") as one:
        for importer, (one.name, (id_column, rows_of)) in enumerate(IMPORTERS.items()):
            rows = data.draw(st.lists(rows_of, min_size=5, max_size=8, unique_by=lambda row: (*row.values(),)))
            one.take([{**row, id_column: f"{importer}{number}"} for number, row in enumerate(rows)])
        assert main(["build", "--root", str(one.root), "--formats", "csv", "--jobs", "1"]) == 0
