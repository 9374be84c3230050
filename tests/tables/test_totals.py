"""Totals and groups: the unknown stays unknown, an open end stays open, and nothing is divided."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from conflict_incidents import by, explode, load, share, total
from conflict_incidents.tables.frame_columns import AnalysisError
from conflict_incidents.tables.totals import Total
from samples import REGISTRIES, claim_of, dataset, incident, place, record, withdrawn, write_unchecked
from whole_tables import frames

UNKNOWN = "SYR-20220908-u0kn"
SPAN = {"from": "2022-09-28", "to": "2022-10-02"}


def toll(id: str, killed: Any, **more: Any) -> Any:
    return incident(id, claims=[claim_of(killed=killed)], **more)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two exact tolls, an open one, an unknown one, one over two months, and a withdrawn one."""
    folder = tmp_path_factory.mktemp("dataset")
    incidents = [
        toll("SYR-20220908-aaaa", 3),
        toll("SYR-20220909-bbbb", {"between": [4, 6]}, date="2022-09-09"),
        toll("SYR-20221001-cccc", {"at_least": 7}, date="2022-10-01"),
        toll("SYR-20220928-dddd", 10, date=SPAN),
        incident(UNKNOWN),
        withdrawn(),
    ]
    write_unchecked(dataset(folder, [*REGISTRIES, *incidents]))
    return folder


@pytest.fixture(scope="module")
def release_df(root: Path) -> pd.DataFrame:
    return load(source=root).set_index("incident_id", drop=False)


@pytest.fixture
def df(release_df: pd.DataFrame) -> pd.DataFrame:
    return release_df.copy()


@pytest.mark.oldest
def test_the_total_is_open_where_an_incident_is_open_or_unknown(df: pd.DataFrame) -> None:
    result = total(df)
    assert (result.low, result.best, result.high, result.high_open) == (24, None, 26, True)
    assert (result.incidents, result.unknown, result.open_ended, result.without_best) == (5, 1, 1, 2)
    assert str(result) == "killed: 24-26 or more in 5 incidents (1 unknown, 1 open-ended, 2 without a best value)"


def test_a_best_is_given_where_every_known_incident_has_one(df: pd.DataFrame) -> None:
    result = total(df.filter(["SYR-20220908-aaaa", "SYR-20220928-dddd"], axis=0))
    assert (result.low, result.best, result.high, result.high_open) == (13, 13, 13, False)
    assert str(result) == "killed: 13 in 2 incidents"


@pytest.mark.oldest
def test_nothing_known_is_unknown_and_not_zero(df: pd.DataFrame) -> None:
    result = total(df.filter([UNKNOWN], axis=0))
    assert (result.low, result.best, result.high, result.high_open) == (None, None, None, True)
    assert str(result) == "killed: unknown in 1 incident (1 unknown)"
    assert total(df, "wounded").unknown == 5
    assert total(df.head(0)).low is None


@pytest.mark.oldest
def test_a_tombstone_is_no_incident(df: pd.DataFrame) -> None:
    assert len(df) == 6
    assert total(df).incidents == 5


@pytest.mark.oldest
def test_an_incident_over_two_months_belongs_to_neither(df: pd.DataFrame) -> None:
    rows = by(df, "month")
    assert rows["month"].dt.strftime("%Y-%m").fillna("").to_list() == ["2022-09", "2022-10", ""]
    assert rows["low"].to_list() == [7, 7, 10]
    assert rows["incidents"].to_list() == [3, 1, 1]
    assert rows["unknown"].to_list() == [1, 0, 0]
    assert rows["high_open"].to_list() == [True, True, False]
    year = by(df, "year")
    assert year["low"].to_list() == [24]
    assert (str(year["year"].dtype), year["year"].to_list()) == ("Int64", [2022])
    weeks = by(df, "week")
    assert weeks["week"].dt.strftime("%Y-%m-%d").to_list() == ["2022-09-05", "2022-09-26"]  # Mondays
    quarters = by(df, "quarter")
    assert quarters["quarter"].dt.strftime("%Y-%m-%d").fillna("").to_list() == ["2022-07-01", "2022-10-01", ""]


