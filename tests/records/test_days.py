"""Dates in the cells of a table."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict_incidents.records.cells import CellError
from conflict_incidents.records.days import DateForm, read_day, read_day_in_year, read_parts, widen

SEPTEMBER = {"from": "2022-09-01", "to": "2022-09-30", "precision": "month"}


@pytest.mark.parametrize(
    ("cell", "order", "day"),
    [
        ("2022-09-08", None, "2022-09-08"),
        ("2022/9/8", None, "2022-09-08"),
        ("2022-09-08T00:00:00", None, "2022-09-08"),
        ("8 Sep 2022", None, "2022-09-08"),
        ("September 8th, 2022", None, "2022-09-08"),
        ("08sep2022", None, "2022-09-08"),
        ("8 أيلول 2022", None, "2022-09-08"),
        ("03/04/2022", "dmy", "2022-04-03"),
        ("03/04/2022", "mdy", "2022-03-04"),
        ("٠٣.٠٤.٢٠٢٢", "dmy", "2022-04-03"),
        ("2022-09", None, SEPTEMBER),
        ("Sept 2022", None, SEPTEMBER),
        ("09/2022", None, SEPTEMBER),
        ("2022", None, {"from": "2022-01-01", "to": "2022-12-31", "precision": "year"}),
        ("", None, None),
        ("unknown", None, None),
    ],
)
def test_dates_are_read_in_the_given_order(cell: str, order: str | None, day: Any) -> None:
    assert read_day(cell, DateForm(order, {"أيلول": 9})) == day


@pytest.mark.parametrize(
    ("cell", "order", "year", "day"),
    [
        ("9-May-20", None, 2020, "2020-05-09"),
        ("9 May 20", "mdy", 2020, "2020-05-09"),
        ("1-Jan-97", None, 1997, "1997-01-01"),
        ("20-May-09", None, 2009, "2009-05-20"),
        ("9/5/20", "dmy", 2020, "2020-05-09"),
        ("9/5/20", "mdy", 2020, "2020-09-05"),
        ("43960", None, 2020, "2020-05-09"),
        ("2020/05/09 00:00:00+00", None, 2020, "2020-05-09"),
    ],
)
def test_a_year_of_two_digits_is_understood_by_the_rows_own(cell: str, order: str | None, year: int, day: str) -> None:
    assert read_day_in_year(cell, order, year) == day
    if "2020" not in cell:
        with pytest.raises(CellError):
            read_day_in_year(cell, order, None)


@pytest.mark.parametrize(
    ("cell", "order", "words"),
    [
        ("03/04/2022", None, "day first or month first"),
        ("03/04/2022", "ymd", "day first or month first"),
        ("13/13/2022", "dmy", "does not exist"),
        ("2022-02-30", None, "does not exist"),
        ("08/09/22", "dmy", "four digits"),
        ("44812", "dmy", "day number"),
        ("2022-09-08 13:40", None, "time of day"),
        ("201609", None, "such as 2022-09-08$"),
        ("0000-00-00", None, "does not exist"),
        ("0000", None, "before 1800"),
        ("0025-09-08", None, "before 1800"),
        ("yesterday", None, "is not a date"),
    ],
)
def test_dates_that_are_not_certain_are_refused(cell: str, order: str | None, words: str) -> None:
    with pytest.raises(CellError, match=words):
        read_day(cell, DateForm(order))


@given(
    st.one_of(st.text(), st.text("0123456789/-. :TZsepOct٣", max_size=20), st.dates().map(str)),
    st.sampled_from([None, "dmy", "mdy", "ymd"]),
    st.booleans(),
)
def test_any_cell_is_a_date_or_a_refusal(cell: str, order: str | None, drop: bool) -> None:
    try:
        day = read_day(cell, DateForm(order, {}, drop))
    except CellError:
        return
    if isinstance(day, str):
        assert read_day(day, DateForm()) == day


@pytest.mark.parametrize(
    ("cell", "order", "day"),
    [("20220908", "ymd", "2022-09-08"), ("08092022", "dmy", "2022-09-08"), ("09082022", "mdy", "2022-09-08")],
)
def test_dates_of_eight_digits_are_read_in_the_given_order(cell: str, order: str, day: str) -> None:
    assert read_day(cell, DateForm(order)) == day
    with pytest.raises(CellError, match="name the `order`"):
        read_day(cell, DateForm())


@pytest.mark.parametrize(
    ("cell", "order", "day"),
    [("9-May-20", None, "2020-05-09"), ("09/05/20", "dmy", "2020-05-09"), ("20-05-09", "ymd", "2020-05-09")],
)
def test_years_of_two_digits_are_of_the_given_century(cell: str, order: str | None, day: str) -> None:
    assert read_day(cell, DateForm(order, century=2000)) == day
    with pytest.raises(CellError, match="name the `century`"):
        read_day(cell, DateForm(order))


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2022-05-05T22:30:00Z", "2022-05-06"),
        ("2022-05-05T00:30:00+03:00", "2022-05-05"),
        ("2022-05-05 00:30+0500", "2022-05-04"),
        ("2022-05-05T00:00:00Z", "2022-05-05"),
        ("5 May 2022 9:30 UTC", "2022-05-05"),
        ("2022-05-05T22:30:00", "2022-05-05"),
    ],
)
def test_a_moment_has_the_local_day(cell: str, day: str) -> None:
    assert read_day(cell, DateForm(drop_times=True, zone="Europe/Kyiv")) == day


@pytest.mark.parametrize("cell", ["2022-05-05T22:30:00Z", "2022-05-05T00:30:00+03:00", "2022-05-05T00:00:00Z"])
def test_a_moment_has_no_day_where_the_zone_is_unknown(cell: str) -> None:
    with pytest.raises(CellError, match="name the local `timezone`"):
        read_day(cell, DateForm(drop_times=True))


def test_midnight_of_utc_that_may_be_a_day_is_refused() -> None:
    with pytest.raises(CellError, match="may be a day, or a moment of 2022-05-04 in America/Bogota"):
        read_day("2022-05-05T00:00:00Z", DateForm(drop_times=True, zone="America/Bogota"))


@pytest.mark.parametrize(
    ("year", "month", "day", "date"),
    [
        ("2021", "Nov", "5", "2021-11-05"),
        ("2021.0", "11", "05", "2021-11-05"),
        ("2021", "تشرين الثاني", "5", "2021-11-05"),
        ("21", "november", "5.0", "2021-11-05"),
        ("2021", "11", "0", {"from": "2021-11-01", "to": "2021-11-30", "precision": "month"}),
        ("2021", "Nov", "", {"from": "2021-11-01", "to": "2021-11-30", "precision": "month"}),
        ("2021", "n/a", "", {"from": "2021-01-01", "to": "2021-12-31", "precision": "year"}),
        ("", "", "", None),
    ],
)
def test_dates_in_columns_of_their_parts(year: str, month: str, day: str, date: Any) -> None:
    assert read_parts(year, month, day, DateForm(months={"تشرين الثاني": 11}, century=2000)) == date


@pytest.mark.parametrize(
    ("year", "month", "day", "words"),
    [
        ("", "11", "5", "has no year"),
        ("2021", "", "5", "a day and no month"),
        ("2021", "13", "", "does not exist"),
        ("2021", "Nov", "31", "does not exist"),
        ("2021", "1 2", "3", "is not a year, a month and a day"),
        ("2021", "Nowember", "3", "is not a year, a month and a day"),
        ("21", "11", "3", "is not a year, a month and a day"),
    ],
)
def test_parts_that_are_no_date_are_refused(year: str, month: str, day: str, words: str) -> None:
    with pytest.raises(CellError, match=words):
        read_parts(year, month, day, DateForm())


def test_day_that_represents_a_longer_period() -> None:
    assert widen("2022-09-08", "day") == "2022-09-08"
    assert widen("2022-09-08", "week") == {"from": "2022-09-05", "to": "2022-09-11", "precision": "week"}
    assert widen("2022-09-08", "month") == SEPTEMBER
