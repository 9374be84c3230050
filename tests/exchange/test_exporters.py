"""Exports in others' layouts: what is unknown stays empty, what came in goes out, nothing is claimed for them."""

import csv
import io
from importlib import import_module
from pathlib import Path

import pytest

from conflict_incidents.cli import main
from conflict_incidents.core.crosswalks import ACLED_EVENTS, UCDP_CLARITY, UCDP_DATE_PREC, UCDP_WHERE_PREC, words
from conflict_incidents.exchange.exporters import EXPORTERS, acled, hxl, ucdp
from conflict_incidents.exchange.exporters.sheet import Sheet, text
from conflict_incidents.exchange.importers.places import PRECISIONS
from conflict_incidents.exchange.importers.ucdp.rows import CLARITIES, DATE_PRECISIONS
from conflict_incidents.records.schema import document
from places_of_incidents import dataset_of, incidents_of, strike
from samples import Tree, actor, place, withdrawn

ONE, OTHER = "SYR-20220908-7q4m", "SYR-20220908-k2fd"
Row = dict[str, str]


def rows(tmp_path: Path, format: str, *trees: Tree, layout: str = "") -> list[Row]:
    dataset = dataset_of(tmp_path / "dataset", trees)
    exporter = import_module(f"conflict_incidents.exchange.exporters.{EXPORTERS[format]}")
    sheet: Sheet = exporter.export(incidents_of(dataset), dataset, layout or exporter.LAYOUTS[0])
    read = list(csv.DictReader(io.StringIO(sheet.csv(), newline="")))
    return read[len(sheet.header) - 1 :]


def row(tmp_path: Path, format: str, *trees: Tree, layout: str = "") -> Row:
    (only,) = rows(tmp_path, format, *trees, layout=layout)
    return only


def kinds(schema: str, *path: str) -> set[str]:
    node = document(schema)
    for key in path:
        node = node[key]
    return set(node["enum"])


def test_an_unknown_toll_is_empty_in_every_layout_and_a_claimed_zero_is_zero(tmp_path: Path) -> None:
    columns = {"ucdp-ged": ("low", "best", "high"), "acled": ("fatalities",), "hxl": ("killed_min", "killed_max")}
    for format, names in columns.items():
        unknown = row(tmp_path / f"{format}-unknown", format, strike(ONE))
        zero = row(tmp_path / f"{format}-zero", format, strike(ONE, killed=0))
        assert [unknown[name] for name in names] == [""] * len(names)
        assert [zero[name] for name in names] == ["0"] * len(names)


def test_at_least_has_no_highest_number(tmp_path: Path) -> None:
    open_end = strike(ONE, killed={"at_least": 7})
    given = row(tmp_path / "u", "ucdp-ged", open_end)
    assert (given["low"], given["best"], given["high"]) == ("7", "", "")
    given = row(tmp_path / "h", "hxl", open_end)
    assert (given["killed_min"], given["killed_best"], given["killed_max"]) == ("7", "", "")
    assert row(tmp_path / "a", "acled", open_end)["fatalities"] == ""


def test_what_was_never_in_ucdp_has_our_estimate_and_no_ucdp_ids(tmp_path: Path) -> None:
    killed = {"total": {"between": [5, 9]}, "civilians": 4}
    given = row(tmp_path, "ucdp-ged", strike(ONE, killed=killed))
    assert (given["low"], given["best"], given["high"], given["deaths_civilians"]) == ("5", "", "9", "4")
    unknown = (
        "id",
        "conflict_new_id",
        "dyad_new_id",
        "side_a_new_id",
        "type_of_violence",
        "deaths_a",
        "source_headline",
    )
    assert [given[name] for name in unknown] == [""] * len(unknown)
    assert given["source_office"] == "Daily Sabah"
    assert given["source_date"] == "2022-09-09"
    assert given["source_original"] == "SOHR"
    assert (given["date_start"], given["date_prec"], given["where_prec"]) == ("2022-09-08", "1", "1")
    assert given["geom_wkt"] == "POINT (36.5286 36.0186)"


