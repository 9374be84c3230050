"""Totals and groups: the unknown stays unknown, an open end stays open, and nothing is divided."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from conflict_incidents import by, explode, load, total
from conflict_incidents.analysis import AnalysisError
from samples import REGISTRIES, counted, incident, released, withdrawn

UNKNOWN = "SYR-20220908-u0kn"
SPAN = {"from": "2022-09-28", "to": "2022-10-02"}


def toll(id: str, killed: Any, **more: Any) -> Any:
    return incident(id, claims=[counted(killed=killed)], **more)


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
    released(folder, [*REGISTRIES, *incidents])
    return folder


@pytest.fixture
def df(root: Path) -> pd.DataFrame:
    return load(source=root).set_index("incident_id", drop=False)


def test_the_total_is_open_where_an_incident_is_open_or_unknown(df: pd.DataFrame) -> None:
    found = total(df)
    assert (found.low, found.best, found.high, found.high_open) == (24, None, 26, True)
    assert (found.incidents, found.unknown, found.open_ended, found.without_best) == (5, 1, 1, 2)
    assert str(found) == "killed: 24-26 or more in 5 incidents (1 unknown, 1 open-ended, 2 without a best value)"


def test_a_best_is_given_where_every_known_incident_has_one(df: pd.DataFrame) -> None:
    found = total(df.loc[["SYR-20220908-aaaa", "SYR-20220928-dddd"]])
    assert (found.low, found.best, found.high, found.high_open) == (13, 13, 13, False)
    assert str(found) == "killed: 13 in 2 incidents"


def test_nothing_known_is_unknown_and_not_zero(df: pd.DataFrame) -> None:
    found = total(df.loc[[UNKNOWN]])
    assert (found.low, found.best, found.high, found.high_open) == (None, None, None, True)
    assert str(found) == "killed: unknown in 1 incidents (1 unknown)"
    assert total(df, "wounded").unknown == 5
    assert total(df.head(0)).low is None


def test_a_tombstone_is_no_incident(df: pd.DataFrame) -> None:
    assert len(df) == 6
    assert total(df).incidents == 5


def test_an_incident_over_two_months_belongs_to_neither(df: pd.DataFrame) -> None:
    found = by(df, "month")
    assert found["month"].dt.strftime("%Y-%m").fillna("").to_list() == ["2022-09", "2022-10", ""]
    assert found["low"].to_list() == [7, 7, 10]
    assert found["incidents"].to_list() == [3, 1, 1]
    assert found["unknown"].to_list() == [1, 0, 0]
    assert found["high_open"].to_list() == [True, True, False]
    year = by(df, "year")
    assert year["low"].to_list() == [24]


def test_groups_add_up_to_the_total(df: pd.DataFrame) -> None:
    whole = total(df)
    for keys in (["month"], ["year", "adm1"], ["kind"], ["adm1_name", "month"]):
        found = by(df, *keys)
        assert list(found.columns[: len(keys)]) == keys
        for column in ("incidents", "low", "high", "unknown", "open_ended", "without_best"):
            assert found[column].sum() == getattr(whole, column), (keys, column)


def test_a_group_of_which_nothing_is_known_has_no_number(df: pd.DataFrame) -> None:
    found = by(df.loc[[UNKNOWN]], "month")
    assert found[["low", "best", "high"]].isna().all(axis=None)
    assert str(found["low"].dtype) == "Int64"


def test_the_frame_stays_as_it_was(df: pd.DataFrame) -> None:
    before = df.copy()
    total(df)
    by(df, "month", "adm1")
    pd.testing.assert_frame_equal(df, before)


def test_what_is_missing_is_named(df: pd.DataFrame) -> None:
    with pytest.raises(AnalysisError, match="no column 'kiled_low'; there are: incident_id, status"):
        total(df, "kiled")
    with pytest.raises(AnalysisError, match="no column 'province'"):
        by(df, "province")
    with pytest.raises(AnalysisError, match="name what to group by: a column, or one of year, month, day, adm1"):
        by(df)


def test_a_cell_of_several_items_becomes_several_rows(root: Path) -> None:
    claims = load("claims", source=root)
    claims.loc[0, "via"] = "dpa;afp"
    found = explode(claims, "via")
    assert len(found) == len(claims) + 1
    assert found["via"].head(2).to_list() == ["dpa", "afp"]
    assert found["via"].isna().sum() == claims["via"].isna().sum()
    assert found["claim_id"].head(2).nunique() == 1
    with pytest.raises(AnalysisError, match="no column 'vias'"):
        explode(claims, "vias")