@pytest.mark.oldest
def test_groups_add_up_to_the_total(df: pd.DataFrame) -> None:
    whole = total(df)
    for keys in (["month"], ["year", "adm1_name"], ["kind"], ["adm1_name", "month"], ["quarter"], ["week", "kind"]):
        rows = by(df, *keys)
        assert list(rows.columns[: len(keys)]) == keys
        for column in ("incidents", "low", "high", "unknown", "open_ended", "without_best"):
            assert rows[column].sum() == getattr(whole, column), (keys, column)


def test_a_group_of_which_nothing_is_known_has_no_number(df: pd.DataFrame) -> None:
    rows = by(df.filter([UNKNOWN], axis=0), "month")
    assert rows[["low", "best", "high"]].isna().all(axis=None)
    assert str(rows["low"].dtype) == "Int64"


@pytest.mark.oldest
def test_the_frame_stays_as_it_was(df: pd.DataFrame) -> None:
    before = df.copy()
    total(df)
    by(df, "month", "adm1")
    pd.testing.assert_frame_equal(df, before)


def test_what_is_missing_is_named(df: pd.DataFrame, root: Path) -> None:
    with pytest.raises(
        AnalysisError, match=r"no measure is called 'kiled'; did you mean 'killed'. There are: killed, ki"
    ):
        total(df, "kiled")
    with pytest.raises(AnalysisError, match="no column 'killed_women_low'; pass the table `estimates` as `estimates=`"):
        total(df, "killed_women")
    with pytest.raises(AnalysisError, match="these aren't incidents; pass rows of `incidents` first"):
        total(load("estimates", source=root))
    for column in ("incident_id", "status", "counted_in"):
        with pytest.raises(AnalysisError, match=f"no column '{column}', .*; load it too"):
            total(df.reset_index(drop=True).drop(columns=column))
    with pytest.raises(AnalysisError, match="a dict is no data frame of pandas or polars"):
        total({})
    with pytest.raises(AnalysisError, match="a key is named twice"):
        by(df, "adm1", "adm1_pcode")
    with pytest.raises(AnalysisError, match="no column 'province'"):
        by(df, "province")
    with pytest.raises(
        AnalysisError, match="name what to group by: a column, or one of year, quarter, month, week, day, adm1"
    ):
        by(df)


@pytest.mark.oldest
def test_a_cell_of_several_items_becomes_several_rows(root: Path) -> None:
    claims = load("claims", source=root)
    claims.loc[0, "via"] = "dpa;afp"
    rows = explode(claims, "via")
    assert len(rows) == len(claims) + 1
    assert rows["via"].head(2).to_list() == ["dpa", "afp"]
    assert rows["via"].isna().sum() == claims["via"].isna().sum()
    assert rows["claim_id"].head(2).nunique() == 1
    with pytest.raises(AnalysisError, match="no column 'vias'"):
        explode(claims, "vias")


def part_of(*ids: str, kind: str = "part_of") -> list[dict[str, str]]:
    return [{"kind": kind, "incident": id} for id in ids]


def build(*trees: Any) -> dict[str, pd.DataFrame]:
    return frames([record(tree) for tree in [*REGISTRIES, *trees]])


OFFENSIVE, BATTLE, SHELLING = "SYR-20210401-wwww", "SYR-20210402-bbbb", "SYR-20210403-aaaa"
DAYS = {"from": "2021-04-01", "to": "2021-04-10"}
FAMILY = (
    toll(OFFENSIVE, 20, date=DAYS, kind="clash"),
    toll(BATTLE, {"between": [9, 12]}, date="2021-04-02", kind="clash", links=part_of(OFFENSIVE)),
    toll(SHELLING, 7, date="2021-04-03", links=part_of(BATTLE)),
)
"""An offensive, a battle that was part of it, and a shelling that was part of the battle."""


def low_high(result: Total) -> tuple[Any, ...]:
    return result.low, result.high, result.high_open, result.incidents, result.parts