GIVEN_BACK = (
    *("id", "year", "type_of_violence", "where_prec", "event_clarity", "date_prec", "date_start", "date_end"),
    *("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "low", "best", "high"),
    *("conflict_new_id", "dyad_new_id", "side_a_new_id", "side_b_new_id", "number_of_sources", "priogrid_gid"),
    *("country", "country_id"),
)


@pytest.mark.parametrize("layout", ["41", "49"])
def test_what_came_from_ucdp_is_given_back_count_by_count_and_day_by_day(tmp_path: Path, layout: str) -> None:
    source = Path(__file__).parents[1] / f"exports/ucdp_{layout}_rows.csv"
    before = list(csv.DictReader(io.StringIO(source.read_bytes().decode(), newline="")))
    dataset = dataset_of(tmp_path, [])
    assert main(["import", "ucdp-ged", str(source), "--root", str(tmp_path)]) == 0
    sheet = ucdp.export(incidents_of(dataset), dataset, layout)
    assert list(sheet.header[0]) == list(before[0])
    after = {row["id"]: row for row in csv.DictReader(io.StringIO(sheet.csv(), newline=""))}
    assert len(after) == len(before) > 25
    for row in before:
        given = after[row["id"]]
        assert {name: given[name] for name in GIVEN_BACK} == {name: row[name] for name in GIVEN_BACK}
        for name in ("latitude", "longitude"):
            assert float(given[name]) == pytest.approx(float(row[name]), abs=0.51e-4)
            assert len(given[name].partition(".")[2]) <= 4
        assert given["source_headline"] == given["source_article"] == given.get("where_description", "") == ""


def test_positions_have_four_decimals(tmp_path: Path) -> None:
    near = place("near", lat=36.018649, lon=36.528651, coordinates="published")
    given = row(tmp_path / "ours", "ucdp-ged", near, strike(ONE, at="near"))
    assert (given["latitude"], given["longitude"]) == ("36.0186", "36.5287")
    values = [{"name": "latitude", "value": "35.688342"}, {"name": "longitude", "value": "36.449962"}]
    external = [{"scheme": "ucdp-ged", "id": "1", "values": values}]
    given = row(tmp_path / "theirs", "ucdp-ged", strike(ONE, external=external))
    assert (given["latitude"], given["longitude"]) == ("35.6883", "36.45")
    assert given["geom_wkt"] == "POINT (36.45 35.6883)"


def test_a_count_that_was_corrected_since_the_import_is_given_as_corrected(tmp_path: Path) -> None:
    external = [{"scheme": "ucdp-ged", "id": "1"}]
    killed = {"total": {"between": [4, 9], "best": 6}, "civilians": {"at_least": 4}, "unknown_status": 2}
    claims = [{"by": "ucdp", "in": "sabah", "killed": killed}]
    given = row(tmp_path, "ucdp-ged", strike(ONE, type_of_violence="one_sided", claims=claims, external=external))
    numbers = ("low", "best", "high", "deaths_civilians", "deaths_unknown", "deaths_a", "deaths_b")
    assert [given[name] for name in numbers] == ["4", "6", "9", "4", "2", "", ""]
    assert (given["id"], given["side_b"]) == ("1", "Civilians")


def test_a_record_of_ucdp_without_any_count_has_none_to_give_back(tmp_path: Path) -> None:
    given = row(tmp_path, "ucdp-ged", strike(ONE, external=[{"scheme": "ucdp-ged", "id": "1"}]))
    assert [given[name] for name in ("id", "best", "deaths_a")] == ["1", "", ""]


def test_a_position_that_is_not_known_is_empty_and_so_is_its_precision(tmp_path: Path) -> None:
    given = row(tmp_path, "ucdp-ged", place("benin"), strike(ONE, at="benin"))
    names = ("latitude", "longitude", "geom_wkt", "priogrid_gid", "where_prec")
    assert [given[name] for name in names] == [""] * len(names)
    assert given["where_coordinates"] == "Benin"


@pytest.mark.parametrize(
    ("lat", "lon", "cell"),
    [(35.688342, 36.449962, 181153), (7.59094, 10.2133, 140781), (-90.0, -180.0, 1), (90.0, 180.0, 259200)],
)
def test_cells_of_prio_grid_are_those_that_ucdp_gives(lat: float, lon: float, cell: int) -> None:
    assert ucdp.priogrid(lat, lon) == cell


@pytest.mark.parametrize(
    ("span", "code"),
    [
        ({"from": "2022-09-08", "to": "2022-09-08"}, "1"),
        ({"from": "2022-09-08", "to": "2022-09-10"}, "2"),
        ({"from": "2022-09-08", "to": "2022-09-14"}, "3"),
        ({"from": "2022-09-01", "to": "2022-09-30"}, "4"),
        ({"from": "2022-01-01", "to": "2022-12-31"}, "5"),
        ({"from": "2022-09-08", "to": "2022-09-10", "precision": "month"}, "4"),
    ],
)
def test_a_date_has_the_precision_that_it_states_or_else_that_of_its_length(
    tmp_path: Path, span: Tree, code: str
) -> None:
    assert row(tmp_path, "ucdp-ged", strike(ONE, date=span))["date_prec"] == code


def test_the_layouts_have_the_columns_that_ucdp_and_acled_give_theirs() -> None:
    assert {layout: len(columns) for layout, columns in ucdp.COLUMNS.items()} == {"41": 41, "49": 49}
    assert {layout: len(columns) for layout, columns in acled.COLUMNS.items()} == {"31": 31}
    for columns in (*ucdp.COLUMNS.values(), *acled.COLUMNS.values()):
        assert len(set(columns)) == len(columns)


def test_every_word_of_ours_has_its_code_or_is_left_out_on_purpose() -> None:
    incident = ("properties", "sites", "items", "properties", "precision")
    assert kinds("incident/1", *incident) == set(UCDP_WHERE_PREC)
    assert kinds("incident/1", "properties", "date", "properties", "precision") == set(UCDP_DATE_PREC)
    left_out = {"shooting", "sniper_fire", "attack_on_infrastructure", "other", "unspecified"}
    assert kinds("incident/1", "properties", "kind") == set(ACLED_EVENTS) | left_out


def test_importers_and_exporters_use_the_same_codes() -> None:
    assert words(UCDP_WHERE_PREC) == PRECISIONS
    assert words(UCDP_DATE_PREC) == DATE_PRECISIONS
    assert words(UCDP_CLARITY) == CLARITIES


def test_the_way_back_from_a_code_is_one_word() -> None:
    assert words(UCDP_WHERE_PREC) == {
        **{"1": "exact", "2": "near", "3": "adm2", "4": "adm1"},
        **{"5": "area", "6": "country", "7": "airspace"},
    }


def test_acled_gets_its_words_for_our_kind_and_none_where_ours_says_less(tmp_path: Path) -> None:
    given = row(tmp_path / "a", "acled", strike(ONE))
    assert (given["event_type"], given["sub_event_type"]) == ("Explosions/Remote violence", "Air/drone strike")
    assert given["event_id_cnty"] == ""
    given = row(tmp_path / "s", "acled", strike(ONE, kind="shooting"))
    assert (given["disorder_type"], given["event_type"], given["sub_event_type"]) == ("", "", "")


def test_what_came_from_acled_is_given_back_but_never_its_zero_for_an_unknown_toll(tmp_path: Path) -> None:
    values = [{"name": "fatalities", "value": "0"}, {"name": "sub_event_type", "value": "Grenade"}]
    external = [{"scheme": "acled", "id": "SYR123", "values": values}]
    given = row(tmp_path, "acled", strike(ONE, external=external))
    assert (given["event_id_cnty"], given["sub_event_type"], given["fatalities"]) == ("SYR123", "Grenade", "")


def test_acled_gets_an_actor_only_where_all_accounts_name_the_same(tmp_path: Path) -> None:
    def by(*actors: str) -> Tree:
        said = [{"by": "sohr", "in": "sabah", "actor": one, "stance": "alleged"} for one in actors]
        return strike(ONE, attributions=said)

    known = [actor("army"), actor("air-force")]
    assert row(tmp_path / "one", "acled", *known, by("air-force", "air-force"))["actor1"] == "Air-Force"
    assert row(tmp_path / "two", "acled", *known, by("air-force", "army"))["actor1"] == ""


def test_an_hxl_sheet_has_a_tag_for_every_column_under_the_header(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, [strike(ONE, killed=7)])
    header, tags, first = csv.reader(io.StringIO(hxl.export(incidents_of(dataset), dataset, "1.1").csv()))
    assert len(header) == len(tags) == len(first)
    assert all(tag.startswith("#") for tag in tags)
    assert len(set(tags)) == len(tags)
    tagged = dict(zip(tags, first, strict=True))
    assert tagged["#event+code"] == ONE
    assert tagged["#adm1+code"] == "SY07"
    assert tagged["#country+name"] == "Syria"
    assert (tagged["#affected+killed+min"], tagged["#affected+killed+max"]) == ("7", "7")


def test_only_text_is_kept_from_running_in_a_spreadsheet_and_only_in_hxl(tmp_path: Path) -> None:
    south = place("south", name="=South", lat=-36.0186, lon=-36.5286, coordinates="published")
    given = row(tmp_path / "h", "hxl", south, strike(ONE, at="south"))
    assert (given["place"], given["latitude"], given["longitude"]) == ("'=South", "-36.0186", "-36.5286")
    assert row(tmp_path / "u", "ucdp-ged", south, strike(ONE, at="south"))["where_coordinates"] == "=South"


@pytest.mark.parametrize(
    ("cell", "written"),
    [(None, ""), (0, "0"), (0.0, "0"), (-0.0, "0"), (36.0, "36"), (0.0001, "0.0001"), (-36.5286, "-36.5286")],
)
def test_a_number_is_written_in_one_way(cell: float | None, written: str) -> None:
    assert text(cell) == written


def test_text_with_breaks_and_quotes_survives(tmp_path: Path) -> None:
    title = 'A "quoted", split title'
    assert row(tmp_path, "hxl", strike(ONE, title=title))["title"] == title
    assert Sheet((("a",),), (("x", ("one\rtwo",)),)).csv() == 'a\n"one\rtwo"\n'


@pytest.mark.parametrize("format", sorted(EXPORTERS))
def test_an_export_is_the_same_every_time_and_leaves_out_what_is_not_published(
    tmp_path: Path, format: str, capfd: pytest.CaptureFixture[str]
) -> None:
    draft = strike("SYR-20220907-bbbb", status="draft")
    dataset_of(tmp_path / "dataset", [strike(OTHER), strike(ONE, killed=7), draft, withdrawn()])
    command = ["export", format, "--root", str(tmp_path / "dataset"), "--with-ids"]
    assert main([*command, "--out", str(tmp_path / "out.csv")]) == 0
    assert "2 incidents exported; 2 drafts and withdrawn records left out" in capfd.readouterr().err
    assert main(command) == 0
    printed = capfd.readouterr().out
    written = (tmp_path / "out.csv").read_bytes()
    assert written == printed.encode()
    assert b"\r" not in written
    ids = [one["incident_id"] for one in csv.DictReader(io.StringIO(printed))]
    assert [id for id in ids if not id.startswith("#")] == [ONE, OTHER]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["dataset", "out.csv"]


def test_records_with_errors_are_not_exported_and_the_file_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset_of(tmp_path / "dataset", [strike(ONE, at="nowhere")])
    out = tmp_path / "out.csv"
    out.write_text("before", "utf-8")
    assert main(["export", "hxl", "--root", str(tmp_path / "dataset"), "--out", str(out)]) == 1
    assert "nowhere" in capsys.readouterr().err
    assert out.read_text("utf-8") == "before"


def test_a_layout_that_there_is_not_is_refused_with_those_that_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset_of(tmp_path, [])
    assert main(["export", "ucdp-ged", "--layout", "40", "--root", str(tmp_path)]) == 2
    assert "there are 41, 49" in capsys.readouterr().err


def test_a_target_that_cannot_be_a_file_is_refused_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset_of(tmp_path / "dataset", [])
    command = ["export", "hxl", "--root", str(tmp_path / "dataset"), "--out"]
    assert main([*command, str(tmp_path)]) == 2
    assert "is not a regular file" in capsys.readouterr().err
    assert main([*command, str(tmp_path / "missing/out.csv")]) == 2
    assert "make it first" in capsys.readouterr().err


def test_a_link_stays_a_link_to_what_is_written(tmp_path: Path) -> None:
    dataset_of(tmp_path / "dataset", [strike(ONE)])
    (tmp_path / "out.csv").symlink_to("real.csv")
    assert main(["export", "hxl", "--root", str(tmp_path / "dataset"), "--out", str(tmp_path / "out.csv")]) == 0
    assert (tmp_path / "out.csv").is_symlink()
    assert ONE in (tmp_path / "real.csv").read_text("utf-8")