@pytest.fixture(scope="module")
def nested_incidents() -> pd.DataFrame:
    return build(*FAMILY)["incidents"].set_index("incident_id", drop=False)


@pytest.mark.oldest
def test_a_part_is_counted_in_its_whole(nested_incidents: pd.DataFrame) -> None:
    assert low_high(total(nested_incidents)) == (20, 20, False, 1, 2)
    assert str(total(nested_incidents)) == "killed: 20 in 1 incident (2 counted as parts of others)"
    days = by(nested_incidents, "day")
    assert (days["day"].isna().to_list(), days["low"].to_list(), days["parts"].to_list()) == ([True], [20], [2])
    assert by(nested_incidents, "kind")["kind"].to_list() == ["clash"]


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([SHELLING], (7, 7, False, 1, 0)),
        ([BATTLE, SHELLING], (9, 12, False, 1, 1)),
        ([OFFENSIVE, SHELLING], (20, 20, False, 1, 1)),  # the battle between them isn't in the frame
        ([OFFENSIVE, BATTLE], (20, 20, False, 1, 1)),
    ],
)
def test_a_part_counts_by_itself_where_its_whole_is_not_in_the_frame(
    nested_incidents: pd.DataFrame, ids: list[str], expected: tuple[Any, ...]
) -> None:
    assert low_high(total(nested_incidents.filter(ids, axis=0))) == expected
    assert low_high(total(nested_incidents.filter(ids[::-1], axis=0))) == expected


@pytest.mark.parametrize(
    ("offensive", "battle", "expected"),
    [
        (None, 9, (9, 9, True, 1, 2)),  # the shelling lies in the battle
        (None, None, (7, 7, True, 1, 2)),
        (None, {"at_most": 5}, (None, None, True, 1, 2)),
    ],
)
def test_a_whole_without_a_count_has_at_least_what_its_parts_come_to(
    offensive: Any, battle: Any, expected: tuple[Any, ...]
) -> None:
    whole, part, shelling = FAMILY
    trees = [
        incident(tree["id"], date=tree["date"], links=tree.get("links", part_of()))
        if killed is None
        else tree | {"claims": [claim_of(killed=killed)]}
        for tree, killed in ((whole, offensive), (part, battle))
    ]
    result = build(*({key: value for key, value in tree.items() if value} for tree in trees), shelling)["incidents"]
    assert low_high(total(result)) == expected
    assert (total(result).unknown, total(result).open_ended) == ((1, 0) if expected[0] is None else (0, 1))


@pytest.mark.oldest
def test_parts_of_a_withdrawn_whole_count_in_its_replacement() -> None:
    withdrawn_whole = withdrawn(BATTLE, links=part_of(OFFENSIVE, kind="duplicate_of"))
    assert low_high(total(build(FAMILY[0], withdrawn_whole, FAMILY[2])["incidents"])) == (20, 20, False, 1, 1)
    part_alone = build(withdrawn(BATTLE), FAMILY[2])["incidents"]
    assert part_alone["counted_in"].isna().all()
    assert low_high(total(part_alone)) == (7, 7, False, 1, 0)


def test_parts_that_lead_in_a_circle_or_to_two_wholes_are_refused(nested_incidents: pd.DataFrame) -> None:
    circle = nested_incidents.filter([BATTLE, SHELLING], axis=0).assign(counted_in=[SHELLING, BATTLE])
    with pytest.raises(AnalysisError, match=f"{BATTLE} is counted in {SHELLING}, and none"):
        total(circle)
    two = nested_incidents.assign(counted_in=pd.array([None, None, f"{OFFENSIVE};{BATTLE}"], dtype="string"))
    with pytest.raises(AnalysisError, match=f"{SHELLING} is counted in {OFFENSIVE} and {BATTLE}"):
        total(two)


def test_a_frame_with_an_incident_twice_is_refused(df: pd.DataFrame) -> None:
    sites = pd.DataFrame({"incident_id": ["SYR-20220908-aaaa"] * 2, "site_id": ["one", "other"]})
    doubled_df = df.reset_index(drop=True).merge(sites, on="incident_id", how="left")
    for call in (total, lambda frame: by(frame, "month"), lambda frame: share(frame, "civilians")):
        with pytest.raises(
            AnalysisError, match=r"1 incidents come more than once in the frame.*: SYR-20220908-aaaa; keep"
        ):
            call(doubled_df)
        with pytest.raises(AnalysisError, match=r"6 incidents come more than once .* and 1 more; keep one row of each"):
            call(pd.concat([df, df]))
    with pytest.raises(AnalysisError, match="1 rows have no incident_id, perhaps from an outer join"):
        total(df.assign(incident_id=df["incident_id"].where(df["incident_id"] != UNKNOWN)))
    assert total(doubled_df.drop_duplicates("incident_id")) == total(df)
    halves = pd.concat([df.head(2), df.tail(-2).reset_index(drop=True)])
    assert total(halves) == total(df.set_index("incident_id")) == total(df)


@pytest.mark.parametrize(
    "values", [["3"] * 6, [1.5] * 6, [-99] * 6, [True] * 6, ["3", 4, None, 4, 4, 4], pd.Categorical(["3"] * 6)]
)
def test_a_column_without_whole_numbers_is_refused(df: pd.DataFrame, values: Any) -> None:
    with pytest.raises(
        AnalysisError, match=r"the column 'killed_low' must hold whole numbers from 0, not .*; `load` gives"
    ):
        total(df.assign(killed_low=values))
    with pytest.raises(AnalysisError, match="'killed_high_open' must be boolean"):
        total(df.assign(killed_high_open="false"))
    with pytest.raises(AnalysisError, match="has the column 'killed_low' twice; keep one"):
        total(pd.concat([df, df[["killed_low"]]], axis=1))
    with pytest.raises(AnalysisError, match="date_from and date_to aren't dates"):
        by(df.assign(date_from="last year"), "year")


@pytest.mark.oldest
def test_a_frame_of_plain_types_gives_the_same(df: pd.DataFrame, root: Path) -> None:
    folder = root / "release/current"
    for frame in (
        pd.read_csv(folder / "incidents.csv"),
        load(source=root, dtype_backend="pyarrow"),
        load(source=root, dtype_backend="numpy_nullable"),
        df.astype({"killed_low": object, "killed_high_open": object}),
        df.assign(killed_high_open=df["killed_high_open"].astype("Float64")),  # as databases have it
    ):
        assert total(frame) == total(df)
        rows, expected = by(frame, "month", "adm1"), by(df, "month", "adm1")
        assert rows.astype(str).values.tolist() == expected.astype(str).values.tolist()
        assert str(rows["low"].dtype) == "Int64"


def test_an_upper_end_alone_is_no_unknown_toll() -> None:
    result = total(build(toll(SHELLING, {"at_most": 5}))["incidents"])
    assert str(result) == "killed: at most 5 in 1 incident (1 without a best value)"


VILLAGES = (
    place("binnish", admin={"adm1": "SY07", "adm2": "SY0700"}),
    place("harim", admin={"adm1": "SY07", "adm2": "SY0703"}),
    place("sarmin", admin={"adm1": "SY07", "adm2": "SY0700"}),
    place("somewhere", admin={"adm1": "SY07"}),
)


def at(id: str, *places: str) -> Any:
    sites = [{"id": f"s{number}", "place": name, "kind": "settlement"} for number, name in enumerate(places)]
    return toll(id, 1, sites=sites)


@pytest.mark.oldest
def test_units_are_distinguished_by_their_codes() -> None:
    df = build(*VILLAGES, at("SYR-20220908-aaaa", "binnish"), at("SYR-20220908-bbbb", "harim"))["incidents"]
    rows = by(df.assign(adm2_name="Centre"), "adm2")
    assert rows[["adm2_pcode", "adm2_name", "low"]].values.tolist() == [
        ["SY0700", "Centre", 1],
        ["SY0703", "Centre", 1],
    ]
    respelled_df = by(df.assign(adm1_name=["Idleb", "Idlib"]), "adm1")
    assert respelled_df[["adm1_pcode", "adm1_name", "low"]].values.tolist() == [["SY07", "Idleb", 2]]
    nameless = df.assign(adm1_pcode=None, adm1_name="Centre", country=["SYR", "TUR"])
    assert by(nameless, "adm1")["low"].to_list() == [1, 1]
    assert by(nameless.assign(country="SYR"), "adm1")["low"].to_list() == [2]


@pytest.mark.parametrize(
    ("places", "level"),
    [
        (("binnish",), 3),
        (("somewhere",), 3),
        (("binnish", "binnish"), 3),
        (("binnish", "sarmin"), 2),  # level 3 is known of neither
        (("binnish", "harim"), 1),
        (("binnish", "somewhere"), 1),
        (("binnish", "hafsarjah", "harim"), 1),
    ],
)
def test_an_incident_in_several_units_belongs_to_none(places: tuple[str, ...], level: int) -> None:
    df = build(*VILLAGES, at("SYR-20220908-aaaa", *places))["incidents"]
    assert df["shared_adm_level"].to_list() == [level]
    assert by(df, "adm1")["adm1_pcode"].to_list() == ["SY07"]
    expected = [df["adm2_pcode"][0]] if level >= 2 else [pd.NA]
    assert by(df, "adm2")["adm2_pcode"].isna().to_list() == pd.isna(pd.Series(expected)).to_list()
    assert by(df, "adm2")["low"].to_list() == [1]


@pytest.mark.oldest
def test_any_group_is_added_up_from_the_estimates() -> None:
    women = {"total": 7, "women": 2, "civilians": {"at_least": 4}}
    tables = build(
        toll("SYR-20220908-aaaa", women), toll("SYR-20220909-bbbb", {"women": {"between": [1, 3]}}, date=DAYS)
    )
    incidents, estimates = tables["incidents"], tables["estimates"]
    assert low_high(total(incidents, "killed_women", estimates=estimates)) == (3, 5, False, 2, 0)
    assert by(incidents, "year", measure="killed_women", estimates=estimates)["low"].to_list() == [1, 2]
    for measure in ("killed", "killed_civilians", "wounded", "strikes"):
        assert total(incidents, measure, estimates=estimates) == total(incidents, measure)
    assert total(incidents, "killed_medics", estimates=estimates).unknown == 2
    with pytest.raises(AnalysisError, match=r"no measure is called 'killed_womn'; did you mean 'killed_women'"):
        total(incidents, "killed_womn", estimates=estimates)
    with pytest.raises(AnalysisError, match="more than once in `estimates`: SYR-20220908-aaaa"):
        total(incidents, "killed_women", estimates=pd.concat([estimates, estimates.iloc[:10]]))
    with pytest.raises(AnalysisError, match="no column 'scope', pass rows of the table `estimates`"):
        total(incidents, "killed_women", estimates=incidents)


@pytest.mark.parametrize(
    ("tolls", "expected"),
    [
        ([{"total": 7, "civilians": {"between": [4, 7]}}], (4 / 7, 1.0)),
        ([{"total": 10, "civilians": 4}, {"total": 10, "civilians": 8}], (0.6, 0.6)),
        ([{"total": {"between": [8, 16]}, "civilians": 4}], (0.25, 0.5)),
        ([7], (0.0, 1.0)),  # nobody says how many were civilians
        ([{"total": 7, "civilians": {"at_least": 4}}], (4 / 7, 1.0)),
        ([{"total": 0}], (None, None)),
        ([{"total": 0}, {"total": 4, "civilians": 1}], (0.25, 0.25)),
    ],
)
def test_share_is_within_the_bounds_of_the_estimates(tolls: list[Any], expected: tuple[Any, ...]) -> None:
    result = share(build(*(toll(f"SYR-20220908-aaa{n}", one) for n, one in enumerate(tolls)))["incidents"], "civilians")
    assert [result.low, result.high] == pytest.approx(list(expected))
    assert (result.closed_low, result.closed_high) == (result.low, result.high)


@pytest.mark.oldest
def test_a_share_says_what_open_and_unknown_tolls_leave_of_it() -> None:
    half, at_least = {"total": 10, "civilians": 5}, {"total": {"at_least": 4}, "civilians": 4}
    trees = [toll("SYR-20220908-aaa1", half), toll("SYR-20220908-aaa2", at_least)]
    result = share(build(*trees)["incidents"], "civilians")
    assert [result.low, result.high] == pytest.approx([0, 9 / 14])
    assert (result.closed_low, result.closed_high, result.closed_incidents) == (0.5, 0.5, 1)
    assert str(result) == "civilians among killed: 0-65 % in 2 incidents; 50 % in the 1 whose killed have an upper end"
    assert str(share(build(trees[1])["incidents"], "civilians")) == "civilians among killed: 0-100 % in 1 incident"
    result = share(build(*trees, incident("SYR-20220908-aaa3"))["incidents"], "civilians")
    assert (result.low, result.high) == (0.0, 1.0)


def test_a_share_is_of_a_group_within_the_total() -> None:
    tables = build(*FAMILY, toll("SYR-20220908-aaaa", {"total": 7, "women": 2}))
    result = share(tables["incidents"], "women", estimates=tables["estimates"])
    assert [result.low, result.high, result.incidents] == pytest.approx([2 / 27, 22 / 27, 2])
    for group, measure in (("total", "killed"), ("attackers", "killed"), ("women", "strikes"), ("civilian", "killed")):
        with pytest.raises(AnalysisError, match=f"no group of {measure} is called '{group}'"):
            share(tables["incidents"], group, measure)


@pytest.mark.oldest
def test_a_frame_of_polars_or_arrow_gives_the_same(df: pd.DataFrame, root: Path) -> None:
    polars = pytest.importorskip("polars")
    frame = load(source=root, as_polars=True)
    estimates = load("estimates", source=root, as_polars=True)
    for other_frame in (frame, frame.to_arrow()):
        assert total(other_frame) == total(df)
        expected = by(df, "month", "adm1", "kind")
        assert (
            by(other_frame, "month", "adm1", "kind").astype(str).values.tolist() == expected.astype(str).values.tolist()
        )
    assert total(frame, "killed_civilians", estimates=estimates) == total(df, "killed_civilians")
    assert len(explode(frame, "title")) == len(df)
    with pytest.raises(
        AnalysisError, match=r"a LazyFrame is no data frame of pandas or polars; call .collect\(\) first"
    ):
        total(frame.lazy())
    with pytest.raises(AnalysisError, match="6 incidents come more than once"):
        total(polars.concat([frame, frame]))


def in_collections(table: pd.DataFrame, *names: str | None) -> pd.DataFrame:
    selection = table.filter(["SYR-20220908-aaaa", "SYR-20220909-bbbb"], axis=0)
    return selection.assign(collection=pd.array(names, dtype="string"))


def test_incidents_of_several_collections_are_not_added_up_unasked(df: pd.DataFrame) -> None:
    several = in_collections(df, "all-of-idlib", "chosen")
    message = r"several collections: all-of-idlib \(1\), chosen \(1\); take those of one, as df\[df.collection == "
    for sum_up in (total, lambda table: by(table, "year"), lambda table: share(table, "civilians")):
        with pytest.raises(AnalysisError, match=message):
            sum_up(several)
    with pytest.raises(AnalysisError, match=r"all-of-idlib \(1\), no collection \(1\)"):
        total(in_collections(df, "all-of-idlib", None))
    assert total(several, mixed=True).low == 7
    assert by(several, "collection")["low"].tolist() == [3, 4]


def test_a_total_says_of_which_collections_it_is(df: pd.DataFrame) -> None:
    assert (
        str(total(in_collections(df, "chosen", "chosen")))
        == "killed: 7-9 in 2 incidents of chosen (1 without a best value)"
    )
    assert total(in_collections(df, None, None)).collections == ()
